"""A plan is applied in one transaction, and takes nothing away that it does not show (L13)."""

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EntityId,
    EventKind,
    FirmNotFound,
    FirmUnlink,
    GroundKind,
    LinkageService,
    LinkChange,
    PlanId,
    PlanNotConfirmed,
    PlanOutdated,
    RosterApplied,
    RosterPlan,
    SelfUnlink,
    User,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, VERIFIED, World, arrival, contents, signed_up, told, verified

LISTED = [b.entity(entity_id, b.JANE) for entity_id in b.NAMES]
NEW, NEW_UNLISTED = b.entity("2001", b.JANE), b.entity("2001")
ASLEEP = b.entity(b.REALTY, b.JANE, active=False)


def applied(portal: LinkageService, plan: RosterPlan) -> RosterApplied:
    """Apply a plan, naming it if it must be named."""
    return portal.roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)


def change(portal: LinkageService, *entities: object, complete: bool = False) -> RosterApplied:
    """Plan and apply."""
    return applied(portal, portal.roster.plan(b.ACME, entities, complete=complete))  # type: ignore[arg-type]


def by_listing(world: World, *entity_ids: str) -> User:
    """Another user of Jane's, linked to these entities by their listing alone."""
    world.save(*(b.entity(entity_id, b.jane_at(1)) for entity_id in entity_ids))
    return signed_up(world.portal().sign_up(b.ACME, verified(b.jane_at(1)), name="J")).user


# -- Storing -----------------------------------------------------------------------------------------------------------


def test_applying_stores_the_roster(world: World, portal: LinkageService) -> None:
    """New, changed, missing and coming back: afterwards the store has what the PMS has."""
    world.save(b.entity("3001", active=False), b.entity("3002"))
    roster = [*LISTED[:2], b.entity(b.REALTY, name="Renamed"), NEW, b.entity("3001", b.JANE)]
    answer = change(portal, *roster, complete=True)
    with world.store.snapshot() as snapshot:
        kept = {entity.entity_id: entity for entity in snapshot.entities.roster(b.ACME)}
    assert kept == {**{entity.entity_id: entity for entity in roster}, EntityId("3002"): b.entity("3002", active=False)}
    assert (answer.gains, answer.losses, answer.hidden, answer.events) == ((), (), (), ())
    assert world.events() == []


def test_what_a_roster_takes_is_journaled_by_its_source_at_its_time(world: World) -> None:
    """The ground, the link and the user with it: the journal tells who told it, and when (L11)."""
    user = by_listing(world, b.REALTY)
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    world.clock.advance(hours=1)
    events = change(portal, b.entity(b.REALTY)).events
    assert [event.kind for event in events] == [EventKind.GROUND_LOST, EventKind.UNLINKED, EventKind.USER_REMOVED]
    assert {(event.user_id, event.by, event.at) for event in events} == {(user.user_id, "pms", world.clock.now)}


@pytest.mark.parametrize("complete", [True, False])
def test_applying_twice_is_once(world: World, *, complete: bool) -> None:
    """The second time nothing changes and nothing is journaled (L9)."""
    user = world.jane(b.REALTY)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    plan = portal.roster.plan(b.ACME, [NEW, *LISTED], complete=complete)
    assert len(applied(portal, plan).events) == 1
    again = applied(portal, plan)
    assert again == RosterApplied(plan_id=plan.plan_id, gains=(), losses=(), hidden=(), events=())
    assert portal.roster.plan(b.ACME, [NEW, *LISTED], complete=complete).added == ()
    assert world.links_of(user) == [b.REALTY, "2001"]


# -- Links -------------------------------------------------------------------------------------------------------------


def test_a_listing_that_appears_links_under_a_continuous_policy(world: World) -> None:
    """By the source's ground, journaled with the source as the one who did it (L11, L12)."""
    user = world.jane(b.REALTY)
    world.clock.advance(minutes=1)
    answer = change(world.portal(auto_link=AutoLink.CONTINUOUS), NEW)
    assert answer.gains == (LinkChange(user.user_id, EntityId("2001"), "a contact began to list the address"),)
    assert told(answer.events) == [("linked", "2001", "contact_listing")]
    assert (answer.events[0].by, answer.events[0].at) == ("pms", b.at(1))
    assert list(answer.events) == world.events()[-1:]
    assert world.links_of(user) == [b.REALTY, "2001"]
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize("policy", [AutoLink.AT_SIGN_UP, AutoLink.OFF])
def test_a_listing_that_appears_links_nobody_otherwise(world: World, policy: AutoLink) -> None:
    """Nor does it add a ground."""
    user = world.jane(b.REALTY)
    assert change(world.portal(auto_link=policy), NEW).events == ()
    assert world.links_of(user) == [b.REALTY]


