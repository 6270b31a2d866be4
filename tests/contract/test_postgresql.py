"""The SQL store on PostgreSQL keeps the contract."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing.contract import StorePromises
from portal_linkage.testing.laws import LawPromises
from tests import engines
from tests.sql.listening import statements


class TestPorts(StorePromises):
    """The promises of the ports."""

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return engines.opened("postgresql")

    def reopened(self, store: Store, /) -> Store:
        """The same database, by connections of its own."""
        assert isinstance(store, SqlStore)
        return SqlStore.open(store.engine.url.render_as_string(hide_password=False), migrate=False)

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed."""
        return statements(store)


@pytest.mark.no_cover  # as long again, for no line that the promises do not reach
class TestLaws(LawPromises):
    """The laws."""

    profile = "brief"

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return engines.opened("postgresql")
