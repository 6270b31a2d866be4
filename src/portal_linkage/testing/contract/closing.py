"""A store is closed for good."""

from contextlib import ExitStack

import pytest

from ...domain.errors import StoreUnavailable
from ...ports import Store
from ..builders import ACME, firm
from ._furnished import Furnished


class ClosingPromises(Furnished):
    """A store is closed for good: what `Store.close` promises."""

    law = "L15"

    def test_a_closed_store_reads_nothing(self, furnished: Store) -> None:
        """After closing, a snapshot is refused."""
        furnished.close()
        with pytest.raises(StoreUnavailable), ExitStack() as block:
            block.enter_context(furnished.snapshot()).firms.find(ACME)

    def test_a_closed_store_changes_nothing(self, furnished: Store) -> None:
        """After closing, a transaction is refused."""
        furnished.close()
        with pytest.raises(StoreUnavailable), ExitStack() as block:
            block.enter_context(furnished.transaction()).firms.save(firm())

    def test_a_store_may_be_closed_twice(self, furnished: Store) -> None:
        """Closing what is closed does nothing."""
        furnished.close()
        furnished.close()
        with pytest.raises(StoreUnavailable), ExitStack() as block:
            block.enter_context(furnished.snapshot()).firms.find(ACME)
