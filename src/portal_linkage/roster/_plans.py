"""A plan, which travels as text, and what came of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Self, cast

import attrs

from ..domain.entities import ClientEntity, Contact
from ..domain.errors import InvalidValue
from ..domain.events import Event
from ..domain.outcomes import LinkChange
from ..domain.values import EmailAddress, EntityId, FirmId, PlanId, UserId, check_id, check_type
from ..ports import PMS
from ..wire import Json, canonical, to_json
from ._moving import checked_moves
from ._reading import checked


def digest(*values: object) -> str:
    """A short digest of public values."""
    return _digest(map(canonical, values))


def _digest(lines: Iterable[str]) -> str:
    told = hashlib.blake2b(digest_size=12)
    for line in lines:
        told.update(f"{line}\n".encode())  # none stands in JSON
    return told.hexdigest()


def _needs_confirmation(plan: "RosterPlan") -> bool:
    return bool(plan.confirm_because)


def _plan_id_of(plan: "RosterPlan") -> PlanId:
    return PlanId(_digest(_lines_of(plan)))


def _lines_of(plan: "RosterPlan") -> Iterator[str]:
    """All of a plan but its id, one line for each entity: as one text it would be as long as the roster."""
    for name in _content_names(type(plan)):
        value: object = getattr(plan, name)
        yield name
        yield from map(canonical, cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,))


def _content_names(kind: type["RosterPlan"]) -> Iterator[str]:
    return (field.name for field in attrs.fields(kind) if field.name != "plan_id")


@attrs.frozen(kw_only=True)
class RosterPlan:
    """What a roster change would do, before anything is written.

    ``added``, ``changed``, ``deactivated`` and ``reactivated`` are entities, by id; ``merged`` and ``renumbered`` lead
    from entities that the store knows to those that take over. ``gains`` and ``losses`` are links that would come to be
    or end, ``hidden`` those that would stay but to an entity become inactive, each with the reason; ``removed_users``
    would lose their last link. ``exposed`` are entities whose bills a merge would show to users who are not linked to
    them: bills of the survivor, or of what is merged into it. ``confirm_because`` says in words what asks for
    confirmation, if anything does. ``ambiguous_numbers`` are client numbers in this roster that more than one active
    entity would bear: they prove nothing. ``unknown`` are entities of which more would have to be known: a source other
    than ``"pms"`` lists contacts with them, or others are said to have been merged into them; nothing is kept of that.

    ``told`` is how many entities the roster told of. Of these, ``entities`` are those that would change, as they would
    be, and ``seen`` has a digest of each as it was when the plan was made. ``plan_id`` is a digest of all of it.

    A plan travels as text (`to_json`, `from_json`) and may be applied the next morning. It holds the contacts'
    addresses in clear.
    """

    firm_id: FirmId
    source: str
    complete: bool
    told: int
    entities: tuple[ClientEntity, ...] = attrs.field(repr=False)
    added: tuple[EntityId, ...]
    changed: tuple[EntityId, ...]
    deactivated: tuple[EntityId, ...]
    reactivated: tuple[EntityId, ...]
    merged: Mapping[EntityId, EntityId] = attrs.field(hash=False)
    renumbered: Mapping[EntityId, EntityId] = attrs.field(hash=False)
    gains: tuple[LinkChange, ...]
    losses: tuple[LinkChange, ...]
    hidden: tuple[LinkChange, ...]
    exposed: tuple[LinkChange, ...]
    removed_users: tuple[UserId, ...]
    ambiguous_numbers: tuple[str, ...]
    unknown: tuple[EntityId, ...]
    confirm_because: tuple[str, ...]
    seen: Mapping[EntityId, str] = attrs.field(hash=False, repr=False)
    needs_confirmation: bool = attrs.field(init=False, default=attrs.Factory(_needs_confirmation, takes_self=True))
    plan_id: PlanId = attrs.field(init=False, default=attrs.Factory(_plan_id_of, takes_self=True))

    def moves(self) -> dict[EntityId, EntityId]:
        """From all that are gone to those that take over."""
        return {**self.merged, **self.renumbered}

    @property
    def is_idle(self) -> bool:
        """Whether it would change nothing, and nothing asks for its confirmation."""
        return not self.seen and not self.needs_confirmation

    @property
    def empties(self) -> bool:
        """Whether it is of an empty snapshot."""
        return self.complete and not self.told

    def content(self) -> dict[str, Json]:
        """All of it but its id, as plain data."""
        return {name: to_json(getattr(self, name)) for name in _content_names(type(self))}

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
            plan_id, needs_confirmation = data.pop("plan_id"), data.pop("needs_confirmation")
            plan = cls(**_fields(data))
            check_plan(plan)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise InvalidValue("plan", "is no roster plan") from None
        if plan.plan_id != plan_id or plan.needs_confirmation is not needs_confirmation:
            raise InvalidValue("plan", "was altered after it was made")
        return plan


def check_plan(plan: RosterPlan) -> None:
    """Refuse what no planning makes, whoever has made it: a digest tells altered from unaltered, not right from wrong.

    Nothing is believed that would be costly: what a plan takes away is decided again when it is applied.
    """
    check_id("firm_id", plan.firm_id)
    check_type("complete", plan.complete, bool)
    check_type("told", plan.told, int)
    check_id("source", plan.source)
    checked_moves("merged", plan.moves())
    if plan.source != PMS and plan.moves():
        raise InvalidValue("merged", "is for the source that brings entities whole")
    checked(plan.firm_id, plan.entities, set())


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise TypeError
    return data


def _link_change(data: dict[str, Any]) -> LinkChange:
    fields: dict[str, Any] = {name: _text(part) for name, part in data.items()}
    return LinkChange(**fields)


def _contact(data: dict[str, Any]) -> Contact:
    fields: dict[str, Any] = data | {"email": EmailAddress.parse(data["email"])}
    return Contact(**fields)


def _entity(data: dict[str, Any]) -> ClientEntity:
    fields: dict[str, Any] = data | {"contacts": tuple(map(_contact, data["contacts"]))}
    return ClientEntity(**fields)


_PAIRS: Final = ("seen", "merged", "renumbered")
_LISTS: Final[Mapping[str, Callable[[Any], object]]] = {
    "entities": _entity,
    **dict.fromkeys(("gains", "losses", "hidden", "exposed"), _link_change),
    **dict.fromkeys(("added", "changed", "deactivated", "reactivated"), _text),
    **dict.fromkeys(("removed_users", "ambiguous_numbers", "unknown", "confirm_because"), _text),
}


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, from plain data."""
    pairs = {name: {_text(one): _text(other) for one, other in data[name].items()} for name in _PAIRS}
    return data | {name: tuple(map(read, data[name])) for name, read in _LISTS.items()} | pairs


@attrs.frozen(kw_only=True)
class RosterApplied:
    """What applying a plan did: the links as they came out at that moment, and the events as journaled.

    What came out otherwise than the plan had shown: ``unforeseen`` are gains that it does not show, ``spared`` losses
    and links to hide that it shows and that were not, and ``withheld`` are entities left as they are, because they had
    changed meanwhile, or their change would by then have taken away more. Plan again to bring these up to date.
    """

    plan_id: PlanId
    gains: tuple[LinkChange, ...] = ()
    losses: tuple[LinkChange, ...] = ()
    hidden: tuple[LinkChange, ...] = ()
    unforeseen: tuple[LinkChange, ...] = ()
    spared: tuple[LinkChange, ...] = ()
    withheld: tuple[EntityId, ...] = ()
    events: tuple[Event, ...] = ()
