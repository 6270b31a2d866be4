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
    ``absorbed`` are those that stood with active entities that are merged into it: they do not appear for that.
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
        return _less(self._listing(self.before), self._listing(self.after))

    def lists(self, key: str) -> bool:
        """Whether any source lists the address afterwards."""
        return key in self._listing(self.after)

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
    exposed: list[LinkChange] = attrs.field(factory=list[LinkChange])
    """Who is linked to a survivor, and from now on sees the bills of an entity that was merged into it."""
    lifted: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Whose bar from which entity a merge that carries a firm grant lifts."""
    forgotten: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Who left which entity, which makes no difference any more."""
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
    withdraws = policy.contact_removed is ContactRemoved.WITHDRAW
    of_entity = {change.entity_id: change for change in changes}
    for survivor, gone in _by_survivor(merged or {}).items():
        _merge(effects, state, gone, of_entity[survivor], withdraws=withdraws)
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            _appear(effects, change, state, Ground(kind=GroundKind.CONTACT_LISTING, since=at, by=source))
        if withdraws:
            _vanish(effects, change, state)
    closing = {change.entity_id for change in changes if change.deactivates}
    ended = {(link.user_id, link.entity_id) for link in effects.ended}  # these are not hidden too: counted once
    effects.hidden += [link for held, link in known.links.items() if link.entity_id in closing and held not in ended]
    return effects


def _by_survivor(merged: Mapping[EntityId, EntityId]) -> dict[EntityId, list[EntityId]]:
    gone_into: dict[EntityId, list[EntityId]] = {}
    for gone in sorted(merged):
        gone_into.setdefault(merged[gone], []).append(gone)
    return gone_into


@attrs.frozen
class _State:
    """What is known, as far as the change has come."""

    users: Mapping[str, User]
    barred: dict[str, set[EntityId]]
    left: dict[str, set[EntityId]]
    links: dict[tuple[UserId, EntityId], Link]
    met: Mapping[EntityId, set[str]]
    """The addresses that have to do with each entity at first: by a link, a bar, or having left it."""

    @classmethod
    def of(cls, known: Known) -> "_State":
        barred, left = ({key: set(ids) for key, ids in of.items()} for of in (known.barred, known.left))
        key_of, met = {user.user_id: key for key, user in known.users.items()}, dict[EntityId, set[str]]()
        for user_id, entity_id in known.links:
            if user_id in key_of:
                met.setdefault(entity_id, set()).add(key_of[user_id])
        for refused in (barred, left):
            for key, entity_ids in refused.items():
                for entity_id in entity_ids:
                    met.setdefault(entity_id, set()).add(key)
        return cls(known.users, barred, left, dict(known.links), met)

    def is_refused(self, key: str, entity_id: EntityId) -> bool:
        return any(entity_id in refused.get(key, ()) for refused in (self.barred, self.left))


def _merge(
    effects: RosterEffects, state: _State, gone: Sequence[EntityId], into: EntityChange, *, withdraws: bool
) -> None:
    """All that goes into one entity is decided at once, for each who has to do with any of it.

    Barred at any of them is barred at the survivor, unless a firm grant at any of them links it. What somebody left at
    any comes back by listings alone no more.
    """
    places = (into.entity_id, *gone)
    for key in sorted(set[str]().union(*(state.met.get(entity_id, ()) for entity_id in places))):
        barred, left = (_carried(of, key, places) for of in (state.barred, state.left))
        user = state.users.get(key)
        held = [link for place in places if user and (link := state.links.get((user.user_id, place)))]
        kinds = {ground.kind for link in held for ground in link.grounds}
        if held and barred and GroundKind.FIRM_GRANT not in kinds:
            _leave(effects, state, held, "barred at what it was merged with")
        elif held and left and kinds <= {GroundKind.CONTACT_LISTING}:
            _leave(effects, state, held, "left at what it was merged with, and nothing but a listing was its ground")
        elif held:
            _yield(effects.lifted, state.barred, key, places)
            _yield(effects.forgotten, state.left, key, places)
            _carry(effects, state, held, gone, into, keeps_listing=into.lists(key) or not withdraws)


def _carried(refused: dict[str, set[EntityId]], key: str, places: Sequence[EntityId]) -> bool:
    """Whether any of these entities is refused to whom: then the first one is, too."""
    entity_ids = refused.setdefault(key, set())
    is_refused = not entity_ids.isdisjoint(places)
    if is_refused:
        entity_ids.add(places[0])
    return is_refused


def _yield(
    told: list[tuple[str, EntityId]], refused: dict[str, set[EntityId]], key: str, places: Sequence[EntityId]
) -> None:
    told += [(key, entity_id) for entity_id in places if entity_id in refused[key]]
    refused[key] -= {*places}


def _leave(effects: RosterEffects, state: _State, links: Iterable[Link], why: str) -> None:
    for link in links:
        effects.end(link, why)
        del state.links[link.user_id, link.entity_id]


def _carry(
    effects: RosterEffects,
    state: _State,
    held: Sequence[Link],
    gone: Sequence[EntityId],
    into: EntityChange,
    *,
    keeps_listing: bool,
) -> None:
    """Link the survivor by all grounds, each kind once; whoever is linked to one of them sees the bills of all."""
    survivor = into.entity_id
    goes = [link for link in held if link.entity_id != survivor]
    grounds: dict[GroundKind, Ground] = {}
    for ground in (ground for link in goes for ground in link.grounds):
        if keeps_listing or ground.kind is not GroundKind.CONTACT_LISTING:
            grounds.setdefault(ground.kind, ground)
    _leave(effects, state, goes, f"the entity was merged into {survivor}")
    if len(goes) < len(held):
        stands = next(link for link in held if link.entity_id == survivor)
        for ground in (ground for ground in grounds.values() if not stands.has(ground.kind)):
            effects.grounds_added.append((stands, ground))
            stands = state.links[stands.user_id, survivor] = stands.with_ground(ground)
    elif grounds:
        link = attrs.evolve(goes[0], entity_id=survivor, grounds=tuple(grounds.values()))
        state.links[link.user_id, survivor] = link
        effects.gain(link, f"{goes[0].entity_id} was merged into it")
        effects.hidden += [] if into.after.active else [link]
    if (held[0].user_id, survivor) in state.links:
        others = {*gone} - {link.entity_id for link in goes}
        why = f"it was merged into {survivor}, to which they are linked"
        effects.exposed += [LinkChange(held[0].user_id, entity_id, why) for entity_id in sorted(others)]


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


def confirm_because(effects: RosterEffects, *, held: int, removed: int, empties: bool) -> tuple[str, ...]:
    """Why a plan's caller must name it: it costs much (L13), or shows somebody the bills of one more client.

    ``held`` are all links of the firm's users, or `HELD_AT_MOST` if there are more; ``removed`` are the users who lose
    their last one.
    """
    cost = len(effects.ended) + len(effects.hidden)
    is_over = cost > CONFIRM_ABOVE_LINKS
    conditions = {
        "it comes from an empty snapshot": empties,
        f"links it ends or hides: {cost}, over {CONFIRM_ABOVE_LINKS}": is_over,
        f"links it ends or hides: {cost}, over 5 % of the firm's": cost * CONFIRM_ABOVE_SHARE > held and not is_over,
        f"users it removes: {removed}": removed > 0,
        f"users who are shown the bills of one more client: {_users_in(effects.exposed)}": bool(effects.exposed),
    }
    return tuple(why for why, holds in conditions.items() if holds)


def _users_in(changes: Iterable[LinkChange]) -> int:
    return len({change.user_id for change in changes})
