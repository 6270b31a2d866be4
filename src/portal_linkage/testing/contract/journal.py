"""The journal."""

from datetime import timedelta

import pytest

from ...domain.entities import GroundKind
from ...domain.errors import InvalidCursor
from ...domain.events import Event, EventKind
from ...domain.values import EntityId, PageRequest, UserId
from ...ports import Store
from ..builders import ACME, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, at, event, journaled, walk
from ..promises import Promises
from ._listings import alterations


def write(store: Store, *events: Event) -> None:
    """Journal events in one change."""
    with store.transaction() as tx:
        journaled(tx, events)


def listed(store: Store, user_id: UserId | None = None, entity_id: EntityId | None = None) -> tuple[Event, ...]:
    """The firm's events, or those of a user or an entity."""
    with store.snapshot() as snapshot:
        return snapshot.journal.listing(ACME, user_id, entity_id, PageRequest(500)).items


EVENTS = [
    event(EventKind.SIGNED_UP, entity_id=None),
    event(EventKind.LINKED, ground=GroundKind.ARRIVAL, at=at(0.000001)),
    event(EventKind.LINKED, entity_id=SMITH, ground=GroundKind.CONTACT_LISTING, by="pms"),
    event(EventKind.BAR_LIFTED, user_id=None, by="staff-1"),
    event(EventKind.UNLINKED, user_id=UserId("ann")),
    event(EventKind.USER_REMOVED, user_id=UserId("ann"), entity_id=None),
]