def test_what_the_firm_unlinked_or_the_user_left_stays_so(world: World) -> None:
    """Bars and remembered leavings stand against a roster change (L7)."""
    user = world.jane(b.REALTY, b.SMITH, b.TRUST)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, self_unlink=SelfUnlink.ALLOWED)
    portal.unlink(STAFF, user.user_id, b.SMITH)
    portal.leave(user.viewer, b.TRUST)
    change(portal, b.entity(b.SMITH), b.entity(b.TRUST))
    assert change(portal, *LISTED).gains == ()
    assert world.links_of(user) == [b.REALTY]


def test_a_listing_that_appears_on_a_link_adds_its_ground(world: World) -> None:
    """Under CONTINUOUS; under KEEP that ground stays when the contact goes (L12)."""
    world.save(b.entity("4001"))
    user = world.jane("4001")
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    assert told(change(portal, b.entity("4001", b.JANE)).events) == [("ground_added", "4001", "contact_listing")]
    assert change(portal, b.entity("4001")).events == ()
    link = portal.explain(STAFF, user.user_id, EntityId("4001")).link
    assert link is not None
    assert [ground.kind for ground in link.grounds] == [GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING]
    assert change(portal, b.entity("4001", b.JANE)).events == ()


def test_coming_back_is_appearing(world: World) -> None:
    """An inactive entity's listing does not appear; when it is active again, it does."""
    user = world.jane(b.REALTY)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    assert change(portal, b.entity("2001", b.JANE, active=False)).gains == ()
    assert told(change(portal, NEW).events) == [("linked", "2001", "contact_listing")]
    assert world.links_of(user) == [b.REALTY, "2001"]


def test_a_listing_that_vanishes_withdraws_its_ground(world: World) -> None:
    """The link goes if that was the last one; losing a ground leaves no bar (L12)."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    user = by_listing(world, "2001", "2002")
    portal.link(STAFF, user.user_id, EntityId("2002"))
    answer = change(portal, b.entity("2001"), b.entity("2002"))
    assert told(answer.events) == [
        ("ground_lost", "2001", "contact_listing"),
        ("ground_lost", "2002", "contact_listing"),
        ("unlinked", "2001", None),
    ]
    assert {event.by for event in answer.events} == {"pms"}
    assert world.links_of(user) == ["2002"]
    assert portal.bars(STAFF).items == ()
    assert world.agrees_with_its_journal()


def test_the_last_link_takes_the_user_with_it(world: World) -> None:
    """A user exists exactly as long as they hold a link (L3); they may sign up again."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    user = by_listing(world, "2001")
    answer = change(portal, b.entity("2001"))
    assert told(answer.events)[-2:] == [("unlinked", "2001", None), ("user_removed", None, None)]
    assert portal.find_user(b.ACME, b.jane_at(1)) is None
    world.save(b.entity("2001", b.jane_at(1)))
    assert by_listing(world, "2001").user_id != user.user_id
    assert world.agrees_with_its_journal()


def test_who_loses_one_link_and_gains_another_stays(world: World) -> None:
    """Gains are stored before losses: the user never is without a link (L3)."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW, auto_link=AutoLink.CONTINUOUS)
    user = by_listing(world, "2001")
    plan = portal.roster.plan(b.ACME, [b.entity("2001"), b.entity("2002", b.jane_at(1))])
    assert plan.removed_users == ()
    answer = applied(portal, plan)
    assert told(answer.events) == [
        ("linked", "2002", "contact_listing"),
        ("ground_lost", "2001", "contact_listing"),
        ("unlinked", "2001", None),
    ]
    assert world.links_of(user) == ["2002"]
    assert portal.find_user(b.ACME, b.jane_at(1)) == user


def test_a_contact_removed_while_the_entity_sleeps_loses_its_ground(world: World) -> None:
    """Under WITHDRAW, at once."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    user = by_listing(world, "2001", "2002")
    change(portal, b.entity("2001", b.jane_at(1), active=False))
    assert world.links_of(user) == ["2001", "2002"]
    change(portal, b.entity("2001", active=False))
    assert world.links_of(user) == ["2002"]


