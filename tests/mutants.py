"""Whether a test notices when the code is changed: ``python -m tests.mutants sight``. See docs/mutants.md.

All of it happens in a copy of the project, which is thrown away: mutmut writes beside what it mutates. It ends with the
score, which is the share of the mutants that were killed or ran out of time, and fails if that is below the bound.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

_PROJECT: Final = Path(__file__).parents[1]
_COPIED: Final = ("src", "tests", "docs", "conftest.py", "pyproject.toml", "README.md")
_KILLED: Final = ("killed", "timeout")
# The rules are the same on every store, and memory is the fastest. What may be mutated shows no signature of its own.
_LEFT_OUT: Final = "not sqlite and not postgresql and not test_every_use_case_is_tested_here"


@attrs.frozen
class Hunt:
    """Which modules are mutated, which tests should notice, and which share of the mutants at the least (percent)."""

    modules: Sequence[str]
    tests: Sequence[str]
    bound: int
    left_out: str = _LEFT_OUT
    sample: int | None = None
    """So many of the mutants are drawn, always the same; ``None``: all are tried."""

    def settings(self) -> str:
        """What mutmut is told, as a section of pyproject.toml."""
        return f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = {[f"src/portal_linkage/{module}" for module in self.modules]}
also_copy = {[*_COPIED[1:]]}
pytest_add_cli_args = ["-n0", "--dist=no", "-pno:cacheprovider", "-ptests.mutants", "--hypothesis-profile=hasty"]
pytest_add_cli_args_test_selection = {[*self.tests, "-k", self.left_out]}
mutate_only_covered_lines = true
timeout_multiplier = 3.0
timeout_constant = 3.0
"""


HUNTS: Final[Mapping[str, Hunt]] = {
    "sight": Hunt(
        ["domain/rules.py", "domain/viewers.py"],
        ["tests/domain/test_rules.py", "tests/domain/test_viewers.py"],
        bound=95,
    ),
    "rules": Hunt(["domain/*", "service/*", "roster/*"], ["tests/domain", "tests/service", "tests/roster"], bound=95),
    "memory": Hunt(
        ["adapters/listings.py", "adapters/memory/*"], ["tests/contract/test_memory.py", "tests/memory"], bound=90
    ),
    "sql": Hunt(
        ["adapters/sql/*"], ["tests/contract/test_sqlite.py", "tests/sql"], 90, "not postgresql and not TestLaws", 400
    ),
}


def pytest_sessionstart() -> None:
    """Forget the statements that were built before a mutant was chosen: it may be in what builds them."""
    if sql := sys.modules.get("portal_linkage.adapters.sql.store"):
        sql._tables.cache_clear()
        sql._statements.cache_clear()


def _mutmut(folder: Path, *arguments: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if told.returncode:
        sys.exit(told.stdout[-10_000:] + told.stderr)
    return told.stdout


def _fates(folder: Path) -> dict[str, str]:
    """What became of each mutant, by its name."""
    lines = _mutmut(folder, "results", "--all", "true").splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines if ": " in line)


def _drawn(folder: Path, count: int) -> tuple[str, ...]:
    """The names of so many mutants at random, always the same of the same code."""
    subprocess.run(  # mutmut makes all mutants before it finds none of this name
        [sys.executable, "-m", "mutmut", "run", "none"], cwd=folder, capture_output=True, check=False
    )
    names = sorted(_fates(folder))
    return tuple(random.Random(0).sample(names, min(count, len(names))))


def _table(fates: Mapping[str, str]) -> Iterable[str]:
    """A line for each package: its mutants, and what became of them."""
    packages: dict[str, Counter[str]] = {}
    for name, fate in fates.items():
        packages.setdefault(name.split(".")[1], Counter())[fate] += 1
    for package, counts in sorted(packages.items()):
        told = ", ".join(f"{count} {fate}" for fate, count in counts.most_common())
        yield f"{package:10} {counts.total():5} mutants: {told}"


def hunt(what: Hunt, processes: int) -> float:
    """Mutate, test, and tell; the score in percent."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in _COPIED:
            source = _PROJECT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
        with (folder / "pyproject.toml").open("a") as settings:
            settings.write(what.settings())
        drawn = () if what.sample is None else _drawn(folder, what.sample)
        _mutmut(folder, "run", "--max-children", str(processes), *drawn)
        fates = {name: fate for name, fate in _fates(folder).items() if name in drawn or not drawn}
        for name, fate in fates.items():
            if fate not in _KILLED:
                print(_mutmut(folder, "show", name))
    print(*_table(fates), sep="\n")
    return 100 * sum(fate in _KILLED for fate in fates.values()) / len(fates)


def main() -> None:
    """Hunt as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("where", choices=HUNTS, help="the rules that decide who sees what, all rules, or a store")
    parser.add_argument("--sample", type=int, help="how many mutants are drawn at random, instead of all")
    parser.add_argument("--processes", type=int, default=1, help="how many mutants are tested at a time")
    given = parser.parse_args()
    what = HUNTS[given.where]
    what = attrs.evolve(what, sample=given.sample or what.sample)
    score = hunt(what, given.processes)
    print(f"{score:.1f} % of the mutants were noticed; at least {what.bound} % must be.")
    sys.exit(score < what.bound)


if __name__ == "__main__":
    main()
