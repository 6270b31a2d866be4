"""What differs between databases: how a transaction begins, how a row replaces another, what the planner must be told.

Nothing outside this package's `dialects` and `engines` is for one database only.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

import attrs
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from ...domain.errors import InvalidValue
from ...domain.values import check_type
from . import straight
from .forms import Choice
from .inserts import Filling, Inserting, Upsert, as_json, as_rows, from_json, row_by_row

WAIT_SECONDS: Final = 30
"""How long a change to a SQLite database waits for another one."""

KNOWN: Final = "a SQLite or PostgreSQL database, through sqlite3, aiosqlite or psycopg"
_PAUSE_SECONDS: Final = 0.01
_PREPARED: Final = "portal_linkage"
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA synchronous = FULL",
)
_ROWS: Final = (1_000_000, 100_000, 10, 2)
"""What SQLite is told of an index: rows in all, of a firm, of an entity (user, word, …) of the firm, and of less."""
_ROWS_OF_SOME: Final = (100_000, 10_000, 2, 2)
"""The same of an index of only some rows: the open invoices, the fees due."""
_IN_THE_WAY: Final = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: the states (SQLSTATE) in which trying again may help."""
_AUTOCOMMIT: Final = "is in autocommit: what is done in it could not be undone, so begin a transaction"
_MIGRATING: Final = 0x706F7274616C  # "portal"
_FIRST_READING: Final = "SELECT 1 FROM sqlite_master LIMIT 1"
"""SQLite takes its snapshot at the first reading, and that is to be when it begins."""
_IS_UNSEEN: Final = (
    "SELECT EXISTS (SELECT FROM {name}) AND NOT row_security_active(CAST(%(name)s AS regclass))"
    " AND NOT EXISTS (SELECT FROM pg_stats WHERE (schemaname, tablename) ="
    " (SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE pg_class.oid = CAST(%(name)s AS regclass)))"
)
"""Whether there are rows in a table, and the planner knows nothing of them, as far as we may be told."""
FENCE: Final[sa.ColumnElement[int]] = sa.literal_column("0")
"""An OFFSET that skips nothing, past which no planner rearranges."""
_IN_TRANSACTION: Final = 2
"""What libpq calls a transaction in which nothing has failed (PQTRANS_INTRANS)."""


def unseen(value: sa.BindParameter[Any]) -> sa.ScalarSelect[Any]:
    """A value that no planner looks at.

    PostgreSQL keeps one plan for all values unless it expects less of a plan for those at hand. Where that is always so
    (a short list, a rare word), it would plan anew each time, which takes as long as to answer. Ids of firms and users
    stay in sight: there a plan for those at hand may be the better one. To SQLite it makes no difference.
    """
    return sa.select(value).scalar_subquery()


class _Begin(Protocol):
    def __call__(self, connection: sa.Connection, *, change: bool, steady: bool) -> None: ...


class _Beside(Protocol):
    def __call__(
        self, left: sa.FromClause, right: sa.Table, same: sa.ColumnElement[bool], *, outer: bool
    ) -> tuple[sa.Join, sa.FromClause]: ...


class _Join(Protocol):
    def __call__(self, connection: sa.Connection, *, change: bool) -> None: ...


