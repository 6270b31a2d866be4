"""The story of the design, told in one piece on every store."""

import pytest

from portal_linkage import (
    AlreadySignedUp,
    EntityId,
    Guest,
    InvoiceProof,
    InvoiceStatus,
    LinkageService,
    Linked,
    NothingToLink,
    StaffVisit,
    Unlinked,
    UserRemoved,
)
from portal_linkage.ports import Store
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, Clock, Ids, World, arrival, ids_of, signed_up


def test_jane_smith(store: Store) -> None:
    """The roster comes in, Jane signs up from an invoice mail of 1003, sees all three, and the firm looks after her."""
    world = World(store)
    portal = LinkageService(store, clock=Clock(), new_id=Ids())
    world.save(b.firm())
    roster = [b.entity(entity_id, b.JANE) for entity_id in b.NAMES]
    portal.roster.apply(portal.roster.plan(b.ACME, [*roster, b.entity("1004", name="Smith Marina")], complete=True))
    world.save(
        b.invoice("INV-1", b.REALTY),
        b.invoice("INV-2", b.TRUST, amount_due=b.usd("300.10")),
        b.invoice("INV-3", b.SMITH, status=InvoiceStatus.PAID),
        b.invoice("INV-4", "1004", amount_due=b.usd("0.90")),
        b.late_fee("FEE-1", b.TRUST),
        b.payment("PAY-1", b.SMITH),
    )

    # She clicks Pay invoice in a mail of 1003, and creates an account.
    answer = signed_up(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival()))
    assert ids_of(answer) == ["1003", "1001", "1002"]
    jane = answer.user
    page = portal.view(jane.viewer)
    assert str(page.amount_due["USD"]) == "1500.10 USD"
    assert str(page.late_fees_due["USD"]) == "25.00 USD"
    assert [payment.payment_id for payment in page.past_payments.items] == ["PAY-1"]
    assert sorted(page.labels.values()) == [
        "Jane Smith Realty Group (1003)",
        "Smith Family Trust (1002)",
        "Smith, Jane (1001)",
    ]
    assert isinstance(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival()), AlreadySignedUp)

    # The firm finds her, and links a fourth entity.
    assert [row.user for row in portal.portal_users(STAFF, search="smith").items] == [jane]
    assert [one.label for one in portal.suggest(STAFF, "mar", user_id=jane.user_id)] == ["Smith Marina (1004)"]
    assert isinstance(portal.link(STAFF, jane.user_id, EntityId("1004")), Linked)
    assert str(portal.view(jane.viewer).amount_due["USD"]) == "1501.00 USD"
    assert str(portal.explain(STAFF, jane.user_id, EntityId("1004"))) == (
        "User u1 sees 1004: firm grant since 2026-03-02 12:00 UTC by staff-1."
    )

    # A staff visit sees one entity, a guest no past.
    visit = portal.view(StaffVisit(b.ACME, b.STAFF, b.SMITH))
    assert list(visit.labels) == ["1001"]
    assert visit.past_payments.items
    guest = portal.admit_guest(b.ACME, InvoiceProof("1001", "INV-3"))
    assert isinstance(guest, Guest)
    assert portal.view(guest).past_payments.items == ()

    # The X, until she is gone; a second sign-up is refused by the bars until the firm lifts one.
    for entity_id in ("1003", "1001", "1002"):
        assert isinstance(portal.unlink(STAFF, jane.user_id, EntityId(entity_id)), Unlinked)
    assert isinstance(portal.unlink(STAFF, jane.user_id, EntityId("1004")), UserRemoved)
    with pytest.raises(NothingToLink):
        portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival())
    portal.lift_bar(STAFF, b.JANE, b.SMITH)
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival())) == ["1001"]
    assert world.agrees_with_its_journal()
