"""What differs between databases: how a transaction begins, how a row replaces another, what the planner must be told.

Nothing outside this module is for one database only.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool

from ...domain.errors import InvalidValue
from ...domain.values import flaw_of

_WAIT_SECONDS: Final = 30
_PAUSE_SECONDS: Final = 0.01
_PREPARED: Final = "portal_linkage"
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}",
    "PRAGMA synchronous = FULL",
)
_ROWS: Final = (1_000_000, 100_000, 10, 2)
"""What SQLite is told of an index: rows in all, of a firm, of an entity (user, word, …) of the firm, and of less."""
_ROWS_OF_SOME: Final = (100_000, 10_000, 2, 2)
"""The same of an index of only some rows: the open invoices, the fees due."""


class _Begin(Protocol):
    def __call__(self, connection: sa.Connection, *, change: bool) -> None: ...


@attrs.frozen(eq=False)
class Dialect:
    """One kind of database."""

    insert: Callable[[sa.Table], sqlite.Insert]
    options: Mapping[str, Any]
    """The execution options of our connections, whatever the owner of the engine has set."""
    begin: _Begin
    is_begun: Callable[[sa.Connection], bool]
    """Whether the transaction is still there: some errors end it."""
    is_busy: Callable[[BaseException | None], bool]
    """Whether the driver's error says that another transaction was in the way."""
    describe: Callable[[sa.Connection, sa.MetaData], None]
    """Tell the planner of tables just created what it cannot see in them yet."""

    def upsert(self, table: sa.Table, keys: Iterable[str], changes: Mapping[str, Any]) -> sqlite.Insert:
        """Insert a row, or change the one that has these keys."""
        return self.insert(table).on_conflict_do_update(index_elements=list(keys), set_=dict(changes))

    def replacing(self, table: sa.Table, *, keeping: Iterable[str] = ()) -> sqlite.Insert:
        """Insert a row, or replace what stands under its primary key, but for some columns."""
        statement = self.insert(table)
        columns, kept = table.c.keys(), {*table.primary_key.columns.keys(), *keeping}
        changes = {name: statement.excluded[name] for name in columns if name not in kept}
        return self.upsert(table, table.primary_key.columns.keys(), changes)

    def adding(self, table: sa.Table) -> sqlite.Insert:
        """Insert a row, unless one stands under its primary key."""
        return self.insert(table).on_conflict_do_nothing(index_elements=table.primary_key.columns.keys())


def _begin_sqlite(connection: sa.Connection, *, change: bool) -> None:
    if _PREPARED not in connection.info:
        for pragma in _PRAGMAS:
            connection.exec_driver_sql(pragma)
        _keep_log_ahead(connection)
        connection.info[_PREPARED] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE" if change else "BEGIN")
    if not change:
        # SQLite takes its snapshot at the first reading, and that is to be now.
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").close()


def _keep_log_ahead(connection: sa.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself while another connection changes a new file."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if not _is_busy_sqlite(error.orig) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _is_begun_sqlite(connection: sa.Connection) -> bool:
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


def _describe_sqlite(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Without statistics, SQLite takes a firm for ten rows, and may read all of a firm to find those of an entity."""
    figures: list[tuple[str, str, str]] = []
    for table in metadata.sorted_tables:
        figures.append((table.name, table.name, _figures(_ROWS, len(table.primary_key.columns), unique=True)))
        figures += ((table.name, str(index.name), _index_figures(index)) for index in table.indexes)
    connection.exec_driver_sql("ANALYZE sqlite_master")  # makes the table of statistics, and analyzes nothing
    connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", [(name,) for name in metadata.tables])
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    connection.exec_driver_sql("ANALYZE sqlite_master")  # reads it


_DIALECTS: Final = {
    "sqlite": Dialect(
        insert=sqlite.insert,
        # The driver begins no transaction by itself: ours begin when and how we say.
        options={"isolation_level": "AUTOCOMMIT"},
        begin=_begin_sqlite,
        is_begun=_is_begun_sqlite,
        is_busy=_is_busy_sqlite,
        describe=_describe_sqlite,
    )
}


def dialect_of(engine: sa.Engine) -> Dialect:
    """The dialect that an engine speaks.

    Raises:
        InvalidValue: it is none that this package knows.
    """
    if engine.dialect.name not in _DIALECTS:
        raise InvalidValue("engine", "must be of a SQLite database")
    return _DIALECTS[engine.dialect.name]


def engine_for(url: str) -> sa.Engine:
    """An engine of our own. A database in memory is one connection, for which the others wait.

    Raises:
        InvalidValue: it is not the address of a database that this package knows.
    """
    try:
        address = sa.make_url(url)
    except (ArgumentError, ValueError):  # a ValueError for a port that is no number
        raise InvalidValue("url", "is no address of a database") from None
    if flaw := flaw_of(address.database or "", most=len(url)):
        raise InvalidValue("url", flaw)
    if address.get_backend_name() not in _DIALECTS:
        raise InvalidValue("url", "must be the address of a SQLite database")
    in_memory = address.database in {None, "", ":memory:"}
    try:
        engine = sa.create_engine(
            address,
            hide_parameters=True,
            poolclass=QueuePool,
            **({"pool_size": 1, "max_overflow": 0} if in_memory else {}),
            connect_args={"check_same_thread": False, "timeout": _WAIT_SECONDS},
        )
        engine.dialect.create_connect_args(address)
    except (ArgumentError, ImportError, TypeError, ValueError):  # the last two for options that are none
        raise InvalidValue("url", "names a driver or an option that cannot be used here") from None
    return engine
