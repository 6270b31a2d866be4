"""What a viewer sees, and what the firm is told. One snapshot a reading; one rule for all of them (L15)."""

from collections.abc import Callable
from typing import TypeVar

import attrs

from ..domain import rules
from ..domain.entities import (
    ClientEntity,
    Invoice,
    InvoiceStatus,
    LateFee,
    Payment,
    PortalSettings,
    PortalUser,
    User,
    Viewer,
)
from ..domain.errors import EntityNotFound, InvoiceNotFound, PaymentNotFound, UserNotFound
from ..domain.outcomes import Explanation, PortalView
from ..domain.values import EmailAddress, EntityId, FirmId, InvoiceId, Page, PageRequest, PaymentId, UserId
from ..domain.viewers import Only, Scope, Sight, narrowed, scope_of, sight_of
from ..ports import Snapshot

T = TypeVar("T")


@attrs.frozen
class Showing:
    """What one viewer is shown within one snapshot: of all that they see, or of one entity.

    Whoever is shown an entity, or a bill of those linked, is there: only when no row comes back is it asked whether.
    """

    _snapshot: Snapshot
    _viewer: Viewer
    _scope: Scope

    def view(self, page: PageRequest) -> PortalView:
        """The portal page: a fixed number of questions, however many entities are in scope."""
        seen = self._seen()
        entities = self.entities(page)
        invoices = self._snapshot.invoices.in_scope(self._scope, InvoiceStatus.OPEN, page)
        totals = self._snapshot.invoices.totals(self._scope)
        fees = self._late_fees(seen, page)
        paid = self._payments(seen, page)
        shown = {row.entity_id for rows in (entities, invoices, fees, paid) for row in rows.items}
        return PortalView(
            entities=entities,
            invoices=invoices,
            late_fees=fees,
            past_payments=paid,
            labels=dict(sorted(self._snapshot.entities.labels(self._viewer.firm_id, shown).items())),
            amount_due=totals.due,
            late_fees_due=self._snapshot.late_fees.totals(self._scope) if seen.late_fees else {},
            open_invoice_count=totals.count,
        )

    def entities(self, page: PageRequest) -> Page[ClientEntity]:
        """The entities, in link order."""
        rows = self._snapshot.entities.in_scope(self._scope, page)
        if not rows.items:
            self._check_there()
        return rows

    def invoices(self, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        """The open invoices, or the paid ones, if the past is for this viewer."""

        def read() -> Page[Invoice]:
            is_shown = status is InvoiceStatus.OPEN or self._seen().past
            return self._snapshot.invoices.in_scope(self._scope, status, page) if is_shown else Page()

        return self._bills(read)

    def late_fees(self, page: PageRequest) -> Page[LateFee]:
        """The late fees, if the firm shows them."""
        return self._bills(lambda: self._late_fees(self._seen(), page))

    def payments(self, page: PageRequest) -> Page[Payment]:
        """The past payments, if they are for this viewer."""
        return self._bills(lambda: self._payments(self._seen(), page))

    def _bills(self, read: Callable[[], Page[T]]) -> Page[T]:
        """Some bills. Where one entity is named it is first asked whose it is: a host's own bills may not tell."""
        if self._scope.entity_id is not None:
            self._check_there()
            return read()
        rows = read()
        if not rows.items:
            self._check_there()
        return rows

    def _late_fees(self, seen: Sight, page: PageRequest) -> Page[LateFee]:
        return self._snapshot.late_fees.in_scope(self._scope, page) if seen.late_fees else Page()

    def _payments(self, seen: Sight, page: PageRequest) -> Page[Payment]:
        return self._snapshot.payments.in_scope(self._scope, page).map(seen.of_payment) if seen.past else Page()

    def _seen(self) -> Sight:
        return sight_of(self._viewer, _settings(self._snapshot, self._viewer.firm_id))

    def _check_there(self) -> None:
        """Refuse who is not there, or asks for what is not theirs.

        Raises:
            UserNotFound: the portal user does not exist.
            EntityNotFound: the visited, or the named, entity is not theirs to see.
        """
        viewer, scope = self._viewer, self._scope
        if scope.entity_id is not None and self._snapshot.entities.covers(scope):
            return
        if isinstance(viewer, PortalUser) and self._snapshot.users.find(viewer.firm_id, viewer.user_id) is None:
            raise UserNotFound(viewer.firm_id, viewer.user_id)
        if scope.entity_id is not None:
            raise EntityNotFound(viewer.firm_id, scope.entity_id)


def scope_within(viewer: Viewer, entity_id: EntityId | None) -> Scope:
    """Whose bills the viewer sees, cut down to one entity if one is named.

    Raises:
        EntityNotFound: the viewer visits another one.
    """
    scope = scope_of(viewer)
    if entity_id is None:
        return scope
    within = narrowed(scope, entity_id)
    if within is None:
        raise EntityNotFound(viewer.firm_id, entity_id)
    return within


def _settings(snapshot: Snapshot, firm_id: FirmId) -> PortalSettings:
    """What the firm shows; entities may come before their firm, which then shows what firms do by default."""
    firm = snapshot.firms.find(firm_id)
    return PortalSettings() if firm is None else firm.settings


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
    scope = narrowed(scope_of(viewer), entity_id)
    if scope is None or not snapshot.entities.covers(scope):
        return None
    return sight_of(viewer, _settings(snapshot, viewer.firm_id))


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
