"""What can go wrong at any statement: the database refuses it, the driver fails, somebody stops the program."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any, Final
from unittest import mock

import attrs
import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool.base import _ConnectionFairy

from portal_linkage import StoreUnavailable

_NO_STATEMENT: Final = "SELECT no_such_column"
_FAILURES: Final = {"sqlite": sqlite3.OperationalError, "postgresql": psycopg.OperationalError}


class Fault(Enum):
    """What goes wrong."""

    REFUSED = auto()
    """The database itself finds an error, which on PostgreSQL spoils the transaction."""
    FAILED = auto()
    """The driver fails before the database hears of the statement."""
    LOST = auto()
    """The same, and the driver fails at every statement after it."""
    STOPPED = auto()
    """Somebody presses Ctrl-C just before the statement."""
    STOPPED_WITHIN = auto()
    """Somebody presses it when the database has just done its part, and SQLAlchemy gives the connection up."""


_OF_THE_DATABASE: Final = (Fault.REFUSED, Fault.FAILED, Fault.LOST)


@attrs.define
class Mishap:
    """Lets a fault befall any one of the statements of a use case."""

    fault: Fault = Fault.REFUSED
    struck: str = ""
    """The statement that it befell."""
    _due: int = 0
    _come: int = 0

    def meets(self, act: Callable[[], object], fault: Fault, number: int) -> bool:
        """Do it, with this fault at the statement of this number; whether it came to that.

        If so, the caller is told of it by our own error, or of being stopped; if not, nothing fails.
        """
        self.fault, self._due, self._come = fault, number, 0
        told: BaseException | None = None
        try:
            act()
        except (StoreUnavailable, KeyboardInterrupt) as error:
            told = error
        finally:
            self._due = 0
        has_struck = self._come >= number
        assert (told is not None) is has_struck, "a use case failed before its time, or overlooked that it failed"
        if told is not None:
            assert isinstance(told, StoreUnavailable) is (fault in _OF_THE_DATABASE)
            assert isinstance(told.__cause__, DBAPIError) is (fault in _OF_THE_DATABASE)
        return has_struck

    def come(self, connection: sa.Connection, *_: object) -> None:
        """A statement of SQLAlchemy's own making is about to be executed."""
        if self.fault is Fault.STOPPED and self._due and self._come + 1 == self._due:
            self._come += 1
            raise self._error(connection)

    def before(
        self,
        connection: sa.Connection,
        _cursor: object,
        statement: str,
        values: Any,  # noqa: ANN401 -- as SQLAlchemy gives them
        context: Any,  # noqa: ANN401 -- likewise
        many: bool,
    ) -> tuple[str, Any]:
        """A statement is about to be executed."""
        is_foretold = context.compiled is not None
        if (self.fault is Fault.STOPPED and not is_foretold) or not self._is_due():
            return statement, values  # of what goes to the driver as it is, SQLAlchemy tells nobody just before
        self.struck = statement
        if self.fault is Fault.STOPPED_WITHIN:
            return statement, values
        if self.fault is Fault.REFUSED:
            return _NO_STATEMENT, [()] if many else ()
        raise self._error(connection)

    def after(self, connection: sa.Connection, *_: object) -> None:
        """A statement has been executed."""
        if self.fault is Fault.STOPPED_WITHIN and self._come == self._due:
            raise self._error(connection)

    def commit(self, connection: sa.Connection) -> None:
        """A transaction is about to be committed: a statement too, of which SQLAlchemy tells in another way."""
        if self._is_due():
            raise self._error(connection)

    def execute(self, cursor: Any, how: str, text: str, values: Any) -> None:  # noqa: ANN401 -- a driver's
        """A cursor of a driver is about to execute a text, whoever asks it to."""
        if not self._is_due():
            getattr(cursor, how)(text, values)
            return
        self.struck = text
        if self.fault is Fault.REFUSED:
            cursor.execute(_NO_STATEMENT)
        if self.fault is Fault.STOPPED_WITHIN:
            getattr(cursor, how)(text, values)
        raise self._failure("sqlite" if isinstance(cursor, sqlite3.Cursor) else "postgresql")

    def _is_due(self) -> bool:
        if not self._due:
            return False
        self._come += 1
        return self._come == self._due or (self._come > self._due and self.fault is Fault.LOST)

    def _error(self, connection: sa.Connection) -> BaseException:
        failure = self._failure(connection.dialect.name)
        return failure if isinstance(failure, KeyboardInterrupt) else OperationalError("a statement", None, failure)

    def _failure(self, database: str) -> BaseException:
        """What the driver of a database raises, or whoever stops the program."""
        kind: type[BaseException] = _FAILURES[database] if self.fault in _OF_THE_DATABASE else KeyboardInterrupt
        return kind("it has failed")


@contextmanager
def mishap(engine: sa.Engine) -> Iterator[Mishap]:
    """Let faults be possible on this engine."""
    coming = Mishap()
    told: dict[str, Callable[..., object]] = {
        "before_execute": coming.come,
        "before_cursor_execute": coming.before,
        "after_cursor_execute": coming.after,
        "commit": coming.commit,
    }
    for name, hear in told.items():
        event.listen(engine, name, hear, **({"retval": True} if name == "before_cursor_execute" else {}))
    try:
        yield coming
    finally:
        for name, hear in told.items():
            event.remove(engine, name, hear)


@attrs.frozen
class _Stumbling:
    """A driver's cursor, with which something goes wrong."""

    _cursor: Any
    _coming: Mishap

    def execute(self, text: str, values: Any = ()) -> None:  # noqa: ANN401 -- as the driver takes them
        self._coming.execute(self._cursor, "execute", text, values)

    def executemany(self, text: str, values: Any) -> None:  # noqa: ANN401 -- as the driver takes them
        self._coming.execute(self._cursor, "executemany", text, values)

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


@contextmanager
def mishap_of_drivers() -> Iterator[Mishap]:
    """Let faults be possible where nobody listens, so that drivers are asked straight."""
    coming, cursor_of = Mishap(), _ConnectionFairy.cursor
    with mock.patch.object(_ConnectionFairy, "cursor", lambda *it: _Stumbling(cursor_of(*it), coming)):
        yield coming
