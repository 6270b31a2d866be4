"""A user who unlinks themselves, where the policy allows it."""

import pytest

from portal_linkage import (
    AutoLink,
    EntityId,
    Linked,
    NotLinked,
    NotPermitted,
    PortalUser,
    Reason,
    SelfUnlink,
    Unlinked,
    UserId,
    UserNotFound,
    UserRemoved,
)
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, World, contents, ids_of, told


def test_leaving_ends_the_link(world: World) -> None:
    """`Unlinked`; the user's own act, journaled."""
    user = world.jane(b.REALTY, b.SMITH)
    world.clock.advance(minutes=5)
    answer = world.portal(self_unlink=SelfUnlink.ALLOWED).leave(user.viewer, b.REALTY)
    assert isinstance(answer, Unlinked)
    assert told(answer.events) == [("unlinked", b.REALTY, None)]
    assert (answer.events[0].by, answer.events[0].at) == (user.user_id, b.at(5))
    assert world.links_of(user) == [b.SMITH]
    assert world.agrees_with_its_journal()


def test_leaving_the_last_entity_removes_the_user(world: World) -> None:
    """`UserRemoved` (L3); after that they are not found (L9)."""
    user = world.jane(b.REALTY)
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    answer = portal.leave(user.viewer, b.REALTY)
    assert isinstance(answer, UserRemoved)
    assert told(answer.events) == [("unlinked", b.REALTY, None), ("user_removed", None, None)]
    with pytest.raises(UserNotFound):
        portal.leave(user.viewer, b.REALTY)


@pytest.mark.parametrize("entity_id", [b.SMITH, "9999"])
def test_leaving_what_is_not_linked_changes_nothing(world: World, entity_id: str) -> None:
    """`NotLinked`, for an entity that is there and for one that is not, and it is not remembered."""
    user = world.jane(b.REALTY)
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    assert portal.leave(user.viewer, EntityId(entity_id)) == NotLinked()
    portal.remove_user(STAFF, user.user_id)
    portal.lift_bar(STAFF, b.JANE, b.REALTY)
    again = portal.sign_up(b.ACME, VERIFIED, name="Jane Smith")
    assert ids_of(again) == [b.SMITH, b.TRUST, b.REALTY]


@pytest.mark.parametrize("entity_id", [b.REALTY, b.SMITH, "9999"])
def test_leaving_is_forbidden_by_default(world: World, entity_id: str) -> None:
    """`NotPermitted`, linked or not, and nothing is written."""
    user = world.jane(b.REALTY)
    before = contents(world.store)
    with pytest.raises(NotPermitted) as refused:
        world.portal().leave(user.viewer, EntityId(entity_id))
    assert refused.value.action == "leave"
    assert contents(world.store) == before


@pytest.mark.parametrize("policy", SelfUnlink)
def test_a_user_that_is_not_there_is_told_so_before_anything_else(world: World, policy: SelfUnlink) -> None:
    """``leave`` answers `UserNotFound` before `NotPermitted`."""
    user = world.jane(b.REALTY)
    for asked in (PortalUser(b.ACME, UserId("gone")), PortalUser(b.OTHER_FIRM, user.user_id)):
        with pytest.raises(UserNotFound):
            world.portal(self_unlink=policy).leave(asked, b.REALTY)


def test_leaving_shows_in_no_bars_suggestions_or_explanations(world: World) -> None:
    """It is remembered apart from bars: what the user left by themselves is theirs."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    portal.leave(user.viewer, b.SMITH)
    assert portal.bars(STAFF).items == ()
    assert [(one.linked, one.barred) for one in portal.suggest(STAFF, "1001", user_id=user.user_id)] == [(False, False)]
    explanation = portal.explain(STAFF, user.user_id, b.SMITH)
    assert (explanation.bar, explanation.reasons) == (None, (Reason.NOT_LINKED,))


def test_leaving_is_remembered_against_automatic_linking(world: World) -> None:
    """A listing that appears under CONTINUOUS does not bring it back; the firm's link does."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED, auto_link=AutoLink.CONTINUOUS)
    portal.leave(user.viewer, b.SMITH)
    unlisted, listed = b.entity(b.SMITH), b.entity(b.SMITH, b.JANE)
    for entity in (unlisted, listed):
        portal.roster.apply(portal.roster.plan(b.ACME, [entity]))
    assert world.links_of(user) == [b.REALTY]
    assert isinstance(portal.link(STAFF, user.user_id, b.SMITH), Linked)
    assert world.links_of(user) == [b.REALTY, b.SMITH]


def test_an_entity_that_became_inactive_can_be_left(world: World) -> None:
    """A user whose entities are all inactive exists, and can be unlinked to the end."""
    user = world.jane(b.REALTY)
    world.save(b.entity(b.REALTY, active=False))
    assert isinstance(world.portal(self_unlink=SelfUnlink.ALLOWED).leave(user.viewer, b.REALTY), UserRemoved)
