"""Bills in the order of their listings, with running sums: pages are merges, and totals look at no bill."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial, reduce
from heapq import merge, nsmallest
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, TypeVar

from ...domain.entities import Invoice, LateFee, Payment
from ...domain.values import Key, Money
from ...ports import Totals
from ..listings import Listing
from .accounts import Account, Accounts, Due, Run
from .indexes import place_in

B = TypeVar("B", bound=Invoice | LateFee | Payment)
D = TypeVar("D", bound=Invoice | LateFee)

_FEW: Final = 8
"""So many sorted runs are faster sorted together than merged."""
_bill: Final = itemgetter(-1)


def _key_of(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    return entry[:-1]


class Series(Generic[B]):
    """The bills that a listing shows, in order, and apart for each client: in its account."""

    def __init__(self, listing: Listing[B], accounts: Accounts, part: str, shows: Callable[[B], bool]) -> None:
        self.listing = listing
        self.shows = shows
        self._accounts = accounts
        self._part = part
        self._run_of: Callable[[Account], Run | None] = attrgetter(part)

    def first(self, accounts: Iterable[Account], after: Key | None, count: int) -> list[B]:
        """The first bills of all these clients together, or the first after a key."""
        runs = list(filter(None, map(self._run_of, accounts)))
        if after is not None:
            passed = self._order(after)
            starts = (bisect_right(run, passed, key=_key_of) for run in runs)
            rests = (run[start : start + count] for run, start in zip(runs, starts, strict=True))
            runs = [rest for rest in rests if rest]
        ordered: Iterable[tuple[Any, ...]]
        if len(runs) > _FEW:
            ordered = islice(merge(*nsmallest(count, runs)), count)  # no two runs begin alike
        elif len(runs) > 1:
            ordered = islice(sorted(chain.from_iterable(run[:count] for run in runs)), count)
        else:
            ordered = chain.from_iterable(run[:count] for run in runs)
        return list(map(_bill, ordered))

    def add(self, bill: B) -> bool:
        """Put a bill in its place; whether it was not there."""
        account, key = self._accounts.opened(bill.entity_id), self._order(self.listing.key(bill))
        run = self._run_of(account) or []
        place = place_in(run, key)
        was_there = any(entry[-1] is bill for entry in run[place])
        run[place] = [(*key, bill)]
        setattr(account, self._part, run)
        return not was_there

    def discard(self, bill: B) -> bool:
        """Take a bill out, but not another one that has its place; whether it was there."""
        account, key = self._accounts.opened(bill.entity_id), self._order(self.listing.key(bill))
        run = self._run_of(account) or []
        place = place_in(run, key)
        is_there = any(entry[-1] is bill for entry in run[place])
        if is_there:
            del run[place]
            setattr(account, self._part, run or None)
        return is_there

    def _order(self, key: Key) -> tuple[Any, ...]:
        if not self.listing.newest_first:
            return key
        first, *others = key
        return (-(first.toordinal() if isinstance(first, date) else int(first)), *others)


class DueSeries(Series[D]):
    """Bills on which something is due, with a running sum for each client: a total costs no look at a bill."""

    def __init__(self, listing: Listing[D], accounts: Accounts, part: str, shows: Callable[[D], bool]) -> None:
        super().__init__(listing, accounts, part, shows)
        self._sums = f"{part}_due"
        self._due_of: Callable[[Account], Due | None] = attrgetter(self._sums)

    def totals(self, accounts: Iterable[Account]) -> Totals:
        """How many bills these clients have together, and what is due on them by currency."""
        count, due = 0, dict[str, int]()
        for owed in filter(None, map(self._due_of, accounts)):
            for currency, bills, units in owed:
                count += bills
                due[currency] = due.get(currency, 0) + units
        return Totals(count, {currency: Money.of_units(due[currency], currency) for currency in sorted(due)})

    def add(self, bill: D) -> bool:
        has_come = super().add(bill)
        self._change(bill, int(has_come))
        return has_come

    def discard(self, bill: D) -> bool:
        has_gone = super().discard(bill)
        self._change(bill, -int(has_gone))
        return has_gone

    def _change(self, bill: D, by: int) -> None:
        """Change the sum by a bill that came or went.

        Where that was stopped halfway, it and its run are apart by a bill, and the next change is to undo that: then it
        is added up anew.
        """
        account = self._accounts.opened(bill.entity_id)
        run, due = self._run_of(account) or (), _changed(self._due_of(account) or (), bill, by)
        if sum(bills for _, bills, _ in due) != len(run):
            due = reduce(partial(_changed, by=1), map(_bill, run), ())
        setattr(account, self._sums, due or None)


def _changed(due: Due, bill: Invoice | LateFee, by: int) -> Due:
    amount = bill.amount_due
    owed = {currency: (bills, units) for currency, bills, units in due}
    bills, units = owed.get(amount.currency, (0, 0))
    owed[amount.currency] = (bills + by, units + by * amount.units)
    return tuple((currency, bills, units) for currency, (bills, units) in owed.items() if bills)
