"""A user's own claims, and the limit on refused proofs (L7, L9, L10, L12)."""

import pytest

from portal_linkage import (
    AlreadyLinked,
    ArrivalRule,
    ClaimRefused,
    EntityId,
    GroundKind,
    InvoiceProof,
    InvoiceStatus,
    Linked,
    PortalUser,
    SelfUnlink,
    TooManyAttempts,
    UserId,
    UserNotFound,
)
from portal_linkage.testing import builders as b

from .world import STAFF, Clock, World, arrival, contents, told, verified, waits_until

RIGHT = InvoiceProof("1001", "INV-1")
WRONG = InvoiceProof("1001", "wrong")


@pytest.fixture
def jane(world: World) -> PortalUser:
    """Jane, linked to her realty group alone; 1001 has an invoice."""
    world.save(b.invoice("i1", b.SMITH, number="INV-1"))
    return world.jane(b.REALTY).viewer


# -- What a claim does -------------------------------------------------------------------------------------------------


def test_a_right_proof_links(world: World, jane: PortalUser) -> None:
    """Client number plus any invoice number of that client; the link's ground is the proof."""
    world.clock.advance(minutes=1)
    answer = world.portal().claim(jane, RIGHT)
    assert isinstance(answer, Linked)
    assert answer.link.grounds == (b.ground(GroundKind.PROOF, b.at(1), jane.user_id),)
    assert (answer.link.entity_id, answer.link.linked_at) == (b.SMITH, b.at(1))
    assert told(answer.events) == [("linked", b.SMITH, "proof")]
    assert world.events()[-1:] == list(answer.events)


def test_an_arrival_links(world: World, jane: PortalUser) -> None:
    """The host let the user into another entity's portal."""
    answer = world.portal().claim(jane, arrival(b.TRUST))
    assert isinstance(answer, Linked)
    assert told(answer.events) == [("linked", b.TRUST, "arrival")]


def test_a_right_claim_on_a_link_adds_its_ground_once(world: World, jane: PortalUser) -> None:
    """`AlreadyLinked`; the ground is added and journaled if that kind is missing, and a second time nothing is (L9)."""
    portal = world.portal()
    world.save(b.invoice("i3", b.REALTY, number="INV-3"))
    first = portal.claim(jane, InvoiceProof("1003", "INV-3"))
    assert isinstance(first, AlreadyLinked)
    assert told(first.events) == [("ground_added", b.REALTY, "proof")]
    assert [ground.kind for ground in first.link.grounds][-1] is GroundKind.PROOF
    before = world.events()
    for claim in (InvoiceProof("1003", "INV-3"), arrival(b.REALTY)):
        assert portal.claim(jane, claim) == AlreadyLinked(first.link)
    assert world.events() == before
    assert world.agrees_with_its_journal()


def test_a_claim_brings_back_what_the_user_left(world: World, jane: PortalUser) -> None:
    """A remembered self-unlink yields to the user's own claim, by proof and by arrival."""
    portal = world.portal(self_unlink=SelfUnlink.ALLOWED)
    for claim in (RIGHT, arrival(b.SMITH)):
        assert isinstance(portal.claim(jane, claim), Linked)
        portal.leave(jane, b.SMITH)
    assert isinstance(portal.claim(jane, RIGHT), Linked)


@pytest.mark.parametrize("status", InvoiceStatus)
def test_any_invoice_that_is_not_a_draft_proves(world: World, jane: PortalUser, status: InvoiceStatus) -> None:
    """Open, paid or void; with nothing due, too."""
    world.save(b.invoice("i2", b.SMITH, number="INV-2", status=status, amount_due=b.usd(0)))
    answer = world.portal().claim(jane, InvoiceProof("1001", "INV-2"))
    assert isinstance(answer, ClaimRefused if status is InvoiceStatus.DRAFT else Linked)


def test_where_a_listing_is_required_an_unlisted_arrival_is_refused(world: World, jane: PortalUser) -> None:
    """`REQUIRE_LISTED`: an arrival counts only where the entity lists the address."""
    world.save(b.entity("1004", b.jane_at(1)))
    portal = world.portal(arrival=ArrivalRule.REQUIRE_LISTED)
    assert portal.claim(jane, arrival("1004")) == ClaimRefused()
    assert isinstance(portal.claim(jane, arrival(b.TRUST)), Linked)


