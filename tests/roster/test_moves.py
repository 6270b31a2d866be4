"""Clients are merged and renumbered: what they had goes over, and what the firm decided stands."""

import itertools
from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from portal_linkage import (
    AutoLink,
    ClaimRefused,
    ClientEntity,
    Conflict,
    ContactRemoved,
    EntityId,
    EventKind,
    FirmUnlink,
    GroundKind,
    InvalidValue,
    InvoiceProof,
    LinkageService,
    Linked,
    NothingToLink,
    PlanNotConfirmed,
    PlanOutdated,
    RosterApplied,
    SelfUnlink,
    User,
    UserId,
)
from portal_linkage.roster import _applying, _deciding
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, World, arrival, contents, ids_of, signed_up, verified

SMITH, TRUST, REALTY = b.SMITH, b.TRUST, b.REALTY
NEW = EntityId("2001")


def change(portal: LinkageService, *entities: ClientEntity, **how: Any) -> RosterApplied:  # noqa: ANN401
    """Plan and apply, by name."""
    plan = portal.roster.plan(b.ACME, entities, **how)
    return portal.roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)


def merge(portal: LinkageService) -> RosterApplied:
    """The trust is merged into Jane's own."""
    return change(portal, merged={TRUST: SMITH})


def kinds_at(world: World, user: User, entity_id: EntityId) -> set[GroundKind]:
    """By what a user is linked to an entity."""
    with world.store.snapshot() as snapshot:
        link = snapshot.links.find(b.ACME, user.user_id, entity_id)
    return {ground.kind for ground in link.grounds} if link else set()


def test_bills_and_links_go_over(world: World, portal: LinkageService) -> None:
    """Whoever saw the one that is gone sees the survivor, with the bills of both."""
    world.save(b.invoice("A", TRUST), b.invoice("B", SMITH), b.late_fee("F", TRUST), b.payment("P", TRUST))
    world.save(b.entity(TRUST), b.entity(SMITH))
    user = world.jane(REALTY, TRUST)
    world.clock.advance(hours=1)
    done = merge(portal)
    assert {(event.by, event.at) for event in done.events} == {("pms", world.clock.now)}
    page = portal.view(user.viewer)
    assert [entity.entity_id for entity in page.entities.items] == [REALTY, SMITH]
    assert {invoice.entity_id for invoice in page.invoices.items} == {SMITH}
    assert [len(part.items) for part in (page.invoices, page.late_fees, page.past_payments)] == [2, 1, 1]
    assert kinds_at(world, user, SMITH) == {GroundKind.FIRM_GRANT}
    assert [(gain.user_id, gain.entity_id) for gain in done.gains] == [(user.user_id, SMITH)]
    assert [(loss.entity_id, loss.why) for loss in done.losses] == [(TRUST, "the entity was merged into 1001")]
    assert world.agrees_with_its_journal()


def test_what_a_link_rested_on_goes_over_with_its_time(world: World, portal: LinkageService) -> None:
    """A link to both has the grounds of both, each once; the journal tells of it now, and by the source."""
    user = signed_up(portal.sign_up(b.ACME, verified(b.JANE), name="Jane", claim=arrival(TRUST))).user
    world.clock.advance(hours=1)
    done = merge(portal)
    assert kinds_at(world, user, SMITH) == {GroundKind.CONTACT_LISTING, GroundKind.ARRIVAL}
    assert {event.at for event in done.events} == {world.clock.now}
    assert {event.by for event in done.events} == {"pms"}
    with world.store.snapshot() as snapshot:
        link = snapshot.links.find(b.ACME, user.user_id, SMITH)
    assert link is not None
    assert {ground.since for ground in link.grounds} == {b.NOON}
    assert world.agrees_with_its_journal()


def test_a_merge_costs_what_it_ends(world: World, portal: LinkageService) -> None:
    """It is shown before it is done, and needs its name like any plan that ends so much (L13)."""
    world.jane(TRUST)
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    assert (plan.merged, plan.deactivated, plan.removed_users) == ({TRUST: SMITH}, (TRUST,), ())
    assert [(loss.entity_id, gain.entity_id) for loss, gain in zip(plan.losses, plan.gains, strict=True)] == [
        (TRUST, SMITH)
    ]
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(plan)


