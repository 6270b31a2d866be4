"""How the tables come to be, and how they change."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from portal_linkage import FirmStaff, InvalidValue, LinkageService, StoreUnavailable
from portal_linkage.adapters.sql import SqlStore, schema
from portal_linkage.adapters.sql.tables import Tables
from portal_linkage.domain.values import FirmId
from portal_linkage.testing.builders import ACME, JANE_ID, REALTY, STAFF, event, firm, journaled
from tests import engines

_NUMBERS = count(1)
OPENER = """
import sys
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing.builders import firm
store = SqlStore.open(sys.argv[1])
with store.transaction() as tx:
    tx.firms.save(firm(sys.argv[2]))
store.close()
"""
HOST_ENV = """
import os
from alembic import context
import sqlalchemy as sa
engine = sa.create_engine(os.environ["HOST_URL"])
with engine.connect() as connection:
    context.configure(connection=connection, portal_prefix="ours_")
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""
HOST_REVISION = """
from alembic import op
import sqlalchemy as sa
revision = "host_1"
down_revision = None
branch_labels = ("host",)
depends_on = None
def upgrade():
    op.create_table("host_bill", sa.Column("number", sa.Integer, primary_key=True))
"""


@pytest.fixture(params=engines.SQL)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it, not even tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/portal.db"
    return engines.database(f"fresh_{next(_NUMBERS)}_{request.node.name.split('[')[0][:30]}")


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """An engine on it."""
    opened = sa.create_engine(url)
    yield opened
    opened.dispose()


def defined(connection: sa.Connection, prefix: str) -> dict[str, object]:
    """Tables and indexes as the database has them, under their names without the prefix."""
    inspector = sa.inspect(connection)
    found: dict[str, object] = {}
    for name in inspector.get_table_names():
        if name.startswith(prefix) and not name.endswith("version"):
            columns = [(one["name"], str(one["type"]), one["nullable"]) for one in inspector.get_columns(name)]
            indexes = [
                (
                    str(one["name"]).removeprefix(prefix),
                    one["column_names"],
                    one["unique"],
                    _condition(cast("Mapping[str, Any]", one)),
                )
                for one in inspector.get_indexes(name)
            ]
            key = inspector.get_pk_constraint(name)["constrained_columns"]
            found[name.removeprefix(prefix)] = (columns, sorted(indexes, key=str), key)
    return found


def _condition(index: Mapping[str, Any]) -> str:
    conditions = [str(told) for name, told in index.get("dialect_options", {}).items() if name.endswith("_where")]
    return re.sub(r"::text|[() ]", "", "".join(conditions))


def test_the_revisions_make_the_tables_that_the_store_knows(engine: sa.Engine) -> None:
    """Migrating from nothing gives, to the last index, what the library's own tables say."""
    SqlStore(engine, prefix="migrated_").migrate()
    metadata = sa.MetaData()
    Tables(metadata, "declared_", None)
    metadata.create_all(engine)
    with engine.connect() as connection:
        migrated, declared = defined(connection, "migrated_"), defined(connection, "declared_")
    assert migrated == declared
    assert len(declared) > 15


def _at_first_revision(engine: sa.Engine) -> None:
    """The tables as they were first: for each of two firms three events, two clients and words of two that are gone."""
    tables = SqlStore(engine)._parts.tables
    with engine.begin() as connection:
        command.upgrade(schema._config(connection=connection, **schema._options(tables)), "portal_0001")
        for firm_id in ("acme", "zenith"):
            connection.execute(
                sa.text("INSERT INTO portal_firm VALUES (:firm, :firm, :yes, :yes, 0)"), {"firm": firm_id, "yes": True}
            )
            for position, kind in enumerate(("signed_up", "linked", "ground_added"), 1):
                told = "INSERT INTO portal_journal VALUES (:firm, :at, :kind, 'jane', '1003', 'proof', 'jane', :at)"
                connection.execute(sa.text(told), {"firm": firm_id, "at": position, "kind": kind})
            for number, active in (("1001", True), ("1002", False)):
                name = {"firm": firm_id, "number": number, "name": f"jane smith {number}", "active": active}
                for told in (
                    "portal_entity VALUES (:firm, :number, :name, :name, :name, :number, :number, :number, :active)",
                    "portal_entity_word VALUES (:firm, :number, 'smith')",
                    "portal_entity_word VALUES (:firm, 'gone' || :number, 'smith')",
                ):
                    connection.execute(sa.text(f"INSERT INTO {told}"), name)