@attrs.frozen(eq=False)
class Dialect:
    """One kind of database."""

    drivers: frozenset[str]
    """The drivers that are known, as SQLAlchemy calls them: others tell of errors and transactions in other ways."""
    insert: Callable[[sa.Table], Upsert]
    adopt: Callable[[sa.Engine], None]
    """Make an engine, the host's own too, fit for a store."""
    begin: _Begin
    """Begin a transaction of our own. A reading that is not steady sees what others commit meanwhile.

    A driver that would begin it otherwise is told so on the connection: to tell the engine is to listen to it.
    """
    keeps_readings: bool
    """Whether to keep what a reading did, which is nothing, is faster than to undo it."""
    join: _Join
    """Make sure that a host's transaction has begun, so that a savepoint in it is one."""
    saves_reads: bool
    """Whether a statement that fails ends the transaction, so that a host's must be saved from our readings, too."""
    is_sound: Callable[[sa.Connection], bool]
    """Whether the transaction can go on: some errors end it."""
    is_busy: Callable[[BaseException | None], bool]
    """Whether the driver's error says that another transaction was in the way."""
    migrate_alone: Callable[[sa.Connection], object]
    """Wait until no other process migrates, and keep others waiting until the transaction ends."""
    beside: _Beside
    """Join with each row on the left the rows of a table that are looked up for it; the other one is those rows.

    An outer join has a row for each on the left, at least.
    Always in this direction, whatever the planner takes the tables for.
    """
    among: Callable[[Choice, sa.ColumnElement[Any]], Choice]
    """The rows that have in a column one of the ``ids`` that are filled in: looked up for each, as in `beside`.

    There are some hundreds, or as many as `Moment.rows_among` asks for at once.
    """
    of_many: Inserting
    many: Filling
    describe: Callable[[Sequence[sa.Table]], Iterator[sa.Executable]]
    """What tells the planner of tables just created what it cannot see in them yet."""
    analyze: Callable[[sa.Connection, Sequence[sa.Table]], None]
    """Let the planner look at tables into which much was written, if it has yet to."""

    def upsert(self, table: sa.Table, keys: Iterable[str], changes: Mapping[str, Any]) -> Upsert:
        """Insert a row, or change the one that has these keys."""
        return self.insert(table).on_conflict_do_update(index_elements=list(keys), set_=dict(changes))

    def replacing(self, table: sa.Table, *, keeping: Iterable[str] = ()) -> Upsert:
        """Insert a row, or replace what stands under its primary key, but for some columns."""
        statement = self.insert(table)
        columns, kept = table.c.keys(), {*table.primary_key.columns.keys(), *keeping}
        changes = {name: statement.excluded[name] for name in columns if name not in kept}
        return self.upsert(table, table.primary_key.columns.keys(), changes)

    def adding(self, table: sa.Table) -> Upsert:
        """Insert a row, unless one stands under its primary key."""
        return self.insert(table).on_conflict_do_nothing(index_elements=table.primary_key.columns.keys())


def _adopt_sqlite(engine: sa.Engine) -> None:
    if not event.contains(engine, "invalidate", _roll_back):
        event.listen(engine, "invalidate", _roll_back)


def _roll_back(driver: Any, *_: object) -> None:  # noqa: ANN401 -- a driver's connection
    """Let go of the locks of a connection that SQLAlchemy gives up: closed, it keeps them while its cursors live."""
    with suppress(Exception):
        driver.rollback()


def _adopt_postgresql(engine: sa.Engine) -> None:
    """It is fit as it is."""


def _begin_sqlite(connection: sa.Connection, *, change: bool, steady: bool) -> None:
    """The driver begins a transaction only before a change that is in none, and ours always are in one.

    A pool of one connection may give it to us while the host has begun something on it. Autocommit, once set, makes
    the driver commit it, so that none of it is undone with ours.
    """
    if isinstance(connection.engine.pool, SingletonThreadPool | StaticPool):
        connection.execution_options(isolation_level="AUTOCOMMIT")
    connection.begin()
    if _is_sound_sqlite(connection):  # a host's engine may begin a transaction in an event: ours begins otherwise
        connection.exec_driver_sql("ROLLBACK")
    if _PREPARED not in connection.info:
        for pragma in _PRAGMAS:
            connection.exec_driver_sql(pragma)
        _keep_log_ahead(connection)
        connection.info[_PREPARED] = True
    if change:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif steady:
        _begin_reading(connection)


def _begin_reading(connection: sa.Connection) -> None:
    """By the driver itself, in a tenth of the time: this is before every page of a portal."""
    for text in ("BEGIN", _FIRST_READING):
        straight.execute(connection, text, (), answers=False)


