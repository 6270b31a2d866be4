"""The decisions: what a sign-up links, what a claim proves, what a roster change does. Values in, values out.

No rule knows a store, reads a clock or makes an id. The laws that it serves are named beside each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import attrs

from .entities import Bar, ClientEntity, Ground, GroundKind, Invoice, InvoiceStatus, Link, User
from .outcomes import Explanation, LinkChange, Reason
from .policy import ArrivalRule, AutoLink, ContactRemoved, LinkagePolicy
from .values import EmailAddress, EntityId, InvoiceId, UserId
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
        kinds |= {entity_id: [] for entity_id in on_list if entity_id not in {*kinds, *barred, *left}}
    for entity_id in kinds.keys() & set(on_list):
        kinds[entity_id].append(GroundKind.CONTACT_LISTING)
    return tuple(
        new_link(user, entity_id, *(Ground(kind=kind, since=user.signed_up_at, by=user.user_id) for kind in given))
        for entity_id, given in kinds.items()
    )


def proven(bearers: Sequence[ClientEntity]) -> EntityId | None:
    """The entity that a client number points at: the one active bearer. A shared number points nowhere (L10)."""
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


@attrs.frozen
class EntityChange:
    """One entity before and after a roster change."""

    before: ClientEntity | None
    after: ClientEntity

    @property
    def deactivates(self) -> bool:
        """Whether it hides the entity from those linked to it."""
        return self.before is not None and self.before.active and not self.after.active

    @property
    def reactivates(self) -> bool:
        """Whether it brings the entity back to them."""
        return self.before is not None and not self.before.active and self.after.active

    @cached_property
    def appeared(self) -> dict[str, EmailAddress]:
        """The addresses that begin to be listed by an active entity, by key; becoming active again is appearing."""
        return _less(_listing(self.after, active=True), _listing(self.before, active=True))

    @cached_property
    def vanished(self) -> dict[str, EmailAddress]:
        """The addresses that no contact lists any more, by key. Deactivation removes no contact."""
        return _less(_listing(self.before), _listing(self.after))


def _listing(entity: ClientEntity | None, *, active: bool = False) -> dict[str, EmailAddress]:
    if entity is None or (active and not entity.active):
        return {}
    return {contact.email.key: contact.email for contact in entity.contacts}


def _less(some: dict[str, EmailAddress], others: Mapping[str, EmailAddress]) -> dict[str, EmailAddress]:
    return {key: email for key, email in some.items() if key not in others}


def concerned(changes: Iterable[EntityChange], policy: LinkagePolicy) -> dict[str, EmailAddress]:
    """The addresses whose listing changes in a way that this policy makes matter, by key."""
    emails: dict[str, EmailAddress] = {}
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            emails |= change.appeared
        if policy.contact_removed is ContactRemoved.WITHDRAW:
            emails |= change.vanished
    return emails


@attrs.frozen(kw_only=True)
class Known:
    """What a roster change meets: users and refused entities by address key, links by user and entity."""

    users: Mapping[str, User]
    refused: Mapping[str, Collection[EntityId]]
    links: Mapping[tuple[UserId, EntityId], Link]


@attrs.define
class RosterEffects:
    """What a roster change does to links, decided."""

    gained: list[Link] = attrs.field(factory=list[Link])
    grounds_added: list[tuple[Link, Ground]] = attrs.field(factory=list[tuple[Link, Ground]])
    grounds_lost: list[tuple[Link, GroundKind]] = attrs.field(factory=list[tuple[Link, GroundKind]])
    ended: list[Link] = attrs.field(factory=list[Link])
    hidden: list[Link] = attrs.field(factory=list[Link])

    @property
    def gains(self) -> tuple[LinkChange, ...]:
        """The links that come to be."""
        return _told(self.gained, "a contact began to list the address")

    @property
    def losses(self) -> tuple[LinkChange, ...]:
        """The links that end."""
        return _told(self.ended, "no contact lists the address any more, and nothing else was its ground")

    @property
    def hides(self) -> tuple[LinkChange, ...]:
        """The links that stay, but to an entity that becomes inactive."""
        return _told(self.hidden, "the entity became inactive")

    def removed_users(self, held: Mapping[UserId, int]) -> tuple[UserId, ...]:
        """The users whose last link ends, given how many links each held before."""
        left = {link.user_id: held.get(link.user_id, 0) for link in self.ended}
        for change, links in ((1, self.gained), (-1, self.ended)):
            for link in links:
                if link.user_id in left:
                    left[link.user_id] += change
        return tuple(sorted(user_id for user_id, count in left.items() if count == 0))


def _told(links: Iterable[Link], why: str) -> tuple[LinkChange, ...]:
    return tuple(LinkChange(link.user_id, link.entity_id, why) for link in links)


def roster_change(
    changes: Sequence[EntityChange], known: Known, policy: LinkagePolicy, *, source: str, at: datetime
) -> RosterEffects:
    """What a roster change does to links under a policy: appearing, vanishing and hiding (L7, L12)."""
    effects = RosterEffects()
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            _appear(effects, change, known, Ground(kind=GroundKind.CONTACT_LISTING, since=at, by=source))
        if policy.contact_removed is ContactRemoved.WITHDRAW:
            _vanish(effects, change, known)
    closing = {change.after.entity_id for change in changes if change.deactivates}
    ended = {(link.user_id, link.entity_id) for link in effects.ended}  # these are not hidden too: counted once
    effects.hidden += [link for held, link in known.links.items() if link.entity_id in closing and held not in ended]
    return effects


def _appear(effects: RosterEffects, change: EntityChange, known: Known, ground: Ground) -> None:
    entity_id = change.after.entity_id
    for key in sorted(change.appeared):
        user = known.users.get(key)
        if user is None:
            continue
        link = known.links.get((user.user_id, entity_id))
        if link is None and entity_id not in known.refused.get(key, ()):
            effects.gained.append(new_link(user, entity_id, ground))
        elif link is not None and not link.has(ground.kind):
            effects.grounds_added.append((link, ground))


def _vanish(effects: RosterEffects, change: EntityChange, known: Known) -> None:
    for key in sorted(change.vanished):
        user = known.users.get(key)
        link = known.links.get((user.user_id, change.after.entity_id)) if user else None
        if link is None or not link.has(GroundKind.CONTACT_LISTING):
            continue
        effects.grounds_lost.append((link, GroundKind.CONTACT_LISTING))
        if not link.without(GroundKind.CONTACT_LISTING).grounds:
            effects.ended.append(link)


CONFIRM_ABOVE_LINKS = 10
CONFIRM_ABOVE_SHARE = 20  # one in twenty: 5 %
HELD_AT_MOST = CONFIRM_ABOVE_LINKS * CONFIRM_ABOVE_SHARE  # whoever holds more, the first limit is the stricter


def needs_confirmation(effects: RosterEffects, *, held: int, removes_users: bool, empties: bool) -> bool:
    """Whether a plan costs so much that its caller must name it (L13). ``held``: all links of the firm's users."""
    cost = len(effects.ended) + len(effects.hidden)
    return empties or removes_users or cost > CONFIRM_ABOVE_LINKS or cost * CONFIRM_ABOVE_SHARE > held
