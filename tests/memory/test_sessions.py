"""What a ``with`` block of the store in memory gives, and who may be inside."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Thread
from typing import Any, cast

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.door import Door
from portal_linkage.domain.entities import InvoiceStatus
from portal_linkage.domain.errors import Conflict, StoreUnavailable
from portal_linkage.domain.values import PageRequest
from portal_linkage.domain.viewers import Only
from portal_linkage.ports import Snapshot, Transaction
from portal_linkage.testing.builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    ground,
    invoice,
    late_fee,
    link,
    payment,
    sign_up,
    user,
)
from portal_linkage.testing.contract._pictures import picture

PATIENCE = 60
VISIT, PAGE = Only(ACME, REALTY), PageRequest()

READINGS: dict[str, Callable[[Snapshot], object]] = {
    "firms.find": lambda it: it.firms.find(ACME),
    "users.find": lambda it: it.users.find(ACME, JANE_ID),
    "users.find_by_email": lambda it: it.users.find_by_email(ACME, JANE),
    "users.having": lambda it: it.users.having(ACME, [JANE]),
    "users.some": lambda it: it.users.some(ACME, [JANE_ID]),
    "users.search": lambda it: it.users.search(ACME, "", None, PAGE),
    "links.find": lambda it: it.links.find(ACME, JANE_ID, REALTY),
    "links.listing": lambda it: it.links.listing(ACME, JANE_ID),
    "links.any_of": lambda it: it.links.any_of(ACME, JANE_ID),
    "links.touching": lambda it: it.links.touching(ACME, [REALTY]),
    "links.count": lambda it: it.links.count(ACME, at_most=1000),
    "links.counts": lambda it: it.links.counts(ACME, [JANE_ID]),
    "bars.find": lambda it: it.bars.find(ACME, JANE, REALTY),
    "bars.listing": lambda it: it.bars.listing(ACME, None, PAGE),
    "bars.touching": lambda it: it.bars.touching(ACME, [REALTY]),
    "entities.find": lambda it: it.entities.find(ACME, REALTY),
    "entities.covers": lambda it: it.entities.covers(VISIT),
    "entities.in_scope": lambda it: it.entities.in_scope(VISIT, PAGE),
    "entities.labels": lambda it: it.entities.labels(ACME, [REALTY]),
    "entities.listing": lambda it: it.entities.listing(ACME, JANE),
    "entities.numbered": lambda it: it.entities.numbered(ACME, ["1"]),
    "entities.suggest": lambda it: it.entities.suggest(ACME, "x", None, 1),
    "entities.merged": lambda it: it.entities.merged(ACME, [REALTY]),
    "entities.formerly": lambda it: it.entities.formerly(ACME, "1"),
    "entities.roster": lambda it: it.entities.roster(ACME),
    "entities.listed_elsewhere": lambda it: it.entities.listed_elsewhere(ACME, [REALTY], "pms"),
    "invoices.in_scope": lambda it: it.invoices.in_scope(VISIT, InvoiceStatus.OPEN, PAGE),
    "invoices.find": lambda it: it.invoices.find(ACME, invoice().invoice_id),
    "invoices.totals": lambda it: it.invoices.totals(VISIT),
    "invoices.proves": lambda it: it.invoices.proves(ACME, REALTY, "1"),
    "late_fees.in_scope": lambda it: it.late_fees.in_scope(VISIT, PAGE),
    "late_fees.totals": lambda it: it.late_fees.totals(VISIT),
    "payments.in_scope": lambda it: it.payments.in_scope(VISIT, PAGE),
    "payments.find": lambda it: it.payments.find(ACME, payment().payment_id),
    "journal.listing": lambda it: it.journal.listing(ACME, None, None, PAGE),
    "journal.changes": lambda it: it.journal.changes(ACME, PAGE),
    "journal.is_settled": lambda it: it.journal.is_settled(ACME),
}


def _writings(tx: Transaction) -> dict[str, Callable[[Transaction], object]]:
    mailbox = tx.mailboxes.lock(ACME, JANE)
    return {
        "firms.save": lambda it: it.firms.save(firm()),
        "firms.lock": lambda it: it.firms.lock(ACME),
        "mailboxes.lock": lambda it: it.mailboxes.lock(ACME, JANE),
        "mailboxes.lock_user": lambda it: it.mailboxes.lock_user(ACME, JANE_ID),
        "mailboxes.lock_many": lambda it: it.mailboxes.lock_many(ACME, [JANE]),
        "users.add": lambda it: it.users.add(mailbox, user()),
        "users.remove": lambda it: it.users.remove(user()),
        "links.add_many": lambda it: it.links.add_many([(mailbox, link())]),
        "links.remove_many": lambda it: it.links.remove_many([link()]),
        "links.add_grounds": lambda it: it.links.add_grounds([(link(), ground())]),
        "links.remove_grounds": lambda it: it.links.remove_grounds([(link(), ground().kind)]),
        "bars.of": lambda it: it.bars.of(mailbox),
        "bars.add_many": lambda it: it.bars.add_many(mailbox, [bar()]),
        "bars.remove": lambda it: it.bars.remove(mailbox, REALTY),
        "bars.remember_leaving": lambda it: it.bars.remember_leaving(mailbox, REALTY),
        "bars.carry": lambda it: it.bars.carry(ACME, {REALTY: TRUST}),
        "bars.forget_leaving": lambda it: it.bars.forget_leaving(mailbox, REALTY),
        "entities.hold": lambda it: it.entities.hold(ACME, [REALTY]),
        "entities.lock_many": lambda it: it.entities.lock_many(ACME, [REALTY]),
        "entities.save": lambda it: it.entities.save(entity()),
        "entities.save_many": lambda it: it.entities.save_many([entity()]),
        "entities.save_contacts": lambda it: it.entities.save_contacts([entity()], "xero"),
        "entities.keep_numbers": lambda it: it.entities.keep_numbers([entity()]),
        "entities.part": lambda it: it.entities.part(ACME, [TRUST]),
        "entities.transfer": lambda it: it.entities.transfer(ACME, {REALTY: TRUST}),
        "invoices.transfer": lambda it: it.invoices.transfer(ACME, {REALTY: TRUST}),
        "late_fees.transfer": lambda it: it.late_fees.transfer(ACME, {REALTY: TRUST}),
        "payments.transfer": lambda it: it.payments.transfer(ACME, {REALTY: TRUST}),
        "invoices.save": lambda it: it.invoices.save(invoice()),
        "invoices.save_many": lambda it: it.invoices.save_many([invoice()]),
        "invoices.remove": lambda it: it.invoices.remove(ACME, invoice().invoice_id),
        "late_fees.save": lambda it: it.late_fees.save(late_fee()),
        "late_fees.save_many": lambda it: it.late_fees.save_many([late_fee()]),
        "late_fees.remove": lambda it: it.late_fees.remove(ACME, late_fee().fee_id),
        "payments.save": lambda it: it.payments.save(payment()),
        "payments.save_many": lambda it: it.payments.save_many([payment()]),
        "payments.remove": lambda it: it.payments.remove(ACME, payment().payment_id),
        "attempts.recent": lambda it: it.attempts.recent(ACME, "x", at(0)),
        "attempts.add": lambda it: it.attempts.add(ACME, "x", at(1), at(11)),
        "journal.append": lambda it: it.journal.append([event()]),
        "journal.settle": lambda it: it.journal.settle(ACME),
        "journal.deliver": lambda it: it.journal.deliver(PAGE),
    }


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """A store in which Jane is linked to her realty group."""
    opened = MemoryStore()
    with opened.transaction() as tx:
        sign_up(tx, user(), REALTY)
    yield opened
    opened.close()


def _methods_of(*kept: object) -> set[str]:
    return {name for one in kept for name in dir(one) if not name.startswith("_")}


def test_every_method_of_every_repository_is_tried(store: MemoryStore) -> None:
    """The two tables above leave nothing out that a transaction offers."""
    with store.transaction() as tx:
        offered = {
            f"{name}.{method}"
            for name in dir(tx)
            if not name.startswith("_")
            for method in _methods_of(getattr(tx, name))
        }
        assert offered == READINGS.keys() | _writings(tx).keys()


@pytest.mark.parametrize("name", READINGS)
def test_a_snapshot_is_over_with_its_block(store: MemoryStore, name: str) -> None:
    """Whoever keeps a snapshot beyond its block is refused, and no retry helps."""
    with store.snapshot() as snapshot:
        READINGS[name](snapshot)
    with pytest.raises(Conflict, match="ended") as caught:
        READINGS[name](snapshot)
    assert not caught.value.retryable


def test_a_transaction_is_over_with_its_block(store: MemoryStore) -> None:
    """Whoever keeps a transaction beyond its block neither reads nor writes through it."""
    with store.transaction() as tx:
        uses = READINGS | _writings(tx)
    for use in uses.values():
        with pytest.raises(Conflict, match="ended"):
            use(tx)
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None
        assert snapshot.links.listing(ACME, JANE_ID) == (link(),)


def test_a_repository_is_over_with_its_block(store: MemoryStore) -> None:
    """Whoever keeps a repository beyond its block is refused like who keeps the transaction."""
    with store.transaction() as tx:
        firms = tx.firms
    with pytest.raises(Conflict, match="ended"):
        firms.save(firm())


def test_a_failed_transaction_is_over_too(store: MemoryStore) -> None:
    """After an error, nothing more is written through the transaction that it ended."""
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        _ = 1 / 0
    with pytest.raises(Conflict, match="ended"):
        tx.firms.save(firm())


def test_a_snapshot_may_be_opened_inside_a_snapshot(store: MemoryStore) -> None:
    """Reading within reading, on one thread, is the same moment; the outer one outlives the inner."""
    with store.snapshot() as outer:
        with store.snapshot() as inner:
            assert inner.links.count(ACME, at_most=1000) == 1
        assert outer.links.count(ACME, at_most=1000) == 1
        with pytest.raises(Conflict), store.transaction():
            pass


def test_a_snapshot_inside_a_transaction_is_refused(store: MemoryStore) -> None:
    """A snapshot on the thread of a transaction would see it half done: no retry helps."""
    with store.transaction(), pytest.raises(Conflict) as caught, store.snapshot():
        pass
    assert not caught.value.retryable


def test_a_snapshot_offers_no_locks(store: MemoryStore) -> None:
    """Whoever reads has nothing to lock, and counts no attempts."""
    with store.snapshot() as snapshot:
        assert not hasattr(snapshot, "mailboxes")
        assert not hasattr(snapshot, "attempts")


def test_a_snapshot_writes_nothing(store: MemoryStore) -> None:
    """Whoever talks a snapshot's repositories into a change is refused, and everything stays as it was."""
    with store.transaction() as tx:
        writings = _writings(tx)
    before = picture(store)
    # These only read: they are for changes because they go with a lock.
    reading = ("mailboxes.", "attempts.", "bars.of", "entities.hold", "entities.lock_many")
    tried = [name for name in writings if not name.startswith(reading)]
    with store.snapshot() as snapshot:
        for name in tried:
            with pytest.raises(Conflict, match="for reading") as caught:
                writings[name](cast("Transaction", snapshot))
            assert not caught.value.retryable
    assert picture(store) == before


