"""What the store in memory does costs what it finds or changes, and not the firm: counted, not timed."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import astuple

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.accounts import Account, Accounts
from portal_linkage.adapters.memory.indexes import Sought
from portal_linkage.adapters.memory.series import Series
from portal_linkage.adapters.memory.shelves import Cabinet, Shelf
from portal_linkage.domain.entities import InvoiceStatus
from portal_linkage.domain.values import FirmId, PageRequest, UserId
from portal_linkage.domain.viewers import LinkedTo, Only
from portal_linkage.testing.builders import (
    ACME,
    JANE,
    JANE_ID,
    at,
    bar,
    entity,
    event,
    invoice,
    jane_at,
    journaled,
    leave_bars,
    link,
    sign_up,
    user,
)
from portal_linkage.testing.contract._pictures import undone

FEW, MANY = 300, 3_000


def firm_of(size: int) -> MemoryStore:
    """A firm with so many entities, three invoices each, and half as many users; three entities list Jane."""
    store = MemoryStore()
    with store.transaction() as tx:
        for number in range(size):
            listed = (JANE,) if number < 3 else (jane_at(number),)
            name = f"Name{number} Trust" if number else "Unique Bakery"
            tx.entities.save(entity(f"e{number}", *listed, name=name, client_number=f"{number + 100_000}"))
            tx.invoices.save_many(invoice(f"{number}-{one}", f"e{number}", number=str(one)) for one in range(3))
        for number in range(3, size // 2):
            sign_up(tx, user(f"u{number}", jane_at(number), name=f"User{number}"), f"e{number}")
        tx.entities.suggest(ACME, "x", None, 1)
        tx.users.search(ACME, "x", None, PageRequest())
    return store


class Work:
    """How often the innards of a store are asked to do something."""

    def __init__(self) -> None:
        self.done = 0

    def counting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method, counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            self.done += 1
            return method(*args, **kwargs)

        return counted


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Every look-up of a row, every place computed and every word index asked is counted."""
    counted = Work()
    for owner, name in (
        (Shelf, "find"),
        (Shelf, "at"),
        (Shelf, "put"),
        (Sought, "begins_words_of"),
        (Sought, "named"),
        (Series, "_order"),
        (Accounts, "of"),
        (Accounts, "opened"),
        (Cabinet, "in_scope"),
    ):
        monkeypatch.setattr(owner, name, counted.counting(getattr(owner, name)))
    for name in ("search_key", "words_of"):
        for module in ("indexes", "clients", "shelves"):
            target = f"portal_linkage.adapters.memory.{module}.{name}"
            original = getattr(__import__(target.rpartition(".")[0], fromlist=[name]), name, None)
            if original is not None:
                monkeypatch.setattr(target, counted.counting(original))
    return counted


def _sign_up(store: MemoryStore) -> None:
    with store.transaction() as tx:
        listing = tx.entities.listing(ACME, JANE)
        assert len(listing) == 3
        sign_up(tx, user(), *(one.entity_id for one in listing))


def _undo_a_sign_up(store: MemoryStore) -> None:
    undone(store, lambda tx: sign_up(tx, user(), "e0"))


def _link_and_unlink(store: MemoryStore) -> None:
    with store.transaction() as tx:
        mailbox = tx.mailboxes.lock(ACME, jane_at(3))
        tx.links.add_many([(mailbox, link("e0", "u3"))])
        tx.links.remove_many([link("e0", "u3")])


def _bar_and_lift(store: MemoryStore) -> None:
    with store.transaction() as tx:
        leave_bars(tx, bar("e3", jane_at(3)))
        tx.bars.remove(tx.mailboxes.lock(ACME, jane_at(3)), entity("e3").entity_id)


def _read_the_portal(store: MemoryStore) -> None:
    scope = LinkedTo(ACME, UserId("u3"))
    with store.snapshot() as snapshot:
        for status in (InvoiceStatus.OPEN, InvoiceStatus.PAID):
            snapshot.invoices.in_scope(scope, status, PageRequest())
        assert snapshot.invoices.totals(scope).count == 3
        assert snapshot.entities.covers(scope)


def _suggest(store: MemoryStore) -> None:
    with store.snapshot() as snapshot:
        assert len(snapshot.entities.suggest(ACME, "bak uni", None, 10)) == 1
        assert len(snapshot.entities.suggest(ACME, "100007", None, 10)) == 1
        assert snapshot.entities.suggest(ACME, "absent", None, 10) == ()


