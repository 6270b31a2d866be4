"""What becomes of the errors of a database."""

import sqlite3
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import DBAPIError

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.domain.errors import Conflict, StoreUnavailable
from portal_linkage.domain.values import EntityId
from portal_linkage.ports import Transaction
from portal_linkage.testing.builders import ACME, JANE, REALTY, firm, invoice, link, sign_up, usd, user

AMOUNT = "123456.7891"


def hurried(store: SqlStore) -> SqlStore:
    """The same store, waiting hardly at all for others."""
    with store.snapshot():
        pass
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    return store


def test_who_waits_too_long_may_try_again(url: str, store: SqlStore) -> None:
    """While one process changes something, another one's change waits, and then gives up for now."""
    impatient = hurried(SqlStore.open(url))
    with store.transaction() as tx:
        tx.firms.save(firm())
        with pytest.raises(Conflict) as caught, impatient.transaction():
            pass
    assert caught.value.retryable
    assert isinstance(caught.value.__cause__, DBAPIError)
    with impatient.transaction() as tx:
        assert tx.firms.find(ACME) == firm()
    impatient.close()


def test_readers_do_not_wait_for_a_writer(url: str, store: SqlStore) -> None:
    """While one process changes something, others read what was there before."""
    reader = hurried(SqlStore.open(url))
    with store.transaction() as tx:
        tx.firms.save(firm())
        with reader.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) is None
    reader.close()


def test_who_finds_no_connection_free_may_try_again() -> None:
    """Where all connections are in use for too long, the same goes."""
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.02)
    store = SqlStore(engine)
    store.migrate()
    with engine.connect(), pytest.raises(Conflict) as caught, store.snapshot():
        pass
    assert caught.value.retryable
    engine.dispose()


def test_a_second_link_to_one_entity_is_a_conflict(store: SqlStore) -> None:
    """The database itself lets no link be there twice; trying again would not help."""
    with store.transaction() as tx:
        sign_up(tx, user(), REALTY)
    with pytest.raises(Conflict) as caught, store.transaction() as tx:
        tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(REALTY))])
    assert not caught.value.retryable


def _save_an_invoice(tx: Transaction) -> None:
    tx.invoices.save(invoice(amount_due=usd(AMOUNT)))


def _lock_an_address(tx: Transaction) -> None:
    tx.mailboxes.lock(ACME, JANE)


def _search_an_address(tx: Transaction) -> None:
    tx.entities.listing(ACME, JANE)


@pytest.mark.parametrize("use", [_save_an_invoice, _lock_an_address, _search_an_address])
def test_a_failing_database_tells_no_secrets(url: str, use: Callable[[Transaction], None]) -> None:
    """What a failing statement was about, an address or an amount, is in no line of what is logged."""
    store = SqlStore.open(url, migrate=False)
    with pytest.raises(StoreUnavailable) as caught, store.transaction() as tx:
        use(tx)
    told = "".join(traceback.format_exception(caught.value))
    assert isinstance(caught.value.__cause__, DBAPIError)
    assert not any(secret in told for secret in (str(JANE), "jane", AMOUNT, AMOUNT.replace(".", "")))
    store.close()


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A folder that is not there, or a file that is no database, is a store that cannot do its work."""
    (tmp_path / "text").write_text("This is no database. " * 100)
    for name in ("absent/portal.db", "text"):
        with pytest.raises(StoreUnavailable):
            SqlStore.open(f"sqlite:///{tmp_path}/{name}")


def test_a_change_that_cannot_be_kept_is_undone(store: SqlStore) -> None:
    """If the database refuses to commit, the caller is told, and nothing of the change is left."""
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert driver is not None

    def refuse_commit(action: int, word: str | None, *_: str | None) -> int:
        is_commit = action == sqlite3.SQLITE_TRANSACTION and word == "COMMIT"
        return sqlite3.SQLITE_DENY if is_commit else sqlite3.SQLITE_OK

    with pytest.raises(StoreUnavailable), store.transaction() as tx:  # noqa: PT012 -- the end of the block raises
        tx.firms.save(firm())
        driver.set_authorizer(refuse_commit)
    driver.set_authorizer(None)
    with store.transaction() as tx:
        assert tx.firms.find(ACME) is None


def _fill_the_disk(tx: Transaction) -> None:
    with pytest.raises(StoreUnavailable):
        tx.invoices.save_many(invoice(str(number)) for number in range(1_000))


@pytest.mark.parametrize("overlooked", [True, False])
def test_a_change_that_the_database_undoes_cannot_go_on(store: SqlStore, *, overlooked: bool) -> None:
    """A full disk makes the database undo the change whole: who overlooks it can neither write more nor keep a part."""
    with store.engine.connect() as connection:
        (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(Conflict, match="ended"), store.transaction() as tx:  # noqa: PT012 -- so does the block's end
        tx.firms.save(firm())
        _fill_the_disk(tx)
        if overlooked:
            tx.firms.save(firm())
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None


def test_a_closed_store_is_unavailable(store: SqlStore) -> None:
    """After a store is closed, every use is refused, and closing it again does nothing."""
    with pytest.raises(StoreUnavailable, match="closed"), store.transaction():
        store.close()
    store.close()
    for block in (store.snapshot, store.transaction):
        with pytest.raises(StoreUnavailable, match="closed"), block():
            pass
    with pytest.raises(StoreUnavailable, match="closed"):
        store.migrate()


def test_a_store_closed_meanwhile_answers_nothing_more(store: SqlStore) -> None:
    """A reading that is under way when the store is closed learns it at its next question."""
    with store.snapshot() as snapshot:
        store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            snapshot.firms.find(ACME)


def test_nothing_goes_on_after_its_block(store: SqlStore) -> None:
    """A snapshot or a transaction kept beyond its block is of no use, nor is a roster half read."""
    with store.transaction() as tx:
        roster = tx.entities.roster(ACME)
    with store.snapshot() as snapshot:
        pass
    with pytest.raises(Conflict, match="ended"):
        tx.firms.save(firm())
    with pytest.raises(Conflict, match="ended"):
        snapshot.links.find(ACME, user().user_id, EntityId(REALTY))
    with pytest.raises(Conflict, match="ended"):
        next(roster)
