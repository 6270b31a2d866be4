"""What a roster change does to links, and what it costs (L7, L12, L13). Values in, values out, as in `rules`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import attrs

from .entities import ClientEntity, Ground, GroundKind, Link, User
from .outcomes import LinkChange
from .policy import AutoLink, ContactRemoved, LinkagePolicy
from .rules import new_link
from .values import EmailAddress, EntityId, UserId

Addresses = Mapping[str, EmailAddress]
"""Addresses by key."""


def listed_with(entity: ClientEntity) -> dict[str, EmailAddress]:
    """The addresses that an entity's contacts list."""
    return {contact.email.key: contact.email for contact in entity.contacts}


@attrs.frozen
class EntityChange:
    """One entity before and after a roster change, with the contacts that the source of the change lists.

    ``elsewhere`` are the addresses that other sources list with it: they come and go with the entity alone.
    ``absorbed`` are those that stood with the entities that are merged into it.
    """

    before: ClientEntity | None
    after: ClientEntity
    elsewhere: Addresses = attrs.field(factory=dict[str, EmailAddress])
    absorbed: Addresses = attrs.field(factory=dict[str, EmailAddress])

    @property
    def entity_id(self) -> EntityId:
        """Which entity it is."""
        return self.after.entity_id

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
        known = {**self._listing(self.before, active=True), **self.absorbed}
        return _less(self._listing(self.after, active=True), known)

    @cached_property
    def vanished(self) -> dict[str, EmailAddress]:
        """The addresses that no contact lists any more, by key. Deactivation removes no contact."""
        return _less({**self._listing(self.before), **self.absorbed}, self._listing(self.after))

    def _listing(self, entity: ClientEntity | None, *, active: bool = False) -> dict[str, EmailAddress]:
        if entity is None or (active and not entity.active):
            return {}
        return {**listed_with(entity), **self.elsewhere}


def _less(some: dict[str, EmailAddress], others: Collection[str]) -> dict[str, EmailAddress]:
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
    """What a roster change meets: users, barred and left entities by address key, links by user and entity."""

    users: Mapping[str, User]
    barred: Mapping[str, Collection[EntityId]] = attrs.field(factory=dict[str, Collection[EntityId]])
    left: Mapping[str, Collection[EntityId]] = attrs.field(factory=dict[str, Collection[EntityId]])
    links: Mapping[tuple[UserId, EntityId], Link]


@attrs.define
class RosterEffects:
    """What a roster change does to links, decided."""

    gained: list[Link] = attrs.field(factory=list[Link])
    grounds_added: list[tuple[Link, Ground]] = attrs.field(factory=list[tuple[Link, Ground]])
    grounds_lost: list[tuple[Link, GroundKind]] = attrs.field(factory=list[tuple[Link, GroundKind]])
    ended: list[Link] = attrs.field(factory=list[Link])
    hidden: list[Link] = attrs.field(factory=list[Link])
    lifted: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Whose bar from an entity a merge that carries a firm grant lifts."""
    forgotten: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Who left an entity, which a merge makes no difference any more."""
    _gains: list[LinkChange] = attrs.field(factory=list[LinkChange], init=False)
    _losses: list[LinkChange] = attrs.field(factory=list[LinkChange], init=False)

    @property
    def gains(self) -> tuple[LinkChange, ...]:
        """The links that come to be."""
        return tuple(self._gains)

    @property
    def losses(self) -> tuple[LinkChange, ...]:
        """The links that end."""
        return tuple(self._losses)

    @property
    def hides(self) -> tuple[LinkChange, ...]:
        """The links that stay, but to an entity that becomes inactive."""
        return tuple(_change(link, "the entity became inactive") for link in self.hidden)

    def gain(self, link: Link, why: str) -> None:
        """A link comes to be."""
        self.gained.append(link)
        self._gains.append(_change(link, why))

    def end(self, link: Link, why: str) -> None:
        """A link ends."""
        self.ended.append(link)
        self._losses.append(_change(link, why))

    def removed_users(self, held: Mapping[UserId, int]) -> tuple[UserId, ...]:
        """The users whose last link ends, given how many links each held before."""
        left = {link.user_id: held.get(link.user_id, 0) for link in self.ended}
        for change, links in ((1, self.gained), (-1, self.ended)):
            for link in links:
                if link.user_id in left:
                    left[link.user_id] += change
        return tuple(sorted(user_id for user_id, count in left.items() if count == 0))


def _change(link: Link, why: str) -> LinkChange:
    return LinkChange(link.user_id, link.entity_id, why)


def roster_change(
    changes: Sequence[EntityChange],
    known: Known,
    policy: LinkagePolicy,
    *,
    source: str,
    at: datetime,
    merged: Mapping[EntityId, EntityId] | None = None,
) -> RosterEffects:
    """What a roster change does to links under a policy: merging, appearing, vanishing and hiding (L7, L12).

    ``merged`` leads from entities that are gone to those that take over what they had. ``changes`` are of the others.
    """
    effects, state = RosterEffects(), _State.of(known)
    for gone, survivor in (merged or {}).items():
        _merge(effects, state, gone, survivor)
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            _appear(effects, change, state, Ground(kind=GroundKind.CONTACT_LISTING, since=at, by=source))
        if policy.contact_removed is ContactRemoved.WITHDRAW:
            _vanish(effects, change, state)
    closing = {change.entity_id for change in changes if change.deactivates}
    ended = {(link.user_id, link.entity_id) for link in effects.ended}  # these are not hidden too: counted once
    effects.hidden += [link for held, link in known.links.items() if link.entity_id in closing and held not in ended]
    return effects


