"""The SQL store: who may begin a transaction, and how it ends."""

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from threading import get_ident
from typing import Self

import attrs
from sqlalchemy import Connection, Engine, inspect

from ...domain.errors import Conflict, StoreUnavailable
from ...ports import Snapshot, Transaction
from .dialects import Dialect, dialect_of, engine_for
from .moment import Moment, translated
from .readings import SqlSnapshot, SqlTransaction, Statements
from .tables import Tables


@lru_cache(maxsize=16)
def _prepared(prefix: str, dialect: Dialect) -> tuple[Tables, Statements]:
    """The tables and statements, which many stores may share."""
    tables = Tables(prefix)
    return tables, Statements(tables, dialect)


@attrs.define
class _Opened:
    """What a thread has opened: a transaction of the database, and how many blocks are in it. The last out ends it."""

    connection: Connection
    is_change: bool
    end: ExitStack
    blocks: int = 1


class SqlStore:
    """Everything kept in a SQLite database, through SQLAlchemy Core. Threads and processes may share it.

    ``prefix`` begins the name of every table. On an engine of the host's, closing the store does not dispose of it, but
    the connections that the store has used keep what it sets (write-ahead log, ``synchronous=FULL``, a busy timeout of
    30 seconds). Creating the tables also tells SQLite's planner (``sqlite_stat1``) what to expect in them.
    """

    def __init__(self, engine: Engine, *, prefix: str = "portal_") -> None:
        self.engine = engine
        self._dialect = dialect_of(engine)
        self._begins_ours = engine.execution_options(**self._dialect.options)
        self._tables, self._statements = _prepared(prefix, self._dialect)
        self._opened: dict[int, _Opened] = {}
        self._opening = threading.Lock()
        self._owns_engine = False
        self._is_closed = False

    @classmethod
    def open(cls, url: str, *, migrate: bool = True) -> Self:
        """Open the database at this address: ``"sqlite:///portal.db"``, or ``"sqlite://"`` for one in memory.

        With ``migrate``, tables that are missing are created; without, they are left to you (see `migrate`).

        Raises:
            InvalidValue: it is not the address of a SQLite database.
            StoreUnavailable: the database cannot be opened.
        """
        store = cls(engine_for(url))
        store._owns_engine = True
        with ExitStack() as undo:
            undo.callback(store.close)
            if migrate:
                store.migrate()
            undo.pop_all()
        return store

    def migrate(self) -> None:
        """Create the tables that are missing. Processes may do so at the same time."""
        metadata = self._tables.metadata
        with self._block(change=False) as moment, translated(self._dialect):
            missing = set(metadata.tables).difference(inspect(moment.connection).get_table_names())
        if missing:
            with self._block(change=True) as moment, translated(self._dialect):
                metadata.create_all(moment.connection)
                self._dialect.describe(moment.connection, metadata)

    @contextmanager
    def snapshot(self) -> Generator[Snapshot]:
        """Open one moment for reading. Inside another snapshot of the thread, it is the same moment."""
        with self._block(change=False) as moment:
            yield SqlSnapshot(moment, self._statements)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """Open a change. It waits for others to end, up to 30 seconds: then it is a `Conflict` that can be retried."""
        with self._block(change=True) as moment:
            yield SqlTransaction(moment, self._statements)

    def close(self) -> None:
        """Let go of the connections, if the engine is the store's own. Afterwards every use is refused."""
        self._is_closed = True
        if self._owns_engine:
            self.engine.dispose()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("the store is closed")

    @contextmanager
    def _block(self, *, change: bool) -> Generator[Moment]:
        """A moment for one block, which another thread may end: what it was opened on is what it leaves."""
        thread = get_ident()
        opened = self._enter(thread, change=change)
        moment = Moment(opened.connection, self._dialect, self._check_open)
        try:
            yield moment
            if change:
                moment.check()
        except BaseException as error:
            moment.end()
            self._leave(thread, opened, error)
            raise
        moment.end()
        self._leave(thread, opened, None)

    def _enter(self, thread: int, *, change: bool) -> _Opened:
        self._check_open()
        with self._opening:
            outer = self._opened.get(thread)
            if outer is not None:
                if change or outer.is_change:
                    raise Conflict("inside a snapshot or a transaction, only a snapshot in a snapshot can be opened")
                outer.blocks += 1
                return outer
        opened = self._begin(change=change)
        with self._opening:
            self._opened[thread] = opened
        return opened

    def _leave(self, thread: int, opened: _Opened, error: BaseException | None) -> None:
        with self._opening:
            opened.blocks -= 1
            if opened.blocks:
                return
            del self._opened[thread]
        opened.end.__exit__(type(error) if error else None, error, None)

    def _begin(self, *, change: bool) -> _Opened:
        with ExitStack() as stack:
            connection = stack.enter_context(self._connected())
            stack.enter_context(self._kept_or_undone(connection))
            with translated(self._dialect):
                self._dialect.begin(connection, change=change)
            return _Opened(connection, change, stack.pop_all())

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        with translated(self._dialect):
            connection = self._begins_ours.connect()
        try:
            yield connection
        finally:
            with translated(self._dialect):
                if self._owns_engine and self._is_closed:
                    connection.detach()  # its pool is gone, so that it must be closed for good
                connection.close()

    @contextmanager
    def _kept_or_undone(self, connection: Connection) -> Generator[None]:
        try:
            yield
            with translated(self._dialect):
                connection.commit()
        except BaseException:
            # By the driver itself: SQLAlchemy may have been told to leave that out for connections in autocommit.
            with suppress(Exception):
                connection.connection.rollback()
            raise
