"""What each viewer sees: list, id, count and sum by one rule (L4, L5, L10, L15)."""

from collections.abc import Callable
from typing import Any

import pytest

from portal_linkage import (
    EntityId,
    EntityNotFound,
    FeeId,
    FirmId,
    Guest,
    InvalidCursor,
    InvalidValue,
    InvoiceId,
    InvoiceNotFound,
    InvoiceStatus,
    LinkageService,
    Money,
    Page,
    PageRequest,
    PaymentId,
    PaymentNotFound,
    PortalUser,
    PortalView,
    StaffId,
    StaffVisit,
    UserId,
    UserNotFound,
    Viewer,
    iterate,
)
from portal_linkage.testing import builders as b

from .world import STAFF, World

VISIT, GUEST = StaffVisit(b.ACME, b.STAFF, b.REALTY), Guest(b.ACME, b.REALTY)
PAID, VOID, DRAFT = InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.DRAFT


@pytest.fixture
def billed(world: World) -> World:
    """Bills of every kind at two of the three entities, and some that nobody should ever see."""
    world.save(
        b.invoice("open-1", b.REALTY, amount_due=b.usd("1200.50")),
        b.invoice("open-2", b.SMITH, amount_due=b.usd("0.0001")),
        b.invoice("open-eur", b.SMITH, amount_due=Money(5, "EUR")),
        b.invoice("settled", b.REALTY, amount_due=b.usd(0)),
        b.invoice("credit", b.REALTY, amount_due=b.usd(-900)),
        b.invoice("paid", b.REALTY, status=PAID, amount_due=b.usd(0)),
        b.invoice("void", b.REALTY, status=VOID),
        b.invoice("draft", b.REALTY, status=DRAFT),
        b.invoice("not-hers", b.TRUST),
        b.invoice("orphan", "9999"),
        b.invoice("elsewhere", b.SMITH, firm_id=b.OTHER_FIRM),
        b.late_fee("fee-1", b.REALTY),
        b.late_fee("fee-2", b.SMITH, amount_due=b.usd("7.25")),
        b.late_fee("fee-paid", b.REALTY, amount_due=b.usd(0)),
        b.late_fee("fee-not-hers", b.TRUST),
        b.payment("pay-1", b.REALTY, payer="u1"),
        b.payment("pay-2", b.SMITH),
        b.payment("pay-not-hers", b.TRUST),
    )
    return world


@pytest.fixture
def jane(billed: World) -> PortalUser:
    """Jane, linked to 1003 and 1001."""
    return billed.jane(b.REALTY, b.SMITH).viewer


def seen(view: PortalView) -> dict[str, list[str]]:
    """The ids on a portal page."""
    return {
        "entities": [entity.entity_id for entity in view.entities.items],
        "invoices": [invoice.invoice_id for invoice in view.invoices.items],
        "late_fees": [fee.fee_id for fee in view.late_fees.items],
        "past_payments": [payment.payment_id for payment in view.past_payments.items],
    }


# -- Who sees what -----------------------------------------------------------------------------------------------------


def test_a_portal_user_sees_everything_of_all_that_they_are_linked_to(billed: World, jane: PortalUser) -> None:
    """In one list: open invoices, late fees and past payments, with labels and sums by currency (L4)."""
    view = billed.portal().view(jane)
    assert seen(view) == {
        "entities": [b.REALTY, b.SMITH],
        "invoices": ["open-1", "open-2", "open-eur"],
        "late_fees": ["fee-1", "fee-2"],
        "past_payments": ["pay-1", "pay-2"],
    }
    assert view.labels == {b.REALTY: "Jane Smith Realty Group (1003)", b.SMITH: "Smith, Jane (1001)"}
    assert dict(view.amount_due) == {"EUR": Money(5, "EUR"), "USD": b.usd("1200.5001")}
    assert list(view.amount_due) == ["EUR", "USD"]
    assert dict(view.late_fees_due) == {"USD": b.usd("32.25")}
    assert view.open_invoice_count == 3


