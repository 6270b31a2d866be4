"""A roster is planned and applied: load, decide, store. What is decided, `portal_linkage.domain.rosters` decides."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ..domain.entities import ClientEntity
from ..domain.errors import FirmNotFound, InvalidValue, PlanNotConfirmed
from ..domain.policy import LinkagePolicy
from ..domain.rosters import EntityChange
from ..domain.values import EntityId, FirmId, PlanId, as_utc, check_id, check_type
from ..ports import PMS, Store
from ._applying import Application, Progress
from ._deciding import Decision, Terms, decide
from ._moving import checked_moves
from ._plans import RosterApplied, RosterPlan, check_plan
from ._reading import Reading

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
        its new one, and the roster tells of it under either. Bills, bars and links go over, and the old number goes on
        proving the entity until another active one bears it.

        Raises:
            FirmNotFound: there is no such firm.
            InvalidValue: an entity stands twice in it, or belongs to another firm; merging leads in a circle, or is
                told by a source that brings contacts alone.
        """
        check_id("firm_id", firm_id)
        check_type("complete", complete, bool)
        check_id("source", source)
        moves = _moves(source, merged, renumbered)
        at = as_utc("clock", self._clock())
        terms = Terms(firm_id, source, self._policy_of(firm_id), at, frozenset(renumbered))
        reading = Reading(firm_id, source, moves)
        with self._store.snapshot() as snapshot:
            if snapshot.firms.find(firm_id) is None:
                raise FirmNotFound(firm_id)
            reading.read(snapshot, entities, complete=complete, new=renumbered)
            empties = complete and not reading.told
            decided = decide(snapshot, terms, reading.before, reading.after, reading.moves, empties=empties)
            ambiguous = reading.ambiguous(snapshot, complete=complete) if source == PMS else ()
        return _plan(terms, reading, decided, ambiguous, complete=complete, renumbered=renumbered)

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
        at = as_utc("clock", self._clock())
        terms = Terms(plan.firm_id, plan.source, self._policy_of(plan.firm_id), at, frozenset(plan.renumbered))
        return Application(self._store, plan, terms, confirmed is not None, progress).run()


def _moves(
    source: str, merged: Mapping[EntityId, EntityId], renumbered: Mapping[EntityId, EntityId]
) -> dict[EntityId, EntityId]:
    for name, moves in (("merged", merged), ("renumbered", renumbered)):
        checked_moves(name, moves)
        if moves and source != PMS:
            raise InvalidValue(name, "is for the source that brings entities whole")
    if not merged.keys().isdisjoint(renumbered):
        raise InvalidValue("renumbered", "names an entity that was merged")
    if len({*renumbered.values()}) < len(renumbered):
        raise InvalidValue("renumbered", "gives one key to two entities: that is a merge")
    return checked_moves("renumbered", {**merged, **renumbered})


def _plan(
    terms: Terms,
    reading: Reading,
    decided: Decision,
    ambiguous: tuple[str, ...],
    *,
    complete: bool,
    renumbered: Mapping[EntityId, EntityId],
) -> RosterPlan:
    changes = [EntityChange(reading.before.get(one), after) for one, after in reading.after.items()]
    return RosterPlan(
        firm_id=terms.firm_id,
        source=terms.source,
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
        confirm_because=decided.confirm_because,
        seen=decided.seen,
    )


def _ids(changes: Iterable[EntityChange]) -> tuple[EntityId, ...]:
    return tuple(sorted(change.entity_id for change in changes))
