"""Sign-up: what it links, answers and refuses (L1, L2, L3)."""

import pytest

from portal_linkage import (
    AlreadySignedUp,
    ArrivalRule,
    AutoLink,
    ClaimRefused,
    Conflict,
    EntityId,
    EntityNotFound,
    FirmId,
    FirmNotFound,
    GroundKind,
    InvoiceProof,
    InvoiceStatus,
    LinkagePolicy,
    LinkageService,
    NothingToLink,
    SelfUnlink,
    SignedUp,
    TooManyAttempts,
)
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, Clock, World, arrival, contents, ids_of, signed_up, told, verified

ARRIVAL, LISTING, PROOF = GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING, GroundKind.PROOF


def test_sign_up_links_the_claimed_entity_first_and_then_all_that_list_the_address(portal: LinkageService) -> None:
    """Jane arrives at 1003 and is linked to all three, 1003 first (L2)."""
    answer = signed_up(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival()))
    assert ids_of(answer) == [b.REALTY, b.SMITH, b.TRUST]
    assert [[ground.kind for ground in link.grounds] for link in answer.links] == [
        [ARRIVAL, LISTING],
        [LISTING],
        [LISTING],
    ]
    assert {ground.by for link in answer.links for ground in link.grounds} == {answer.user.user_id}
    assert {link.linked_at for link in answer.links} == {b.NOON}


def test_the_user_is_who_signed_up(portal: LinkageService) -> None:
    """The id comes from the injected source, the time from the injected clock, the address as it was typed."""
    spelled = verified(" Jane.Smith@Example.com ")
    user = signed_up(portal.sign_up(b.ACME, spelled, name="Jane Smith")).user
    assert user == b.user("u1")
    assert str(user.email) == "Jane.Smith@Example.com"
    assert portal.find_user(b.ACME, b.JANE) == user


def test_sign_up_without_a_claim_links_all_that_list_the_address_in_client_number_order(world: World) -> None:
    """Client numbers: digits by value first, all others after (L2)."""
    numbers = {"a": "20", "b": "0100", "c": "A1", "d": "020", "e": "3"}
    world.save(*(b.entity(entity_id, b.jane_at(1), client_number=number) for entity_id, number in numbers.items()))
    answer = world.portal().sign_up(b.ACME, verified(b.jane_at(1)), name="Jane Smith")
    assert ids_of(answer) == ["e", "d", "a", "b", "c"]


def test_sign_up_skips_what_is_inactive_or_of_another_firm(world: World) -> None:
    """Only active entities of that firm (L2, L6)."""
    world.save(b.entity(b.TRUST, b.JANE, active=False), b.entity("2001", b.JANE, firm_id=b.OTHER_FIRM))
    assert ids_of(world.portal().sign_up(b.ACME, VERIFIED, name="Jane Smith")) == [b.SMITH, b.REALTY]


def test_one_address_at_two_firms_is_two_users(portal: LinkageService) -> None:
    """Firms are walls (L6)."""
    here = signed_up(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith"))
    there = signed_up(portal.sign_up(b.OTHER_FIRM, VERIFIED, name="Jane Smith"))
    assert here.user.user_id != there.user.user_id
    assert ids_of(there) == [b.SMITH]
    assert {link.firm_id for link in there.links} == {b.OTHER_FIRM}


def test_a_second_sign_up_changes_nothing_and_says_so(world: World) -> None:
    """Twice is once: the same user with their links in link order, and no event (L9)."""
    portal = world.portal()
    first = signed_up(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival()))
    before = world.events()
    world.clock.advance(days=1)
    again = portal.sign_up(b.ACME, verified("JANE.SMITH@EXAMPLE.COM"), name="Somebody", claim=arrival(b.SMITH))
    assert again == AlreadySignedUp(first.user, first.links)
    assert world.events() == before
    assert portal.find_user(b.ACME, b.JANE) == first.user


