"""A change in memory that is stopped anywhere, as by Ctrl-C or a time limit: nothing of it is left."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final
from unittest.mock import Mock

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.session import Session
from portal_linkage.adapters.memory.shelves import Shelf
from portal_linkage.domain.errors import StoreUnavailable
from portal_linkage.domain.values import EntityId, UserId
from portal_linkage.ports import Transaction
from portal_linkage.testing.builders import event, journaled
from portal_linkage.testing.contract._changes import CHANGES as KINDS
from portal_linkage.testing.contract._pictures import GaveUpError, furnish, picture, undone

UNDO, PUT = Session.undo.__code__, Session.put.__code__


def furnished() -> MemoryStore:
    """A store with something of every kind."""
    store = MemoryStore()
    with store.transaction() as tx:
        furnish(tx)
    return store


def codes_of(frame: FrameType | None) -> Iterator[Any]:
    """What is being executed, the innermost first."""
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def is_putting(frame: FrameType) -> bool:
    """Whether a row is being put on its shelf, and not put back."""
    codes = [*codes_of(frame)]
    return PUT in codes and UNDO not in codes


def is_putting_back(frame: FrameType) -> bool:
    """Whether one is being put back."""
    return UNDO in [*codes_of(frame)][1:]


def change_until(
    store: MemoryStore, change: Callable[[Transaction], object], line: int, counts: Callable[[FrameType], bool]
) -> bool:
    """Make a change that is stopped before so many of the lines that count; whether it had so many."""
    reached = 0

    def watch(frame: FrameType, happened: str, _: object) -> Any:  # noqa: ANN401 -- as Python wants it
        nonlocal reached
        if ".memory." not in frame.f_globals["__name__"]:
            return None
        if happened == "line" and counts(frame):
            reached += 1
            if reached == line:
                raise KeyboardInterrupt
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with store.transaction() as tx:
            change(tx)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def journal_of_others(tx: Transaction) -> None:
    """Write of a user and a client of whom nothing was written before."""
    journaled(tx, [event(user_id=UserId("other"), entity_id=EntityId("other"))])


CHANGES: Final = {**KINDS, "journal of others": journal_of_others}


def assert_undone_wherever_it_is_stopped(name: str, stopped: Callable[[MemoryStore, int], bool]) -> None:
    """Everything reads as before the change; and made again, it is as if it had never been stopped."""
    store = furnished()
    before = picture(store)
    with store.transaction() as tx:
        CHANGES[name](tx)
    after, line = picture(store), 1
    while stopped(store := furnished(), line):
        assert picture(store) == before, line
        with store.transaction() as tx:
            CHANGES[name](tx)
        assert picture(store) == after, line
        line += 1
    assert line > 1


@pytest.mark.no_cover  # it counts lines itself
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_stopped_anywhere_is_undone_and_can_be_made_again(name: str) -> None:
    """At each line that puts a row on a shelf, or tells an index of it."""
    assert_undone_wherever_it_is_stopped(name, lambda store, line: change_until(store, CHANGES[name], line, is_putting))


@pytest.mark.no_cover  # likewise
@pytest.mark.parametrize("name", CHANGES)
def test_whoever_stops_what_undoes_a_change_waits_until_it_is_undone(name: str) -> None:
    """A change that has failed by itself is undone all the same."""

    def fail(tx: Transaction) -> None:
        CHANGES[name](tx)
        raise GaveUpError

    def stopped(store: MemoryStore, line: int) -> bool:
        try:
            return change_until(store, fail, line, is_putting_back)
        except GaveUpError:
            return False

    assert_undone_wherever_it_is_stopped(name, stopped)


def test_a_store_in_which_a_change_cannot_be_undone_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees half a change, whatever has kept it from being undone."""
    store = furnished()
    monkeypatch.setattr(Shelf, "put_back", Mock(side_effect=MemoryError))
    with pytest.raises(MemoryError):
        undone(store, journal_of_others)
    with pytest.raises(StoreUnavailable), store.snapshot():
        pass
