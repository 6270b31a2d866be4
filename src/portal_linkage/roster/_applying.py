"""A plan is applied, batch by batch: decided again under the locks, stored, journaled."""

from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import Final, TypeAlias

import attrs

from ..domain.errors import FirmNotFound, PlanNotConfirmed, PlanOutdated
from ..domain.events import Event
from ..domain.rosters import RosterEffects
from ..domain.values import EntityId
from ..ports import Mailbox, Snapshot, Store, Transaction, changed
from ._deciding import Decision, Terms, asleep, batches_of, concerned, decide, places
from ._moving import Moves, followed
from ._plans import RosterApplied, RosterPlan
from ._reading import Entities, changes_of, differ, written
from ._writing import transfer_bills, write

Progress: TypeAlias = Callable[[int, int], object]
"""Told how many entities are written, of how many."""

BATCH: Final = 2_000
"""So many entities are written in one transaction, or a few more that must not be torn apart."""


@attrs.frozen(kw_only=True)
class _Written:
    """What one transaction did."""

    effects: RosterEffects
    withheld: set[EntityId]
    events: tuple[Event, ...]


@attrs.define
class Application:
    """A plan that is being applied."""

    _store: Store
    plan: RosterPlan
    _terms: Terms
    _is_confirmed: bool
    _progress: Progress | None
    _done: list[_Written] = attrs.field(factory=list[_Written], init=False)
    _told: Entities = attrs.field(init=False)
    _moves: Moves = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._told = {entity.entity_id: entity for entity in self.plan.entities}
        self._moves = self.plan.moves()

    def run(self) -> RosterApplied:
        """Apply it, one batch after the other."""
        if not self._told and self._is_done():
            return self._applied()
        batches = self._batches()
        total, count = sum(map(len, batches)), 0
        for batch in batches:
            self._done.append(changed(self._store, partial(self._apply, entity_ids=batch)))
            count += len(batch)
            if self._progress is not None:
                self._progress(count, total)
        return self._applied()

    def _is_done(self) -> bool:
        """Whether all is as the plan would have it, but for bills that come late for who was merged: these go over."""
        if self._moves:
            return changed(self._store, self._move_late_bills)
        with self._store.snapshot() as snapshot:
            if snapshot.firms.find(self.plan.firm_id) is None:
                raise FirmNotFound(self.plan.firm_id)
        return True

    def _move_late_bills(self, tx: Transaction) -> bool:
        """Let them go over, if nobody takes a merge back meanwhile: whoever does so locks the entity."""
        firm_id, moves = self.plan.firm_id, self._moves
        if tx.firms.find(firm_id) is None:
            raise FirmNotFound(firm_id)
        met = {*moves, *moves.values(), *followed(tx, firm_id, {}, moves).before}
        locked = {entity.entity_id: entity for entity in tx.entities.lock_many(firm_id, met)}
        way = followed(tx, firm_id, {}, moves)
        if way.undone or way.strayed(moves) or way.fresh(asleep(locked)):
            return False
        transfer_bills(tx, firm_id, moves)
        return True

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
        return decide(reader, self._terms, before, after, moves, empties=self.plan.empties)

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
        journaled = write(tx, self._terms, decided, mailboxes)
        return _Written(effects=decided.effects, withheld=withheld, events=journaled)

    def _locked_mailboxes(self, tx: Transaction, entity_ids: list[EntityId]) -> tuple[Mailbox, ...]:
        plan = self.plan
        before = {one.entity_id: one for one in tx.entities.roster(plan.firm_id, entity_ids, source=plan.source)}
        after, moves = self._part(before, entity_ids)
        fresh = followed(tx, plan.firm_id, after, moves).fresh(asleep(before))
        moves = {gone: into for gone, into in moves.items() if fresh.get(gone) == into}
        changes = changes_of(tx, plan.firm_id, plan.source, before, after, moves)
        return tx.mailboxes.lock_many(plan.firm_id, concerned(tx, self._terms, changes, moves).values())

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
        shown, came = (*self.plan.losses, *self.plan.hidden), places([*losses, *hidden])
        foreseen = places(self.plan.gains)
        return RosterApplied(
            plan_id=self.plan.plan_id,
            gains=gains,
            losses=losses,
            hidden=hidden,
            unforeseen=tuple(change for change in gains if places([change]).isdisjoint(foreseen)),
            spared=tuple(change for change in shown if places([change]).isdisjoint(came)),
            withheld=tuple(sorted(withheld)),
            events=tuple(event for done in self._done for event in done.events),
        )
