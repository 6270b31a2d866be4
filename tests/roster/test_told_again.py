"""Merges and new keys that are told again, told on, and taken back."""

from typing import Any

import attrs
import pytest

from portal_linkage import (
    ClientEntity,
    ContactRemoved,
    EntityId,
    EventKind,
    InvalidValue,
    InvoiceProof,
    LinkageService,
    Linked,
    PlanOutdated,
    RosterPlan,
    User,
)
from portal_linkage.roster import _reading
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, World, arrival, contents

SMITH, TRUST, REALTY = b.SMITH, b.TRUST, b.REALTY
NEW, NEWER = EntityId("2001"), EntityId("2002")


def change(portal: LinkageService, *entities: ClientEntity, **how: Any) -> RosterPlan:  # noqa: ANN401
    """Plan and apply, by name; the plan."""
    plan = portal.roster.plan(b.ACME, entities, **how)
    portal.roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)
    return plan


def bills(portal: LinkageService, user: User) -> list[str]:
    """The open invoices that a user sees."""
    return [invoice.invoice_id for invoice in portal.invoices(user.viewer).items]


@pytest.fixture(autouse=True)
def clients(world: World) -> None:
    """Three clients, and many links, so that one of them costs little."""
    world.save(*map(b.entity, (SMITH, TRUST, REALTY)))
    for number in range(30):
        world.jane(REALTY, email=b.jane_at(number))


@pytest.mark.parametrize("how", ["merged", "renumbered"])
def test_who_is_linked_to_the_one_that_goes_is_not_shown_the_survivor_unseen(
    world: World, portal: LinkageService, how: str
) -> None:
    """A feed that merges strangers by mistake shows nobody's bills, in either direction (L13)."""
    user = world.jane(TRUST)
    world.save(b.invoice("secret", SMITH))
    told: dict[str, Any] = {how: {TRUST: SMITH}}
    plan = portal.roster.plan(b.ACME, [], **told)
    assert [(one.user_id, one.entity_id) for one in plan.exposed] == [(user.user_id, SMITH)]
    assert plan.needs_confirmation
    portal.link(STAFF, user.user_id, SMITH)
    assert portal.roster.plan(b.ACME, [], **told).exposed == ()


def test_a_new_key_shows_nobody_anything_new(world: World, portal: LinkageService) -> None:
    """Whether the roster tells of it or not."""
    user = world.jane(TRUST)
    for told in ([], [b.entity(NEW)]):
        plan = portal.roster.plan(b.ACME, told, renumbered={TRUST: NEW})
        assert (plan.exposed, [(one.user_id, one.entity_id) for one in plan.gains]) == ((), [(user.user_id, NEW)])


def test_a_merge_that_was_taken_back_is_decided_anew(world: World, portal: LinkageService) -> None:
    """Links and bars too, though the one that goes is asleep, as it was the first time."""
    change(portal, merged={TRUST: SMITH})
    change(portal, b.entity(TRUST))
    theirs, barred = world.jane(TRUST), world.jane(SMITH, TRUST, email=b.jane_at(99))
    portal.unlink(STAFF, barred.user_id, TRUST)
    world.save(b.invoice("private", TRUST))
    change(portal, b.entity(TRUST, active=False))
    plan = change(portal, merged={TRUST: SMITH})
    assert [(one.user_id, one.entity_id) for one in plan.gains] == [(theirs.user_id, SMITH)]
    assert {(one.user_id, one.entity_id) for one in plan.losses} == {
        (theirs.user_id, TRUST),
        (barred.user_id, SMITH),
    }
    assert bills(portal, theirs) == ["private"]
    assert portal.find_user(b.ACME, barred.email) is None
    assert {bar.entity_id for bar in portal.bars(STAFF, email=barred.email).items} == {TRUST, SMITH}


def test_a_merge_that_is_taken_back_before_it_is_applied_is_outdated(world: World, portal: LinkageService) -> None:
    """Late bills do not go over to the users of another client."""
    change(portal, merged={TRUST: SMITH})
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    change(portal, b.entity(TRUST))
    world.save(b.invoice("private", TRUST))
    before = contents(world.store)
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan)
    assert contents(world.store) == before