def _rename(store: MemoryStore) -> None:
    with store.transaction() as tx:
        tx.entities.save(entity("e5", name="Renamed", client_number="new"))
        assert len(tx.entities.suggest(ACME, "renamed", None, 10)) == 1


def _prove(store: MemoryStore) -> None:
    with store.transaction() as tx:
        assert len(tx.entities.numbered(ACME, ["100003"])) == 1
        assert tx.invoices.proves(ACME, entity("e3").entity_id, "2")
        tx.attempts.recent(ACME, "number:1", at(0))
        tx.attempts.add(ACME, "number:1", at(1), at(11))


def _page_through_users(store: MemoryStore) -> None:
    with store.snapshot() as snapshot:
        page = snapshot.users.search(ACME, "", None, PageRequest(5))
        assert page.next is not None
        assert len(snapshot.users.search(ACME, "", None, page.next).items) == 5
        assert len(snapshot.users.search(ACME, "user7", None, PageRequest(1)).items) == 1


TASKS = {
    "sign up": _sign_up,
    "undo a sign-up": _undo_a_sign_up,
    "link and unlink": _link_and_unlink,
    "bar and lift": _bar_and_lift,
    "read the portal": _read_the_portal,
    "suggest": _suggest,
    "rename": _rename,
    "prove": _prove,
}


@pytest.mark.parametrize("name", TASKS)
def test_no_task_costs_the_firm(work: Work, name: str) -> None:
    """The same task at a firm ten times as large looks at not many more rows than the search for a place takes."""
    costs: list[int] = []
    for size in (FEW, MANY):
        store = firm_of(size)
        work.done = 0
        TASKS[name](store)
        costs.append(work.done)
    assert 0 < costs[1] <= costs[0] + 20


def test_a_page_of_users_costs_the_page(work: Work) -> None:
    """Two pages of users, and a search that few match, look at the users shown."""
    store = firm_of(MANY)
    work.done = 0
    _page_through_users(store)
    assert work.done < FEW * 3


def test_a_page_of_many_entities_costs_the_page_and_the_entities(work: Work) -> None:
    """A page of a thousand entities' bills looks once at each link, entity and first bill, and at the page's rows."""
    entities, rows, limit = 1_000, 20, 10
    store = MemoryStore()
    with store.transaction() as tx:
        tx.entities.save_many(entity(f"e{number}") for number in range(entities))
        tx.invoices.save_many(invoice(f"{one}-{two}", f"e{one}") for one in range(entities) for two in range(rows))
        sign_up(tx, user(), *(f"e{number}" for number in range(entities)))
    work.done = 0
    with store.snapshot() as snapshot:
        snapshot.invoices.in_scope(LinkedTo(ACME, JANE_ID), InvoiceStatus.OPEN, PageRequest(limit))
    assert work.done < 3 * entities + 10 * limit


def test_totals_of_many_bills_look_at_none(work: Work) -> None:
    """What an entity owes is summed up when a bill changes, and not when it is asked for."""
    store = MemoryStore()
    with store.transaction() as tx:
        tx.entities.save(entity("e0"))
        tx.invoices.save_many(invoice(str(number), "e0") for number in range(MANY))
        sign_up(tx, user(), "e0")
    work.done = 0
    with store.snapshot() as snapshot:
        assert snapshot.invoices.totals(LinkedTo(ACME, JANE_ID)).count == MANY
    assert work.done < 10


class Watched(list[Any]):
    """A list that remembers how much of it was copied at most."""

    most = 0

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 -- as a list has it
        found = super().__getitem__(place)
        if isinstance(place, slice):
            self.most = max(self.most, len(found))
        return found


def test_a_page_far_on_copies_no_more_than_the_page() -> None:
    """Whoever pages through the bills of a client with very many pays for the page alone."""
    store = firm_of(FEW)
    with store.transaction() as tx:
        tx.invoices.save_many(invoice(f"x{number:04}", "e0") for number in range(500))
    e0 = entity("e0").entity_id
    account = store._cabinets.rows[ACME].accounts.of(e0)
    watched = account.open_invoices = Watched(account.open_invoices or ())
    viewer = Only(ACME, e0)
    with store.snapshot() as snapshot:
        second = snapshot.invoices.in_scope(viewer, InvoiceStatus.OPEN, PageRequest(10)).next
        assert second is not None
        assert len(snapshot.invoices.in_scope(viewer, InvoiceStatus.OPEN, second).items) == 10
    assert watched.most == 11


