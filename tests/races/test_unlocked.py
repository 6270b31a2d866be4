"""With the locks taken out, the races are lost on PostgreSQL: what the other tests here would find."""

from collections.abc import Iterable, Iterator

import pytest

from tests import engines

from .course import Course
from .duel import Duel, Round, rounds, wrong
from .party import Way
from .stories import DUELS, LET_GO, ONE_ADDRESS, Race

NEW_ADDRESSES = [race for race in (*DUELS, *ONE_ADDRESS) if not race.lost_unlocked_in]

on_postgresql = pytest.mark.parametrize("course", ["postgresql"], indirect=True)


def cases(races: Iterable[Race], *, is_lost: bool) -> list[tuple[Race, Way]]:
    """The races that are lost without the lock, or those that are not, and in whose transactions."""
    return [(race, way) for race in races for way in Way if (way in race.lost_unlocked_in) is is_lost]


def played(race: Race, course: Course, way: Way) -> Iterator[Round]:
    """Each order of the first two parties, held at either moment."""
    duel = Duel(race, course, way, is_unlocked=True)
    for _ in rounds():
        for first in (0, 1):
            for moment in race.moments:
                yield duel.held(first, moment)


@on_postgresql
@pytest.mark.parametrize(("race", "way"), cases((*DUELS, *LET_GO, *ONE_ADDRESS), is_lost=True), ids=str)
def test_without_the_lock_it_comes_out_as_in_no_order(race: Race, course: Course, way: Way) -> None:
    """A mailbox that is read but not written lets two decide by what is no longer so: this is what the lock is for."""
    assert any(one.wrong for one in played(race, course, way))


@on_postgresql
@pytest.mark.parametrize(("race", "way"), cases(DUELS, is_lost=False), ids=str)
def test_what_the_database_lines_up_by_itself(race: Race, course: Course, way: Way) -> None:
    """Two who make one mailbox wait at its unique key, and two who change its user of the past are refused."""
    assert wrong(played(race, course, way)) == []


@pytest.fixture
def keyless(course: Course) -> Iterator[Course]:
    """A course on which an address may have two mailboxes."""
    (key,) = (index for index in course.office._parts.tables.mailbox.indexes if "email_key" in index.columns)
    with course.office.engine.begin() as connection:
        key.drop(connection)
    yield course
    engines.emptied("postgresql")
    with course.office.engine.begin() as connection:
        key.create(connection)


@on_postgresql
@pytest.mark.parametrize(("race", "way"), cases(NEW_ADDRESSES, is_lost=False), ids=str)
def test_without_its_unique_key_a_new_address_is_lost_too(race: Race, keyless: Course, way: Way) -> None:
    """Neither lock nor key: each of the two has made a mailbox, and knows nothing of the other."""
    assert any(one.wrong for one in played(race, keyless, way))


@on_postgresql
@pytest.mark.parametrize("race", DUELS, ids=str)
def test_one_after_the_other_needs_no_lock(race: Race, course: Course) -> None:
    """The store without the lock is right as long as nobody races: nothing else was taken out of it."""
    assert Duel(race, course, Way.OWN, is_unlocked=True).in_turn().wrong is None
