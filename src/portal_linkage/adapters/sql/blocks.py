"""The ``with`` blocks of a store: who begins a transaction of the database, and how it ends."""

import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from threading import get_ident
from typing import Final

import attrs
import sqlalchemy as sa

from ...domain.errors import Conflict
from .dialects import Dialect
from .moment import NESTED, translated


@attrs.define(eq=False)
class Opened:
    """A transaction of the database, and how many blocks are in it. The last one out ends it."""

    owner: object
    thread: int
    connection: sa.Connection
    is_change: bool
    blocks: int = 1


# Of the thread, and within it of the task: two requests that an event loop lets take turns are not in one block.
_OPENED: Final[ContextVar[tuple[Opened, ...]]] = ContextVar("portal_linkage_opened", default=())


class Entrance:
    """Lets the blocks of one store in, each in a transaction of its own, but snapshots within a snapshot."""

    def __init__(self, engine: sa.Engine, dialect: Dialect, *, is_steady: bool, is_alone: bool) -> None:
        dialect.adopt(engine)
        self._engine = engine
        self._dialect = dialect
        self._translated = translated(dialect)
        self._is_steady = is_steady
        self._is_alone = is_alone
        self._turn = threading.Lock()
        self.detaches = False
        """Whether the pool is gone, so that a connection must be closed for good."""

    def enter(self, *, change: bool) -> Opened:
        """Begin, or go into the snapshot that is open here."""
        with self._turn:
            for outer in _OPENED.get():
                if outer.owner is self and outer.blocks and outer.thread == get_ident():
                    if change or outer.is_change:
                        raise Conflict(NESTED)
                    outer.blocks += 1
                    return outer
        opened = self._begin(change=change)
        _OPENED.set((*(other for other in _OPENED.get() if other.blocks), opened))
        return opened

    def leave(self, opened: Opened, *, keep: bool) -> None:
        """Go out, which another thread may do. The last one ends the transaction, and keeps or undoes what was done."""
        with self._turn:
            opened.blocks -= 1
            if opened.blocks:
                return
        is_ours = self._is_alone and not opened.is_change  # a host's reader may have done what is to be undone
        self._end(opened.connection, self._keep if keep else self._leave if is_ours else _undo)

    def _begin(self, *, change: bool) -> Opened:
        with self._translated:
            connection = self._engine.connect()
        try:
            with self._translated:
                if connection.in_transaction():  # a listener of the host's has said something as it was opened
                    connection.commit()
                self._dialect.begin(connection, change=change, steady=self._is_steady)
        except BaseException:
            self._end(connection, _undo)
            raise
        return Opened(self, get_ident(), connection, change)

    def _end(self, connection: sa.Connection, settle: Callable[[sa.Connection], None]) -> None:
        try:
            settle(connection)
        finally:
            with self._translated:
                try:
                    if self.detaches:
                        connection.detach()
                finally:
                    connection.close()

    def _keep(self, connection: sa.Connection) -> None:
        try:
            with self._translated:
                connection.commit()
        except BaseException:
            _undo(connection)
            raise

    def _leave(self, connection: sa.Connection) -> None:
        """End a reading. What has failed is undone, whatever is faster: a table may have another shape by now."""
        with suppress(Exception):
            is_kept = self._dialect.keeps_readings and self._dialect.is_sound(connection)
            (connection.connection.commit if is_kept else connection.connection.rollback)()


def _undo(connection: sa.Connection) -> None:
    """By the driver itself: SQLAlchemy may have been told to leave that out for connections in autocommit."""
    with suppress(Exception):
        connection.connection.rollback()
