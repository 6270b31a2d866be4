"""How the database finds what it is asked for."""

import re
from collections.abc import Callable, Iterable, Iterator

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Snapshot
from portal_linkage.testing.builders import entity, event, firm, journaled, late_fee, sign_up, usd, user

from .listening import Said, listening
from .story import READINGS, change_everything, client_ids, tell

ONE_OR_ALL = r"portal_firm |portal_journal USING INDEX portal_journal_waiting |portal_late_fee_1 USING COVERING INDEX "
WHOLE_FIRM = re.compile(rf"SEARCH (?!{ONE_OR_ALL})\S+ USING .*\(firm_id=\?\)$")
"""Reading all rows of a firm.

The firm itself is one row, whether it has late fees is told by one, and what waits to be read is asked for as a whole.
"""


@pytest.fixture(scope="module")
def told() -> Iterator[SqlStore]:
    """A store with something of every kind."""
    store = SqlStore.open("sqlite://")
    with store.transaction() as tx:
        tell(tx, 20)
    yield store
    store.close()


def plans_of(store: SqlStore, said: Iterable[Said]) -> dict[str, list[str]]:
    """What SQLite would do for each statement."""
    plans: dict[str, list[str]] = {}
    with store.engine.connect() as connection:
        for one in said:
            nothing = (None,) * one.statement.count("?")
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.statement}", nothing)
            plans[one.statement] = [row.detail for row in rows]
    return plans


def assert_narrow(plans: dict[str, list[str]]) -> None:
    """Assert that no plan reads a table, or a firm's part of it, from end to end."""
    assert plans
    for statement, steps in plans.items():
        scans = [step for step in steps if "SCAN portal_" in step or "AUTOMATIC" in step]
        firms = [step for step in steps if WHOLE_FIRM.match(step)]
        assert not scans, (statement, steps)
        assert not firms or "max(" in statement, (statement, steps)


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_reads_no_table_from_end_to_end(told: SqlStore, name: str) -> None:
    """Every question about a person, a page or an entity is answered by ranges of indexes."""
    with told.snapshot() as snapshot, listening(told) as said:
        READINGS[name](snapshot)
    assert_narrow(plans_of(told, said))


def test_a_change_reads_no_table_from_end_to_end(told: SqlStore) -> None:
    """Every change finds its rows by an index."""
    with told.transaction() as tx, listening(told) as said:
        change_everything(tx)
    assert_narrow(plans_of(told, said))


def steps_in(store: SqlStore) -> Callable[[Callable[[], object]], int]:
    """What counts the steps that SQLite's machine takes."""
    with store.engine.connect() as connection:  # in memory there is only this one, and it goes back to the pool
        driver = connection.connection.driver_connection
    assert driver is not None

    def steps_of(act: Callable[[], object]) -> int:
        steps: list[None] = []
        driver.set_progress_handler(lambda: steps.append(None), 1)
        act()
        driver.set_progress_handler(None, 1)
        return len(steps)

    return steps_of


def steps_of_append(store: SqlStore) -> int:
    """How many it takes to write one event down."""
    steps_of = steps_in(store)
    with store.transaction() as tx:
        journaled(tx, [event()])
        return steps_of(lambda: journaled(tx, [event()]))


def test_a_long_journal_is_continued_as_fast_as_a_short_one(told: SqlStore) -> None:
    """To find the end of a journal, SQLite does not read it."""
    before = steps_of_append(told)
    with told.transaction() as tx:
        journaled(tx, [event()] * 2000)
    assert steps_of_append(told) == before


@pytest.mark.parametrize("reading", ["late fees", "late fees due"])
def test_where_a_firm_has_no_late_fees_no_client_is_looked_up_for_them(reading: str) -> None:
    """A person's links are walked through at most; where others have a late fee, each client is looked up."""
    store = SqlStore.open("sqlite://")
    steps_of = steps_in(store)

    def steps() -> int:
        with store.snapshot() as snapshot:
            return steps_of(lambda: READINGS[f"{reading} (linked)"](snapshot))

    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many(map(entity, client_ids(200)))
        sign_up(tx, user(), *client_ids(199))
        tx.late_fees.save(late_fee("paid", client_ids(1)[0], amount_due=usd(0)))
    without = steps()
    with store.transaction() as tx:
        tx.late_fees.save(late_fee("due", client_ids(200)[-1]))
    assert 2 * without < steps()
    store.close()


@pytest.mark.parametrize("reading", ["open invoices", "paid invoices", "totals", "late fees due", "payments"])
def test_bills_are_found_and_added_up_in_an_index(told: SqlStore, reading: str) -> None:
    """A page or a sum of bills looks at no bill that it does not show."""
    with told.snapshot() as snapshot, listening(told) as said:
        READINGS[f"{reading} (linked)"](snapshot)
    (steps,) = plans_of(told, said).values()
    assert any(re.match(r"SEARCH portal_(invoice|late_fee|payment) USING COVERING INDEX", step) for step in steps)


def test_the_plans_hold_in_a_database_that_is_opened_again(url: str) -> None:
    """What the planner was told is kept in the database: another process finds as fast."""
    SqlStore.open(url).close()
    store = SqlStore.open(url)

    def ask(snapshot: Snapshot) -> None:
        for reading in READINGS.values():
            reading(snapshot)

    with store.snapshot() as snapshot, listening(store) as said:
        ask(snapshot)
    assert_narrow(plans_of(store, said))
    store.close()