def test_merging_again_changes_nothing(world: World, portal: LinkageService) -> None:
    """A feed tells of a merge for ever; late bills go over, too."""
    user = world.jane(TRUST)
    merge(portal)
    assert merge(portal) == RosterApplied(plan_id=portal.roster.plan(b.ACME, [], merged={TRUST: SMITH}).plan_id)
    world.save(b.invoice("late", TRUST))
    written: list[tuple[int, int]] = []
    portal.roster.apply(portal.roster.plan(b.ACME, [], merged={TRUST: SMITH}), progress=lambda *so: written.append(so))
    assert written == []
    assert [invoice.entity_id for invoice in portal.invoices(user.viewer).items] == [SMITH]


TABLE = [
    pytest.param(barred_at, granted_at, id=f"barred at {barred_at}, granted at {granted_at}")
    for barred_at, granted_at in itertools.product(("neither", "gone", "survivor", "both"), repeat=2)
]


def at_either(where: str) -> list[EntityId]:
    """The entities of a cell of the table."""
    return {"neither": [], "gone": [TRUST], "survivor": [SMITH], "both": [TRUST, SMITH]}[where]


@pytest.mark.parametrize(("barred_at", "granted_at"), TABLE)
def test_the_table_of_bars_and_grants(world: World, barred_at: str, granted_at: str) -> None:
    """Barred at either side is barred, and not linked, but for a firm grant at either side: linked, and not barred."""
    portal = world.portal()
    world.save(b.entity(SMITH), b.entity(TRUST))
    user = world.jane(REALTY)
    for entity_id in {SMITH, TRUST} - {*at_either(barred_at)}:
        portal.claim(user.viewer, arrival(entity_id))
    for entity_id in at_either(barred_at):
        portal.link(STAFF, user.user_id, entity_id)
        portal.unlink(STAFF, user.user_id, entity_id)
    forgetful = world.portal(firm_unlink=FirmUnlink.FORGETS)
    both = [entity_id for entity_id in at_either(granted_at) if entity_id in at_either(barred_at)]
    for entity_id in at_either(granted_at):
        portal.link(STAFF, user.user_id, entity_id)
    done = merge(forgetful)
    bars = {bar.entity_id for bar in portal.bars(STAFF).items}
    barred = set(at_either(barred_at)) - set(both)
    is_linked = not barred or granted_at != "neither"
    assert bars == (set() if is_linked else {SMITH} | barred)
    assert bool(kinds_at(world, user, SMITH)) is is_linked
    lifted = [event for event in done.events if event.kind is EventKind.BAR_LIFTED]
    assert bool(lifted) is bool(barred and is_linked)
    assert {(one.user_id, one.by, one.at) for one in lifted} <= {(user.user_id, "pms", world.clock.now)}
    assert kinds_at(world, user, TRUST) == set()
    assert world.agrees_with_its_journal()


def test_a_bar_without_a_user_goes_over(world: World, portal: LinkageService) -> None:
    """It keeps who left it and when, and stands at both against the next sign-up, though the merge be taken back."""
    user = world.jane(TRUST)
    portal.unlink(STAFF, user.user_id, TRUST)
    (left,) = portal.bars(STAFF).items
    world.clock.advance(hours=1)
    merge(portal)
    moved, stays = portal.bars(STAFF).items
    assert stays == left
    change(portal, b.entity(TRUST, b.JANE))
    assert (moved.entity_id, moved.since, moved.by, moved.email) == (SMITH, left.since, left.by, left.email)
    assert ids_of(portal.sign_up(b.ACME, verified(b.JANE), name="Jane")) == [REALTY]


def test_a_user_whose_last_link_is_barred_at_the_survivor_is_removed(world: World, portal: LinkageService) -> None:
    """The plan says so."""
    user = signed_up(portal.sign_up(b.ACME, verified(b.JANE), name="Jane", claim=arrival(TRUST))).user
    portal.unlink(STAFF, user.user_id, SMITH)
    portal.unlink(STAFF, user.user_id, REALTY)
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    assert (plan.removed_users, plan.gains) == ((user.user_id,), ())
    portal.roster.apply(plan, confirmed=plan.plan_id)
    assert portal.find_user(b.ACME, b.JANE) is None
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, verified(b.JANE), name="Jane")
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize("claims", [True, False])
def test_what_was_left_stays_left_unless_it_was_claimed(world: World, *, claims: bool) -> None:
    """A listing at the one that is gone brings nobody back who left the survivor; a claim of theirs does."""
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    user = signed_up(portal.sign_up(b.ACME, verified(b.JANE), name="Jane", claim=arrival(REALTY))).user
    portal.leave(user.viewer, SMITH)
    if claims:
        portal.claim(user.viewer, arrival(TRUST))
    merge(portal)
    assert bool(kinds_at(world, user, SMITH)) is claims
    portal.unlink(STAFF, user.user_id, REALTY)
    portal.lift_bar(STAFF, b.JANE, REALTY)
    if claims:
        world.portal(self_unlink=SelfUnlink.ALLOWED, firm_unlink=FirmUnlink.FORGETS).unlink(STAFF, user.user_id, SMITH)
    again = ids_of(portal.sign_up(b.ACME, verified(b.JANE), name="Jane"))
    assert again == ([SMITH, REALTY] if claims else [REALTY])


