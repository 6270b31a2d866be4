"""What was committed is there when the store is opened anew."""

import pytest

from ...domain.errors import StoreUnavailable
from ...ports import Store, Transaction
from ..builders import ACME, JANE, OTHER_FIRM, at, entity, firm
from ..promises import Capability, needs
from ..titles import port
from ._furnished import Furnished
from ._pictures import picture, undone


def _close_at_it(store: Store, tx: Transaction) -> None:
    tx.firms.save(firm(name="Open"))
    tx.entities.save(entity("new"))
    store.close()


class ReopeningPromises(Furnished):
    """What was committed is there when the store is opened anew, as another process would on another day."""

    law = port("Store")

    @needs(Capability.DURABILITY)
    def test_what_was_committed_is_there_when_a_store_is_opened_anew(self, furnished: Store) -> None:
        """A store that was closed and is opened anew shows all that was committed, and nothing that was undone."""
        undone(furnished, lambda tx: tx.firms.save(firm(OTHER_FIRM)), lambda tx: tx.entities.save(entity("new")))
        before = picture(furnished)
        furnished.close()
        anew = self.reopened(furnished)
        try:
            assert picture(anew) == before
            with anew.snapshot() as snapshot:
                assert snapshot.firms.find(OTHER_FIRM) is None
        finally:
            anew.close()

    @needs(Capability.DURABILITY)
    def test_a_transaction_that_is_open_at_closing_is_not_there_when_opened_anew(self, furnished: Store) -> None:
        """When a store is closed while a transaction is open, nothing of it is kept."""
        before = picture(furnished)
        with pytest.raises(StoreUnavailable), furnished.transaction() as tx:
            _close_at_it(furnished, tx)
        anew = self.reopened(furnished)
        try:
            assert picture(anew) == before
        finally:
            anew.close()

    @needs(Capability.DURABILITY)
    def test_a_store_that_is_opened_anew_goes_on_from_there(self, furnished: Store) -> None:
        """Refused proofs still count, and the revision of a mailbox grows on, when the store is opened anew."""
        with furnished.transaction() as tx:
            before = tx.mailboxes.lock(ACME, JANE)
        furnished.close()
        anew = self.reopened(furnished)
        try:
            with anew.transaction() as tx:
                after = tx.mailboxes.lock(ACME, JANE)
                assert (after.mailbox_id, after.user) == (before.mailbox_id, before.user)
                assert after.revision > before.revision
                assert tx.attempts.recent(ACME, "number:1", at(-9)) == (at(0),)
        finally:
            anew.close()
