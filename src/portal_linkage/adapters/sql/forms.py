"""Statements for many rows, written out once: SQLAlchemy takes most of the time of a large insertion to fill them."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import attrs
import sqlalchemy as sa

Values: TypeAlias = Mapping[str, Any]
Sentence: TypeAlias = sa.Insert | sa.Update | sa.Delete
"""What changes rows."""


@attrs.frozen
class Form:
    """The text of a statement as a driver takes it, and how it is filled in for each row."""

    text: str
    _places: tuple[str, ...] | None
    """The names of what is filled in by place; ``None`` where the driver goes by names."""
    _constants: Values
    _turned: Mapping[str, Callable[[Any], Any]]
    """What the driver wants in another way, such as dates."""

    def filled(self, row: Values) -> Any:  # noqa: ANN401 -- as the driver takes it
        """The row, for the driver."""
        values = {**self._constants, **row}
        for name, turn in self._turned.items():
            values[name] = turn(values[name])
        return values if self._places is None else tuple(map(values.__getitem__, self._places))


@lru_cache(maxsize=200)
def form_of(statement: Sentence, dialect: sa.Dialect, names: tuple[str, ...]) -> Form:
    """Write a statement out, which is filled in under these names, and answers nothing."""
    written = statement.compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    turning = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in written.binds.items()}
    turned = {name: turn for name, turn in turning.items() if turn and name in names}
    places = None if written.positiontup is None else tuple(written.positiontup)
    constants = {name: value for name, value in written.params.items() if name not in names}
    return Form(str(written), places, constants, turned)
