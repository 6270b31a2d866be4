"""The firms."""

from ...domain.values import FirmId
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, entity, firm
from ..promises import Promises
from ..titles import port


class FirmPromises(Promises):
    """The firms: what `FirmRepository` promises."""

    law = port("FirmRepository")

    def test_a_firm_is_found_as_it_was_saved(self, store: Store) -> None:
        """A firm is found with its name and its settings."""
        saved = firm(show_past_payments=False, show_late_fees=False)
        with store.transaction() as tx:
            tx.firms.save(saved)
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == saved

    def test_an_unknown_firm_is_not_found(self, store: Store) -> None:
        """Of a firm that nobody saved there is nothing to find."""
        with store.transaction() as tx:
            tx.firms.save(firm())
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(OTHER_FIRM) is None

    def test_a_firm_is_found_by_its_exact_id(self, store: Store) -> None:
        """Ids are compared as they are: case and trailing blanks count."""
        with store.transaction() as tx:
            tx.firms.save(firm())
            assert [tx.firms.find(FirmId(text)) for text in ("Acme", "acme ", "ACME")] == [None, None, None]

    def test_saving_a_firm_replaces_it(self, store: Store) -> None:
        """A firm saved again is as it was saved last."""
        with store.transaction() as tx:
            tx.firms.save(firm(show_past_payments=False))
            tx.firms.save(firm(name="Acme & Sons"))
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == firm(name="Acme & Sons")

    def test_a_firm_is_given_to_who_locks_it(self, store: Store) -> None:
        """Locking a firm gives the firm."""
        with store.transaction() as tx:
            tx.firms.save(firm())
            assert tx.firms.lock(ACME) == firm()

    def test_an_unknown_firm_cannot_be_locked(self, store: Store) -> None:
        """Locking a firm that nobody saved gives nothing."""
        with store.transaction() as tx:
            assert tx.firms.lock(ACME) is None

    def test_saving_a_firm_again_leaves_its_clients_alone(self, store: Store) -> None:
        """A firm's settings change without anything else of it changing."""
        with store.transaction() as tx:
            tx.firms.save(firm())
            tx.entities.save(entity())
        with store.transaction() as tx:
            tx.firms.save(firm(show_late_fees=False))
            assert tx.entities.find(ACME, entity().entity_id) == entity()
