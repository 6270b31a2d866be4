"""A race is run: the parties are let go or held, and what came of it is put beside the model's orders."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Final

import attrs
import sqlalchemy as sa

from portal_linkage import FirmId, LinkageService
from tests.folding import fold

from .course import Course, pictured
from .model import Answer, Outcome, serial
from .party import PATIENCE, Moment, Party, Way
from .stories import Race

_GRACE_SECONDS: Final = 0.01
_PAUSE_SECONDS: Final = 0.002

# How many wait for a lock. The one who is held is idle, so that it is for their lock that the others wait.
_WAITING: Final = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


def rounds(by_default: int = 1) -> range:
    """How many rounds a test plays: as many as the environment says, or a few."""
    return range(int(os.environ.get("PORTAL_LINKAGE_ROUNDS", by_default)))


@attrs.frozen
class Round:
    """What came of one round."""

    wrong: str | None
    """How it differs from all serial orders, if it does."""
    begun_anew: tuple[int, ...]
    """How often each party's host was told to begin anew."""
    waited: int
    """How many parties were seen to wait for the one who was held."""


def wrong(played: Iterable[Round]) -> list[str]:
    """What is wrong with these rounds."""
    return [one.wrong for one in played if one.wrong]


class Duel:
    """A race and those who run it; every round is at a new firm."""

    def __init__(self, race: Race, course: Course, way: Way, *, is_unlocked: bool = False) -> None:
        self._race, self._course = race, course
        self._parties = course.parties(len(race.acts), way, is_unlocked=is_unlocked)

    def in_turn(self) -> Round:
        """Each begins when the one before has ended."""
        firm_id, acts = self._course.scene(self._race)
        with ThreadPoolExecutor(1) as pool:
            begun = [pool.submit(party.play, act, Barrier(1)) for party, act in zip(self._parties, acts, strict=True)]
        return self._ended(firm_id, begun)

    def freely(self) -> Round:
        """All begin at once, and nobody is held."""
        firm_id, acts = self._course.scene(self._race)
        start = Barrier(len(acts))
        with ThreadPoolExecutor(len(acts)) as pool:
            begun = [pool.submit(party.play, act, start) for party, act in zip(self._parties, acts, strict=True)]
        return self._ended(firm_id, begun)

    def held(self, first: int, moment: Moment) -> Round:
        """One begins and is held at a moment; the others go as far as they can, and then it is let go."""
        return self._held(first, moment, self._settled)

    def overtaken(self, first: int, moment: Moment) -> Round:
        """One begins and is held at a moment until all others have ended."""

        def all_end(others: Mapping[Party, Future[Answer]]) -> int:
            for run in others.values():
                run.result(PATIENCE)
            return 0

        return self._held(first, moment, all_end)

    def _held(self, first: int, moment: Moment, until: Callable[[Mapping[Party, Future[Answer]]], int]) -> Round:
        firm_id, acts = self._course.scene(self._race)
        holder, alone = self._parties[first], Barrier(1)
        holder.hold(moment)
        with ThreadPoolExecutor(len(acts)) as pool, ExitStack() as stack:
            stack.callback(holder.let_go)
            begun = {first: pool.submit(holder.play, acts[first], alone)}
            holder.wait_until_held()
            for place in {*range(len(acts))} - {first}:
                begun[place] = pool.submit(self._parties[place].play, acts[place], alone)
            waited = until({self._parties[place]: run for place, run in begun.items() if place != first})
        return self._ended(firm_id, [begun[place] for place in range(len(acts))], waited)

    def _settled(self, others: Mapping[Party, Future[Answer]]) -> int:
        """Wait until each of the others has ended, or waits itself; how many wait."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            ended = sum(run.done() for run in others.values())
            waiting = self._waiting(others)
            if ended + waiting == len(others):
                return waiting
            time.sleep(_PAUSE_SECONDS)
        raise TimeoutError("the others neither ended nor waited")

    def _waiting(self, others: Iterable[Party]) -> int:
        engine = self._course.office.engine
        if engine.dialect.name == "sqlite":  # it does not tell who waits, only takes its time
            return sum(party.asks_for() > _GRACE_SECONDS for party in others)
        with engine.connect() as connection:
            return int(connection.execute(_WAITING).scalar_one())

    def _ended(self, firm_id: FirmId, begun: Sequence[Future[Answer]], waited: int = 0) -> Round:
        answers = tuple(run.result(PATIENCE) for run in begun)
        begun_anew = tuple(party.conflicts for party in self._parties)
        return Round(self._judged(firm_id, answers), begun_anew, waited)

    def _judged(self, firm_id: FirmId, answers: tuple[Answer, ...]) -> str | None:
        """What is wrong with how it came out: it must be as in some serial order, and so must the journal."""
        book = self._race.book()
        for act in self._race.before:
            act.done_in(book)
        came, orders = Outcome(answers, pictured(self._course.office, firm_id)), list(serial(book, self._race.acts))
        if came not in orders:
            return f"{came} is none of {orders}"
        events = LinkageService(self._course.office).changes(firm_id).items
        links = came.picture.links.items()
        held = {user_id: {one: frozenset(kinds) for one, kinds in of_user} for user_id, of_user in links}
        return None if fold(events) == held and len({*events}) == len(events) else f"journaled otherwise: {events}"