# -- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        InvoiceProof("1001", "wrong"),
        InvoiceProof("1001", "inv-1"),
        InvoiceProof("1001", "INV-1 "),
        InvoiceProof("1001 ", "INV-1"),
        InvoiceProof("01001", "INV-1"),
        InvoiceProof("9999", "INV-1"),
        InvoiceProof("1003", "INV-1"),
        InvoiceProof("2002", "INV-2"),
        InvoiceProof("shared", "INV-5"),
        InvoiceProof("pms-key", "INV-7"),
        InvoiceProof("1006", "INV-6"),
        arrival("9999"),
        arrival("1004"),
        arrival("1006"),
    ],
)
def test_every_refusal_is_one_answer(world: World, jane: PortalUser, claim: object) -> None:
    """Wrong, unknown, inactive, ambiguous and barred: the same `ClaimRefused`, and no link (L10)."""
    world.save(
        b.entity("1004", client_number="2002", active=False),
        b.entity("1005", client_number="shared"),
        b.entity("1007", client_number="shared"),
        b.entity("pms-key", client_number="77"),
        b.entity("1006"),
        b.invoice("i2", "1004", number="INV-2"),
        b.invoice("i5", "1005", number="INV-5"),
        b.invoice("i6", "1006", number="INV-6"),
        b.invoice("i7", "pms-key", number="INV-7"),
    )
    portal = world.portal()
    portal.link(STAFF, jane.user_id, EntityId("1006"))
    portal.unlink(STAFF, jane.user_id, EntityId("1006"))
    before = world.events()
    assert portal.claim(jane, claim) == ClaimRefused()  # type: ignore[arg-type]
    assert world.events() == before
    assert [entity.entity_id for entity in portal.entities(jane).items] == [b.REALTY]


def test_a_number_shared_with_an_inactive_entity_is_not_ambiguous(world: World, jane: PortalUser) -> None:
    """Only several active bearers prove nothing."""
    world.save(b.entity("1004", client_number="1001", active=False), b.invoice("i4", "1004", number="INV-4"))
    assert world.portal().claim(jane, InvoiceProof("1001", "INV-4")) == ClaimRefused()
    assert isinstance(world.portal().claim(jane, RIGHT), Linked)


@pytest.mark.parametrize("claim", [RIGHT, WRONG, arrival(b.SMITH)])
def test_a_user_that_is_not_there_claims_nothing(world: World, claim: object) -> None:
    """`UserNotFound`, at another firm too, and nothing is counted."""
    user = world.jane(b.REALTY)
    before = contents(world.store)
    for asked in (PortalUser(b.ACME, UserId("gone")), PortalUser(b.OTHER_FIRM, user.user_id)):
        with pytest.raises(UserNotFound) as refused:
            world.portal().claim(asked, claim)  # type: ignore[arg-type]
        assert (refused.value.firm_id, refused.value.user_id) == (asked.firm_id, asked.user_id)
    assert contents(world.store) == before


# -- The limit ---------------------------------------------------------------------------------------------------------


def test_five_refused_proofs_in_ten_minutes_are_the_limit(world: World, jane: PortalUser, clock: Clock) -> None:
    """Then it is `TooManyAttempts`, for a right proof as well, until the window has slid on."""
    portal = world.portal()
    for number in range(5):
        assert portal.claim(jane, InvoiceProof(str(number), "x")) == ClaimRefused()
        clock.advance(minutes=1)
    assert waits_until(portal.claim(jane, RIGHT)) == b.at(10)
    clock.now = b.at(10 - 1e-6)
    assert waits_until(portal.claim(jane, RIGHT)) == b.at(10)
    clock.now = b.at(10)
    assert isinstance(portal.claim(jane, RIGHT), Linked)


def test_too_many_attempts_is_not_counted(world: World, jane: PortalUser, clock: Clock) -> None:
    """Who goes on knocking waits no longer for it, and writes nothing."""
    portal = world.portal(attempts=1)
    portal.claim(jane, WRONG)
    before = contents(world.store)
    for _ in range(3):
        clock.advance(minutes=1)
        assert waits_until(portal.claim(jane, WRONG)) == b.at(10)
    clock.now = b.at(10)
    assert portal.claim(jane, WRONG) == ClaimRefused()
    assert contents(world.store) != before


