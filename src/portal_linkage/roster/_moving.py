"""Who goes into whom: where moves lead, in this roster and by those before it, and which have yet to be carried out."""

from collections.abc import Collection, Iterable, Mapping

import attrs

from ..domain.entities import ClientEntity
from ..domain.errors import InvalidValue
from ..domain.values import EntityId, FirmId, check_id, check_type
from ..ports import Snapshot

Moves = Mapping[EntityId, EntityId]
"""From the entities that are gone to those that have taken over what they had."""


def checked_moves(name: str, moves: Moves) -> dict[EntityId, EntityId]:
    """The moves, each to where it ends: an entity may go into one that goes into another.

    Raises:
        InvalidValue: they lead in a circle.
    """
    check_type(name, moves, Mapping)
    for gone, survivor in moves.items():
        check_id(name, gone)
        check_id(name, survivor)
    ends, circle = _ends(moves)
    if circle:
        raise InvalidValue(name, "leads in a circle")
    return ends


def _ends(moves: Moves) -> tuple[dict[EntityId, EntityId], set[EntityId]]:
    """Where each move ends; or those that lead in a circle."""
    ends: dict[EntityId, EntityId] = {}
    for start in moves:
        passed: dict[EntityId, int] = {}
        at = start
        while at in moves and at not in ends:
            if at in passed:
                return ends, {one for one, step in passed.items() if step >= passed[at]}
            passed[at] = len(passed)
            at = moves[at]
        ends |= dict.fromkeys(passed, ends.get(at, at))
    return ends, set()


@attrs.frozen
class Followed:
    """Moves as told, followed through those before them.

    ``ends`` leads from each that is told to be gone to the last that takes over. ``before`` are the merges that stand.
    ``undone`` are those whose own merge does not stand any more: it would lead in a circle with what is told now.
    """

    ends: dict[EntityId, EntityId]
    before: Moves
    undone: Collection[EntityId]

    def fresh(self, asleep: Collection[EntityId]) -> dict[EntityId, EntityId]:
        """The moves that have yet to be carried out: a feed goes on telling of a merge for ever."""
        return {gone: into for gone, into in self.ends.items() if gone not in asleep or not self._is_done(gone, into)}

    def strayed(self, moves: Moves) -> set[EntityId]:
        """Those that would by now end elsewhere than these moves say."""
        return {gone for gone, into in moves.items() if self.ends[gone] != into}

    def _is_done(self, gone: EntityId, into: EntityId) -> bool:
        """Whether it went into the other before, or into one that did or does now, and that brings it along."""
        passed, at = {gone}, self.before.get(gone)
        while at is not None and at != into and at not in passed:
            passed.add(at)
            at = self.ends.get(at, self.before.get(at))
        return at == into


def followed(reader: Snapshot, firm_id: FirmId, after: Mapping[EntityId, ClientEntity], moves: Moves) -> Followed:
    """Follow the moves. Who is active ``after`` this roster is merged into nobody any more."""
    before = _mergers(reader, firm_id, (*moves, *moves.values())) if moves else {}
    stands = {gone: into for gone, into in before.items() if gone not in after or not after[gone].active}
    undone: set[EntityId] = set()
    ends, circle = _ends({**stands, **moves})
    while circle:
        undone |= circle - moves.keys()  # what is told now leads in no circle by itself
        stands = {gone: into for gone, into in stands.items() if gone not in undone}
        ends, circle = _ends({**stands, **moves})
    return Followed({gone: ends[gone] for gone in moves}, stands, undone)


def _mergers(reader: Snapshot, firm_id: FirmId, entity_ids: Iterable[EntityId]) -> dict[EntityId, EntityId]:
    """Into whom these are merged by now, and those into whom they are, and so on."""
    known: dict[EntityId, EntityId] = {}
    ahead = {*entity_ids}
    while ahead:
        found = reader.entities.merged(firm_id, ahead)
        known.update(found)
        ahead = {into for into in found.values() if into not in known}
    return known
