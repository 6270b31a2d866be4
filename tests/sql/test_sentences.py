"""What the SQL store says when it refuses something: the whole sentence, as a developer reads it in a log."""

import sys
from collections.abc import Callable
from typing import Any, cast
from unittest import mock

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portal_linkage.adapters.sql import SqlStore, schema, straight
from portal_linkage.testing.builders import ACME, firm, invoice, late_fee
from tests.misuse import (
    after_its_block,
    change_while_reading,
    closed,
    nothing_removed,
    of_another_kind,
    the_same_user_again,
    told_of,
)

KNOWN = "a SQLite or PostgreSQL database, through sqlite3, aiosqlite or psycopg"


def change_while_reading_the_hosts(store: SqlStore) -> None:
    """The same in a host's transaction."""
    with store.engine.connect() as connection:
        hosted = store.on(connection)
        with hosted.snapshot(), hosted.transaction():
            pass


def closed_in_the_hosts(store: SqlStore) -> None:
    """Read in a closed store of a host's transaction."""
    with store.engine.connect() as connection:
        hosted = store.on(connection)
        hosted.close()
        with hosted.snapshot():
            pass


def in_autocommit(store: SqlStore) -> None:
    """Change where nothing can be undone."""
    with store.engine.connect() as connection:
        cast("Any", connection.connection.driver_connection).isolation_level = None
        with store.on(connection).transaction():
            pass


def in_another_database(store: SqlStore) -> None:
    """Read in a host's transaction on PostgreSQL."""
    connection = store.engine.connect()
    with connection, mock.patch.object(connection.dialect, "name", "postgresql"), store.on(connection).snapshot():
        pass


def in_nothing(store: SqlStore) -> None:
    """Join what is no transaction."""
    store.on(cast("Any", 7))


def raised(error: Exception) -> Callable[[SqlStore], None]:
    """Read where the driver has this to say."""

    def read(store: SqlStore) -> None:
        with store.snapshot() as snapshot, mock.patch.object(straight, "execute", side_effect=error):
            snapshot.firms.find(ACME)

    return read


class TooLong(Exception):
    """What psycopg raises where an entry of an index would be too long, as far as we look at it."""

    sqlstate = "54000"


def a_bill_of_the_hosts(store: SqlStore) -> None:
    """Save a bill in a store that keeps none."""
    with SqlStore(store.engine, invoices=mock.Mock(is_elsewhere=False)).transaction() as tx:
        tx.invoices.save(invoice())


def of_a_version(noted: str) -> Callable[[SqlStore], None]:
    """Bring tables up to date of which this is noted."""

    def migrate(store: SqlStore) -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql(noted)
        store.migrate()

    return migrate


def opened(url: Any) -> Callable[[SqlStore], None]:  # noqa: ANN401 -- whatever somebody passes
    """Open another one."""
    return lambda _: SqlStore.open(url).close()


def without_psycopg(_: SqlStore) -> None:
    """Open one on PostgreSQL where its driver is not installed."""
    with mock.patch.dict(sys.modules, {"psycopg": None}):
        SqlStore.open("postgresql+psycopg://host/database")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (after_its_block, "its block has ended: what was read or changed in it cannot go on"),
        (change_while_reading, "inside a snapshot or a transaction, only a snapshot in a snapshot can be opened"),
        (
            change_while_reading_the_hosts,
            "inside a snapshot or a transaction, only a snapshot in a snapshot can be opened",
        ),
        (closed, "the store is closed"),
        (closed_in_the_hosts, "the store is closed"),
        (in_autocommit, "host: is in autocommit: what is done in it could not be undone, so begin a transaction"),
        (in_another_database, "host: is of another kind of database than the store"),
        (in_nothing, "host must be a Connection or a Session (of an asynchronous one, in run_sync), not int"),
        (the_same_user_again, "the change contradicts what is stored by now"),
        (raised(IntegrityError("", {}, Exception())), "the change contradicts what is stored by now"),
        (raised(sa.exc.SQLAlchemyError()), "the database could not do its work"),
        (
            raised(sa.exc.OperationalError("", {}, TooLong())),
            "ids: are together too long for an index of this database",
        ),
        (raised(NoConnectionFree()), "another transaction held the store for too long"),
        (of_another_kind("firms", late_fee()), "Firm must be Firm, not LateFee"),
        (of_another_kind("entities", firm()), "ClientEntity must be ClientEntity, not Firm"),
        (of_another_kind("invoices", firm()), "Invoice must be Invoice, not Firm"),
        (nothing_removed, "bill_id: must not be empty"),
        (a_bill_of_the_hosts, "this store keeps no copy of these bills: the host writes its own"),
        (
            of_a_version("DELETE FROM portal_version"),
            "the tables are there, but made by another Alembic than the store's: bring them up to date with that",
        ),
        (
            of_a_version("UPDATE portal_version SET version_num = 'portal_9999'"),
            "the tables are of a newer version of this library: upgrade portal_linkage",
        ),
        (lambda _: schema.as_sql("oracle"), "dialect: must be sqlite or postgresql"),
        (opened(7), "url must be str, not int"),
        (opened("nowhere"), "url: is no address of a database"),
        (opened("sqlite:///\0"), "url: holds a NUL character"),
        (opened("mysql://host/database"), f"url: must be the address of {KNOWN}"),
        (opened("postgresql+nothing://host/x"), "url: names a driver or an option that cannot be used here"),
        (opened("postgresql+asyncpg://host/database"), "url: names a driver that is not installed"),
        (without_psycopg, "PostgreSQL needs psycopg: pip install 'portal_linkage[postgres]'"),
        (lambda store: SqlStore(cast("Any", store)), "engine must be Engine, not SqlStore"),
        (lambda _: cast("Any", SqlStore).open("sqlite://", migrate=1), "migrate must be bool, not int"),
        (
            lambda store: SqlStore(store.engine, prefix="a-b"),
            "prefix: must be of letters from A to Z, digits and underscores, and begin with no digit",
        ),
        (lambda store: SqlStore(store.engine, prefix="a" * 31), "prefix: is longer than 30 characters"),
        (lambda store: SqlStore(store.engine, schema=""), "schema: must not be empty"),
        (lambda store: SqlStore(store.engine, schema="a" * 31), "schema: is longer than 30 characters"),
    ],
)
def test_a_refusal_says_what_was_wrong(store: SqlStore, act: Callable[[SqlStore], None], said: str) -> None:
    """In one sentence, with nothing before it or behind it, and no word of the driver's."""
    assert told_of(lambda: act(store)) == said
