"""A change in memory that is stopped anywhere, as by Ctrl-C or a time limit: nothing of it is left."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.session import Session
from portal_linkage.ports import Transaction
from portal_linkage.testing.contract._changes import CHANGES
from portal_linkage.testing.contract._pictures import furnish, picture

# It counts the lines itself, and reaches none that the promises do not.
pytestmark = pytest.mark.no_cover

UNDO, PUT = Session.undo.__code__, Session.put.__code__


def furnished() -> MemoryStore:
    """A store with something of every kind."""
    store = MemoryStore()
    with store.transaction() as tx:
        furnish(tx)
    return store


def is_putting(frame: FrameType | None) -> bool:
    """Whether a row is being put on its shelf, and not put back."""
    codes = set[Any]()
    while frame is not None:
        codes.add(frame.f_code)
        frame = frame.f_back
    return PUT in codes and UNDO not in codes


def change_until(store: MemoryStore, change: Callable[[Transaction], None], line: int) -> bool:
    """Make a change that is stopped before so many of the lines that put rows on shelves; whether it had so many."""
    reached = 0

    def watch(frame: FrameType, happened: str, _: object) -> Any:  # noqa: ANN401 -- as Python wants it
        nonlocal reached
        if ".memory." not in frame.f_globals["__name__"]:
            return None
        if happened == "line" and is_putting(frame):
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


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_stopped_anywhere_is_undone_and_can_be_made_again(name: str) -> None:
    """Everything reads as it did before; and made again, as if it had never been stopped."""
    store = furnished()
    before = picture(store)
    with store.transaction() as tx:
        CHANGES[name](tx)
    after, line = picture(store), 1
    while change_until(store := furnished(), CHANGES[name], line):
        assert picture(store) == before, line
        with store.transaction() as tx:
            CHANGES[name](tx)
        assert picture(store) == after, line
        line += 1
    assert line > 1
