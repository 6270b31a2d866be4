"""A large plan is applied in several transactions: each is whole, and none takes away more than was shown."""

from collections.abc import Callable
from typing import Any

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EntityId,
    LinkageService,
    PlanNotConfirmed,
    PlanOutdated,
    RosterApplied,
    RosterPlan,
    User,
)
from portal_linkage.roster import _applying
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, World, contents, signed_up, verified

IDS = [EntityId(f"e{number:02d}") for number in range(10)]


@pytest.fixture(autouse=True)
def batches_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three entities be many."""
    monkeypatch.setattr(_applying, "BATCH", 3)


@pytest.fixture
def portal(world: World) -> LinkageService:
    """A service under whose policy contacts take links along, and ten entities that list nobody."""
    world.save(*map(b.entity, IDS))
    return world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)


class Meanwhile:
    """Lets something happen after the first batch."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, of: int) -> None:
        """Hear of progress."""
        self.told.append((done, of))
        if len(self.told) == 1:
            self._act()


def apply(portal: LinkageService, plan: RosterPlan, act: Callable[[], object] = lambda: None) -> RosterApplied:
    """Apply a plan by name, while something happens."""
    return portal.roster.apply(plan, confirmed=plan.plan_id, progress=Meanwhile(act))


def stored(world: World) -> dict[str, ClientEntity]:
    """The entities as they are stored."""
    with world.store.snapshot() as snapshot:
        return {entity.entity_id: entity for entity in snapshot.entities.roster(b.ACME) if entity.entity_id in IDS}


def linked_to_one(world: World, portal: LinkageService, entity_id: EntityId) -> User:
    """Jane signs up with an entity that lists her, and is linked to nothing else."""
    world.save(b.entity(entity_id, b.JANE))
    user = signed_up(world.portal().sign_up(b.ACME, verified(b.JANE), name="J")).user
    for other in b.NAMES:
        portal.unlink(STAFF, user.user_id, other)
    return user


def test_all_batches_come_to_what_was_shown(world: World, portal: LinkageService) -> None:
    """Gains, losses and hidden links are those of the plan, and so is what is stored; progress is told."""
    user = world.jane(b.REALTY)
    changed = [b.entity(entity_id, b.JANE) for entity_id in IDS]
    meanwhile = Meanwhile(lambda: None)
    plan = portal.roster.plan(b.ACME, changed)
    done = portal.roster.apply(plan, progress=meanwhile)
    assert meanwhile.told == [(3, 10), (6, 10), (9, 10), (10, 10)]
    assert (done.gains, done.losses, done.hidden) == (plan.gains, (), ())
    assert (done.unforeseen, done.spared, done.withheld) == ((), (), ())
    assert world.links_of(user) == [b.REALTY, *IDS]
    assert list(stored(world).values()) == changed
    plan = portal.roster.plan(b.ACME, [*map(b.entity, IDS[:5]), *(b.entity(one, active=False) for one in IDS[5:])])
    done = apply(portal, plan)
    assert (done.losses, done.hidden) == (plan.losses, plan.hidden)
    assert world.agrees_with_its_journal()


def test_applying_a_large_plan_again_changes_nothing(world: World, portal: LinkageService) -> None:
    """Nor does planning the same again."""
    world.jane(b.REALTY)
    changed = [b.entity(entity_id, b.JANE, name="New") for entity_id in IDS]
    plan = portal.roster.plan(b.ACME, changed)
    apply(portal, plan)
    before = world.events()
    assert apply(portal, plan).events == ()
    assert portal.roster.plan(b.ACME, changed).entities == ()
    assert world.events() == before


def test_an_interrupted_plan_is_planned_and_applied_again(world: World, portal: LinkageService) -> None:
    """What was written stays, whole; the rest comes with the next one."""
    user = world.jane(b.REALTY)
    changed = [b.entity(entity_id, b.JANE) for entity_id in IDS]

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(portal, portal.roster.plan(b.ACME, changed), stop)
    assert world.links_of(user) == [b.REALTY, *IDS[:3]]
    assert world.agrees_with_its_journal()
    apply(portal, portal.roster.plan(b.ACME, changed))
    assert world.links_of(user) == [b.REALTY, *IDS]


