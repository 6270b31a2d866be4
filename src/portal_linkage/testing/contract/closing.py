"""A store is closed for good."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from ...domain.errors import StoreUnavailable
from ...ports import Store, Transaction
from ..builders import ACME, firm
from ..titles import port
from ._furnished import Furnished


def refused_once_closed(store: Store, *uses: Callable[[], object]) -> None:
    """Close the store; each of these is refused then."""
    store.close()
    for use in uses:
        with pytest.raises(StoreUnavailable):
            use()


def _closed_at_it(store: Store, tx: Transaction) -> None:
    tx.firms.save(firm(name="Open"))
    refused_once_closed(store, lambda: tx.firms.find(ACME), lambda: tx.firms.save(firm()))


class ClosingPromises(Furnished):
    """A store is closed for good: what `Store.close` promises."""

    law = port("Store.close")

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

    def test_a_closed_store_delivers_nothing(self, furnished: Store) -> None:
        """After closing, a worker is refused."""
        furnished.close()
        with pytest.raises(StoreUnavailable):
            furnished.changes()

    def test_a_snapshot_that_is_open_reads_nothing_after_closing(self, furnished: Store) -> None:
        """When the store is closed meanwhile, the next reading is refused."""
        with furnished.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == firm()
            refused_once_closed(furnished, lambda: snapshot.firms.find(ACME))

    def test_a_transaction_that_is_open_keeps_nothing_after_closing(self, furnished: Store) -> None:
        """When the store is closed meanwhile, reading and writing are refused, and so is the end."""
        with pytest.raises(StoreUnavailable), furnished.transaction() as tx:
            _closed_at_it(furnished, tx)

    def test_a_store_may_be_closed_twice(self, furnished: Store) -> None:
        """Closing what is closed does nothing."""
        furnished.close()
        furnished.close()
        with pytest.raises(StoreUnavailable), ExitStack() as block:
            block.enter_context(furnished.snapshot()).firms.find(ACME)