def test_success_resets_nothing(world: World, jane: PortalUser) -> None:
    """A right proof in between gives no further attempts."""
    portal = world.portal(attempts=2)
    portal.claim(jane, InvoiceProof("9999", "x"))
    assert isinstance(portal.claim(jane, RIGHT), Linked)
    portal.claim(jane, InvoiceProof("8888", "x"))
    assert isinstance(portal.claim(jane, RIGHT), TooManyAttempts)


def test_attempts_count_per_typed_number_whether_it_exists_or_not(world: World, jane: PortalUser) -> None:
    """By whom ever: another person, or a guest, meets the limit of the number; the number as typed (L10)."""
    portal = world.portal(attempts=2)
    other = world.jane(b.REALTY, email=b.jane_at(1)).viewer
    for number in ("1001", "9999"):
        third = world.jane(b.REALTY, email=b.jane_at(2 + int(number))).viewer
        assert portal.claim(third, InvoiceProof(number, "x")) == ClaimRefused()
        assert portal.admit_guest(b.ACME, InvoiceProof(number, "x")) == ClaimRefused()
        assert waits_until(portal.claim(other, InvoiceProof(number, "INV-1"))) == b.at(10)
    assert isinstance(portal.claim(jane, InvoiceProof("01001", "INV-1")), ClaimRefused)


def test_attempts_count_per_firm(world: World) -> None:
    """Firms are walls: neither the person nor the number is limited elsewhere (L6)."""
    portal = world.portal(attempts=1)
    jane = world.jane(b.REALTY)
    portal.claim(jane.viewer, WRONG)
    assert portal.admit_guest(b.OTHER_FIRM, WRONG) == ClaimRefused()
    assert isinstance(portal.admit_guest(b.ACME, WRONG), TooManyAttempts)


def test_the_longer_wait_is_told(world: World, jane: PortalUser, clock: Clock) -> None:
    """Where both the person and the number have to wait, the later time is answered."""
    portal = world.portal(attempts=1)
    portal.claim(jane, InvoiceProof("9999", "x"))
    clock.advance(minutes=3)
    portal.admit_guest(b.ACME, WRONG)
    assert waits_until(portal.claim(jane, WRONG)) == b.at(13)
    assert waits_until(portal.claim(jane, InvoiceProof("8888", "x"))) == b.at(10)


def test_an_arrival_never_counts(world: World, jane: PortalUser) -> None:
    """Refused or not, at the limit or not: the host attested it."""
    portal = world.portal(attempts=1)
    for _ in range(3):
        assert portal.claim(jane, arrival("9999")) == ClaimRefused()
    assert portal.claim(jane, WRONG) == ClaimRefused()
    assert isinstance(portal.claim(jane, arrival(b.TRUST)), Linked)


def test_a_right_proof_of_a_barred_entity_counts(world: World, jane: PortalUser) -> None:
    """It is refused like any other, and so counted like any other (L7, L10)."""
    portal = world.portal(attempts=1)
    portal.link(STAFF, jane.user_id, b.SMITH)
    portal.unlink(STAFF, jane.user_id, b.SMITH)
    assert portal.claim(jane, RIGHT) == ClaimRefused()
    assert isinstance(portal.claim(jane, InvoiceProof("9999", "x")), TooManyAttempts)


def test_the_limit_is_checked_before_any_look_up(world: World, jane: PortalUser) -> None:
    """At the limit, right and wrong, known and unknown are answered alike (L10)."""
    portal = world.portal(attempts=1)
    portal.claim(jane, InvoiceProof("9999", "x"))
    asked = [RIGHT, WRONG, InvoiceProof("7777", "x"), InvoiceProof("1003", "INV-1")]
    assert {waits_until(portal.claim(jane, proof)) for proof in asked} == {b.at(10)}


def test_a_user_who_is_gone_and_comes_back_is_the_same_person(world: World, jane: PortalUser) -> None:
    """The count is the mailbox's: signing up again gives no further attempts."""
    portal = world.portal(attempts=1)
    portal.claim(jane, WRONG)
    portal.remove_user(STAFF, jane.user_id)
    answer = portal.sign_up(b.ACME, verified(b.JANE), name="J", claim=InvoiceProof("7777", "x"))
    assert waits_until(answer) == b.at(10)
