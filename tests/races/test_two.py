"""Two parties at once, on both engines, whoever owns the transaction: each outcome is that of one after the other."""

import pytest

from tests import engines

from .course import Course
from .duel import Duel, rounds, wrong
from .party import Moment, Way
from .stories import DUELS, LET_GO, Race

PLACES = [*((engine, way) for engine in engines.SQL for way in (Way.OWN, Way.HOST)), ("postgresql", Way.REPEATABLE)]

races = pytest.mark.parametrize("race", DUELS, ids=str)
everywhere = pytest.mark.parametrize(
    ("race", "course", "way"),
    [
        pytest.param(race, engine, way, id=f"{race}-{engine}-{way}")
        for engine, way in PLACES
        for race in (*DUELS, *LET_GO)
        if way is not Way.REPEATABLE or race not in LET_GO
    ],
    indirect=["course"],
)


@everywhere
def test_two_at_once_come_out_as_one_after_the_other(race: Race, course: Course, way: Way) -> None:
    """Nobody is held: the answers, links, users, bars and the journal are those of some order (L3, L7, L9, L11)."""
    duel = Duel(race, course, way)
    assert wrong([duel.freely() for _ in rounds(3)]) == []


@everywhere
def test_the_second_waits_for_the_first(race: Race, course: Course, way: Way) -> None:
    """Whichever is first, and however far it has come: the other waits until it has ended, and only then decides."""
    duel = Duel(race, course, way)
    played = [duel.held(first, moment) for moment in race.moments for first in (0, 1) for _ in rounds()]
    assert wrong(played) == []
    assert {one.waited for one in played} == {1}


@races
def test_what_a_host_read_before_decides_nothing(race: Race, course: Course) -> None:
    """A host has read in its transaction when another one comes and goes: its own act meets what there is now."""
    duel = Duel(race, course, Way.HOST)
    assert wrong([duel.overtaken(first, Moment.READ) for first in (0, 1) for _ in rounds()]) == []


@pytest.mark.parametrize("course", ["postgresql"], indirect=True)
@pytest.mark.parametrize("first", [0, 1])
@races
def test_a_host_that_looks_at_the_past_is_told_to_begin_anew(race: Race, course: Course, first: int) -> None:
    """At REPEATABLE READ it goes on seeing what it read before, and nothing is decided by that: a retry helps."""
    duel = Duel(race, course, Way.REPEATABLE)
    played = [duel.overtaken(first, Moment.READ) for _ in rounds()]
    assert wrong(played) == []
    assert {one.begun_anew for one in played} == {(1, 0) if first == 0 else (0, 1)}
