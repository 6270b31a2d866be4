"""What the pages of one client are made of, in one place: whoever sees thousands of them walks through no index."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from ...domain.entities import ClientEntity
from ...domain.values import EntityId

Run: TypeAlias = list[tuple[Any, ...]]
"""Bills of one client in the order of a listing, each at the end of what it is sorted by, which no two share."""

Due: TypeAlias = tuple[tuple[str, int, int], ...]
"""What one client owes: for each currency, how many bills there are, and the units due on them."""


@attrs.define(eq=False)
class Account:
    """The bills and sums of one client, where there are any, and whether it is seen.

    That is a copy of what the client says, which only `Accounts` writes: who walks through thousands of clients need
    not look at each for it.
    """

    is_active: bool
    open_invoices: Run | None = None
    open_invoices_due: Due | None = None
    paid_invoices: Run | None = None
    proofs: Run | None = None
    late_fees: Run | None = None
    late_fees_due: Due | None = None
    payments: Run | None = None


class Accounts:
    """The accounts of a firm, of all clients that were ever linked or billed. An account stays, if only empty.

    It is an index of the clients: they change first, and it is told.
    """

    def __init__(self, clients: Mapping[EntityId, ClientEntity]) -> None:
        self._clients = clients
        self._accounts: dict[EntityId, Account] = {}

    def of(self, entity_id: EntityId) -> Account:
        """The account of a client; an empty one, which is kept nowhere, if it has none."""
        return self._accounts.get(entity_id) or self._new(entity_id)

    def opened(self, entity_id: EntityId) -> Account:
        """The account of a client, to write to."""
        account = self._accounts.get(entity_id)
        if account is None:
            account = self._accounts[entity_id] = self._new(entity_id)
        return account

    def add(self, client: ClientEntity) -> None:
        """A client is there."""
        if account := self._accounts.get(client.entity_id):
            account.is_active = client.active

    def discard(self, client: ClientEntity) -> None:
        """A client is there no more."""
        if account := self._accounts.get(client.entity_id):
            account.is_active = False

    def _new(self, entity_id: EntityId) -> Account:
        client = self._clients.get(entity_id)
        return Account(is_active=client is not None and client.active)
