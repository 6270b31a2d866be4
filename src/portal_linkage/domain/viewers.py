"""From the one who is asking to what they may see: L4 and L5 are decided here (`rules.explain` tells why)."""

from collections.abc import Collection
from typing import assert_never

import attrs

from .entities import (
    ClientEntity,
    Guest,
    Invoice,
    InvoiceStatus,
    Payment,
    PortalSettings,
    PortalUser,
    StaffVisit,
    Viewer,
)
from .values import EntityId, FirmId, UserId


@attrs.frozen
class LinkedTo:
    """All active entities that a user is linked to, or only ``entity_id`` among them."""

    firm_id: FirmId
    user_id: UserId
    entity_id: EntityId | None = None

    def covers(self, entity: ClientEntity, linked: Collection[EntityId]) -> bool:
        """The reference for every store: whether the entity is in scope, given what the user is linked to."""
        return (
            entity.firm_id == self.firm_id
            and entity.active
            and entity.entity_id in linked
            and self.entity_id in (None, entity.entity_id)
        )


@attrs.frozen
class Only:
    """One entity, if it is active: what a visit shows."""

    firm_id: FirmId
    entity_id: EntityId

    def covers(self, entity: ClientEntity, linked: Collection[EntityId] = ()) -> bool:  # noqa: ARG002 -- as LinkedTo
        """The reference for every store: whether the entity is in scope. Links have no part in it."""
        return entity.firm_id == self.firm_id and entity.active and entity.entity_id == self.entity_id


Scope = LinkedTo | Only
"""Whose bills a question is about: data that is sent down to the store. Active entities only, always."""


def narrowed(scope: Scope, entity_id: EntityId) -> Scope | None:
    """The scope cut down to one entity; ``None`` if that is not in it for sure."""
    match scope:
        case LinkedTo(firm_id=firm_id, user_id=user_id):
            return LinkedTo(firm_id, user_id, entity_id)
        case Only(entity_id=visited):
            return scope if visited == entity_id else None
        case _:
            assert_never(scope)


@attrs.frozen
class Sight:
    """What one viewer may see of the entities in scope: the past and the late fees or not."""

    viewer: Viewer
    past: bool
    late_fees: bool

    def shows(self, invoice: Invoice) -> bool:
        """Whether an invoice of an entity in scope appears."""
        return is_shown(invoice, past_shown=self.past)

    def of_payment(self, payment: Payment) -> Payment:
        """The payment as this viewer sees it: who paid is known to the payer alone."""
        if payment.payer is None or (isinstance(self.viewer, PortalUser) and payment.payer == self.viewer.user_id):
            return payment
        return attrs.evolve(payment, payer=None)


def is_shown(invoice: Invoice, *, past_shown: bool) -> bool:
    """Whether an invoice appears to one who sees its entity: with something due as open, paid as past, else never."""
    match invoice.status:
        case InvoiceStatus.OPEN:
            return invoice.is_open
        case InvoiceStatus.PAID:
            return past_shown
        case InvoiceStatus.VOID | InvoiceStatus.DRAFT:
            return False
        case _:
            assert_never(invoice.status)


def _seen_by(viewer: Viewer) -> tuple[Scope, bool]:
    """Whose bills each kind of viewer sees (L4), and whether the past is for them (L5)."""
    match viewer:
        case PortalUser(firm_id, user_id):
            return LinkedTo(firm_id, user_id), True
        case StaffVisit(firm_id, _, entity_id):
            return Only(firm_id, entity_id), True
        case Guest(firm_id, entity_id):
            return Only(firm_id, entity_id), False
        case _:
            assert_never(viewer)


def scope_of(viewer: Viewer) -> Scope:
    """Whose bills a viewer sees."""
    return _seen_by(viewer)[0]


def sight_of(viewer: Viewer, settings: PortalSettings) -> Sight:
    """What a viewer may see at a firm with these settings."""
    past = _seen_by(viewer)[1] and settings.show_past_payments
    return Sight(viewer, past=past, late_fees=settings.show_late_fees)