def test_an_undo_log_holds_what_was_changed() -> None:
    """What a transaction remembers for its undoing is one entry for each row that it wrote."""
    store = firm_of(FEW)
    with store.transaction() as tx:
        log = tx.firms._session._log  # type: ignore[attr-defined]
        tx.entities.save_many(entity(f"e{number}") for number in range(5))
        tx.invoices.remove(ACME, invoice("1-1").invoice_id)
        assert len(log) == 11  # five entities, what each lists, and a bill


def test_reading_of_an_unknown_firm_leaves_nothing_behind() -> None:
    """Whoever asks for firms that do not exist does not make the store grow."""
    store = MemoryStore()
    for number in range(9):
        with store.snapshot() as snapshot:
            assert snapshot.links.count(FirmId(str(number)), at_most=1000) == 0
    with store.transaction() as tx:
        assert tx.users.find(ACME, JANE_ID) is None
    assert not store._cabinets.rows


def test_an_undone_first_change_leaves_no_cabinet_behind() -> None:
    """A firm whose first change failed takes no room."""
    store = MemoryStore()
    _undo_a_sign_up(store)
    assert not store._cabinets.rows


def test_attempts_long_past_do_not_pile_up() -> None:
    """Whoever types ever new numbers for days is not remembered for ever."""
    store = MemoryStore()
    for number in range(500):
        with store.transaction() as tx:
            subject = f"number:{number}"
            tx.attempts.recent(ACME, subject, at(number - 10))
            tx.attempts.add(ACME, subject, at(number), at(number + 10))
    shelf = store._cabinets.rows[ACME].attempts
    assert list(shelf.rows) == [f"number:{number}" for number in range(490, 500)]


def test_who_tries_again_and_again_keeps_nobody_long_past() -> None:
    """Subjects that are refused all the time do not stand in the way of forgetting the others."""
    store = MemoryStore()
    for number in range(100):
        with store.transaction() as tx:
            for subject in ("person:1", "person:2", f"number:{number}"):
                tx.attempts.recent(ACME, subject, at(number - 10))
                tx.attempts.add(ACME, subject, at(number), at(number + 10))
    assert len(store._cabinets.rows[ACME].attempts.rows) == 12


def test_the_journal_of_a_user_and_an_entity_costs_the_smaller(work: Work) -> None:
    """Of a busy user and a quiet entity, or the other way about, only the events of the quiet one are looked at."""
    store = MemoryStore()
    with store.transaction() as tx:
        journaled(tx, [event() for _ in range(FEW)])
        journaled(tx, [event(entity_id=entity("quiet").entity_id), event(user_id=UserId("quiet"))])
    for user_id, entity_id in ((JANE_ID, entity("quiet").entity_id), (UserId("quiet"), entity().entity_id)):
        work.done = 0
        with store.snapshot() as snapshot:
            assert len(snapshot.journal.listing(ACME, user_id, entity_id, PageRequest()).items) == 1
        assert 0 < work.done < 5


def test_what_came_and_went_leaves_nothing_behind() -> None:
    """After everything was taken away again, no index holds anything of it; an account is empty, and stays."""
    store = MemoryStore()
    with store.transaction() as tx:
        tx.entities.save(entity("e0", JANE))
        sign_up(tx, user(), "e0")
        leave_bars(tx, bar("e0"))
        tx.invoices.save_many([invoice("a", "e0"), invoice("b", "e0", status=InvoiceStatus.PAID)])
    with store.transaction() as tx:
        tx.links.remove_many([link("e0")])
        tx.users.remove(user())
        tx.bars.remove(tx.mailboxes.lock(ACME, JANE), entity("e0").entity_id)
        for one in "ab":
            tx.invoices.remove(ACME, invoice(one).invoice_id)
        tx.entities.save(entity("e0"))
    cabinet = store._cabinets.rows[ACME]
    for pairs in (cabinet.links, cabinet.bars):
        assert (pairs.rows, pairs._holders._groups) == ({}, {})
    assert (cabinet.links._in_order._of, cabinet.bars._entities._groups) == ({}, {})
    assert [astuple(account) for account in cabinet.accounts._accounts.values()] == [astuple(Account(is_active=True))]
    assert (cabinet.contacts._listing._groups, cabinet.users.rows) == ({}, {})
    assert cabinet.users.places.after(None, 9) == cabinet.bars.places.after(None, 9) == []
    for index in (cabinet.users.directory._marks, cabinet.users.directory._words):
        assert index.after(None, 9) == []