def test_hidden_is_not_gone(world: World, portal: LinkageService) -> None:
    """The link stays without an event, and all is back with the entity."""
    user = world.jane(b.REALTY)
    before = world.events()
    answer = change(portal, ASLEEP)
    assert answer.hidden == (LinkChange(user.user_id, b.REALTY, "the entity became inactive"),)
    assert portal.entities(user.viewer).items == ()
    assert change(portal, LISTED[2]).gains == ()
    assert [entity.entity_id for entity in portal.entities(user.viewer).items] == [b.REALTY]
    assert world.events() == before


def test_what_the_firm_forgot_comes_back_by_itself(world: World) -> None:
    """`FORGETS` leaves no bar, so a listing that appears links again."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, firm_unlink=FirmUnlink.FORGETS)
    portal.unlink(STAFF, user.user_id, b.SMITH)
    change(portal, b.entity(b.SMITH))
    change(portal, LISTED[0])
    assert world.links_of(user) == [b.REALTY, b.SMITH]


# -- Confirmation ------------------------------------------------------------------------------------------------------


def test_a_costly_plan_is_applied_only_when_it_is_named(world: World, portal: LinkageService) -> None:
    """`PlanNotConfirmed` otherwise, with nothing written; naming another plan is refused, too (L13)."""
    world.jane(b.REALTY)
    costly, cheap = portal.roster.plan(b.ACME, [ASLEEP]), portal.roster.plan(b.ACME, [NEW])
    before = contents(world.store)
    for plan, confirmed in ((costly, None), (costly, cheap.plan_id), (costly, PlanId("x")), (cheap, costly.plan_id)):
        with pytest.raises(PlanNotConfirmed) as refused:
            portal.roster.apply(plan, confirmed=confirmed)
        assert refused.value.plan_id == plan.plan_id
    assert contents(world.store) == before
    assert len(portal.roster.apply(costly, confirmed=costly.plan_id).hidden) == 1
    assert portal.roster.apply(cheap, confirmed=cheap.plan_id).gains == ()


def test_an_empty_snapshot_is_applied_only_when_it_is_named(world: World, portal: LinkageService) -> None:
    """A feed that failed to say anything takes nothing away (L13)."""
    plan = portal.roster.plan(b.ACME, [], complete=True)
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(plan)
    portal.roster.apply(plan, confirmed=plan.plan_id)
    with world.store.snapshot() as snapshot:
        assert {entity.active for entity in snapshot.entities.roster(b.ACME)} == {False}


def test_a_plan_that_would_by_now_hide_more_is_outdated(world: World, portal: LinkageService) -> None:
    """Confirmed or not, nothing is taken away that it does not show (L13)."""
    world.jane(b.REALTY)
    plan = portal.roster.plan(b.ACME, [ASLEEP])
    world.jane(b.REALTY, email=b.jane_at(1))
    before = contents(world.store)
    with pytest.raises(PlanOutdated) as refused:
        portal.roster.apply(plan, confirmed=plan.plan_id)
    assert refused.value.plan_id == plan.plan_id
    assert contents(world.store) == before
    change(portal, ASLEEP)


def test_a_plan_that_would_by_now_end_more_is_outdated(world: World) -> None:
    """A link by listing that came to be meanwhile is not ended unseen."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    world.save(b.entity("2001", b.jane_at(1)))
    plan = portal.roster.plan(b.ACME, [b.entity("2001")])
    assert not plan.needs_confirmation
    user = by_listing(world, "2001")
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan)
    assert world.links_of(user) == ["2001"]


def test_a_plan_that_would_by_now_remove_a_user_is_outdated(world: World) -> None:
    """The loss was shown, but not that it would be the last link (L3, L13)."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    user = by_listing(world, "2001", "2002")
    plan = portal.roster.plan(b.ACME, [b.entity("2001")])
    assert plan.removed_users == ()
    portal.unlink(STAFF, user.user_id, EntityId("2002"))
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan, confirmed=plan.plan_id)
    assert world.links_of(user) == ["2001"]


def test_a_plan_that_has_become_costly_is_not_applied_unnamed(world: World, portal: LinkageService) -> None:
    """It hides what it shows, one link, but by now that is over 5 % of the firm's (L13)."""
    world.save(b.entity("5001"))
    others = [world.jane("5001", email=b.jane_at(number)) for number in range(19)]
    world.jane(b.REALTY)
    plan = portal.roster.plan(b.ACME, [ASLEEP])
    assert not plan.needs_confirmation
    portal.remove_user(STAFF, others[0].user_id)
    with pytest.raises(PlanNotConfirmed) as refused:
        portal.roster.apply(plan)
    assert refused.value.plan_id == plan.plan_id
    assert len(portal.roster.apply(plan, confirmed=plan.plan_id).hidden) == 1


