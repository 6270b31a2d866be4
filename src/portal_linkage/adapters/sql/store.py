"""The SQL store, on an engine of its own or the host's, and the same store within a host's transaction."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, Self, TypedDict, Unpack

import sqlalchemy as sa

from ...domain.entities import Viewer
from ...domain.errors import StoreUnavailable
from ...domain.events import Event
from ...domain.values import MAX_LIMIT, Page, PageRequest, check_type
from ...domain.viewers import scope_of
from ...ports import Snapshot, Transaction, changed
from .blocks import Entrance
from .dialects import Dialect, dialect_of
from .engines import engine_for
from .hosted import HostedStore, HostSession, check_host
from .moment import Moment, translated
from .readings import Parts, Statements
from .sources import InvoiceSource, LateFeeSource, PaymentSource, Sources, visible
from .tables import PREFIX, Tables, check_names


@lru_cache(maxsize=16)
def _tables(prefix: str, schema: str | None) -> Tables:
    """The tables, which many stores may share."""
    return Tables(sa.MetaData(), prefix, schema)


@lru_cache(maxsize=16)
def _statements(tables: Tables, dialect: Dialect) -> Statements:
    """All statements about them, likewise."""
    return Statements(tables, dialect)


class StoreOptions(TypedDict, total=False):
    """What may be said of a store beside its database: see `SqlStore`."""

    prefix: str
    schema: str | None
    metadata: sa.MetaData | None
    invoices: InvoiceSource | None
    late_fees: LateFeeSource | None
    payments: PaymentSource | None


class SqlStore:
    """Everything kept in a SQLite or PostgreSQL database, through SQLAlchemy Core; threads and processes may share it.

    On an engine of the host's, closing the store does not dispose of it. The connections to a SQLite database that the
    store has used keep what it sets (write-ahead log, ``synchronous=FULL``, a busy timeout of 30 seconds), and creating
    the tables also tells its planner (``sqlite_stat1``) what to expect in them.
    """

    owns_transactions = True

    def __init__(
        self,
        engine: sa.Engine,
        *,
        prefix: str = PREFIX,
        schema: str | None = None,
        metadata: sa.MetaData | None = None,
        invoices: InvoiceSource | None = None,
        late_fees: LateFeeSource | None = None,
        payments: PaymentSource | None = None,
    ) -> None:
        """Put the store on an engine. Nothing is asked of the database yet: see `migrate`.

        Args:
            engine: of SQLite or PostgreSQL; of an asynchronous one, its ``sync_engine``.
            prefix: begins the name of every table and index: at most 30 letters from A to Z, digits and underscores.
            schema: where the tables are, a name of the same kind; where the database looks first by default.
            metadata: the host's, into which the tables are declared, for its own tools to see.
            invoices: where the host keeps its invoices, if the store is not to keep a copy.
            late_fees: where the host keeps its late fees, likewise.
            payments: where the host keeps its payments, likewise.
        """
        self.engine = engine
        dialect = dialect_of(engine)
        check_names(prefix, schema)
        tables = _tables(prefix, schema) if metadata is None else Tables.within(metadata, prefix, schema)
        sources = Sources(invoices=invoices, late_fees=late_fees, payments=payments)
        self._parts = Parts(_statements(tables, dialect), dialect, sources)
        self._entrance = Entrance(engine, dialect, is_steady=not sources.are_elsewhere, is_alone=sources == Sources())
        self._owns_engine = False
        self._is_closed = False

    @classmethod
    def open(
        cls,
        url: str,
        *,
        migrate: bool = True,
        **options: Unpack[StoreOptions],
    ) -> Self:
        """Open the database at this address, with an engine of the store's own.

        ``"sqlite:///portal.db"`` is a file, ``"sqlite://"`` a database in memory, ``"postgresql://host/name"`` one of a
        PostgreSQL server (extra ``postgres``). With ``migrate``, the tables are created, or brought up to date;
        without, that is left to you (see `migrate`). The other options are those of a store on your own engine.

        Raises:
            InvalidValue: it is not the address of such a database.
            ImportError: the driver of PostgreSQL is not installed.
            StoreUnavailable: the database cannot be opened, or its tables are newer than this library.
        """
        check_type("migrate", migrate, bool)
        store = cls(engine_for(url), **options)
        store._owns_engine = True
        with ExitStack() as undo:
            undo.callback(store.close)
            if migrate:
                store.migrate()
            undo.pop_all()
        return store

    def migrate(self) -> None:
        """Create the tables, or bring them up to date. Processes may do so at the same time.

        Raises:
            StoreUnavailable: the tables are newer than this library, or made by the host's own Alembic.
        """
        if not self.is_current():
            with self._block(change=True) as moment, translated(self._parts.dialect):
                self._parts.migrate(moment.connection)

    def is_current(self) -> bool:
        """Whether the tables are there, and as this library has them.

        Raises:
            StoreUnavailable: they are newer than this library, or made by the host's own Alembic.
        """
        with self._block(change=False) as moment, translated(self._parts.dialect):
            return self._parts.is_current(moment.connection)

    def on(self, host: sa.Connection | HostSession) -> HostedStore:
        """The same store within a host's transaction: of a ``Connection``, or of a ``Session``, which is flushed.

        It joins the transaction, and never commits it: the host's rollback undoes what was done. Of asynchronous ones,
        pass what ``run_sync`` gives.

        Raises:
            TypeError: it is neither.
        """
        self._check_open()
        check_host(host)
        return HostedStore(self._parts, host, self._check_open)

    def visible_entities(self, viewer: Viewer) -> sa.Select[Any, Any]:
        """The ``firm_id`` and ``entity_id`` of every entity that a viewer sees, to join with the host's own tables."""
        return visible(self._parts.tables, scope_of(viewer))

    @contextmanager
    def snapshot(self) -> Generator[Snapshot]:
        """Open one moment for reading. Inside another snapshot of the thread, it is the same moment."""
        with self._block(change=False) as moment:
            yield self._parts.snapshot(moment)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """Open a change, on PostgreSQL at READ COMMITTED.

        On SQLite it waits for others to end, up to 30 seconds: then it is a `Conflict` that can be retried.
        """
        with self._block(change=True) as moment:
            yield self._parts.transaction(moment)

    def changes(self, *, after: str | None = None, limit: int = MAX_LIMIT) -> Page[Event]:
        page = PageRequest(limit, after)
        return changed(self, lambda tx: tx.journal.deliver(page))

    def close(self) -> None:
        """Let go of the connections, if the engine is the store's own. Afterwards every use is refused."""
        self._is_closed = True
        if self._owns_engine:
            self._entrance.detaches = True
            self.engine.dispose()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("the store is closed")

    @contextmanager
    def _block(self, *, change: bool) -> Generator[Moment]:
        """A moment for one block, which another thread may end: what it was opened on is what it leaves."""
        self._check_open()
        opened = self._entrance.enter(change=change)
        moment = Moment(opened.connection, self._parts.dialect, self._check_open)
        is_kept = False
        try:
            yield moment
            if change:
                moment.check()
                is_kept = True
        finally:
            moment.end()
            self._entrance.leave(opened, keep=is_kept)