def test_what_is_told_under_an_old_key_counts_for_ever(world: World) -> None:
    """A contact that goes, a client that is let go, or left out: all of it is the new one's."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    change(portal, b.entity(TRUST, b.JANE))
    user = world.jane(SMITH)
    portal.link(STAFF, user.user_id, TRUST)
    told: dict[str, Any] = {"renumbered": {TRUST: NEW}}
    change(portal, b.entity(TRUST, b.JANE), **told)
    change(portal, b.entity(TRUST, b.JANE, name="New name"), **told)
    with world.store.snapshot() as snapshot:
        [entity] = snapshot.entities.roster(b.ACME, [NEW])
    assert (entity.name, entity.client_number, [one.email for one in entity.contacts]) == ("New name", NEW, [b.JANE])
    assert [one.entity_id for one in change(portal, b.entity(TRUST, active=False), **told).hidden] == [NEW]
    change(portal, b.entity(TRUST), **told)
    others = [b.entity(SMITH), b.entity(REALTY)]
    assert [one.entity_id for one in portal.roster.plan(b.ACME, others, complete=True, **told).hidden] == [NEW]
    assert portal.roster.plan(b.ACME, [*others, b.entity(TRUST)], complete=True, **told).hidden == ()


def test_a_chain_of_new_keys_leads_to_the_last(world: World, portal: LinkageService) -> None:
    """Though nobody has heard of those between; each is told of the one before it, as far as it was known."""
    user = world.jane(TRUST)
    chain = {TRUST: NEW, NEW: NEWER}
    assert change(portal, renumbered=chain).unknown == ()
    assert world.links_of(user) == [NEWER]
    assert change(portal, b.entity(TRUST, name="New name"), renumbered=chain).changed == (NEWER,)


def test_a_chain_goes_on_from_where_it_was(world: World, portal: LinkageService) -> None:
    """The key that has come since is told of the one that was the last, not of one before that."""
    change(portal, renumbered={TRUST: NEW})
    change(portal, b.entity(NEW, name="Newer name"))
    change(portal, renumbered={TRUST: NEW, NEW: NEWER})
    with world.store.snapshot() as snapshot:
        [entity] = snapshot.entities.roster(b.ACME, [NEWER])
    assert (entity.name, entity.active) == ("Newer name", True)


@pytest.mark.parametrize(
    ("entities", "renumbered"),
    [((), {SMITH: NEW, TRUST: NEW}), ((b.entity(SMITH), b.entity(TRUST)), {SMITH: TRUST, TRUST: NEW})],
)
def test_two_clients_have_no_key_in_common(
    portal: LinkageService, entities: tuple[ClientEntity, ...], renumbered: dict[EntityId, EntityId]
) -> None:
    """That would be a merge; nor is one client told of twice, under two of its keys."""
    with pytest.raises(InvalidValue):
        portal.roster.plan(b.ACME, entities, renumbered=renumbered)


def test_numbers_that_two_bear_once_it_is_done_are_named(world: World, portal: LinkageService) -> None:
    """That of a client under its new key, and that of one whose merge leads to nobody."""
    world.save(b.entity(TRUST, client_number="77"))
    other = b.entity("x", client_number="77")
    assert portal.roster.plan(b.ACME, [other], renumbered={TRUST: NEW}).ambiguous_numbers == ("77",)
    told = [b.entity("y", client_number="88"), b.entity("z", client_number="88")]
    assert portal.roster.plan(b.ACME, told, merged={EntityId("y"): EntityId("nobody")}).ambiguous_numbers == ("88",)
    assert portal.roster.plan(b.ACME, told, merged={EntityId("y"): SMITH}).ambiguous_numbers == ()
    world.save(b.entity(TRUST, client_number="77", active=False))
    assert portal.roster.plan(b.ACME, [other], renumbered={TRUST: NEW}).ambiguous_numbers == ()


def test_old_keys_count_wherever_in_a_large_roster_they_are_told(
    world: World, portal: LinkageService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though many others are told between two of them."""
    monkeypatch.setattr(_reading, "_AT_ONCE", 1)
    keys = {TRUST: NEW, SMITH: NEWER}
    change(portal, *(b.entity(one, name=f"New name of {one}") for one in (TRUST, REALTY, SMITH)), renumbered=keys)
    with world.store.snapshot() as snapshot:
        names = [entity.name for entity in snapshot.entities.roster(b.ACME, keys.values())]
    assert names == [f"New name of {TRUST}", f"New name of {SMITH}"]


