"""From the one who is asking to what they may see (L4, L5)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import (
    EntityId,
    FirmId,
    Guest,
    InvoiceStatus,
    PortalSettings,
    PortalUser,
    StaffVisit,
    UserId,
    Viewer,
)
from portal_linkage.domain.viewers import LinkedTo, Only, Scope, is_shown, narrowed, scope_of, sight_of
from portal_linkage.testing import builders as b

USER, VISIT, GUEST = PortalUser(b.ACME, b.JANE_ID), StaffVisit(b.ACME, b.STAFF, b.REALTY), Guest(b.ACME, b.REALTY)
FIRMS = st.sampled_from([b.ACME, b.OTHER_FIRM])
ENTITY_IDS = st.sampled_from([b.SMITH, b.TRUST, b.REALTY])
SCOPES: st.SearchStrategy[Scope] = st.one_of(
    st.builds(LinkedTo, FIRMS, st.just(b.JANE_ID), st.none() | ENTITY_IDS), st.builds(Only, FIRMS, ENTITY_IDS)
)


@pytest.mark.parametrize(
    ("viewer", "scope"),
    [
        (USER, LinkedTo(b.ACME, b.JANE_ID)),
        (VISIT, Only(b.ACME, b.REALTY)),
        (GUEST, Only(b.ACME, b.REALTY)),
    ],
)
def test_each_viewer_has_their_scope(viewer: Viewer, scope: Scope) -> None:
    """A portal user sees what they are linked to, a visit the one entity visited (L4)."""
    assert scope_of(viewer) == scope
    assert sight_of(viewer, PortalSettings()).viewer == viewer


@pytest.mark.parametrize("viewer", [USER, VISIT, GUEST])
@pytest.mark.parametrize(("past", "fees"), list(product([True, False], repeat=2)))
def test_the_past_is_for_accounts_and_visits_where_the_firm_shows_it(viewer: Viewer, *, past: bool, fees: bool) -> None:
    """Past payments never go to guests; late fees go to every viewer; both only if the firm enables them (L5)."""
    sight = sight_of(viewer, PortalSettings(show_past_payments=past, show_late_fees=fees))
    assert sight.past is (past and not isinstance(viewer, Guest))
    assert sight.late_fees is fees


@pytest.mark.parametrize(
    ("status", "due", "past_shown", "shown"),
    [
        (InvoiceStatus.OPEN, 1, False, True),
        (InvoiceStatus.OPEN, 1, True, True),
        (InvoiceStatus.OPEN, 0, True, False),
        (InvoiceStatus.OPEN, -1, True, False),
        (InvoiceStatus.PAID, 0, True, True),
        (InvoiceStatus.PAID, 1, True, True),
        (InvoiceStatus.PAID, 0, False, False),
        (InvoiceStatus.PAID, 1, False, False),
        (InvoiceStatus.VOID, 1, True, False),
        (InvoiceStatus.VOID, 0, False, False),
        (InvoiceStatus.DRAFT, 1, True, False),
        (InvoiceStatus.DRAFT, 0, False, False),
    ],
)
def test_which_invoices_appear(status: InvoiceStatus, due: int, *, past_shown: bool, shown: bool) -> None:
    """Open with something due; paid as past, if that is shown; void and draft never (L5)."""
    invoice = b.invoice(status=status, amount_due=b.usd(due))
    assert is_shown(invoice, past_shown=past_shown) is shown
    assert sight_of(USER, PortalSettings(show_past_payments=past_shown)).shows(invoice) is shown
    assert sight_of(GUEST, PortalSettings(show_past_payments=past_shown)).shows(invoice) is (
        shown and status is InvoiceStatus.OPEN
    )


@given(SCOPES, FIRMS, ENTITY_IDS, st.booleans(), st.sets(ENTITY_IDS))
def test_a_scope_covers_active_entities_of_its_firm(
    scope: Scope, firm_id: FirmId, entity_id: EntityId, active: bool, linked: set[EntityId]
) -> None:
    """The reference for every store: its firm, active, and linked or visited (L4, L6)."""
    entity = b.entity(entity_id, firm_id=firm_id, active=active)
    among = linked if isinstance(scope, LinkedTo) else {scope.entity_id}
    expected = active and firm_id == scope.firm_id and entity_id in among
    if scope.entity_id is not None:
        expected = expected and entity_id == scope.entity_id
    assert scope.covers(entity, linked) is expected


@given(SCOPES, ENTITY_IDS, ENTITY_IDS, st.sets(ENTITY_IDS))
def test_a_narrower_scope_covers_one_entity_less_or_the_same(
    scope: Scope, asked: EntityId, entity_id: EntityId, linked: set[EntityId]
) -> None:
    """Cutting a scope down never shows more, and a visit is never cut over to another entity (L4)."""
    entity = b.entity(entity_id, firm_id=scope.firm_id)
    smaller = narrowed(LinkedTo(scope.firm_id, b.JANE_ID) if isinstance(scope, LinkedTo) else scope, asked)
    wide = LinkedTo(scope.firm_id, b.JANE_ID) if isinstance(scope, LinkedTo) else scope
    covered = smaller is not None and smaller.covers(entity, linked)
    assert covered is (wide.covers(entity, linked) and entity_id == asked)


def test_a_scope_is_cut_down_for_the_same_person() -> None:
    """Whoever asks for one entity goes on asking as themselves, at their firm (L4, L6)."""
    assert narrowed(LinkedTo(b.ACME, b.JANE_ID), b.REALTY) == LinkedTo(b.ACME, b.JANE_ID, b.REALTY)
    assert narrowed(LinkedTo(b.ACME, b.JANE_ID, b.SMITH), b.REALTY) == LinkedTo(b.ACME, b.JANE_ID, b.REALTY)
    assert narrowed(Only(b.ACME, b.REALTY), b.REALTY) == Only(b.ACME, b.REALTY)
    assert narrowed(Only(b.ACME, b.REALTY), b.SMITH) is None


@pytest.mark.parametrize(
    ("viewer", "payer", "told"),
    [
        (USER, b.JANE_ID, b.JANE_ID),
        (USER, UserId("another"), None),
        (USER, None, None),
        (VISIT, b.JANE_ID, None),
        (VISIT, None, None),
        (StaffVisit(b.ACME, b.STAFF, b.REALTY), UserId(b.STAFF), None),
        (GUEST, b.JANE_ID, None),
    ],
)
def test_only_the_payer_learns_who_paid(viewer: Viewer, payer: UserId | None, told: UserId | None) -> None:
    """Other viewers never learn the payer; everything else about the payment they see."""
    payment = b.payment(payer=payer)
    seen = sight_of(viewer, PortalSettings()).of_payment(payment)
    assert seen == b.payment(payer=told)
