"""From things to rows and back: the one place that knows how a time, an amount or an address is stored."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import attrs

from ...domain.values import EmailAddress, Money, micros_of, moment_of
from .moment import Record

T = TypeVar("T")


@attrs.frozen
class _Field:
    """A field of a thing: what it is in a row, and what a row makes of it."""

    name: str
    store: Callable[[Any], dict[str, Any]]
    restore: Callable[[Record], Any]


def _plain(name: str) -> _Field:
    return _Field(name, lambda value: {name: value}, attrgetter(name))


def _money(name: str) -> _Field:
    units, currency = name, f"{name}_currency"
    read: Callable[[Record], tuple[int, str]] = attrgetter(units, currency)
    return _Field(
        name,
        lambda money: {units: money.units, currency: money.currency},
        lambda row: Money.of_units(*read(row)),
    )


def _email(name: str) -> _Field:
    key = f"{name}_key"
    read: Callable[[Record], tuple[str, str]] = attrgetter(name, key)
    return _Field(
        name,
        lambda email: {name: str(email), key: email.key},
        lambda row: EmailAddress.restore(*read(row)),
    )


def _by(name: str, store: Callable[[Any], Any], restore: Callable[[Any], Any]) -> _Field:
    read = attrgetter(name)
    return _Field(name, lambda value: {name: store(value)}, lambda row: restore(read(row)))


def _enum(name: str, kind: type[StrEnum]) -> _Field:
    return _by(name, lambda value: value and value.value, lambda value: value and kind(value))


def _field(name: str, hint: Any) -> _Field:  # noqa: ANN401 -- a type hint may be anything
    if get_origin(hint) is UnionType:
        (hint,) = (choice for choice in get_args(hint) if choice is not type(None))
    if get_origin(hint) is tuple:
        return _by(name, json.dumps, json.loads)
    if hint is Money:
        return _money(name)
    if hint is EmailAddress:
        return _email(name)
    if hint is datetime:
        return _by(name, micros_of, moment_of)
    return _enum(name, hint) if isinstance(hint, type) and issubclass(hint, StrEnum) else _plain(name)


@attrs.frozen
class Stored(Generic[T]):
    """How one kind of thing is stored: every field in a column of its name, or in two that begin with it."""

    _kind: Callable[..., T]
    _fields: tuple[_Field, ...]

    def values(self, thing: T) -> dict[str, Any]:
        """The thing as a row."""
        return {
            name: value for field in self._fields for name, value in field.store(getattr(thing, field.name)).items()
        }

    def restore(self, row: Record, **others: object) -> T:
        """The thing that a row holds, with those of its fields that are stored otherwise."""
        return self._kind(**{field.name: field.restore(row) for field in self._fields}, **others)


def stored(kind: type[T], *, but: Iterable[str] = ()) -> Stored[T]:
    """Work out from the types of its fields how a kind of thing is stored, but for some that are stored otherwise."""
    hints = get_type_hints(kind)
    return Stored(kind, tuple(_field(name, hint) for name, hint in hints.items() if name not in but))