def test_a_chain_that_grows_shows_nothing_new_and_brings_no_bar_back(world: World, portal: LinkageService) -> None:
    """Who went into the one that goes on now is brought along by it: nothing is decided about them twice (L7)."""
    user = world.jane(REALTY, TRUST)
    portal.unlink(STAFF, user.user_id, TRUST)
    change(portal, merged={TRUST: SMITH})
    portal.lift_bar(STAFF, b.JANE, SMITH)
    assert isinstance(portal.claim(user.viewer, arrival(SMITH)), Linked)
    plan = change(portal, b.entity(NEW), merged={TRUST: SMITH, SMITH: NEW})
    assert TRUST not in {one.entity_id for one in plan.exposed}
    assert world.links_of(user) == [REALTY, NEW]


def test_a_merge_that_is_told_without_the_next_one_leads_to_its_end(world: World, portal: LinkageService) -> None:
    """Bills that come late go where its people are; and telling both again changes nothing."""
    change(portal, merged={TRUST: SMITH})
    change(portal, merged={SMITH: REALTY})
    user = world.jane(REALTY)
    for told in ({TRUST: SMITH}, {TRUST: SMITH, SMITH: REALTY}, {TRUST: SMITH}):
        world.save(b.invoice(f"late {len(bills(portal, user))}", TRUST))
        assert change(portal, merged=told).is_idle
    assert bills(portal, user) == ["late 0", "late 1", "late 2"]


def test_a_merge_told_the_other_way_round_is_another_one(world: World, portal: LinkageService) -> None:
    """Who took over goes into the one that had gone, which is awake again."""
    user = world.jane(TRUST, SMITH)
    change(portal, merged={TRUST: SMITH})
    change(portal, b.entity(TRUST), merged={SMITH: TRUST})
    assert world.links_of(user) == [TRUST]


def test_a_circle_leaves_other_chains_alone(world: World, portal: LinkageService) -> None:
    """One merge is told the other way round: what goes elsewhere goes to its end all the same."""
    world.save(*map(b.entity, "ABYZW"))
    change(portal, merged={EntityId("Z"): EntityId("W"), EntityId("A"): EntityId("B")})
    told = {EntityId("Y"): EntityId("Z"), EntityId("B"): EntityId("A")}
    assert portal.roster.plan(b.ACME, [], merged=told).moves() == {"Y": "W", "B": "A"}


def test_two_merges_may_be_turned_round_at_once(world: World, portal: LinkageService) -> None:
    """Neither of the two stands as it was."""
    world.save(*map(b.entity, "ABCD"))
    change(portal, merged={EntityId("A"): EntityId("B"), EntityId("C"): EntityId("D")})
    change(portal, merged={EntityId("B"): EntityId("A"), EntityId("D"): EntityId("C")})
    with world.store.snapshot() as snapshot:
        merged = snapshot.entities.merged(b.ACME, [*map(EntityId, "ABCD")])
    assert merged == {"B": "A", "D": "C"}


def test_a_merge_turned_round_while_it_sleeps_is_not_told_of_both_ways(world: World, portal: LinkageService) -> None:
    """Whoever goes into either of the two goes where the last merge leads, and is there when that one is awake."""
    change(portal, merged={TRUST: SMITH})
    change(portal, merged={SMITH: TRUST})
    world.save(b.entity(NEW), b.invoice("bill", NEW))
    user = world.jane(NEW)
    change(portal, merged={NEW: SMITH})
    change(portal, b.entity(TRUST))
    assert (world.links_of(user), bills(portal, user)) == ([TRUST], ["bill"])
    with world.store.snapshot() as snapshot:
        assert snapshot.entities.merged(b.ACME, [NEW, SMITH, TRUST]) == {NEW: TRUST, SMITH: TRUST}


def test_a_plan_is_outdated_when_where_it_leads_was_merged_meanwhile(world: World, portal: LinkageService) -> None:
    """Though the one it leads to slept before as it does now."""
    world.save(b.entity(NEW), b.entity(TRUST, active=False))
    plan = portal.roster.plan(b.ACME, [], merged={NEW: TRUST})
    change(portal, merged={TRUST: SMITH})
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan, confirmed=plan.plan_id)


def test_late_bills_go_nowhere_when_where_they_lead_was_merged_meanwhile(world: World, portal: LinkageService) -> None:
    """They would be bills of a client that is nobody's any more: the plan is outdated, and nothing is written."""
    change(portal, merged={TRUST: SMITH})
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    change(portal, merged={SMITH: REALTY})
    world.save(b.invoice("late", TRUST))
    before = contents(world.store)
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan)
    assert contents(world.store) == before


