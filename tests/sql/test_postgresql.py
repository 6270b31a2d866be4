"""What is so on PostgreSQL alone."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal_linkage import Conflict, EntityId, InvalidValue, LinkageService, PortalUser, StoreUnavailable, UserId
from portal_linkage.adapters.sql import SqlStore, dialects
from portal_linkage.domain.values import FirmId, InvoiceId
from portal_linkage.testing.builders import ACME, OTHER_FIRM, REALTY, entity, firm, invoice
from tests import engines
from tests.sql.hosting import Host, hosting, jane_signs_up
from tests.sql.listening import listening

NOBODY = PortalUser(ACME, UserId("nobody"))
LONGEST = "".join(chr(0x20000 + 37 * number) for number in range(200))


@pytest.fixture
def store() -> SqlStore:
    """A store with nothing in it."""
    return SqlStore(engines.emptied("postgresql"))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """An application with two clients that list Jane."""
    with hosting("postgresql", tmp_path) as opened:
        yield opened


def failing(engine: sa.Engine, sqlstate: str, *, times: int) -> list[str]:
    """Let the first statements about mailboxes fail in the server, in this state; the statements are told."""
    met: list[str] = []

    def fail(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> tuple[str, Any]:  # noqa: ANN401
        if "portal_mailbox" not in statement:
            return statement, values
        met.append(statement)
        if len(met) > times:
            return statement, values
        return f"DO $$ BEGIN RAISE EXCEPTION 'jane.smith@example.com' USING ERRCODE = '{sqlstate}'; END $$", ()

    event.listen(engine, "before_cursor_execute", fail, retval=True)
    return met


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
def test_who_was_in_the_way_is_met_again(host: Host, sqlstate: str) -> None:
    """A serialization failure, a deadlock or a lock that is not free: the sign-up is decided again, and succeeds."""
    met = failing(host.engine, sqlstate, times=2)
    user = jane_signs_up(host.portal).user
    assert len(met) > 3
    assert host.portal.find_user(ACME, user.email) == user


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_in_a_hosts_transaction_it_is_the_hosts_to_retry(host: Host, sqlstate: str) -> None:
    """There nothing is decided again: the host is told that beginning anew may help."""
    met = failing(host.engine, sqlstate, times=1)
    with host.engine.connect() as connection:
        with pytest.raises(Conflict) as caught:
            jane_signs_up(host.on(connection))
        connection.rollback()
    assert caught.value.retryable
    assert len(met) == 1


@pytest.mark.parametrize(
    ("sqlstate", "error"),
    [("23505", Conflict), ("54000", InvalidValue), ("57014", StoreUnavailable), ("XX000", StoreUnavailable)],
)
def test_a_state_decides_and_no_word_of_the_server_is_repeated(host: Host, sqlstate: str, error: type) -> None:
    """What went wrong is told by its state alone; the server's own words, which may hold an address, are not."""
    failing(host.engine, sqlstate, times=9)
    with pytest.raises(error) as caught:
        jane_signs_up(host.portal)
    assert "@" not in str(caught.value)
    assert not getattr(caught.value, "retryable", False)
    assert caught.value.__cause__ is not None


def test_an_error_that_is_overlooked_keeps_nothing(store: SqlStore) -> None:
    """PostgreSQL makes of the COMMIT of a failed transaction a ROLLBACK without a word: the caller is told."""
    with pytest.raises(Conflict, match="ended"), store.transaction() as tx:  # noqa: PT012 -- so does the block's end
        tx.firms.save(firm())
        with pytest.raises(InvalidValue, match="too long for an index"):
            tx.invoices.save(_endless_invoice())
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None


def _endless_invoice() -> Any:  # noqa: ANN401
    return invoice(LONGEST, LONGEST, firm_id=FirmId(LONGEST), number=LONGEST)


def test_a_client_whose_ids_and_name_are_as_long_as_can_be_is_refused(store: SqlStore) -> None:
    """Each is let in, but a name is found by an index that holds all of them."""
    longest = entity(LONGEST, firm_id=FirmId(LONGEST), name=LONGEST)
    with pytest.raises(InvalidValue, match="too long for an index"), store.transaction() as tx:
        tx.entities.save(longest)
    with store.transaction() as tx:
        tx.entities.save(entity(LONGEST, name=LONGEST))


