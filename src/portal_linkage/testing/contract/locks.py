"""A lock holds: what was decided under it stays true until the transaction ends."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event
from typing import TypeAlias

from ...domain.entities import InvoiceProof
from ...domain.values import InvoiceId
from ...ports import Store, Transaction
from ...service import LinkageService
from ..builders import ACME, JANE, JANE_ID, REALTY, SMITH, at, entity, firm, invoice, jane_at, sign_up, user
from ..promises import Capability, Promises, needs
from ._at_once import PATIENCE, at_once, begin, decided, ended, patiently

Act: TypeAlias = Callable[[Transaction], object]

MINE, THEIRS = InvoiceId("mine"), InvoiceId("theirs")


def know_of_each_other(store: Store, hold: Act, other: Act, pause: float) -> None:
    """Begin one change while another holds its lock: one of them sees what the other has done, or is decided again.

    The other has a pause to come through, if nothing keeps it out.
    """
    begun: list[Future[bool]] = []
    at_it = Event()

    def theirs(tx: Transaction) -> bool:
        other(tx)
        tx.invoices.save(invoice(THEIRS))
        return tx.invoices.find(ACME, MINE) is not None

    def meanwhile() -> bool:
        at_it.set()
        return decided(store, theirs)

    def mine(tx: Transaction) -> bool:
        hold(tx)
        seen = tx.invoices.find(ACME, THEIRS) is not None
        if not begun:
            begun.append(begin(meanwhile))
            assert at_it.wait(PATIENCE)
            wait(begun, pause)
        tx.invoices.save(invoice(MINE))
        return seen

    seen = decided(store, mine)
    assert [seen, *ended(*begun)] != [False, False], "both were decided as if the other were not there"


def furnish(store: Store) -> None:
    """A firm, two clients, and Jane, who is linked to one of them."""
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many([entity(REALTY), entity(SMITH)])
        sign_up(tx, user(), SMITH)


def hold(tx: Transaction) -> None:
    """Hold both clients."""
    assert tx.entities.hold(ACME, [REALTY, SMITH])


def lock_clients(tx: Transaction) -> None:
    """Lock both clients, to change them."""
    assert tx.entities.lock_many(ACME, [SMITH, REALTY])


def lock_box(tx: Transaction) -> None:
    """Lock Jane's mailbox by her address."""
    tx.mailboxes.lock(ACME, JANE)


def look_up_attempts(tx: Transaction) -> None:
    """Look up who has typed a number, as whoever types it does."""
    assert tx.attempts.recent(ACME, "number:1003", at(-9)) == ()


class LockPromises(Promises):
    """A lock holds: what was decided under it stays true until the transaction ends.

    Whoever would change the same meanwhile waits, or one of the two is a retryable `Conflict` and is decided again.
    """

    law = "L3"

    @needs(Capability.THREADS)
    def test_a_locked_firm_is_changed_by_one_at_a_time(self, store: Store) -> None:
        """L13: Of two changes that lock a firm at once, one knows what the other has done."""
        furnish(store)
        know_of_each_other(store, lambda tx: tx.firms.lock(ACME), lambda tx: tx.firms.lock(ACME), self.pause)

    @needs(Capability.THREADS)
    def test_a_mailbox_locked_by_its_user_is_changed_by_one_at_a_time(self, store: Store) -> None:
        """Whoever locks the mailbox of a user keeps out who locks that of the address, and the other way round."""
        furnish(store)
        know_of_each_other(store, lambda tx: tx.mailboxes.lock_user(ACME, JANE_ID), lock_box, self.pause)
        with store.transaction() as tx:
            for one in (MINE, THEIRS):
                tx.invoices.remove(ACME, one)
        know_of_each_other(store, lock_box, lambda tx: tx.mailboxes.lock_user(ACME, JANE_ID), self.pause)

    @needs(Capability.THREADS)
    def test_each_of_many_locked_mailboxes_is_changed_by_one_at_a_time(self, store: Store) -> None:
        """Whoever locks many mailboxes, the last of them too, keeps out who locks one."""
        furnish(store)
        know_of_each_other(store, lambda tx: tx.mailboxes.lock_many(ACME, [jane_at(1), JANE]), lock_box, self.pause)

    @needs(Capability.THREADS)
    def test_a_client_that_is_held_is_not_changed(self, store: Store) -> None:
        """L13: Nobody puts a client to sleep that another change has found awake, and holds, without knowing of it."""
        furnish(store)
        know_of_each_other(store, hold, lambda tx: tx.entities.save(entity(REALTY, active=False)), self.pause)

    @needs(Capability.THREADS)
    def test_a_client_that_is_held_is_not_locked(self, store: Store) -> None:
        """L13: A roster change that locks a client knows of what has come to rest on it."""
        furnish(store)
        know_of_each_other(store, hold, lock_clients, self.pause)

    @needs(Capability.THREADS)
    def test_nothing_comes_to_rest_on_a_locked_client(self, store: Store) -> None:
        """L13: Whoever would hold a client that a roster change has locked knows what became of it."""
        furnish(store)
        know_of_each_other(store, lock_clients, hold, self.pause)

    @needs(Capability.THREADS)
    def test_a_locked_client_is_changed_by_one_at_a_time(self, store: Store) -> None:
        """L13: Of two changes that lock a client at once, one knows what the other has done."""
        furnish(store)
        know_of_each_other(store, lock_clients, lock_clients, self.pause)

    @needs(Capability.THREADS)
    def test_refused_proofs_are_looked_up_by_one_at_a_time(self, store: Store) -> None:
        """L10: Of two who try at once, one is told that the other has tried, the first time too."""
        know_of_each_other(store, look_up_attempts, look_up_attempts, self.pause)

    @needs(Capability.THREADS)
    def test_nobody_tries_more_often_by_trying_at_once(self, store: Store) -> None:
        """L10: Of twenty wrong proofs typed at once, as many are refused as the policy allows; the others must wait."""
        furnish(store)
        portal, wrong = LinkageService(store), InvoiceProof("1003", "wrong")
        told = at_once(*[lambda: patiently(lambda: portal.admit_guest(ACME, wrong))] * 20)
        assert Counter(type(one).__name__ for one in told) == {"ClaimRefused": 5, "TooManyAttempts": 15}