def test_whoever_loses_and_gains_is_in_one_batch(world: World, portal: LinkageService) -> None:
    """Else they would not be a user any more between two batches."""
    user = linked_to_one(world, portal, IDS[0])
    changed = [b.entity(one, name="New") for one in IDS[:-1]] + [b.entity(IDS[-1], b.JANE)]
    plan = portal.roster.plan(b.ACME, changed)
    assert plan.removed_users == ()
    done = apply(portal, plan, lambda: world.links_of(user) == [IDS[-1]] or pytest.fail("they are torn apart"))
    assert (done.losses, done.gains) == (plan.losses, plan.gains)
    assert portal.find_user(b.ACME, b.JANE) == user


def test_what_others_lose_and_gain_may_be_in_another_batch(world: World, portal: LinkageService) -> None:
    """Jane and John each go from one entity to another: four that need not wait for each other."""
    world.save(b.entity(IDS[0], b.JANE), b.entity(IDS[1], b.jane_at(1)))
    for email in (b.JANE, b.jane_at(1)):
        world.portal().sign_up(b.ACME, verified(email), name="J")
    lists = {IDS[8]: [b.jane_at(1)], IDS[9]: [b.JANE]}
    plan = portal.roster.plan(b.ACME, [b.entity(one, *lists.get(one, []), name="New") for one in IDS])
    meanwhile = Meanwhile(lambda: None)
    portal.roster.apply(plan, confirmed=plan.plan_id, progress=meanwhile)
    assert meanwhile.told == [(2, 10), (5, 10), (8, 10), (10, 10)]


def test_what_merges_is_in_one_batch(world: World, portal: LinkageService) -> None:
    """The one that is gone, and the one that takes over, however far apart they are told of."""
    user = world.jane(IDS[0])
    changed = [b.entity(one, name="New") for one in IDS]
    done = apply(portal, portal.roster.plan(b.ACME, changed, merged={IDS[0]: IDS[9], IDS[1]: IDS[8]}))
    assert done.withheld == ()
    assert world.links_of(user) == [IDS[9]]


def test_bills_that_come_late_go_over_with_a_large_plan_too(world: World, portal: LinkageService) -> None:
    """A merge that was carried out before is among the batches of whatever else changes."""
    apply(portal, portal.roster.plan(b.ACME, [], merged={IDS[0]: IDS[9]}))
    user = world.jane(IDS[9])
    world.save(b.invoice("late", IDS[0]))
    changed = [b.entity(one, name="New") for one in IDS[1:]]
    apply(portal, portal.roster.plan(b.ACME, changed, merged={IDS[0]: IDS[9]}))
    assert [invoice.entity_id for invoice in portal.invoices(user.viewer).items] == [IDS[9]]


def hide_all(portal: LinkageService) -> RosterPlan:
    """All ten become inactive."""
    return portal.roster.plan(b.ACME, [b.entity(one, active=False, name="New") for one in IDS])


def test_what_costs_more_by_now_is_withheld(world: World, portal: LinkageService) -> None:
    """A link made after the first batch is not hidden: that was not shown. The other entities are as planned."""
    user = world.jane(b.REALTY, IDS[8])
    plan = hide_all(portal)
    done = apply(portal, plan, lambda: portal.link(STAFF, user.user_id, IDS[7]))
    assert done.withheld == (IDS[7],)
    assert {one for one, entity in stored(world).items() if entity.active} == {IDS[7]}
    assert done.hidden == plan.hidden
    again = hide_all(portal)
    assert (again.deactivated, again.needs_confirmation) == ((IDS[7],), True)


def test_what_has_changed_meanwhile_is_withheld(world: World, portal: LinkageService) -> None:
    """An entity that somebody else saved after the first batch is not written over."""
    theirs = b.entity(IDS[7], name="Theirs")
    done = apply(portal, hide_all(portal), lambda: world.save(theirs))
    assert done.withheld == (IDS[7],)
    assert stored(world)[IDS[7]] == theirs


