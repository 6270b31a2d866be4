"""A store that breaks a law."""

from collections.abc import Generator
from contextlib import contextmanager
from unittest.mock import patch

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Transaction


class Forgetful(MemoryStore):
    """It keeps no bar."""

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """A change in which bars are left and forgotten."""
        with super().transaction() as tx, patch.object(type(tx.bars), "add_many"):
            yield tx
