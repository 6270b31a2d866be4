"""The roster: what changed in the PMS is planned, shown, and then applied (L13)."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Self

import attrs

from .domain import events, rules
from .domain.entities import ClientEntity, Contact, User
from .domain.errors import FirmNotFound, InvalidValue, PlanNotConfirmed, PlanOutdated
from .domain.events import Event
from .domain.outcomes import LinkChange
from .domain.policy import LinkagePolicy
from .domain.rules import EntityChange, Known, RosterEffects
from .domain.values import EmailAddress, EntityId, FirmId, PlanId, UserId, as_utc, check_id, check_type
from .ports import Mailbox, Snapshot, Store, Transaction, changed
from .wire import Json, to_json

_SOURCE: Final = "pms"


def _digest(content: Json) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=12).hexdigest()


def _plan_id_of(plan: "RosterPlan") -> PlanId:
    return PlanId(_digest(plan.content()))


@attrs.frozen(kw_only=True)
class RosterPlan:
    """What a roster change would do, before anything is written.

    ``added``, ``changed``, ``deactivated`` and ``reactivated`` are entities, by id. ``gains`` and ``losses`` are links
    that would come to be or end, ``hidden`` those that would stay but to an entity become inactive, each with the
    reason; ``removed_users`` would lose their last link. ``ambiguous_numbers`` are client numbers in this roster that
    more than one active entity would bear: they prove nothing. ``seen`` has a digest of each entity that would change,
    as it was when the plan was made. ``plan_id`` is a digest of all of it.

    A plan travels as text (`to_json`, `from_json`) and may be applied the next morning. It holds the contacts'
    addresses in clear.
    """

    firm_id: FirmId
    complete: bool
    entities: tuple[ClientEntity, ...] = attrs.field(repr=False)
    added: tuple[EntityId, ...]
    changed: tuple[EntityId, ...]
    deactivated: tuple[EntityId, ...]
    reactivated: tuple[EntityId, ...]
    gains: tuple[LinkChange, ...]
    losses: tuple[LinkChange, ...]
    hidden: tuple[LinkChange, ...]
    removed_users: tuple[UserId, ...]
    ambiguous_numbers: tuple[str, ...]
    needs_confirmation: bool
    seen: Mapping[EntityId, str] = attrs.field(hash=False, repr=False)
    plan_id: PlanId = attrs.field(init=False, default=attrs.Factory(_plan_id_of, takes_self=True))

    def content(self) -> dict[str, Json]:
        """All of it but its id, as plain data."""
        names = (field.name for field in attrs.fields(type(self)) if field.init)
        return {name: to_json(getattr(self, name)) for name in names}

    def to_json(self) -> str:
        """The plan as one JSON text."""
        return json.dumps({**self.content(), "plan_id": self.plan_id}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a plan that `to_json` wrote.

        Raises:
            InvalidValue: it is no plan, or was altered: its digest no longer agrees.
        """
        check_type("plan", text, str)
        try:
            data = json.loads(text)
            plan_id = data.pop("plan_id")
            plan = cls(**_fields(data))
            _check(plan)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise InvalidValue("plan", "is no roster plan") from None
        if plan.plan_id != plan_id:
            raise InvalidValue("plan", "was altered after it was made")
        return plan


def _check(plan: RosterPlan) -> None:
    """Refuse what no planning makes, whoever has made it: a digest tells altered from unaltered, not right from wrong.

    Nothing is believed that would be costly: what a plan takes away is decided again when it is applied.
    """
    check_id("firm_id", plan.firm_id)
    check_type("complete", plan.complete, bool)
    check_type("needs_confirmation", plan.needs_confirmation, bool)
    _checked(plan.firm_id, plan.entities)


def _text(data: object) -> str:
    check_type("plan", data, str)
    return str(data)


def _link_change(data: dict[str, Any]) -> LinkChange:
    fields: dict[str, Any] = {name: _text(part) for name, part in data.items()}
    return LinkChange(**fields)


