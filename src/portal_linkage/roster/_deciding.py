"""A roster change is decided against one moment of the store, as a whole or a batch of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from ..domain import rosters
from ..domain.entities import User
from ..domain.outcomes import LinkChange
from ..domain.policy import LinkagePolicy
from ..domain.rosters import EntityChange, Known, RosterEffects
from ..domain.values import EmailAddress, EntityId, FirmId, UserId
from ..ports import PMS, Snapshot
from ._moving import Moves, followed
from ._plans import RosterPlan, digest
from ._reading import Entities, changes_of


@attrs.frozen
class Terms:
    """What a change is decided by, whatever there is to decide."""

    firm_id: FirmId
    source: str
    policy: LinkagePolicy
    at: datetime
    renumbered: frozenset[EntityId] = frozenset()
    """Those that go into what is only a new key of theirs, if nobody knew that."""


@attrs.frozen(kw_only=True)
class Decision:
    """What is to be done: ``after`` is to be written, in place of ``before``, and ``moves`` carried out.

    ``moved`` are all that are told of, also those that were carried out before: their bills may come late. ``undone``
    are those whose merges do not stand any more, and ``strayed`` those who would by now end elsewhere than told.
    """

    before: Entities
    after: Entities
    moves: Moves
    moved: Moves
    undone: Collection[EntityId]
    strayed: set[EntityId]
    effects: RosterEffects
    removed_users: tuple[UserId, ...]
    confirm_because: tuple[str, ...]
    seen: Mapping[EntityId, str]

    def beyond(self, plan: RosterPlan) -> set[EntityId]:
        """The entities that it would write over as the plan has not seen them, or take away from more than it shows."""
        seen = {entity_id for entity_id, as_it_was in self.seen.items() if plan.seen.get(entity_id) != as_it_was}
        effects = self.effects
        taken = (
            places(effects.losses) - places(plan.losses)
            | places(effects.hides) - places(plan.losses) - places(plan.hidden)
            | places(effects.exposed) - places(plan.exposed)
        )
        removed = {*self.removed_users} - {*plan.removed_users}
        ended = {link.entity_id for link in self.effects.ended if link.user_id in removed}
        return self.strayed | seen | {entity_id for _, entity_id in taken} | ended


def places(changes: Iterable[LinkChange]) -> set[tuple[UserId, EntityId]]:
    """Whose sight of what these change, whatever the reason."""
    return {(change.user_id, change.entity_id) for change in changes}


def decide(
    reader: Snapshot, terms: Terms, before: Entities, after: Entities, moves: Moves, *, empties: bool = False
) -> Decision:
    """Decide what a change does. ``before`` has all of ``after`` that the store knows, and all that moves."""
    moved, way = moves, followed(reader, terms.firm_id, after, moves)
    strayed = way.strayed(moved)
    moves = {gone: into for gone, into in way.fresh(asleep(before)).items() if gone not in strayed}
    changes = changes_of(reader, terms.firm_id, terms.source, before, after, moves)
    users = reader.users.having(terms.firm_id, concerned(reader, terms, changes, moves).values())
    known = _known(reader, terms.firm_id, changes, moves, users)
    effects = rosters.roster_change(
        changes, known, terms.policy, source=terms.source, at=terms.at, merged=moves, renumbered=terms.renumbered
    )
    removed = effects.removed_users(reader.links.counts(terms.firm_id, {link.user_id for link in effects.ended}))
    held = reader.links.count(terms.firm_id, at_most=rosters.HELD_AT_MOST)
    return Decision(
        before=before,
        after=after,
        moves=moves,
        moved=moved,
        undone=way.undone,
        strayed=strayed,
        effects=effects,
        removed_users=removed,
        confirm_because=rosters.confirm_because(effects, held=held, removed=len(removed), empties=empties),
        seen=_seen(reader, terms, before, dict.fromkeys((*after, *moves, *moves.values(), *way.undone))),
    )


def _seen(reader: Snapshot, terms: Terms, before: Entities, entity_ids: Collection[EntityId]) -> dict[EntityId, str]:
    """Digests of what would be written over: entities, and into whom they are merged."""
    found = {entity_id: before.get(entity_id) for entity_id in entity_ids}
    if terms.source != PMS:
        return {one: digest(entity and entity.contacts) for one, entity in found.items()}
    into = reader.entities.merged(terms.firm_id, entity_ids)
    nobody = digest(None, None)
    return {one: digest(entity, into.get(one)) if entity or one in into else nobody for one, entity in found.items()}


def asleep(entities: Entities) -> set[EntityId]:
    """Those that are inactive."""
    return {entity_id for entity_id, entity in entities.items() if not entity.active}


def parties(reader: Snapshot, firm_id: FirmId, moves: Moves) -> dict[str, EmailAddress]:
    """The addresses that have to do with any entity that moves, or is moved into."""
    met = {*moves, *moves.values()}
    held = {link.user_id for link in reader.links.touching(firm_id, met)}
    users = reader.users.some(firm_id, held).values()
    refused = {key: EmailAddress.parse(key) for key in reader.bars.touching(firm_id, met)}
    return refused | {user.email.key: user.email for user in users}


def concerned(
    reader: Snapshot, terms: Terms, changes: Collection[EntityChange], moves: Moves
) -> dict[str, EmailAddress]:
    """The addresses, by key, whose links a change may touch: those whose listing matters, and all where it moves."""
    emails = rosters.concerned(changes, terms.policy)
    return emails | (parties(reader, terms.firm_id, moves) if moves else {})


def _known(
    reader: Snapshot, firm_id: FirmId, changes: Collection[EntityChange], moves: Moves, users: Mapping[str, User]
) -> Known:
    """What these changes meet; an entity whose change nobody's links depend on is not asked about."""
    met = {
        change.entity_id
        for change in changes
        if change.deactivates or (users and not users.keys().isdisjoint({**change.appeared, **change.vanished}))
    }
    met |= {*moves, *moves.values()}
    refused = reader.bars.touching(firm_id, met)
    return Known(
        users=users,
        barred={key: refusals.barred for key, refusals in refused.items()},
        left={key: refusals.left for key, refusals in refused.items()},
        links={(link.user_id, link.entity_id): link for link in reader.links.touching(firm_id, met)},
    )