def test_a_staff_visit_sees_the_one_entity_visited(billed: World, jane: PortalUser) -> None:
    """With its past, whoever the visitor is, and no payer (L4, L5)."""
    view = billed.portal().view(VISIT)
    assert seen(view) == {
        "entities": [b.REALTY],
        "invoices": ["open-1"],
        "late_fees": ["fee-1"],
        "past_payments": ["pay-1"],
    }
    assert view.past_payments.items[0].payer is None
    assert view.labels == {b.REALTY: "Jane Smith Realty Group (1003)"}
    assert billed.portal().view(StaffVisit(b.ACME, StaffId(jane.user_id), b.SMITH)).open_invoice_count == 2


def test_a_guest_sees_what_one_entity_owes_and_never_its_past(billed: World) -> None:
    """Open invoices and late fees; neither past payments nor paid invoices (L5)."""
    portal = billed.portal()
    assert seen(portal.view(GUEST)) == {
        "entities": [b.REALTY],
        "invoices": ["open-1"],
        "late_fees": ["fee-1"],
        "past_payments": [],
    }
    assert (portal.payments(GUEST).items, portal.invoices(GUEST, status=PAID).items) == ((), ())


@pytest.mark.parametrize("viewer", ["jane", VISIT, GUEST])
def test_what_a_firm_does_not_show_is_seen_by_nobody(billed: World, jane: PortalUser, viewer: object) -> None:
    """Neither in lists, nor by id, nor in counts and sums (L5)."""
    asking: Viewer = jane if viewer == "jane" else viewer  # type: ignore[assignment]
    billed.save(b.firm(show_past_payments=False, show_late_fees=False))
    portal = billed.portal()
    view = portal.view(asking)
    assert (view.late_fees, view.past_payments, dict(view.late_fees_due)) == (Page(), Page(), {})
    assert "open-1" in seen(view)["invoices"]
    past: list[Page[Any]] = [portal.late_fees(asking), portal.payments(asking), portal.invoices(asking, status=PAID)]
    assert past == [Page()] * 3
    with pytest.raises(InvoiceNotFound):
        portal.invoice(asking, InvoiceId("paid"))
    with pytest.raises(PaymentNotFound):
        portal.payment(asking, PaymentId("pay-1"))


def test_only_the_payer_learns_who_paid(billed: World, jane: PortalUser) -> None:
    """By list and by id alike."""
    other = billed.jane(b.REALTY, email=b.jane_at(1)).viewer
    portal = billed.portal()
    for viewer, payer in ((jane, "u1"), (other, None), (VISIT, None)):
        assert portal.payment(viewer, PaymentId("pay-1")).payer == payer
        assert [one.payer for one in portal.payments(viewer).items if one.payment_id == "pay-1"] == [payer]


# -- Lists, ids and sums agree -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", ["jane", VISIT, GUEST])
def test_list_and_id_agree(billed: World, jane: PortalUser, viewer: object) -> None:
    """An invoice or payment is found by its id exactly if a list shows it; sums and counts are of the list (L15)."""
    asking: Viewer = jane if viewer == "jane" else viewer  # type: ignore[assignment]
    portal = billed.portal()
    open_ones, past = portal.invoices(asking).items, portal.invoices(asking, status=PAID).items
    ids = ["open-1", "open-2", "open-eur", "settled", "credit", "paid", "void", "draft", "not-hers", "orphan", "none"]
    for invoice_id in [*ids, "elsewhere"]:
        listed = [one for one in (*open_ones, *past) if one.invoice_id == invoice_id]
        assert _found(portal.invoice, asking, InvoiceId(invoice_id), InvoiceNotFound) == listed
    for payment_id in ("pay-1", "pay-2", "pay-not-hers", "none"):
        listed_payments = [one for one in portal.payments(asking).items if one.payment_id == payment_id]
        assert _found(portal.payment, asking, PaymentId(payment_id), PaymentNotFound) == listed_payments
    view = portal.view(asking)
    assert view.open_invoice_count == len(open_ones)
    assert view.amount_due["USD"].units == sum(
        one.amount_due.units for one in open_ones if one.amount_due.currency == "USD"
    )
    assert view.late_fees_due["USD"].units == sum(fee.amount_due.units for fee in portal.late_fees(asking).items)
    assert view.entities == portal.entities(asking)


def _found(read: Callable[..., Any], viewer: Viewer, one_id: str, error: type[Exception]) -> list[object]:
    try:
        return [read(viewer, one_id)]
    except error as refused:
        assert viewer.firm_id in str(refused)  # noqa: PT017 -- a refusal is half of the answers here
        return []