def _contact(data: dict[str, Any]) -> Contact:
    fields: dict[str, Any] = data | {"email": EmailAddress.parse(data["email"])}
    return Contact(**fields)


def _entity(data: dict[str, Any]) -> ClientEntity:
    fields: dict[str, Any] = data | {"contacts": tuple(map(_contact, data["contacts"]))}
    return ClientEntity(**fields)


_LISTS: Final[Mapping[str, Callable[[Any], object]]] = {
    "entities": _entity,
    **dict.fromkeys(("gains", "losses", "hidden"), _link_change),
    **dict.fromkeys(("added", "changed", "deactivated", "reactivated", "removed_users", "ambiguous_numbers"), _text),
}


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, from plain data."""
    seen = {_text(entity_id): _text(digest) for entity_id, digest in data["seen"].items()}
    return data | {name: tuple(map(read, data[name])) for name, read in _LISTS.items()} | {"seen": seen}


@attrs.frozen(kw_only=True)
class RosterApplied:
    """What applying a plan did: the links as they came out at that moment, and the events as journaled."""

    plan_id: PlanId
    gains: tuple[LinkChange, ...]
    losses: tuple[LinkChange, ...]
    hidden: tuple[LinkChange, ...]
    events: tuple[Event, ...]


@attrs.frozen(kw_only=True)
class _Decision:
    """A roster change, decided against one moment of the store."""

    changes: tuple[EntityChange, ...]
    effects: RosterEffects
    removed_users: tuple[UserId, ...]
    needs_confirmation: bool

    @property
    def seen(self) -> dict[EntityId, str]:
        """A digest of each entity that changes, as it is before."""
        return {change.after.entity_id: _digest(to_json(change.before)) for change in self.changes}

    def goes_beyond(self, plan: RosterPlan) -> bool:
        """Whether it would write over what the plan has not seen, or take away what it does not show."""
        return not (
            self.seen.items() <= plan.seen.items()
            and set(self.effects.losses) <= set(plan.losses)
            and set(self.effects.hides) <= set(plan.hidden)
            and set(self.removed_users) <= set(plan.removed_users)
        )


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

    def plan(self, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False) -> RosterPlan:
        """Work out what these entities, as the PMS has them now, would change. Nothing is written.

        ``complete=True`` says that these are all of the firm's: those that are missing become inactive. Otherwise
        they are changes, and the others stay as they are.

        Raises:
            FirmNotFound: there is no such firm.
            InvalidValue: an entity stands twice in it, or belongs to another firm.
        """
        check_id("firm_id", firm_id)
        check_type("complete", complete, bool)
        roster = _checked(firm_id, entities)
        policy, at = self._policy_of(firm_id), as_utc("clock", self._clock())
        with self._store.snapshot() as snapshot:
            if snapshot.firms.find(firm_id) is None:
                raise FirmNotFound(firm_id)
            changes = tuple(_changes(snapshot, firm_id, roster, complete=complete))
            decided = _decide(snapshot, firm_id, changes, policy, at, empties=complete and not roster)
            ambiguous = _ambiguous(snapshot, firm_id, roster, complete=complete)
        return RosterPlan(
            firm_id=firm_id,
            complete=complete,
            entities=roster,
            added=_ids(change for change in changes if change.before is None),
            changed=_ids(change for change in changes if change.before and change.before.active == change.after.active),
            deactivated=_ids(change for change in changes if change.deactivates),
            reactivated=_ids(change for change in changes if change.reactivates),
            gains=decided.effects.gains,
            losses=decided.effects.losses,
            hidden=decided.effects.hides,
            removed_users=decided.removed_users,
            ambiguous_numbers=ambiguous,
            needs_confirmation=decided.needs_confirmation,
            seen=decided.seen,
        )

    def apply(self, plan: RosterPlan, *, confirmed: PlanId | None = None) -> RosterApplied:
        """Apply a plan, in one transaction. Applying it again right away changes nothing.

        It is decided again, under the locks. Users who signed up since the plan was made are linked too, but nothing
        is taken away that the plan does not show, and no entity is written over that has changed since.

        Raises:
            PlanNotConfirmed: it costs too much to be applied unnamed (L13), or ``confirmed`` names another plan.
            PlanOutdated: an entity has changed since, or more would be taken away by now. Plan again.
            FirmNotFound: the firm is gone.
        """
        check_type("plan", plan, RosterPlan)
        _check(plan)
        if confirmed is not None:
            check_type("confirmed", confirmed, str)
        if confirmed != plan.plan_id and (plan.needs_confirmation or confirmed is not None):
            raise PlanNotConfirmed(plan.plan_id)
        firm_id = plan.firm_id
        policy, at = self._policy_of(firm_id), as_utc("clock", self._clock())
        return changed(self._store, lambda tx: _applied(tx, plan, policy, at, is_confirmed=confirmed is not None))


def _applied(
    tx: Transaction, plan: RosterPlan, policy: LinkagePolicy, at: datetime, *, is_confirmed: bool
) -> RosterApplied:
    firm_id = plan.firm_id
    if tx.firms.lock(firm_id) is None:
        raise FirmNotFound(firm_id)
    differing = tuple(_changes(tx, firm_id, plan.entities, complete=plan.complete))
    mailboxes = tx.mailboxes.lock_many(firm_id, rules.concerned(differing, policy).values())
    changes = _locked(tx, firm_id, differing)
    decided = _decide(tx, firm_id, changes, policy, at, empties=plan.complete and not plan.entities)
    if decided.goes_beyond(plan):
        raise PlanOutdated(plan.plan_id)
    if decided.needs_confirmation and not is_confirmed:
        raise PlanNotConfirmed(plan.plan_id)
    tx.entities.save_many(change.after for change in changes)
    journaled = _write(tx, decided, mailboxes, at)
    did = decided.effects
    return RosterApplied(plan_id=plan.plan_id, gains=did.gains, losses=did.losses, hidden=did.hides, events=journaled)


def _locked(tx: Transaction, firm_id: FirmId, changes: Iterable[EntityChange]) -> tuple[EntityChange, ...]:
    """The same changes, to entities that nobody else changes or links any more: from what they are by now."""
    after = {change.after.entity_id: change.after for change in changes}
    return tuple(_differing(tx.entities.lock_many(firm_id, after.keys()), after))


def _checked(firm_id: FirmId, entities: Iterable[ClientEntity]) -> tuple[ClientEntity, ...]:
    roster = tuple(entities)
    seen: set[EntityId] = set()
    for entity in roster:
        check_type("entities", entity, ClientEntity)
        if entity.firm_id != firm_id:
            raise InvalidValue("entities", "one belongs to another firm")
        if entity.entity_id in seen:
            raise InvalidValue("entities", "one stands twice in it")
        seen.add(entity.entity_id)
    return roster


def _changes(
    reader: Snapshot, firm_id: FirmId, roster: tuple[ClientEntity, ...], *, complete: bool
) -> Iterator[EntityChange]:
    """What differs from the store; those that are missing in the whole of a roster become inactive."""
    told = {entity.entity_id: entity for entity in roster}
    return _differing(reader.entities.roster(firm_id, None if complete else told.keys()), told)


def _differing(stored: Iterable[ClientEntity], told: Mapping[EntityId, ClientEntity]) -> Iterator[EntityChange]:
    """The changed ones as they are stored, then the new ones as they are told."""
    missing = dict(told)
    for before in stored:
        after = missing.pop(before.entity_id, None) or attrs.evolve(before, active=False)
        if after != before or _spelled(after) != _spelled(before):
            yield EntityChange(before, after)
    for after in missing.values():
        yield EntityChange(None, after)


def _spelled(entity: ClientEntity) -> list[str]:
    """How the addresses are written: equal ones may be spelled anew."""
    return [str(contact.email) for contact in entity.contacts]


def _decide(
    reader: Snapshot,
    firm_id: FirmId,
    changes: tuple[EntityChange, ...],
    policy: LinkagePolicy,
    at: datetime,
    *,
    empties: bool,
) -> _Decision:
    users = reader.users.having(firm_id, rules.concerned(changes, policy).values())
    effects = rules.roster_change(changes, _known(reader, firm_id, changes, users), policy, source=_SOURCE, at=at)
    removed = effects.removed_users(reader.links.counts(firm_id, {link.user_id for link in effects.ended}))
    return _Decision(
        changes=changes,
        effects=effects,
        removed_users=removed,
        needs_confirmation=rules.needs_confirmation(
            effects,
            held=reader.links.count(firm_id, at_most=rules.HELD_AT_MOST),
            removes_users=bool(removed),
            empties=empties,
        ),
    )


def _known(reader: Snapshot, firm_id: FirmId, changes: Iterable[EntityChange], users: Mapping[str, User]) -> Known:
    """What these changes meet; an entity whose change nobody's links depend on is not asked about."""
    met = {
        change.after.entity_id
        for change in changes
        if change.deactivates or not users.keys().isdisjoint(change.appeared.keys() | change.vanished.keys())
    }
    refused = reader.bars.touching(firm_id, met)
    return Known(
        users=users,
        refused={key: refusals.barred | refusals.left for key, refusals in refused.items()},
        links={(link.user_id, link.entity_id): link for link in reader.links.touching(firm_id, met)},
    )


