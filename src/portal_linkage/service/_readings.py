"""What a viewer sees, and what the firm is told. One snapshot a reading; one rule for all of them (L15)."""

from ..domain import rules
from ..domain.entities import (
    Invoice,
    InvoiceStatus,
    LateFee,
    Payment,
    PortalSettings,
    PortalUser,
    User,
    Viewer,
)
from ..domain.errors import EntityNotFound, InvoiceNotFound, NotFound, PaymentNotFound, UserNotFound
from ..domain.outcomes import Explanation, PortalView
from ..domain.values import EmailAddress, EntityId, FirmId, InvoiceId, Page, PageRequest, PaymentId, UserId
from ..domain.viewers import Only, Sight, narrowed, sight_of
from ..ports import Snapshot


def sight(snapshot: Snapshot, viewer: Viewer, entity_id: EntityId | None = None) -> Sight:
    """What the viewer may see, cut down to one entity if one is named.

    Raises:
        UserNotFound: the portal user does not exist.
        EntityNotFound: the visited, or the named, entity is not theirs to see.
    """
    if isinstance(viewer, PortalUser):
        if snapshot.users.find(viewer.firm_id, viewer.user_id) is None:
            raise UserNotFound(viewer.firm_id, viewer.user_id)
    elif entity_id is None:
        entity_id = viewer.entity_id
    seen = sight_of(viewer, _settings(snapshot, viewer.firm_id))
    if entity_id is None:
        return seen
    scope = narrowed(seen.scope, entity_id)
    if scope is None or not snapshot.entities.covers(scope):
        raise EntityNotFound(viewer.firm_id, entity_id)
    return seen.within(scope)


def _settings(snapshot: Snapshot, firm_id: FirmId) -> PortalSettings:
    """What the firm shows; entities may come before their firm, which then shows what firms do by default."""
    firm = snapshot.firms.find(firm_id)
    return PortalSettings() if firm is None else firm.settings


def view(snapshot: Snapshot, seen: Sight, page: PageRequest) -> PortalView:
    """The portal page: a fixed number of questions, however many entities are in scope."""
    entities = snapshot.entities.in_scope(seen.scope, page)
    invoices = snapshot.invoices.in_scope(seen.scope, InvoiceStatus.OPEN, page)
    totals = snapshot.invoices.totals(seen.scope)
    fees = late_fees(snapshot, seen, page)
    paid = payments(snapshot, seen, page)
    shown = {row.entity_id for rows in (entities, invoices, fees, paid) for row in rows.items}
    return PortalView(
        entities=entities,
        invoices=invoices,
        late_fees=fees,
        past_payments=paid,
        labels=dict(sorted(snapshot.entities.labels(seen.viewer.firm_id, shown).items())),
        amount_due=totals.due,
        late_fees_due=snapshot.late_fees.totals(seen.scope) if seen.late_fees else {},
        open_invoice_count=totals.count,
    )


def late_fees(snapshot: Snapshot, seen: Sight, page: PageRequest) -> Page[LateFee]:
    """The late fees, if the firm shows them."""
    return snapshot.late_fees.in_scope(seen.scope, page) if seen.late_fees else Page()


def payments(snapshot: Snapshot, seen: Sight, page: PageRequest) -> Page[Payment]:
    """The past payments, if they are for this viewer."""
    return snapshot.payments.in_scope(seen.scope, page).map(seen.of_payment) if seen.past else Page()


def invoices(snapshot: Snapshot, seen: Sight, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
    """The open invoices, or the paid ones, if the past is for this viewer."""
    shown = status is InvoiceStatus.OPEN or seen.past
    return snapshot.invoices.in_scope(seen.scope, status, page) if shown else Page()


def invoice(snapshot: Snapshot, viewer: Viewer, invoice_id: InvoiceId) -> Invoice:
    """One invoice by its id, if any listing would show it to this viewer; `InvoiceNotFound` otherwise."""
    found = snapshot.invoices.find(viewer.firm_id, invoice_id)
    if found is not None and (seen := _sight_at(snapshot, viewer, found.entity_id)) and seen.shows(found):
        return found
    raise InvoiceNotFound(viewer.firm_id, invoice_id)


def payment(snapshot: Snapshot, viewer: Viewer, payment_id: PaymentId) -> Payment:
    """One payment by its id, if the listing would show it to this viewer; `PaymentNotFound` otherwise."""
    found = snapshot.payments.find(viewer.firm_id, payment_id)
    if found is not None and (seen := _sight_at(snapshot, viewer, found.entity_id)) and seen.past:
        return seen.of_payment(found)
    raise PaymentNotFound(viewer.firm_id, payment_id)


def _sight_at(snapshot: Snapshot, viewer: Viewer, entity_id: EntityId) -> Sight | None:
    try:
        return sight(snapshot, viewer, entity_id)
    except NotFound:
        return None


def explain(
    snapshot: Snapshot,
    firm_id: FirmId,
    who: UserId | EmailAddress,
    entity_id: EntityId,
    invoice_id: InvoiceId | None,
) -> Explanation:
    """Why a person sees an entity, or one invoice of it, or does not."""
    user, email = _person(snapshot, firm_id, who)
    is_known = entity_id in snapshot.entities.labels(firm_id, (entity_id,))
    asked = rules.Asked(
        entity_id=entity_id,
        user=user,
        active=snapshot.entities.covers(Only(firm_id, entity_id)) if is_known else None,
        link=snapshot.links.find(firm_id, user.user_id, entity_id) if user else None,
        bar=snapshot.bars.find(firm_id, email, entity_id),
        invoice_id=invoice_id,
        invoice=snapshot.invoices.find(firm_id, invoice_id) if invoice_id else None,
        past_shown=_settings(snapshot, firm_id).show_past_payments,
    )
    return rules.explain(asked)


def _person(snapshot: Snapshot, firm_id: FirmId, who: UserId | EmailAddress) -> tuple[User | None, EmailAddress]:
    if isinstance(who, EmailAddress):
        return snapshot.users.find_by_email(firm_id, who), who
    user = snapshot.users.find(firm_id, who)
    if user is None:
        raise UserNotFound(firm_id, who)
    return user, user.email
