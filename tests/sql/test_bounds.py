"""How long SQLite takes over a use case, in steps of its machine: as long as the answer is, however large the firm."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.domain.values import FirmId
from portal_linkage.testing import builders as b

from .crowd import CLIENTS, HELD, STAFF, USE_CASES, UseCase, desk_at, fill
from .listening import listening
from .test_plans import plans_of

WIDE: Final = re.compile(r"AUTOMATIC|SCAN portal_|SEARCH portal_\w+ USING .*\(firm_id=\?\)$")
"""Reading all rows of a table, or of a firm."""
NARROW: Final = re.compile(
    r"\w+ portal_(firm|journal_end|delivery|late_fee_1) "
    r"|.* portal_(journal_waiting|journal_end_undelivered|journal_position|link_entity)\b"
)
"""A firm is one row, and one late fee tells that it has any; what waits is asked for as a whole; of journals the end is
looked at, and of links the first few."""
ASKS: Final = re.compile("SELECT|INSERT|UPDATE|DELETE|WITH")
OF_JANE_AND_HOLDING: Final = [
    "sign_up again",
    "remove_user",
    "view",
    "entities",
    "invoices",
    "paid invoices",
    "late_fees",
    "payments",
]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """Two firms in a file, the one four times as large as the other."""
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('crowd')}/portal.db")
    fill(store)
    yield store
    store.close()


def steps_of(store: SqlStore, firm_id: FirmId, ask: UseCase, before: str | None = None) -> int:
    """How many steps SQLite's machine takes over a use case."""
    steps: list[None] = []
    with desk_at(store, firm_id) as (desk, connection):
        driver: Any = connection.connection.driver_connection
        if before is not None:
            connection.exec_driver_sql(before, (firm_id,))
        driver.set_progress_handler(lambda: steps.append(None), 1)
        try:
            ask(desk)
        finally:
            driver.set_progress_handler(None, 1)
    return len(steps)


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_takes_as_long_at_a_firm_four_times_as_large(crowd: SqlStore, name: str) -> None:
    """What a person or the firm asks for costs what it answers, whoever else is a client of the firm."""
    small, large = (steps_of(crowd, firm_id, USE_CASES[name]) for firm_id in CLIENTS)
    assert 0 < large < 1.5 * small


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_reads_no_table_from_end_to_end(crowd: SqlStore, name: str) -> None:
    """Whatever is asked for is found by an index that was made beforehand."""
    with desk_at(crowd, b.ACME) as (desk, _), listening(crowd) as said:
        USE_CASES[name](desk)
    plans = plans_of(crowd, [one for one in said if ASKS.match(one.statement)])
    assert plans
    wide = [step for steps in plans.values() for step in steps if WIDE.match(step)]
    assert [step for step in wide if not NARROW.match(step)] == []


@pytest.mark.parametrize("name", OF_JANE_AND_HOLDING)
def test_a_use_case_takes_at_most_as_many_times_longer_as_a_user_has_more_entities(crowd: SqlStore, name: str) -> None:
    """Who has a hundred entities waits as long for each as Jane for each of her three."""
    cases = {**STAFF, **USE_CASES}
    of_jane = cases.get(name) or cases[f"{name} (Jane)"]
    jane, holding = (steps_of(crowd, b.ACME, ask) for ask in (of_jane, cases[f"{name} (holding)"]))
    assert holding < jane * len(HELD) / len(b.NAMES)


def test_what_nobody_has_read_of_the_journal_does_not_slow_a_change(crowd: SqlStore) -> None:
    """A firm that never looks into its journal links clients as fast as one that does."""
    forget = "UPDATE portal_journal SET position = NULL WHERE firm_id = ?"
    read = steps_of(crowd, b.ACME, USE_CASES["link"])
    assert steps_of(crowd, b.ACME, USE_CASES["link"], before=forget) < 1.5 * read


COMMON: Final[dict[str, Callable[[str], UseCase]]] = {
    "portal_users": lambda text: lambda at: at.portal.portal_users(at.staff, search=text),
    "suggest": lambda text: lambda at: at.portal.suggest(at.staff, text),
}


@pytest.mark.parametrize("search", COMMON)
@pytest.mark.parametrize("text", ["smith", "smith trust", "5"])
def test_a_search_for_what_everybody_has_takes_as_long_as_there_are_matches(
    crowd: SqlStore, search: str, text: str
) -> None:
    """A search reads all that it finds before it shows a page of it: so long, and no longer, may it take."""
    small, large = (steps_of(crowd, firm_id, COMMON[search](text)) for firm_id in CLIENTS)
    assert large < 5 * small
    assert large < 80 * CLIENTS[b.ACME]
