"""The three kinds of bills: what is drawn of each, what lists them, and in which order."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Generic, TypeAlias

import attrs
from hypothesis.strategies import SearchStrategy

from ...domain.entities import Invoice, LateFee, Payment
from ...domain.values import FirmId, InvoiceId, Page, PageRequest, PaymentId
from ...domain.viewers import Scope
from ...ports import Snapshot
from .._worlds import World, worlds_of
from ..builders import NOON, REALTY, invoice, late_fee, payment
from ..promises import Capability
from . import _bills
from ._bills import ABSENT, B
from ._means import OPEN, PAID, Means


@attrs.frozen
class Listing(Generic[B]):
    """A listing: how it is asked for, and what must come of a world."""

    fetch: Callable[[Snapshot, Scope, PageRequest], Page[B]]
    expected: Callable[[World], tuple[B, ...]]
    row: Callable[[Means, str, str, int], B]
    """A bill that is in it: its id, its client, and on which of some days it comes."""


Reading: TypeAlias = Callable[[Snapshot, Scope], object]


@attrs.frozen(kw_only=True)
class Kind(Generic[B]):
    """Bills of one kind."""

    name: str
    """As a store and a world call them."""
    listings: tuple[Listing[B], ...]
    readings: Mapping[str, Reading]
    """Every way to read them."""
    drawn: Callable[[Means], SearchStrategy[tuple[B, ...]]]
    id_field: str

    def worlds(self, means: Means) -> SearchStrategy[World]:
        """Firms at random that have bills of this kind."""
        return worlds_of(means.entity_ids, ABSENT, **{self.name: self.drawn(means)})

    def id_of(self, bill: B) -> str:
        """The id of a bill."""
        return str(getattr(bill, self.id_field))

    def elsewhere(self, bill: B, firm_id: FirmId, means: Means) -> B:
        """The like of a bill at another firm, under the same id if it can be."""
        bill_id = self.id_of(bill) if means.have(Capability.FIRM_IDS) else f"5{self.id_of(bill)}"
        numbered = {"number": bill_id} if self.name == "invoices" and not means.have(Capability.NUMBERS) else {}
        changes: dict[str, Any] = {"firm_id": firm_id, self.id_field: bill_id, **numbered}
        return attrs.evolve(bill, **changes)

    def of(self, world: World) -> tuple[B, ...]:
        """The world's bills of this kind."""
        bills: tuple[B, ...] = getattr(world, self.name)
        return bills


def _day(place: int) -> date:
    return date(2026, 1, 1) + timedelta(days=place)


def _open(means: Means, invoice_id: str, entity_id: str, place: int) -> Invoice:
    return invoice(invoice_id, entity_id, amount_due=means.money(1200), due_on=_day(place))


def _paid(means: Means, invoice_id: str, entity_id: str, place: int) -> Invoice:
    amounts = {"total": means.money(1200), "amount_due": means.money(0)}
    return invoice(invoice_id, entity_id, **amounts, issued_on=_day(-place), status=PAID)


def _fee(means: Means, fee_id: str, entity_id: str, place: int) -> LateFee:
    return late_fee(fee_id, entity_id, amount=means.money(25), assessed_on=_day(place))


def _payment(means: Means, payment_id: str, entity_id: str, place: int) -> Payment:
    return payment(payment_id, entity_id, amount=means.money(300), paid_at=NOON - timedelta(days=place))


PAGE: Final = PageRequest()
FIRST: Final = "100"
"""The id of the first bill that `ReaderPromises.bill_each` writes."""


def _open_invoices(read: Snapshot, scope: Scope, page: PageRequest = PAGE) -> Page[Invoice]:
    return read.invoices.in_scope(scope, OPEN, page)


def _paid_invoices(read: Snapshot, scope: Scope, page: PageRequest = PAGE) -> Page[Invoice]:
    return read.invoices.in_scope(scope, PAID, page)


def _late_fees(read: Snapshot, scope: Scope, page: PageRequest = PAGE) -> Page[LateFee]:
    return read.late_fees.in_scope(scope, page)


def _payments(read: Snapshot, scope: Scope, page: PageRequest = PAGE) -> Page[Payment]:
    return read.payments.in_scope(scope, page)


INVOICES: Final = Kind[Invoice](
    name="invoices",
    listings=(
        Listing(_open_invoices, World.open_invoices, _open),
        Listing(_paid_invoices, World.paid_invoices, _paid),
    ),
    readings={
        "open invoices": _open_invoices,
        "paid invoices": _paid_invoices,
        "totals": lambda read, scope: read.invoices.totals(scope),
        "find": lambda read, scope: read.invoices.find(scope.firm_id, InvoiceId(FIRST)),
        "proves": lambda read, scope: read.invoices.proves(scope.firm_id, REALTY, FIRST),
    },
    drawn=_bills.invoices,
    id_field="invoice_id",
)
LATE_FEES: Final = Kind[LateFee](
    name="late_fees",
    listings=(Listing(_late_fees, World.due_fees, _fee),),
    readings={"late fees": _late_fees, "totals": lambda read, scope: read.late_fees.totals(scope)},
    drawn=_bills.late_fees,
    id_field="fee_id",
)
PAYMENTS: Final = Kind[Payment](
    name="payments",
    listings=(Listing(_payments, World.received, _payment),),
    readings={
        "payments": _payments,
        "find": lambda read, scope: read.payments.find(scope.firm_id, PaymentId(FIRST)),
    },
    drawn=_bills.payments,
    id_field="payment_id",
)
