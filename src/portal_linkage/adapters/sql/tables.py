"""The tables. Every key and every index begins with the firm (L6)."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Self

import sqlalchemy as sa

from ...domain.errors import InvalidValue
from ...domain.values import check_text

PREFIX: Final = "portal_"
"""How the names of the tables begin, if nobody says otherwise."""

_MAX_PREFIX: Final = 30  # so that the names of indexes, too, are names that every database takes
_NAME: Final = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*)?", re.ASCII)


def check_names(prefix: str, schema: str | None) -> None:
    """Refuse names that a database would cut off, or that mean something else in a statement.

    Raises:
        InvalidValue: one is no plain name, or too long.
    """
    check_text("prefix", prefix, most=_MAX_PREFIX)
    if schema is not None:
        check_text("schema", schema, most=_MAX_PREFIX, least=1)
    for field, name in (("prefix", prefix), ("schema", schema or "")):
        if not _NAME.fullmatch(name):
            raise InvalidValue(field, "must be of letters from A to Z, digits and underscores, and begin with no digit")


# Which bills are shown: in literals, so that the database sees that an index holds just these.
IS_OPEN: Final = sa.text("status = 'open' AND amount_due > 0")
IS_PAID: Final = sa.text("status = 'paid'")
IS_DUE: Final = sa.text("amount_due > 0")

# What journal a reader has yet to order, and to deliver to who reads all firms.
IS_WAITING: Final = sa.text("position IS NULL")
HAS_PLACE: Final = sa.text("position IS NOT NULL")
IS_UNDELIVERED: Final = sa.text("position > delivered")

# Compared and ordered by code point, whatever the database's own collation. On SQLite that is the default.
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _columns(
    kind: sa.types.TypeEngine[Any], *names: str, nullable: bool = False, primary_key: bool = False
) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable, primary_key=primary_key, autoincrement=False) for name in names]


_texts: Final = partial(_columns, _TEXT)
_optional: Final = partial(_columns, _TEXT, nullable=True)
_integers: Final = partial(_columns, sa.BigInteger())
_flags: Final = partial(_columns, sa.Boolean())
_days: Final = partial(_columns, sa.Date())
_positions: Final = partial(_columns, sa.BigInteger(), primary_key=True)


def _key(*names: str) -> list[sa.Column[Any]]:
    """The primary key, or its beginning: the firm, then what tells a row from the firm's others."""
    return _columns(_TEXT, "firm_id", *names, primary_key=True)


def _money(name: str) -> list[sa.Column[Any]]:
    return [*_integers(name), *_texts(f"{name}_currency")]


