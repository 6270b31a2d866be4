"""The clients' bills, as `portal_linkage.ports` promises them."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Generic

import attrs

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.values import (
    EntityId,
    FeeId,
    FirmId,
    InvoiceId,
    Money,
    Page,
    PageRequest,
    PaymentId,
    check_id,
    check_type,
)
from ...domain.viewers import Scope
from ...ports import Totals
from .series import B, Series
from .session import Repository, Session
from .shelves import BillShelf, Cabinet, K


class _Bills(Repository, Generic[K, B]):
    """Bills of one kind: where they are kept, and how they are told apart."""

    _kind: type[B]
    _shelf_of: Callable[[Cabinet], BillShelf[K, B]]
    _key: Callable[[B], K]

    def save(self, bill: B) -> None:
        check_type("bill", bill, self._kind)
        self._session.put(self._shelf_of(self._session.opened(bill.firm_id)), self._key(bill), bill)

    def save_many(self, bills: Iterable[B]) -> None:
        for bill in bills:
            self.save(bill)

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        shelf = self._shelf_of(self._session.opened(firm_id))
        for bill in [one for one in shelf.rows.values() if one.entity_id in merged]:
            self.save(attrs.evolve(bill, entity_id=merged[bill.entity_id]))

    def remove(self, firm_id: FirmId, bill_id: K) -> None:
        check_id("bill_id", bill_id)
        self._session.put(self._shelf_of(self._session.opened(firm_id)), bill_id, None)


def _page(session: Session, series: Series[B], scope: Scope, page: PageRequest) -> Page[B]:
    question = series.listing.within(scope)
    rows = series.first(session.accounts(scope), question.position(page), page.limit + 1)
    return question.page(rows, page, series.listing.key)


class Invoices(_Bills[InvoiceId, Invoice]):
    """The invoices."""

    _kind = Invoice
    _shelf_of = attrgetter("invoices")
    _key = attrgetter("invoice_id")

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        cabinet = self._session.cabinet(scope.firm_id)
        series = cabinet.open_invoices if status is InvoiceStatus.OPEN else cabinet.paid_invoices
        return _page(self._session, series, scope, page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._session.cabinet(firm_id).invoices.find(invoice_id)

    def totals(self, scope: Scope) -> Totals:
        return self._session.cabinet(scope.firm_id).open_invoices.totals(self._session.accounts(scope))

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        cabinet = self._session.cabinet(firm_id)
        first = cabinet.proofs.first([cabinet.accounts.of(entity_id)], (number, ""), 1)
        return any(row.number == number for row in first)


class LateFees(_Bills[FeeId, LateFee]):
    """The late fees."""

    _kind = LateFee
    _shelf_of = attrgetter("late_fees")
    _key = attrgetter("fee_id")

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return _page(self._session, self._session.cabinet(scope.firm_id).open_late_fees, scope, page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        return self._session.cabinet(scope.firm_id).open_late_fees.totals(self._session.accounts(scope)).due


class Payments(_Bills[PaymentId, Payment]):
    """The payments."""

    _kind = Payment
    _shelf_of = attrgetter("payments")
    _key = attrgetter("payment_id")

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return _page(self._session, self._session.cabinet(scope.firm_id).received, scope, page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._session.cabinet(firm_id).payments.find(payment_id)
