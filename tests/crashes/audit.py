"""Whether all laws hold after a crash, and nothing that was acknowledged is lost."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import attrs
import sqlalchemy as sa

from portal_linkage import (
    EntityId,
    Event,
    EventKind,
    Invoice,
    LateFee,
    LinkageService,
    Money,
    PageRequest,
    PortalUser,
    UserId,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Snapshot
from portal_linkage.testing import builders as b
from portal_linkage.wire import to_json
from tests.folding import Standing, fold
from tests.service.world import STAFF

from .ledger import Act, Ledger, number_at
from .worker import ADDRESSES, ENTITIES, POLICY

ALL = PageRequest(500)


@attrs.define
class Audit:
    """Looks at the database after each crash, and remembers what was there before it."""

    standing: Standing = attrs.field(factory=dict)
    acknowledged: int = 0
    """How many use cases were, so far."""
    kept: int = 0
    """How many crashes came between the keeping of a change and its acknowledgment."""
    _address: dict[UserId, int] = attrs.field(factory=dict)
    _barred: set[tuple[int, EntityId]] = attrs.field(factory=set)
    _last: dict[str, dict[EntityId, int]] = attrs.field(
        factory=lambda: {verb: dict.fromkeys(ENTITIES, 0) for verb in ("save", "change the roster")}
    )
    _place: str | None = None
    _place_of_all: str | None = None

    def check(self, store: SqlStore, ledgers: Sequence[Ledger]) -> None:
        """What these workers did until the crash is there, and all agrees with all."""
        portal = LinkageService(store, POLICY)
        events = self._come_since(store, portal)
        acts = {number: act for ledger in ledgers for number, act in ledger.begun.items()}
        self._check_acknowledged(events, ledgers, acts)
        for event in events:
            self._follow(event, acts[number_at(event.at)])
        self._check_kept(store, portal, ledgers)
        check_tables(store)
        with store.snapshot() as snapshot:
            assert present(snapshot) == self.standing
        self._check_bars(portal)
        for user_id, links in self.standing.items():
            check_view(portal, PortalUser(b.ACME, user_id), links)

    def _come_since(self, store: SqlStore, portal: LinkageService) -> list[Event]:
        """The events since the last crash, as the firm's consumer gets them, and the vendor's."""
        events, of_all = list[Event](), list[Event]()
        while (page := portal.changes(b.ACME, after=self._place, limit=100)).items:
            assert page.next is not None
            events, self._place = [*events, *page.items], page.next.after
        while (page := store.changes(after=self._place_of_all, limit=100)).items:
            assert page.next is not None
            of_all, self._place_of_all = [*of_all, *page.items], page.next.after
        assert events == of_all
        return events

    def _check_acknowledged(self, events: Iterable[Event], ledgers: Iterable[Ledger], acts: dict[int, Act]) -> None:
        """An act's events are those it was acknowledged with; one that was under way may be there, or not."""
        told = defaultdict[int, list[object]](list)
        for event in events:
            told[number_at(event.at)].append(to_json(event))
        assert told.keys() <= acts.keys()
        for ledger in ledgers:
            assert all(told[number] == (events or []) for number, events in ledger.acknowledged.items())
            assert len(ledger.under_way) <= 1
            self.acknowledged += len(ledger.acknowledged)
            self.kept += sum(bool(told[act.number]) for act in ledger.under_way)

    def _follow(self, event: Event, act: Act) -> None:
        """Keep in mind what an event changes; events tell no address, but the act does."""
        self.standing = fold([event], self.standing)
        match event:
            case Event(kind=EventKind.SIGNED_UP, user_id=str(user_id)):
                self._address[UserId(user_id)] = act.address
            case Event(kind=EventKind.UNLINKED, user_id=str(user_id), entity_id=str(entity_id), by=b.STAFF):
                self._barred.add((self._address[UserId(user_id)], EntityId(entity_id)))
            case Event(kind=EventKind.BAR_LIFTED, entity_id=str(entity_id)):
                self._barred.remove((act.address, EntityId(entity_id)))
            case _:
                pass

    def _check_kept(self, store: SqlStore, portal: LinkageService, ledgers: Iterable[Ledger]) -> None:
        """What leaves no events is there as well: bills, names, refused proofs."""
        there = {"save": amounts(store), "change the roster": names(portal)}
        for ledger in ledgers:
            for number, act in ledger.begun.items():
                is_sure = ledger.acknowledged.get(number) is not None
                if act.verb in there and (is_sure or there[act.verb][act.entity_id] == number):
                    self._last[act.verb][act.entity_id] = number
                if act.verb == "guess" and is_sure:
                    check_refusal(store, act)
        assert there == self._last

    def _check_bars(self, portal: LinkageService) -> None:
        """The bars are those of the journal, and nobody is linked to what they are barred from (L7)."""
        bars = portal.bars(STAFF, page=ALL).items
        assert {(bar.email, bar.entity_id) for bar in bars} == {(ADDRESSES[who], what) for who, what in self._barred}
        linked = {(self._address[user_id], what) for user_id, links in self.standing.items() for what in links}
        assert not linked & self._barred