def _ids(changes: Iterable[EntityChange]) -> tuple[EntityId, ...]:
    return tuple(sorted(change.after.entity_id for change in changes))


def _ambiguous(
    reader: Snapshot, firm_id: FirmId, roster: tuple[ClientEntity, ...], *, complete: bool
) -> tuple[str, ...]:
    numbers = {entity.entity_id: entity.client_number for entity in roster if entity.active}
    told = {entity.entity_id for entity in roster}
    others = () if complete else reader.entities.numbered(firm_id, set(numbers.values()))
    numbers |= {entity.entity_id: entity.client_number for entity in others if entity.entity_id not in told}
    return tuple(sorted(number for number, bearers in Counter(numbers.values()).items() if bearers > 1))


def _write(tx: Transaction, decided: _Decision, mailboxes: Iterable[Mailbox], at: datetime) -> tuple[Event, ...]:
    """Store what was decided: gains before losses, so that who gains one and loses one stays a user."""
    effects = decided.effects
    of_user = {mailbox.user.user_id: (mailbox, mailbox.user) for mailbox in mailboxes if mailbox.user}
    removed = [of_user[user_id][1] for user_id in decided.removed_users]
    tx.links.add_many([(of_user[link.user_id][0], link) for link in effects.gained])
    tx.links.add_grounds(effects.grounds_added)
    ended = {(link.user_id, link.entity_id) for link in effects.ended}
    tx.links.remove_grounds(
        [(link, kind) for link, kind in effects.grounds_lost if (link.user_id, link.entity_id) not in ended]
    )
    tx.links.remove_many(effects.ended)
    tx.users.remove(*removed)
    journaled = tuple(_told(effects, removed, at))
    tx.journal.append(journaled)
    return journaled


def _told(effects: RosterEffects, removed: Iterable[User], at: datetime) -> Iterator[Event]:
    for link in effects.gained:
        yield from events.linked(link)
    for link, ground in effects.grounds_added:
        yield events.ground_added(link, ground)
    for link, kind in effects.grounds_lost:
        yield events.ground_lost(link, kind, by=_SOURCE, at=at)
    for link in effects.ended:
        yield events.unlinked(link, by=_SOURCE, at=at)
    for user in removed:
        yield events.user_removed(user, by=_SOURCE, at=at)
