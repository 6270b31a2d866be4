"""Public values as plain JSON-ready data: what an API answers and a queue carries.

Money is ``{"amount": "1200.00", "currency": "USD"}``, a time is ISO 8601 in UTC (``2026-01-31T09:30:00+00:00``), so are
a date and a duration (``PT600S``), an address is its text, a switch or a kind its word. An entity is an object with the
names of its fields; an outcome, a viewer or a claim also says which one it is, as ``"type"``. Addresses stand here in
clear, and so do amounts and proofs: this is data, not a log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Final, TypeAlias, cast, get_args

import attrs

from .domain.entities import Claim, FirmStaff, Viewer
from .domain.outcomes import BarLifted, ClaimOutcome, NotBarred, SignUpOutcome, UnlinkOutcome
from .domain.values import EmailAddress, Money

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What `json.dumps` takes as it is. There is no float in it: amounts are texts."""

_PLAIN: Final = frozenset({str, int, bool, type(None)})

_TOLD_APART: Final = frozenset(
    {
        *(kind for union in (SignUpOutcome, ClaimOutcome, UnlinkOutcome, Viewer, Claim) for kind in get_args(union)),
        BarLifted,
        NotBarred,
        FirmStaff,
    }
)


def to_json(value: object) -> Json:
    """Turn any public value of this library into plain data.

    Raises:
        TypeError: it is not one of them.
    """
    if type(value) in _PLAIN:
        return cast("str | int | None", value)
    if isinstance(value, tuple | list):
        return [to_json(item) for item in cast("Sequence[object]", value)]
    parts = _parts(value)
    return parts if isinstance(parts, str) else {name: to_json(part) for name, part in parts.items()}


def canonical(value: object) -> str:
    """What a plan holds as one line, the same for the same value, to digest: fields come in order, without names."""
    return _encode(value)


def _bare(value: object) -> object:
    kind: type = type(value)
    fields = _fields_in(kind)
    return _parts(value) if fields is None else fields(value)


def _parts(value: object) -> str | dict[str, object]:
    """What a value is written as, if it is neither plain nor a list: a text, or an object of values."""
    kind: type = type(value)
    if isinstance(value, Mapping):
        return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    names = _names_in(kind)
    if names is None:
        return _scalar(value)
    told: dict[str, object] = {"type": kind.__name__} if kind in _TOLD_APART else {}
    for name in names:
        told[name] = getattr(value, name)
    return told


@lru_cache(maxsize=256)
def _fields_in(kind: type) -> Callable[[object], object] | None:
    """What gets all fields of a kind that is written as an object."""
    names = _names_in(kind)
    return attrgetter(*names) if names else None


_encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_bare).encode


@lru_cache(maxsize=256)
def _names_in(kind: type) -> tuple[str, ...] | None:
    """The fields of a kind of ours that is written as an object; ``None`` for all others."""
    if attrs.has(kind) and kind is not EmailAddress and kind.__module__.startswith(f"{__package__}."):
        return tuple(field.name for field in attrs.fields(kind))
    return None


def _duration(value: timedelta) -> str:
    seconds, micros = divmod(value // timedelta(microseconds=1), 1_000_000)
    return f"PT{seconds}.{micros:06d}".rstrip("0").rstrip(".") + "S"


def _scalar(value: object) -> str:
    match value:
        case EmailAddress():
            return str(value)
        case Enum():
            return str(value.value)
        case datetime() | date():
            return value.isoformat()
        case str():
            return str(value)
        case timedelta():
            return _duration(value)
        case _:
            msg = f"{type(value).__name__} is no public value of portal_linkage"
            raise TypeError(msg)
