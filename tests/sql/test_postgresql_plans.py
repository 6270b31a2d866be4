"""How PostgreSQL finds what it is asked for: EXPLAIN ANALYZE of every statement of every use case."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal_linkage import EntityId, FirmStaff, LinkageService
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.tables import Tables
from portal_linkage.testing import builders as b
from tests.engines import database

from .crowd import CLIENTS, HELD, USE_CASES, UseCase, desk_at, fill

TABLES: Final = [table.name for table in Tables(sa.MetaData(), "portal_", None).all]
SMALL: Final = {"portal_firm", "portal_journal_end", "portal_delivery"}
"""The tables that have a row or two a firm: to read them from end to end is the best that can be done."""
ASKS: Final = re.compile("SELECT (?!1$)|INSERT|UPDATE|DELETE|WITH")
PARAMETER: Final = re.compile(r"%\((\w+)\)s")
READ: Final = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")

Node = dict[str, Any]


LEARN: Final = ("VACUUM (ANALYZE)",)
FORGET: Final = (
    "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname LIKE 'portal_%%')",
    "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relname LIKE 'portal_%%'",
)


@attrs.frozen
class Server:
    """The firms on PostgreSQL, and how its planner has come to know them."""

    store: SqlStore
    is_analyzed: bool
    asks_before: int = 0
    """How often each statement has been planned before: after five times, one plan may be kept for all values."""

    def plan(self, cursor: psycopg.Cursor[Any], statement: str, values: dict[str, Any]) -> Node:
        """What the server does for a statement, done and undone."""
        names = list(dict.fromkeys(PARAMETER.findall(statement)))
        numbered = PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
        execute = f"EXECUTE asked({', '.join(['%s'] * len(names))})" if names else "EXECUTE asked"
        told = [values[name] for name in names]
        asking = psycopg.ClientCursor(cursor.connection)
        asking.execute(f"SAVEPOINT asked; PREPARE asked AS {numbered}".encode())
        for _ in range(self.asks_before):
            asking.execute(f"EXPLAIN {execute}".encode(), told)
        asking.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS, FORMAT JSON) {execute}".encode(), told)
        ((explained,),) = asking.fetchall()
        asking.execute("ROLLBACK TO asked; RELEASE asked; DEALLOCATE asked")
        return dict(explained[0]["Plan"])

    @contextmanager
    def planning(self) -> Iterator[list[tuple[str, Node]]]:
        """The plans of all statements that are executed meanwhile, each made just before."""
        plans: list[tuple[str, Node]] = []

        def hear(_connection: object, cursor: Any, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401
            if ASKS.match(statement):
                each = [values] if isinstance(values, dict) else values
                plans.extend((statement, self.plan(cursor, statement, one)) for one in each)

        event.listen(self.store.engine, "before_cursor_execute", hear)
        try:
            yield plans
        finally:
            event.remove(self.store.engine, "before_cursor_execute", hear)


STATES: Final = {"no statistics": (False, 0), "first asked": (True, 0), "asked often": (True, 5)}


@pytest.fixture(scope="module")
def crowd() -> Iterator[SqlStore]:
    """Two firms in a database of their own, which only the tests analyze."""
    store = SqlStore.open(database("crowd"))
    with store.engine.begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    fill(store)
    yield store
    store.close()


@pytest.fixture(scope="module", params=STATES)
def server(request: pytest.FixtureRequest, crowd: SqlStore) -> Server:
    """The server with each state of knowledge."""
    is_analyzed, asks_before = STATES[request.param]
    with crowd.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in LEARN if is_analyzed else FORGET:
            connection.exec_driver_sql(statement)
    return Server(crowd, is_analyzed, asks_before)


def nodes_of(plan: Node) -> Iterator[Node]:
    """The parts of a plan that came to be executed."""
    if plan["Actual Loops"]:
        yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def read_by(node: Node) -> int:
    """How many rows a part of a plan has read, those included that it was not looking for."""
    return int(node["Actual Loops"] * sum(node.get(name, 0) for name in READ))


def assert_narrow(plans: list[tuple[str, Node]], most: float) -> None:
    """Assert that no part of any plan reads more rows than that, or a large table from end to end."""
    assert plans
    for statement, plan in plans:
        widest = max(nodes_of(plan), key=read_by)
        assert read_by(widest) <= most, (statement, widest)
        whole = [node["Relation Name"] for node in nodes_of(plan) if node["Node Type"] == "Seq Scan"]
        assert not set(whole) - SMALL, (statement, plan)


COUNTED: Final = {"roster.": 200, "portal_users by ": 500, "suggest by ": 500}
"""So many links are counted, or words to see which is the rarest: more would make no difference."""
ONCE: Final = {"bars", "portal_users", "journal", "changes", "changes of all firms", "roster.plan", "roster.apply"} | {
    "view (holding)"
}
"""These read a firm's part of one index, once, as long as the server takes that for a few rows."""


