"""Statements as a driver takes them, written out once: to fill one in takes SQLAlchemy as long as SQLite to answer."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, Final, Protocol, TypeAlias, TypeGuard
from weakref import WeakKeyDictionary

import attrs
import sqlalchemy as sa

Values: TypeAlias = dict[str, Any]
Sentence: TypeAlias = sa.Insert | sa.Update | sa.Delete
"""What changes rows."""
Choice: TypeAlias = sa.Select[*tuple[Any, ...]]
Statement: TypeAlias = Choice | sa.CompoundSelect[*tuple[Any, ...]] | Sentence

_Turn: TypeAlias = Callable[[Any], Any]

_KNOWN: Final = 2000
"""How many forms are remembered of an engine: those of some stores."""


class Record(Protocol):
    """A row of an answer."""

    @property
    def _fields(self) -> tuple[str, ...]: ...

    def __getitem__(self, place: int, /) -> Any: ...  # noqa: ANN401 -- as it is stored

    def __getattr__(self, name: str, /) -> Any: ...  # noqa: ANN401

    def __iter__(self) -> Iterator[Any]: ...


@attrs.frozen
class Form:
    """The text of a statement as a driver takes it, how it is filled in, and how its answer is read."""

    text: str
    _chosen: Callable[[Any], tuple[Any, ...]] | None
    """Puts what is filled in by place in order; ``None`` where the driver goes by names."""
    _constants: Values
    _lists: Mapping[str, Sequence[str]]
    """The names of the members of what is a list."""
    _turned: Mapping[str, _Turn]
    """What the driver wants in another way, such as dates."""
    _record: Callable[[Iterable[Any]], Record]
    _turned_back: Sequence[tuple[int, _Turn]]
    """The places of what the driver gives in another way."""
    _is_plain: bool = attrs.field(init=False)
    """Whether the values are what the driver takes."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_is_plain", not (self._constants or self._lists or self._turned))

    def filled(self, values: Values | Sequence[Values]) -> Any:  # noqa: ANN401 -- as the driver takes it
        """What the driver fills in: once, or as a list for each of several values; a `KeyError` if one is missing."""
        return self._filled(values) if isinstance(values, dict) else [*map(self._filled, values)]

    def _filled(self, values: Values) -> Any:  # noqa: ANN401
        given = values if self._is_plain else self._whole(values)
        return given if self._chosen is None else self._chosen(given)

    def _whole(self, values: Values) -> Values:
        given = {**self._constants, **values}
        for name, members in self._lists.items():
            rest = repeat(None, len(members) - len(given[name]))  # null, which nothing equals
            given.update(zip(members, chain(given[name], rest), strict=True))
        for name, turn in self._turned.items():
            given[name] = turn(given[name])
        return given

    def read(self, answered: Sequence[Sequence[Any]]) -> list[Record]:
        """The rows that the driver has given."""
        return [*map(self._record, map(self._turn_back, answered) if self._turned_back else answered)]

    def _turn_back(self, row: Sequence[Any]) -> Sequence[Any]:
        turned = [*row]
        for place, turn in self._turned_back:
            turned[place] = turn(turned[place])
        return turned


_FORMS: Final[WeakKeyDictionary[sa.Dialect, dict[object, Form]]] = WeakKeyDictionary()
"""The forms of each engine: the statements are shared by all stores on it."""


def form_of(statement: Statement, dialect: sa.Dialect, values: Values, *, answers: bool) -> Form:
    """The form of a statement that is filled in with values of these names, and with lists of such a length."""
    rooms = [_room(len(value)) for value in values.values() if _is_list(value)]
    known, key = _FORMS.setdefault(dialect, {}), (statement, *values, *rooms, answers)
    try:
        return known[key]
    except KeyError:
        form = _written(statement, dialect, values, answers=answers)
    if len(known) >= _KNOWN:
        known.clear()
    known[key] = form
    return form


def _is_list(value: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def _room(count: int) -> int:
    """How many members a list is written out for: the next power of two, so that there are few forms."""
    return 1 << max(count - 1, 0).bit_length()


def _written(statement: Statement, dialect: sa.Dialect, values: Values, *, answers: bool) -> Form:
    written = statement.compile(dialect=dialect, column_keys=[*values])
    spacious = {name: (None,) * _room(len(value)) if _is_list(value) else value for name, value in values.items()}
    full = written.construct_expanded_state(spacious)
    turning = {
        name: bound.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bound in written.binds.items()
        if not isinstance(bound.type, sa.Boolean)  # which every driver takes as it is
    }
    columns: list[sa.ColumnElement[Any]] = [*statement.exported_columns] if answers else []
    turning_back = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return Form(
        full.statement,
        None if full.positiontup is None else several(itemgetter, full.positiontup),
        {name: value for name, value in written.params.items() if not written.binds[name].required},
        full.parameter_expansion,
        {name: turn for name, turn in turning.items() if turn},
        _record_of([str(column.key) for column in columns]),
        [(place, turn) for place, turn in enumerate(turning_back) if turn],
    )


def several(getter: Callable[..., _Turn], names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What `itemgetter` or `attrgetter` gets by these names: a tuple, also of one or none."""
    if len(names) > 1:
        return getter(*names)
    ones = [*map(getter, names)]
    return lambda thing: tuple(one(thing) for one in ones)


def _record_of(names: list[str]) -> Callable[[Iterable[Any]], Record]:
    of: Any = namedtuple  # noqa: PYI024 -- its names are known only now
    make: Callable[[Iterable[Any]], Record] = of("Record", names, rename=True)._make
    return make
