"""What the firm does on behalf of its clients: link, unlink, remove, lift a bar (L3, L7, L9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from portal_linkage import (
    AlreadyLinked,
    AutoLink,
    Bar,
    BarLifted,
    ClaimRefused,
    EntityId,
    EntityNotFound,
    Event,
    EventKind,
    FirmId,
    FirmStaff,
    FirmUnlink,
    GroundKind,
    Linked,
    NotBarred,
    NotLinked,
    Page,
    PageRequest,
    SelfUnlink,
    StaffId,
    Unlinked,
    UserId,
    UserNotFound,
    UserRemoved,
    iterate,
)
from portal_linkage.testing import builders as b

from .world import OTHER_STAFF, STAFF, VERIFIED, Overlaid, World, arrival, contents, ids_of, signed_up, told, verified

BOSS = FirmStaff(b.ACME, StaffId("boss"))


# -- link --------------------------------------------------------------------------------------------------------------


def test_the_firm_links_on_its_word(world: World) -> None:
    """By the staff member's grant, listed or not."""
    user = world.jane(b.REALTY)
    world.save(b.entity("1004"))
    world.clock.advance(minutes=1)
    answer = world.portal().link(STAFF, user.user_id, EntityId("1004"))
    assert isinstance(answer, Linked)
    assert answer.link.grounds == (b.ground(GroundKind.FIRM_GRANT, b.at(1), b.STAFF),)
    assert told(answer.events) == [("linked", "1004", "firm_grant")]
    assert answer.events[0].by == b.STAFF
    assert world.links_of(user) == [b.REALTY, "1004"]


def test_linking_twice_is_once(world: World) -> None:
    """On an existing link the grant is added if it is missing; a second time, whoever grants, nothing is (L9)."""
    user = world.jane(b.REALTY)
    first = world.portal().link(STAFF, user.user_id, b.REALTY)
    assert isinstance(first, AlreadyLinked)
    assert told(first.events) == [("ground_added", b.REALTY, "firm_grant")]
    again = world.portal().link(BOSS, user.user_id, b.REALTY)
    assert again == AlreadyLinked(first.link)
    assert again.events == ()
    assert world.agrees_with_its_journal()


def test_the_firm_s_link_lifts_its_bar(world: World) -> None:
    """A bar is lifted by ``link``, and that is journaled before the link (L7)."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    world.clock.advance(minutes=2)
    answer = portal.link(BOSS, user.user_id, b.SMITH)
    assert told(answer.events) == [("bar_lifted", b.SMITH, None), ("linked", b.SMITH, "firm_grant")]
    assert {(event.user_id, event.by, event.at) for event in answer.events} == {(user.user_id, "boss", b.at(2))}
    assert portal.bars(STAFF) == Page()


def test_the_firm_s_link_brings_back_what_the_user_left(world: World) -> None:
    """And then it is no longer remembered as left."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED, auto_link=AutoLink.AT_SIGN_UP)
    portal.leave(user.viewer, b.SMITH)
    assert isinstance(portal.link(STAFF, user.user_id, b.SMITH), Linked)
    portal.remove_user(STAFF, user.user_id)
    for entity_id in (b.REALTY, b.SMITH):
        portal.lift_bar(STAFF, b.JANE, entity_id)
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="J")) == [b.SMITH, b.TRUST, b.REALTY]


def test_the_firm_links_nobody_that_is_not_there(world: World) -> None:
    """`UserNotFound` comes first; another firm's user is nobody here (L6)."""
    user = world.jane(b.REALTY)
    for staff, user_id in ((STAFF, UserId("gone")), (OTHER_STAFF, user.user_id)):
        for entity_id in (b.SMITH, EntityId("9999")):
            with pytest.raises(UserNotFound) as refused:
                world.portal().link(staff, user_id, entity_id)
            assert (refused.value.firm_id, refused.value.user_id) == (staff.firm_id, user_id)


@pytest.mark.parametrize("entity_id", ["9999", "2001", b.TRUST, b.REALTY])
def test_the_firm_links_nothing_that_is_not_there(world: World, entity_id: str) -> None:
    """`EntityNotFound`: unknown, another firm's, or inactive, linked or not."""
    user = world.jane(b.SMITH, b.REALTY)
    world.save(b.entity("2001", firm_id=b.OTHER_FIRM))
    world.save(b.entity(b.TRUST, active=False), b.entity(b.REALTY, active=False))
    before = contents(world.store)
    with pytest.raises(EntityNotFound) as refused:
        world.portal().link(STAFF, user.user_id, EntityId(entity_id))
    assert (refused.value.firm_id, refused.value.entity_id) == (b.ACME, entity_id)
    assert contents(world.store) == before


# -- unlink and remove -------------------------------------------------------------------------------------------------


