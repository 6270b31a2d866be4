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
from .rows import INVOICE_ROWS, LATE_FEE_ROWS, PAYMENT_ROWS
from .tables import Tables, fees_due, open_invoices, paid_invoices


class InvoiceStatements(BillStatements[Invoice]):
    """What is asked and said about invoices."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        invoice = tables.invoice
        super().__init__(invoice, "invoice_id", INVOICE_ROWS, dialect)
        open_, paid = open_invoices(invoice), paid_invoices(invoice)
        by_due_date = listing_statements(tables, invoice, ("due_on", "number", "invoice_id"), open_)
        newest_first = listing_statements(tables, invoice, ("issued_on", "invoice_id"), paid, newest_first=True)
        self.open = BillListing(OPEN_INVOICES, by_due_date, INVOICE_ROWS, newest_first=False)
        self.paid = BillListing(PAID_INVOICES, newest_first, INVOICE_ROWS, newest_first=True)
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


class LateFeeStatements(BillStatements[LateFee]):
    """What is asked and said about late fees."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        fee = tables.late_fee
        super().__init__(fee, "fee_id", LATE_FEE_ROWS, dialect)
        by_date = listing_statements(tables, fee, ("assessed_on", "fee_id"), fees_due(fee))
        self.due = BillListing(LATE_FEES, by_date, LATE_FEE_ROWS, newest_first=False)
        self.totals = total_statements(tables, fee, fees_due(fee))


class PaymentStatements(BillStatements[Payment]):
    """What is asked and said about payments."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        payment = tables.payment
        super().__init__(payment, "payment_id", PAYMENT_ROWS, dialect)
        newest_first = listing_statements(tables, payment, ("paid_at", "payment_id"), None, newest_first=True)
        self.all = BillListing(PAYMENTS, newest_first, PAYMENT_ROWS, newest_first=True)


@attrs.frozen
class SqlInvoiceReader(KeptBills[Invoice]):
    """See `portal_linkage.ports.InvoiceReader`."""

    _statements: InvoiceStatements

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        listing = self._statements.open if status is InvoiceStatus.OPEN else self._statements.paid
        return listing.page(self._moment, scope, page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._find(firm_id, invoice_id)

    def totals(self, scope: Scope) -> Totals:
        return Totals(*totals(self._moment, self._statements.totals, scope))

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        values = {"firm": firm_id, "entity": entity_id, "as_typed": number}
        return self._moment.row(self._statements.proves, values) is not None


class SqlInvoiceRepository(SqlInvoiceReader):
    """See `portal_linkage.ports.InvoiceRepository`."""

    def save(self, invoice: Invoice) -> None:
        self._save((invoice,))

    def save_many(self, invoices: Iterable[Invoice]) -> None:
        self._save(invoices)

    def remove(self, firm_id: FirmId, invoice_id: InvoiceId) -> None:
        self._remove(firm_id, invoice_id)


@attrs.frozen
class SqlLateFeeReader(KeptBills[LateFee]):
    """See `portal_linkage.ports.LateFeeReader`."""

    _statements: LateFeeStatements

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return self._statements.due.page(self._moment, scope, page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        _, due = totals(self._moment, self._statements.totals, scope)
        return due


class SqlLateFeeRepository(SqlLateFeeReader):
    """See `portal_linkage.ports.LateFeeRepository`."""

    def save(self, fee: LateFee) -> None:
        self._save((fee,))

    def save_many(self, fees: Iterable[LateFee]) -> None:
        self._save(fees)

    def remove(self, firm_id: FirmId, fee_id: FeeId) -> None:
        self._remove(firm_id, fee_id)


@attrs.frozen
class SqlPaymentReader(KeptBills[Payment]):
    """See `portal_linkage.ports.PaymentReader`."""

    _statements: PaymentStatements

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return self._statements.all.page(self._moment, scope, page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._find(firm_id, payment_id)


class SqlPaymentRepository(SqlPaymentReader):
    """See `portal_linkage.ports.PaymentRepository`."""

    def save(self, payment: Payment) -> None:
        self._save((payment,))

    def save_many(self, payments: Iterable[Payment]) -> None:
        self._save(payments)

    def remove(self, firm_id: FirmId, payment_id: PaymentId) -> None:
        self._remove(firm_id, payment_id)
