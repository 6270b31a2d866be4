"""What a source tells of a firm, beside what the store has."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

import attrs

from ..domain.entities import ClientEntity
from ..domain.errors import InvalidValue
from ..domain.rosters import EntityChange, listed_with
from ..domain.values import EmailAddress, EntityId, FirmId, check_type
from ..ports import PMS, Snapshot
from ._moving import Moves, checked_moves, followed

Entities = Mapping[EntityId, ClientEntity]

_AT_ONCE: Final = 2_000
"""So many entities are looked up at a time: what does not change is forgotten again."""


def checked(firm_id: FirmId, entities: Iterable[ClientEntity], told: set[EntityId]) -> dict[EntityId, ClientEntity]:
    """The entities by id, each of which is now told of.

    Raises:
        InvalidValue: an entity stands twice in it, or belongs to another firm.
    """
    found: dict[EntityId, ClientEntity] = {}
    for entity in entities:
        check_type("entities", entity, ClientEntity)
        if entity.firm_id != firm_id:
            raise InvalidValue("entities", "one belongs to another firm")
        if entity.entity_id in told:
            raise InvalidValue("entities", "one stands twice in it")
        told.add(entity.entity_id)
        found[entity.entity_id] = entity
    return found


def differ(before: ClientEntity | None, after: ClientEntity) -> bool:
    """Whether there is anything to write; equal addresses may be spelled anew."""
    return before is None or before != after or _spelled(before) != _spelled(after)


def _spelled(entity: ClientEntity) -> list[str]:
    return [str(contact.email) for contact in entity.contacts]


@attrs.define
class Reading:
    """A roster, read through to its end.

    ``after`` are the entities that are to be otherwise than the store has them, as they are to be. ``before`` are
    these, and all that are merged or renumbered, as the store has them. Sources other than `PMS` bring contacts
    alone; what they list with an ``unknown`` entity is not kept.
    """

    firm_id: FirmId
    source: str
    moves: dict[EntityId, EntityId]
    before: dict[EntityId, ClientEntity] = attrs.field(factory=dict[EntityId, ClientEntity])
    after: dict[EntityId, ClientEntity] = attrs.field(factory=dict[EntityId, ClientEntity])
    unknown: set[EntityId] = attrs.field(factory=set[EntityId])
    told: set[EntityId] = attrs.field(factory=set[EntityId])
    _numbers: Counter[str] = attrs.field(factory=Counter[str])
    _leaving: dict[EntityId, str] = attrs.field(factory=dict[EntityId, str])
    """The numbers that those bear, as told, who may move."""
    _by_old_key: dict[EntityId, ClientEntity] = attrs.field(factory=dict[EntityId, ClientEntity])
    """What was told under keys that are old ones."""

    def read(self, reader: Snapshot, entities: Iterable[ClientEntity], *, complete: bool, new: Moves) -> None:
        """Compare all of them with the store. ``new`` leads from old keys to new ones: either may be told of.

        Raises:
            InvalidValue: an entity stands twice in it, or belongs to another firm.
        """
        rest = iter(entities)
        keys = checked_moves("renumbered", new)
        while chunk := list(islice(rest, _AT_ONCE)):
            told = checked(self.firm_id, chunk, self.told)
            self._by_old_key |= {old: told.pop(old) for old in told.keys() & keys.keys()}
            self._compare(reader, told)
        self._compare(reader, self._by_new_key(keys))
        if complete:
            self._miss(reader)
        self._move(reader, new, keys)
        known, added = self.after.keys() & self.before.keys(), self.after.keys() - self.before.keys()
        self.after = {entity_id: self.after[entity_id] for entity_id in (*sorted(known), *sorted(added))}
        self.moves = dict(sorted(self.moves.items()))

    def _by_new_key(self, keys: Moves) -> dict[EntityId, ClientEntity]:
        """What is told under an old key is told of the new one, unless that is told of itself."""
        told = self.told - keys.keys()
        renamed = [_renumbered(entity, keys[old]) for old, entity in self._by_old_key.items() if keys[old] not in told]
        self.told = told
        return checked(self.firm_id, renamed, self.told)

    def _compare(self, reader: Snapshot, told: Entities) -> None:
        stored = {one.entity_id: one for one in reader.entities.roster(self.firm_id, told.keys(), source=self.source)}
        for entity_id, entity in told.items():
            if entity_id in stored or self.source == PMS:
                self._keep(stored.get(entity_id), entity)
            else:
                self.unknown.add(entity_id)
        bearing = [entity for entity in told.values() if entity.active]
        self._numbers.update(entity.client_number for entity in bearing)
        self._leaving |= {one.entity_id: one.client_number for one in bearing if one.entity_id in self.moves}

    def _keep(self, before: ClientEntity | None, told: ClientEntity) -> None:
        after = written(before, told, self.source)
        self.after.pop(after.entity_id, None)
        if differ(before, after):
            self.after[after.entity_id] = after
            if before is not None:
                self.before[before.entity_id] = before

    def _miss(self, reader: Snapshot) -> None:
        """A complete roster tells of all there is: what it does not tell of is gone."""
        for before in reader.entities.roster(self.firm_id, source=self.source):
            if before.entity_id not in self.told:
                gone = {"active": False} if self.source == PMS else {"contacts": ()}
                self._keep(before, attrs.evolve(before, **gone))

    def _move(self, reader: Snapshot, new: Moves, keys: Moves) -> None:
        """Let those who are gone be inactive, and leave out what cannot move: from nowhere, or to nowhere."""
        self.moves = followed(reader, self.firm_id, self.after, self.moves).ends
        met = {*self.moves, *self.moves.values()} - self.before.keys()
        self.before |= {one.entity_id: one for one in reader.entities.roster(self.firm_id, met)}
        known = {**self._by_old_key, **self.before, **self.after}
        for old, key in keys.items():
            if old in known and not {new[old], key} & known.keys() and self.moves[old] == key:
                self.after[key] = made = _renumbered(known[old], key)
                self._numbers.update([made.client_number] if made.active else [])
        there = known.keys() | self.after.keys()
        moves = {gone: survivor for gone, survivor in self.moves.items() if gone in known}
        self.unknown.update(survivor for survivor in moves.values() if survivor not in there)
        self.moves = {gone: survivor for gone, survivor in moves.items() if survivor in there}
        self._numbers.subtract(self._leaving[gone] for gone in self.moves.keys() & self._leaving.keys())
        for gone in self.moves:
            self._keep(self.before.get(gone), attrs.evolve(known[gone], active=False))

    def ambiguous(self, reader: Snapshot, *, complete: bool) -> tuple[str, ...]:
        """The client numbers that more than one active entity would bear."""
        if not complete:
            others = reader.entities.numbered(self.firm_id, self._numbers.keys())
            known = self.told | self.moves.keys()
            self._numbers.update(one.client_number for one in others if one.entity_id not in known)
        return tuple(sorted(number for number, bearers in self._numbers.items() if bearers > 1))


def written(before: ClientEntity | None, told: ClientEntity, source: str) -> ClientEntity:
    """What the store has of an entity once a source has told of it."""
    return told if before is None or source == PMS else attrs.evolve(before, contacts=told.contacts)


def _renumbered(entity: ClientEntity, entity_id: EntityId) -> ClientEntity:
    """The entity under its new key; where it was called by the key, it is called by the new one."""
    number = entity_id if entity.client_number == entity.entity_id else entity.client_number
    return attrs.evolve(entity, entity_id=entity_id, client_number=number)


def changes_of(
    reader: Snapshot, firm_id: FirmId, source: str, before: Entities, after: Entities, moves: Moves
) -> tuple[EntityChange, ...]:
    """The changes to all entities but those that are gone; to those that take over, even if they stay as they are."""
    elsewhere = reader.entities.listed_elsewhere(firm_id, before.keys(), source)
    absorbed: dict[EntityId, dict[str, EmailAddress]] = {}
    for gone, survivor in moves.items():
        entity = before.get(gone)
        if entity is not None and entity.active:
            absorbed.setdefault(survivor, {}).update({**listed_with(entity), **elsewhere.get(gone, {})})
    unchanged = {survivor: before[survivor] for survivor in moves.values() if survivor in before}
    return tuple(
        EntityChange(before.get(one), entity, elsewhere.get(one, {}), absorbed.get(one, {}))
        for one, entity in {**unchanged, **after}.items()
        if one not in moves
    )