def _index(
    name: str, *columns: str | sa.TextClause, unique: bool = False, where: sa.TextClause | None = None
) -> sa.Index:
    return sa.Index(name, "firm_id", *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class Tables:
    """All tables of one store, in a schema; their names, and those of their indexes, begin with ``prefix``."""

    def __init__(self, metadata: sa.MetaData, prefix: str, schema: str | None) -> None:
        self._metadata, self.prefix, self.schema = metadata, prefix, schema
        self.all: list[sa.Table] = []
        self._declare_people()
        self._declare_links()
        self._declare_clients()
        self._declare_bills()
        self._declare_journal()

    @classmethod
    def within(cls, metadata: sa.MetaData, prefix: str, schema: str | None) -> Self:
        """The tables of this prefix and schema in a host's collection of tables, declared there once."""
        declared: dict[tuple[str, str | None], Self] = metadata.info.setdefault(__name__, {})
        if (prefix, schema) not in declared:
            declared[prefix, schema] = cls(metadata, prefix, schema)
        return declared[prefix, schema]

    def _table(self, name: str, columns: Sequence[sa.Column[Any]], *indexes: sa.Index) -> sa.Table:
        for index in indexes:
            index.name = sa.quoted_name(f"{self.prefix}{name}_{index.name}", quote=None)
        # Rows are kept in their primary key: found by it in one step, and a firm's rows lie together.
        table = sa.Table(
            f"{self.prefix}{name}",
            self._metadata,
            *columns,
            *indexes,
            schema=self.schema,
            sqlite_with_rowid=False,
        )
        self.all.append(table)
        return table

    def _declare_people(self) -> None:
        # The user is part of the mailbox: the row that everything waits for is the row that tells who is there.
        user = [*_optional("user_id", "name", "name_key", "email_search"), *_integers("signed_up_at", nullable=True)]
        self.mailbox = self._table(
            "mailbox",
            [*_key("mailbox_id"), *_texts("email", "email_key"), *_integers("revision"), *user],
            _index("email", "email_key", unique=True),
            _index("user", "user_id", unique=True),
            _index("name", "name_key", "user_id"),
            _index("search", "email_search", "user_id"),
        )
        self.user_word = self._table("user_word", _key("user_id", "word"), _index("word", "word", "user_id"))
        # One row for each subject: counting locks that row, and it holds only what is recent.
        self.attempt = self._table(
            "attempt", [*_key("subject"), *_texts("refused"), *_integers("until")], _index("until", "until", "subject")
        )

    def _declare_links(self) -> None:
        # A user's links lie in link order.
        order = _positions("revision", "position")
        self.link = self._table(
            "link",
            [*_key("user_id"), *order, *_texts("entity_id"), *_integers("linked_at")],
            _index("entity", "entity_id", "user_id", unique=True),
        )
        ground = _key("user_id", "entity_id", "kind")
        self.ground = self._table("ground", [*ground, *_integers("position", "since"), *_texts("by")])
        self.bar = self._table(
            "bar",
            [*_key("mailbox_id", "entity_id"), *_integers("since"), *_texts("by")],
            _index("since", "since", "entity_id", "mailbox_id"),
            _index("entity", "entity_id", "mailbox_id"),
        )
        refusal = _key("mailbox_id", "entity_id")
        self.departure = self._table("departure", refusal, _index("entity", "entity_id", "mailbox_id"))

    def _declare_clients(self) -> None:
        settings = _flags("show_past_payments", "show_late_fees")
        self.firm = self._table("firm", [*_key(), *_texts("name"), *settings, *_integers("revision")])
        texts = _texts("name", "name_key", "name_words", "client_number", "number_key", "number_search")
        self.entity = self._table(
            "entity",
            [*_key("entity_id"), *texts, *_flags("active")],
            _index("number", "number_search", "entity_id"),
            _index("words", "name_words", "entity_id"),
        )
        # With what suggestions go by: for a common word, thousands would be looked up for it.
        self.entity_word = self._table(
            "entity_word",
            [*_key("entity_id", "word"), *_texts("name_key"), *_flags("active")],
            _index("word", "word", "name_key", "entity_id", "active"),
        )
        contact = [*_texts("email", "email_key", "contact_name"), *_optional("contact_id"), *_texts("role")]
        self.contact = self._table(
            "contact",
            [*_key("entity_id", "source"), *_positions("position"), *contact],
            _index("email", "email_key", "entity_id"),
        )
        self.merger = self._table("merger", [*_key("entity_id"), *_texts("survivor")])
        self.former_number = self._table(
            "former_number", _key("number", "entity_id"), _index("entity", "entity_id", "number")
        )

    def _declare_bills(self) -> None:
        # All that a page or a sum asks of is in an index, so that no row is fetched for nothing.
        open_ = ("entity_id", "due_on", "number", "invoice_id", "amount_due", "amount_due_currency", "status")
        paid = ("entity_id", sa.text("issued_on DESC"), "invoice_id", "status")
        due = ("entity_id", "assessed_on", "fee_id", "amount_due", "amount_due_currency")
        amounts, days = [*_money("total"), *_money("amount_due")], _days("issued_on", "due_on")
        self.invoice = self._table(
            "invoice",
            [*_key("invoice_id"), *_texts("entity_id", "number"), *amounts, *days, *_texts("status")],
            _index("open", *open_, where=IS_OPEN),
            _index("paid", *paid, where=IS_PAID),
            _index("number", "entity_id", "number", "status"),
        )
        amounts, place = [*_money("amount"), *_money("amount_due")], [*_texts("entity_id"), *_optional("invoice_id")]
        self.late_fee = self._table(
            "late_fee",
            [*_key("fee_id"), *place, *amounts, *_days("assessed_on")],
            _index("due", *due, where=IS_DUE),
            _index("entity", "entity_id"),
        )
        invoices, payer = _texts("invoice_ids"), _optional("payer")
        self.payment = self._table(
            "payment",
            [*_key("payment_id"), *_texts("entity_id"), *_money("amount"), *_integers("paid_at"), *invoices, *payer],
            _index("paid", "entity_id", sa.text("paid_at DESC"), "payment_id"),
        )

    def _declare_journal(self) -> None:
        # An event gets its position when it is first read: transactions end in another order than they begin, and a
        # reader must not pass one that has yet to end. Its stamp is later than all that could be seen to wait for
        # theirs when it was written.
        place, things = [*_key("change_id"), *_positions("place")], _optional("user_id", "entity_id", "ground")
        order = [*_integers("stamp"), *_integers("position", nullable=True)]
        self.journal = self._table(
            "journal",
            [*place, *order, *_texts("kind"), *things, *_texts("by"), *_integers("at")],
            _index("position", "position", unique=True, where=HAS_PLACE),
            _index("user", "user_id", "position", where=HAS_PLACE),
            _index("entity", "entity_id", "position", where=HAS_PLACE),
            _index("waiting", "stamp", "change_id", "place", where=IS_WAITING),
        )
        self.journal_end = self._table(
            "journal_end", [*_key(), *_integers("position", "delivered")], _index("undelivered", where=IS_UNDELIVERED)
        )
        # One row for each stretch of a firm's journal, in the order of delivery to who reads all firms. All are kept
        # with the firm whose id is empty, which is nobody's.
        self.delivery = self._table(
            "delivery", [*_key(), *_positions("turn"), *_texts("of_firm"), *_integers("begins_after", "ends_with")]
        )
