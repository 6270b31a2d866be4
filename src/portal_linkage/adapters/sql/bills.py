"""The invoices, late fees and payments: kept alike, listed within a scope, and added up."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.values import EntityId, FirmId, InvoiceId, Money, Page, PageRequest, PaymentId, check_id
from ...domain.viewers import Scope
from ...ports import Totals
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, Listing
from .clauses import SURVIVOR, Condition, Scoped, beside, in_order, merges, page_values, paged, this
from .dialects import Dialect
from .forms import Statement
from .moment import Part, chunks
from .stored import Stored
from .tables import IS_DUE, IS_OPEN, IS_PAID, Tables

B = TypeVar("B")
S = TypeVar("S", bound="BillStatements[Any]")

_SPLIT: Final = 1_000_000
"""Sums are made of two parts: millions of amounts just below the limit would not fit a database's integer."""


class BillStatements(Generic[B]):
    """What is asked and said about one kind of bill, whose id is the last part of its table's key."""

    _where_any: tuple[Condition, ...] = ()
    """That the firm has any at all, where many firms have none: for these no client is looked up."""

    def __init__(self, tables: Tables, dialect: Dialect, table: sa.Table, kind: type[B]) -> None:
        self._tables, self._dialect, self._table = tables, dialect, table
        self._id = list(table.primary_key.columns)[-1]
        self.rows = Stored(kind)
        bill = sa.and_(this(table), self._id == sa.bindparam("bill"))
        self.find = sa.select(table).where(bill)
        self.save = dialect.replacing(table)
        self.remove = sa.delete(table).where(bill)
        self.transfer = sa.update(table).where(this(table, "entity_id")).values(entity_id=SURVIVOR)

    def listing(
        self, listing: Listing[B], *order: str, shown: sa.TextClause | None = None
    ) -> tuple[Listing[B], Scoped]:
        """A listing in the order of some columns, then the id: a page is found in an index, then fetched."""
        columns = (*(self._table.c[name] for name in order), self._id)

        def build(visible: sa.Subquery) -> Statement:
            bills, found = beside(self._dialect, visible, self._table, "entity_id", where=shown)
            ids = sa.select(found.c[self._id.name]).select_from(bills).where(*self._where_any)
            key = (found.c[column.name] for column in columns)
            page = paged(ids, *key, newest_first=listing.newest_first).correlate(None)
            rows = sa.select(self._table).where(this(self._table), self._id.in_(page))
            return rows.order_by(*in_order(*columns, newest_first=listing.newest_first))

        return listing, Scoped(self._tables, self._dialect, build)

    def totals(self, shown: sa.TextClause) -> Scoped:
        """How many there are, and the sums of what is due, by currency."""
        split = sa.literal_column(str(_SPLIT), sa.BigInteger)

        def build(visible: sa.Subquery) -> Statement:
            bills, found = beside(self._dialect, visible, self._table, "entity_id", where=shown)
            due, currency = found.c.amount_due, found.c.amount_due_currency
            # Divided without a rest: what a rest becomes differs between databases.
            high = sa.func.sum((due - due % split) // split).label("high")
            low = sa.func.sum(due % split).label("low")
            sums = sa.select(currency.label("currency"), sa.func.count().label("bills"), high, low)
            return sums.select_from(bills).where(*self._where_any).group_by(currency).order_by(currency)

        return Scoped(self._tables, self._dialect, build)


class InvoiceStatements(BillStatements[Invoice]):
    """What is asked and said about invoices."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        invoice = tables.invoice
        super().__init__(tables, dialect, invoice, Invoice)
        self.open = self.listing(OPEN_INVOICES, "due_on", "number", shown=IS_OPEN)
        self.paid = self.listing(PAID_INVOICES, "issued_on", shown=IS_PAID)
        self.due = self.totals(IS_OPEN)
        numbered = (invoice.c.number == sa.bindparam("as_typed"), invoice.c.status != sa.literal_column("'draft'"))
        self.proves = sa.select(invoice.c.invoice_id).where(this(invoice, "entity_id"), *numbered).limit(1)


class LateFeeStatements(BillStatements[LateFee]):
    """What is asked and said about late fees."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        super().__init__(tables, dialect, tables.late_fee, LateFee)
        fee, one = tables.late_fee.alias(), sa.literal_column("1", sa.Integer)
        # In order: otherwise a planner may read the table, where it expects to come upon one soon.
        first = sa.select(fee.c.fee_id).where(this(fee), IS_DUE).order_by(fee.c.entity_id).limit(one)
        self._where_any = (first.scalar_subquery().is_not(None),)
        self.by_date = self.listing(LATE_FEES, "assessed_on", shown=IS_DUE)
        self.due = self.totals(IS_DUE)


class PaymentStatements(BillStatements[Payment]):
    """What is asked and said about payments."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        super().__init__(tables, dialect, tables.payment, Payment)
        self.by_time = self.listing(PAYMENTS, "paid_at")


class _Bills(Part[S], Generic[S, B]):
    """How one kind of bill is read."""

    def _find(self, firm_id: FirmId, bill_id: str) -> B | None:
        rows = self._moment.rows(self._statements.find, {"firm": firm_id, "bill": bill_id})
        return self._statements.rows.first(rows)

    def _page(self, asked: tuple[Listing[B], Scoped], scope: Scope, request: PageRequest) -> Page[B]:
        listing, statements = asked
        question = listing.within(scope)
        values = page_values(question, request, newest_first=listing.newest_first)
        rows = self._moment.rows(*statements.of(scope, **values))
        return question.page(self._statements.rows.restore(rows), request, listing.key)

    def _totals(self, statements: Scoped, scope: Scope) -> Totals:
        rows = self._moment.rows(*statements.of(scope))
        due = {row.currency: Money.of_units(int(row.high) * _SPLIT + int(row.low), row.currency) for row in rows}
        return Totals(sum(row.bills for row in rows), due)


class _KeptBills(_Bills[S, B]):
    """See `portal_linkage.ports.Kept`."""

    def save(self, bill: B, /) -> None:
        self.save_many((bill,))

    def save_many(self, bills: Iterable[B], /) -> None:
        for chunk in chunks(bills):
            self._moment.run(self._statements.save, list(map(self._statements.rows.values, chunk)))

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId], /) -> None:
        self._moment.run(self._statements.transfer, merges(firm_id, merged))

    def remove(self, firm_id: FirmId, bill_id: str, /) -> None:
        check_id("bill_id", bill_id)
        self._moment.run(self._statements.remove, {"firm": firm_id, "bill": bill_id})


class SqlInvoiceReader(_Bills[InvoiceStatements, Invoice]):
    """See `portal_linkage.ports.InvoiceReader`."""

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        listing = self._statements.open if status is InvoiceStatus.OPEN else self._statements.paid
        return self._page(listing, scope, page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._find(firm_id, invoice_id)

    def totals(self, scope: Scope) -> Totals:
        return self._totals(self._statements.due, scope)

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        values = {"firm": firm_id, "entity": entity_id, "as_typed": number}
        return bool(self._moment.rows(self._statements.proves, values))


class SqlInvoiceRepository(SqlInvoiceReader, _KeptBills[InvoiceStatements, Invoice]):
    """See `portal_linkage.ports.InvoiceRepository`."""


class SqlLateFeeReader(_Bills[LateFeeStatements, LateFee]):
    """See `portal_linkage.ports.LateFeeReader`."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return self._page(self._statements.by_date, scope, page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        return self._totals(self._statements.due, scope).due


class SqlLateFeeRepository(SqlLateFeeReader, _KeptBills[LateFeeStatements, LateFee]):
    """See `portal_linkage.ports.LateFeeRepository`."""


class SqlPaymentReader(_Bills[PaymentStatements, Payment]):
    """See `portal_linkage.ports.PaymentReader`."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return self._page(self._statements.by_time, scope, page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._find(firm_id, payment_id)


class SqlPaymentRepository(SqlPaymentReader, _KeptBills[PaymentStatements, Payment]):
    """See `portal_linkage.ports.PaymentRepository`."""