def present(snapshot: Snapshot) -> Standing:
    """The users, links and grounds that there are."""
    return {
        row.user.user_id: {
            link.entity_id: frozenset(ground.kind for ground in link.grounds)
            for link in snapshot.links.listing(b.ACME, row.user.user_id)
        }
        for row in snapshot.users.search(b.ACME, "", None, ALL).items
    }


def amounts(store: SqlStore) -> dict[EntityId, int]:
    """The amount of each client's bills, which are saved together and so are of one amount."""
    tables = store._parts.tables
    kinds = [
        (tables.invoice, tables.invoice.c.amount_due),
        (tables.late_fee, tables.late_fee.c.amount_due),
        (tables.payment, tables.payment.c.amount),
    ]
    with store.engine.connect() as connection:
        first, *others = [
            {row[0]: row[1] // 10_000 for row in connection.execute(sa.select(table.c.entity_id, amount))}
            for table, amount in kinds
        ]
    assert others == [first, first]
    return first


def names(portal: LinkageService) -> dict[EntityId, int]:
    """By which act each client is named, as the firm finds them."""
    return {found.entity_id: int(found.name.split()[1]) for found in portal.suggest(STAFF, "smith")}


def check_refusal(store: SqlStore, act: Act) -> None:
    """A refused proof was counted: nobody gets more attempts by a crash (L10)."""
    with store.transaction() as tx:
        assert tx.attempts.recent(b.ACME, f"number:guess {act.number}", b.NOON) == (act.at,)


def check_tables(store: SqlStore) -> None:
    """Row by row: no user without a link, no link without a user and a ground, no event without its place (L3, L12)."""
    tables = store._parts.tables
    with store.engine.connect() as connection:

        def every(*columns: sa.ColumnElement[object]) -> set[tuple[object, ...]]:
            return {tuple(row) for row in connection.execute(sa.select(*columns))}

        users = every(tables.mailbox.c.user_id) - {(None,)}
        assert every(tables.link.c.user_id) == every(tables.user_word.c.user_id) == users
        links, grounds = tables.link.c, tables.ground.c
        assert every(links.user_id, links.entity_id) == every(grounds.user_id, grounds.entity_id)
        refused = every(tables.bar.c.mailbox_id) | every(tables.departure.c.mailbox_id)
        assert refused <= every(tables.mailbox.c.mailbox_id)
        places = every(tables.journal.c.position)
        assert places == {(place,) for place in range(1, len(places) + 1)}


def check_view(portal: LinkageService, viewer: PortalUser, linked: Collection[EntityId]) -> None:
    """The portal page, the lists, the sums and each bill by its id agree (L4, L15)."""
    page = portal.view(viewer, limit=500)
    assert {entity.entity_id for entity in page.entities.items} == set(linked)
    assert page.entities == portal.entities(viewer, page=ALL)
    assert page.invoices == portal.invoices(viewer, page=ALL)
    assert page.late_fees == portal.late_fees(viewer, page=ALL)
    assert page.past_payments == portal.payments(viewer, page=ALL)
    assert page.open_invoice_count == len(page.invoices.items)
    assert page.amount_due == _due(page.invoices.items)
    assert page.late_fees_due == _due(page.late_fees.items)
    assert [portal.invoice(viewer, one.invoice_id) for one in page.invoices.items] == list(page.invoices.items)
    assert [portal.payment(viewer, one.payment_id) for one in page.past_payments.items] == list(
        page.past_payments.items
    )
    assert [entity_id for entity_id in ENTITIES if portal.can_see(viewer, entity_id)] == sorted(linked)


def _due(bills: Sequence[Invoice] | Sequence[LateFee]) -> dict[str, Money]:
    return {"USD": b.usd(str(sum(bill.amount_due.amount for bill in bills)))} if bills else {}
