"""Guests pay without an account (L4, L5, L8)."""

import pytest

from portal_linkage import (
    ClaimRefused,
    EntityId,
    FirmId,
    FirmNotFound,
    Guest,
    InvoiceProof,
    InvoiceStatus,
    TooManyAttempts,
)
from portal_linkage.testing import builders as b

from .world import STAFF, World, contents, waits_until


@pytest.fixture
def proof(world: World) -> InvoiceProof:
    """What the recipient of a paper bill can type."""
    world.save(b.invoice("i1", b.REALTY, number="INV-1", status=InvoiceStatus.PAID))
    return InvoiceProof("1003", "INV-1")


def test_a_right_proof_admits_a_guest(world: World, proof: InvoiceProof) -> None:
    """To the one entity, without an account or a link; nothing happened that the journal would know (L8)."""
    assert world.portal().admit_guest(b.ACME, proof) == Guest(b.ACME, b.REALTY)
    assert world.portal().portal_users(STAFF).items == ()
    assert world.events() == []


def test_a_guest_of_a_number_that_is_not_the_pms_key(world: World) -> None:
    """People type client numbers; the guest visits the entity that bears it."""
    world.save(b.entity("pms-7", client_number="77"), b.invoice("i7", "pms-7", number="INV-7"))
    assert world.portal().admit_guest(b.ACME, InvoiceProof("77", "INV-7")) == Guest(b.ACME, EntityId("pms-7"))


@pytest.mark.parametrize("number", ["9999", "1001", "shared", "2002"])
def test_every_refusal_is_one_answer(world: World, proof: InvoiceProof, number: str) -> None:
    """Unknown, wrong, ambiguous or inactive: `ClaimRefused`, counted by number (L10)."""
    world.save(b.entity("a", client_number="shared"), b.entity("b", client_number="shared"))
    world.save(b.entity("c", client_number="2002", active=False))
    world.save(b.invoice("i2", "a", number="INV-1"), b.invoice("i3", "c", number="INV-1"))
    portal = world.portal(attempts=1)
    asked = InvoiceProof(number, proof.invoice_number)
    assert portal.admit_guest(b.ACME, asked) == ClaimRefused()
    assert portal.admit_guest(b.ACME, asked) == TooManyAttempts(b.at(10))
    assert isinstance(portal.admit_guest(b.ACME, proof), Guest)


def test_a_guest_counts_by_number_only(world: World, proof: InvoiceProof) -> None:
    """Nobody knows who a guest is: other numbers are not limited, and no bar is looked at (L10)."""
    portal = world.portal(attempts=2)
    for number in range(5):
        assert portal.admit_guest(b.ACME, InvoiceProof(f"x{number}", "x")) == ClaimRefused()
    user = world.jane(b.REALTY)
    portal.unlink(STAFF, user.user_id, b.REALTY)
    assert isinstance(portal.admit_guest(b.ACME, proof), Guest)
    for _ in range(2):
        assert portal.admit_guest(b.ACME, InvoiceProof("1003", "x")) == ClaimRefused()
    world.clock.advance(minutes=2)
    assert waits_until(portal.admit_guest(b.ACME, proof)) == b.at(10)


def test_there_are_no_guests_of_an_unknown_firm(world: World, proof: InvoiceProof) -> None:
    """`FirmNotFound`, and nothing is counted."""
    before = contents(world.store)
    with pytest.raises(FirmNotFound, match="no firm 'nowhere'"):
        world.portal().admit_guest(FirmId("nowhere"), proof)
    assert contents(world.store) == before
