"""The bills: invoices, late fees and payments."""

from collections.abc import Iterable, Mapping

from ....domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ....domain.values import EntityId, FeeId, FirmId, InvoiceId, Money, Page, PageRequest, PaymentId
from ....domain.viewers import Scope
from ....ports import Totals
from ...listings import LATE_FEES, PAYMENTS, Listing, invoices_by
from ..bills import B, Series
from ..cabinet import Cabinet
from ..session import Reader, Repository


def _page(cabinet: Cabinet, listing: Listing[B], series: Series[B], scope: Scope, page: PageRequest) -> Page[B]:
    question = listing.within(scope)
    after = question.position(page)
    rows = series.first(cabinet.ids_in_scope(scope), after, page.limit + 1)
    return question.page(rows, page, listing.key)


class InvoiceReader(Reader):
    """`portal_linkage.ports.InvoiceReader` in memory."""

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        cabinet = self._at(scope.firm_id)
        series = cabinet.invoices.open if status is InvoiceStatus.OPEN else cabinet.invoices.paid
        return _page(cabinet, invoices_by(status), series, scope, page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._at(firm_id).invoices.find(invoice_id)

    def totals(self, scope: Scope) -> Totals:
        cabinet = self._at(scope.firm_id)
        entity_ids = cabinet.ids_in_scope(scope)
        count = sum(len(cabinet.invoices.open.of(entity_id)) for entity_id in entity_ids)
        return Totals(count, cabinet.invoices.due.of(entity_ids))

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        return self._at(firm_id).invoices.proves(entity_id, number)


class InvoiceRepository(Repository, InvoiceReader):
    """`portal_linkage.ports.InvoiceRepository` in memory."""

    def save(self, invoice: Invoice) -> None:
        self._change.put(self._to(invoice.firm_id).invoices, invoice.invoice_id, invoice)

    def save_many(self, invoices: Iterable[Invoice]) -> None:
        for invoice in invoices:
            self.save(invoice)

    def remove(self, firm_id: FirmId, invoice_id: InvoiceId) -> None:
        self._change.put(self._to(firm_id).invoices, invoice_id, None)


class LateFeeReader(Reader):
    """`portal_linkage.ports.LateFeeReader` in memory."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        cabinet = self._at(scope.firm_id)
        return _page(cabinet, LATE_FEES, cabinet.late_fees.open, scope, page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        cabinet = self._at(scope.firm_id)
        return cabinet.late_fees.due.of(cabinet.ids_in_scope(scope))


class LateFeeRepository(Repository, LateFeeReader):
    """`portal_linkage.ports.LateFeeRepository` in memory."""

    def save(self, fee: LateFee) -> None:
        self._change.put(self._to(fee.firm_id).late_fees, fee.fee_id, fee)

    def save_many(self, fees: Iterable[LateFee]) -> None:
        for fee in fees:
            self.save(fee)

    def remove(self, firm_id: FirmId, fee_id: FeeId) -> None:
        self._change.put(self._to(firm_id).late_fees, fee_id, None)


class PaymentReader(Reader):
    """`portal_linkage.ports.PaymentReader` in memory."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        cabinet = self._at(scope.firm_id)
        return _page(cabinet, PAYMENTS, cabinet.payments.received, scope, page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._at(firm_id).payments.find(payment_id)


class PaymentRepository(Repository, PaymentReader):
    """`portal_linkage.ports.PaymentRepository` in memory."""

    def save(self, payment: Payment) -> None:
        self._change.put(self._to(payment.firm_id).payments, payment.payment_id, payment)

    def save_many(self, payments: Iterable[Payment]) -> None:
        for payment in payments:
            self.save(payment)

    def remove(self, firm_id: FirmId, payment_id: PaymentId) -> None:
        self._change.put(self._to(firm_id).payments, payment_id, None)
