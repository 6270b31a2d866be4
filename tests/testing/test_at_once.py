"""What the promises about threads and locks say to stores that lock nothing, decide again, or stay on one thread."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock, current_thread, get_ident, main_thread
from time import sleep
from typing import Final

import pytest
from json_store import JsonStore
from json_store.store import Parts

from portal_linkage import Conflict
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.session import Session
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.adapters.memory.store import MemorySnapshot, MemoryTransaction
from portal_linkage.domain.values import FirmId
from portal_linkage.ports import Store, Transaction
from portal_linkage.testing.contract._at_once import at_once, decided, until
from portal_linkage.testing.contract.locks import LockPromises
from portal_linkage.testing.contract.threads import ThreadPromises
from portal_linkage.testing.promises import Promises


class FirstWrite(Session):
    """It keeps others out from its first write on."""

    alone: Lock
    is_alone = False

    def opened(self, firm_id: FirmId) -> Cabinet:
        """The firm's things, to write."""
        if not self.is_alone:
            self.alone.acquire()
            self.is_alone = True
        return super().opened(firm_id)


class Lazy(MemoryStore):
    """It takes for plain readings what locks clients and refused proofs."""

    def __init__(self) -> None:
        super().__init__()
        self._alone = Lock()

    @contextmanager
    def snapshot(self) -> Generator[MemorySnapshot, None, None]:
        """Nobody writes meanwhile."""
        with self._alone:
            session = Session(self._door, self._cabinets, writes=False)
            yield MemorySnapshot(session)
            session.end()

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """It is alone from its first write on."""
        session = FirstWrite(self._door, self._cabinets, writes=True)
        session.alone = self._alone
        try:
            yield MemoryTransaction(session)
        finally:
            session.keep()
            session.end()
            if session.is_alone:
                self._alone.release()


class Optimistic(JsonStore):
    """It lets everybody begin, and refuses who finds other documents than were read."""

    def __init__(self) -> None:
        super().__init__({})
        self.refused = Counter[str]()

    @contextmanager
    def transaction(self) -> Generator[Parts]:
        """Kept if the documents are those that were read."""
        with self._entered(writes=True) as block:
            yield Parts(block)
            with self._writing:
                if any(self._documents.get(one, "{}") != block.documents.get(one, "{}") for one in block.books):
                    self.refused[f"{get_ident()}"] += 1
                    raise Conflict("the documents were changed meanwhile", retryable=True)
                self._keep(block)


class Affine(MemoryStore):
    """It serves the main thread alone."""

    @contextmanager
    def snapshot(self) -> Generator[MemorySnapshot, None, None]:
        """For one thread."""
        assert current_thread() is main_thread(), "not on this thread"
        with super().snapshot() as snapshot:
            assert isinstance(snapshot, MemorySnapshot)
            yield snapshot

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """For one thread."""
        assert current_thread() is main_thread(), "not on this thread"
        with super().transaction() as tx:
            yield tx


ONE_BLOCK: Final = "test_another_thread_may_end_a_block"
LOCKS: Final = [name for name in dir(LockPromises) if name.startswith("test_") and "no_promise" not in name]
THREADS: Final = [name for name in dir(ThreadPromises) if name.startswith("test_") and "no_promise" not in name]


class Slow(Lazy):
    """It keeps nobody out, and takes its time to begin a change."""

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """In a tenth of a second."""
        sleep(0.1)
        with super().transaction() as tx:
            yield tx


class Patient(LockPromises):
    """Promises of a store like that."""

    pause = 1


def keep(name: str, store: Store, kind: type[Promises] | None = None) -> None:
    """Hold one promise, as pytest does."""
    kind = kind or (LockPromises if name in LOCKS else ThreadPromises)
    promise: Callable[..., None] = getattr(kind(), name)
    if name == ONE_BLOCK:
        promise(store, "transaction")
    else:
        promise(store)


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("test_a_client_that_is_held_is_not_changed", "L13, a bad feed takes nothing away,"),
        ("test_a_client_that_is_held_is_not_locked", "L13, a bad feed takes nothing away,"),
        ("test_nothing_comes_to_rest_on_a_locked_client", "L13, a bad feed takes nothing away,"),
        ("test_a_locked_client_is_changed_by_one_at_a_time", "L13, a bad feed takes nothing away,"),
        ("test_refused_proofs_are_looked_up_by_one_at_a_time", "L10, the invisible does not exist,"),
    ],
)
def test_what_locks_nothing_is_caught(name: str, law: str) -> None:
    """Each lock has a promise of its own."""
    with pytest.raises(AssertionError, match="both were decided as if the other were not there") as caught:
        keep(name, Lazy())
    assert caught.value.__notes__[0].startswith(f"{law} is broken: ")


def test_what_locks_nothing_is_caught_if_it_is_given_the_time_it_takes() -> None:
    """The author of a slow adapter lets the promises pause for longer."""
    name = "test_a_client_that_is_held_is_not_changed"
    keep(name, Slow())
    with pytest.raises(AssertionError, match="both were decided as if the other were not there"):
        keep(name, Slow(), Patient)


def test_what_is_done_until_another_is_ready_is_done_once_at_least() -> None:
    """However soon the other is."""
    done: list[None] = []
    until(lambda: True, lambda: done.append(None))()
    assert done == [None]


@pytest.mark.parametrize("name", [*LOCKS, *THREADS])
def test_a_store_that_would_be_decided_again_keeps_what_is_promised_of_threads(name: str) -> None:
    """As the service does, the promises decide again, and nothing is lost."""
    keep(name, Optimistic())


def test_a_store_that_would_be_decided_again_is() -> None:
    """It does refuse somebody."""
    store = Optimistic()
    keep("test_a_locked_firm_is_changed_by_one_at_a_time", store)
    assert store.refused.total() == 1


@pytest.mark.parametrize("name", THREADS)
def test_a_thread_that_fails_keeps_nobody_waiting(name: str) -> None:
    """Its very error is what the promise fails with, at once."""
    with pytest.raises(AssertionError, match="not on this thread"):
        keep(name, Affine())


def test_a_thread_that_never_ends_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while it is told so, and the program may end."""
    monkeypatch.setattr("portal_linkage.testing.contract._at_once.PATIENCE", 0.05)
    waiting = Lock()
    with waiting, pytest.raises(AssertionError, match="a thread has not come to its end within"):
        at_once(waiting.acquire)


def test_what_no_retry_helps_is_not_tried_again() -> None:
    """Only who was in another's way is decided again."""

    def refuse(_: object) -> None:
        raise Conflict("never")

    with pytest.raises(Conflict, match="never"):
        decided(MemoryStore(), refuse)
