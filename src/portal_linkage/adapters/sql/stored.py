"""From things to rows and back: the one place that knows how a time, an amount or an address is stored."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from types import UnionType
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import attrs

from ...domain.entities import ClientEntity
from ...domain.values import EmailAddress, Money, check_type, micros_of, moment_of
from .moment import Record

T = TypeVar("T")


@attrs.frozen
class _Field:
    """A field of a thing: what it is in a row, and what a row makes of it."""

    name: str
    store: Callable[[Any], dict[str, Any]]
    restore: Callable[[Record], Any]


def _field(name: str, hint: Any) -> _Field:  # noqa: ANN401 -- a type hint may be anything
    if get_origin(hint) is UnionType:
        (hint,) = (choice for choice in get_args(hint) if choice is not type(None))
    if hint is Money:
        return _in_two(name, f"{name}_currency", attrgetter("units", "currency"), Money.of_units)
    if hint is EmailAddress:
        return _in_two(name, f"{name}_key", lambda email: (str(email), email.key), EmailAddress.restore)
    if get_origin(hint) is tuple:
        return _in_one(name, json.dumps, json.loads)
    if hint is datetime:
        return _in_one(name, micros_of, moment_of)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _in_one(name, lambda value: value and value.value, lambda text: text and hint(text))
    return _Field(name, lambda value: {name: value}, attrgetter(name))


def _in_one(name: str, store: Callable[[Any], Any], restore: Callable[[Any], Any]) -> _Field:
    read = attrgetter(name)
    return _Field(name, lambda value: {name: store(value)}, lambda row: restore(read(row)))


def _in_two(name: str, other: str, store: Callable[[Any], tuple[Any, Any]], restore: Callable[..., Any]) -> _Field:
    read: Callable[[Record], tuple[Any, Any]] = attrgetter(name, other)
    return _Field(
        name, lambda value: dict(zip((name, other), store(value), strict=True)), lambda row: restore(*read(row))
    )


@attrs.frozen
class Stored(Generic[T]):
    """How one kind of thing is stored: every field in a column of its name, or in two that begin with it."""

    _kind: type[T]
    _fields: tuple[_Field, ...]

    def values(self, thing: T) -> dict[str, Any]:
        """The thing as a row; a `TypeError` if it is of another kind."""
        check_type(self._kind.__name__, thing, self._kind)
        stored_fields = (field.store(getattr(thing, field.name)) for field in self._fields)
        return {column: value for columns in stored_fields for column, value in columns.items()}

    def restore(self, row: Record, **others: object) -> T:
        """The thing that a row holds, with those of its fields that are stored otherwise."""
        return self._kind(**{field.name: field.restore(row) for field in self._fields}, **others)


def stored(kind: type[T], *, but: Iterable[str] = ()) -> Stored[T]:
    """Work out from the types of its fields how a kind of thing is stored, but for some that are stored otherwise."""
    hints = get_type_hints(kind)
    return Stored(kind, tuple(_field(name, hint) for name, hint in hints.items() if name not in but))


ENTITY_ROWS: Final = stored(ClientEntity, but=("contacts",))
