"""Somebody who takes part in a race: on a store, an engine and a thread of their own, and held where the race says."""

import time
from collections.abc import Callable
from enum import StrEnum
from threading import Barrier, Event
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.domain.errors import Conflict
from portal_linkage.ports import Store

from .acts import told
from .model import Answer

PATIENCE: Final = 60
_TRIES: Final = 50


class Way(StrEnum):
    """Whose transaction an act is done in."""

    OWN = "own"
    HOST = "host"
    REPEATABLE = "repeatable read"


class Moment(StrEnum):
    """Where a party can be held."""

    READ = "read"
    """Its host has read something, and it has yet to begin."""
    LOCKED = "locked"
    """It has locked the mailbox."""
    DONE = "done"
    """It has done everything but the commit."""


class Party:
    """One process of a host, say: it does one act at a time."""

    def __init__(self, store: SqlStore, way: Way) -> None:
        self.store = store
        self.conflicts = 0
        """How often its host was told to begin its last act anew."""
        self._way = way
        self._held_at: Moment | None = None
        self._is_held, self._may_go = Event(), Event()
        self._asking_since: float | None = None
        self._listen()

    def hold(self, moment: Moment) -> None:
        """Let the next act stop at this moment, until it may go on."""
        self._is_held.clear()
        self._may_go.clear()
        self._held_at = moment

    def wait_until_held(self) -> None:
        """Wait until it has come there."""
        assert self._is_held.wait(PATIENCE), f"nobody came as far as this: {self._held_at}"

    def let_go(self) -> None:
        """Let it go on."""
        self._may_go.set()

    def asks_for(self) -> float:
        """For how many seconds it has been waiting for the answer to a statement."""
        since = self._asking_since
        return 0 if since is None else time.monotonic() - since

    def play(self, act: Callable[[Store], object], start: Barrier) -> Answer:
        """Do this when the race starts, and tell what came of it: an error that comes to the caller, too."""
        self.conflicts = 0
        start.wait(PATIENCE)
        try:
            return told(self._done(act))
        except Exception as error:  # noqa: BLE001 -- whatever comes to the caller is the outcome
            return told(error)
        finally:
            self._asking_since = None

    def _done(self, act: Callable[[Store], object]) -> object:
        if self._way is Way.OWN:
            return act(self.store)
        for _ in range(_TRIES):
            try:
                return self._done_by_host(act)
            except Conflict as conflict:
                if self._way is Way.HOST or not conflict.retryable:
                    raise
                self.conflicts += 1
        return self._done_by_host(act)

    def _done_by_host(self, act: Callable[[Store], object]) -> object:
        """What a host does that has its own transaction, in which it has read already."""
        with self.store.engine.connect() as connection:
            if self._way is Way.REPEATABLE:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            connection.execute(sa.text("SELECT count(*) FROM portal_firm"))
            self._come_to(Moment.READ)
            answer = act(self.store.on(connection))
            connection.commit()
            return answer

    def _listen(self) -> None:
        def before(*_: object) -> None:
            self._asking_since = time.monotonic()

        def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            self._asking_since = None
            if "portal_mailbox" in statement:
                self._come_to(Moment.LOCKED)

        event.listen(self.store.engine, "before_cursor_execute", before)
        event.listen(self.store.engine, "after_cursor_execute", after)
        event.listen(self.store.engine, "commit", lambda _: self._come_to(Moment.DONE))

    def _come_to(self, moment: Moment) -> None:
        if self._held_at is moment:
            self._held_at = None
            self._is_held.set()
            self._may_go.wait(PATIENCE)
