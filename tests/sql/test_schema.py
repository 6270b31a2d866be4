"""The tables."""

import pytest
from sqlalchemy import MetaData, Table, Text, inspect, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.tables import Tables
from portal_linkage.testing.builders import ACME, firm

POSTGRESQL = make_url("postgresql://").get_dialect()()
TABLES = Tables(MetaData(), "any_", None).all


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_key_and_index_begins_with_the_firm(table: Table) -> None:
    """Whatever a row is found by, its firm comes first: firms are walls (L6)."""
    keys = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    assert [key[0].name for key in keys] == ["firm_id"] * len(keys)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_name_begins_with_the_prefix(table: Table) -> None:
    """A host finds our tables and indexes among its own by how they are called."""
    assert all(str(name).startswith("any_") for name in (table.name, *(index.name for index in table.indexes)))


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_texts_are_compared_by_code_point_on_postgresql_too(table: Table) -> None:
    """No collation of a database decides an order or a match."""
    definition = str(CreateTable(table).compile(dialect=POSTGRESQL))
    texts = [column for column in table.c if isinstance(column.type, Text)]
    assert texts
    assert definition.count('COLLATE "C"') == len(texts)


def test_partial_indexes_have_their_condition_in_literals() -> None:
    """The planner sees that an index holds just the bills that a page shows, without knowing a parameter."""
    definitions = [str(CreateIndex(index).compile(dialect=POSTGRESQL)) for table in TABLES for index in table.indexes]
    conditions = {definition.split(" WHERE ")[1] for definition in definitions if " WHERE " in definition}
    assert conditions == {
        "status = 'open' AND amount_due > 0",
        "status = 'paid'",
        "amount_due > 0",
        "position IS NULL",
        "position IS NOT NULL",
        "position > delivered",
    }


def test_rows_are_kept_in_their_primary_key(store: SqlStore) -> None:
    """On SQLite a row is found in one step, and the rows of a firm lie together."""
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, wr FROM pragma_table_list WHERE name LIKE 'portal_%'").all()
    assert {row.name for row in rows} - {"portal_version"} == {table.name for table in store._parts.tables.all}
    assert all(row.wr for row in rows if row.name != "portal_version")


def test_two_prefixes_are_two_stores(store: SqlStore) -> None:
    """What is kept under one prefix is not seen under another in the same database."""
    other = SqlStore(store.engine, prefix="other_")
    other.migrate()
    with store.transaction() as tx:
        tx.firms.save(firm())
    with other.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None
    assert {"portal_link", "other_link"} <= set(inspect(store.engine).get_table_names())


def test_tables_are_not_created_twice(store: SqlStore) -> None:
    """Creating the tables where they are changes nothing."""
    with store.transaction() as tx:
        tx.firms.save(firm())
    store.migrate()
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()
