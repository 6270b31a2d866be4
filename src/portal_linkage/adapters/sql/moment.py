"""One moment of the store. Every statement goes through it, and a driver's error becomes ours here and nowhere else."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from ...domain.errors import Conflict, InvalidValue, PortalLinkageError, StoreUnavailable
from ...domain.values import MAX_LIMIT
from . import straight
from .dialects import Dialect
from .forms import Form, Record, Sentence, Statement, Values, form_of

T = TypeVar("T")
S = TypeVar("S")

HostRows: TypeAlias = Sequence[sa.Row[*tuple[Any, ...]]]

CHUNK: Final = 500
"""How many rows to save go into one statement."""

_TOO_LARGE: Final = "54000"
"""The state (SQLSTATE) of a limit of the server's: here, how long an entry of an index may be."""

_ASKED_AT_ONCE: Final = 4 * MAX_LIMIT  # what a view shows: four full pages


NESTED: Final = "inside a snapshot or a transaction, only a snapshot in a snapshot can be opened"


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[tuple[T, ...]]:
    """The items by the hundreds, without holding more of them."""
    rest = iter(items)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def _ours(error: SQLAlchemyError, dialect: Dialect) -> PortalLinkageError:
    """Never the driver's own words: they may repeat an address or an amount."""
    if isinstance(error, StatementError):
        _veil(error)
    if isinstance(error, NoConnectionFree) or (isinstance(error, DBAPIError) and dialect.is_busy(error.orig)):
        return Conflict("another transaction held the store for too long", retryable=True)
    if getattr(getattr(error, "orig", None), "sqlstate", None) == _TOO_LARGE:
        return InvalidValue("ids", "are together too long for an index of this database")
    if isinstance(error, IntegrityError):
        return Conflict("the change contradicts what is stored by now")
    return StoreUnavailable("the database could not do its work")


def _veil(error: StatementError) -> None:
    """Our cause may be logged with us: whatever the host's engine says, it repeats no value of a row.

    PostgreSQL's first line tells what is wrong; the row that it is wrong with stands in the lines below.
    """
    error.hide_parameters = True
    for told in filter(None, (error, error.orig)):
        told.args = tuple(part.partition("\n")[0] if isinstance(part, str) else part for part in told.args)


@attrs.frozen
class translated:  # noqa: N801 -- reads as what it does, like the standard library's `suppress`
    """Turns the errors of the driver into ours, the cause chained."""

    _dialect: Dialect

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, SQLAlchemyError):
            raise _ours(error, self._dialect) from error


@attrs.define
class Moment:
    """A transaction of the database, from its beginning until its block ends."""

    connection: sa.Connection
    _dialect: Dialect
    _check_open: Callable[[], None]
    """Refuses if the store has been closed meanwhile."""
    is_hosts: bool = False
    """Whether it is a host's, who may end it meanwhile: SQLAlchemy knows, and refuses what comes after."""
    _ended: bool = attrs.field(default=False, init=False)

    def end(self) -> None:
        """Refuse everything from now on."""
        self._ended = True

    def rows(self, statement: Statement, values: Values | Sequence[Values]) -> Sequence[Record]:
        """All rows that a statement of ours answers."""
        return self._told(self._rows, statement, values)

    def answer(self, statement: sa.Executable, values: Values) -> HostRows:
        """All rows that a statement of a host's answers."""
        return self._told(self._all, statement, values)

    def rows_among(self, statement: Statement, values: Values, ids: Collection[str]) -> Iterator[Record]:
        """The rows for a collection of ids, asked for by the thousands; the order is that of each statement."""
        for chunk in chunks(sorted(set(ids)), _ASKED_AT_ONCE):
            yield from self.rows(statement, {**values, "ids": chunk})

    def run(self, statement: Sentence, values: Values | Sequence[Values]) -> None:
        """Make a change, or the same one for each of several values; for none of them nothing happens."""
        if values:
            self._told(self._run, statement, values)
        else:
            self.check()

    def run_many(self, statement: Sentence, rows: Sequence[Values], **same: str) -> None:
        """Insert many rows, by a statement of `Dialect.of_many`, filled in with what else is the same for all."""
        self.run(statement, self._dialect.many(rows, **same) if rows else rows)

    def analyze(self, *tables: sa.Table) -> None:
        """Let the planner look at tables into which much was written: see `Dialect.analyze`.

        In a host's transaction it is left: who analyzes a table keeps others from that until the transaction ends.
        """
        self.check()
        if self.is_hosts:
            return
        try:
            self._dialect.analyze(self.connection, tables)
        except SQLAlchemyError as error:
            raise self._failed(error) from error

    def _told(self, act: Callable[[Any, Any], T], statement: sa.Executable, values: Values | Sequence[Values]) -> T:
        self.check()
        if not isinstance(values, dict) and len(values) == 1:
            (values,) = values
        try:
            return act(statement, values)
        except SQLAlchemyError as error:
            raise self._failed(error) from error

    def _all(self, statement: sa.Executable, values: Values | Sequence[Values]) -> HostRows:
        return self.connection.execute(statement, values).all()

    def _rows(self, statement: Statement, values: Values | Sequence[Values]) -> Sequence[Record]:
        form = self._form(statement, values, answers=True) if isinstance(values, dict) else None
        if form is None:
            return self._all(statement, values)
        return form.read(straight.execute(self.connection, form.text, form.filled(values), answers=True))

    def _run(self, statement: Sentence, values: Values | Sequence[Values]) -> None:
        form = self._form(statement, values, answers=False)
        if form is None:
            self.connection.execute(statement, values)
        else:
            straight.execute(self.connection, form.text, form.filled(values), answers=False)

    def _form(self, statement: Statement, values: Values | Sequence[Values], *, answers: bool) -> Form | None:
        """The statement as the driver takes it; ``None`` where SQLAlchemy is to execute it."""
        if self.is_hosts or straight.is_watched(self.connection):
            return None
        first = values if isinstance(values, dict) else values[0]
        return form_of(statement, self.connection.dialect, first, answers=answers)

    def check(self) -> None:
        """Refuse what comes after the end.

        Raises:
            StoreUnavailable: the store has been closed.
            Conflict: the block is over, or the database has undone what it did.
        """
        if self._ended:
            raise Conflict("its block has ended: what was read or changed in it cannot go on")
        self._check_open()

    def _failed(self, error: SQLAlchemyError) -> PortalLinkageError:
        # Some errors (a full disk) make the database undo all of it: what came after would be kept on its own.
        if self.connection.invalidated or not self._dialect.is_sound(self.connection):
            self.end()
        return _ours(error, self._dialect)


@attrs.define
class Part(Generic[S]):
    """One part of the store within a moment, and the statements by which it is read and changed."""

    _moment: Moment
    _statements: S