@pytest.mark.parametrize("source", ["pms", "xero"])
def test_who_was_listed_before_does_not_appear_for_a_merge(world: World, source: str) -> None:
    """The survivor lists whom the other listed: that was so before, and links nobody who was not linked then."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS)
    world.save(b.entity(SMITH), b.entity(TRUST))
    user = world.jane(REALTY)
    quiet = world.portal(auto_link=AutoLink.AT_SIGN_UP)
    change(quiet, b.entity(TRUST, b.JANE, b.jane_at(1)), source=source)
    new = world.jane(REALTY, email=b.jane_at(2))
    done = change(portal, b.entity(SMITH, b.JANE, b.jane_at(2)), merged={TRUST: SMITH})
    assert [(gain.user_id, gain.entity_id) for gain in done.gains] == [(new.user_id, SMITH)]
    assert world.links_of(user) == [REALTY]


def test_a_listing_that_the_survivor_does_not_have_is_withdrawn(world: World) -> None:
    """Where contacts take their links along, the ones of the entity that is gone do, unless the survivor lists them."""
    portal = world.portal(contact_removed=ContactRemoved.WITHDRAW)
    world.save(b.entity(TRUST, b.JANE, b.jane_at(1)), b.entity(SMITH, b.JANE), b.entity(REALTY, b.jane_at(1)))
    staying = signed_up(portal.sign_up(b.ACME, verified(b.JANE), name="J")).user
    going = signed_up(portal.sign_up(b.ACME, verified(b.jane_at(1)), name="J")).user
    done = merge(portal)
    assert kinds_at(world, staying, SMITH) == {GroundKind.CONTACT_LISTING}
    assert (world.links_of(staying), world.links_of(going)) == ([SMITH], [REALTY])
    assert [change.user_id for change in done.losses].count(going.user_id) == 1
    assert world.agrees_with_its_journal()


@pytest.mark.parametrize("order", [(SMITH, TRUST), (TRUST, SMITH)])
@pytest.mark.parametrize("barred_at", [SMITH, TRUST, REALTY])
@pytest.mark.parametrize("granted_at", [SMITH, TRUST, REALTY, None])
def test_several_that_go_into_one_are_decided_at_once(
    world: World, order: tuple[EntityId, ...], barred_at: EntityId, granted_at: EntityId | None
) -> None:
    """Whatever stands at which of them, and in whatever order they are told: the table holds for all together."""
    portal = world.portal()
    world.save(*map(b.entity, (*b.NAMES, "2001")))
    user = world.jane("2001")
    for entity_id in b.NAMES:
        if entity_id == barred_at:
            portal.link(STAFF, user.user_id, entity_id)
            portal.unlink(STAFF, user.user_id, entity_id)
        elif entity_id == granted_at:
            portal.link(STAFF, user.user_id, entity_id)
        else:
            portal.claim(user.viewer, arrival(entity_id))
    is_linked = granted_at not in {None, barred_at}
    done = change(portal, merged=dict.fromkeys(order, REALTY))
    assert bool(kinds_at(world, user, REALTY)) is is_linked
    assert not {(one.user_id, one.entity_id) for one in done.gains} & {
        (one.user_id, one.entity_id) for one in done.losses
    }
    assert bool(portal.bars(STAFF).items) is not is_linked
    assert world.agrees_with_its_journal()


def test_a_merge_that_shows_bills_to_others_is_shown_and_needs_its_name(world: World, portal: LinkageService) -> None:
    """However few links it ends: a feed that merges strangers by mistake would show their bills (L13)."""
    world.save(b.entity(TRUST), b.invoice("theirs", TRUST))
    user = world.jane(SMITH)
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    assert (plan.gains, plan.losses, plan.needs_confirmation) == ((), (), True)
    assert [(one.user_id, one.entity_id) for one in plan.exposed] == [(user.user_id, TRUST)]
    portal.roster.apply(plan, confirmed=plan.plan_id)
    assert portal.view(user.viewer).open_invoice_count == 1
    assert not portal.roster.plan(b.ACME, [], merged={TRUST: SMITH}).needs_confirmation


def test_who_is_linked_since_is_not_shown_more_than_was_told(world: World, portal: LinkageService) -> None:
    """A plan that would by now show a client's bills to one more user is outdated."""
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    world.jane(SMITH)
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan, confirmed=plan.plan_id)