@pytest.mark.parametrize("entity_id", [b.REALTY, b.SMITH])
def test_every_reading_can_be_cut_down_to_one_entity(billed: World, jane: PortalUser, entity_id: EntityId) -> None:
    """Rows, counts and sums of that entity alone, by the same rule (L15)."""
    portal = billed.portal()
    whole, part = portal.view(jane), portal.view(jane, entity_id=entity_id)
    for rows, wide in (
        (part.entities.items, whole.entities.items),
        (part.invoices.items, whole.invoices.items),
        (part.late_fees.items, whole.late_fees.items),
        (part.past_payments.items, whole.past_payments.items),
    ):
        assert rows == tuple(one for one in wide if one.entity_id == entity_id)
    assert part.open_invoice_count == len(part.invoices.items)
    assert list(part.labels) == [entity_id]
    assert portal.invoices(jane, entity_id=entity_id) == part.invoices
    assert portal.late_fees(jane, entity_id=entity_id) == part.late_fees
    assert portal.payments(jane, entity_id=entity_id) == part.past_payments
    assert portal.entities(jane, entity_id=entity_id) == part.entities


def test_nobody_but_the_firm_sees_contacts(billed: World, jane: PortalUser) -> None:
    """What a viewer is given carries none."""
    portal = billed.portal()
    for viewer in (jane, VISIT, GUEST):
        assert {entity.contacts for entity in portal.entities(viewer).items} == {()}
    assert {entity.contacts for row in portal.portal_users(STAFF).items for entity in row.entities} == {()}


def test_no_bills_no_sums(world: World) -> None:
    """A currency without bills is absent from the sums."""
    view = world.portal().view(world.jane(b.TRUST).viewer)
    assert (dict(view.amount_due), dict(view.late_fees_due), view.open_invoice_count) == ({}, {}, 0)
    assert view.labels == {b.TRUST: "Smith Family Trust (1002)"}


# -- Pages -------------------------------------------------------------------------------------------------------------


def test_a_view_shows_the_first_rows_and_sums_over_all(billed: World, jane: PortalUser) -> None:
    """At most ``limit`` of each, then the list methods go on from ``next``; labels name the rows shown alone."""
    portal = billed.portal()
    view = portal.view(jane, limit=1)
    assert seen(view) == {
        "entities": [b.REALTY],
        "invoices": ["open-1"],
        "late_fees": ["fee-1"],
        "past_payments": ["pay-1"],
    }
    assert list(view.labels) == [b.REALTY]
    assert (view.open_invoice_count, view.amount_due["USD"]) == (3, b.usd("1200.5001"))
    rests: list[tuple[Page[Any], Callable[..., Page[Any]]]] = [
        (view.entities, portal.entities),
        (view.invoices, portal.invoices),
        (view.late_fees, portal.late_fees),
        (view.past_payments, portal.payments),
    ]
    for first, read in rests:
        assert first.next is not None
        assert (*first.items, *_walk(read, jane, first.next)) == read(jane).items


def _walk(read: Callable[..., Page[Any]], viewer: Viewer, request: PageRequest) -> tuple[object, ...]:
    return tuple(iterate(lambda page: read(viewer, page=request if page.after is None else page), limit=1))


def test_a_cursor_is_good_for_its_own_question_alone(billed: World, jane: PortalUser) -> None:
    """Another listing, another viewer, another entity, another status: `InvalidCursor` (L6)."""
    portal = billed.portal()
    other = billed.jane(b.REALTY, b.SMITH, email=b.jane_at(1)).viewer
    after = portal.invoices(jane, page=PageRequest(1)).next
    assert after is not None
    assert portal.invoices(jane, page=after).items
    asked: list[Callable[[], object]] = [
        lambda: portal.invoices(other, page=after),
        lambda: portal.invoices(VISIT, page=after),
        lambda: portal.invoices(jane, entity_id=b.REALTY, page=after),
        lambda: portal.invoices(jane, status=PAID, page=after),
        lambda: portal.entities(jane, page=after),
        lambda: portal.late_fees(jane, page=after),
        lambda: portal.payments(jane, page=after),
        lambda: portal.portal_users(STAFF, page=after),
        lambda: portal.bars(STAFF, page=after),
        lambda: portal.journal(STAFF, page=after),
        lambda: portal.changes(b.ACME, after=after.after),
    ]
    for ask in asked:
        with pytest.raises(InvalidCursor):
            ask()


