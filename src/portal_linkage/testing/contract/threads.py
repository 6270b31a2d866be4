"""Threads share a store: nothing is lost, and nobody sees half a change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from ...domain.entities import InvoiceStatus
from ...domain.values import InvoiceId, PageRequest
from ...domain.viewers import Only
from ...ports import Store
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    SMITH,
    entity,
    event,
    invoice,
    jane_at,
    journaled,
    sign_up,
    usd,
    user,
)
from ..promises import Capability, Promises, needs
from ._pictures import undone

T = TypeVar("T")

ROUNDS = 40
PATIENCE = 60


def at_once(*tasks: Callable[[], T]) -> list[T]:
    """Run these on a thread each, all begun together, and give what they gave."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        start.wait(PATIENCE)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, task) for task in tasks]]


def repeated(task: Callable[[], T]) -> Callable[[], list[T]]:
    """The task, many times over."""

    def run() -> list[T]:
        return [task() for _ in range(ROUNDS)]

    return run


class ThreadPromises(Promises):
    """Threads share a store: nothing is lost, and nobody sees half a change."""

    law = "L17"

    @needs(Capability.THREADS)
    def test_two_writers_lose_nothing(self, store: Store) -> None:
        """Two threads that each read a number and write one more end with every step counted."""
        with store.transaction() as tx:
            tx.invoices.save(invoice("a", amount_due=usd(0)))

        def add_one() -> None:
            with store.transaction() as tx:
                tx.mailboxes.lock(ACME, JANE)
                found = tx.invoices.find(ACME, InvoiceId("a"))
                assert found is not None
                tx.invoices.save(invoice("a", amount_due=usd(int(found.amount_due.amount) + 1)))

        at_once(repeated(add_one), repeated(add_one))
        with store.snapshot() as snapshot:
            assert snapshot.invoices.find(ACME, InvoiceId("a")) == invoice("a", amount_due=usd(2 * ROUNDS))

    @needs(Capability.THREADS)
    def test_locks_of_one_mailbox_are_lined_up(self, store: Store) -> None:
        """Two threads that lock one mailbox at once, the first time too, get revisions that nobody else got."""

        def lock() -> int:
            with store.transaction() as tx:
                return tx.mailboxes.lock(ACME, JANE).revision

        revisions = [one for found in at_once(repeated(lock), repeated(lock)) for one in found]
        assert len(set(revisions)) == 2 * ROUNDS

    @needs(Capability.THREADS)
    def test_a_reader_never_sees_half_a_change(self, store: Store) -> None:
        """While one thread changes two invoices together, another always finds them alike, and the sum with them."""
        done = Event()

        def write() -> None:
            for number in range(1, ROUNDS + 1):
                with store.transaction() as tx:
                    tx.invoices.save(invoice("a", amount_due=usd(number)))
                    tx.invoices.save(invoice("b", amount_due=usd(number)))
            done.set()

        def read() -> None:
            while not done.is_set():
                with store.snapshot() as snapshot:
                    rows = snapshot.invoices.in_scope(Only(ACME, REALTY), InvoiceStatus.OPEN, PageRequest()).items
                    first, second = (one.amount_due.units for one in rows)
                    assert first == second
                    assert snapshot.invoices.totals(Only(ACME, REALTY)).due["USD"].units == first + second

        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
            tx.invoices.save_many([invoice("a"), invoice("b")])
        at_once(write, read, read)

    @needs(Capability.THREADS)
    def test_a_snapshot_stands_still(self, store: Store) -> None:
        """While a snapshot is open, what another thread is about to change reads the same to the end."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
            tx.invoices.save(invoice("a", amount_due=usd(1)))
        begun = Event()

        def write() -> None:
            begun.set()
            with store.transaction() as tx:
                tx.invoices.save(invoice("a", amount_due=usd(2)))

        with ThreadPoolExecutor(1) as pool:
            with store.snapshot() as snapshot:
                before = snapshot.invoices.totals(Only(ACME, REALTY))
                writing = pool.submit(write)
                assert begun.wait(PATIENCE)
                Event().wait(0.05)
                assert snapshot.invoices.totals(Only(ACME, REALTY)) == before
            writing.result(PATIENCE)
        with store.snapshot() as snapshot:
            assert snapshot.invoices.totals(Only(ACME, REALTY)).due == {"USD": usd(2)}

    @needs(Capability.THREADS)
    def test_what_was_committed_is_seen_by_all(self, store: Store) -> None:
        """A snapshot that another thread opens after a transaction ended sees what it wrote."""

        def read() -> object:
            with store.snapshot() as snapshot:
                return snapshot.entities.find(ACME, REALTY)

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(read).result(PATIENCE) is None
            with store.transaction() as tx:
                tx.entities.save(entity(REALTY))
            assert pool.submit(read).result(PATIENCE) == entity(REALTY)

    @needs(Capability.THREADS)
    def test_what_is_undone_is_seen_by_nobody(self, store: Store) -> None:
        """While one thread writes and gives up, over and over, another never sees any of it."""
        done = Event()

        def give_up() -> None:
            for _ in range(ROUNDS):
                undone(store, lambda tx: sign_up(tx, user(), SMITH))
            done.set()

        def read() -> None:
            while not done.is_set():
                with store.snapshot() as snapshot:
                    assert snapshot.users.find(ACME, JANE_ID) is None
                    assert snapshot.links.count(ACME, at_most=1000) == 0

        at_once(give_up, read)

    @needs(Capability.THREADS)
    def test_many_sign_ups_at_once_all_come_through(self, store: Store) -> None:
        """Eight threads sign up people of their own at once, and all are there in the end."""

        def sign_up_some(thread: int) -> Callable[[], object]:
            def run() -> None:
                for number in range(5):
                    with store.transaction() as tx:
                        sign_up(tx, user(f"{thread}-{number}", jane_at(10 * thread + number)), SMITH, REALTY)

            return run

        at_once(*map(sign_up_some, range(8)))
        with store.snapshot() as snapshot:
            assert snapshot.links.count(ACME, at_most=1000) == 80
            assert len(snapshot.users.search(ACME, "", None, PageRequest(500)).items) == 40

    @needs(Capability.THREADS)
    def test_a_consumer_gets_every_event_of_many_writers_once(self, store: Store) -> None:
        """While threads journal, a consumer who asks again and again gets each event once, in the journal's order."""
        writers, done = 3, Event()

        def write(by: str) -> Callable[[], object]:
            def run() -> None:
                for number in range(ROUNDS):
                    with store.transaction() as tx:
                        journaled(tx, [event(by=f"{by}-{number}")])

            return run

        def consume() -> list[str]:
            met: list[str] = []
            request, last = PageRequest(7), False
            while True:
                with store.snapshot() as snapshot:
                    page = snapshot.journal.changes(ACME, request)
                met.extend(one.by for one in page.items)
                assert page.next is not None
                request = page.next
                if last and not page.items:
                    return met
                last = done.is_set()

        with ThreadPoolExecutor(1) as pool:
            consumer = pool.submit(consume)
            at_once(*(write(f"writer-{number}") for number in range(writers)))
            done.set()
            met = consumer.result(PATIENCE)
        with store.snapshot() as snapshot:
            assert met == [one.by for one in snapshot.journal.listing(ACME, None, None, PageRequest(500)).items]
        assert len(set(met)) == writers * ROUNDS
