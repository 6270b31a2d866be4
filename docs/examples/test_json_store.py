"""The store over JSON documents keeps the whole contract."""

from typing import ClassVar

from json_store import JsonStore

from portal_linkage.ports import Store
from portal_linkage.testing import Capability, StoreContract


class TestJsonStore(StoreContract):
    profile = "brief"  # twenty histories, since it looks at every row
    lacks: ClassVar = {Capability.STATEMENT_COUNTER: "there is no database to count at"}

    def make_store(self) -> Store:
        self.documents: dict[str, str] = {}
        return JsonStore(self.documents)

    def reopened(self, _store: Store, /) -> Store:
        return JsonStore(self.documents)