def test_the_firm_unlinks_and_that_stands(world: World) -> None:
    """`Unlinked`, a bar, and neither a claim nor an arrival brings it back (L7)."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    world.clock.advance(minutes=2)
    answer = portal.unlink(STAFF, user.user_id, b.SMITH)
    assert isinstance(answer, Unlinked)
    assert told(answer.events) == [("unlinked", b.SMITH, None)]
    assert [(event.by, event.at) for event in answer.events] == [(b.STAFF, b.at(2))]
    assert portal.bars(STAFF).items == (
        Bar(firm_id=b.ACME, email=b.JANE, entity_id=b.SMITH, since=b.at(2), by=b.STAFF),
    )
    assert portal.claim(user.viewer, arrival(b.SMITH)) == ClaimRefused()
    assert world.links_of(user) == [b.REALTY]


def test_the_last_unlink_removes_the_user(world: World) -> None:
    """`UserRemoved`, journaled as both; then the user is not found any more (L3, L9)."""
    user = world.jane(b.REALTY)
    portal = world.portal()
    world.clock.advance(minutes=2)
    answer = portal.unlink(STAFF, user.user_id, b.REALTY)
    assert isinstance(answer, UserRemoved)
    assert told(answer.events) == [("unlinked", b.REALTY, None), ("user_removed", None, None)]
    assert [(event.by, event.at) for event in answer.events] == [(b.STAFF, b.at(2))] * 2
    assert portal.find_user(b.ACME, b.JANE) is None
    with pytest.raises(UserNotFound):
        portal.unlink(STAFF, user.user_id, b.REALTY)
    with pytest.raises(UserNotFound):
        portal.remove_user(STAFF, user.user_id)
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize("entity_id", [b.SMITH, "9999"])
def test_unlinking_what_is_not_linked_changes_nothing(world: World, entity_id: str) -> None:
    """`NotLinked`, and no bar."""
    user = world.jane(b.REALTY)
    assert world.portal().unlink(STAFF, user.user_id, EntityId(entity_id)) == NotLinked()
    assert world.portal().bars(STAFF) == Page()


def test_nobody_is_unlinked_who_is_not_there(world: World) -> None:
    """`UserNotFound`, another firm's user included (L6)."""
    user = world.jane(b.REALTY)
    before = contents(world.store)
    for staff, user_id in ((STAFF, UserId("gone")), (OTHER_STAFF, user.user_id)):
        with pytest.raises(UserNotFound):
            world.portal().unlink(staff, user_id, b.REALTY)
        with pytest.raises(UserNotFound):
            world.portal().remove_user(staff, user_id)
    assert contents(world.store) == before


def test_removing_a_user_is_the_x_on_every_link(world: World) -> None:
    """Every entity is barred, inactive ones too; each end is journaled in link order, then the removal."""
    user = world.jane(b.REALTY, b.SMITH, b.TRUST)
    world.save(b.entity(b.SMITH, b.JANE, active=False))
    answer = world.portal().remove_user(STAFF, user.user_id)
    assert isinstance(answer, UserRemoved)
    assert told(answer.events) == [
        ("unlinked", b.REALTY, None),
        ("unlinked", b.SMITH, None),
        ("unlinked", b.TRUST, None),
        ("user_removed", None, None),
    ]
    assert {bar.entity_id for bar in world.portal().bars(STAFF).items} == {b.REALTY, b.SMITH, b.TRUST}


def test_where_the_firm_forgets_no_bar_is_left_and_those_that_stand_hold(world: World) -> None:
    """`FORGETS` writes no bar; existing bars hold."""
    user = world.jane(b.REALTY, b.SMITH, b.TRUST)
    world.portal().unlink(STAFF, user.user_id, b.SMITH)
    forgets = world.portal(firm_unlink=FirmUnlink.FORGETS)
    forgets.unlink(STAFF, user.user_id, b.TRUST)
    forgets.remove_user(STAFF, user.user_id)
    assert [bar.entity_id for bar in forgets.bars(STAFF).items] == [b.SMITH]
    assert ids_of(forgets.sign_up(b.ACME, VERIFIED, name="J", claim=arrival(b.SMITH))) == [b.TRUST, b.REALTY]


# -- bars --------------------------------------------------------------------------------------------------------------


