"""The shelves of the bills: per entity in the order of each listing, with running sums."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import date
from heapq import merge, nsmallest
from itertools import islice
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.values import EntityId, FeeId, InvoiceId, Key, Money, PaymentId, sum_by_currency
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, Listing
from .shelf import Shelf


class _Bill(Protocol):
    @property
    def entity_id(self) -> EntityId: ...


class _DueBill(_Bill, Protocol):
    @property
    def amount_due(self) -> Money: ...


K = TypeVar("K", bound=Hashable)
B = TypeVar("B", bound=_Bill)
D = TypeVar("D", bound=_DueBill)

Order: TypeAlias = Callable[[Key], tuple[Any, ...]]
"""What a listing's key is sorted by."""


def oldest_first(key: Key) -> tuple[Any, ...]:
    """Ascending in every part."""
    return key


def newest_first(key: Key) -> tuple[Any, ...]:
    """Descending in the first part, a day or a number; ascending in the others."""
    first, *others = key
    return (-(first.toordinal() if isinstance(first, date) else int(first)), *others)


class Series(Generic[B]):
    """The rows of one listing, in its order, apart for each entity: a page of several entities is a merge of heads."""

    def __init__(self, listing: Listing[B], order: Order) -> None:
        self._listing = listing
        self._order = order
        self._rows: dict[EntityId, list[B]] = {}

    def of(self, entity_id: EntityId) -> Collection[B]:
        """All rows of an entity."""
        return self._rows.get(entity_id, ())

    def first(self, entity_ids: Iterable[EntityId], after: Key | None, count: int) -> list[B]:
        """The first rows of all these entities together, or the first after a key."""
        heads = nsmallest(count, self._heads(entity_ids, after))
        runs = (rows[start : start + count] for _, rows, start in heads)
        return list(islice(merge(*runs, key=self._place), count))

    def _heads(
        self, entity_ids: Iterable[EntityId], after: Key | None
    ) -> Iterator[tuple[tuple[Any, ...], list[B], int]]:
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

    def _place(self, row: B) -> tuple[Any, ...]:
        return self._order(self._listing.key(row))


class Sums(Generic[D]):
    """What is due per entity, kept up to date so that a sum costs the entities in scope and not their bills."""

    def __init__(self) -> None:
        self._due: dict[EntityId, tuple[Money, ...]] = {}

    def of(self, entity_ids: Iterable[EntityId]) -> dict[str, Money]:
        """What these entities owe together, by currency."""
        return sum_by_currency(money for entity_id in entity_ids for money in self._due.get(entity_id, ()))

    def add(self, row: D) -> None:
        """Count a bill in."""
        self._change(row.entity_id, row.amount_due)

    def discard(self, row: D) -> None:
        """Count a bill out."""
        self._change(row.entity_id, Money.of_units(-row.amount_due.units, row.amount_due.currency))

    def _change(self, entity_id: EntityId, change: Money) -> None:
        due = sum_by_currency((*self._due.get(entity_id, ()), change))
        # Whatever is due is more than nothing: a currency that sums to nothing has no bill left.
        left = tuple(money for money in due.values() if money.units)
        if left:
            self._due[entity_id] = left
        else:
            del self._due[entity_id]


def _proof_key(invoice: Invoice) -> Key:
    return (invoice.number, invoice.invoice_id)


_PROOFS: Final = Listing("proofs", (str, str), _proof_key)


class InvoiceShelf(Shelf[InvoiceId, Invoice]):
    """The invoices: the open ones with their sums, the paid ones, and by number all that prove something."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Series(OPEN_INVOICES, oldest_first)
        self.paid = Series(PAID_INVOICES, newest_first)
        self.due: Sums[Invoice] = Sums()
        self._proofs = Series(_PROOFS, oldest_first)

    def proves(self, entity_id: EntityId, number: str) -> bool:
        """Whether an invoice of the entity that is not a draft bears this number."""
        return any(row.number == number for row in self._proofs.first((entity_id,), (number, ""), 1))

    def _index(self, row: Invoice) -> None:
        for kept in self._kept_in(row):
            kept.add(row)

    def _unindex(self, row: Invoice) -> None:
        for kept in self._kept_in(row):
            kept.discard(row)

    def _kept_in(self, invoice: Invoice) -> Iterator[Series[Invoice] | Sums[Invoice]]:
        if invoice.is_open:
            yield from (self.open, self.due)
        if invoice.status is InvoiceStatus.PAID:
            yield self.paid
        if invoice.status is not InvoiceStatus.DRAFT:
            yield self._proofs


class LateFeeShelf(Shelf[FeeId, LateFee]):
    """The late fees: those on which something is due, with their sums."""

    def __init__(self) -> None:
        super().__init__()
        self.open = Series(LATE_FEES, oldest_first)
        self.due: Sums[LateFee] = Sums()

    def _index(self, row: LateFee) -> None:
        if row.is_due:
            self.open.add(row)
            self.due.add(row)

    def _unindex(self, row: LateFee) -> None:
        if row.is_due:
            self.open.discard(row)
            self.due.discard(row)


class PaymentShelf(Shelf[PaymentId, Payment]):
    """The payments, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.received = Series(PAYMENTS, newest_first)

    def _index(self, row: Payment) -> None:
        self.received.add(row)

    def _unindex(self, row: Payment) -> None:
        self.received.discard(row)
