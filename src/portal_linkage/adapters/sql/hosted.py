"""A store within a transaction that is the host's."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from inspect import iscoroutinefunction
from typing import Protocol

import attrs
import sqlalchemy as sa

from ...domain.errors import Conflict, InvalidValue, PortalLinkageError, StoreUnavailable
from ...domain.events import Event
from ...domain.values import MAX_LIMIT, Page, PageRequest
from ...ports import Snapshot, Transaction, changed
from .dialects import Dialect, dialect_named
from .moment import NESTED, Moment, translated
from .readings import Parts


class HostSession(Protocol):
    """What is used of a host's SQLAlchemy ``Session``."""

    def flush(self) -> None:
        """Send what the host has changed to the database."""
        ...

    def connection(self) -> sa.Connection:
        """The connection of the transaction that the session is in."""
        ...


def check_host(host: object) -> None:
    """Refuse what is no connection and no session; the work of an asynchronous one is done in ``run_sync``."""
    flush = getattr(host, "flush", None)
    if isinstance(host, sa.Connection) or (callable(flush) and not iscoroutinefunction(flush)):
        return
    told = f"host must be a Connection or a Session (of an asynchronous one, in run_sync), not {type(host).__name__}"
    raise TypeError(told)


@contextmanager
def saved(connection: sa.Connection, dialect: Dialect, *, change: bool) -> Generator[None]:
    """Join a host's transaction: what fails in the block is undone, and leaves the transaction as it was.

    Reading is saved too where a statement that fails would end the transaction.
    """
    with translated(dialect):
        if not connection.in_transaction():
            connection.begin()
        dialect.join(connection, change=change)
    if not change and not dialect.saves_reads:
        yield
        return
    _say(connection, dialect, "SAVEPOINT")
    try:
        yield
        _say(connection, dialect, "RELEASE SAVEPOINT")
    except BaseException:
        # Also if only the release fails: the caller is told that nothing has happened. SQLAlchemy's own savepoint
        # counts as over by then, and could not be gone back to. If there is none any more, its transaction is over.
        if not connection.invalidated:
            with suppress(PortalLinkageError):
                _say(connection, dialect, "ROLLBACK TO SAVEPOINT")
                _say(connection, dialect, "RELEASE SAVEPOINT")
        raise


def _say(connection: sa.Connection, dialect: Dialect, what: str) -> None:
    with translated(dialect):
        connection.execute(sa.text(f"{what} portal_linkage")).close()


@attrs.define
class HostedStore:
    """A `SqlStore` within a transaction of the host's: it joins it and never commits it (`SqlStore.on`).

    What is refused, or fails, is undone by itself and leaves the transaction usable; what the host rolls back is undone
    with it. What a reading sees is what the transaction's own isolation lets it see.
    """

    owns_transactions = False

    _parts: Parts
    _host: sa.Connection | HostSession
    _check_store: Callable[[], None]
    _blocks: int = attrs.field(default=0, init=False)
    _in_change: bool = attrs.field(default=False, init=False)
    _is_closed: bool = attrs.field(default=False, init=False)

    def migrate(self) -> None:
        """Create the tables, or bring them up to date, within the host's transaction."""
        with self._block(change=True) as moment, translated(self._parts.dialect):
            if not self._parts.is_current(moment.connection):
                self._parts.migrate(moment.connection)

    @contextmanager
    def snapshot(self) -> Generator[Snapshot]:
        """Read in the host's transaction."""
        with self._block(change=False) as moment:
            yield self._parts.snapshot(moment)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """Open a change in the host's transaction: a savepoint."""
        with self._block(change=True) as moment:
            yield self._parts.transaction(moment)

    def changes(self, *, after: str | None = None, limit: int = MAX_LIMIT) -> Page[Event]:
        """The events of all firms: see `portal_linkage.ports.Store`. What is put in order is the host's to commit."""
        page = PageRequest(limit, after)
        return changed(self, lambda tx: tx.journal.deliver(page))

    def close(self) -> None:
        """Refuse every use from now on. The transaction is the host's to end."""
        self._is_closed = True

    def _check_open(self) -> None:
        self._check_store()
        if self._is_closed:
            raise StoreUnavailable("the store is closed")

    @contextmanager
    def _block(self, *, change: bool) -> Generator[Moment]:
        self._check_open()
        if self._blocks and (change or self._in_change):
            raise Conflict(NESTED)
        connection = self._connection()
        moment = Moment(connection, self._parts.dialect, self._check_open, is_hosts=True)
        self._blocks, self._in_change = self._blocks + 1, change
        try:
            with saved(connection, self._parts.dialect, change=change):
                yield moment
                if change:
                    moment.check()
        finally:
            moment.end()
            self._blocks, self._in_change = self._blocks - 1, False

    def _connection(self) -> sa.Connection:
        connection = self._host
        if not isinstance(connection, sa.Connection):
            connection.flush()  # whose errors are the host's own
            with translated(self._parts.dialect):
                connection = connection.connection()
        if dialect_named(connection.dialect.name) is not self._parts.dialect:
            raise InvalidValue("host", "is of another kind of database than the store")
        return connection
