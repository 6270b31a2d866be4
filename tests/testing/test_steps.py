"""The steps by which the docs lead to a store: each is green as soon as what it is about is there."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from portal_linkage.testing.contract import StorePromises

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "write-an-adapter.md").read_text(encoding="utf-8")
STEPS: Final[list[str]] = re.findall(r'^pytest test_my_store\.py -x -k "([^"]+)"', PAGE, re.MULTILINE)

BEGUN = """
from contextlib import contextmanager
from types import SimpleNamespace

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import StoreContract

PARTS = {parts}


class Begun(MemoryStore):
    @contextmanager
    def snapshot(self):
        with super().snapshot() as snapshot:
            yield SimpleNamespace(**{{part: getattr(snapshot, part) for part in PARTS}})

    @contextmanager
    def transaction(self):
        with super().transaction() as tx:
            yield SimpleNamespace(**{{part: getattr(tx, part) for part in PARTS}})


class TestMyStore(StoreContract):
    def make_store(self):
        return Begun()
"""


def groups(step: str) -> list[str]:
    """The groups that a step names."""
    return re.findall(r"\w+Promises", step)


def test_each_step_names_groups_that_there_are() -> None:
    """Each group once."""
    named = [group for step in STEPS for group in groups(step)]
    assert len(STEPS) == 6
    assert len({*named}) == len(named)
    assert {*named} <= {kind.__name__ for kind in StorePromises.__mro__}


@pytest.mark.parametrize(("step", "parts"), [(0, ["firms"]), (1, ["firms", "entities"])])
def test_a_step_is_green_with_what_it_is_about(step: int, parts: list[str], tmp_path: Path) -> None:
    """The first need no more than firms, and then clients; and these are tried, and nothing else."""
    (tmp_path / "test_my_store.py").write_text(BEGUN.format(parts=parts))
    argv = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-x", "-v", "-k", STEPS[step]]
    env = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(ROOT)}
    told = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tmp_path, env=env).stdout
    kinds = [kind for kind in StorePromises.__mro__ if kind.__name__ in groups(STEPS[step])]
    promised = {name for kind in kinds for name in vars(kind) if name.startswith("test_") and "_clients_" not in name}
    assert " failed" not in told, told
    assert {*re.findall(r"::(test_\w+)\S* PASSED", told)} == promised
