"""The bars, and what users left by themselves: the two kinds of refusals."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    literal_column,
    select,
    union_all,
)

from ...domain.entities import Bar
from ...domain.values import EmailAddress, EntityId, FirmId, Page, PageRequest, micros_of
from ...ports import Mailbox, Refusals
from ..listings import BARS
from .dialects import Dialect
from .keysets import LIMIT, after, in_order, page_values
from .moment import AMONG, Moment, Record
from .rows import BAR_ROWS, bar_values
from .tables import Tables

_Choice = Select[*tuple[Any, ...]]


class BarStatements:
    """What is asked and said about bars."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        bar, mailbox = tables.bar, tables.mailbox
        at_firm, of_address = bar.c.firm_id == bindparam("firm"), mailbox.c.email_key == bindparam("address")
        order = (bar.c.since, bar.c.entity_id, bar.c.mailbox_id)
        bars = _of_mailboxes(bar, mailbox, *bar.c, mailbox.c.email, mailbox.c.email_key)
        self.find = bars.where(at_firm, of_address, bar.c.entity_id == bindparam("entity"))
        self.listing = bars.where(at_firm, after(*order)).order_by(*in_order(*order)).limit(LIMIT)
        self.listing_of_address = self.listing.where(of_address)
        self.add = dialect.adding(bar)
        self.remove = _removal(bar)
        self.refusals = _RefusalStatements(tables, dialect)


class _RefusalStatements:
    """What is asked about bars and departures alike, and said about departures."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        kinds = ((tables.bar, "barred"), (tables.departure, "left"))
        self.of = union_all(*(_of_mailbox(table, kind) for table, kind in kinds))
        self.of_entity = union_all(
            *(_of_mailbox(table, kind).where(table.c.entity_id == bindparam("entity")) for table, kind in kinds)
        )
        self.touching = union_all(*(_touching(table, tables.mailbox, kind) for table, kind in kinds))
        self.remember_leaving = dialect.adding(tables.departure)
        self.forget_leaving = _removal(tables.departure)


def _of_mailboxes(table: Table, mailbox: Table, *columns: ColumnElement[Any]) -> _Choice:
    same = and_(mailbox.c.firm_id == table.c.firm_id, mailbox.c.mailbox_id == table.c.mailbox_id)
    return select(*columns).select_from(table.join(mailbox, same))


def _kind(kind: str) -> ColumnElement[str]:
    column: ColumnElement[str] = literal_column(f"'{kind}'")
    return column.label("kind")


def _of_mailbox(table: Table, kind: str) -> _Choice:
    return select(_kind(kind), table.c.entity_id).where(_this_mailbox(table))


def _this_mailbox(table: Table) -> ColumnElement[bool]:
    return and_(table.c.firm_id == bindparam("firm"), table.c.mailbox_id == bindparam("mailbox"))


def _touching(table: Table, mailbox: Table, kind: str) -> _Choice:
    rows = _of_mailboxes(table, mailbox, mailbox.c.email_key, _kind(kind), table.c.entity_id)
    return rows.where(table.c.firm_id == bindparam("firm"), table.c.entity_id.in_(AMONG))


def _removal(table: Table) -> Delete:
    return delete(table).where(_this_mailbox(table), table.c.entity_id == bindparam("entity"))


def _refusals(rows: Iterable[Record]) -> Refusals:
    found: dict[str, set[EntityId]] = {"barred": set(), "left": set()}
    for row in rows:
        found[row.kind].add(row.entity_id)
    return Refusals(barred=frozenset(found["barred"]), left=frozenset(found["left"]))


@attrs.frozen
class SqlBarReader:
    """See `portal_linkage.ports.BarReader`."""

    _moment: Moment
    _statements: BarStatements

    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        values = {"firm": firm_id, "address": email.key, "entity": entity_id}
        row = self._moment.row(self._statements.find, values)
        return None if row is None else BAR_ROWS.restore(row)

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        address = None if email is None else email.key
        question = BARS.of(firm_id, address)
        statement = self._statements.listing if address is None else self._statements.listing_of_address
        rows = self._moment.rows(statement, {"firm": firm_id, "address": address, **page_values(question, page)})
        return question.page(rows, page, _bar_key).map(BAR_ROWS.restore)

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        by_address: dict[str, list[Record]] = defaultdict(list)
        for row in self._moment.rows_among(self._statements.refusals.touching, {"firm": firm_id}, entity_ids):
            by_address[row.email_key].append(row)
        return {address: _refusals(rows) for address, rows in by_address.items()}


def _bar_key(row: Record) -> tuple[int, str, str]:
    return (row.since, row.entity_id, row.mailbox_id)


class SqlBarRepository(SqlBarReader):
    """See `portal_linkage.ports.BarRepository`."""

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        statement = self._statements.refusals.of if entity_id is None else self._statements.refusals.of_entity
        return _refusals(self._moment.rows(statement, _at(mailbox, entity_id)))

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        self._moment.run(self._statements.add, [bar_values(mailbox, bar) for bar in bars])

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._moment.run(self._statements.remove, _at(mailbox, entity_id))

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId, at: datetime) -> None:
        place = {"firm_id": mailbox.firm_id, "mailbox_id": mailbox.mailbox_id, "entity_id": entity_id}
        self._moment.run(self._statements.refusals.remember_leaving, {**place, "left_at": micros_of(at)})

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._moment.run(self._statements.refusals.forget_leaving, _at(mailbox, entity_id))


def _at(mailbox: Mailbox, entity_id: EntityId | None) -> dict[str, str | None]:
    return {"firm": mailbox.firm_id, "mailbox": mailbox.mailbox_id, "entity": entity_id}