@pytest.mark.parametrize("meanwhile", ["let go", "merged"])
def test_a_merge_is_outdated_when_the_survivor_has_changed(
    world: World, portal: LinkageService, meanwhile: str
) -> None:
    """Nobody is linked to what is not there any more, unseen."""
    world.jane(TRUST)
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    if meanwhile == "merged":
        change(portal, merged={SMITH: REALTY})
    else:
        change(portal, b.entity(SMITH, b.JANE, active=False))
    with pytest.raises(PlanOutdated):
        portal.roster.apply(plan, confirmed=plan.plan_id)


def test_a_merge_into_an_inactive_entity_hides(world: World, portal: LinkageService) -> None:
    """The link goes over, and is shown as hidden: its user sees nothing of it."""
    world.save(b.entity(SMITH, active=False))
    user = world.jane(REALTY, TRUST)
    done = merge(portal)
    assert [(one.user_id, one.entity_id) for one in done.hidden] == [(user.user_id, SMITH)]
    assert [entity.entity_id for entity in portal.entities(user.viewer).items] == [REALTY]


def test_a_merge_that_is_told_again_writes_nothing(world: World, portal: LinkageService) -> None:
    """A bar that the firm has lifted since does not come back either."""
    user = world.jane(REALTY, TRUST)
    portal.unlink(STAFF, user.user_id, TRUST)
    merge(portal)
    portal.lift_bar(STAFF, b.JANE, SMITH)
    before = contents(world.store)
    merge(portal)
    assert contents(world.store) == before


def test_a_number_of_who_is_gone_is_shared_with_nobody(portal: LinkageService) -> None:
    """An entity that is told of under its old key and its new one bears its number once."""
    told = [b.entity(TRUST, b.JANE, client_number="7"), b.entity(NEW, b.JANE, client_number="7")]
    assert portal.roster.plan(b.ACME, told, renumbered={TRUST: NEW}).ambiguous_numbers == ()
    assert portal.roster.plan(b.ACME, told).ambiguous_numbers == ("7",)


def test_a_forged_merge_with_nobody_moves_nothing(world: World, portal: LinkageService) -> None:
    """Who puts a plan together by hand links nobody to what is not there."""
    user = world.jane(TRUST)
    plan = portal.roster.plan(b.ACME, [b.entity(REALTY, name="Other")])
    forged = attrs.evolve(plan, merged={TRUST: EntityId("ghost")})
    portal.roster.apply(forged, confirmed=forged.plan_id)
    assert world.links_of(user) == [TRUST]


def test_merges_lead_to_the_end_of_a_chain(world: World, portal: LinkageService) -> None:
    """An entity may go into one that goes into another."""
    user = world.jane(TRUST, SMITH)
    change(portal, merged={TRUST: SMITH, SMITH: REALTY})
    assert world.links_of(user) == [REALTY]
    assert world.agrees_with_its_journal()


def test_who_is_merged_is_gone_whatever_else_is_told_of_it(world: World, portal: LinkageService) -> None:
    """A feed that tells of both tells of the old one as it was."""
    change(portal, b.entity(TRUST, b.JANE, name="Renamed"), merged={TRUST: SMITH})
    with world.store.snapshot() as snapshot:
        assert snapshot.entities.find(b.ACME, TRUST) == b.entity(TRUST, b.JANE, name="Renamed", active=False)


def test_a_merge_with_nobody_is_named(portal: LinkageService) -> None:
    """Neither is it an error: the one may be long gone, and the other may yet be told of."""
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: NEW, EntityId("9001"): SMITH})
    assert (plan.merged, plan.unknown, plan.entities) == ({}, (NEW,), ())
    plan = portal.roster.plan(b.ACME, [b.entity(NEW)], merged={TRUST: NEW})
    assert (plan.merged, plan.added, plan.deactivated) == ({TRUST: NEW}, (NEW,), (TRUST,))


