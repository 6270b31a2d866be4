"""No way out: what leaves a promise of the kit unheld, and the tests green, is told to whoever has written it."""

import os
import subprocess
import sys
from abc import ABC
from pathlib import Path
from typing import Any, ClassVar

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import LateFeeReaderContract, StoreContract
from portal_linkage.testing._guard import changed_ground

from .test_promises import Honest, guard

SKIP, OTHER = pytest.mark.skip(reason="later"), pytest.mark.usefixtures("monkeypatch")


def test_nothing_of_the_kit_that_promises_stand_on_hides_another() -> None:
    """Fixtures of all subjects are in one class, too."""
    assert changed_ground(StoreContract) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (StoreContract, "store"),
        (StoreContract, "billed"),
        (StoreContract, "furnished"),
        (StoreContract, "_asked"),
        (StoreContract, "_ground"),
        (StoreContract, "_unfit"),
        (StoreContract, "check_what_is_written"),
        (StoreContract, "law"),
        (StoreContract, "capabilities"),
        (LateFeeReaderContract, "anew"),
        (LateFeeReaderContract, "means"),
        (LateFeeReaderContract, "kind"),
    ],
)
def test_what_promises_stand_on_is_the_kits_own(kind: type, name: str) -> None:
    """A fixture or a helper of another making would let every promise be kept that stands on it."""
    said = f"^Bending overrides what promises stand on: {name}. Call yours something else$"
    with pytest.raises(TypeError, match=said):
        type("Bending", (kind,), {name: None})


def test_a_helper_that_is_changed_later_fails_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done to a class when it is there is seen too."""
    bending = type("Bending", (Honest,), {})
    monkeypatch.setattr(bending, "billed", None, raising=False)
    with pytest.raises(AssertionError, match=r"^Bending overrides what promises stand on: billed"):
        guard(bending)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"__test__": False}, r"^Bending has __test__ = False, so that no promise is held. What it lacks it says"),
        ({"pytestmark": SKIP}, r"^Bending is marked skip, so that not every promise is held. What it lacks it says"),
        ({"pytestmark": [pytest.mark.xfail]}, "^Bending is marked xfail, so that"),
        ({"pytestmark": (OTHER, pytest.mark.skipif("True", reason=""))}, "^Bending is marked skipif, so"),
        ({"__init__": lambda _: None}, "^Bending has __init__ of its own, and of such a class pytest runs no test"),
        ({"__new__": None}, "^Bending has __new__ of its own, and of such a class pytest runs no test"),
        (
            {"__getattribute__": lambda *_: None},
            "^Bending has __getattribute__ of its own, so that a promise may be another",
        ),
    ],
)
def test_a_class_that_is_not_run_is_refused(what: dict[str, Any], said: str) -> None:
    """Nobody would be told that its promises are not held."""
    with pytest.raises(TypeError, match=said):
        type("Bending", (Honest,), what)


@pytest.mark.parametrize("mark", [SKIP, pytest.mark.xfail, pytest.mark.skipif("True", reason="")])
def test_a_class_that_is_decorated_so_is_refused(mark: pytest.MarkDecorator) -> None:
    """What a decorator puts on it comes when it is there already."""
    bending = type("Bending", (Honest,), {})
    with pytest.raises(TypeError, match=f"^Bending is marked {mark.name}, so that not every promise is held"):
        mark(bending)


def test_what_is_an_authors_own_is_left_alone() -> None:
    """Marks of other kinds, promises and helpers of their own, and other bases."""

    @OTHER
    class Mine(Honest, ABC):
        currency: ClassVar = "CHF"
        profile = "brief"
        dialect = "mine"

        def make_store(self) -> Store:
            """A store."""
            return MemoryStore()

        def test_of_mine(self) -> None:
            """Something else."""

    guard(Mine)


ALIKE = """
import pytest
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import Capability, StoreContract

class Mine(StoreContract):
    lacks = {Capability.STATEMENT_COUNTER: "none", Capability.DURABILITY: "none"}

    def make_store(self):
        return MemoryStore()
"""
BY_NAME = """
class TestMine(Mine):
    @pytest.fixture(autouse=True)
    def a_quiet_run(self, request):
        if "bar" in request.node.name:
            pytest.skip("no bars in our product")
"""
BY_DATABASE = """
class TestMine(Mine):
    @pytest.fixture(autouse=True, params=["there", "not there"])
    def where(self, request):
        if request.param == "not there":
            pytest.skip("no server")
"""
NO_SERVER = """
class TestMine(Mine):
    @pytest.fixture(autouse=True)
    def where(self):
        pytest.skip("no server")
"""
EXPECTED = """
pytestmark = pytest.mark.xfail(reason="later")

class TestMine(Mine):
    pass
"""


def run(folder: Path, written: str) -> str:
    """What pytest prints."""
    (folder / "test_mine.py").write_text(ALIKE + written)
    chosen = "a_firm_is_found or an_entity_is_found or a_bar_is_found"
    argv = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-rs", "-k", chosen]
    env = {**os.environ, "PYTEST_ADDOPTS": ""}
    ran = subprocess.run([*argv, str(folder)], capture_output=True, text=True, check=False, cwd=folder, env=env)
    return f"{ran.returncode} {ran.stdout}"


def test_a_fixture_that_skips_some_promises_is_told(tmp_path: Path) -> None:
    """By name, or by whatever else tells one from another."""
    told = run(tmp_path, BY_NAME)
    assert told.startswith("1 ")
    assert "the fixture a_quiet_run of TestMine skips some promises. What it lacks it says in lacks" in told


@pytest.mark.parametrize(("written", "outcome"), [(BY_DATABASE, "4 passed, 4 skipped"), (NO_SERVER, "4 skipped")])
def test_where_there_is_no_database_all_promises_are_skipped(tmp_path: Path, written: str, outcome: str) -> None:
    """A machine that has no server tells so, and so may one that has only one of two."""
    told = run(tmp_path, written)
    assert told.startswith("0 ")
    assert outcome in told


def test_promises_that_are_expected_to_be_broken_end_the_run(tmp_path: Path) -> None:
    """A module of which nothing is wrong, whatever comes of it, would be no proof."""
    told = run(tmp_path, EXPECTED)
    assert told.startswith("1 ")
    assert "is marked xfail, so that nobody is told if it is broken. What it lacks it says in lacks" in told
