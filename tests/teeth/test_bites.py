"""The teeth are tried themselves: what catches nothing, and what says nothing, is noticed."""

import attrs
import pytest

from . import bites
from .bites import check_all, check_machine, check_promises
from .fault import SOUND

PROMISE = "test_a_bar_is_found_as_it_was_left"
HARMLESS = attrs.evolve(SOUND, law="L7", promises=(PROMISE,))


def test_a_promise_that_catches_nothing_is_noticed() -> None:
    """What it is said to catch, it does not."""
    with pytest.raises(AssertionError, match=f"sound: {PROMISE} is kept"):
        check_promises(HARMLESS)


def test_a_fault_that_no_promise_is_said_to_catch_is_noticed() -> None:
    """Each has at least one."""
    with pytest.raises(AssertionError, match="sound: no promise is said to catch it"):
        check_promises(attrs.evolve(HARMLESS, promises=()))


def test_a_promise_of_another_law_comes_second() -> None:
    """The first is of the law that is broken."""
    with pytest.raises(AssertionError, match="sound: its first promise serves L7"):
        check_promises(attrs.evolve(HARMLESS, law="L6"))


def test_a_promise_that_does_not_say_what_is_broken_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """That something is wrong is not enough."""
    monkeypatch.setattr(bites, "broken_promise", lambda *_: AssertionError("1 == 2"))
    with pytest.raises(AssertionError, match=f"sound: {PROMISE} does not say that L7 is broken"):
        check_promises(HARMLESS)


def test_a_machine_that_finds_nothing_or_does_not_say_what_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a promise is."""
    told = AssertionError("1 == 2")
    told.add_note("L7, a firm's unlink forgets, is broken: the bars are those that it left")
    for found, said in ((None, "finds nothing"), (told, "does not say which law is broken")):
        monkeypatch.setattr(bites, "broken_by_machine", lambda _, found=found: found)
        with pytest.raises(AssertionError, match=f"sound: the machine {said}"):
            check_machine(HARMLESS)


def test_a_fault_that_something_else_catches_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or nothing of what is written down."""
    monkeypatch.setattr(bites, "EXAMPLES", [PROMISE])
    monkeypatch.setattr(bites, "CAUGHT", {"sound": [PROMISE]})
    with pytest.raises(AssertionError, match="sound: something else catches it"):
        check_all(HARMLESS)