def most(name: str) -> int:
    """How many rows a part of a plan may read: twice those of a page and all bills that match, or what is counted."""
    counted = (rows for beginning, rows in COUNTED.items() if name.startswith(beginning))
    return max(2 * (51 + 2 * len(HELD if "holding" in name else b.NAMES)), *counted, 0)


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_reads_as_many_rows_as_match(server: Server, name: str) -> None:
    """Of twenty thousand clients, a page and its sums read those that they show."""
    with desk_at(server.store, b.ACME) as (desk, _), server.planning() as plans:
        USE_CASES[name](desk)
    is_read_once = name.split(",", maxsplit=1)[0] in ONCE and not server.is_analyzed
    assert_narrow(plans, 1.1 * CLIENTS[b.ACME] if is_read_once else most(name))


def test_what_nobody_has_read_of_the_journal_does_not_slow_a_change(server: Server) -> None:
    """A firm that never looks into its journal links clients as fast as one that does."""
    with desk_at(server.store, b.ACME) as (desk, connection):
        connection.exec_driver_sql("UPDATE portal_journal SET position = NULL WHERE firm_id = %s", (b.ACME,))
        with server.planning() as plans:
            USE_CASES["link"](desk)
    assert_narrow(plans, most("link"))


COMMON: Final[dict[str, Callable[[str], UseCase]]] = {
    "portal_users": lambda text: lambda at: at.portal.portal_users(at.staff, search=text),
    "suggest": lambda text: lambda at: at.portal.suggest(at.staff, text),
}


@pytest.mark.parametrize("search", COMMON)
@pytest.mark.parametrize("text", ["smith", "smith trust", "5"])
def test_a_search_for_what_everybody_has_reads_each_match_once(server: Server, search: str, text: str) -> None:
    """A search reads all that it finds before it shows a page of it: so much, and no more, may it read."""
    with desk_at(server.store, b.ACME) as (desk, _), server.planning() as plans:
        COMMON[search](text)(desk)
    assert max(read_by(node) for _, plan in plans for node in nodes_of(plan)) <= 2.5 * CLIENTS[b.ACME]


DESK: Final = FirmStaff(b.ACME, b.STAFF)
KEPT: Final[dict[str, Callable[[SqlStore], object]]] = {
    "a common word": lambda store: LinkageService(store).suggest(DESK, "smith"),
    "several words": lambda store: LinkageService(store).suggest(DESK, "smith trust"),
    "nobody's word": lambda store: LinkageService(store).suggest(DESK, "zzz"),
    "a short list": lambda store: labels_of(store, HELD[:1]),
    "a long list": lambda store: labels_of(store, HELD[:50]),
}


def labels_of(store: SqlStore, entity_ids: list[str]) -> object:
    """The labels of a page."""
    with store.snapshot() as snapshot:
        return snapshot.entities.labels(b.ACME, [*map(EntityId, entity_ids)])


@pytest.mark.parametrize("name", KEPT)
def test_one_plan_is_kept_for_all_values(server: Server, name: str) -> None:
    """After five times a statement is planned no more, however few rows its values promise."""
    store = SqlStore(sa.create_engine(server.store.engine.url, pool_size=1))
    for _ in range(20):
        KEPT[name](store)
    with store.engine.connect() as connection:
        asked = "SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT%%'"
        plans = connection.exec_driver_sql(asked).scalars().all()
    store.engine.dispose()
    assert {*plans} == {5}
