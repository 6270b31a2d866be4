"""A SQL store for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_linkage.adapters.sql import SqlStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that nobody has opened yet."""
    return f"sqlite:///{tmp_path}/portal.db"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store in a file, with nothing in it."""
    opened = SqlStore.open(url)
    yield opened
    opened.close()