def test_one_long_id_is_kept(store: SqlStore) -> None:
    """Two hundred characters of the farthest planes are an id as good as any."""
    with store.transaction() as tx:
        tx.invoices.save(invoice(LONGEST, LONGEST))
    with store.snapshot() as snapshot:
        assert snapshot.invoices.find(ACME, InvoiceId(LONGEST)) == invoice(LONGEST, LONGEST)


def isolation(connection: sa.Connection) -> tuple[str, str]:
    """At which level the transaction is, and whether it may write."""
    told = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
    level, read_only = connection.exec_driver_sql(told).one()
    return level, read_only


def test_changes_and_readings_have_their_levels(store: SqlStore) -> None:
    """A change is at the level that hosts run at, for the lock orders it; a reading is one moment, and no change."""
    with store.transaction() as tx:
        assert isolation(tx.firms._moment.connection) == ("read committed", "off")  # type: ignore[attr-defined]
    with store.snapshot() as snapshot:
        assert isolation(snapshot.firms._moment.connection) == ("repeatable read", "on")  # type: ignore[attr-defined]


def test_a_reading_begins_when_its_block_does(store: SqlStore) -> None:
    """What another commits after a snapshot was opened is not seen through it, even if nothing had been read yet."""
    with store.snapshot() as snapshot:
        with SqlStore(store.engine).transaction() as tx:
            tx.firms.save(firm())
        assert snapshot.firms.find(ACME) is None


def test_a_server_that_ends_the_connection_is_unavailable_for_now(store: SqlStore) -> None:
    """The change under way is undone, and the next one finds a new connection."""
    with pytest.raises(StoreUnavailable), store.transaction() as tx:  # noqa: PT012 -- the connection ends within
        tx.firms.save(firm())
        with store.engine.connect() as other:
            process = tx.firms._moment.connection.connection.driver_connection.info.backend_pid  # type: ignore[attr-defined]
            other.execute(sa.text("SELECT pg_terminate_backend(:process)"), {"process": process})
        tx.firms.save(firm(OTHER_FIRM))
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None


def test_a_database_that_is_not_there_is_unavailable() -> None:
    """Its address is well formed, so that is no mistake of the program's."""
    absent = engines.shared("postgresql").url.set(database="absent").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable):
        SqlStore.open(absent)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra is told what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    importlib.invalidate_caches()
    with pytest.raises(ImportError, match=r"portal_linkage\[postgres\]") as caught:
        SqlStore.open("postgresql+psycopg://host/database")
    assert caught.value.name == "psycopg"
    with pytest.raises(InvalidValue, match="not installed"):
        SqlStore.open("postgresql+asyncpg://host/database")


def test_the_story_is_told_over_an_address(tmp_path: Path) -> None:
    """The store opens an address of its own, as the command line does, and looks after its own connections."""
    own = SqlStore.open(engines.url_of("postgresql", tmp_path))
    with own.transaction() as tx:
        tx.firms.save(firm())
    assert not LinkageService(own).can_see(NOBODY, EntityId(REALTY))
    own.close()
    with pytest.raises(StoreUnavailable, match="closed"), own.snapshot():
        pass


def save_roster(store: SqlStore, count: int) -> None:
    """So many clients without contacts, in one transaction."""
    with store.transaction() as tx:
        tx.entities.save_many(entity(f"e{number}", contacts=()) for number in range(count))


def analyzed(store: SqlStore, schema: str = "public") -> set[str]:
    """The tables in a schema of which the planner knows something."""
    with store.engine.connect() as connection:
        told = sa.text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = :schema AND tablename ~ '^portal_'")
        return set(connection.execute(told, {"schema": schema}).scalars())


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SqlStore]:
    """A store in a database of its own, which nobody else analyzes."""
    store = SqlStore.open(engines.database(f"unseen_{tmp_path.name}"))
    with store.engine.begin() as connection:
        for table in store._parts.tables.all:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)")
    yield store
    store.close()


