"""Why somebody sees something, or does not (L12)."""

from itertools import product

import pytest

from portal_linkage import (
    EntityId,
    EntityNotFound,
    FirmId,
    FirmStaff,
    GroundKind,
    InvoiceId,
    InvoiceNotFound,
    InvoiceStatus,
    Reason,
    UserId,
    UserNotFound,
)
from portal_linkage.testing import builders as b

from .world import OTHER_STAFF, STAFF, World, contents


def test_what_is_visible_has_its_grounds_and_no_reasons(world: World) -> None:
    """By user id and by address alike; the sentence names the grounds."""
    user = world.jane(b.REALTY)
    world.portal().link(STAFF, user.user_id, b.REALTY)
    for who in (user.user_id, b.JANE):
        explanation = world.portal().explain(STAFF, who, b.REALTY)
        assert (explanation.visible, explanation.reasons, explanation.bar) == (True, (), None)
        assert explanation.link is not None
        assert [ground.kind for ground in explanation.link.grounds] == [
            GroundKind.ARRIVAL,
            GroundKind.CONTACT_LISTING,
            GroundKind.FIRM_GRANT,
        ]
        assert str(explanation).startswith("User u1 sees 1003: arrival since 2026-03-02 12:00 UTC; contact listing ")
        assert str(explanation).endswith("; firm grant since 2026-03-02 12:00 UTC by staff-1.")


def test_several_reasons_may_hold(world: World) -> None:
    """Not linked, barred, and inactive on top."""
    user = world.jane(b.REALTY, b.SMITH)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.SMITH)
    world.save(b.entity(b.SMITH, active=False), b.entity(b.REALTY, active=False))
    explanation = portal.explain(STAFF, user.user_id, b.SMITH)
    assert explanation.reasons == (Reason.NOT_LINKED, Reason.BARRED, Reason.ENTITY_INACTIVE)
    assert explanation.bar == portal.bars(STAFF).items[0]
    assert explanation.link is None
    asleep = portal.explain(STAFF, user.user_id, b.REALTY)
    assert (asleep.reasons, asleep.link is not None) == ((Reason.ENTITY_INACTIVE,), True)
    assert portal.explain(STAFF, user.user_id, EntityId("9999")).reasons == (Reason.NOT_LINKED, Reason.ABSENT)


def test_an_address_without_a_user_is_explained(world: World) -> None:
    """With its bar and `NOT_LINKED`; nothing is written, and an address that nobody knows stays unknown."""
    user = world.jane(b.REALTY)
    portal = world.portal()
    portal.unlink(STAFF, user.user_id, b.REALTY)
    before = contents(world.store)
    barred = portal.explain(STAFF, b.JANE, b.REALTY)
    assert (barred.reasons, barred.bar is not None, barred.user_id) == ((Reason.NOT_LINKED, Reason.BARRED), True, None)
    assert portal.explain(STAFF, b.jane_at(9), b.REALTY).reasons == (Reason.NOT_LINKED,)
    assert b.JANE.key not in str(barred) + repr(barred)
    assert contents(world.store) == before


def test_an_unknown_user_is_not_explained(world: World) -> None:
    """`UserNotFound` for an id; of another firm too (L6)."""
    user = world.jane(b.REALTY)
    for staff, user_id in ((STAFF, UserId("gone")), (OTHER_STAFF, user.user_id), (STAFF, UserId(str(b.JANE)))):
        with pytest.raises(UserNotFound) as refused:
            world.portal().explain(staff, user_id, b.REALTY)
        assert "@" not in str(refused.value)


def test_at_an_unknown_firm_nothing_is_there(world: World) -> None:
    """The address is explained, as everywhere."""
    explanation = world.portal().explain(FirmStaff(FirmId("nowhere"), b.STAFF), b.JANE, b.REALTY)
    assert explanation.reasons == (Reason.NOT_LINKED, Reason.ABSENT)


@pytest.mark.parametrize("past_shown", [True, False])
def test_explanations_agree_with_readings(world: World, *, past_shown: bool) -> None:
    """An invoice is visible by its explanation exactly if the viewer is given it by its id (L15)."""
    world.save(b.firm(show_past_payments=past_shown), b.entity("asleep", active=True))
    user = world.jane(b.REALTY, "asleep")
    world.save(b.entity("asleep", active=False))
    entity_ids = [b.REALTY, b.TRUST, "asleep", "9999"]
    for number, (entity_id, status, due) in enumerate(product(entity_ids, InvoiceStatus, [0, 5])):
        world.save(b.invoice(f"i{number}", entity_id, status=status, amount_due=b.usd(due)))
    portal = world.portal()
    for number, entity_id in product(range(33), entity_ids):
        invoice_id = InvoiceId(f"i{number}")
        told = portal.explain(STAFF, user.user_id, EntityId(entity_id), invoice_id=invoice_id)
        try:
            given = portal.invoice(user.viewer, invoice_id).entity_id == entity_id
        except InvoiceNotFound:
            given = False
        assert told.visible is given, (told, number, entity_id)
    for entity_id in entity_ids:
        try:
            seen = bool(portal.entities(user.viewer, entity_id=EntityId(entity_id)).items)
        except EntityNotFound:
            seen = False
        assert portal.explain(STAFF, user.user_id, EntityId(entity_id)).visible is seen
        assert portal.can_see(user.viewer, EntityId(entity_id)) is seen


@pytest.mark.parametrize(
    ("invoice_id", "reasons"),
    [
        ("open", ()),
        ("settled", (Reason.NOTHING_DUE,)),
        ("paid", (Reason.PAST_NOT_SHOWN,)),
        ("void", (Reason.VOID,)),
        ("draft", (Reason.DRAFT,)),
        ("other", (Reason.OTHER_ENTITY,)),
        ("other-draft", (Reason.DRAFT, Reason.OTHER_ENTITY)),
        ("none", (Reason.ABSENT,)),
    ],
)
def test_why_an_invoice_is_not_seen(world: World, invoice_id: str, reasons: tuple[Reason, ...]) -> None:
    """Each reason by its name, in the order of the design."""
    world.save(
        b.firm(show_past_payments=False),
        b.invoice("open"),
        b.invoice("settled", amount_due=b.usd(0)),
        b.invoice("paid", status=InvoiceStatus.PAID),
        b.invoice("void", status=InvoiceStatus.VOID),
        b.invoice("draft", status=InvoiceStatus.DRAFT),
        b.invoice("other", b.SMITH),
        b.invoice("other-draft", b.SMITH, status=InvoiceStatus.DRAFT),
        b.invoice("none", firm_id=b.OTHER_FIRM),
    )
    user = world.jane(b.REALTY)
    explanation = world.portal().explain(STAFF, user.user_id, b.REALTY, invoice_id=InvoiceId(invoice_id))
    assert explanation.reasons == reasons
    assert explanation.visible is (reasons == ())