def test_bars_are_listed_oldest_first_then_by_entity(world: World) -> None:
    """Those of the firm, or of one address, page by page; verified or not."""
    jane, other = world.jane(b.REALTY, b.TRUST, b.SMITH), world.jane(b.REALTY, email=b.jane_at(1))
    portal = world.portal()
    portal.unlink(STAFF, other.user_id, b.REALTY)
    world.clock.advance(minutes=-5)
    portal.remove_user(BOSS, jane.user_id)
    listed = [(str(bar.email), bar.entity_id, bar.by) for bar in portal.bars(STAFF).items]
    mine = [(str(b.JANE), entity_id, "boss") for entity_id in (b.SMITH, b.TRUST, b.REALTY)]
    assert listed == [*mine, (str(b.jane_at(1)), b.REALTY, b.STAFF)]
    walked = iterate(lambda page: portal.bars(STAFF, page=PageRequest(1, page.after)))
    assert [bar.entity_id for bar in walked] == [b.SMITH, b.TRUST, b.REALTY, b.REALTY]
    for email in (b.jane_at(1), verified(b.jane_at(1))):
        assert [bar.entity_id for bar in portal.bars(STAFF, email=email).items] == [b.REALTY]
    assert portal.bars(STAFF, email=b.jane_at(7)) == portal.bars(OTHER_STAFF) == Page()


def test_a_second_unlink_leaves_a_bar_of_its_own(world: World) -> None:
    """Who is linked and unlinked again is barred from then on; the first bar was lifted by the link."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    portal.link(STAFF, user.user_id, b.SMITH)
    world.clock.advance(minutes=3)
    portal.unlink(BOSS, user.user_id, b.SMITH)
    assert [(bar.since, bar.by) for bar in portal.bars(STAFF).items] == [(b.at(3), "boss")]


@pytest.mark.parametrize("gone", [True, False])
def test_the_firm_lifts_a_bar_with_or_without_a_user(world: World, *, gone: bool) -> None:
    """`BarLifted`: it links nothing (L7)."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    if gone:
        portal.unlink(STAFF, user.user_id, b.REALTY)
    world.clock.advance(minutes=2)
    lifted = Event(
        kind=EventKind.BAR_LIFTED,
        firm_id=b.ACME,
        user_id=None if gone else user.user_id,
        entity_id=b.SMITH,
        by="boss",
        at=b.at(2),
    )
    assert portal.lift_bar(BOSS, verified(b.JANE), b.SMITH) == BarLifted(events=(lifted,))
    assert world.links_of(user) == ([] if gone else [b.REALTY])
    assert portal.lift_bar(BOSS, b.JANE, b.SMITH) == NotBarred()
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize(
    ("staff", "email", "entity_id"),
    [
        (STAFF, b.JANE, b.TRUST),
        (STAFF, b.JANE, "9999"),
        (STAFF, b.jane_at(9), b.SMITH),
        (OTHER_STAFF, b.JANE, b.SMITH),
        (FirmStaff(FirmId("nowhere"), b.STAFF), b.JANE, b.SMITH),
    ],
)
def test_a_bar_that_is_not_there_is_not_lifted(world: World, staff: FirmStaff, email: object, entity_id: str) -> None:
    """`NotBarred`, and nothing is written: an address that nobody knows stays unknown."""
    user = world.jane(b.REALTY, b.SMITH)
    world.portal().unlink(STAFF, user.user_id, b.SMITH)
    before = contents(world.store)
    assert world.portal().lift_bar(staff, email, EntityId(entity_id)) == NotBarred()  # type: ignore[arg-type]
    assert contents(world.store) == before


def test_a_bar_that_is_lifted_meanwhile_is_not_lifted_twice(world: World) -> None:
    """Where transactions run side by side, another may lift it between the question and the lock (L9)."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    (seen,) = portal.bars(STAFF).items
    portal.lift_bar(STAFF, b.JANE, b.SMITH)

    @contextmanager
    def transaction() -> Iterator[Any]:
        with world.store.transaction() as tx:
            yield Overlaid(tx, bars=Overlaid(tx.bars, find=lambda *_: seen))

    before = world.events()
    racing = portal.using(Overlaid(world.store, transaction=transaction))
    assert racing.lift_bar(BOSS, b.JANE, b.SMITH) == NotBarred()
    assert world.events() == before


def test_a_lifted_bar_lets_sign_up_and_claims_link_again(world: World) -> None:
    """As if it had never been (L7)."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    portal.lift_bar(STAFF, b.JANE, b.SMITH)
    assert isinstance(portal.claim(user.viewer, arrival(b.SMITH)), Linked)
    portal.remove_user(STAFF, user.user_id)
    portal.lift_bar(STAFF, b.JANE, b.REALTY)
    assert ids_of(signed_up(portal.sign_up(b.ACME, VERIFIED, name="J"))) == [b.TRUST, b.REALTY]


# -- find_user ---------------------------------------------------------------------------------------------------------


def test_a_user_is_found_by_address(world: World) -> None:
    """Verified or not, in any spelling of the law, at that firm alone (L6, L16)."""
    user = world.jane(b.REALTY)
    portal = world.portal()
    assert portal.find_user(b.ACME, verified("JANE.SMITH@example.com")) == user
    assert portal.find_user(b.ACME, b.jane_at(1)) is None
    assert portal.find_user(b.OTHER_FIRM, b.JANE) is None
    assert portal.find_user(FirmId("nowhere"), b.JANE) is None
