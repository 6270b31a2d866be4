"""A plan shows what a roster would change, before anything is written (L13)."""

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EntityId,
    FirmId,
    FirmNotFound,
    InvalidValue,
    LinkageService,
    LinkChange,
    RosterPlan,
)
from portal_linkage.testing import builders as b
from tests.service.world import World, contents, signed_up, verified

LISTED = [b.entity(entity_id, b.JANE) for entity_id in b.NAMES]
NEW = b.entity("2001", b.JANE)
ENDS = "no contact lists the address any more, and nothing else was its ground"


def counts(plan: RosterPlan) -> dict[str, int]:
    """How many there are of everything that there is."""
    lists = ("added", "changed", "deactivated", "reactivated", "gains", "losses", "hidden", "removed_users")
    return {name: len(getattr(plan, name)) for name in lists if getattr(plan, name)}


def test_what_is_new_changed_asleep_and_awake(world: World, portal: LinkageService) -> None:
    """Entities by id; the unchanged stand in no list."""
    world.save(b.entity("3001", active=False), b.entity("3002", active=False))
    roster = [
        b.entity("2002"),
        NEW,
        b.entity(b.REALTY, b.JANE, name="Renamed"),
        b.entity(b.TRUST, b.JANE, active=False),
        b.entity("3001"),
        b.entity("3002", active=False),
        LISTED[0],
    ]
    plan = portal.roster.plan(b.ACME, roster)
    assert (plan.added, plan.changed) == (("2001", "2002"), (b.REALTY,))
    assert (plan.deactivated, plan.reactivated) == ((b.TRUST,), ("3001",))
    assert (plan.firm_id, plan.complete, plan.told) == (b.ACME, False, len(roster))
    assert plan.entities == (roster[3], roster[2], roster[4], roster[1], roster[0])
    assert counts(plan) == {"added": 2, "changed": 1, "deactivated": 1, "reactivated": 1}
    assert not plan.needs_confirmation


def test_planning_writes_nothing(world: World) -> None:
    """However much would change."""
    world.jane(b.REALTY, b.SMITH)
    before = contents(world.store)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    assert portal.roster.plan(b.ACME, [NEW], complete=True).needs_confirmation
    assert contents(world.store) == before


def test_the_same_roster_changes_nothing(portal: LinkageService) -> None:
    """As a delta and as a complete snapshot."""
    for complete in (True, False):
        plan = portal.roster.plan(b.ACME, LISTED, complete=complete)
        assert counts(plan) == {}
        assert not plan.needs_confirmation


def test_whoever_is_missing_from_a_complete_roster_becomes_inactive(world: World, portal: LinkageService) -> None:
    """With their contacts and all; from a delta nobody is missing. Other firms are not looked at (L6)."""
    assert portal.roster.plan(b.ACME, LISTED[:1], complete=True).deactivated == (b.TRUST, b.REALTY)
    assert portal.roster.plan(b.ACME, LISTED[:1]).deactivated == ()
    world.save(b.entity(b.TRUST, b.JANE, active=False))
    assert portal.roster.plan(b.ACME, LISTED[:1], complete=True).deactivated == (b.REALTY,)


def test_the_order_of_contacts_and_any_field_of_them_is_a_change(portal: LinkageService) -> None:
    """What is stored is what the PMS has now."""
    contact = LISTED[0].contacts[0]
    for changed in ([contact, contact], [], [type(contact)(email=b.JANE, name="Jane Smith", role="owner")]):
        plan = portal.roster.plan(b.ACME, [b.entity(b.SMITH, contacts=changed)])
        assert plan.changed == (b.SMITH,)


# -- Links -------------------------------------------------------------------------------------------------------------


def test_gains_are_shown_under_a_continuous_policy(world: World) -> None:
    """A listing that appears would link its user; a bar, or another address, would not."""
    user = world.jane(b.REALTY)
    plan = world.portal(auto_link=AutoLink.CONTINUOUS).roster.plan(b.ACME, [NEW, b.entity("2002", b.jane_at(1))])
    assert plan.gains == (LinkChange(user.user_id, EntityId("2001"), "a contact began to list the address"),)
    assert not plan.needs_confirmation
    assert world.portal().roster.plan(b.ACME, [NEW]).gains == ()


