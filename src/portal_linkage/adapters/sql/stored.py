"""From things to rows and back: the one place that knows how a time, an amount or an address is stored."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from types import UnionType
from typing import Any, Final, Generic, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import attrs

from ...domain.entities import ClientEntity
from ...domain.values import EmailAddress, Money, Page, check_type, micros_of, moment_of, setters_of
from .forms import Record, several

T = TypeVar("T")

_Put: TypeAlias = Callable[[Any, Any], None]
_Build: TypeAlias = Callable[[Record, Mapping[str, object]], T]

_read_json: Final = json.JSONDecoder().raw_decode  # half the time of `json.loads`


def _texts_in(text: str) -> tuple[str, ...]:
    return tuple(_read_json(text)[0])


def _columns_of(row: Record) -> tuple[str, ...]:
    return row._fields  # pyright: ignore[reportPrivateUsage] -- public, as those of a named tuple are


@attrs.frozen
class _Field:
    """A field of a thing: the columns that it is in, what these hold of it, and what it is made of again."""

    name: str
    columns: tuple[str, ...]
    store: Callable[[Any], Any] | None = None
    """What the one column holds, or what the two do; ``None``: the field as it is."""
    restore: Callable[..., Any] | None = None
    """What is made of it again; ``None`` likewise."""


def _field(name: str, hint: Any, column: str) -> _Field:  # noqa: ANN401 -- a type hint may be anything
    if get_origin(hint) is UnionType:
        (hint,) = (choice for choice in get_args(hint) if choice is not type(None))
    if hint is Money:
        return _Field(name, (column, f"{column}_currency"), attrgetter("units", "currency"), Money.of_units)
    if hint is EmailAddress:
        return _Field(name, (column, f"{column}_key"), lambda email: (str(email), email.key), EmailAddress.restore)
    if get_origin(hint) is tuple:
        return _Field(name, (column,), json.dumps, _texts_in)
    if hint is datetime:
        return _Field(name, (column,), micros_of, moment_of)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        members: Mapping[Any, Any] = {None: None, **{member.value: member for member in hint}}
        return _Field(name, (column,), lambda value: value and value.value, members.__getitem__)
    return _Field(name, (column,))


class Stored(Generic[T]):
    """How one kind of thing is stored: every field in a column of its name, or in two that begin with it."""

    def __init__(self, kind: type[T], *, names: Mapping[str, str] = {}, but: Mapping[str, object] = {}) -> None:
        """Work it out from the types of the fields.

        Args:
            kind: the class of the things.
            names: the columns of those fields whose names mean something else in the table.
            but: the fields that are stored otherwise, and what they are as long as nobody says.
        """
        self._kind = kind
        self._but = dict(but)
        kept = ((name, hint) for name, hint in get_type_hints(kind).items() if name not in but)
        self._fields = [_field(name, hint, names.get(name, name)) for name, hint in kept]
        as_it_is = [field for field in self._fields if field.store is None]
        self._plain_columns = [field.columns[0] for field in as_it_is]
        self._plain = several(attrgetter, [field.name for field in as_it_is])
        self._turned = [(field.name, field.columns, field.store) for field in self._fields if field.store]
        self.builder: Callable[[tuple[str, ...]], _Build[T]] = lru_cache(maxsize=None)(self._builder)

    def values(self, thing: T) -> dict[str, Any]:
        """The thing as a row; a `TypeError` if it is of another kind."""
        check_type(self._kind.__name__, thing, self._kind)
        values: dict[str, Any] = dict(zip(self._plain_columns, self._plain(thing), strict=True))
        for name, columns, store in self._turned:
            value = store(getattr(thing, name))
            if len(columns) == 1:
                values[columns[0]] = value
            else:
                values[columns[0]], values[columns[1]] = value
        return values

    def restore(self, rows: Sequence[Record], **others: object) -> tuple[T, ...]:
        """The things that a statement's rows hold, all with the same values in the fields that are stored otherwise.

        What the store itself has written is not checked again: that would take most of the time of a page.
        """
        if not rows:
            return ()
        build = self.builder(_columns_of(rows[0]))
        return tuple(build(row, others) for row in rows)

    def first(self, rows: Sequence[Record]) -> T | None:
        """The thing that the first row holds, if there is one."""
        return next(iter(self.restore(rows[:1])), None)

    def page(self, rows: Page[Record]) -> Page[T]:
        """The same page of the things that its rows hold."""
        return Page(self.restore(rows.items), rows.next)

    def _builder(self, columns: tuple[str, ...]) -> _Build[T]:
        """What makes a thing of a row of these columns. By their places: a name takes ten times as long to find."""
        kind: type = self._kind
        setters = setters_of(kind)
        but = tuple(self._but.items())
        as_it_is: list[tuple[_Put, int]] = []
        of_one: list[tuple[_Put, Callable[..., Any], int]] = []
        of_two: list[tuple[_Put, Callable[..., Any], int, int]] = []
        for field in self._fields:
            put, places = setters[field.name], [*map(columns.index, field.columns)]
            if field.restore is None:
                as_it_is.append((put, places[0]))
            elif len(places) == 1:
                of_one.append((put, field.restore, places[0]))
            else:
                of_two.append((put, field.restore, places[0], places[1]))

        def build(row: Record, others: Mapping[str, object]) -> T:
            thing = self._kind.__new__(self._kind)
            for put, place in as_it_is:
                put(thing, row[place])
            for put, restore, place in of_one:
                put(thing, restore(row[place]))
            for put, restore, place, second in of_two:
                put(thing, restore(row[place], row[second]))
            for name, default in but:
                setters[name](thing, others.get(name, default))
            return thing

        return build


class Joined(Generic[T]):
    """Things with parts, of rows of one part each (or none): the rows of a thing stand together."""

    def __init__(self, whole: Stored[T], part: Stored[Any], *, as_field: str, of: tuple[str, ...], mark: str) -> None:
        """Tell how they are told apart.

        Args:
            whole: how the things are stored.
            part: how the parts are.
            as_field: the field that has the parts.
            of: the columns by which one thing is told from the next.
            mark: a column that is null only where there is no part.
        """
        self._whole, self._part, self._as_field, self._of, self._mark = whole, part, as_field, of, mark

    def restore(self, rows: Iterable[Record]) -> Iterator[T]:
        """The things, as their rows come."""
        rest = iter(rows)
        first = next(rest, None)
        if first is None:
            return
        columns = _columns_of(first)
        whole, part = self._whole.builder(columns), self._part.builder(columns)
        one, mark = itemgetter(*map(columns.index, self._of)), columns.index(self._mark)
        for _, group in groupby(chain((first,), rest), one):
            found = tuple(group)
            parts = tuple(part(row, {}) for row in found if row[mark] is not None)
            yield whole(found[0], {self._as_field: parts})


ENTITY_ROWS: Final = Stored(ClientEntity, but={"contacts": ()})
