"""The decisions: what a sign-up links, what a claim proves, why somebody sees a bill. Values in, values out.

No rule knows a store, reads a clock or makes an id. The laws that it serves are named beside each.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import attrs

from .entities import Bar, ClientEntity, Ground, GroundKind, Invoice, InvoiceStatus, Link, User
from .outcomes import Explanation, Reason
from .policy import ArrivalRule, AutoLink, LinkagePolicy
from .values import EntityId, InvoiceId
from .viewers import is_shown


def new_link(user: User, entity_id: EntityId, *grounds: Ground) -> Link:
    """A link that begins with its first ground."""
    return Link(
        firm_id=user.firm_id,
        user_id=user.user_id,
        entity_id=entity_id,
        grounds=grounds,
        linked_at=grounds[0].since,
    )


def admits(policy: LinkagePolicy, *, listed: bool) -> bool:
    """Whether an arrival is a ground, given whether the entity lists the address."""
    return listed or policy.arrival is ArrivalRule.LINK


def sign_up(
    user: User,
    *,
    claimed: EntityId | None,
    by: GroundKind,
    listed: Sequence[ClientEntity],
    barred: Collection[EntityId],
    left: Collection[EntityId],
    policy: LinkagePolicy,
) -> tuple[Link, ...]:
    """The links of a new user (L2): the claimed entity first, then those that list the address, in their order.

    A claim by arrival falls away where the entity is barred, or is not admitted for want of a listing; what the user
    once left comes back by their own claim only. No link at all means that there must be no user (L3).
    """
    on_list = [entity.entity_id for entity in listed]
    kinds: dict[EntityId, list[GroundKind]] = {}
    admitted = by is not GroundKind.ARRIVAL or admits(policy, listed=claimed in on_list)
    if claimed is not None and claimed not in barred and admitted:
        kinds[claimed] = [by]
    if policy.auto_link is not AutoLink.OFF:
        passed = {*kinds, *barred, *left}
        kinds |= {entity_id: [] for entity_id in on_list if entity_id not in passed}
    for entity_id in kinds.keys() & set(on_list):
        kinds[entity_id].append(GroundKind.CONTACT_LISTING)
    grounds = {
        kind: Ground(kind=kind, since=user.signed_up_at, by=user.user_id) for kind in (by, GroundKind.CONTACT_LISTING)
    }
    return tuple(new_link(user, entity_id, *map(grounds.__getitem__, given)) for entity_id, given in kinds.items())


def proven(bearers: Sequence[ClientEntity]) -> EntityId | None:
    """The entity that a client number points at: the one active bearer. A shared number points nowhere (L10).

    Where nobody bears it, the bearers are those who once did.
    """
    return bearers[0].entity_id if len(bearers) == 1 else None


def retry_at(refused: Sequence[datetime], policy: LinkagePolicy) -> datetime | None:
    """When a proof is looked at again, given the refused ones within the window, oldest first; ``None``: at once."""
    if len(refused) < policy.attempts:
        return None
    return refused[-policy.attempts] + policy.attempt_window


@attrs.frozen(kw_only=True)
class Asked:
    """What is known of a person and an entity, or one invoice of it, when the firm asks why."""

    entity_id: EntityId
    user: User | None
    active: bool | None
    """Whether the entity is; ``None`` if there is no such entity."""
    link: Link | None
    bar: Bar | None
    invoice_id: InvoiceId | None
    invoice: Invoice | None
    past_shown: bool


def explain(asked: Asked) -> Explanation:
    """Why a person sees what is asked about, or does not: the rule of every reading, told (L12)."""
    reasons = {*_entity_reasons(asked), *(_invoice_reasons(asked) if asked.invoice_id else ())}
    return Explanation(
        visible=not reasons,
        link=asked.link,
        bar=asked.bar,
        reasons=tuple(reason for reason in Reason if reason in reasons),
        entity_id=asked.entity_id,
        user_id=asked.user.user_id if asked.user else None,
        invoice_id=asked.invoice_id,
    )


def _entity_reasons(asked: Asked) -> Iterable[Reason]:
    if asked.link is None:
        yield Reason.NOT_LINKED
        if asked.bar is not None:
            yield Reason.BARRED
    if asked.active is None:
        yield Reason.ABSENT
    elif not asked.active:
        yield Reason.ENTITY_INACTIVE


def _invoice_reasons(asked: Asked) -> Iterable[Reason]:
    invoice = asked.invoice
    if invoice is None:
        yield Reason.ABSENT
        return
    if invoice.entity_id != asked.entity_id:
        yield Reason.OTHER_ENTITY
    if not is_shown(invoice, past_shown=asked.past_shown):
        yield _WHY_NOT_SHOWN[invoice.status]


_WHY_NOT_SHOWN = {
    InvoiceStatus.OPEN: Reason.NOTHING_DUE,
    InvoiceStatus.PAID: Reason.PAST_NOT_SHOWN,
    InvoiceStatus.VOID: Reason.VOID,
    InvoiceStatus.DRAFT: Reason.DRAFT,
}
