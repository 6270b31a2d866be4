"""Thirty-two people sign up at the same time."""

import pytest

from .course import Course
from .duel import Duel, rounds, wrong
from .party import Moment, Way
from .stories import CROWD, MANY_ADDRESSES, ONE_ADDRESS, Race

one_address = pytest.mark.parametrize("race", ONE_ADDRESS, ids=str)
ways = pytest.mark.parametrize("way", [Way.OWN, Way.HOST])


@ways
@one_address
def test_one_address_has_one_winner(race: Race, course: Course, way: Way) -> None:
    """One sign-up makes the user, and the others are told of them (L3, L9)."""
    duel = Duel(race, course, way)
    assert wrong([duel.freely() for _ in rounds()]) == []


@one_address
def test_all_wait_for_the_one_who_is_first(race: Race, course: Course) -> None:
    """While one is held, the other 31 wait, and none of them fails for it."""
    duel = Duel(race, course, Way.OWN)
    played = [duel.held(number % CROWD, Moment.LOCKED) for number in rounds()]
    assert wrong(played) == []
    assert {one.waited for one in played} == {CROWD - 1}


@ways
def test_each_address_has_its_user(course: Course, way: Way) -> None:
    """Thirty-two addresses become as many users, each with what lists them (L2)."""
    duel = Duel(MANY_ADDRESSES, course, way)
    assert wrong([duel.freely() for _ in rounds()]) == []


@pytest.mark.parametrize("course", ["postgresql"], indirect=True)
def test_nobody_waits_for_another_person(course: Course) -> None:
    """While one is held, on PostgreSQL 31 others sign up at the same firm: a mailbox is one person's."""
    duel = Duel(MANY_ADDRESSES, course, Way.OWN)
    assert wrong([duel.overtaken(number % CROWD, Moment.DONE) for number in rounds()]) == []
