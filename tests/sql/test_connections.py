"""How the store holds its connections and transactions."""

import importlib
import sqlite3
import sys
import threading
from pathlib import Path

import attrs
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import Pool, SingletonThreadPool, StaticPool

from portal_linkage.adapters.sql import SqlStore, dialects
from portal_linkage.domain.errors import Conflict, InvalidValue, StoreUnavailable
from portal_linkage.ports import Transaction
from portal_linkage.testing.builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, entity, firm, sign_up, user

from .listening import listening


def test_a_file_is_kept_safe(store: SqlStore) -> None:
    """Readers do not wait for writers, what was acknowledged survives a crash, and who must wait does for a while."""
    with store.snapshot():
        pass
    with store.engine.connect() as connection:
        names = ("journal_mode", "synchronous", "busy_timeout")
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert pragmas == ["wal", 2, 30_000]


def test_an_engine_of_ours_logs_no_value(store: SqlStore) -> None:
    """Whoever turns on the log of statements finds no address and no amount in it."""
    assert store.engine.hide_parameters


def test_a_change_takes_the_lock_at_once(store: SqlStore) -> None:
    """A change begins as one, so that it never fails half-way because another was faster; a reading does not."""
    with listening(store) as said, store.transaction():
        pass
    with listening(store) as read, store.snapshot():
        pass
    assert [one.statement for one in said] == ["BEGIN IMMEDIATE"]
    assert not read  # it is begun by the driver itself, and asks nothing of others


@pytest.mark.parametrize("pool", [SingletonThreadPool, StaticPool])
@pytest.mark.parametrize("change", [False, True])
def test_nothing_of_a_host_is_undone_on_the_same_connection(pool: type[Pool], *, change: bool) -> None:
    """Where a pool has one connection for all, a reading or a change takes nothing away that the host has begun."""
    engine = create_engine("sqlite://", poolclass=pool, connect_args={"check_same_thread": False})
    store = SqlStore(engine)
    store.migrate()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (number INTEGER)"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO note VALUES (1)"))
        with store.transaction() if change else store.snapshot() as block:
            assert block.firms.find(ACME) is None
        connection.execute(text("INSERT INTO note VALUES (2)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT number FROM note")).scalars().all() == [1, 2]
    engine.dispose()


def test_a_reading_that_cannot_begin_is_told_and_holds_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database fails already at the first reading, that is our own error, and the connection is let go."""
    with monkeypatch.context() as patched:
        patched.setattr(dialects, "_FIRST_READING", "SELECT 1 FROM no_such_table")
        with pytest.raises(StoreUnavailable) as told, store.snapshot():
            pass
    assert isinstance(told.value.__cause__, OperationalError)
    with store.transaction() as tx:
        tx.firms.save(firm())


def test_a_reading_begins_when_its_block_does(store: SqlStore) -> None:
    """What another commits after a snapshot was opened is not seen through it, even if nothing had been read yet."""
    with store.snapshot() as snapshot:
        with SqlStore(store.engine).transaction() as tx:
            tx.firms.save(firm())
        assert snapshot.firms.find(ACME) is None


def test_a_database_opened_again_has_kept_everything(url: str) -> None:
    """What one process has stored, the next one finds."""
    store = SqlStore.open(url)
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save(entity(REALTY, JANE))
        sign_up(tx, user(), REALTY)
    store.close()
    again = SqlStore.open(url, migrate=False)
    with again.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()
        assert snapshot.entities.find(ACME, REALTY) == entity(REALTY, JANE)
        assert [link.entity_id for link in snapshot.links.listing(ACME, JANE_ID)] == [REALTY]
    again.close()


def test_a_new_file_is_waited_for(url: str, tmp_path: Path) -> None:
    """Whoever opens a file that another program is just filling waits for it, though SQLite would not by itself."""
    other = sqlite3.connect(tmp_path / "portal.db", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, other.execute, ["COMMIT"])
    done.start()
    SqlStore.open(url).close()
    done.join()
    assert other.execute("SELECT name FROM sqlite_master WHERE name = 'portal_firm'").fetchone()
    other.close()


def test_a_new_file_is_not_waited_for_without_end(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits too long for it may try again."""
    other = sqlite3.connect(tmp_path / "portal.db", isolation_level=None)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(dialects, "WAIT_SECONDS", 0)
    with pytest.raises(Conflict) as caught:
        SqlStore.open(url)
    assert caught.value.retryable
    other.close()


