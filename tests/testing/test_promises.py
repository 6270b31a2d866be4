"""What the contract says to who breaks it, bends it, or lacks something."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, StoreContract
from portal_linkage.testing._guard import changed_promises
from portal_linkage.testing.promises import Promises, for_each_store

from .faulty import Forgetful

COUNTING = Capability.STATEMENT_COUNTER


class Honest(StoreContract):
    """An adapter that keeps the contract."""

    lacks: ClassVar[Mapping[Capability, str]] = {
        COUNTING: "it has no statements",
        Capability.DURABILITY: "it is in memory",
    }

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return MemoryStore()


def guard(kind: type[Promises]) -> None:
    """What the guard says to a class."""
    kind().test_no_promise_is_overridden_or_dropped()


def test_an_adapter_that_says_why_it_lacks_something_passes_the_guard() -> None:
    """With a reason, the promises that need it are left out."""
    guard(Honest)


def test_no_promise_of_the_kit_hides_another() -> None:
    """Promises of all subjects are in one class, so that no two may have one name."""
    assert changed_promises(StoreContract) == []


def test_every_promise_is_told_in_words() -> None:
    """Each has a docstring, which the error of a broken one quotes; and there are more than 80."""
    promises = [getattr(StoreContract, name) for name in dir(StoreContract) if name.startswith("test_")]
    assert all(promise.__doc__ for promise in promises)
    assert len(promises) > 80


@pytest.mark.parametrize("what", [None, lambda _: None])
def test_a_class_that_overrides_or_drops_a_promise_is_refused(what: object) -> None:
    """Whoever writes a promise anew does not keep the kit's, and setting it to None would hide it from pytest."""
    name = "test_link_order_survives_an_undone_change"
    with pytest.raises(
        TypeError, match=f"^Bending overrides or drops promises: {name}. What it lacks it says in lacks$"
    ):
        type("Bending", (Honest,), {name: what})


def test_a_class_that_drops_a_promise_later_fails_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done to a class when it is there is seen too."""
    bending = type("Bending", (Honest,), {})
    monkeypatch.setattr(bending, "test_link_order_survives_an_undone_change", None, raising=False)
    with pytest.raises(AssertionError, match=r"^Bending overrides or drops promises: test_link_order_survives"):
        guard(bending)


@pytest.mark.parametrize("reason", ["", " "])
def test_what_is_lacking_for_no_reason_fails_the_guard(reason: str) -> None:
    """Whoever reads the tests of an adapter learns why it does less."""

    class Silent(Honest):
        lacks: ClassVar = {Capability.THREADS: reason}

    with pytest.raises(AssertionError, match="Silent must say why it lacks threads"):
        guard(Silent)


def test_lacking_what_the_kit_does_not_name_fails_the_guard() -> None:
    """What an adapter may lack is named by the kit."""

    class Vague(Honest):
        lacks: ClassVar = {"speed": "it is only for tests"}  # type: ignore[dict-item]

    with pytest.raises(AssertionError, match="'speed' is nothing that an adapter of this kind may lack"):
        guard(Vague)


def test_what_needs_a_lacking_capability_is_skipped_with_the_reason() -> None:
    """The reason is in the report of the tests."""
    with pytest.raises(pytest.skip.Exception, match=f"^without {COUNTING}: it has no statements$") as skipped:
        Honest().test_a_reading_asks_as_often_for_40_links_as_for_one("view")
    assert not hasattr(skipped.value, "__notes__")


def test_an_error_says_which_law_was_broken_and_how_it_reads() -> None:
    """By number and title, and with the promise's own words."""
    with pytest.raises(AssertionError) as caught:
        Honest().test_a_bar_is_found_as_it_was_left(Forgetful())
    assert caught.value.__notes__ == [
        "L7, a firm's unlink stands, is broken: A bar is found by address and entity, with its time and who left it."
    ]


class Even(Promises):
    """A promise that nobody keeps."""

    law = "L14"

    @settings(for_each_store, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    @given(number=st.integers())
    def test_every_amount_is_even(self, number: int) -> None:
        """L14: there are no odd amounts."""
        assert number % 2 == 0


def test_an_error_of_a_property_says_so_too() -> None:
    """The law's number, with which the promise begins, is not said twice."""
    with pytest.raises(AssertionError) as caught:
        Even().test_every_amount_is_even()
    assert caught.value.__notes__[0] == "L14, money is exact, is broken: there are no odd amounts."


class Unwritten(StoreContract):
    """An adapter whose author has written nothing yet."""


def test_an_adapter_without_make_store_is_told_to_write_it() -> None:
    """The first thing that its author sees."""
    with pytest.raises(NotImplementedError, match=r"^write make_store\(self\): it makes a store of yours"):
        Unwritten().make_store()
    with pytest.raises(NotImplementedError, match=r"^write make_store\(self\)"):
        Unwritten().test_a_firm_that_does_not_exist_holds_nothing()


def test_an_adapter_that_counts_nothing_is_told_to_count_or_to_say_why() -> None:
    """Whoever writes the adapter may do either: until then these promises are skipped."""
    with pytest.raises(pytest.skip.Exception, match=r"^write counting\(self, store\), or say in lacks why"):
        Unwritten().counting(MemoryStore())


MINE = """
from portal_linkage.testing import Capability, StoreContract
from tests.testing.faulty import Forgetful

class TestMine(StoreContract):
    lacks = {Capability.THREADS: "it is a toy"}

    def make_store(self):
        return Forgetful()
"""


def test_what_pytest_prints_of_a_broken_promise_reads_well(tmp_path: Path) -> None:
    """What was compared, which law was broken, and what was skipped and why."""
    (tmp_path / "test_mine.py").write_text(MINE)
    chosen = "a_bar_is_found_as_it_was_left or two_writers or no_users_have_no_counts"
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-rs",
        "-k",
        chosen,
        str(tmp_path),
    ]
    env = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(Path(__file__).parents[2])}
    told = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tmp_path, env=env).stdout
    assert "assert None == Bar(" in told
    assert "L7, a firm's unlink stands, is broken: A bar is found" in told
    assert "without threads: it is a toy" in told
    assert "1 failed, 1 passed, 1 skipped" in told
