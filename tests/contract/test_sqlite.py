"""The SQL store on SQLite keeps the contract."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing.contract import StorePromises
from portal_linkage.testing.laws import LawPromises
from tests import engines
from tests.sql.listening import statements


class TestPorts(StorePromises):
    """The promises of the ports, kept in a file: threads share it."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        """Where the files of a test lie."""
        self._folder = tmp_path

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return engines.opened("sqlite", Path(mkdtemp(dir=self._folder)))

    def reopened(self, store: Store, /) -> Store:
        """The same file."""
        assert isinstance(store, SqlStore)
        return SqlStore.open(store.engine.url.render_as_string(hide_password=False), migrate=False)

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed."""
        return statements(store)


@pytest.mark.no_cover  # as long again, for no line that the promises do not reach
class TestLaws(LawPromises):
    """The laws, kept in memory: that is faster."""

    profile = "brief"

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return engines.opened("sqlite")
