"""Both stores, each of which must keep every law."""

from collections.abc import Callable

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store


def _in_sqlite() -> Store:
    return SqlStore.open("sqlite://")


@pytest.fixture(scope="session", params=[MemoryStore, _in_sqlite], ids=["memory", "sqlite"])
def make_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Makes a fresh store of one kind."""
    maker: Callable[[], Store] = request.param
    return maker
