"""Every example runs: the README, the pages of docs/, and the docstrings of src/."""

import os
import tempfile
from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.myst import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

from tests import postgres

# A deadline is a timed test, and a timed test fails on a busy machine.
settings.register_profile(
    "untimed", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
# Whether a mutant is noticed is all that matters: nobody reads the smallest example.
settings.register_profile(
    "hasty", parent=settings.get_profile("untimed"), phases=(Phase.explicit, Phase.generate), derandomize=True
)

DOCTEST_FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE


@pytest.fixture(scope="module")
def fresh_folder() -> Iterator[Path]:
    """A page may write files, such as its own portal.db, and starts without any."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        yield Path(folder)
        os.chdir(home)


pages = Sybil(
    path=".",
    patterns=["README.md", "docs/*.md"],
    parsers=[PythonCodeBlockParser(doctest_optionflags=DOCTEST_FLAGS)],
    fixtures=["fresh_folder"],
)
docstrings = Sybil(
    path="src",
    patterns=["*.py"],
    parsers=[DocTestParser(optionflags=DOCTEST_FLAGS)],
    document_types={".py": PythonDocStringDocument},
)


def pytest_configure() -> None:
    """Say where the PostgreSQL of this run will be, if a test comes to need it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.prepare()


def pytest_unconfigure() -> None:
    """Stop it, if one did."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        postgres.clear_away()


pytest_collect_file = (pages + docstrings).pytest()