def _keep_log_ahead(connection: sa.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself while another connection changes a new file."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if not _is_busy_sqlite(error.orig) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _join_sqlite(connection: sa.Connection, *, change: bool) -> None:
    """By default the driver begins a transaction only at the first change, and a savepoint before it would commit."""
    if change and not _is_sound_sqlite(connection):
        driver: Any = connection.connection.driver_connection
        if driver.isolation_level is None:
            raise InvalidValue("host", _AUTOCOMMIT)
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_sound_sqlite(connection: sa.Connection) -> bool:
    return bool(getattr(connection.connection.driver_connection, "in_transaction", True))


def _is_busy_sqlite(error: BaseException | None) -> bool:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _figures(rows: tuple[int, ...], columns: int, *, unique: bool) -> str:
    """What `sqlite_stat1` says of an index: rows in all, then how many are alike in one column, in two, in three."""
    alike = [*rows, *(rows[-1] for _ in range(columns))][: columns + 1]
    return " ".join(map(str, [*alike[:-1], 1] if unique else alike))


def _index_figures(index: sa.Index) -> str:
    rows = _ROWS if index.dialect_options["sqlite"]["where"] is None else _ROWS_OF_SOME
    return _figures(rows, len(index.expressions), unique=bool(index.unique))


def _describe_sqlite(tables: Sequence[sa.Table]) -> Iterator[sa.Executable]:
    """Without statistics, SQLite takes a firm for ten rows, and may read all of a firm to find those of an entity."""
    schema, names = tables[0].schema, [table.name for table in tables]
    known = sa.table("sqlite_stat1", *(sa.column(name, sa.Text) for name in ("tbl", "idx", "stat")), schema=schema)
    master = sqlite.dialect().identifier_preparer.format_table(sa.table("sqlite_master", schema=schema))
    yield sa.text(f"ANALYZE {master}")  # makes the table of statistics, and analyzes nothing
    yield sa.delete(known).where(known.c.tbl.in_(names))
    yield sa.insert(known).values([dict(zip(known.c.keys(), told, strict=True)) for told in _told_of(tables)])
    yield sa.text(f"ANALYZE {master}")  # reads it


def _told_of(tables: Iterable[sa.Table]) -> Iterator[tuple[str, str, str]]:
    for table in tables:
        yield table.name, table.name, _figures(_ROWS, len(table.primary_key.columns), unique=True)
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            yield table.name, str(index.name), _index_figures(index)


def _joined(
    left: sa.FromClause, right: sa.Table, same: sa.ColumnElement[bool], *, outer: bool
) -> tuple[sa.Join, sa.FromClause]:
    """SQLite has been told enough to begin on the left."""
    return left.join(right, same, isouter=outer), right


def _in_list(rows: Choice, column: sa.ColumnElement[Any]) -> Choice:
    return rows.where(column.in_(sa.bindparam("ids", expanding=True)))


def _looked_up(
    left: sa.FromClause, right: sa.Table, same: sa.ColumnElement[bool], *, outer: bool
) -> tuple[sa.Join, sa.FromClause]:
    found = _fenced(sa.select(right).where(same), f"{right.name}_found")
    return left.join(found, sa.true(), isouter=outer), found


def _fenced(rows: Choice, name: str) -> sa.FromClause:
    """Rows that are looked up for each of something.

    Without statistics, or with one plan for all values, PostgreSQL may begin with them instead: not past an OFFSET.
    """
    return rows.offset(FENCE).lateral(name)


def _in_array(rows: Choice, column: sa.ColumnElement[Any]) -> Choice:
    """As one value, whatever their number: psycopg reads a text with a thousand places anew each time."""
    given = unseen(sa.bindparam("ids", type_=postgresql.ARRAY(column.type)))
    ids = sa.func.unnest(given).table_valued("id").render_derived("ids")
    found = _fenced(rows.where(column == ids.c.id), "found")
    return sa.select(*found.c).select_from(ids.join(found, sa.true()))


def _migrate_in_turn(connection: sa.Connection) -> None:
    """A transaction that changes a SQLite database is alone as it is."""


def _lock_postgresql(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})").close()


def _begin_postgresql(connection: sa.Connection, *, change: bool, steady: bool) -> None:
    """The driver begins a transaction before any statement, unless it is told not to."""
    connection.execution_options(isolation_level="AUTOCOMMIT")
    if change or not steady:
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED").close()
    else:
        # The snapshot is taken at the first reading, and that is to be now.
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT 1").close()