@attrs.frozen
class _State:
    """What is known, as far as the change has come."""

    users: Mapping[str, User]
    barred: dict[str, set[EntityId]]
    left: dict[str, set[EntityId]]
    links: dict[tuple[UserId, EntityId], Link]

    @classmethod
    def of(cls, known: Known) -> "_State":
        barred, left = ({key: set(ids) for key, ids in of.items()} for of in (known.barred, known.left))
        return cls(known.users, barred, left, dict(known.links))

    def is_refused(self, key: str, entity_id: EntityId) -> bool:
        return any(entity_id in refused.get(key, ()) for refused in (self.barred, self.left))

    def met_at(self, *entity_ids: EntityId) -> list[str]:
        """The addresses that have to do with any of these entities: by a link, a bar, or having left it."""
        refused = {key for of in (self.barred, self.left) for key, ids in of.items() if not ids.isdisjoint(entity_ids)}
        holders = {user_id for user_id, entity_id in self.links if entity_id in entity_ids}
        return sorted(refused | {key for key, user in self.users.items() if user.user_id in holders})


def _merge(effects: RosterEffects, state: _State, gone: EntityId, survivor: EntityId) -> None:
    """Barred at either side is barred at the survivor, unless a firm grant at either side links it.

    What somebody left at either side comes back by a listing alone no more.
    """
    for key in state.met_at(gone, survivor):
        barred, left = (_moved(of, key, gone, survivor) for of in (state.barred, state.left))
        user = state.users.get(key)
        if user is None:
            continue
        held = [state.links.get((user.user_id, entity_id)) for entity_id in (survivor, gone)]
        kinds = {ground.kind for link in held if link for ground in link.grounds}
        granted, by_listing = GroundKind.FIRM_GRANT in kinds, kinds <= {GroundKind.CONTACT_LISTING}
        refused = not granted and (barred or (left and by_listing))
        if kinds and not refused:
            _yield(effects.lifted, state.barred, key, survivor)
            _yield(effects.forgotten, state.left, key, survivor)
        _merge_links(effects, state, *held, survivor=survivor, refused=refused)


def _moved(refused: dict[str, set[EntityId]], key: str, gone: EntityId, survivor: EntityId) -> bool:
    """Refuse the survivor to whom the one that is gone was refused; whether the survivor is refused now."""
    entity_ids = refused.setdefault(key, set())
    if gone in entity_ids:
        entity_ids.remove(gone)
        entity_ids.add(survivor)
    return survivor in entity_ids


def _yield(told: list[tuple[str, EntityId]], refused: dict[str, set[EntityId]], key: str, entity_id: EntityId) -> None:
    if entity_id in refused[key]:
        refused[key].remove(entity_id)
        told.append((key, entity_id))


def _merge_links(
    effects: RosterEffects, state: _State, stands: Link | None, goes: Link | None, *, survivor: EntityId, refused: bool
) -> None:
    if goes is not None:
        del state.links[goes.user_id, goes.entity_id]
        effects.end(goes, f"the entity was merged into {survivor}" + (", which is refused" if refused else ""))
    if refused and stands is not None:
        del state.links[stands.user_id, stands.entity_id]
        effects.end(stands, "an entity was merged into it that is refused")
    elif not refused and goes is not None and stands is None:
        link = state.links[goes.user_id, survivor] = attrs.evolve(goes, entity_id=survivor)
        effects.gain(link, f"{goes.entity_id} was merged into it")
    elif not refused and goes is not None and stands is not None:
        for ground in goes.grounds:
            if not stands.has(ground.kind):
                effects.grounds_added.append((stands, ground))
                stands = state.links[stands.user_id, survivor] = stands.with_ground(ground)


def _appear(effects: RosterEffects, change: EntityChange, state: _State, ground: Ground) -> None:
    for key in sorted(change.appeared):
        user = state.users.get(key)
        if user is None:
            continue
        link = state.links.get((user.user_id, change.entity_id))
        if link is None and not state.is_refused(key, change.entity_id):
            link = new_link(user, change.entity_id, ground)
            effects.gain(link, "a contact began to list the address")
        elif link is not None and not link.has(ground.kind):
            effects.grounds_added.append((link, ground))


def _vanish(effects: RosterEffects, change: EntityChange, state: _State) -> None:
    for key in sorted(change.vanished):
        user = state.users.get(key)
        link = state.links.get((user.user_id, change.entity_id)) if user else None
        if link is None or not link.has(GroundKind.CONTACT_LISTING):
            continue
        effects.grounds_lost.append((link, GroundKind.CONTACT_LISTING))
        if not link.without(GroundKind.CONTACT_LISTING).grounds:
            effects.end(link, "no contact lists the address any more, and nothing else was its ground")


CONFIRM_ABOVE_LINKS = 10
CONFIRM_ABOVE_SHARE = 20  # one in twenty: 5 %
HELD_AT_MOST = CONFIRM_ABOVE_LINKS * CONFIRM_ABOVE_SHARE  # whoever holds more, the first limit is the stricter


def needs_confirmation(effects: RosterEffects, *, held: int, removes_users: bool, empties: bool) -> bool:
    """Whether a plan costs so much that its caller must name it (L13). ``held``: all links of the firm's users."""
    cost = len(effects.ended) + len(effects.hidden)
    return empties or removes_users or cost > CONFIRM_ABOVE_LINKS or cost * CONFIRM_ABOVE_SHARE > held
