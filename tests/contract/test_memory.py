"""The store in memory keeps the contract."""

from typing import ClassVar

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, StoreContract


class TestMemoryStore(StoreContract):
    """All of it, but for statements, which it has none of, and another day."""

    lacks: ClassVar = {
        Capability.STATEMENT_COUNTER: "it asks nobody: everything is in its own memory",
        Capability.DURABILITY: "it lives as long as its process",
    }

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return MemoryStore()
