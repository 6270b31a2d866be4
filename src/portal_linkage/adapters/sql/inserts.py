"""How many rows are inserted at once, and what is computed of them."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from .forms import Values

Upsert: TypeAlias = sqlite.Insert | postgresql.Insert
Computed: TypeAlias = Mapping[str, sa.ColumnElement[Any]]
"""What some columns of a new row are, reckoned from rows that are there."""
_NOTHING: Final[Computed] = MappingProxyType({})


class Inserting(Protocol):
    """Lets a statement that inserts a row insert many; no two of them may have one key.

    What is computed is so for each of them in turn, or once for all.
    """

    def __call__(self, statement: Upsert, computed: Computed = ..., /) -> Upsert: ...


class Filling(Protocol):
    """The rows, as that statement is filled in with them: each has all columns of the table that are not computed.

    What these are computed by is the same for all rows.
    """

    def __call__(self, rows: Sequence[Values], /, **same: str) -> Values | Sequence[Values]: ...


def inserting(into: Upsert, computed: Computed, *where: sa.ColumnElement[bool]) -> Upsert:
    """Insert a row of which some columns are computed from rows that are there, the others given.

    By selecting it: a subquery among the values is more than some distributed databases take.
    """
    given = {column.name: sa.bindparam(column.name, type_=column.type) for column in into.table.c}
    return into.from_select([*given], sa.select(*{**given, **computed}.values()).where(*where))


def row_by_row(statement: Upsert, computed: Computed = _NOTHING, /) -> Upsert:
    """It is as fast for SQLite to execute it for each."""
    return inserting(statement, computed) if computed else statement


def as_rows(rows: Sequence[Values], /, **same: str) -> Sequence[Values]:
    """What `row_by_row` is filled in with."""
    return [{**row, **same} for row in rows] if same else rows


def from_json(statement: Upsert, computed: Computed = _NOTHING, /) -> Upsert:
    """PostgreSQL takes ten times as long for each row by itself, and psycopg three times for arrays of columns."""
    columns = [sa.column(column.name, column.type) for column in statement.table.c]
    told = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON))
    given = told.table_valued(*columns).render_derived("given", with_types=True)
    chosen = {**{column.name: given.c[column.name] for column in columns}, **computed}
    return statement.from_select([*chosen], sa.select(*chosen.values()))


def as_json(rows: Sequence[Values], /, **same: str) -> Values:
    """What `from_json` is filled in with: written here, whatever a host has told its engine of JSON."""
    return {"rows": json.dumps(rows), **same}