def test_losses_are_shown_where_a_listing_was_the_last_ground(world: World) -> None:
    """Under WITHDRAW; the user who would lose the last link is shown too, and that must be confirmed (L13)."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    world.save(b.entity("2001", b.jane_at(1)))
    user = signed_up(portal.sign_up(b.ACME, verified(b.jane_at(1)), name="J")).user
    plan = portal.roster.plan(b.ACME, [b.entity("2001")])
    assert plan.losses == (LinkChange(user.user_id, EntityId("2001"), ENDS),)
    assert plan.removed_users == (user.user_id,)
    assert plan.needs_confirmation
    assert world.portal().roster.plan(b.ACME, [b.entity("2001")]).losses == ()


def test_hidden_links_are_shown_under_every_policy(world: World, portal: LinkageService) -> None:
    """An entity that falls asleep hides its links; one out of one is more than 5 % (L13)."""
    user = world.jane(b.REALTY)
    plan = portal.roster.plan(b.ACME, [b.entity(b.REALTY, b.JANE, active=False)])
    assert plan.hidden == (LinkChange(user.user_id, b.REALTY, "the entity became inactive"),)
    assert plan.removed_users == ()
    assert plan.needs_confirmation


@pytest.mark.parametrize(("hidden", "held", "needed"), [(1, 20, False), (1, 19, True), (2, 40, False), (3, 59, True)])
def test_the_share_that_must_be_confirmed(world: World, *, hidden: int, held: int, needed: bool) -> None:
    """Over 5 % of the firm's links, hidden ones counted; exactly 5 % is not over (L13)."""
    world.save(b.entity("5001"), b.entity("5002"), b.entity("5003"))
    for number in range(held - hidden):
        world.jane("5001", email=b.jane_at(number))
    for number in range(hidden):
        world.jane("5002", email=b.jane_at(1000 + number))
    plan = world.portal().roster.plan(b.ACME, [b.entity("5002", active=False)])
    assert len(plan.hidden) == hidden
    assert plan.needs_confirmation is needed


@pytest.mark.parametrize(("hidden", "needed"), [(10, False), (11, True)])
def test_the_number_that_must_be_confirmed(world: World, hidden: int, *, needed: bool) -> None:
    """Over 10 links, however many the firm has; exactly 10 is not over (L13)."""
    entity_ids = [f"6{number:03d}" for number in range(250)]
    world.save(*(b.entity(entity_id) for entity_id in entity_ids))
    with world.store.transaction() as tx:
        b.sign_up(tx, b.user(), *entity_ids)
    plan = world.portal().roster.plan(b.ACME, [b.entity(one, active=False) for one in entity_ids[:hidden]])
    assert plan.needs_confirmation is needed


def test_an_empty_snapshot_must_be_confirmed(world: World, portal: LinkageService) -> None:
    """Even of a firm where nobody is linked; an empty delta is nothing at all (L13)."""
    assert portal.roster.plan(b.ACME, [], complete=True).needs_confirmation
    assert portal.roster.plan(b.OTHER_FIRM, [], complete=True).needs_confirmation
    assert not portal.roster.plan(b.ACME, []).needs_confirmation
    assert world.events() == []


# -- Ambiguous numbers -------------------------------------------------------------------------------------------------