CIRCLES: list[tuple[dict[str, Mapping[str, str]], str]] = [
    ({"merged": {TRUST: TRUST}}, "merged: leads in a circle"),
    ({"merged": {TRUST: SMITH, SMITH: TRUST}}, "merged: leads in a circle"),
    ({"renumbered": {TRUST: SMITH, SMITH: TRUST}}, "renumbered: leads in a circle"),
    ({"merged": {TRUST: SMITH}, "renumbered": {SMITH: TRUST}}, "renumbered: leads in a circle"),
    ({"merged": {TRUST: SMITH}, "renumbered": {TRUST: NEW}}, "renumbered: names an entity that was merged"),
    (
        {"renumbered": {TRUST: NEW, SMITH: NEW}},
        "renumbered: gives one key to two entities: that is a merge",
    ),
    ({"merged": {"": SMITH}}, "merged: must not be empty"),
    ({"renumbered": {SMITH: ""}}, "renumbered: must not be empty"),
]


@pytest.mark.parametrize(("moves", "why"), CIRCLES)
def test_moves_that_lead_nowhere_are_refused(portal: LinkageService, moves: dict[str, Any], why: str) -> None:
    """In a circle, or in two directions at once."""
    with pytest.raises(InvalidValue, match=f"^{why}$"):
        portal.roster.plan(b.ACME, [], **moves)


@pytest.mark.parametrize("name", ["merged", "renumbered"])
@pytest.mark.parametrize("moves", [None, [(TRUST, SMITH)], "1001"])
def test_moves_are_a_mapping(portal: LinkageService, name: str, moves: object) -> None:
    """Anything else is a mistake in the program."""
    how: dict[str, Any] = {name: moves}
    with pytest.raises(TypeError, match=f"^{name} must be Mapping, "):
        portal.roster.plan(b.ACME, [], **how)


def test_a_renumbered_entity_is_the_same_under_its_new_key(world: World, portal: LinkageService) -> None:
    """Links, bars and bills go over, and the roster need not tell of it."""
    world.save(b.invoice("A", TRUST))
    user = world.jane(TRUST)
    plan = portal.roster.plan(b.ACME, [], renumbered={TRUST: NEW})
    assert (plan.renumbered, plan.merged, plan.added, plan.deactivated) == ({TRUST: NEW}, {}, (NEW,), (TRUST,))
    portal.roster.apply(plan, confirmed=plan.plan_id)
    with world.store.snapshot() as snapshot:
        assert snapshot.entities.find(b.ACME, NEW) == b.entity(NEW, b.JANE, name=b.NAMES[TRUST])
    assert world.links_of(user) == [NEW]
    assert portal.view(user.viewer).open_invoice_count == 1


@pytest.mark.parametrize("key", [TRUST, NEW])
def test_what_is_told_of_a_renumbered_entity_is_kept(world: World, portal: LinkageService, key: EntityId) -> None:
    """Under its old key as under its new one."""
    world.save(b.entity(TRUST, client_number="77"))
    change(portal, b.entity(key, b.JANE, name="New name", client_number="78"), renumbered={TRUST: NEW})
    with world.store.snapshot() as snapshot:
        [told] = snapshot.entities.roster(b.ACME, [NEW])
    assert (told.name, told.client_number, told.active) == ("New name", "78", True)
    assert [contact.email for contact in told.contacts] == [b.JANE]


def test_a_renumbered_entity_may_be_told_of(world: World, portal: LinkageService) -> None:
    """Then it is as it is told, and a number of its own it keeps."""
    world.save(b.entity(TRUST, client_number="A-7"))
    change(portal, renumbered={TRUST: NEW})
    change(portal, b.entity("2002", name="Told"), renumbered={NEW: EntityId("2002")})
    with world.store.snapshot() as snapshot:
        assert snapshot.entities.find(b.ACME, NEW) == b.entity(
            NEW, name=b.NAMES[TRUST], client_number="A-7", active=False
        )
        assert snapshot.entities.find(b.ACME, EntityId("2002")) == b.entity("2002", name="Told")


PROOFS: dict[str, dict[str, Any]] = {
    "merged": {"merged": {TRUST: SMITH}},
    "renumbered": {"renumbered": {TRUST: NEW}},
    "a new number": {"entities": (b.entity(TRUST, client_number="77"),)},
}