def test_the_claim_of_an_existing_user_is_not_looked_at(world: World) -> None:
    """Neither an unknown entity nor a wrong proof makes a difference, and no attempt is counted."""
    portal = world.portal(attempts=1)
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith")).user
    for claim in (arrival("9999"), InvoiceProof("9999", "x"), InvoiceProof("9999", "x")):
        assert isinstance(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=claim), AlreadySignedUp)
    assert portal.claim(user.viewer, InvoiceProof("9999", "x")) == ClaimRefused()
    assert portal.admit_guest(b.ACME, InvoiceProof("1001", "x")) == ClaimRefused()


def test_events_of_a_sign_up(world: World) -> None:
    """The outcome carries them exactly as journaled: the user, then each link by its grounds, in order (L11)."""
    answer = signed_up(world.portal().sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival(b.TRUST)))
    assert list(answer.events) == world.events()
    assert told(answer.events) == [
        ("signed_up", None, None),
        ("linked", b.TRUST, "arrival"),
        ("ground_added", b.TRUST, "contact_listing"),
        ("linked", b.SMITH, "contact_listing"),
        ("linked", b.REALTY, "contact_listing"),
    ]
    assert {event.by for event in answer.events} == {answer.user.user_id}


# -- Policies ----------------------------------------------------------------------------------------------------------


def test_without_auto_link_only_the_claimed_entity_is_linked(world: World) -> None:
    """`AutoLink.OFF`: the claim alone; that the entity lists the address too is a ground of the link."""
    answer = signed_up(world.portal(auto_link=AutoLink.OFF).sign_up(b.ACME, VERIFIED, name="J", claim=arrival()))
    assert ids_of(answer) == [b.REALTY]
    assert [ground.kind for ground in answer.links[0].grounds] == [ARRIVAL, LISTING]


def test_an_arrival_alone_is_a_ground(world: World) -> None:
    """An address that no entity lists is linked to the one whose portal it is in (`ArrivalRule.LINK`)."""
    answer = signed_up(world.portal().sign_up(b.ACME, verified(b.jane_at(1)), name="Jane Smith", claim=arrival()))
    assert [(link.entity_id, [ground.kind for ground in link.grounds]) for link in answer.links] == [
        (b.REALTY, [ARRIVAL])
    ]


def test_where_a_listing_is_required_an_unlisted_arrival_falls_away(world: World) -> None:
    """Then the listed entities are linked, else there is nothing to link (`ArrivalRule.REQUIRE_LISTED`)."""
    portal = world.portal(arrival=ArrivalRule.REQUIRE_LISTED)
    world.save(b.entity("1004"), b.entity("1005", b.jane_at(1)))
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival("1004"))) == [b.SMITH, b.TRUST, b.REALTY]
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, verified(b.jane_at(2)), name="J", claim=arrival("1004"))
    listed = signed_up(portal.sign_up(b.ACME, verified(b.jane_at(1)), name="J", claim=arrival("1005")))
    assert [ground.kind for ground in listed.links[0].grounds] == [ARRIVAL, LISTING]


def test_each_firm_has_its_own_policy(world: World) -> None:
    """A service takes a function from firm to policy."""
    policies = {b.ACME: AutoLink.OFF, b.OTHER_FIRM: AutoLink.AT_SIGN_UP}
    portal = LinkageService(
        world.store,
        lambda firm_id: LinkagePolicy(auto_link=policies[firm_id]),
        clock=world.clock,
    )
    assert ids_of(portal.sign_up(b.OTHER_FIRM, VERIFIED, name="J")) == [b.SMITH]
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, VERIFIED, name="J")


# -- Bars and leavings -------------------------------------------------------------------------------------------------


def test_a_barred_arrival_falls_away_and_the_listed_entities_are_linked(world: World) -> None:
    """The firm's unlink stands after the user is gone and signs up again (L7)."""
    portal = world.portal()
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival())).user
    portal.unlink(STAFF, user.user_id, b.REALTY)
    with world.store.transaction() as tx:
        tx.entities.save(b.entity(b.TRUST))
    portal.unlink(STAFF, user.user_id, b.SMITH)
    portal.link(STAFF, user.user_id, b.SMITH)
    portal.unlink(STAFF, user.user_id, b.TRUST)
    portal.remove_user(STAFF, user.user_id)
    portal.lift_bar(STAFF, b.JANE, b.SMITH)
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival())) == [b.SMITH]


