"""Every store there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store


def _opened(engine: str, folder: Path) -> Store:
    if engine == "memory":
        return MemoryStore()
    return SqlStore.open(f"sqlite:///{folder}/portal.db")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = _opened(request.param, tmp_path)
    yield opened
    opened.close()