def test_snapshots_of_several_threads_are_open_together(store: MemoryStore) -> None:
    """A reader does not wait for another reader."""

    def read() -> int:
        with store.snapshot() as snapshot:
            return snapshot.links.count(ACME, at_most=1000)

    with store.snapshot(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(read).result(PATIENCE) == 1


def test_a_block_may_end_on_another_thread(store: MemoryStore) -> None:
    """A host that opens on one thread and closes on another, as some frameworks do, leaves the store free."""
    blocks: tuple[Any, ...] = (store.transaction(), store.snapshot())
    for block in blocks:
        with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
            pool.submit(stack.enter_context, block).result(PATIENCE)
    with store.transaction() as tx:
        assert tx.links.count(ACME, at_most=1000) == 1


class Waiting:
    """Threads that come to the store one after the other, each known to be waiting before the next one comes."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.order: list[str] = []
        self.failed: list[str] = []
        self.threads: list[Thread] = []

    def comes(self, name: str, *, to_write: bool) -> None:
        """Start a thread and see that it has to wait."""
        queue = self.store._door._waiting
        before = len(queue)
        thread = Thread(target=self._run, args=(name, to_write), daemon=True)
        self.threads.append(thread)
        thread.start()
        while len(queue) == before:
            Event().wait(0.001)

    def _run(self, name: str, to_write: bool) -> None:
        try:
            with self.store.transaction() if to_write else self.store.snapshot():
                self.order.append(name)
        except StoreUnavailable:
            self.failed.append(name)

    def end(self) -> None:
        """See that all have come through."""
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self.threads)


def test_writers_have_their_turn_in_the_order_they_came(store: MemoryStore) -> None:
    """Threads that wait for a transaction are let in in the order of arrival."""
    waiting = Waiting(store)
    with store.transaction():
        for number in range(5):
            waiting.comes(str(number), to_write=True)
    waiting.end()
    assert waiting.order == ["0", "1", "2", "3", "4"]


def test_readers_do_not_overtake_a_writer_who_waits(store: MemoryStore) -> None:
    """A reader who comes after a waiting writer waits behind it, so that readers cannot keep writers out for ever."""
    waiting = Waiting(store)
    with store.snapshot():
        waiting.comes("writer", to_write=True)
        waiting.comes("reader", to_write=False)
        waiting.comes("second writer", to_write=True)
    waiting.end()
    assert waiting.order == ["writer", "reader", "second writer"]


def test_a_reader_inside_comes_in_again_although_a_writer_waits(store: MemoryStore) -> None:
    """A snapshot within a snapshot does not queue behind a writer who waits for the outer one: both would starve."""
    waiting = Waiting(store)
    with store.snapshot():
        waiting.comes("writer", to_write=True)
        with store.snapshot() as inner:
            assert inner.links.count(ACME, at_most=1000) == 1
        assert waiting.order == []
    waiting.end()
    assert waiting.order == ["writer"]


def test_whoever_waits_for_a_store_that_is_closed_is_told(store: MemoryStore) -> None:
    """Threads that wait when the store is closed are refused, and wait no longer."""
    waiting = Waiting(store)
    with store.snapshot():
        waiting.comes("writer", to_write=True)
        waiting.comes("reader", to_write=False)
        store.close()
        waiting.end()
    assert (waiting.order, sorted(waiting.failed)) == ([], ["reader", "writer"])


def test_nobody_is_let_in_past_those_who_wait() -> None:
    """Whoever comes while the door is free, but somebody's turn has come, waits behind them."""
    door = Door()
    door._waiting.append("somebody whose turn it is")
    with ThreadPoolExecutor(1) as pool:
        inside = pool.submit(door.enter, alone=False)
        with pytest.raises(TimeoutError):
            inside.result(0.05)
        with door._turn:
            door._waiting.popleft()
            door._turn.notify_all()
        assert inside.result(60)


def test_nobody_is_let_in_at_a_door_that_is_closed() -> None:
    """Though nobody is inside, and nobody waits."""
    door = Door()
    door.close()
    for alone in (True, False):
        with pytest.raises(StoreUnavailable, match="the store has been closed"):
            door.enter(alone=alone)


def test_an_open_snapshot_of_a_closed_store_is_refused(store: MemoryStore) -> None:
    """Closing the store ends what is open: the next use of it is refused."""
    with store.snapshot() as snapshot:
        store.close()
        with pytest.raises(StoreUnavailable):
            snapshot.links.count(ACME, at_most=1000)


def test_a_transaction_is_not_kept_by_a_store_closed_meanwhile(store: MemoryStore) -> None:
    """Whoever ends a transaction after the store was closed is told that it was not kept."""
    with pytest.raises(StoreUnavailable), store.transaction():
        store.close()


def test_an_interrupted_wait_leaves_nobody_in_the_queue(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that is interrupted while it waits is in nobody's way afterwards."""
    door = store._door

    def interrupted(_: Callable[[], bool]) -> bool:
        raise KeyboardInterrupt

    with store.snapshot(), monkeypatch.context() as patched, ThreadPoolExecutor() as pool:
        patched.setattr(door._turn, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.submit(lambda: store.transaction().__enter__()).result()
    with store.transaction() as tx:
        assert tx.links.count(ACME, at_most=1000) == 1


def test_closing_lets_go_of_everything(store: MemoryStore) -> None:
    """A closed store holds no firm any more."""
    store.close()
    assert not store._cabinets.rows


def test_a_snapshot_is_opened_once() -> None:
    """Not even by its own block: the first one would never end."""
    store = MemoryStore()
    block = store.snapshot()
    with block as snapshot:
        with pytest.raises(Conflict, match=r"^a snapshot is opened once: ask the store for another one$"):
            block.__enter__()
        assert snapshot.firms.find(ACME) is None
    with pytest.raises(Conflict):
        snapshot.firms.find(ACME)
    with store.transaction() as tx:
        tx.firms.save(firm())