def test_shared_numbers_are_named(world: World, portal: LinkageService) -> None:
    """Numbers in this roster that more than one active entity would bear, be it one that is in the store alone."""

    def bearing(entity_id: str, number: str, *, active: bool = True) -> ClientEntity:
        return b.entity(entity_id, client_number=number, active=active)

    world.save(bearing("s1", "70"), bearing("s2", "71", active=False), bearing("s3", "72"), bearing("s4", "72"))
    world.save(bearing("s5", "75"), bearing("s6", "76"))
    roster = [
        bearing("a", "B"),
        bearing("c", "B"),
        bearing("d", "A"),
        bearing("e", "A"),
        bearing("f", "b"),
        bearing("g", "70"),
        bearing("h", "71"),
        bearing("i", "73"),
        bearing("j", "73", active=False),
        bearing("s3", "74"),
        bearing("s5", "75"),
        bearing("s6", "77"),
        bearing("k", "76"),
    ]
    assert portal.roster.plan(b.ACME, roster).ambiguous_numbers == ("70", "A", "B")
    assert portal.roster.plan(b.ACME, roster, complete=True).ambiguous_numbers == ("A", "B")


def test_a_source_of_contacts_makes_no_number_ambiguous(portal: LinkageService) -> None:
    """It has no say in who bears which."""
    told = [b.entity(one, client_number="7") for one in (b.SMITH, b.TRUST)]
    assert portal.roster.plan(b.ACME, told, source="xero").ambiguous_numbers == ()
    assert portal.roster.plan(b.ACME, told).ambiguous_numbers == ("7",)


# -- Refusals ----------------------------------------------------------------------------------------------------------


def test_nothing_is_planned_for_an_unknown_firm(portal: LinkageService) -> None:
    """`FirmNotFound`."""
    with pytest.raises(FirmNotFound) as refused:
        portal.roster.plan(FirmId("nowhere"), [])
    assert refused.value.firm_id == "nowhere"


def test_one_entity_twice_in_a_plan_is_refused(portal: LinkageService) -> None:
    """Nobody knows which of the two is meant."""
    with pytest.raises(InvalidValue, match=r"^entities: one stands twice in it$"):
        portal.roster.plan(b.ACME, [LISTED[0], b.entity(b.SMITH)])


def test_an_entity_of_another_firm_is_refused(portal: LinkageService) -> None:
    """Firms are walls (L6)."""
    with pytest.raises(InvalidValue, match=r"^entities: one belongs to another firm$"):
        portal.roster.plan(b.ACME, [b.entity(b.SMITH, firm_id=b.OTHER_FIRM)])


@pytest.mark.parametrize("entities", [["1001"], [None], [b.user()], "1001"])
def test_a_roster_is_of_entities(portal: LinkageService, entities: list[ClientEntity]) -> None:
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match=r"^entities must be ClientEntity, "):
        portal.roster.plan(b.ACME, entities)


@pytest.mark.parametrize(
    ("firm_id", "error"), [(None, TypeError), (7, TypeError), ("", InvalidValue), ("\0", InvalidValue)]
)
def test_a_roster_is_of_a_firm(portal: LinkageService, firm_id: object, error: type[Exception]) -> None:
    """The id is checked like any other."""
    with pytest.raises(error, match=r"^firm_id\b"):
        portal.roster.plan(firm_id, [])  # type: ignore[arg-type]


@pytest.mark.parametrize("complete", ["false", 1, None])
def test_a_roster_is_complete_or_not(portal: LinkageService, complete: object) -> None:
    """A word is not taken for a yes: those that are missing from a complete roster become inactive."""
    with pytest.raises(TypeError, match=r"^complete must be bool, "):
        portal.roster.plan(b.ACME, [NEW], complete=complete)  # type: ignore[arg-type]


def test_a_plan_is_the_same_whenever_it_is_made(world: World, portal: LinkageService) -> None:
    """``plan_id`` is a digest of all of it, and of nothing else: not of the time."""
    first = portal.roster.plan(b.ACME, [NEW])
    world.clock.advance(days=3)
    assert portal.roster.plan(b.ACME, iter([NEW])) == first
    others = [
        portal.roster.plan(b.ACME, [NEW], complete=True),
        portal.roster.plan(b.ACME, [b.entity("2001")]),
        portal.roster.plan(b.OTHER_FIRM, []),
        portal.roster.plan(b.ACME, []),
    ]
    assert len({first.plan_id, *(plan.plan_id for plan in others)}) == 5
    assert "@" not in repr(first)