def test_an_entity_is_not_woken_by_a_plan_of_before_it_was_merged(world: World, portal: LinkageService) -> None:
    """It slept already when the plan was made."""
    world.save(b.entity(TRUST, active=False))
    plan = portal.roster.plan(b.ACME, [b.entity(TRUST)])
    change(portal, merged={TRUST: SMITH})
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan)


def test_a_survivor_that_is_new_is_not_shown_unseen_either(world: World, portal: LinkageService) -> None:
    """Its bills may have come before it."""
    user = world.jane(TRUST)
    world.save(b.invoice("secret", NEW))
    plan = portal.roster.plan(b.ACME, [b.entity(NEW)], merged={TRUST: NEW})
    assert [(one.user_id, one.entity_id) for one in plan.exposed] == [(user.user_id, NEW)]


@pytest.mark.parametrize("told", [{TRUST: REALTY}, {TRUST: NEW, SMITH: NEWER}])
def test_a_chain_that_breaks_is_decided_at_once(
    world: World, portal: LinkageService, told: dict[EntityId, EntityId]
) -> None:
    """Who was brought along by one that goes elsewhere now, or is awake, is decided about now, and never again."""
    world.save(b.entity(NEW), b.entity(NEWER))
    user = world.jane(REALTY, TRUST)
    portal.unlink(STAFF, user.user_id, TRUST)
    change(portal, merged={TRUST: SMITH})
    change(portal, merged={SMITH: REALTY if REALTY in told.values() else NEW})
    entities = [] if SMITH in told else [b.entity(SMITH)]
    change(portal, *entities, merged=told)
    assert portal.roster.plan(b.ACME, entities, merged=told).is_idle


def test_bills_under_an_old_key_come_though_the_client_was_known_by_the_new_one_alone(
    world: World, portal: LinkageService
) -> None:
    """The first that is heard of it is told under the key that it no longer has."""
    told: dict[str, Any] = {"renumbered": {NEW: NEWER}}
    change(portal, b.entity(NEW), **told)
    user = world.jane(NEWER)
    world.save(b.invoice("bill", NEW))
    assert change(portal, b.entity(NEW), **told).is_idle
    assert bills(portal, user) == ["bill"]


def test_old_keys_that_are_told_beside_the_present_one_say_nothing(world: World, portal: LinkageService) -> None:
    """A PMS goes on listing what it has archived, however often a client was renumbered."""
    chain = {TRUST: NEW, NEW: NEWER}
    change(portal, renumbered=chain)
    old = [b.entity(TRUST, active=False, name="Old"), b.entity(NEW, active=False, name="Older")]
    plan = change(portal, b.entity(NEWER, name="Name"), *old, renumbered=chain)
    assert (plan.changed, plan.hidden) == ((NEWER,), ())
    with world.store.snapshot() as snapshot:
        [entity] = snapshot.entities.roster(b.ACME, [NEWER])
    assert (entity.name, entity.active) == ("Name", True)


def test_no_bar_is_lifted_where_none_stood(world: World, portal: LinkageService) -> None:
    """The journal tells of the one that stood, at the client that goes (L11)."""
    user = world.jane(REALTY, TRUST, SMITH)
    portal.unlink(STAFF, user.user_id, TRUST)
    change(portal, merged={TRUST: SMITH})
    lifted = [event.entity_id for event in world.events() if event.kind is EventKind.BAR_LIFTED]
    assert lifted == [TRUST]
    assert portal.bars(STAFF).items == ()


def test_a_proof_by_an_old_number_follows_the_chain(world: World, portal: LinkageService) -> None:
    """All the way."""
    world.save(b.invoice("A", TRUST))
    change(portal, merged={TRUST: SMITH})
    change(portal, merged={SMITH: REALTY})
    world.save(b.entity(NEW))
    linked = portal.claim(world.jane(NEW).viewer, InvoiceProof(TRUST, "A"))
    assert isinstance(linked, Linked)
    assert linked.link.entity_id == REALTY


def test_a_forged_plan_of_contacts_merges_nobody(portal: LinkageService) -> None:
    """Whoever put it together."""
    plan = attrs.evolve(portal.roster.plan(b.ACME, [], merged={TRUST: SMITH}), source="xero")
    with pytest.raises(InvalidValue, match="merged"):
        portal.roster.apply(plan, confirmed=plan.plan_id)
