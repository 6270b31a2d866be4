"""Bills in the order of their listings, with running sums: pages are merges, and totals look at no bill."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from heapq import merge, nsmallest
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

from ...domain.entities import Invoice, LateFee, Payment
from ...domain.values import EntityId, Key, Money, sum_by_currency
from ..listings import Listing

B = TypeVar("B", bound=Invoice | LateFee | Payment)
D = TypeVar("D", bound=Invoice | LateFee)

SortKey: TypeAlias = tuple[Any, ...]
"""What a listing's key is sorted by: the key itself, or what turns its order round."""


class Series(Generic[B]):
    """The bills that a listing shows, in its order, apart for each entity: a page of several is a merge of heads."""

    def __init__(self, listing: Listing[B], shows: Callable[[B], bool]) -> None:
        self.listing = listing
        self.shows = shows
        self._rows: dict[EntityId, list[B]] = {}

    def of(self, entity_id: EntityId) -> Collection[B]:
        """All rows of an entity."""
        return self._rows.get(entity_id, ())

    def first(self, entity_ids: Iterable[EntityId], after: Key | None, count: int) -> list[B]:
        """The first rows of all these entities together, or the first after a key."""
        heads = nsmallest(count, self._heads(entity_ids, after))
        runs = (rows[start : start + count] for _, rows, start in heads)
        return list(islice(merge(*runs, key=self._place), count))

    def _heads(self, entity_ids: Iterable[EntityId], after: Key | None) -> Iterator[tuple[SortKey, list[B], int]]:
        """Where to go on, for each entity. No two rows share a place, so that heads are told apart by it alone."""
        passed = None if after is None else self._order(after)
        for entity_id in entity_ids:
            rows = self._rows.get(entity_id, [])
            start = 0 if passed is None else bisect_right(rows, passed, key=self._place)
            if start < len(rows):
                yield self._place(rows[start]), rows, start

    def add(self, row: B) -> None:
        """Put a row in its place."""
        insort(self._rows.setdefault(row.entity_id, []), row, key=self._place)

    def discard(self, row: B) -> None:
        """Take a row out; an entity without rows is forgotten."""
        rows = self._rows[row.entity_id]
        del rows[bisect_left(rows, self._place(row), key=self._place)]
        if not rows:
            del self._rows[row.entity_id]

    def _place(self, row: B) -> SortKey:
        return self._order(self.listing.key(row))

    def _order(self, key: Key) -> SortKey:
        if not self.listing.newest_first:
            return key
        first, *others = key
        return (-(first.toordinal() if isinstance(first, date) else int(first)), *others)


class DueSeries(Series[D]):
    """Bills on which something is due, with a running sum for each entity: a total costs no look at a bill."""

    def __init__(self, listing: Listing[D], shows: Callable[[D], bool]) -> None:
        super().__init__(listing, shows)
        self._due: dict[EntityId, tuple[Money, ...]] = {}

    def due(self, entity_ids: Iterable[EntityId]) -> dict[str, Money]:
        """What these entities owe together, by currency."""
        return sum_by_currency(money for entity_id in entity_ids for money in self._due.get(entity_id, ()))

    def add(self, row: D) -> None:
        super().add(row)
        self._change(row.entity_id, row.amount_due)

    def discard(self, row: D) -> None:
        super().discard(row)
        self._change(row.entity_id, Money.of_units(-row.amount_due.units, row.amount_due.currency))

    def _change(self, entity_id: EntityId, change: Money) -> None:
        due = sum_by_currency((*self._due.get(entity_id, ()), change))
        # Whatever is due is more than nothing: a currency that sums to nothing has no bill left.
        left = tuple(money for money in due.values() if money.units)
        if left:
            self._due[entity_id] = left
        else:
            del self._due[entity_id]