def test_the_planner_is_told_of_a_first_roster(fresh: SqlStore) -> None:
    """What was planned for empty tables may walk through all of a firm: autovacuum looks only once a minute."""
    save_roster(fresh, 500)
    assert analyzed(fresh) == set()
    with suppress(ZeroDivisionError), fresh.transaction() as tx:
        tx.entities.save_many(entity(f"e{number}", contacts=()) for number in range(501))
        raise ZeroDivisionError
    assert analyzed(fresh) == set()  # what is undone is not known either
    with listening(fresh) as said:
        save_roster(fresh, 501)
        save_roster(fresh, 501)
    assert analyzed(fresh) == {"portal_entity", "portal_entity_word"}
    told = [one.statement for one in said if one.statement.startswith("ANALYZE")]
    assert told == ["ANALYZE portal_entity", "ANALYZE portal_entity_word"]


def test_a_hosts_transaction_analyzes_nothing(fresh: SqlStore) -> None:
    """Who analyzes a table keeps others from it until the transaction ends, and a host's may last."""
    with fresh.engine.begin() as connection, fresh.on(connection).transaction() as tx:
        tx.entities.save_many(entity(f"e{number}") for number in range(501))
    assert analyzed(fresh) == set()


def test_tables_are_analyzed_where_they_are(fresh: SqlStore) -> None:
    """An engine that is told to look for the tables in a schema has those analyzed, and no others of their names."""
    with fresh.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tenant_7")
    SqlStore(fresh.engine, schema="tenant_7").migrate()
    odd = "it's %s :y"
    with fresh.engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER SCHEMA tenant_7 RENAME TO "{odd.replace("%", "%%")}"')
    tenant = SqlStore(fresh.engine.execution_options(schema_translate_map={None: odd}))
    save_roster(tenant, 501)
    assert analyzed(fresh) == set()
    assert analyzed(fresh, odd) == {"portal_entity", "portal_entity_word"}


def become(driver: Any, _: object) -> None:  # noqa: ANN401 -- a driver's connection
    """Let a connection go on as a role that row security binds."""
    driver.execute("SET SESSION AUTHORIZATION bound")
    driver.commit()


def test_who_may_not_be_told_what_the_planner_knows_analyzes_nothing(fresh: SqlStore) -> None:
    """Under row security the statistics of a table are hidden: it would be analyzed again and again."""
    tables = [table.name for table in fresh._parts.tables.all]
    with fresh.engine.begin() as connection:
        if not connection.exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").scalar():
            pytest.skip("only a superuser can become another role")
        connection.exec_driver_sql("CREATE ROLE bound")
        for name in tables:
            connection.exec_driver_sql(f"ALTER TABLE {name} OWNER TO bound")
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"CREATE POLICY everything ON {name} USING (true)")
    bound = sa.create_engine(fresh.engine.url)
    event.listen(bound, "connect", become)
    try:
        save_roster(SqlStore(bound), 501)
        assert analyzed(fresh) == set()
    finally:
        bound.dispose()
        with fresh.engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY bound CASCADE")
            connection.exec_driver_sql("DROP ROLE bound")


def test_what_the_planner_cannot_be_told_is_told_as_every_error(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of the roster is kept."""
    monkeypatch.setattr(dialects, "_IS_UNSEEN", "SELECT 1 / 0")
    with pytest.raises(StoreUnavailable):
        save_roster(store, 501)
    with store.snapshot() as snapshot:
        assert not [*snapshot.entities.roster(ACME)]


def test_a_host_may_have_words_of_its_own_for_json() -> None:
    """What a host has told its engine of JSON is for its own rows."""
    engine = sa.create_engine(engines.emptied("postgresql").url, json_serializer=lambda _: "[]")
    store = SqlStore(engine)
    save_roster(store, 1)
    with store.snapshot() as snapshot:
        assert [one.entity_id for one in snapshot.entities.roster(ACME)] == ["e0"]
    engine.dispose()