class JournalPromises(Promises):
    """The journal: what `JournalRepository` promises."""

    law = "L11"

    @pytest.mark.parametrize("kind", list(EventKind))
    def test_an_event_is_kept_with_every_field(self, store: Store, kind: EventKind) -> None:
        """Whatever happened is read as it was written."""
        for one in (event(kind, ground=GroundKind.PROOF), event(kind, user_id=None, entity_id=None, ground=None)):
            write(store, one)
            assert listed(store)[-1] == one
            assert repr(listed(store)[-1]) == repr(one), "a kind is not merely its text"

    def test_the_journal_is_in_the_order_of_writing(self, store: Store) -> None:
        """Events come as the changes came, and within one change as they were given; never by the clock."""
        early, late = event(at=at(1)), event(at=at(2))
        write(store, late, early)
        write(store, early, late)
        assert listed(store) == (late, early, early, late)

    def test_the_journal_of_a_user(self, store: Store) -> None:
        """With a user, the events that concern them come, in the same order."""
        write(store, *EVENTS)
        assert listed(store, JANE_ID) == tuple(EVENTS[:3])

    def test_an_event_has_its_time_to_the_microsecond(self, store: Store) -> None:
        """When something happened is told as it was written down, in the journal and in the changes."""
        written = event(at=at(0) + timedelta(microseconds=17))
        write(store, written)
        with store.snapshot() as snapshot:
            assert snapshot.journal.changes(ACME, PageRequest()).items == listed(store) == (written,)

    def test_the_journal_of_an_entity(self, store: Store) -> None:
        """With an entity, the events that concern it come, whoever's they are."""
        write(store, *EVENTS)
        assert listed(store, None, REALTY) == (EVENTS[1], EVENTS[3], EVENTS[4])

    def test_the_journal_of_a_user_and_an_entity(self, store: Store) -> None:
        """With both, only what concerns both comes."""
        write(store, *EVENTS)
        assert listed(store, JANE_ID, REALTY) == (EVENTS[1],)
        assert listed(store, UserId("ann"), SMITH) == ()

    def test_nothing_is_journaled_of_the_unknown(self, store: Store) -> None:
        """Of an unknown user, an untouched entity, and another firm there is no event."""
        write(store, *EVENTS)
        assert listed(store, UserId("nobody")) == listed(store, None, TRUST) == ()
        with store.snapshot() as snapshot:
            assert snapshot.journal.listing(OTHER_FIRM, None, None, PageRequest()).items == ()

    @pytest.mark.parametrize(
        ("user_id", "entity_id"), [(None, None), (JANE_ID, None), (None, REALTY), (JANE_ID, REALTY)]
    )
    def test_the_journal_goes_page_by_page(
        self, store: Store, user_id: UserId | None, entity_id: EntityId | None
    ) -> None:
        """The pages of the journal, of whatever part of it, are the whole, one after the other."""
        write(store, *EVENTS * 3)
        with store.snapshot() as snapshot:
            pages = list(walk(lambda page: snapshot.journal.listing(ACME, user_id, entity_id, page), 2))
        assert tuple(one for page in pages for one in page) == listed(store, user_id, entity_id)
        assert {len(page) for page in pages[:-1]} == {2}

    def test_no_events_can_be_journaled(self, store: Store) -> None:
        """A change in which nothing happened leaves the journal as it is."""
        write(store)
        assert listed(store) == ()

    def test_whether_events_wait_for_their_place_is_told(self, store: Store) -> None:
        """A store lists what is written at once, or says that it waits; when the journal is settled, nothing does."""
        with store.transaction() as tx:
            tx.journal.append(EVENTS)
        with store.snapshot() as snapshot:
            has_its_place = snapshot.journal.is_settled(ACME)
        assert listed(store) == (tuple(EVENTS) if has_its_place else ())
        with store.transaction() as tx:
            tx.journal.settle(ACME)
            assert tx.journal.is_settled(ACME)
        assert listed(store) == tuple(EVENTS)
        with store.snapshot() as snapshot:
            assert [snapshot.journal.is_settled(firm_id) for firm_id in (ACME, OTHER_FIRM)] == [True, True]

    def test_changes_come_in_the_order_of_the_journal(self, store: Store) -> None:
        """Page by page, a consumer gets every event of the firm, in order."""
        write(store, *EVENTS)
        with store.snapshot() as snapshot:
            first = snapshot.journal.changes(ACME, PageRequest(4))
            assert first.next is not None
            second = snapshot.journal.changes(ACME, first.next)
        assert first.items + second.items == tuple(EVENTS)

    @pytest.mark.parametrize("count", [0, 1, 4, 5])
    def test_changes_always_tell_where_to_go_on(self, store: Store, count: int) -> None:
        """At the end too, and even of an empty journal, there is a place to ask again from later."""
        write(store, *EVENTS[:count])
        with store.snapshot() as snapshot:
            end = snapshot.journal.changes(ACME, PageRequest(5)).next
            assert end is not None
            later = snapshot.journal.changes(ACME, end)
        assert (later.items, later.next is None, end.limit) == ((), False, 5)

    def test_a_consumer_who_resumes_misses_nothing_and_gets_nothing_twice(self, store: Store) -> None:
        """From the place where a consumer stopped, exactly what happened since comes, time and again."""
        met: list[Event] = []
        request = PageRequest(2)
        for number in range(30):
            write(store, *EVENTS[: number % 4 if number < 10 else 0])
            with store.snapshot() as snapshot:
                page = snapshot.journal.changes(ACME, request)
            met.extend(page.items)
            assert page.next is not None
            request = page.next
        assert tuple(met) == listed(store)

    def test_changes_of_firms_are_apart(self, store: Store) -> None:
        """A firm's consumer gets the firm's own events, and its place means nothing at another firm."""
        write(store, event(firm_id=OTHER_FIRM))
        write(store, *EVENTS)
        with store.snapshot() as snapshot:
            page = snapshot.journal.changes(OTHER_FIRM, PageRequest())
            assert page.items == (event(firm_id=OTHER_FIRM),)
            assert page.next is not None
            with pytest.raises(InvalidCursor):
                snapshot.journal.changes(ACME, page.next)

    def test_an_altered_place_in_the_changes_is_refused(self, store: Store) -> None:
        """A cursor in which any one octet is another leads nowhere."""
        write(store, *EVENTS)
        with store.snapshot() as snapshot:
            place = snapshot.journal.changes(ACME, PageRequest(2)).next
            assert place is not None
            for altered in alterations(str(place.after)):
                with pytest.raises(InvalidCursor):
                    snapshot.journal.changes(ACME, PageRequest(after=altered))

    def test_a_place_in_the_changes_is_none_in_the_journal(self, store: Store) -> None:
        """What the consumer of changes goes on from is no cursor of the journal, nor the other way about."""
        write(store, *EVENTS)
        with store.snapshot() as snapshot:
            change = snapshot.journal.changes(ACME, PageRequest(2)).next
            line = snapshot.journal.listing(ACME, None, None, PageRequest(2)).next
            assert change is not None
            assert line is not None
            with pytest.raises(InvalidCursor):
                snapshot.journal.listing(ACME, None, None, change)
            with pytest.raises(InvalidCursor):
                snapshot.journal.changes(ACME, line)
