"""The store in memory keeps the contract."""

from typing import ClassVar

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, StoreContract


class TestMemoryStore(StoreContract):
    """All of it, but for statements, which it has none of."""

    lacks: ClassVar = {Capability.STATEMENT_COUNTER: "it asks nobody: everything is in its own memory"}

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return MemoryStore()
