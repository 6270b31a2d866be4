"""A statement fails within a host's transaction: that is undone, and what the host did is not."""

import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import engines
from tests.service.world import World
from tests.sql.hosting import Host, hosting, jot

from .faults import Fault, mishap
from .rows import rows
from .use_cases import USE_CASES, furnish

MOST = 100
"""More statements than any use case takes."""

FAULTS = (Fault.REFUSED, Fault.FAILED, Fault.STOPPED)
"""What may leave the host its connection."""


@pytest.fixture(params=engines.SQL)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """An application with an engine as SQLAlchemy makes it, and a table of its own."""
    with hosting(request.param, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_that_fails_is_undone_alone(host: Host, name: str) -> None:
    """Whichever of its statements fails, the host's own rows stay, and it goes on in its transaction and commits."""
    case, world = USE_CASES[name], World(host.store)
    furnish(world)
    case.past(world)
    before = rows(host.store)
    with mishap(host.engine) as coming:
        for number, fault in itertools.product(range(1, MOST), FAULTS):
            notes = [*host.notes(), f"{number:03d} {fault.name} before", f"{number:03d} {fault.name} later"]
            with host.engine.connect() as connection:
                jot(connection, notes[-2])
                has_failed = coming.meets(lambda: case.perform(world, host.store.on(connection)), fault, number)
                if has_failed and fault is Fault.REFUSED and coming.struck.startswith("SAVEPOINT"):
                    continue  # there is nothing to go back to
                jot(connection, notes[-1])
                connection.commit()
            assert host.notes() == sorted(notes)
            if not has_failed:
                break
            assert rows(host.store) == before, (number, fault)
    assert number > 1
    assert (rows(host.store) == before) is case.is_reading


def test_who_is_stopped_within_a_statement_loses_the_transaction(host: Host) -> None:
    """SQLAlchemy gives such a connection up: nothing of it is kept, the host's rows neither, and no lock stays."""
    case, world = USE_CASES["link"], World(host.store)
    furnish(world)
    case.past(world)
    before = rows(host.store)
    with mishap(host.engine) as coming:
        for number in range(2, MOST):
            with host.engine.connect() as connection:
                jot(connection, "before")
                link = partial(case.perform, world, host.store.on(connection))
                if not coming.meets(link, Fault.STOPPED_WITHIN, number):
                    break
                assert connection.invalidated
            assert (rows(host.store), host.notes()) == (before, [])
    assert number > 3