def _join_postgresql(connection: sa.Connection, *, change: bool) -> None:  # noqa: ARG001 -- as for SQLite
    if getattr(connection.connection.driver_connection, "autocommit", False):
        raise InvalidValue("host", _AUTOCOMMIT)


def _is_sound_postgresql(connection: sa.Connection) -> bool:
    # After an error PostgreSQL takes nothing more, and makes of a COMMIT a ROLLBACK without a word.
    driver: Any = connection.connection.driver_connection
    return bool(driver.info.transaction_status == _IN_TRANSACTION)


def _is_busy_postgresql(error: BaseException | None) -> bool:
    return getattr(error, "sqlstate", None) in _IN_THE_WAY


def _analyze_unseen(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """What was planned for empty tables is kept, and may walk through all of a firm: it is planned anew after this.

    PostgreSQL looks by itself about once a minute.
    """
    format_table = connection.dialect.identifier_preparer.format_table
    for table in tables:
        name = format_table(sa.table(table.name, schema=connection.schema_for_object(table)))
        told = {"name": name.replace("%%", "%")}  # as a value it is not written for the driver
        if connection.exec_driver_sql(_IS_UNSEEN.format(name=name), told).scalar():
            connection.exec_driver_sql(f"ANALYZE {name}").close()


def _analyze_nothing(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """SQLite goes by what it was told when the tables were created."""


def _describe_nothing(tables: Sequence[sa.Table]) -> Iterator[sa.Executable]:  # noqa: ARG001 -- as for SQLite
    """PostgreSQL gathers statistics by itself."""
    return iter(())


_DIALECTS: Final = {
    "sqlite": Dialect(
        drivers=frozenset({"pysqlite", "aiosqlite"}),
        insert=sqlite.insert,
        adopt=_adopt_sqlite,
        begin=_begin_sqlite,
        keeps_readings=False,  # to undo nothing takes half the time
        join=_join_sqlite,
        saves_reads=False,
        is_sound=_is_sound_sqlite,
        is_busy=_is_busy_sqlite,
        migrate_alone=_migrate_in_turn,
        beside=_joined,
        among=_in_list,
        of_many=row_by_row,
        many=as_rows,
        describe=_describe_sqlite,
        analyze=_analyze_nothing,
    ),
    "postgresql": Dialect(
        drivers=frozenset({"psycopg", "psycopg_async"}),
        insert=postgresql.insert,
        adopt=_adopt_postgresql,
        begin=_begin_postgresql,
        keeps_readings=True,  # whatever is undone, psycopg forgets all that the server has prepared
        join=_join_postgresql,
        saves_reads=True,
        is_sound=_is_sound_postgresql,
        is_busy=_is_busy_postgresql,
        migrate_alone=_lock_postgresql,
        beside=_looked_up,
        among=_in_array,
        of_many=from_json,
        many=as_json,
        describe=_describe_nothing,
        analyze=_analyze_unseen,
    ),
}


# CockroachDB speaks PostgreSQL's protocol. The package that adds it to SQLAlchemy derives its dialect from that one.
# It gathers statistics by itself, and not within a transaction.
_DIALECTS["cockroachdb"] = attrs.evolve(_DIALECTS["postgresql"], analyze=_analyze_nothing)


def dialect_of(engine: sa.Engine) -> Dialect:
    """The dialect that an engine speaks.

    Raises:
        InvalidValue: it is none that this package knows.
        TypeError: it is no engine; of an asynchronous one, ``engine.sync_engine`` is.
    """
    spoken = check_type("engine", engine, sa.Engine).dialect
    dialect = dialect_named(spoken.name)
    if dialect is None or spoken.driver not in dialect.drivers:
        raise InvalidValue("engine", f"must be of {KNOWN}")
    return dialect


def dialect_named(name: str) -> Dialect | None:
    """The dialect of this name, as SQLAlchemy calls it, if this package knows it."""
    return _DIALECTS.get(name)