@pytest.mark.parametrize("status", [VOID, DRAFT])
def test_void_invoices_and_drafts_are_never_listed(billed: World, jane: PortalUser, status: InvoiceStatus) -> None:
    """Asking for them is an `InvalidValue`."""
    with pytest.raises(InvalidValue, match="status: must be OPEN or PAID"):
        billed.portal().invoices(jane, status=status)


@pytest.mark.parametrize("limit", [0, 501])
def test_a_view_has_one_to_five_hundred_rows_of_a_kind(billed: World, jane: PortalUser, limit: int) -> None:
    """As any page has."""
    with pytest.raises(InvalidValue, match="limit"):
        billed.portal().view(jane, limit=limit)


# -- What is not there -------------------------------------------------------------------------------------------------

READINGS = ["view", "entities", "invoices", "late_fees", "payments"]


@pytest.mark.parametrize("reading", READINGS)
def test_a_user_that_is_not_there_reads_nothing(billed: World, jane: PortalUser, reading: str) -> None:
    """`UserNotFound`: unknown, another firm's, of an unknown firm, or removed (L6, L17)."""
    portal = billed.portal()
    read = getattr(portal, reading)
    assert read(jane)
    portal.remove_user(STAFF, jane.user_id)
    strangers = [PortalUser(firm_id, jane.user_id) for firm_id in (b.ACME, b.OTHER_FIRM, FirmId("nowhere"))]
    for stranger in strangers:
        for options in ({}, {"entity_id": b.REALTY}):
            with pytest.raises(UserNotFound) as refused:
                read(stranger, **options)
            assert (refused.value.firm_id, refused.value.user_id) == (stranger.firm_id, stranger.user_id)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("entity_id", [b.TRUST, "9999", "asleep", "2001"])
def test_an_entity_that_is_not_theirs_is_not_there(
    billed: World, jane: PortalUser, reading: str, entity_id: str
) -> None:
    """Not linked, unknown, inactive though linked, another firm's: the same `EntityNotFound` (L4, L10)."""
    billed.save(b.entity("asleep"), b.entity("2001", firm_id=b.OTHER_FIRM))
    billed.portal().link(STAFF, jane.user_id, EntityId("asleep"))
    billed.save(b.entity("asleep", active=False))
    for viewer in (jane, VISIT, GUEST):
        with pytest.raises(EntityNotFound) as refused:
            getattr(billed.portal(), reading)(viewer, entity_id=EntityId(entity_id))
        assert (refused.value.firm_id, refused.value.entity_id) == (b.ACME, entity_id)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("entity_id", ["9999", "asleep"])
def test_a_visit_of_what_is_not_there_is_refused(billed: World, reading: str, entity_id: str) -> None:
    """`StaffVisit` and `Guest` of an absent or inactive entity, or at an unknown firm: `EntityNotFound`."""
    billed.save(b.entity("asleep", active=False))
    read = getattr(billed.portal(), reading)
    gone = EntityId(entity_id)
    for visit in (StaffVisit(b.ACME, b.STAFF, gone), Guest(b.ACME, gone), Guest(FirmId("nowhere"), b.REALTY)):
        with pytest.raises(EntityNotFound):
            read(visit)
        with pytest.raises(EntityNotFound):
            read(visit, entity_id=visit.entity_id)


def test_a_bill_is_not_there_for_whoever_is_not_there(billed: World, jane: PortalUser) -> None:
    """``invoice`` and ``payment`` answer with their own NotFound, also a viewer who no longer exists (L10)."""
    portal = billed.portal()
    asked: list[Viewer] = [
        PortalUser(b.ACME, UserId("gone")),
        PortalUser(FirmId("nowhere"), jane.user_id),
        PortalUser(b.OTHER_FIRM, jane.user_id),
        Guest(b.ACME, b.TRUST),
        StaffVisit(b.ACME, b.STAFF, EntityId("9999")),
    ]
    for viewer in asked:
        with pytest.raises(InvoiceNotFound) as refused:
            portal.invoice(viewer, InvoiceId("open-1"))
        assert (refused.value.firm_id, refused.value.invoice_id) == (viewer.firm_id, "open-1")
        with pytest.raises(PaymentNotFound) as not_paid:
            portal.payment(viewer, PaymentId("pay-1"))
        assert (not_paid.value.firm_id, not_paid.value.payment_id) == (viewer.firm_id, "pay-1")