def batches_of(decided: Decision, size: int) -> Iterator[list[EntityId]]:
    """All entities of a decision, by so many or a few more, so that nobody is between two batches.

    Entities of which one goes into the other are in one batch, and so are those that somebody loses and gains: whoever
    loses their last link and gains another stays a user.
    """
    batch: list[EntityId] = []
    for together in _groups(decided):
        if batch and len(batch) + len(together) > size:
            yield batch
            batch = []
        batch += together
    yield batch


def _groups(decided: Decision) -> Iterator[list[EntityId]]:
    first: dict[EntityId, EntityId] = {}

    def first_of(entity_id: EntityId) -> EntityId:
        while (other := first.setdefault(entity_id, entity_id)) != entity_id:
            first[entity_id] = entity_id = first[other]
        return entity_id

    for entity_ids in _tied(decided):
        one, *others = map(first_of, entity_ids)
        for other in others:
            first[first_of(other)] = first_of(one)
    groups: dict[EntityId, list[EntityId]] = {}
    for entity_id in dict.fromkeys((*decided.after, *decided.moved, *decided.moved.values())):
        groups.setdefault(first_of(entity_id), []).append(entity_id)
    yield from groups.values()


def _tied(decided: Decision) -> Iterator[Collection[EntityId]]:
    yield from decided.moved.items()
    gained, lost = dict[UserId, set[EntityId]](), dict[UserId, set[EntityId]]()
    for of, links in ((gained, decided.effects.gained), (lost, decided.effects.ended)):
        for link in links:
            of.setdefault(link.user_id, set()).add(link.entity_id)
    for user_id in gained.keys() & lost.keys():
        yield gained[user_id] | lost[user_id]
