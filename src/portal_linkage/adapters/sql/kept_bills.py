"""What invoices, late fees and payments have in common: how they are kept, listed within a scope, and added up."""

from collections.abc import Iterable, Sequence
from typing import Final, Generic, TypeVar

import attrs
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Subquery,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
)

from ...domain.values import FirmId, Money, Page, PageRequest
from ...domain.viewers import Scope
from ..listings import Listing
from .dialects import Dialect
from .keysets import LIMIT, after, in_order, page_values
from .moment import Moment, chunks
from .scopes import Scoped, kind_of, scope_values, scoped
from .stored import Stored
from .tables import Tables

B = TypeVar("B")

_SPLIT: Final = 1_000_000
"""Sums are made of two parts: millions of amounts just below the limit would not fit a database's integer."""


class BillStatements(Generic[B]):
    """How one kind of bill is kept."""

    def __init__(self, table: Table, bill_id: str, rows: Stored[B], dialect: Dialect) -> None:
        self.rows = rows
        this = and_(table.c.firm_id == bindparam("firm"), table.c[bill_id] == bindparam("bill"))
        self.find = select(table).where(this)
        self.save = dialect.replacing(table)
        self.remove = delete(table).where(this)


def _in_scope(bill: Table, visible: Subquery) -> ColumnElement[bool]:
    return and_(bill.c.firm_id == visible.c.firm_id, bill.c.entity_id == visible.c.entity_id)


@attrs.frozen
class BillListing(Generic[B]):
    """One listing of bills: in which order, and which of the bills in scope it shows."""

    listing: Listing[B]
    statements: Scoped
    rows: Stored[B]
    newest_first: bool

    def page(self, moment: Moment, scope: Scope, request: PageRequest) -> Page[B]:
        """A page of the bills in scope."""
        question = self.listing.within(scope)
        values = {**scope_values(scope), **page_values(question, request, newest_first=self.newest_first)}
        rows = moment.rows(self.statements[kind_of(scope)], values)
        return question.page(tuple(map(self.rows.restore, rows)), request, self.listing.key)


def listing_statements(
    tables: Tables, bill: Table, order: Sequence[str], shown: ColumnElement[bool] | None, *, newest_first: bool = False
) -> Scoped:
    """The statements of a listing: the page is found in an index, and only its rows are fetched.

    ``order`` ends in the id.
    """
    columns = [bill.c[name] for name in order]

    def build(visible: Subquery) -> Executable:
        page = (
            select(columns[-1])
            .select_from(visible.join(bill, _in_scope(bill, visible)))
            .where(after(*columns, newest_first=newest_first), *(() if shown is None else (shown,)))
            .order_by(*in_order(*columns, newest_first=newest_first))
            .limit(LIMIT)
            .correlate(None)
        )
        return (
            select(bill)
            .where(bill.c.firm_id == bindparam("firm"), columns[-1].in_(page))
            .order_by(*in_order(*columns, newest_first=newest_first))
        )

    return scoped(tables, build)


def total_statements(tables: Tables, bill: Table, shown: ColumnElement[bool]) -> Scoped:
    """The statements that count and add up what is due, by currency."""
    split: ColumnElement[int] = literal_column(str(_SPLIT))
    sums = (
        func.count().label("bills"),
        func.sum(bill.c.amount_due.op("/", return_type=BigInteger())(split)).label("high"),
        func.sum(bill.c.amount_due % split).label("low"),
    )

    def build(visible: Subquery) -> Executable:
        return (
            select(bill.c.amount_due_currency.label("currency"), *sums)
            .select_from(visible.join(bill, _in_scope(bill, visible)))
            .where(shown)
            .group_by(bill.c.amount_due_currency)
            .order_by(bill.c.amount_due_currency)
        )

    return scoped(tables, build)


def totals(moment: Moment, statements: Scoped, scope: Scope) -> tuple[int, dict[str, Money]]:
    """How many bills in scope, and what is due on them by currency."""
    rows = moment.rows(statements[kind_of(scope)], scope_values(scope))
    due = {row.currency: Money.of_units(int(row.high) * _SPLIT + int(row.low), row.currency) for row in rows}
    return sum(row.bills for row in rows), due


@attrs.frozen
class KeptBills(Generic[B]):
    """One kind of bill within a moment."""

    _moment: Moment
    _statements: BillStatements[B]

    def _find(self, firm_id: FirmId, bill_id: str) -> B | None:
        row = self._moment.row(self._statements.find, {"firm": firm_id, "bill": bill_id})
        return None if row is None else self._statements.rows.restore(row)

    def _save(self, bills: Iterable[B]) -> None:
        for chunk in chunks(bills):
            self._moment.run(self._statements.save, list(map(self._statements.rows.values, chunk)))

    def _remove(self, firm_id: FirmId, bill_id: str) -> None:
        self._moment.run(self._statements.remove, {"firm": firm_id, "bill": bill_id})
