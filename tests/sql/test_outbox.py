"""The journal as an outbox: nothing is missed and nothing is given twice, though transactions end out of order."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal_linkage import Event, LinkageService, UserId
from portal_linkage.adapters.sql import SqlStore, journal
from portal_linkage.domain.values import FirmId
from portal_linkage.ports import Store, Transaction
from portal_linkage.testing.builders import ACME, OTHER_FIRM, event
from tests import engines

WRITERS, CHANGES = 6, 40


@pytest.fixture(params=engines.ALL)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = engines.opened(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def on_postgresql() -> SqlStore:
    """Where transactions overlap."""
    return SqlStore(engines.emptied("postgresql"))


def told(writer: int, number: int, firm_id: FirmId = ACME) -> Event:
    """The writer's event of this number."""
    return event(firm_id=firm_id, user_id=UserId(f"writer-{writer}"), by=str(number))


def write(store: Store, writer: int) -> None:
    """Write two events a change, at two firms in turn, and take one's time."""
    lots = random.Random(writer)
    for number in range(0, CHANGES, 2):
        firm_id = ACME if number % 4 else OTHER_FIRM
        with store.transaction() as tx:
            tx.journal.append([told(writer, number, firm_id), told(writer, number + 1, firm_id)])
            time.sleep(lots.random() * 0.004)


def in_order(events: list[Event]) -> bool:
    """Whether each writer's events at each firm come once, all of them, in the order of writing."""
    for firm_id in (ACME, OTHER_FIRM):
        for writer in range(WRITERS):
            numbers = [int(one.by) for one in events if (one.firm_id, one.user_id) == (firm_id, f"writer-{writer}")]
            if numbers != [
                number for number in range(CHANGES) if (number // 2 * 2) % 4 == (2 if firm_id == ACME else 0)
            ]:
                return False
    return len(events) == WRITERS * CHANGES


def test_readers_of_overlapping_writers_get_every_event_once(store: Store) -> None:
    """While six writers journal at two firms, readers who go on from their cursors miss nothing and repeat nothing."""
    portal, done = LinkageService(store), threading.Event()
    by_firm: list[Event] = []
    delivered: list[list[Event]] = [[], []]

    def follow_firms() -> None:
        cursors: dict[FirmId, str | None] = {ACME: None, OTHER_FIRM: None}
        last_round = False
        while not last_round:
            last_round = done.is_set()
            for firm_id, after in cursors.items():
                page = portal.changes(firm_id, after=after, limit=7)
                by_firm.extend(page.items)
                cursors[firm_id] = page.next.after if page.next else None
                last_round = last_round and not page.items

    def follow_all(into: list[Event]) -> None:
        after, last_round = None, False
        while not last_round:
            last_round = done.is_set()
            page = store.changes(after=after, limit=5)
            into.extend(page.items)
            after = page.next.after if page.next else None
            last_round = last_round and not page.items

    readers = [
        threading.Thread(target=follow_firms),
        *(threading.Thread(target=follow_all, args=[one]) for one in delivered),
    ]
    writers = [threading.Thread(target=write, args=[store, writer]) for writer in range(WRITERS)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert in_order(by_firm)
    assert in_order(delivered[0])
    assert delivered[1] == delivered[0]


def _write_in(tx: Transaction, writer: int) -> None:
    tx.journal.append([told(writer, 1), told(writer, 2)])


def test_who_ends_late_is_told_late_and_not_missed(on_postgresql: SqlStore) -> None:
    """An event written first, in a transaction that ends last, comes after those that a reader has had meanwhile."""
    portal = LinkageService(on_postgresql)
    with on_postgresql.engine.connect() as slow:
        with on_postgresql.on(slow).transaction() as tx:
            _write_in(tx, 1)
        with on_postgresql.transaction() as tx:
            _write_in(tx, 2)
        first = portal.changes(ACME)
        slow.commit()
    assert first.next is not None
    later = portal.changes(ACME, after=first.next.after)
    assert [one.user_id for one in first.items] == ["writer-2"] * 2
    assert [(one.user_id, one.by) for one in later.items] == [("writer-1", "1"), ("writer-1", "2")]


def test_a_later_change_comes_later_whatever_it_is_called(
    on_postgresql: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes that nobody has read in between keep their order, though their ids fall and clocks may jump back."""
    ids = iter(f"{number:04d}" for number in range(9999, 0, -1))
    monkeypatch.setattr(journal, "new_uuid", lambda: next(ids))
    for writer in range(3):
        with on_postgresql.transaction() as tx:
            _write_in(tx, writer)
    assert [one.user_id for one in LinkageService(on_postgresql).changes(ACME).items] == [
        f"writer-{writer}" for writer in (0, 0, 1, 1, 2, 2)
    ]


def test_a_cursor_over_the_order_of_writing_would_miss_it(on_postgresql: SqlStore) -> None:
    """Why events get their place when they are read: whoever reads on from the last stamp never sees the late one."""
    table = on_postgresql._parts.tables.journal
    stamps = sa.select(table.c.user_id, table.c.stamp).order_by(table.c.stamp, table.c.change_id)
    with on_postgresql.engine.connect() as slow, on_postgresql.engine.connect() as reader:
        with on_postgresql.on(slow).transaction() as tx:
            _write_in(tx, 1)
        with on_postgresql.transaction() as tx:
            _write_in(tx, 2)
        seen = reader.execute(stamps).all()
        slow.commit()
        later = reader.execute(stamps.where(table.c.stamp > max(row.stamp for row in seen))).all()
    assert {row.user_id for row in seen} == {"writer-2"}
    assert later == []


def test_two_readers_at_once_give_each_event_one_place(on_postgresql: SqlStore) -> None:
    """Who comes second waits, and finds the places given."""
    with on_postgresql.transaction() as tx:
        _write_in(tx, 1)
    pages: list[tuple[Event, ...]] = []
    ready = threading.Barrier(4)

    def read() -> None:
        ready.wait()
        pages.append(LinkageService(on_postgresql).changes(ACME).items)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(page) for page in pages] == [2] * 4
    assert len(set(pages)) == 1


@pytest.mark.parametrize("engine", engines.SQL)
def test_each_firms_events_are_counted_from_one(engine: str, tmp_path: Path) -> None:
    """Those that wait at another firm take no place: a firm's journal has no gaps."""
    store = engines.opened(engine, tmp_path)
    for firm_id in (OTHER_FIRM, ACME, OTHER_FIRM, ACME):
        with store.transaction() as tx:
            tx.journal.append([told(writer, 0, firm_id) for writer in range(3)])
    store.changes()
    assert isinstance(store, SqlStore)
    table = store._parts.tables.journal
    with store.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.firm_id, table.c.position)).all()
    for firm_id in (ACME, OTHER_FIRM):
        assert sorted(row.position for row in rows if row.firm_id == firm_id) == [1, 2, 3, 4, 5, 6]
    store.close()


def test_a_hosts_worker_reads_on_in_its_own_transaction(on_postgresql: SqlStore) -> None:
    """What it has read and what it does about it are kept together: after a rollback the same events come again."""
    with on_postgresql.transaction() as tx:
        _write_in(tx, 1)
    with on_postgresql.engine.connect() as connection:
        first = on_postgresql.on(connection).changes()
        connection.rollback()
        again = on_postgresql.on(connection).changes()
        connection.commit()
    assert first.items == again.items
    assert len(first.items) == 2
