"""The bills are the host's: a store that reads them writes none, and asks for those of many clients at once."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from ...domain.errors import Conflict
from ...domain.values import EntityId
from ...domain.viewers import Scope
from ...ports import Snapshot, Store
from ..builders import ACME, REALTY, entity, sign_up, user
from ..promises import Capability, needs
from ._base import EVERYTHING, ReaderPromises, listed

FEW, MANY = 1, 40

CHANGES: Final[Mapping[str, Callable[[Any, object, str], object]]] = {
    "save": lambda bills, new, _: bills.save(new),
    "save_many": lambda bills, new, _: bills.save_many([new]),
    "remove": lambda bills, _, there: bills.remove(ACME, there),
}


class ReaderElsewhere(ReaderPromises):
    """The bills are the host's: a store that reads them writes none, and asks for those of many clients at once."""

    law = '"Bills may live elsewhere"'

    @pytest.mark.parametrize("how", CHANGES)
    def test_the_store_writes_no_bill(self, linked: Store, how: str) -> None:
        """Saving or removing a bill is a conflict that no retry helps: who has the tables writes them."""
        listing = self.kind.listings[0]
        there, new = (listing.row(self.means, bill_id, REALTY, 0) for bill_id in ("1", "2"))
        self.seed([there])
        with pytest.raises(Conflict) as caught, linked.transaction() as tx:
            CHANGES[how](getattr(tx, self.kind.name), new, self.kind.id_of(there))
        assert not caught.value.retryable
        assert listed(linked, listing) == (there,)

    def test_a_merge_leaves_the_bills_to_the_host(self, linked: Store) -> None:
        """Where one client is merged into another, the bills stay as the tables have them."""
        self.bill_each(REALTY)
        with linked.transaction() as tx:
            bills: Any = getattr(tx, self.kind.name)
            bills.transfer(ACME, {REALTY: EntityId("1001")})
        assert self.owners(linked) == [REALTY]

    @needs(Capability.STATEMENT_COUNTER)
    def test_a_reading_asks_as_often_for_40_links_as_for_one(self) -> None:
        """The number of statements never depends on the number of links, nor on that of bills."""
        counted = 0
        for name, read in self.kind.readings.items():
            few, many = (self._asked(read, clients) for clients in (FEW, MANY))
            counted += few
            assert few == many, f"{name}: {few} statements for {FEW} link, {many} for {MANY}"
        assert counted > 0, "no statement was counted at all"

    def _asked(self, read: Callable[[Snapshot, Scope], object], clients: int) -> int:
        ids = [str(1000 + number) for number in range(clients)]
        with self.anew() as store:
            with store.transaction() as tx:
                tx.entities.save_many(map(entity, ids))
                sign_up(tx, user(), *ids)
            self.bill_each(*ids)
            with store.snapshot() as snapshot, self.counting(store) as count:
                read(snapshot, EVERYTHING)
            return count()