def test_an_older_database_is_brought_up_to_date_with_all_that_is_in_it(engine: sa.Engine) -> None:
    """What was journaled before the journal was an outbox is told in its order, and goes on; nothing is told twice."""
    _at_first_revision(engine)
    store = SqlStore(engine)
    store.migrate()
    portal, staff = LinkageService(store), FirmStaff(ACME, STAFF)
    with store.transaction() as tx:
        assert tx.firms.find(ACME) == firm(name="acme")
        tx.journal.append([event(entity_id=REALTY, user_id=JANE_ID)])
    told = [one.kind.value for one in portal.journal(staff).items]
    assert told == ["signed_up", "linked", "ground_added", "linked"]
    assert [one.kind.value for one in portal.changes(ACME).items] == told
    assert [one.kind.value for one in portal.journal(staff, entity_id=REALTY, user_id=JANE_ID).items] == told
    assert [one.name for one in portal.suggest(staff, "smith")] == ["jane smith 1001"]
    delivered = store.changes()
    assert [one.firm_id for one in delivered.items] == ["acme"] * 4 + ["zenith"] * 3
    assert delivered.next is not None
    assert store.changes(after=delivered.next.after).items == ()


def test_migrating_again_changes_nothing(engine: sa.Engine) -> None:
    """Where the tables are as they should be, nothing is written."""
    store = SqlStore(engine)
    store.migrate()
    with store.transaction() as tx:
        tx.firms.save(firm())
        journaled(tx, [event()])
    store.migrate()
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()


def test_a_database_of_a_newer_library_is_refused(engine: sa.Engine, url: str) -> None:
    """An old program does not guess at tables that it does not know, nor change them."""
    SqlStore(engine).migrate()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE portal_version SET version_num = 'portal_9999'")
    with pytest.raises(StoreUnavailable, match="newer version of this library"):
        SqlStore.open(url)


def test_processes_may_open_an_empty_database_at_once(url: str) -> None:
    """Whoever is first creates the tables, and all the others find them."""
    firms = [f"firm-{number}" for number in range(8)]
    running = [
        subprocess.Popen([sys.executable, "-c", OPENER, url, one], cwd=Path(__file__).parents[2]) for one in firms
    ]
    assert [process.wait(timeout=120) for process in running] == [0] * len(firms)
    store = SqlStore.open(url)
    with store.snapshot() as snapshot:
        assert all(snapshot.firms.find(FirmId(one)) for one in firms)
    store.close()