def test_threads_share_a_database_in_memory() -> None:
    """A database in memory is one connection, for which every other thread waits its turn."""
    store = SqlStore.open("sqlite://")

    def lock() -> None:
        for _ in range(20):
            with store.transaction() as tx:
                tx.mailboxes.lock(ACME, JANE)

    threads = [threading.Thread(target=lock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as tx:
        assert tx.mailboxes.lock(ACME, JANE).revision == 4 * 20 + 1
    store.close()


def test_two_databases_in_memory_are_two() -> None:
    """What is kept in one database in memory is not in another."""
    one, other = SqlStore.open("sqlite://"), SqlStore.open("sqlite:///:memory:")
    with one.transaction() as tx:
        tx.firms.save(firm())
    with other.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None
    one.close()
    other.close()


def test_a_hosts_engine_is_left_as_it_was(url: str) -> None:
    """On an engine of the host's, its own transactions begin, roll back and outlive our store as before."""
    engine = create_engine(url)
    store = SqlStore(engine)
    store.migrate()
    with store.transaction() as tx:
        tx.firms.save(firm())
    store.close()
    with engine.connect() as connection:
        connection.execute(text("UPDATE portal_firm SET name = 'changed'"))
        connection.rollback()
        assert connection.execute(text("SELECT name FROM portal_firm")).scalar() == firm().name
    engine.dispose()


def _save_and_fail(tx: Transaction) -> None:
    tx.firms.save(firm())
    raise KeyboardInterrupt


def test_an_engine_that_leaves_out_rollbacks_does_not_leave_out_ours(url: str) -> None:
    """A change that fails is undone even where SQLAlchemy is told not to roll back connections in autocommit."""
    store = SqlStore(create_engine(url, skip_autocommit_rollback=True))
    store.migrate()
    with pytest.raises(KeyboardInterrupt), store.transaction() as tx:
        _save_and_fail(tx)
    with store.transaction() as tx:
        tx.firms.save(firm(OTHER_FIRM))
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None
        assert snapshot.firms.find(OTHER_FIRM) is not None
    store.engine.dispose()


def test_a_snapshot_inside_a_snapshot_is_the_same_moment(store: SqlStore) -> None:
    """Who reads inside a reading sees the same moment; the inner block ends by itself."""
    with store.snapshot() as outer:
        with SqlStore(store.engine).transaction() as tx:
            tx.firms.save(firm())
        with store.snapshot() as inner:
            assert inner.firms.find(ACME) is None
        with pytest.raises(Conflict, match="ended"):
            inner.firms.find(ACME)
        assert outer.firms.find(ACME) is None


def test_a_transaction_stands_alone(store: SqlStore) -> None:
    """Who changes something reads through that change, and begins nothing else meanwhile."""
    with store.transaction() as tx:
        for block in (store.snapshot, store.transaction):
            with pytest.raises(Conflict, match="inside") as caught, block():
                pass
            assert not caught.value.retryable
        tx.firms.save(firm())
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite://host:port/x",
        "sqlite+nothing:///x",
        "sqlite:///x?timeout=soon",
        "sqlite:///x\0",
        "sqlite:///\ud800",
        "mysql://host/database",
        "postgresql://host:port/x",
        "postgresql+nothing://host/x",
        "postgresql://host/\0",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """What is no address of a SQLite database is refused before anything is tried."""
    with pytest.raises(InvalidValue, match="url"):
        SqlStore.open(url)


def test_an_engine_of_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store speaks only to databases that it knows how to lock."""
    engine = create_engine("sqlite://")
    monkeypatch.setattr(engine.dialect, "name", "oracle")
    with pytest.raises(InvalidValue, match="engine"):
        SqlStore(engine)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql+psycopg"])
def test_a_driver_that_nobody_has_tried_is_refused(kind: str) -> None:
    """Another driver tells of errors and of transactions in other ways: it is not found out amid a change."""
    engine = create_engine(f"{kind}://")
    engine.dialect.driver = "another"
    with pytest.raises(InvalidValue, match="engine: must be of a SQLite or PostgreSQL database"):
        SqlStore(engine)
    engine.dispose()


def test_the_dialect_of_cockroachdb_is_taken_for_what_it_derives_from() -> None:
    """It speaks as PostgreSQL does, but gathers statistics itself; its package gives it a name of its own."""
    engine = create_engine("postgresql+psycopg://")
    expected = SqlStore(engine)._parts.dialect
    engine.dialect.name = "cockroachdb"
    dialect = SqlStore(engine)._parts.dialect
    differing = [
        one.name for one in attrs.fields(dialects.Dialect) if getattr(dialect, one.name) != getattr(expected, one.name)
    ]
    assert differing == ["analyze"]
    engine.dispose()


def test_without_sqlalchemy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra is told what to install."""
    _forget(monkeypatch)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ImportError, match=r"portal_linkage\[sql\]") as caught:
        importlib.import_module("portal_linkage.adapters.sql")
    assert caught.value.name == "sqlalchemy"


def test_a_broken_sqlalchemy_is_not_called_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SQLAlchemy is there but cannot be imported, its own error is seen."""
    _forget(monkeypatch)
    monkeypatch.setitem(sys.modules, "sqlalchemy.exc", None)
    with pytest.raises(ModuleNotFoundError, match=r"sqlalchemy\.exc"):
        importlib.import_module("portal_linkage.adapters.sql")


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("portal_linkage.adapters.sql")]:
        monkeypatch.delitem(sys.modules, name)