def test_a_bill_may_be_there_before_its_entity(billed: World, jane: PortalUser) -> None:
    """It is nobody's until the entity comes and is linked; nothing ties bills to entities."""
    billed.save(b.entity("9999"))
    portal = billed.portal()
    with pytest.raises(InvoiceNotFound):
        portal.invoice(jane, InvoiceId("orphan"))
    portal.link(STAFF, jane.user_id, EntityId("9999"))
    assert portal.invoice(jane, InvoiceId("orphan")).entity_id == "9999"


def test_a_user_whose_entities_are_all_inactive_sees_an_empty_view(billed: World, jane: PortalUser) -> None:
    """They exist, and when an entity is active again, all is back."""
    portal = billed.portal()
    full = portal.view(jane)
    for entity_id in (b.REALTY, b.SMITH):
        billed.save(b.entity(entity_id, active=False))
    view = portal.view(jane)
    assert seen(view) == {"entities": [], "invoices": [], "late_fees": [], "past_payments": []}
    assert (dict(view.amount_due), dict(view.labels), view.open_invoice_count) == ({}, {}, 0)
    assert [(row.user.user_id, len(row.entities)) for row in portal.portal_users(STAFF).items] == [(jane.user_id, 2)]
    for entity_id in (b.REALTY, b.SMITH):
        billed.save(b.entity(entity_id))
    assert portal.view(jane) == full


def test_revoked_is_revoked(billed: World, jane: PortalUser) -> None:
    """After an unlink no reading shows that entity, an invoice issued a moment later included (L17)."""
    portal = billed.portal()
    portal.unlink(STAFF, jane.user_id, b.REALTY)
    billed.save(b.invoice("late", b.REALTY))
    assert seen(portal.view(jane))["invoices"] == ["open-2", "open-eur"]
    assert not portal.can_see(jane, b.REALTY)
    with pytest.raises(InvoiceNotFound):
        portal.invoice(jane, InvoiceId("late"))


def test_removing_a_bill_takes_it_from_every_reading(billed: World, jane: PortalUser) -> None:
    """Removing an absent one does nothing."""
    with billed.store.transaction() as tx:
        for invoice_id in ("open-1", "none"):
            tx.invoices.remove(b.ACME, InvoiceId(invoice_id))
        tx.late_fees.remove(b.ACME, FeeId("fee-1"))
        tx.payments.remove(b.ACME, PaymentId("pay-1"))
    view = billed.portal().view(jane)
    assert seen(view) == {
        "entities": [b.REALTY, b.SMITH],
        "invoices": ["open-2", "open-eur"],
        "late_fees": ["fee-2"],
        "past_payments": ["pay-2"],
    }
    assert view.amount_due["USD"] == b.usd("0.0001")


# -- can_see -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("viewer", "visible"),
    [
        ("jane", {b.REALTY, b.SMITH}),
        (VISIT, {b.REALTY}),
        (GUEST, {b.REALTY}),
        (PortalUser(b.ACME, UserId("gone")), set()),
        (PortalUser(b.OTHER_FIRM, UserId("u1")), set()),
        (Guest(b.ACME, EntityId("asleep")), set()),
        (Guest(FirmId("nowhere"), b.REALTY), set()),
    ],
)
def test_who_can_see_what(billed: World, jane: PortalUser, viewer: object, visible: set[str]) -> None:
    """``can_see`` is the same rule as the list of entities, and answers whoever asks (L4, L15)."""
    billed.save(b.entity("asleep", active=False))
    portal: LinkageService = billed.portal()
    asking: Viewer = jane if viewer == "jane" else viewer  # type: ignore[assignment]
    asked = [b.SMITH, b.TRUST, b.REALTY, "9999", "asleep", "", "x" * 201, "\0", "\ud800"]
    assert {one for one in asked if portal.can_see(asking, EntityId(one))} == visible
