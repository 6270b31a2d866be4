"""A plan that comes late, or twice, writes over nothing that it has not seen (L9, L13)."""

import pytest

from portal_linkage import (
    AutoLink,
    EmailAddress,
    FirmId,
    LinkagePolicy,
    LinkageService,
    NothingToLink,
    PlanOutdated,
)
from portal_linkage.testing import builders as b
from tests.service.world import World, verified

from .test_apply import applied, change

LISTING_TWO = b.entity(b.REALTY, b.JANE, b.jane_at(1), name="Renamed")
LISTING_ONE = b.entity(b.REALTY, b.JANE, name="Renamed")


def test_a_plan_that_is_delivered_twice_does_not_bring_a_removed_contact_back(portal: LinkageService) -> None:
    """Between the two deliveries the PMS has dropped the contact: whoever reads that mailbox sees nothing."""
    late = portal.roster.plan(b.ACME, [LISTING_TWO])
    applied(portal, late)
    change(portal, LISTING_ONE)
    with pytest.raises(PlanOutdated):
        applied(portal, late)
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, verified(b.jane_at(1)), name="J")


def test_an_old_snapshot_does_not_hide_what_came_later(portal: LinkageService) -> None:
    """An entity that was added since is not among its own, and is not deactivated for that."""
    late = portal.roster.plan(b.ACME, [*(b.entity(entity_id) for entity_id in b.NAMES)], complete=True)
    applied(portal, late)
    change(portal, b.entity("2001", b.jane_at(1)))
    assert applied(portal, late).events == ()
    portal.sign_up(b.ACME, verified(b.jane_at(1)), name="J")


def test_a_confirmation_is_for_the_entity_as_it_was(world: World, portal: LinkageService) -> None:
    """What was hidden by a confirmed plan, and has come back by another, is not hidden by the first one again."""
    world.jane(b.REALTY)
    hiding = portal.roster.plan(b.ACME, [b.entity(b.REALTY, b.JANE, active=False)])
    assert hiding.needs_confirmation
    applied(portal, hiding)
    change(portal, b.entity(b.REALTY, b.JANE, name="Jane Smith Realty Group, Inc."))
    with pytest.raises(PlanOutdated):
        applied(portal, hiding)


def test_entities_that_a_plan_does_not_change_may_change_meanwhile(world: World, portal: LinkageService) -> None:
    """A plan of one entity is not outdated by what happens to another, nor by links and sign-ups."""
    late = portal.roster.plan(b.ACME, [b.entity(b.SMITH, b.JANE, name="Renamed")])
    change(portal, b.entity(b.TRUST, name="Renamed too"))
    world.jane(b.SMITH)
    applied(portal, late)
    with world.store.snapshot() as snapshot:
        assert [entity.name for entity in snapshot.entities.roster(b.ACME, [b.SMITH, b.TRUST])] == [
            "Renamed",
            "Renamed too",
        ]


def test_an_address_that_is_spelled_anew_is_stored_anew(world: World, portal: LinkageService) -> None:
    """It matches as before, and the firm sees it as the PMS writes it."""
    again = b.entity(b.REALTY, EmailAddress.parse("Jane.Smith@Example.com"))
    assert portal.roster.plan(b.ACME, [again]).changed == (b.REALTY,)
    change(portal, again)
    with world.store.snapshot() as snapshot:
        kept = snapshot.entities.find(b.ACME, b.REALTY)
    assert kept is not None
    assert [str(contact.email) for contact in kept.contacts] == ["Jane.Smith@Example.com"]
    assert portal.roster.plan(b.ACME, [again]).changed == ()


def test_a_policy_is_asked_for_once_and_may_be_kept_in_the_same_store(world: World) -> None:
    """Whoever keeps policies beside the data can look them up, and one change is decided by one policy."""
    asked: list[FirmId] = []

    def policy(firm_id: FirmId) -> LinkagePolicy:
        asked.append(firm_id)
        with world.store.snapshot() as snapshot:
            assert snapshot.firms.find(firm_id) is not None
        return LinkagePolicy(auto_link=AutoLink.CONTINUOUS)

    user = world.jane(b.REALTY)
    portal = LinkageService(world.store, policy, clock=world.clock)
    plan = portal.roster.plan(b.ACME, [b.entity("2001", b.JANE)])
    applied(portal, plan)
    assert asked == [b.ACME, b.ACME]
    assert world.links_of(user) == [b.REALTY, "2001"]
