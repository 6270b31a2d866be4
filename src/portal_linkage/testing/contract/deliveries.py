"""The events of all firms, for a worker that delivers them."""

import pytest

from ...domain.errors import InvalidCursor, InvalidValue
from ...domain.events import Event
from ...domain.values import FirmId, PageRequest
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, event, journaled
from ..promises import Promises
from ._listings import alterations

FIRMS = (OTHER_FIRM, ACME)
ROUNDS = 3


def told(round_: int, firm_id: FirmId) -> list[Event]:
    """What happens at a firm in one round."""
    return [event(firm_id=firm_id, by=f"{round_}.{number}") for number in range(3)]


def happen(store: Store, round_: int) -> None:
    """Let something happen at both firms."""
    for firm_id in FIRMS:
        with store.transaction() as tx:
            journaled(tx, told(round_, firm_id))


def delivered(store: Store, limit: int, after: str | None = None) -> tuple[list[Event], str | None]:
    """All that comes after a cursor, page by page, and where to go on."""
    met: list[Event] = []
    while True:
        page = store.changes(after=after, limit=limit)
        assert page.next is not None
        assert page.next.limit == limit
        after = page.next.after
        if not page.items:
            return met, after
        assert len(page.items) <= limit
        met += page.items
        assert len(met) <= ROUNDS * 3 * len(FIRMS), "more is told than has happened"


def of_firm(events: list[Event], firm_id: FirmId) -> list[Event]:
    """Those of one firm, as they came."""
    return [one for one in events if one.firm_id == firm_id]


class DeliveryPromises(Promises):
    """The events of all firms, for a worker that delivers them."""

    law = "L11"

    @pytest.mark.parametrize("limit", [1, 2, 4, 18, 500])
    def test_a_worker_gets_the_events_of_all_firms(self, store: Store, limit: int) -> None:
        """Page by page, of whatever size, each firm's events come in its own order, all of them and each once."""
        for round_ in range(ROUNDS):
            happen(store, round_)
        met, _ = delivered(store, limit)
        assert len(met) == ROUNDS * 3 * len(FIRMS)
        for firm_id in FIRMS:
            assert of_firm(met, firm_id) == [one for round_ in range(ROUNDS) for one in told(round_, firm_id)]

    @pytest.mark.parametrize("limit", [1, 2, 4, 18])
    def test_a_worker_who_goes_on_misses_nothing_and_gets_nothing_twice(self, store: Store, limit: int) -> None:
        """From where a worker stopped, exactly what happened since comes; who begins anew gets all in that order."""
        met: list[Event] = []
        after: str | None = None
        for round_ in range(ROUNDS):
            happen(store, round_)
            page = store.changes(after=after, limit=limit)
            assert page.next is not None
            met += page.items
            after = page.next.after
        rest, _ = delivered(store, limit, after)
        assert [*met, *rest] == delivered(store, 500)[0]
        assert len(met + rest) == ROUNDS * 3 * len(FIRMS)

    def test_a_worker_is_always_told_where_to_go_on(self, store: Store) -> None:
        """Where nothing has happened yet, and at the end, there is a place to ask again from later."""
        met, after = delivered(store, 500)
        assert met == []
        happen(store, 0)
        met, after = delivered(store, 500, after)
        assert len(met) == 3 * len(FIRMS)
        assert delivered(store, 500, after)[0] == []

    def test_settling_what_is_settled_changes_nothing(self, store: Store) -> None:
        """A journal in which nothing waits, be it empty, is as it was, and no event is delivered for it."""
        for round_ in (0, 1):
            with store.transaction() as tx:
                tx.journal.settle(ACME)
                tx.journal.settle(ACME)
            assert delivered(store, 500)[0] == [one for number in range(round_) for one in told(number, ACME)]
            with store.transaction() as tx:
                journaled(tx, told(round_, ACME))

    def test_a_worker_gets_five_hundred_events_at_once(self, store: Store) -> None:
        """Who does not say how many they want gets up to 500."""
        with store.transaction() as tx:
            journaled(tx, [event(by=str(number)) for number in range(501)])
        assert len(store.changes().items) == 500

    @pytest.mark.parametrize("limit", [0, -1, 501])
    def test_a_worker_asks_for_as_many_as_a_page_may_hold(self, store: Store, limit: int) -> None:
        """From 1 to 500, as with every page."""
        with pytest.raises(InvalidValue):
            store.changes(limit=limit)

    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", "ÄÖÜ", "YQBi"])
    def test_a_made_up_place_is_refused(self, store: Store, cursor: str) -> None:
        """What is no cursor at all is refused as such."""
        with pytest.raises(InvalidCursor):
            store.changes(after=cursor)

    def test_an_altered_place_is_refused(self, store: Store) -> None:
        """A cursor in which any one octet is another leads nowhere."""
        happen(store, 0)
        place = store.changes(limit=2).next
        assert place is not None
        for altered in alterations(str(place.after)):
            with pytest.raises(InvalidCursor):
                store.changes(after=altered)

    def test_a_place_among_all_events_is_none_among_a_firms(self, store: Store) -> None:
        """The cursor of a firm's changes is none of all firms', nor the other way about."""
        happen(store, 0)
        with store.snapshot() as snapshot:
            of_one = snapshot.journal.changes(ACME, PageRequest(2)).next
        of_all = store.changes(limit=2).next
        assert of_one is not None
        assert of_all is not None
        with pytest.raises(InvalidCursor):
            store.changes(after=of_one.after)
        with store.snapshot() as snapshot, pytest.raises(InvalidCursor):
            snapshot.journal.changes(ACME, of_all)
