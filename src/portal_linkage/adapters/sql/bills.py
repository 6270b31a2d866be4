"""The invoices, late fees and payments, each as its port wants it."""

from collections.abc import Iterable, Mapping

import attrs
from sqlalchemy import bindparam, literal_column, select

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.values import EntityId, FeeId, FirmId, InvoiceId, Money, Page, PageRequest, PaymentId
from ...domain.viewers import Scope
from ...ports import Totals
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS
from .dialects import Dialect
from .kept_bills import BillListing, BillStatements, KeptBills, listing_statements, total_statements, totals
from .moment import Moment
from .rows import fee_of, fee_values, invoice_of, invoice_values, payment_of, payment_values
from .tables import Tables, fees_due, open_invoices, paid_invoices


class InvoiceStatements(BillStatements):
    """What is asked and said about invoices."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        invoice = tables.invoice
        super().__init__(invoice, "invoice_id", dialect)
        open_, paid = open_invoices(invoice), paid_invoices(invoice)
        by_due_date = listing_statements(tables, invoice, ("due_on", "number", "invoice_id"), open_)
        newest_first = listing_statements(tables, invoice, ("issued_on", "invoice_id"), paid, newest_first=True)
        self.open = BillListing(OPEN_INVOICES, by_due_date, invoice_of, newest_first=False)
        self.paid = BillListing(PAID_INVOICES, newest_first, invoice_of, newest_first=True)
        self.totals = total_statements(tables, invoice, open_)
        self.proves = (
            select(invoice.c.invoice_id)
            .where(
                invoice.c.firm_id == bindparam("firm"),
                invoice.c.entity_id == bindparam("entity"),
                invoice.c.number == bindparam("as_typed"),
                invoice.c.status != literal_column("'draft'"),
            )
            .limit(1)
        )


class LateFeeStatements(BillStatements):
    """What is asked and said about late fees."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        fee = tables.late_fee
        super().__init__(fee, "fee_id", dialect)
        by_date = listing_statements(tables, fee, ("assessed_on", "fee_id"), fees_due(fee))
        self.due = BillListing(LATE_FEES, by_date, fee_of, newest_first=False)
        self.totals = total_statements(tables, fee, fees_due(fee))


class PaymentStatements(BillStatements):
    """What is asked and said about payments."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        payment = tables.payment
        super().__init__(payment, "payment_id", dialect)
        newest_first = listing_statements(tables, payment, ("paid_at", "payment_id"), None, newest_first=True)
        self.all = BillListing(PAYMENTS, newest_first, payment_of, newest_first=True)


@attrs.frozen
class SqlInvoiceReader:
    """See `portal_linkage.ports.InvoiceReader`."""

    _moment: Moment
    _statements: InvoiceStatements

    @property
    def _kept(self) -> KeptBills[Invoice]:
        return KeptBills(self._moment, self._statements, invoice_of, invoice_values)

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        listing = self._statements.open if status is InvoiceStatus.OPEN else self._statements.paid
        return listing.page(self._moment, scope, page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._kept.find(firm_id, invoice_id)

    def totals(self, scope: Scope) -> Totals:
        return Totals(*totals(self._moment, self._statements.totals, scope))

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        values = {"firm": firm_id, "entity": entity_id, "as_typed": number}
        return self._moment.row(self._statements.proves, values) is not None


class SqlInvoiceRepository(SqlInvoiceReader):
    """See `portal_linkage.ports.InvoiceRepository`."""

    def save(self, invoice: Invoice) -> None:
        self._kept.save((invoice,))

    def save_many(self, invoices: Iterable[Invoice]) -> None:
        self._kept.save(invoices)

    def remove(self, firm_id: FirmId, invoice_id: InvoiceId) -> None:
        self._kept.remove(firm_id, invoice_id)


@attrs.frozen
class SqlLateFeeReader:
    """See `portal_linkage.ports.LateFeeReader`."""

    _moment: Moment
    _statements: LateFeeStatements

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return self._statements.due.page(self._moment, scope, page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        _, due = totals(self._moment, self._statements.totals, scope)
        return due


class SqlLateFeeRepository(SqlLateFeeReader):
    """See `portal_linkage.ports.LateFeeRepository`."""

    @property
    def _kept(self) -> KeptBills[LateFee]:
        return KeptBills(self._moment, self._statements, fee_of, fee_values)

    def save(self, fee: LateFee) -> None:
        self._kept.save((fee,))

    def save_many(self, fees: Iterable[LateFee]) -> None:
        self._kept.save(fees)

    def remove(self, firm_id: FirmId, fee_id: FeeId) -> None:
        self._kept.remove(firm_id, fee_id)


@attrs.frozen
class SqlPaymentReader:
    """See `portal_linkage.ports.PaymentReader`."""

    _moment: Moment
    _statements: PaymentStatements

    @property
    def _kept(self) -> KeptBills[Payment]:
        return KeptBills(self._moment, self._statements, payment_of, payment_values)

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return self._statements.all.page(self._moment, scope, page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._kept.find(firm_id, payment_id)


class SqlPaymentRepository(SqlPaymentReader):
    """See `portal_linkage.ports.PaymentRepository`."""

    def save(self, payment: Payment) -> None:
        self._kept.save((payment,))

    def save_many(self, payments: Iterable[Payment]) -> None:
        self._kept.save(payments)

    def remove(self, firm_id: FirmId, payment_id: PaymentId) -> None:
        self._kept.remove(firm_id, payment_id)
