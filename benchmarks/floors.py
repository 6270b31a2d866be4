"""What people write by hand instead, as fast as it goes: no firm, no ground, no bar, no journal, no error of ours.

A floor fetches the rows of a page and two totals, and writes two rows. That is what the use cases are measured beside.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from heapq import nsmallest
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from firm import Plan

from portal_linkage import Invoice

PAGE = 50


class MemoryFloor:
    """Dicts of sets, and tuples for rows."""

    def __init__(self, plan: Plan) -> None:
        self.links = {f"u{person}": {str(1000 + one) for one in plan.held[person]} for person in range(plan.users)}
        self.listed: defaultdict[str, set[str]] = defaultdict(set)
        for entity in plan.entities():
            for contact in entity.contacts:
                self.listed[contact.email.key].add(entity.entity_id)
        self.open: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.totals: dict[str, tuple[int, int]] = {}
        for one in filter(_is_open, plan.invoices()):
            self.open[one.entity_id].append((one.due_on, one.invoice_id, one.amount_due.units))
            count, units = self.totals.get(one.entity_id, (0, 0))
            self.totals[one.entity_id] = (count + 1, units + one.amount_due.units)
        for rows in self.open.values():
            rows.sort()

    def can_see(self, user: str, entity: str) -> bool:
        """Whether there is a link."""
        return entity in self.links.get(user, ())

    def rows(self, user: str) -> list[tuple[Any, ...]]:
        """The first open invoices of all entities."""
        return nsmallest(PAGE, chain.from_iterable(self.open[entity] for entity in self.links[user]))

    def page(self, user: str) -> tuple[list[tuple[Any, ...]], int, int]:
        """The same, and how many there are, and what is due on all of them."""
        totals = [self.totals.get(entity, (0, 0)) for entity in self.links[user]]
        return self.rows(user), sum(count for count, _ in totals), sum(units for _, units in totals)

    def link(self, user: str, entity: str) -> None:
        """Add a link."""
        self.links.setdefault(user, set()).add(entity)

    def unlink(self, user: str, entity: str) -> None:
        """Remove it, and with the last one the user."""
        self.links[user].discard(entity)
        if not self.links[user]:
            del self.links[user]

    def sign_up(self, user: str, email: str) -> None:
        """Link whatever lists the address."""
        self.links[user] = set(self.listed[email])

    def close(self) -> None:
        """There is nothing to close."""


def _is_open(invoice: Invoice) -> bool:
    return invoice.is_open


_META = sa.MetaData()
_USER = sa.Table("floor_user", _META, sa.Column("id", sa.Text, primary_key=True), sa.Column("email", sa.Text))
_LINK = sa.Table(
    "floor_link",
    _META,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("entity_id", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
_CONTACT = sa.Table("floor_contact", _META, sa.Column("email", sa.Text, index=True), sa.Column("entity_id", sa.Text))
_INVOICE = sa.Table(
    "floor_invoice",
    _META,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("entity_id", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("amount_due", sa.BigInteger),
)
_OPEN = sa.text("amount_due > 0")
sa.Index(
    "floor_open",
    _INVOICE.c.entity_id,
    _INVOICE.c.due_on,
    _INVOICE.c.id,
    _INVOICE.c.amount_due,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
_THEIRS = _INVOICE.join(_LINK, _LINK.c.entity_id == _INVOICE.c.entity_id)
_OF_USER = sa.and_(_LINK.c.user_id == sa.bindparam("user"), _OPEN)
_THIS_LINK = sa.and_(_LINK.c.user_id == sa.bindparam("user"), _LINK.c.entity_id == sa.bindparam("entity"))

CAN_SEE = sa.select(sa.literal(1)).where(_THIS_LINK)
ROWS = sa.select(_INVOICE).select_from(_THEIRS).where(_OF_USER).order_by(_INVOICE.c.due_on, _INVOICE.c.id).limit(PAGE)
TOTALS = sa.select(sa.func.count(), sa.func.sum(_INVOICE.c.amount_due)).select_from(_THEIRS).where(_OF_USER)
LINK = sa.insert(_LINK)
UNLINK = sa.delete(_LINK).where(_THIS_LINK)
LEAVE = sa.delete(_USER).where(
    _USER.c.id == sa.bindparam("user"), ~sa.exists().where(_LINK.c.user_id == sa.bindparam("user"))
)
LISTED = sa.select(sa.bindparam("user"), _CONTACT.c.entity_id).where(_CONTACT.c.email == sa.bindparam("email"))
SIGN_UP = sa.insert(_LINK).from_select(["user_id", "entity_id"], LISTED.distinct())


class CoreFloor:
    """SQLAlchemy Core, statements built once, a pooled connection for each call."""

    def __init__(self, engine: sa.Engine, plan: Plan) -> None:
        self.engine = engine
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _durable)
        _META.drop_all(engine)
        _META.create_all(engine)
        people = range(plan.users)
        links = [{"user_id": f"u{one}", "entity_id": str(1000 + held)} for one in people for held in plan.held[one]]
        contacts = [
            {"email": contact.email.key, "entity_id": entity.entity_id}
            for entity in plan.entities()
            for contact in entity.contacts
        ]
        with engine.begin() as connection:
            connection.execute(sa.insert(_USER), [{"id": f"u{one}", "email": f"person{one}"} for one in people])
            connection.execute(LINK, links)
            connection.execute(sa.insert(_CONTACT), contacts)
            connection.execute(sa.insert(_INVOICE), [_invoice_row(one) for one in plan.invoices()])
        with engine.connect() as connection, suppress(sa.exc.OperationalError):
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))

    def can_see(self, user: str, entity: str) -> bool:
        """Whether there is a link."""
        with self.engine.connect() as connection:
            return connection.execute(CAN_SEE, {"user": user, "entity": entity}).first() is not None

    def rows(self, user: str) -> Sequence[Any]:
        """The first open invoices of all entities."""
        with self.engine.connect() as connection:
            return connection.execute(ROWS, {"user": user}).all()

    def page(self, user: str) -> tuple[Sequence[Any], Any]:
        """The same, and how many there are, and what is due on all of them."""
        with self.engine.connect() as connection:
            return connection.execute(ROWS, {"user": user}).all(), connection.execute(TOTALS, {"user": user}).one()

    def link(self, user: str, entity: str) -> None:
        """Add a link."""
        with self.engine.begin() as connection:
            connection.execute(LINK, {"user_id": user, "entity_id": entity})

    def unlink(self, user: str, entity: str) -> None:
        """Remove it, and with the last one the user."""
        with self.engine.begin() as connection:
            connection.execute(UNLINK, {"user": user, "entity": entity})
            connection.execute(LEAVE, {"user": user})

    def sign_up(self, user: str, email: str) -> None:
        """Link whatever lists the address."""
        with self.engine.begin() as connection:
            connection.execute(sa.insert(_USER), {"id": user, "email": email})
            connection.execute(SIGN_UP, {"user": user, "email": email})

    def close(self) -> None:
        """Leave no table, and no connection."""
        _META.drop_all(self.engine)
        self.engine.dispose()


class DriverFloor(CoreFloor):
    """The changes by ``sqlite3`` itself, with an fsync for every commit."""

    def __init__(self, path: Path, plan: Plan) -> None:
        super().__init__(sa.create_engine(f"sqlite:///{path}"), plan)
        self.driver = sqlite3.connect(path, isolation_level=None)
        _durable(self.driver)

    def link(self, user: str, entity: str) -> None:
        """Add a link."""
        self.driver.execute("INSERT INTO floor_link VALUES (?, ?)", (user, entity))

    def unlink(self, user: str, entity: str) -> None:
        """Remove it, and with the last one the user."""
        self.driver.execute("BEGIN IMMEDIATE")
        self.driver.execute("DELETE FROM floor_link WHERE user_id = ? AND entity_id = ?", (user, entity))
        left = "NOT EXISTS (SELECT 1 FROM floor_link WHERE user_id = ?)"
        self.driver.execute(f"DELETE FROM floor_user WHERE id = ? AND {left}", (user, user))  # noqa: S608 -- no input
        self.driver.execute("COMMIT")

    def sign_up(self, user: str, email: str) -> None:
        """Link whatever lists the address."""
        self.driver.execute("BEGIN IMMEDIATE")
        self.driver.execute("INSERT INTO floor_user VALUES (?, ?)", (user, email))
        listed = "SELECT DISTINCT ?, entity_id FROM floor_contact WHERE email = ?"
        self.driver.execute(f"INSERT INTO floor_link {listed}", (user, email))
        self.driver.execute("COMMIT")

    def close(self) -> None:
        """Close the driver's connection, too."""
        self.driver.close()
        super().close()


def _durable(driver: Any, *_: object) -> None:  # noqa: ANN401 -- a driver's connection
    driver.execute("PRAGMA journal_mode = WAL")
    driver.execute("PRAGMA synchronous = FULL")


def _invoice_row(invoice: Invoice) -> dict[str, object]:
    return {
        "id": invoice.invoice_id,
        "entity_id": invoice.entity_id,
        "due_on": invoice.due_on,
        "amount_due": invoice.amount_due.units,
    }
