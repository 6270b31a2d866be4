"""What happened at the firm, and how a consumer follows it (L11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from portal_linkage import EntityId, Event, EventKind, FirmId, Page, SelfUnlink
from portal_linkage.testing import builders as b

from .world import OTHER_STAFF, STAFF, VERIFIED, Overlaid, World, arrival, told


@pytest.fixture
def lived(world: World) -> World:
    """Some history: two users, an unlink, a link again, a leaving to the end."""
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    jane = world.jane(b.REALTY, b.SMITH)
    other = world.jane(b.SMITH, email=b.jane_at(1))
    portal.unlink(STAFF, jane.user_id, b.SMITH)
    portal.link(STAFF, jane.user_id, b.SMITH)
    portal.leave(other.viewer, b.SMITH)
    return world


def test_every_change_is_journaled(lived: World) -> None:
    """What, whom, who and when, folding back to the present (L11)."""
    assert told(lived.events()) == [
        ("signed_up", None, None),
        ("linked", b.REALTY, "arrival"),
        ("ground_added", b.REALTY, "contact_listing"),
        ("linked", b.SMITH, "firm_grant"),
        ("signed_up", None, None),
        ("linked", b.SMITH, "arrival"),
        ("unlinked", b.SMITH, None),
        ("bar_lifted", b.SMITH, None),
        ("linked", b.SMITH, "firm_grant"),
        ("unlinked", b.SMITH, None),
        ("user_removed", None, None),
    ]
    assert lived.agrees_with_its_journal()


def test_events_hold_ids_and_never_an_address_or_an_amount(lived: World) -> None:
    """Their parts are ids, kinds and a time (L11)."""
    for event in lived.events():
        assert set(attrs.asdict(event)) == {"kind", "firm_id", "user_id", "entity_id", "ground", "by", "at"}
        assert "@" not in repr(event)


def test_the_journal_of_one_user_or_one_entity(lived: World) -> None:
    """Or of both; in the same order, and nothing of others."""
    portal = lived.portal()
    everything = lived.events()

    def listed(**asked: str) -> list[Event]:
        return list(portal.journal(STAFF, **asked).items)  # type: ignore[arg-type]

    assert listed() == everything
    assert listed(user_id="u2") == [event for event in everything if event.user_id == "u2"]
    assert listed(entity_id=b.REALTY) == [event for event in everything if event.entity_id == b.REALTY]
    both = [event for event in everything if (event.user_id, event.entity_id) == ("u1", b.SMITH)]
    assert listed(user_id="u1", entity_id=b.SMITH) == both
    assert listed(user_id="gone") == listed(entity_id="9999") == []
    assert portal.journal(OTHER_STAFF) == Page()


def test_a_consumer_that_resumes_misses_nothing_and_gets_nothing_twice(lived: World) -> None:
    """``changes`` always gives ``next``, at the end too, and at a firm where nothing ever happened (L11)."""
    portal = lived.portal()
    got: list[Event] = []
    after = None
    for _ in range(8):
        page = portal.changes(b.ACME, after=after, limit=2)
        got += page.items
        assert page.next is not None
        after = page.next.after
    assert got == lived.events()
    assert portal.changes(b.ACME, after=after).items == ()
    third = lived.jane(b.TRUST, email=b.jane_at(2))
    more = portal.changes(b.ACME, after=after)
    assert {event.user_id for event in more.items} == {third.user_id}
    assert more.items[0].kind is EventKind.SIGNED_UP
    for firm_id in (b.OTHER_FIRM, FirmId("nowhere")):
        nothing = portal.changes(firm_id)
        assert nothing.items == ()
        assert nothing.next is not None
        assert portal.changes(firm_id, after=nothing.next.after).items == ()


def test_who_starts_before_anything_happened_gets_everything(world: World) -> None:
    """The cursor of an empty journal is a place, too."""
    portal = world.portal()
    start = portal.changes(b.ACME).next
    assert start is not None
    user = world.jane(b.REALTY)
    assert [event.user_id for event in portal.changes(b.ACME, after=start.after).items] == [user.user_id] * 3


def test_events_are_given_their_place_at_the_firm_that_asks(lived: World) -> None:
    """Where some wait for it; at no other firm (L6)."""
    asked: list[FirmId] = []

    @contextmanager
    def snapshot() -> Iterator[Any]:
        with lived.store.snapshot() as inner:
            yield Overlaid(inner, journal=Overlaid(inner.journal, is_settled=asked.append))

    @contextmanager
    def transaction() -> Iterator[Any]:
        with lived.store.transaction() as tx:

            def settle(firm_id: FirmId) -> None:
                asked.append(firm_id)
                tx.journal.settle(firm_id)

            yield Overlaid(tx, journal=Overlaid(tx.journal, settle=settle))

    waiting = lived.portal().using(Overlaid(lived.store, snapshot=snapshot, transaction=transaction))
    assert waiting.journal(STAFF).items == waiting.changes(b.ACME).items == tuple(lived.events())
    assert asked == [b.ACME] * 4


def test_what_changes_nothing_is_not_journaled(lived: World) -> None:
    """Repetitions, refusals and readings leave no event (L9)."""
    portal = lived.portal()
    before = lived.events()
    user = portal.find_user(b.ACME, b.JANE)
    assert user is not None
    portal.sign_up(b.ACME, VERIFIED, name="J")
    portal.link(STAFF, user.user_id, b.SMITH)
    portal.claim(user.viewer, arrival("9999"))
    portal.unlink(STAFF, user.user_id, EntityId("9999"))
    portal.lift_bar(STAFF, b.JANE, b.TRUST)
    portal.view(user.viewer)
    assert lived.events() == before