def test_a_plan_that_takes_less_than_it_shows_is_applied(world: World, portal: LinkageService) -> None:
    """What was unlinked meanwhile is no longer hidden; what came to be is linked, too."""
    jane = world.jane(b.REALTY, b.SMITH)
    other = world.jane(b.SMITH, email=b.jane_at(1))
    continuous = world.portal(auto_link=AutoLink.CONTINUOUS)
    plan = continuous.roster.plan(b.ACME, [ASLEEP, b.entity("2001", b.jane_at(1), b.jane_at(2))])
    portal.unlink(STAFF, jane.user_id, b.REALTY)
    late = world.jane(b.SMITH, email=b.jane_at(2))
    answer = continuous.roster.apply(plan, confirmed=plan.plan_id)
    assert answer.hidden == ()
    assert {gain.user_id for gain in answer.gains} == {other.user_id, late.user_id}


def test_a_plan_that_has_nothing_to_write_tells_of_no_progress(portal: LinkageService) -> None:
    """There is no transaction to tell of."""
    written: list[tuple[int, int]] = []
    portal.roster.apply(portal.roster.plan(b.ACME, LISTED), progress=lambda *so: written.append(so))
    assert written == []


def test_a_merge_that_is_told_again_is_refused_where_the_firm_is_gone(world: World) -> None:
    """Nothing is left to do but for late bills, and there is nobody whose bills they could be."""
    world.save(b.entity(b.TRUST), b.entity(b.SMITH))
    roster, merged = world.portal().roster, {b.TRUST: b.SMITH}
    roster.apply(roster.plan(b.ACME, [], merged=merged))
    again = roster.plan(b.ACME, [], merged=merged)
    assert again.is_idle
    with pytest.raises(FirmNotFound, match=f"^no firm '{b.ACME}'$"):
        world.portal().using(MemoryStore()).roster.apply(again)


@pytest.mark.parametrize("entity", [NEW, LISTED[0]])
def test_a_plan_of_a_firm_that_is_gone_is_refused(world: World, entity: ClientEntity) -> None:
    """A plan that is carried to another store, where there is no such firm; be it one that changes nothing."""
    plan = world.portal().roster.plan(b.ACME, [entity])
    with pytest.raises(FirmNotFound, match=f"^no firm '{b.ACME}'$"):
        world.portal().using(MemoryStore()).roster.apply(plan)


@pytest.mark.parametrize("plan", [None, "plan", {}, 7])
def test_only_a_plan_is_applied(portal: LinkageService, plan: object) -> None:
    """Its text must be read first."""
    with pytest.raises(TypeError, match=r"^plan must be RosterPlan, "):
        portal.roster.apply(plan)  # type: ignore[arg-type]


@pytest.mark.parametrize("confirmed", [True, 1, b"x"])
def test_a_plan_is_confirmed_by_its_id_and_by_nothing_else(portal: LinkageService, confirmed: object) -> None:
    """``confirmed=True`` would be a yes to whatever comes; it is a mistake in the program."""
    plan = portal.roster.plan(b.ACME, [NEW])
    with pytest.raises(TypeError, match=r"^confirmed must be str, "):
        portal.roster.apply(plan, confirmed=confirmed)  # type: ignore[arg-type]


def test_saving_an_entity_links_nobody(world: World) -> None:
    """``tx.entities.save`` stores; the roster is the way that applies policy."""
    user = world.jane(b.REALTY)
    world.save(NEW, b.entity(b.REALTY))
    assert world.links_of(user) == [b.REALTY]
    assert world.agrees_with_its_journal()


def test_users_who_sign_up_meanwhile_are_linked_by_their_sign_up(world: World) -> None:
    """A plan made before a sign-up does not link twice."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    plan = portal.roster.plan(b.ACME, [NEW])
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival())).user
    assert told(portal.roster.apply(plan).events) == [("linked", "2001", "contact_listing")]
    assert world.links_of(user) == [b.REALTY, b.SMITH, b.TRUST, "2001"]
