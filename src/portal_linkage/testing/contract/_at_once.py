"""Things that happen at once, each on a thread that no failure of another keeps waiting."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from functools import partial
from threading import Barrier, Thread
from time import monotonic
from typing import Final, TypeVar

from ...domain.errors import Conflict
from ...ports import Store, Transaction, changed

T = TypeVar("T")

ROUNDS: Final = 40
PATIENCE: Final = 30
"""So many seconds a thread may take."""
GRACE: Final = 2
"""So many seconds others have to come to their end, when one has failed."""


def begin(task: Callable[[], T]) -> Future[T]:
    """Begin this on a thread of its own, which does not keep the program from ending."""
    begun = Future[T]()

    def run() -> None:
        try:
            begun.set_result(task())
        except BaseException as error:  # noqa: BLE001 -- whoever asks for the end is told
            begun.set_exception(error)

    Thread(target=run, daemon=True).start()
    return begun


def ended(*begun: Future[T]) -> list[T]:
    """What these have come to; the first error of any goes on to the caller, however long others would take."""
    done, open_ones = wait(begun, PATIENCE, FIRST_EXCEPTION)
    failed = [error for error in (one.exception() for one in done) if error is not None]
    if failed:
        wait(open_ones, GRACE)
        raise failed[0]
    assert not open_ones, f"a thread has not come to its end within {PATIENCE} seconds"
    return [one.result() for one in begun]


def at_once(*tasks: Callable[[], T]) -> list[T]:
    """Run these on a thread each, all begun together, and give what they gave."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        start.wait(PATIENCE)
        return task()

    return ended(*[begin(partial(run, task)) for task in tasks])


def repeated(task: Callable[[], T]) -> Callable[[], list[T]]:
    """The task, many times over."""

    def run() -> list[T]:
        return [task() for _ in range(ROUNDS)]

    return run


def until(is_done: Callable[[], bool], task: Callable[[], object]) -> Callable[[], None]:
    """The task, once at least, and over and over until that is done, or nobody would wait any longer."""

    def run() -> None:
        began = monotonic()
        task()
        while not is_done() and monotonic() - began < PATIENCE:
            task()

    return run


def patiently(act: Callable[[], T]) -> T:
    """Do this, and again for as long as another change is in its way."""
    began = monotonic()
    while True:
        try:
            return act()
        except Conflict as conflict:
            if not conflict.retryable or monotonic() - began > PATIENCE:
                raise


def decided(store: Store, act: Callable[[Transaction], T]) -> T:
    """Make a change as the service does, however often others are in its way."""
    return patiently(lambda: changed(store, act))
