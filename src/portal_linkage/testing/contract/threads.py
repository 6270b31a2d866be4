"""Threads share a store: nothing is lost, and nobody sees half a change."""

from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from threading import Event

import pytest

from ...domain.entities import InvoiceStatus, User
from ...domain.values import InvoiceId, PageRequest
from ...domain.viewers import Only
from ...ports import Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    SMITH,
    entity,
    event,
    firm,
    invoice,
    jane_at,
    journaled,
    sign_up,
    usd,
    user,
)
from ..promises import Capability, Promises, needs
from ..titles import port
from ._at_once import PATIENCE, ROUNDS, at_once, begin, decided, ended, repeated, until
from ._pictures import undone


class ThreadPromises(Promises):
    """Threads share a store: nothing is lost, and nobody sees half a change."""

    law = port("Store")

    @needs(Capability.THREADS)
    def test_two_writers_lose_nothing(self, store: Store) -> None:
        """Two threads that each read a number and write one more end with every step counted."""
        with store.transaction() as tx:
            tx.invoices.save(invoice("a", amount_due=usd(0)))

        def add_one(tx: Transaction) -> None:
            tx.mailboxes.lock(ACME, JANE)
            found = tx.invoices.find(ACME, InvoiceId("a"))
            assert found is not None
            tx.invoices.save(invoice("a", amount_due=usd(int(found.amount_due.amount) + 1)))

        at_once(*[repeated(lambda: decided(store, add_one))] * 2)
        with store.snapshot() as snapshot:
            assert snapshot.invoices.find(ACME, InvoiceId("a")) == invoice("a", amount_due=usd(2 * ROUNDS))

    @needs(Capability.THREADS)
    def test_locks_of_one_mailbox_are_lined_up(self, store: Store) -> None:
        """Two threads that lock one mailbox at once, the first time too, get revisions that nobody else got."""

        def lock(tx: Transaction) -> int:
            return tx.mailboxes.lock(ACME, JANE).revision

        found = at_once(*[repeated(lambda: decided(store, lock))] * 2)
        revisions = [one for some in found for one in some]
        assert len(set(revisions)) == 2 * ROUNDS

    @needs(Capability.THREADS)
    def test_a_reader_never_sees_half_a_change(self, store: Store) -> None:
        """L15: While one thread changes two invoices together, another always finds them alike, and their sum."""
        done = Event()

        def change(number: int) -> None:
            with store.transaction() as tx:
                tx.invoices.save_many(invoice(one, amount_due=usd(number)) for one in "ab")

        def write() -> None:
            try:
                for number in range(ROUNDS):
                    change(number + 1)
            finally:
                done.set()

        def read() -> None:
            with store.snapshot() as snapshot:
                rows = snapshot.invoices.in_scope(Only(ACME, REALTY), InvoiceStatus.OPEN, PageRequest()).items
                first, second = (one.amount_due.units for one in rows)
                assert first == second
                assert snapshot.invoices.totals(Only(ACME, REALTY)).due["USD"].units == first + second

        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
        change(1)
        at_once(write, until(done.is_set, read), until(done.is_set, read))

    @needs(Capability.THREADS)
    def test_a_snapshot_stands_still(self, store: Store) -> None:
        """L15: While a snapshot is open, what another thread is about to change reads the same to the end."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
            tx.invoices.save(invoice("a", amount_due=usd(1)))
        begun = Event()

        def write() -> None:
            begun.set()
            with store.transaction() as tx:
                tx.invoices.save(invoice("a", amount_due=usd(2)))

        with store.snapshot() as snapshot:
            before = snapshot.invoices.totals(Only(ACME, REALTY))
            writing = begin(write)
            assert begun.wait(PATIENCE)
            wait([writing], self.pause)
            assert snapshot.invoices.totals(Only(ACME, REALTY)) == before
        ended(writing)
        with store.snapshot() as snapshot:
            assert snapshot.invoices.totals(Only(ACME, REALTY)).due == {"USD": usd(2)}

    @needs(Capability.THREADS)
    def test_what_was_committed_is_seen_by_all(self, store: Store) -> None:
        """L17: A snapshot that another thread opens after a transaction ended sees what it wrote."""

        def read() -> object:
            with store.snapshot() as snapshot:
                return snapshot.entities.find(ACME, REALTY)

        assert ended(begin(read)) == [None]
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
        assert ended(begin(read)) == [entity(REALTY)]

    @needs(Capability.THREADS)
    def test_what_is_undone_is_seen_by_nobody(self, store: Store) -> None:
        """While one thread writes and gives up, over and over, another never sees any of it."""
        done = Event()

        def give_up() -> None:
            try:
                for _ in range(ROUNDS):
                    undone(store, lambda tx: sign_up(tx, user(), SMITH))
            finally:
                done.set()

        def read() -> None:
            with store.snapshot() as snapshot:
                assert snapshot.users.find(ACME, JANE_ID) is None
                assert snapshot.links.count(ACME, at_most=1000) == 0

        at_once(give_up, until(done.is_set, read))

    @needs(Capability.THREADS)
    def test_many_sign_ups_at_once_all_come_through(self, store: Store) -> None:
        """Eight threads sign up people of their own at once, and all are there in the end."""

        def sign_up_some(thread: int) -> Callable[[], object]:
            people = [user(f"{thread}-{number}", jane_at(10 * thread + number)) for number in range(5)]

            def add(tx: Transaction, one: User) -> None:
                sign_up(tx, one, SMITH, REALTY)

            def run() -> None:
                for one in people:
                    decided(store, partial(add, one=one))

            return run

        at_once(*map(sign_up_some, range(8)))
        with store.snapshot() as snapshot:
            assert snapshot.links.count(ACME, at_most=1000) == 80
            assert len(snapshot.users.search(ACME, "", None, PageRequest(500)).items) == 40

    @needs(Capability.THREADS)
    def test_a_consumer_gets_every_event_of_many_writers_once(self, store: Store) -> None:
        """L11: While threads journal, a consumer who asks again and again gets each event once, in their order."""
        writers, done, met = 3, Event(), list[str]()
        request = PageRequest(7)

        def write(by: str) -> Callable[[], object]:
            def run() -> None:
                for number in range(ROUNDS):
                    decided(store, partial(journaled, events=[event(by=f"{by}-{number}")]))

            return run

        def consume() -> bool:
            nonlocal request
            with store.snapshot() as snapshot:
                page = snapshot.journal.changes(ACME, request)
            met.extend(one.by for one in page.items)
            assert page.next is not None
            request = page.next
            return bool(page.items)

        consumer = begin(until(done.is_set, consume))
        try:
            at_once(*(write(f"writer-{number}") for number in range(writers)))
        finally:
            done.set()
        ended(consumer)
        while consume():
            assert len(met) <= writers * ROUNDS
        with store.snapshot() as snapshot:
            assert met == [one.by for one in snapshot.journal.listing(ACME, None, None, PageRequest(500)).items]
        assert len(set(met)) == writers * ROUNDS

    @needs(Capability.THREADS)
    @pytest.mark.parametrize("kind", ["transaction", "snapshot"])
    def test_another_thread_may_end_a_block(self, store: Store, kind: str) -> None:
        """A block that is ended on another thread, as frameworks may do, leaves both threads free to open the next."""

        def rename(name: str) -> None:
            with store.transaction() as tx:
                tx.firms.save(firm(name=name))

        def end() -> None:
            opened.__exit__(None, None, None)
            rename("Theirs")

        opened = store.transaction() if kind == "transaction" else store.snapshot()
        opened.__enter__()
        ended(begin(end))
        rename("Ours")
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == firm(name="Ours")