@pytest.mark.parametrize("way", PROOFS)
def test_an_old_number_proves_until_another_bears_it(world: World, portal: LinkageService, way: str) -> None:
    """Who holds a bill of old may type what stands on it; another active client that bears the number takes it over."""
    world.save(b.invoice("INV-T", TRUST), b.invoice("INV-N", "3001"))
    user = world.jane(REALTY)
    how = {**PROOFS[way]}
    change(portal, *how.pop("entities", ()), **how)
    proof = InvoiceProof(TRUST, "INV-T")
    taking = b.entity("3001", client_number=TRUST)
    world.save(taking)
    assert isinstance(portal.claim(user.viewer, proof), ClaimRefused)
    assert isinstance(portal.claim(user.viewer, InvoiceProof(TRUST, "INV-N")), Linked)
    world.save(b.entity("3001", client_number=TRUST, active=False))
    assert isinstance(portal.claim(user.viewer, proof), Linked)


def test_a_number_that_is_told_late_goes_over_too(world: World, portal: LinkageService) -> None:
    """The one that was merged away is told again, with another number: that proves the survivor."""
    world.save(b.entity(TRUST), b.entity(SMITH), b.invoice("A", SMITH))
    user = world.jane(REALTY)
    merge(portal)
    change(portal, b.entity(TRUST, client_number="99"), merged={TRUST: SMITH})
    linked = portal.claim(user.viewer, InvoiceProof("99", "A"))
    assert isinstance(linked, Linked)
    assert linked.link.entity_id == SMITH


def test_an_old_number_of_two_proves_nothing(world: World, portal: LinkageService) -> None:
    """As with any number that is shared."""
    world.save(b.entity(TRUST, client_number="7"), b.entity(SMITH, client_number="7"), b.invoice("INV", TRUST))
    change(portal, b.entity(TRUST, client_number="8"), b.entity(SMITH, client_number="9"))
    user = world.jane(REALTY)
    assert isinstance(portal.claim(user.viewer, InvoiceProof("7", "INV")), ClaimRefused)


def test_old_numbers_go_along(world: World, portal: LinkageService) -> None:
    """A number that the one who is gone once bore leads to the survivor."""
    world.save(b.invoice("INV", TRUST))
    change(portal, b.entity(TRUST, client_number="77"))
    change(portal, merged={TRUST: SMITH})
    change(portal, merged={SMITH: REALTY})
    user = world.jane(REALTY)
    for number in (TRUST, "77", SMITH):
        assert not isinstance(portal.claim(user.viewer, InvoiceProof(number, "INV")), ClaimRefused)


def test_who_is_linked_while_it_merges_is_met_by_another_try(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their mailbox was not locked, so nothing is written, and all is decided again."""
    user = world.jane(TRUST)
    portal = world.portal()
    known = _deciding.concerned
    tries: list[int] = []

    def concerned(*asked: Any) -> Any:  # noqa: ANN401 -- as the other one
        tries.append(1)
        return {} if len(tries) == 1 else known(*asked)

    monkeypatch.setattr(_applying, "concerned", concerned)
    merge(portal)
    assert len(tries) == 2
    assert world.links_of(user) == [SMITH]
    assert world.agrees_with_its_journal()


def test_who_is_linked_whenever_it_merges_ends_all_tries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host hears what was in the way, and that another time it may not be; nothing is written."""
    world.jane(TRUST)
    before = contents(world.store)
    monkeypatch.setattr(_applying, "concerned", lambda *_: {})
    monkeypatch.setattr("portal_linkage.ports._PAUSE_SECONDS", 0.0)
    why = "^somebody was linked to an entity while it was merged into another$"
    with pytest.raises(Conflict, match=why) as met:
        merge(world.portal())
    assert met.value.retryable
    assert contents(world.store) == before


def test_nobody_of_another_firm_is_moved(world: World, portal: LinkageService) -> None:
    """Firms are walls (L6): the same ids, addresses and bills at another one stay as they are."""
    other = world.portal()
    world.save(b.entity(TRUST, b.JANE, firm_id=b.OTHER_FIRM), b.entity(SMITH, firm_id=b.OTHER_FIRM))
    world.save(b.invoice("A", TRUST, firm_id=b.OTHER_FIRM))
    theirs = signed_up(other.sign_up(b.OTHER_FIRM, verified(b.JANE), name="J")).user
    world.jane(TRUST)
    merge(portal)
    assert [entity.entity_id for entity in other.entities(theirs.viewer).items] == [TRUST]
    assert [invoice.entity_id for invoice in other.invoices(theirs.viewer).items] == [TRUST]
    assert UserId(theirs.user_id)
