"""A statement fails: nothing of its use case has happened."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from portal_linkage.adapters.sql import SqlStore
from tests import engines
from tests.service.world import World

from .faults import Fault, Mishap, mishap, mishap_of_drivers
from .rows import rows
from .use_cases import USE_CASES, furnish

MOST = 100
"""More statements than any use case takes."""

FAULTS = (Fault.REFUSED, Fault.LOST, Fault.STOPPED, Fault.STOPPED_WITHIN)
"""Whatever can go wrong, for a connection that is ours to give up."""


@pytest.fixture(params=engines.SQL)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store, whose file outlives its connections."""
    opened = engines.opened(request.param, tmp_path)
    assert isinstance(opened, SqlStore)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_that_fails_has_done_nothing(store: SqlStore, name: str) -> None:
    """Whichever of its statements fails, all is as before, the caller is told by our own error, and may try again."""
    check_failing(store, name, mishap(store.engine))


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_that_fails_where_nobody_listens_has_done_nothing(store: SqlStore, name: str) -> None:
    """The same of statements that a driver is asked to execute, past SQLAlchemy."""
    check_failing(store, name, mishap_of_drivers())


def check_failing(store: SqlStore, name: str, mishaps: AbstractContextManager[Mishap]) -> None:
    """Let each statement of a use case fail, in each way."""
    case, world = USE_CASES[name], World(store)
    furnish(world)
    case.past(world)
    before = rows(store)
    with mishaps as coming:
        for number, fault in itertools.product(range(1, MOST), FAULTS):
            if not coming.meets(lambda: case.perform(world, store), fault, number):
                break
            assert rows(store) == before, (number, fault)
    assert number > 1
    assert (rows(store) == before) is case.is_reading
