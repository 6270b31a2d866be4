"""What an author is told who has written too little for the tests, or the wrong thing: in words, and before any law."""

import os
import subprocess
import sys
import unittest
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, LateFeeReaderContract, StoreContract
from portal_linkage.testing._fresh import UnfitError, leave_a_client
from portal_linkage.testing.builders import late_fee
from portal_linkage.testing.promises import Contract
from portal_linkage.testing.titles import broken
from tests.readers.ledger import Books, LateFeeBooks, OnBooks

ONE = MemoryStore()


def written(make: Callable[[], Any]) -> type[StoreContract]:
    """A contract on what this makes."""

    class Written(StoreContract):
        def make_store(self) -> Store:
            """Whatever it is."""
            made: Store = make()
            return made

    return Written


def told(kind: type[Contract]) -> str:
    """What the author is told."""
    with pytest.raises(UnfitError) as caught:
        kind().check_what_is_written()
    return str(caught.value)


def filled() -> Store:
    """A store that is not empty."""
    store = MemoryStore()
    leave_a_client(store)
    return store


def test_a_store_that_does_not_read_yet_is_left_to_the_promises() -> None:
    """Whoever has just begun is told by them what comes next."""

    class Begun(MemoryStore):
        snapshot = transaction = close = None  # type: ignore[assignment]

    written(Begun)().check_what_is_written()


def test_who_has_written_no_make_store_is_told_to() -> None:
    """Nothing else is said."""
    said = told(type("Unwritten", (StoreContract,), {}))
    assert said.startswith("make_store(self) raised NotImplementedError: write make_store(self): it makes a store")


def test_what_make_store_raises_is_told_with_its_place() -> None:
    """The author finds the line."""
    said = told(written(lambda: 1 / 0))
    assert said.startswith("make_store(self) raised ZeroDivisionError: division by zero (")
    assert f"{Path(__file__).name}, line" in said


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: None, "make_store(self) gave None, which is no store"),
        (lambda: ONE, "make_store(self) gave the same store twice: it makes a new one each time"),
        (
            filled,
            "make_store(self) gave a store with a firm, a client, an invoice in it: it makes one with nothing in it",
        ),
    ],
)
def test_what_is_no_fresh_store_is_told_so(make: Callable[[], Any], said: str) -> None:
    """Before any law is held."""
    assert told(written(make)) == said


class Fees(OnBooks, LateFeeReaderContract):
    """A right reader."""

    books: ClassVar[type[Books]] = LateFeeBooks


def test_a_right_reader_is_told_nothing() -> None:
    """What is told below is for a fault alone."""
    Fees().check_what_is_written()


def test_a_reader_that_lists_nothing_yet_is_left_to_the_promises() -> None:
    """They tell what comes next."""

    class Begun(Fees):
        books = type("Begun", (LateFeeBooks,), {"listing": None})

    Begun().check_what_is_written()


def test_who_has_written_no_reader_is_told_to() -> None:
    """In the words of the method."""
    assert "write make_reader(self): it makes a reader" in told(type("Unwritten", (LateFeeReaderContract,), {}))


def test_a_seed_that_raises_is_told_so() -> None:
    """With its place."""

    class Seedless(Fees):
        def seed(self, bills: Sequence[Any], /) -> None:
            """Nothing is written yet."""
            raise NotImplementedError(f"seed {len(bills)}")

    assert told(Seedless).startswith("seed(self, bills) raised NotImplementedError: seed 3 (")


def test_a_seed_that_loses_rows_is_told_which() -> None:
    """The first of each call is missing."""

    class Losing(Fees):
        def seed(self, bills: Sequence[Any], /) -> None:
            """All but the first."""
            super().seed(bills[1:])

    said = "seed(self, bills) did not write the late fees 10, 11, or the reader shows them to nobody"
    assert told(Losing) == said


def test_tables_that_are_not_empty_are_told_so() -> None:
    """Whatever make_reader makes reads nothing at first."""

    class Full(Fees):
        def make_reader(self) -> Books:
            """With a fee in it."""
            books = super().make_reader()
            self.seed([late_fee()])
            return books

    assert told(Full) == "make_reader(self) gave a reader over tables with bills in them: empty them first"


def test_what_is_not_written_yet_breaks_no_law() -> None:
    """No note is left."""
    with pytest.raises(NotImplementedError) as caught, broken("L1", "said"):
        raise NotImplementedError
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize("bases", [(StoreContract, unittest.TestCase), (unittest.TestCase, LateFeeReaderContract)])
def test_a_unittest_case_is_refused(bases: tuple[type, ...]) -> None:
    """It would run no promise."""
    with pytest.raises(TypeError, match=r"^Mine is a unittest.TestCase, which knows no fixtures: leave that base out$"):
        type("Mine", bases, {})


@pytest.mark.parametrize("name", ["test_no_promise_is_overridden_or_dropped", "before_any_promise"])
def test_what_guards_the_promises_cannot_be_dropped(name: str) -> None:
    """Or all else could be."""
    with pytest.raises(TypeError, match=f"^Mine overrides or drops promises: {name}. What it lacks it says in lacks"):
        type("Mine", (StoreContract,), {name: None})


@pytest.mark.parametrize(
    ("kind", "capability"),
    [
        (StoreContract, Capability.CURRENCIES),
        (LateFeeReaderContract, Capability.PAYERS),
        (LateFeeReaderContract, Capability.THREADS),
    ],
)
def test_what_others_may_lack_is_refused(kind: type[Contract], capability: Capability) -> None:
    """It would leave nothing out."""
    mine = type("Mine", (kind,), {"lacks": {capability: "as I say"}})
    with pytest.raises(AssertionError, match="is nothing that an adapter of this kind may lack"):
        mine().test_no_promise_is_overridden_or_dropped()


def test_a_counter_that_stands_still_is_told_so() -> None:
    """It would prove nothing."""

    class Still(StoreContract):
        def make_store(self) -> Store:
            """A store."""
            return MemoryStore()

        def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
            """Never."""
            assert store is not None
            return nullcontext(lambda: 0)

    with pytest.raises(AssertionError, match="view: no statement was counted at all"):
        Still().test_a_reading_asks_as_often_for_40_links_as_for_one("view")


def test_who_keeps_nothing_is_told_to_say_so() -> None:
    """Or to open it anew: until then these promises are skipped."""
    with pytest.raises(pytest.skip.Exception, match=r"^write reopened\(self, store\), or say in lacks why"):
        written(MemoryStore)().reopened(MemoryStore())


MINE = """
import pytest
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import StoreContract

class TestUnwritten(StoreContract):
    pass

class TestWithAFixture(StoreContract):
    @pytest.fixture(autouse=True)
    def where(self, tmp_path):
        self.kept_in = tmp_path

    def make_store(self):
        assert self.kept_in
        return MemoryStore()
"""


def test_what_pytest_prints_says_that_no_law_is_broken(tmp_path: Path) -> None:
    """Every promise ends before it begins, by one line; what make_store stands on is there before it is tried."""
    (tmp_path / "test_mine.py").write_text(MINE)
    argv = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-k", "a_firm_is_found"]
    env = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run([*argv, str(tmp_path)], capture_output=True, text=True, check=False, cwd=tmp_path, env=env)
    assert "2 passed" in ran.stdout
    assert "2 errors" in ran.stdout
    assert "make_store(self) raised NotImplementedError: write make_store(self): it makes a store" in ran.stdout
    assert "is broken" not in ran.stdout
