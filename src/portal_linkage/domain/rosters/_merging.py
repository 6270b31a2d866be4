"""Entities are merged: all that goes into one is decided at once (L7, L12)."""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ..entities import Ground, GroundKind, Link
from ..outcomes import LinkChange
from ..values import EntityId
from ._changes import EntityChange
from ._effects import RosterEffects, State


def by_survivor(merged: Mapping[EntityId, EntityId]) -> dict[EntityId, list[EntityId]]:
    gone_into: dict[EntityId, list[EntityId]] = {}
    for gone in sorted(merged):
        gone_into.setdefault(merged[gone], []).append(gone)
    return gone_into


def merge(
    effects: RosterEffects,
    state: State,
    gone: Sequence[EntityId],
    into: EntityChange,
    *,
    withdraws: bool,
    is_new_key: bool,
) -> None:
    """All that goes into one entity is decided at once, for each who has to do with any of it.

    Barred at any of them is barred at the survivor, unless a firm grant at any of them links it. What somebody left at
    any comes back by listings alone no more.
    """
    places = (into.entity_id, *gone)
    for key in sorted(set[str]().union(*(state.met.get(entity_id, ()) for entity_id in places))):
        barred, left = ([one for one in places if one in of.get(key, ())] for of in (state.barred, state.left))
        user = state.users.get(key)
        held = [link for place in places if user and (link := state.links.get((user.user_id, place)))]
        kinds = {ground.kind for link in held for ground in link.grounds}
        if held and barred and GroundKind.FIRM_GRANT not in kinds:
            _leave(effects, state, held, "barred at what it was merged with")
        elif held and left and kinds <= {GroundKind.CONTACT_LISTING}:
            _leave(effects, state, held, "left at what it was merged with, and nothing but a listing was its ground")
        elif held:
            effects.lifted += [(key, one) for one in barred]
            effects.forgotten += [(key, one) for one in left]
            _carry(effects, state, held, into, keeps_listing=into.lists(key) or not withdraws)
            _expose(effects, state, held, places[is_new_key:], into.entity_id)
            continue
        state.refuse(key, into.entity_id, barred=bool(barred), left=bool(left))


def _leave(effects: RosterEffects, state: State, links: Iterable[Link], why: str) -> None:
    for link in links:
        effects.end(link, why)
        del state.links[link.user_id, link.entity_id]


def _carry(
    effects: RosterEffects,
    state: State,
    held: Sequence[Link],
    into: EntityChange,
    *,
    keeps_listing: bool,
) -> None:
    """Link the survivor by all grounds, each kind once."""
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


def _expose(
    effects: RosterEffects, state: State, held: Sequence[Link], places: Sequence[EntityId], survivor: EntityId
) -> None:
    """Whoever is linked to one of them will see the bills of all."""
    if (held[0].user_id, survivor) in state.links:
        others = {*places} - {link.entity_id for link in held}
        why = f"it is one with {held[0].entity_id} from now on, to which they are linked"
        effects.exposed += [LinkChange(held[0].user_id, entity_id, why) for entity_id in sorted(others)]
