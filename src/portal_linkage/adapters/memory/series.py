"""Bills in the order of their listings, with running sums: pages are merges, and totals look at no bill."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from heapq import merge, nsmallest
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar

from ...domain.entities import Invoice, LateFee, Payment
from ...domain.values import EntityId, Key, Money
from ...ports import Totals
from ..listings import Listing

B = TypeVar("B", bound=Invoice | LateFee | Payment)
D = TypeVar("D", bound=Invoice | LateFee)

Place: TypeAlias = tuple[Any, ...]
"""What a listing's key is sorted by: the key itself, or what turns its order round. No two bills share one."""

_FEW: Final = 8
"""So many sorted runs are faster sorted together than merged."""
_place: Final = itemgetter(0)


def _head(run: Sequence[tuple[Place, object]]) -> Place:
    return run[0][0]


class Series(Generic[B]):
    """The bills that a listing shows, each behind its place, in order, and apart for each entity."""

    def __init__(self, listing: Listing[B], shows: Callable[[B], bool]) -> None:
        self.listing = listing
        self.shows = shows
        self._runs: dict[EntityId, list[tuple[Place, B]]] = {}

    def first(self, entity_ids: Iterable[EntityId], after: Key | None, count: int) -> list[B]:
        """The first bills of all these entities together, or the first after a key."""
        runs = [run for run in map(self._runs.get, entity_ids) if run]
        if after is not None:
            passed = self._order(after)
            starts = (bisect_right(run, passed, key=_place) for run in runs)
            rests = (run[start : start + count] for run, start in zip(runs, starts, strict=True))
            runs = [rest for rest in rests if rest]
        if len(runs) > _FEW:
            ordered = islice(merge(*nsmallest(count, runs, key=_head)), count)
        else:
            ordered = islice(sorted(chain.from_iterable(run[:count] for run in runs)), count)
        return [bill for _, bill in ordered]

    def add(self, bill: B) -> None:
        """Put a bill in its place."""
        insort(self._runs.setdefault(bill.entity_id, []), (self._order(self.listing.key(bill)), bill), key=_place)

    def discard(self, bill: B) -> None:
        """Take a bill out; an entity without any is forgotten."""
        run = self._runs[bill.entity_id]
        del run[bisect_left(run, self._order(self.listing.key(bill)), key=_place)]
        if not run:
            del self._runs[bill.entity_id]

    def _order(self, key: Key) -> Place:
        if not self.listing.newest_first:
            return key
        first, *others = key
        return (-(first.toordinal() if isinstance(first, date) else int(first)), *others)


class DueSeries(Series[D]):
    """Bills on which something is due, with a running sum for each entity: a total costs no look at a bill."""

    def __init__(self, listing: Listing[D], shows: Callable[[D], bool]) -> None:
        super().__init__(listing, shows)
        self._due: dict[EntityId, dict[str, tuple[int, int]]] = {}
        """How many bills there are in each currency, and the units due on them."""

    def totals(self, entity_ids: Iterable[EntityId]) -> Totals:
        """How many bills these entities have together, and what is due on them by currency."""
        count, due = 0, dict[str, int]()
        for owed in filter(None, map(self._due.get, entity_ids)):
            for currency, (bills, units) in owed.items():
                count += bills
                due[currency] = due.get(currency, 0) + units
        return Totals(count, {currency: Money.of_units(due[currency], currency) for currency in sorted(due)})

    def add(self, bill: D) -> None:
        super().add(bill)
        self._change(bill, 1)

    def discard(self, bill: D) -> None:
        super().discard(bill)
        self._change(bill, -1)

    def _change(self, bill: D, by: int) -> None:
        currency, owed = bill.amount_due.currency, self._due.setdefault(bill.entity_id, {})
        bills, units = owed.get(currency, (0, 0))
        owed[currency] = (bills + by, units + by * bill.amount_due.units)
        if not owed[currency][0]:
            del owed[currency]
        if not owed:
            del self._due[bill.entity_id]