def test_a_sign_up_that_bars_leave_nothing_of_is_refused(world: World) -> None:
    """`NothingToLink`, and no user, no mailbox, no event (L3, L7)."""
    portal = world.portal()
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival())).user
    portal.remove_user(STAFF, user.user_id)
    before = contents(world.store)
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival())
    assert contents(world.store) == before
    assert portal.find_user(b.ACME, b.JANE) is None
    portal.lift_bar(STAFF, b.JANE, b.TRUST)
    again = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival()))
    assert ids_of(again) == [b.TRUST]
    assert again.user.user_id != user.user_id


def test_what_the_user_left_comes_back_by_their_own_claim_alone(world: World) -> None:
    """A remembered self-unlink forbids the listing at sign-up, and yields to an arrival, at sign-up too (L2)."""
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J")).user
    for entity_id in (b.REALTY, b.TRUST, b.SMITH):
        portal.leave(user.viewer, entity_id)
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, VERIFIED, name="J")
    again = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival()))
    assert ids_of(again) == [b.REALTY]
    # Claimed again, it is no longer remembered as left: the next sign-up links it by its listing.
    portal.unlink(STAFF, again.user.user_id, b.REALTY)
    portal.lift_bar(STAFF, b.JANE, b.REALTY)
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="J")) == [b.REALTY]


# -- Proofs ------------------------------------------------------------------------------------------------------------


def test_a_right_proof_is_a_claim(world: World) -> None:
    """Client number and any invoice number of that client that is not a draft."""
    world.save(b.entity("1004"), b.invoice("i1", "1004", number="INV-7", status=InvoiceStatus.VOID))
    answer = signed_up(world.portal().sign_up(b.ACME, VERIFIED, name="J", claim=InvoiceProof("1004", "INV-7")))
    assert ids_of(answer) == ["1004", b.SMITH, b.TRUST, b.REALTY]
    assert [ground.kind for ground in answer.links[0].grounds] == [PROOF]


def test_a_refused_proof_refuses_the_whole_sign_up(world: World) -> None:
    """No user, though three entities list the address; the refusal is counted, per person and per number."""
    portal = world.portal(attempts=1)
    assert portal.sign_up(b.ACME, VERIFIED, name="J", claim=InvoiceProof("1003", "wrong")) == ClaimRefused()
    assert portal.find_user(b.ACME, b.JANE) is None
    assert world.events() == []
    retry = TooManyAttempts(b.at(10))
    assert portal.sign_up(b.ACME, VERIFIED, name="J", claim=InvoiceProof("1001", "x")) == retry
    assert portal.admit_guest(b.ACME, InvoiceProof("1003", "x")) == retry
    assert isinstance(portal.sign_up(b.ACME, VERIFIED, name="J"), SignedUp)


def test_a_right_proof_for_a_barred_entity_refuses_the_sign_up(world: World) -> None:
    """The firm's unlink stands against a claim too, and the refusal is counted, though other entities list it (L7)."""
    world.save(b.invoice("i1", b.REALTY, number="INV-7"))
    portal = world.portal(attempts=1)
    portal.remove_user(STAFF, world.jane(b.REALTY).user_id)
    proof = InvoiceProof(b.REALTY, "INV-7")
    assert portal.sign_up(b.ACME, VERIFIED, name="J", claim=proof) == ClaimRefused()
    assert portal.find_user(b.ACME, b.JANE) is None
    assert portal.sign_up(b.ACME, VERIFIED, name="J", claim=proof) == TooManyAttempts(b.at(10))


def test_attempts_at_sign_up_count_for_the_person_that_signs_up_later(world: World, clock: Clock) -> None:
    """The person is their mailbox, before and after they have an account (L10)."""
    portal = world.portal(attempts=2)
    portal.sign_up(b.ACME, VERIFIED, name="J", claim=InvoiceProof("a", "x"))
    clock.advance(minutes=1)
    user = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J")).user
    assert portal.claim(user.viewer, InvoiceProof("b", "x")) == ClaimRefused()
    assert portal.claim(user.viewer, InvoiceProof("c", "x")) == TooManyAttempts(b.at(10))


