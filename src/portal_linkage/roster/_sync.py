"""A roster is planned and applied: load, decide, store. What is decided, `portal_linkage.domain.rosters` decides."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from ..domain.entities import ClientEntity
from ..domain.errors import FirmNotFound, InvalidValue, PlanNotConfirmed, PlanOutdated
from ..domain.events import Event
from ..domain.policy import LinkagePolicy
from ..domain.rosters import EntityChange, RosterEffects
from ..domain.values import EntityId, FirmId, PlanId, as_utc, check_id, check_type
from ..ports import PMS, Mailbox, Snapshot, Store, Transaction, changed
from ._deciding import Decision, Lot, batches_of, concerned, decide, fresh
from ._plans import RosterApplied, RosterPlan, check_plan
from ._reading import Entities, Moves, Reading, changes_of, checked_moves, differ, written
from ._writing import transfer_bills, write

Progress: TypeAlias = Callable[[int, int], object]
"""Told how many entities are written, of how many."""

BATCH: Final = 2_000
"""So many entities are written in one transaction, or a few more that must not be torn apart."""

_NONE: Final[Mapping[EntityId, EntityId]] = MappingProxyType({})


class RosterSync:
    """Brings a firm's roster up to date under its policy. It is ``portal.roster`` of a `LinkageService`.

    A change is planned, looked at, and then applied: ``apply(plan(...))``. ``tx.entities.save`` stores an entity too,
    but links nobody.
    """

    def __init__(
        self, store: Store, policy_of: Callable[[FirmId], LinkagePolicy], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._policy_of = policy_of
        self._clock = clock

    def plan(
        self,
        firm_id: FirmId,
        entities: Iterable[ClientEntity],
        *,
        complete: bool = False,
        source: str = PMS,
        merged: Mapping[EntityId, EntityId] = _NONE,
        renumbered: Mapping[EntityId, EntityId] = _NONE,
    ) -> RosterPlan:
        """Work out what these entities, as the source has them now, would change. Nothing is written.

        ``complete=True`` says that these are all of the firm's: those that are missing become inactive. Otherwise
        they are changes, and the others stay as they are.

        A ``source`` other than ``"pms"`` brings contacts alone, which replace those that it listed before: names (which
        may be empty), numbers and activity are not read, an entity that is missing in a complete roster loses these
        contacts, and one that is not known is named by the plan.

        ``merged`` leads from an entity to the one that it was merged into; ``renumbered`` from the key of an entity to
        its new one; the roster may tell of it under either, or not at all. Bills, bars and links go over, and the old
        number goes on proving the entity until another active one bears it.

        Raises:
            FirmNotFound: there is no such firm.
            InvalidValue: an entity stands twice in it, or belongs to another firm; merging leads in a circle, or is
                told by a source that brings contacts alone.
        """
        check_id("firm_id", firm_id)
        check_type("complete", complete, bool)
        check_id("source", source)
        moves = _moves(source, merged, renumbered)
        lot = Lot(firm_id, source, self._policy_of(firm_id), as_utc("clock", self._clock()))
        reading = Reading(firm_id, source, moves)
        with self._store.snapshot() as snapshot:
            if snapshot.firms.find(firm_id) is None:
                raise FirmNotFound(firm_id)
            reading.read(snapshot, entities, complete=complete, new=renumbered)
            empties = complete and not reading.told
            decided = decide(snapshot, lot, reading.before, reading.after, reading.moves, empties=empties)
            ambiguous = reading.ambiguous(snapshot, complete=complete) if source == PMS else ()
        return _plan(lot, reading, decided, ambiguous, complete=complete, renumbered=renumbered)

    def apply(
        self, plan: RosterPlan, *, confirmed: PlanId | None = None, progress: Progress | None = None
    ) -> RosterApplied:
        """Apply a plan. Applying it again changes nothing, nor does planning the same and applying that.

        It is decided again, under the locks. Users who signed up since the plan was made are linked too, but nothing
        is taken away that the plan does not show, and no entity is written over that has changed since. A plan of up to
        2,000 entities is one transaction; a larger one is several, and what came out otherwise in a later one is told
        (see `RosterApplied`). Interrupted, it is simply planned and applied again. ``progress`` is told of each.

        Raises:
            PlanNotConfirmed: it costs too much to be applied unnamed (L13), or ``confirmed`` names another plan.
            PlanOutdated: an entity has changed since, or more would be taken away by now. Nothing was written: plan
                again.
            FirmNotFound: the firm is gone.
        """
        check_type("plan", plan, RosterPlan)
        check_plan(plan)
        if confirmed is not None:
            check_type("confirmed", confirmed, str)
        if not (progress is None or callable(progress)):
            raise TypeError("progress must be something that can be called")
        if confirmed != plan.plan_id and (plan.needs_confirmation or confirmed is not None):
            raise PlanNotConfirmed(plan.plan_id)
        lot = Lot(plan.firm_id, plan.source, self._policy_of(plan.firm_id), as_utc("clock", self._clock()))
        return _Application(self._store, plan, lot, confirmed is not None, progress).run()


def _moves(
    source: str, merged: Mapping[EntityId, EntityId], renumbered: Mapping[EntityId, EntityId]
) -> dict[EntityId, EntityId]:
    for name, moves in (("merged", merged), ("renumbered", renumbered)):
        checked_moves(name, moves)
        if moves and source != PMS:
            raise InvalidValue(name, "is for the source that brings entities whole")
    if not merged.keys().isdisjoint(renumbered):
        raise InvalidValue("renumbered", "names an entity that was merged")
    return dict(checked_moves("renumbered", {**merged, **renumbered}))


def _plan(
    lot: Lot,
    reading: Reading,
    decided: Decision,
    ambiguous: tuple[str, ...],
    *,
    complete: bool,
    renumbered: Mapping[EntityId, EntityId],
) -> RosterPlan:
    changes = [EntityChange(reading.before.get(one), after) for one, after in reading.after.items()]
    return RosterPlan(
        firm_id=lot.firm_id,
        source=lot.source,
        complete=complete,
        told=len(reading.told),
        entities=tuple(reading.after.values()),
        added=_ids(change for change in changes if change.before is None),
        changed=_ids(change for change in changes if change.before and change.before.active == change.after.active),
        deactivated=_ids(change for change in changes if change.deactivates),
        reactivated=_ids(change for change in changes if change.reactivates),
        merged={gone: survivor for gone, survivor in reading.moves.items() if gone not in renumbered},
        renumbered={gone: survivor for gone, survivor in reading.moves.items() if gone in renumbered},
        gains=decided.effects.gains,
        losses=decided.effects.losses,
        hidden=decided.effects.hides,
        exposed=tuple(decided.effects.exposed),
        removed_users=decided.removed_users,
        ambiguous_numbers=ambiguous,
        unknown=tuple(sorted(reading.unknown)),
        needs_confirmation=bool(decided.confirm_because),
        confirm_because=decided.confirm_because,
        seen=decided.seen,
    )


def _ids(changes: Iterable[EntityChange]) -> tuple[EntityId, ...]:
    return tuple(sorted(change.entity_id for change in changes))


@attrs.frozen(kw_only=True)
class _Written:
    """What one transaction did."""

    effects: RosterEffects
    withheld: set[EntityId]
    events: tuple[Event, ...]


def _by_id(application: "_Application") -> Entities:
    return {entity.entity_id: entity for entity in application.plan.entities}


def _moves_of(application: "_Application") -> Moves:
    return application.plan.moves()


@attrs.define
class _Application:
    """A plan that is being applied."""

    _store: Store
    plan: RosterPlan
    _lot: Lot
    _is_confirmed: bool
    _progress: Progress | None
    _done: list[_Written] = attrs.field(factory=list[_Written], init=False)
    _told: Entities = attrs.field(init=False, default=attrs.Factory(_by_id, takes_self=True))
    _moves: Moves = attrs.field(init=False, default=attrs.Factory(_moves_of, takes_self=True))

    def run(self) -> RosterApplied:
        """Apply it, one batch after the other."""
        if not self._told and not self._has_fresh_moves():
            changed(self._store, lambda tx: transfer_bills(tx, self.plan.firm_id, self._moves))
            return self._applied()
        batches = self._batches()
        total, count = sum(map(len, batches)), 0
        for batch in batches:
            self._done.append(changed(self._store, partial(self._apply, entity_ids=batch)))
            count += len(batch)
            if self._progress is not None:
                self._progress(count, total)
        return self._applied()

    def _has_fresh_moves(self) -> bool:
        firm_id, moves = self.plan.firm_id, self._moves
        with self._store.snapshot() as snapshot:
            if snapshot.firms.find(firm_id) is None:
                raise FirmNotFound(firm_id)
            before = {entity.entity_id: entity for entity in snapshot.entities.roster(firm_id, moves.keys())}
            return bool(fresh(snapshot, firm_id, before, moves))

    def _batches(self) -> list[list[EntityId]]:
        plan = self.plan
        met = list(dict.fromkeys((*self._told, *self._moves, *self._moves.values())))
        if len(met) <= BATCH:
            return [met]
        with self._store.snapshot() as snapshot:
            stored = snapshot.entities.roster(plan.firm_id, met, source=plan.source)
            decided = self._decided(snapshot, {entity.entity_id: entity for entity in stored}, met)
        self._check(decided)
        return list(batches_of(decided, BATCH))

    def _decided(self, reader: Snapshot, before: Entities, entity_ids: Iterable[EntityId]) -> Decision:
        after, moves = self._part(before, entity_ids)
        return decide(reader, self._lot, before, after, moves, empties=self.plan.empties)

    def _part(self, before: Entities, entity_ids: Iterable[EntityId]) -> tuple[Entities, Moves]:
        """What the plan would write of these entities, given how they are stored, and which of them it moves."""
        told = {one: self._told[one] for one in entity_ids if one in self._told}
        after = {one: written(before.get(one), entity, self.plan.source) for one, entity in told.items()}
        there = {one for one in entity_ids if one in before or one in told}
        moves = {gone: into for gone, into in self._moves.items() if gone in there and into in there}
        return {one: entity for one, entity in after.items() if differ(before.get(one), entity)}, moves

    def _check(self, decided: Decision) -> None:
        if decided.beyond(self.plan):
            raise PlanOutdated(self.plan.plan_id)
        if decided.confirm_because and not self._is_confirmed:
            raise PlanNotConfirmed(self.plan.plan_id)

    def _apply(self, tx: Transaction, entity_ids: list[EntityId]) -> _Written:
        """Write a batch, decided again under its locks; after the first, without what has come to cost more."""
        if tx.firms.lock(self.plan.firm_id) is None:
            raise FirmNotFound(self.plan.firm_id)
        mailboxes = self._locked_mailboxes(tx, entity_ids)
        locked = tx.entities.lock_many(self.plan.firm_id, entity_ids, source=self.plan.source)
        before = {entity.entity_id: entity for entity in locked}
        decided, withheld = self._decided(tx, before, entity_ids), set[EntityId]()
        if not self._done:
            self._check(decided)
        while beyond := decided.beyond(self.plan):
            withheld |= self._together(beyond)
            decided = self._decided(tx, before, [one for one in entity_ids if one not in withheld])
        journaled = write(tx, self._lot, decided, mailboxes)
        return _Written(effects=decided.effects, withheld=withheld, events=journaled)

    def _locked_mailboxes(self, tx: Transaction, entity_ids: list[EntityId]) -> tuple[Mailbox, ...]:
        plan = self.plan
        before = {one.entity_id: one for one in tx.entities.roster(plan.firm_id, entity_ids, source=plan.source)}
        after, moves = self._part(before, entity_ids)
        moves = fresh(tx, plan.firm_id, before, moves)
        changes = changes_of(tx, plan.firm_id, plan.source, before, after, moves)
        return tx.mailboxes.lock_many(plan.firm_id, concerned(tx, self._lot, changes, moves).values())

    def _together(self, entity_ids: set[EntityId]) -> set[EntityId]:
        """These, and all that go into one of them or into which they go."""
        survivors = {self._moves.get(entity_id, entity_id) for entity_id in entity_ids}
        return entity_ids | survivors | {gone for gone, into in self._moves.items() if into in survivors}

    def _applied(self) -> RosterApplied:
        gains, losses, hidden = (
            tuple(change for done in self._done for change in of(done.effects))
            for of in (attrgetter("gains"), attrgetter("losses"), attrgetter("hides"))
        )
        withheld = {entity_id for done in self._done for entity_id in done.withheld}
        shown, came = (*self.plan.losses, *self.plan.hidden), {*losses, *hidden}
        foreseen = {*self.plan.gains}
        return RosterApplied(
            plan_id=self.plan.plan_id,
            gains=gains,
            losses=losses,
            hidden=hidden,
            unforeseen=tuple(change for change in gains if change not in foreseen),
            spared=tuple(change for change in shown if change not in came),
            withheld=tuple(sorted(withheld)),
            events=tuple(event for done in self._done for event in done.events),
        )
