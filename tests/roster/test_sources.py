"""Contacts of several sources: each replaces its own, and what one lists the others do not take away."""

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EntityId,
    EventKind,
    InvalidValue,
    LinkageService,
    NothingToLink,
    PlanOutdated,
    RosterApplied,
)
from portal_linkage.testing import builders as b
from tests.service.world import World, contents, ids_of, signed_up, told, verified

XERO = "xero"
OTHER = b.jane_at(5)


def change(portal: LinkageService, *entities: ClientEntity, source: str = XERO) -> RosterApplied:
    """Plan and apply, by name if need be."""
    plan = portal.roster.plan(b.ACME, entities, source=source)
    return portal.roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)


def test_a_source_brings_contacts_alone(world: World, portal: LinkageService) -> None:
    """Whatever else stands in its records: names, numbers and activity are the practice-management system's."""
    change(portal, b.entity(b.REALTY, OTHER, name="Another name", client_number="77", active=False))
    with world.store.snapshot() as snapshot:
        assert snapshot.entities.find(b.ACME, b.REALTY) == b.entity(b.REALTY, b.JANE)
        (listed,) = snapshot.entities.roster(b.ACME, [b.REALTY], source=XERO)
        assert listed == b.entity(b.REALTY, OTHER)
    assert ids_of(portal.sign_up(b.ACME, verified(OTHER), name="J")) == [b.REALTY]


def test_a_source_wipes_nothing_of_another(portal: LinkageService) -> None:
    """A list of contacts beside a feed replaces its own, and the feed its own."""
    change(portal, b.entity(b.REALTY, OTHER))
    change(portal, b.entity(b.REALTY, b.JANE), source="pms")
    change(portal, b.entity(b.REALTY, b.jane_at(6)), source="by hand")
    change(portal, b.entity(b.REALTY, b.jane_at(7)))
    for email, expected in ((b.JANE, [*b.NAMES]), (b.jane_at(6), [b.REALTY]), (b.jane_at(7), [b.REALTY])):
        assert ids_of(portal.sign_up(b.ACME, verified(email), name="J")) == sorted(expected)
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, verified(OTHER), name="J")


def test_a_complete_list_of_contacts_hides_no_client(portal: LinkageService) -> None:
    """Who is missing from it has no contacts of that source any more, and that is all."""
    change(portal, b.entity(b.REALTY, OTHER), b.entity(b.SMITH, OTHER))
    plan = portal.roster.plan(b.ACME, [b.entity(b.SMITH, OTHER)], source=XERO, complete=True)
    assert (plan.changed, plan.deactivated) == ((b.REALTY,), ())
    portal.roster.apply(plan)
    assert ids_of(portal.sign_up(b.ACME, verified(OTHER), name="J")) == [b.SMITH]


def test_a_client_that_nobody_knows_is_named(world: World, portal: LinkageService) -> None:
    """A source of contacts makes no client: it is told which ones it speaks of too early."""
    before = contents(world.store)
    plan = portal.roster.plan(b.ACME, [b.entity("9002", OTHER), b.entity("9001", OTHER)], source=XERO)
    assert (plan.unknown, plan.added, plan.entities) == (("9001", "9002"), (), ())
    portal.roster.apply(plan)
    assert contents(world.store) == before


def test_an_address_appears_when_the_first_source_lists_it(world: World) -> None:
    """Another source that lists it too changes nothing; and it vanishes with the last."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    world.save(b.entity("2001"), b.entity("2002"))
    user = world.jane(b.REALTY)
    assert told(change(portal, b.entity("2001", b.JANE)).events) == [("linked", "2001", "contact_listing")]
    assert change(portal, b.entity("2001", b.JANE), source="pms").events == ()
    assert change(portal, b.entity("2001")).events == ()
    gone = change(portal, b.entity("2001"), source="pms")
    assert [event.kind for event in gone.events] == [EventKind.GROUND_LOST, EventKind.UNLINKED]
    assert [loss.user_id for loss in gone.losses] == [user.user_id]
    assert world.agrees_with_its_journal()


def test_the_journal_names_the_source(world: World) -> None:
    """Who listed the contact is told with the ground."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    world.save(b.entity("2001"))
    world.jane(b.REALTY)
    (event,) = change(portal, b.entity("2001", b.JANE)).events
    assert event.by == XERO


def test_an_entity_that_comes_back_brings_the_contacts_of_all_sources(world: World) -> None:
    """Becoming active again is appearing, whoever lists the address."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    world.save(b.entity("2001", active=False))
    world.jane(b.REALTY)
    assert change(portal, b.entity("2001", b.JANE)).events == ()
    back = change(portal, b.entity("2001"), source="pms")
    assert told(back.events) == [("linked", "2001", "contact_listing")]


def test_contacts_are_written_though_the_client_was_renamed_meanwhile(world: World, portal: LinkageService) -> None:
    """What another source changed is not in the way of this one's contacts, and stays."""
    plan = portal.roster.plan(b.ACME, [b.entity(b.REALTY, OTHER)], source=XERO)
    change(portal, b.entity(b.REALTY, b.JANE, name="Renamed"), source="pms")
    portal.roster.apply(plan)
    with world.store.snapshot() as snapshot:
        (listed,) = snapshot.entities.roster(b.ACME, [b.REALTY], source=XERO)
    assert (listed.name, listed.contacts) == ("Renamed", b.entity(b.REALTY, OTHER).contacts)


def test_contacts_that_changed_meanwhile_are_not_written_over(portal: LinkageService) -> None:
    """A list that is late does not bring back whom the same source has dropped since (L13)."""
    late = portal.roster.plan(b.ACME, [b.entity(b.REALTY, OTHER)], source=XERO)
    change(portal, b.entity(b.REALTY, b.jane_at(6)))
    with pytest.raises(PlanOutdated):
        portal.roster.apply(late)


def test_contacts_of_a_client_that_fell_asleep_meanwhile_link_nobody(world: World) -> None:
    """A late list of contacts does not take it for awake: an inactive entity's listing does not appear."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    world.jane(b.SMITH)
    world.save(b.entity("2001"))
    plan = portal.roster.plan(b.ACME, [b.entity("2001", b.JANE)], source=XERO)
    change(portal, b.entity("2001", active=False), source="pms")
    assert portal.roster.apply(plan).events == ()


def test_a_source_takes_its_own_listing_away(world: World) -> None:
    """Under WITHDRAW the link goes with it, whomever the practice-management system lists (L12)."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    change(portal, b.entity(b.REALTY, OTHER))
    user = signed_up(portal.sign_up(b.ACME, verified(OTHER), name="J")).user
    gone = change(portal, b.entity(b.REALTY))
    assert [(loss.user_id, loss.entity_id) for loss in gone.losses] == [(user.user_id, b.REALTY)]
    assert portal.find_user(b.ACME, OTHER) is None


@pytest.mark.parametrize("source", ["", "\0", "x" * 2_000])
def test_a_source_has_a_name(portal: LinkageService, source: str) -> None:
    """One that is none is refused before anything is asked."""
    with pytest.raises(InvalidValue, match=r"^source: "):
        portal.roster.plan(b.ACME, [], source=source)


@pytest.mark.parametrize("name", ["merged", "renumbered"])
def test_a_source_of_contacts_merges_nobody(portal: LinkageService, name: str) -> None:
    """Which clients there are is not its to say."""
    moves = {name: {EntityId("1001"): EntityId("1002")}}
    with pytest.raises(InvalidValue, match=f"^{name}: is for the source that brings entities whole$"):
        portal.roster.plan(b.ACME, [], source=XERO, **moves)  # type: ignore[arg-type]
