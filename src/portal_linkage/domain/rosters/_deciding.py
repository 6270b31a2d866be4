"""What a roster change does to links under a policy (L7, L12)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from ..entities import Ground, GroundKind
from ..policy import AutoLink, ContactRemoved, LinkagePolicy
from ..rules import new_link
from ..values import EntityId
from ._changes import EntityChange
from ._effects import Known, RosterEffects, State
from ._merging import by_survivor, merge


def roster_change(
    changes: Sequence[EntityChange],
    known: Known,
    policy: LinkagePolicy,
    *,
    source: str,
    at: datetime,
    merged: Mapping[EntityId, EntityId] | None = None,
    renumbered: Collection[EntityId] = (),
) -> RosterEffects:
    """What a roster change does to links under a policy: merging, appearing, vanishing and hiding (L7, L12).

    ``merged`` leads from entities that are gone to those that take over what they had; of those that are ``renumbered``
    they are the same under a new key, if they are new. ``changes`` are of the others.
    """
    effects, state = RosterEffects(), State.of(known)
    withdraws = policy.contact_removed is ContactRemoved.WITHDRAW
    of_entity = {change.entity_id: change for change in changes}
    for survivor, gone in by_survivor(merged or {}).items():
        into = of_entity[survivor]
        is_new_key = into.before is None and any(one in renumbered for one in gone)
        merge(effects, state, gone, into, withdraws=withdraws, is_new_key=is_new_key)
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            _appear(effects, change, state, Ground(kind=GroundKind.CONTACT_LISTING, since=at, by=source))
        if withdraws:
            _vanish(effects, change, state)
    closing = {change.entity_id for change in changes if change.deactivates}
    ended = {(link.user_id, link.entity_id) for link in effects.ended}  # these are not hidden too: counted once
    effects.hidden += [link for held, link in known.links.items() if link.entity_id in closing and held not in ended]
    return effects


def _appear(effects: RosterEffects, change: EntityChange, state: State, ground: Ground) -> None:
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


def _vanish(effects: RosterEffects, change: EntityChange, state: State) -> None:
    for key in sorted(change.vanished):
        user = state.users.get(key)
        link = state.links.get((user.user_id, change.entity_id)) if user else None
        if link is None or not link.has(GroundKind.CONTACT_LISTING):
            continue
        effects.grounds_lost.append((link, GroundKind.CONTACT_LISTING))
        if not link.without(GroundKind.CONTACT_LISTING).grounds:
            effects.end(link, "no contact lists the address any more, and nothing else was its ground")