def test_threads_may_open_an_empty_database_at_once(url: str) -> None:
    """So may the threads of one process, whose migrations do not get in each other's way."""
    opened: list[SqlStore] = []
    threads = [threading.Thread(target=lambda: opened.append(SqlStore.open(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for store in opened:
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) is None
        store.close()


def test_the_hosts_own_alembic_runs_our_revisions(
    engine: sa.Engine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With our folder among its version locations, one command brings the host's tables and ours up to date."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(HOST_ENV, encoding="utf-8")
    (tmp_path / "versions" / "host_1.py").write_text(HOST_REVISION, encoding="utf-8")
    monkeypatch.setenv("HOST_URL", url)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{tmp_path / 'versions'}\n{schema.VERSIONS}")
    command.upgrade(config, "heads")
    store = SqlStore(engine, prefix="ours_")
    with store.transaction() as tx:
        tx.firms.save(firm())
    with engine.connect() as connection:
        versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY 1").scalars().all()
        assert "host_bill" in sa.inspect(connection).get_table_names()
    assert versions == ["host_1", "portal_0004"]
    with pytest.raises(StoreUnavailable, match="made by another Alembic"):
        store.migrate()


@pytest.mark.parametrize("name", [None, "ours"])
def test_the_planner_is_told_by_the_revisions_themselves(tmp_path: Path, name: str | None) -> None:
    """SQLite knows of the tables what the store wants it to know, whoever has run the revisions."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/portal.db")
    sa.event.listen(engine, "connect", lambda driver, _: driver.execute(f"ATTACH '{tmp_path}/ours.db' AS ours"))
    tables = Tables(sa.MetaData(), "portal_", name)
    with engine.begin() as connection:
        for statement in _statements(schema.as_sql("sqlite", schema=name)):
            connection.exec_driver_sql(statement)
        figures = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), schema=name)
        told = connection.execute(sa.select(figures)).all()
    engine.dispose()
    assert {(row.tbl, row.idx) for row in told} == {
        (table.name, one) for table in tables.all for one in (table.name, *(index.name for index in table.indexes))
    }


def _statements(sql: str) -> list[str]:
    lines = [line for line in sql.splitlines() if not line.startswith("--")]
    return [one.strip() for one in "\n".join(lines).split(";") if one.strip() not in {"", "BEGIN", "COMMIT"}]


def test_plain_sql_makes_the_same_tables(engine: sa.Engine) -> None:
    """A database administrator runs the printed statements, and the library finds its tables as they should be."""
    with engine.begin() as connection:
        for statement in _statements(schema.as_sql(engine.dialect.name, prefix="dba_")):
            connection.exec_driver_sql(statement)
    store = SqlStore(engine, prefix="dba_")
    with engine.connect() as connection:
        assert schema.is_current(connection, store._parts.tables)
    with store.transaction() as tx:
        tx.firms.save(firm())


@pytest.mark.parametrize("dialect", ["oracle", "", "PostgreSQL"])
def test_plain_sql_is_for_databases_that_the_store_knows(dialect: str) -> None:
    """Nothing is printed that nobody has tried."""
    with pytest.raises(InvalidValue, match="dialect"):
        schema.as_sql(dialect)


def test_the_tables_may_be_in_a_schema(url: str, engine: sa.Engine) -> None:
    """A host keeps our tables apart from its own."""
    if engine.dialect.name == "sqlite":
        store = SqlStore.open(url, schema="main")
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA portal")
        store = SqlStore.open(url, schema="portal")
    with store.transaction() as tx:
        tx.firms.save(firm())
        journaled(tx, [event()])
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()
    store.close()
    assert "link" in schema.as_sql("postgresql", schema="portal")


def test_a_hosts_metadata_knows_our_tables() -> None:
    """The host's own tools see our tables among its own, once for each prefix and schema."""
    metadata = sa.MetaData()
    engine = sa.create_engine("sqlite://")
    stores = [SqlStore(engine, metadata=metadata, prefix=prefix) for prefix in ("a_", "a_", "b_")]
    assert {"a_link", "b_link"} <= set(metadata.tables)
    assert stores[0]._parts.tables is stores[1]._parts.tables
    metadata.create_all(engine)
    engine.dispose()


@pytest.mark.parametrize("name", ["x" * 31, "\0", "\u00e9", 'a"b', "a%b", "a.b", "a b", "1a", "a-b", "a;b", "a\n"])
@pytest.mark.parametrize("option", ["prefix", "schema"])
def test_names_that_are_none_are_refused(option: str, name: str) -> None:
    """A name that a database would cut off, or read as something else, is refused at once, and in printed SQL."""
    engine = sa.create_engine("sqlite://")
    options: dict[str, Any] = {option: name}
    for refuse in (partial(SqlStore, engine), partial(schema.as_sql, "sqlite")):
        with pytest.raises(InvalidValue, match=option):
            refuse(**options)
    with pytest.raises(InvalidValue, match="schema"):
        SqlStore(engine, schema="")
    engine.dispose()
