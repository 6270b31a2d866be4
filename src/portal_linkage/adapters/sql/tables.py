"""The tables. Every key and every index begins with the firm (L6)."""

from typing import Any, Final

import attrs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Index,
    MetaData,
    Table,
    Text,
    and_,
    literal_column,
)

# Compared and ordered by code point, whatever the database's own collation. On SQLite that is the default.
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")

FIRM: Final = "firm_id"
PMS: Final = "pms"
"""The source of the contacts that the practice-management system lists."""


def _key(*names: str) -> tuple[Column[str], ...]:
    """The primary key, or its beginning: the firm, then what tells a row from the firm's others."""
    return tuple(Column(name, _TEXT, primary_key=True) for name in (FIRM, *names))


def _position(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, _TEXT, nullable=False) for name in names)


def _optional(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, _TEXT) for name in names)


def _integer(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _day(name: str) -> Column[Any]:
    return Column(name, Date, nullable=False)


def _money(name: str) -> tuple[Column[int], Column[str]]:
    return Column(name, BigInteger, nullable=False), Column(f"{name}_currency", _TEXT, nullable=False)


@attrs.frozen
class _Schema:
    """Where the tables go: their metadata, and what their names begin with."""

    metadata: MetaData
    prefix: str

    def table(self, name: str, *columns: Column[Any]) -> Table:
        # Rows are kept in their primary key: found by it in one step, and a firm's rows lie together.
        return Table(f"{self.prefix}{name}", self.metadata, *columns, sqlite_with_rowid=False)

    def index(
        self,
        table: Table,
        name: str,
        *columns: str | ColumnElement[Any],
        unique: bool = False,
        where: ColumnElement[bool] | None = None,
    ) -> None:
        parts = (table.c[part] if isinstance(part, str) else part for part in (FIRM, *columns))
        Index(f"{table.name}_{name}", *parts, unique=unique, sqlite_where=where, postgresql_where=where)


def _firm(schema: _Schema) -> Table:
    flags = (_flag("show_past_payments"), _flag("show_late_fees"))
    return schema.table("firm", *_key(), *_texts("name"), *flags, _integer("revision"))


def _mailbox(schema: _Schema) -> Table:
    """The user is part of the mailbox: the row that everything waits for is the row that tells who is there."""
    table = schema.table(
        "mailbox",
        *_key("mailbox_id"),
        *_texts("email", "email_key"),
        _integer("revision"),
        *_optional("user_id", "name", "name_key", "email_search"),
        Column("signed_up_at", BigInteger),
    )
    schema.index(table, "email", "email_key", unique=True)
    schema.index(table, "user", "user_id", unique=True)
    schema.index(table, "name", "name_key", "user_id")
    schema.index(table, "search", "email_search", "user_id")
    return table


def _words(schema: _Schema, name: str, owner: str) -> Table:
    table = schema.table(name, *_key(owner, "word"))
    schema.index(table, "word", "word", owner)
    return table


def _link(schema: _Schema) -> Table:
    """A user's links lie in link order."""
    table = schema.table(
        "link",
        *_key("user_id"),
        _position("revision"),
        _position("position"),
        *_texts("entity_id"),
        _integer("linked_at"),
    )
    schema.index(table, "entity", "entity_id", "user_id", unique=True)
    return table


def _ground(schema: _Schema) -> Table:
    return schema.table(
        "ground", *_key("user_id", "entity_id", "kind"), _integer("position"), _integer("since"), *_texts("by")
    )


def _bar(schema: _Schema) -> Table:
    table = schema.table("bar", *_key("mailbox_id", "entity_id"), _integer("since"), *_texts("by"))
    schema.index(table, "since", "since", "entity_id", "mailbox_id")
    schema.index(table, "entity", "entity_id", "mailbox_id")
    return table


def _departure(schema: _Schema) -> Table:
    table = schema.table("departure", *_key("mailbox_id", "entity_id"), _integer("left_at"))
    schema.index(table, "entity", "entity_id", "mailbox_id")
    return table


def _entity(schema: _Schema) -> Table:
    table = schema.table(
        "entity",
        *_key("entity_id"),
        *_texts("name", "name_key", "name_words", "client_number", "number_key", "number_search"),
        _flag("active"),
    )
    schema.index(table, "number", "number_search", "entity_id")
    schema.index(table, "words", "name_words", "entity_id")
    return table


def _contact(schema: _Schema) -> Table:
    table = schema.table(
        "contact",
        *_key("entity_id", "source"),
        _position("position"),
        *_texts("email", "email_key", "contact_name"),
        *_optional("contact_id"),
        *_texts("role"),
    )
    schema.index(table, "email", "email_key", "entity_id")
    return table


def _invoice(schema: _Schema) -> Table:
    table = schema.table(
        "invoice",
        *_key("invoice_id"),
        *_texts("entity_id", "number"),
        *_money("total"),
        *_money("amount_due"),
        _day("issued_on"),
        _day("due_on"),
        *_texts("status"),
    )
    order = ("due_on", "number", "invoice_id")
    # All that a page or a sum asks of is in the index, so that no row is fetched for nothing.
    due = ("amount_due", "amount_due_currency", "status")
    paid = (table.c.issued_on.desc(), "invoice_id", "status")
    schema.index(table, "open", "entity_id", *order, *due, where=open_invoices(table))
    schema.index(table, "paid", "entity_id", *paid, where=paid_invoices(table))
    schema.index(table, "number", "entity_id", "number", "status")
    return table


def _late_fee(schema: _Schema) -> Table:
    table = schema.table(
        "late_fee",
        *_key("fee_id"),
        *_texts("entity_id"),
        *_optional("invoice_id"),
        *_money("amount"),
        *_money("amount_due"),
        _day("assessed_on"),
    )
    order = ("assessed_on", "fee_id")
    schema.index(table, "due", "entity_id", *order, "amount_due", "amount_due_currency", where=fees_due(table))
    return table


def _payment(schema: _Schema) -> Table:
    table = schema.table(
        "payment",
        *_key("payment_id"),
        *_texts("entity_id"),
        *_money("amount"),
        _integer("paid_at"),
        *_texts("invoice_ids"),
        *_optional("payer"),
    )
    schema.index(table, "paid", "entity_id", table.c.paid_at.desc(), "payment_id")
    return table


def _attempt(schema: _Schema) -> Table:
    """One row for each subject: counting locks that row, and it holds only what is recent."""
    return schema.table("attempt", *_key("subject"), *_texts("times"))


def _journal(schema: _Schema) -> Table:
    table = schema.table(
        "journal",
        *_key(),
        _position("position"),
        *_texts("kind"),
        *_optional("user_id", "entity_id", "ground"),
        *_texts("by"),
        _integer("at"),
    )
    schema.index(table, "user", "user_id", "position")
    schema.index(table, "entity", "entity_id", "position")
    return table


def shown(entity: Table) -> tuple[ColumnElement[Any], ...]:
    """What others than the search want to know of an entity."""
    return (entity.c.firm_id, entity.c.entity_id, entity.c.name, entity.c.client_number, entity.c.active)


def open_invoices(invoice: Table) -> ColumnElement[bool]:
    """What is shown as open. In literals, so that the database sees that the index holds just these."""
    return and_(invoice.c.status == literal_column("'open'"), invoice.c.amount_due > literal_column("0"))


def paid_invoices(invoice: Table) -> ColumnElement[bool]:
    """What is shown as past."""
    return invoice.c.status == literal_column("'paid'")


def fees_due(late_fee: Table) -> ColumnElement[bool]:
    """The late fees that are shown."""
    return late_fee.c.amount_due > literal_column("0")


class Tables:
    """All tables of one store; their names begin with ``prefix``."""

    def __init__(self, prefix: str) -> None:
        schema = _Schema(MetaData(), prefix)
        self.metadata = schema.metadata
        self.firm = _firm(schema)
        self.mailbox = _mailbox(schema)
        self.user_word = _words(schema, "user_word", "user_id")
        self.link = _link(schema)
        self.ground = _ground(schema)
        self.bar = _bar(schema)
        self.departure = _departure(schema)
        self.entity = _entity(schema)
        self.entity_word = _words(schema, "entity_word", "entity_id")
        self.contact = _contact(schema)
        self.invoice = _invoice(schema)
        self.late_fee = _late_fee(schema)
        self.payment = _payment(schema)
        self.attempt = _attempt(schema)
        self.journal = _journal(schema)
