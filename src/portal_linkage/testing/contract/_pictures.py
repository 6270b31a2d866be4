"""A firm with something of every kind, all that a store shows of it, and changes that fail."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from ...domain.entities import ClientEntity, Firm, InvoiceStatus
from ...domain.values import EntityId, InvoiceId, Page, PageRequest, UserId
from ...domain.viewers import LinkedTo
from ...ports import PMS, EntityReader, Snapshot, Store, Transaction, UserReader
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    payment,
    sign_up,
    user,
)

ALL = PageRequest(500)
EVERYTHING = LinkedTo(ACME, JANE_ID)
EMAILS = [JANE, *map(jane_at, (1, 2))]
IDS = [SMITH, TRUST, REALTY]
USERS = [JANE_ID, UserId("ann")]
GONE = EntityId("1000")
"""Merged into another, and never seen since."""


def furnish(tx: Transaction) -> None:
    """Write something of every kind."""
    tx.firms.save(firm())
    tx.entities.save_many([entity(SMITH, JANE), entity(TRUST, JANE, jane_at(1)), entity(REALTY)])
    tx.entities.save_contacts([entity(TRUST, jane_at(2))], "xero")
    tx.entities.keep_numbers([entity(SMITH, client_number="7")])
    tx.entities.transfer(ACME, {GONE: SMITH})
    mailbox = sign_up(tx, user(), REALTY, SMITH)
    leave_bars(tx, bar(TRUST))
    tx.bars.remember_leaving(mailbox, TRUST)
    tx.invoices.save_many([invoice("a"), invoice("b", SMITH, status=InvoiceStatus.PAID)])
    tx.late_fees.save(late_fee())
    tx.payments.save(payment())
    tx.attempts.recent(ACME, "number:1", at(-9))
    tx.attempts.add(ACME, "number:1", at(0), at(10))
    journaled(tx, [event()])


@attrs.frozen
class Picture:
    """Everything that a snapshot shows of the firm."""

    firm: Firm | None
    entities: Page[ClientEntity]
    """Those that Jane is linked to."""
    clients: tuple[Any, ...]
    people: tuple[Any, ...]
    held: tuple[Any, ...]
    bills: tuple[Any, ...]
    journal: tuple[Any, ...]


def _clients(clients: EntityReader) -> tuple[Any, ...]:
    return (
        *(list(clients.roster(ACME, source=source)) for source in (PMS, "xero")),
        *(clients.listed_elsewhere(ACME, IDS, source) for source in (PMS, "xero")),
        *(clients.listing(ACME, email) for email in EMAILS),
        clients.numbered(ACME, ["1001", "1002", "1003", "9"]),
        *(clients.formerly(ACME, number) for number in ("1001", "1002", "7", "8")),
        clients.merged(ACME, [*IDS, GONE]),
        clients.labels(ACME, [*IDS, EntityId("new")]),
        *(clients.suggest(ACME, text, JANE_ID, 9) for text in ("smith", "1", "bakery")),
    )


def _people(users: UserReader) -> tuple[Any, ...]:
    having = users.having(ACME, EMAILS)
    return (
        *(users.search(ACME, text, None, ALL) for text in ("", "jane")),
        having,
        [str(found.email) for found in having.values()],
        users.some(ACME, USERS),
    )


def _held(snapshot: Snapshot) -> tuple[Any, ...]:
    return (
        *(snapshot.links.listing(ACME, one) for one in USERS),
        snapshot.links.touching(ACME, IDS),
        snapshot.links.count(ACME, at_most=1000),
        {one: count for one, count in snapshot.links.counts(ACME, USERS).items() if count},
        [snapshot.links.any_of(ACME, one) for one in USERS],
        snapshot.bars.listing(ACME, None, ALL),
        snapshot.bars.touching(ACME, IDS),
    )


def _bills(snapshot: Snapshot) -> tuple[Any, ...]:
    return (
        *(snapshot.invoices.in_scope(EVERYTHING, status, ALL) for status in (InvoiceStatus.OPEN, InvoiceStatus.PAID)),
        *(snapshot.invoices.find(ACME, InvoiceId(one)) for one in "abc"),
        snapshot.invoices.totals(EVERYTHING),
        [snapshot.invoices.proves(ACME, REALTY, number) for number in "abc"],
        snapshot.late_fees.in_scope(EVERYTHING, ALL),
        dict(snapshot.late_fees.totals(EVERYTHING)),
        snapshot.payments.in_scope(EVERYTHING, ALL),
        snapshot.payments.find(ACME, payment().payment_id),
    )


def pictured(snapshot: Snapshot) -> Picture:
    """Everything that a snapshot shows of the firm."""
    asked = [(user_id, entity_id) for user_id in (None, JANE_ID) for entity_id in (None, REALTY)]
    return Picture(
        firm=snapshot.firms.find(ACME),
        entities=snapshot.entities.in_scope(EVERYTHING, ALL),
        clients=_clients(snapshot.entities),
        people=_people(snapshot.users),
        held=_held(snapshot),
        bills=_bills(snapshot),
        journal=(
            *(snapshot.journal.listing(ACME, *one, ALL) for one in asked),
            snapshot.journal.changes(ACME, ALL),
            snapshot.journal.is_settled(ACME),
        ),
    )


def picture(store: Store) -> Picture:
    """Everything that the store shows of the firm."""
    with store.snapshot() as snapshot:
        return pictured(snapshot)


class GaveUpError(Exception):
    """Something of the caller's own."""


class CutOffError(BaseException):
    """What ends a block and is no error of anybody's, as where a task is canceled, in a kind that no store can know."""


def undone(store: Store, *changes: Callable[[Transaction], object], error: type[BaseException] = GaveUpError) -> None:
    """Make these changes in one transaction that ends in an error."""
    with pytest.raises(error), store.transaction() as tx:
        _fail_after(tx, changes, error)


def _fail_after(
    tx: Transaction, changes: tuple[Callable[[Transaction], object], ...], error: type[BaseException]
) -> None:
    for change in changes:
        change(tx)
    raise error