# -- Refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entity_id", ["9999", b.TRUST])
def test_an_arrival_at_an_unknown_or_inactive_entity_is_refused(world: World, entity_id: str) -> None:
    """`EntityNotFound` at sign-up, though other entities list the address; nothing is written."""
    world.save(b.entity(b.TRUST, b.JANE, active=False))
    before = contents(world.store)
    with pytest.raises(EntityNotFound) as refused:
        world.portal().sign_up(b.ACME, VERIFIED, name="J", claim=arrival(entity_id))
    assert (refused.value.firm_id, refused.value.entity_id) == (b.ACME, entity_id)
    assert contents(world.store) == before


def test_an_address_that_nobody_lists_has_nothing_to_link(world: World) -> None:
    """No sign-up without a link (L3); nothing is reserved for it (L1)."""
    before = contents(world.store)
    with pytest.raises(NothingToLink) as refused:
        world.portal().sign_up(b.ACME, verified(b.jane_at(9)), name="J")
    assert refused.value.firm_id == b.ACME
    assert contents(world.store) == before


@pytest.mark.parametrize("claim", [None, arrival(), InvoiceProof("1003", "x")])
def test_there_is_no_sign_up_at_an_unknown_firm(world: World, claim: object) -> None:
    """`FirmNotFound`, whatever is claimed, and nothing is counted."""
    before = contents(world.store)
    with pytest.raises(FirmNotFound) as refused:
        world.portal().sign_up(FirmId("nowhere"), VERIFIED, name="J", claim=claim)  # type: ignore[arg-type]
    assert refused.value.firm_id == "nowhere"
    assert contents(world.store) == before


@pytest.mark.parametrize("email", ["jane.smith@example.com", b.JANE, None])
def test_an_address_that_nobody_verified_is_a_mistake_that_is_taught(world: World, email: object) -> None:
    """Only a verified address links, and the error says how to get one; it never repeats the address (L1)."""
    before = contents(world.store)
    with pytest.raises(
        TypeError, match=r"only the host can attest.*VerifiedEmail\.attest\(address, via='\.\.\.'\)"
    ) as taught:
        world.portal().sign_up(b.ACME, email, name="J")  # type: ignore[arg-type]
    assert "jane" not in str(taught.value)
    assert str(taught.value).endswith(f", not {type(email).__name__}")
    assert contents(world.store) == before


def test_an_id_that_was_given_before_is_no_new_user(world: World) -> None:
    """Should the injected source repeat itself, nothing of the other user's is touched, and nothing is half done."""
    first = world.jane(b.REALTY)
    world.ids.given = 0
    before = contents(world.store)
    with pytest.raises(Conflict) as refused:
        world.portal().sign_up(b.ACME, verified(b.jane_at(1)), name="J", claim=arrival())
    assert not refused.value.retryable
    assert contents(world.store) == before
    assert world.portal().find_user(b.ACME, b.JANE) == first


@pytest.mark.parametrize("made", ["", "x" * 201, "a\0b", 7, None])
def test_an_id_source_that_gives_no_ids_writes_nothing(world: World, made: object) -> None:
    """What it gives is checked like any other id."""
    before = contents(world.store)
    broken = LinkageService(world.store, clock=world.clock, new_id=lambda: made)  # type: ignore[arg-type,return-value]
    with pytest.raises((TypeError, ValueError), match="user_id"):
        broken.sign_up(b.ACME, VERIFIED, name="J")
    assert contents(world.store) == before


def test_user_ids_are_uuids_by_default(world: World) -> None:
    """UUIDv7, of the right shape, without anybody injecting anything."""
    answer = signed_up(LinkageService(world.store).sign_up(b.ACME, VERIFIED, name="J"))
    assert len(answer.user.user_id) == 36
    assert answer.user.user_id[14] == "7"
    assert EntityId(answer.links[0].entity_id) == b.SMITH