def test_what_merges_is_withheld_together(world: World, portal: LinkageService) -> None:
    """If one of the two cannot be written, nothing goes over."""
    user = world.jane(IDS[7])
    plan = portal.roster.plan(b.ACME, [b.entity(one, name="New") for one in IDS], merged={IDS[7]: IDS[8]})
    done = apply(portal, plan, lambda: world.save(b.entity(IDS[8], name="Theirs")))
    assert done.withheld == (IDS[7], IDS[8])
    assert world.links_of(user) == [IDS[7]]
    assert set(done.spared) == set(plan.losses)
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize("others", [IDS[7], IDS[8]])
def test_what_merges_is_withheld_together_though_nobody_is_linked(
    world: World, portal: LinkageService, others: EntityId
) -> None:
    """Whichever of the two has changed, the other is as it was: the one that goes is not inactive before it goes."""
    world.save(b.entity(IDS[6], name="Goes too"))
    merged = {IDS[6]: IDS[8], IDS[7]: IDS[8]}
    plan = portal.roster.plan(b.ACME, [b.entity(one, name="New") for one in IDS], merged=merged)
    done = apply(portal, plan, lambda: world.save(b.entity(others, name="Theirs")))
    assert done.withheld == tuple(IDS[6:9])
    kept = stored(world)
    assert all(kept[one].active and kept[one].name != "New" for one in IDS[6:9])


def test_whoever_would_be_left_without_a_link_keeps_what_they_have(world: World, portal: LinkageService) -> None:
    """If the entity that they gain is withheld, so is the loss of their last link: that would remove them unseen."""
    user = linked_to_one(world, portal, IDS[3])
    changed = [b.entity(one, name="New") for one in IDS[:-1]] + [b.entity(IDS[-1], b.JANE)]
    plan = portal.roster.plan(b.ACME, changed)
    done = apply(portal, plan, lambda: world.save(b.entity(IDS[-1], name="Theirs")))
    assert done.withheld == (IDS[3], IDS[-1])
    assert world.links_of(user) == [IDS[3]]


def test_what_came_out_better_is_told(world: World, portal: LinkageService) -> None:
    """Who signed up meanwhile gains what was not shown; and a link that was gone already is not hidden."""
    user = world.jane(b.REALTY, IDS[8])
    changed = [b.entity(one, active=one != IDS[8], name="New") for one in IDS[:9]]
    plan = portal.roster.plan(b.ACME, [*changed, b.entity(IDS[9], b.jane_at(1))])

    def act() -> None:
        portal.unlink(STAFF, user.user_id, IDS[8])
        world.jane(b.REALTY, email=b.jane_at(1))

    done = apply(portal, plan, act)
    assert done.withheld == ()
    assert done.spared == plan.hidden
    assert [change.entity_id for change in done.unforeseen] == [IDS[9]]
    assert done.gains == done.unforeseen


@pytest.mark.parametrize("batches", [True, False])
def test_a_large_plan_that_would_cost_more_is_outdated_before_anything_is_written(
    world: World, portal: LinkageService, monkeypatch: pytest.MonkeyPatch, *, batches: bool
) -> None:
    """As long as nothing is written, nobody is left with half a plan."""
    if not batches:
        monkeypatch.setattr(_applying, "BATCH", 2_000)
    user = world.jane(b.REALTY)
    plan = hide_all(portal)
    portal.link(STAFF, user.user_id, IDS[9])
    before = contents(world.store)
    with pytest.raises(PlanOutdated):
        apply(portal, plan)
    assert contents(world.store) == before


def test_a_large_plan_that_has_become_costly_needs_its_name(world: World, portal: LinkageService) -> None:
    """It showed one of many links, which are few by now: that is over a twentieth."""
    many = [world.jane(b.REALTY, email=b.jane_at(number)) for number in range(20)]
    portal.link(STAFF, many[0].user_id, IDS[0])
    plan = hide_all(portal)
    assert not plan.needs_confirmation
    for user in many[1:]:
        portal.unlink(STAFF, user.user_id, b.REALTY)
    before = contents(world.store)
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(plan)
    assert contents(world.store) == before


@pytest.mark.parametrize("progress", [7, "x"])
def test_progress_is_told_to_what_can_be_called(portal: LinkageService, progress: Any) -> None:  # noqa: ANN401
    """Anything else is a mistake in the program, before anything is written."""
    plan = hide_all(portal)
    with pytest.raises(TypeError, match=r"^progress must be something that can be called$"):
        portal.roster.apply(plan, progress=progress)
