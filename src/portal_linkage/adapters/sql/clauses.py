"""The clauses that statements share: which rows, whose bills, where a page goes on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from ...domain.values import EntityId, FirmId, Key, PageRequest, Question, Shape
from ...domain.viewers import Only, Scope
from .dialects import Dialect
from .forms import Choice, Statement
from .tables import Tables

Condition = sa.ColumnElement[bool]

LIMIT: Final = sa.bindparam("limit", type_=sa.Integer)
SURVIVOR: Final = sa.bindparam("survivor", type_=sa.Text)

_LEAST: Final[dict[type, str | int | date]] = {str: "", int: -(2**63), date: date.min}
_MOST: Final[dict[type, str | int | date]] = {int: 2**63 - 1, date: date.max}


def this(table: sa.FromClause, *columns: str) -> Condition:
    """The firm's rows with what is filled in for these columns, under their names without ``_id``."""
    names = ("firm_id", *columns)
    return sa.and_(*(table.c[name] == sa.bindparam(name.removesuffix("_id")) for name in names))


def beside(
    dialect: Dialect,
    left: sa.FromClause,
    right: sa.Table,
    *columns: str,
    where: Condition | sa.TextClause | None = None,
    outer: bool = False,
) -> tuple[sa.Join, sa.FromClause]:
    """As `joined`, but always looked up for each row on the left; and the rows on the right as they are found."""
    same = [left.c[name] == right.c[name] for name in columns]
    theirs = sa.and_(this(right), *same, *([] if where is None else [where]))
    return dialect.beside(left, right, theirs, outer=outer)


def joined(left: sa.FromClause, right: sa.FromClause, *columns: str, outer: bool = False) -> sa.Join:
    """The rows of both that are of the same firm and alike in these columns."""
    same = (left.c[name] == right.c[name] for name in ("firm_id", *columns))
    return left.join(right, sa.and_(*same), isouter=outer)


def among(dialect: Dialect, rows: Choice, column: sa.ColumnElement[Any], *order: str) -> Choice:
    """The rows, in this order, that have in a column one of the ids that `Moment.rows_among` fills in."""
    found = dialect.among(rows, column)
    return found.order_by(*(found.selected_columns[name] for name in order))


def of_kind(name: str) -> sa.Label[str]:
    """Which part of a union a row is from."""
    column: sa.ColumnElement[str] = sa.literal_column(f"'{name}'")
    return column.label("kind")


def shown(entity: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """What others than the search want to know of an entity."""
    return (entity.c.firm_id, entity.c.entity_id, entity.c.name, entity.c.client_number, entity.c.active)


def transferring(dialect: Dialect, table: sa.Table, *others: Choice) -> tuple[sa.Insert, sa.Delete]:
    """Copy the rows of an entity, and others of their shape, to the one it was merged into; and remove its own."""
    of_gone = this(table, "entity_id")
    copied = [SURVIVOR if column.name == "entity_id" else column for column in table.c]
    rows = sa.union_all(sa.select(*copied).where(of_gone), *others)
    copy = dialect.insert(table).from_select(table.c.keys(), rows)
    return copy.on_conflict_do_nothing(index_elements=table.primary_key.columns.keys()), sa.delete(table).where(of_gone)


def merges(firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> list[dict[str, str]]:
    """What `transferring` is filled with."""
    return [{"firm": firm_id, "entity": gone, "survivor": survivor} for gone, survivor in merged.items()]


class Scoped:
    """A statement about visible entities (as shown to a viewer, and their link order) for each kind of scope."""

    def __init__(self, tables: Tables, dialect: Dialect, build: Callable[[sa.Subquery], Statement]) -> None:
        link, entity = tables.link, tables.entity
        active, first = entity.c.active == sa.true(), sa.literal_column("0", sa.BigInteger)
        linked, found = beside(dialect, link, entity, "entity_id", where=active)
        links = sa.select(*shown(found), link.c.revision, link.c.position).select_from(linked)
        visits = sa.select(*shown(entity), first.label("revision"), first.label("position")).where(active)
        self._linked = build(links.where(this(link, "user_id")).subquery("visible"))
        self._linked_to_one = build(links.where(this(link, "user_id", "entity_id")).subquery("visible"))
        self._only = build(visits.where(this(entity, "entity_id")).subquery("visible"))

    def of(self, scope: Scope, **others: object) -> tuple[Statement, dict[str, object]]:
        """The statement that answers, and what it is filled with."""
        if isinstance(scope, Only):
            return self._only, {"firm": scope.firm_id, "entity": scope.entity_id, **others}
        values = {"firm": scope.firm_id, "user": scope.user_id, "entity": scope.entity_id, **others}
        return self._linked if scope.entity_id is None else self._linked_to_one, values


def paged(rows: Choice, *order: sa.ColumnElement[Any], newest_first: bool = False) -> Choice:
    """A page of rows, after a key: ascending in all parts, but for the first if the newest come first.

    The first part by itself is a range that an index is read in. Without a cursor, the range is everything.
    """
    first, *rest = order
    here = _part(0)
    beyond, from_here = (first < here, first <= here) if newest_first else (first > here, first >= here)
    after = sa.and_(from_here, sa.or_(beyond, _after(rest, 1))) if rest else beyond
    return rows.where(after).order_by(*in_order(*order, newest_first=newest_first)).limit(LIMIT)


def _part(index: int) -> sa.BindParameter[Any]:
    return sa.bindparam(f"after_{index}")


def _after(columns: Sequence[sa.ColumnElement[Any]], index: int) -> Condition:
    first, *rest = columns
    here = _part(index)
    return sa.or_(first > here, sa.and_(first == here, _after(rest, index + 1))) if rest else first > here


def in_order(*columns: sa.ColumnElement[Any], newest_first: bool = False) -> Sequence[sa.ColumnElement[Any]]:
    """The order that a page is in."""
    first, *rest = columns
    return (first.desc() if newest_first else first, *rest)


def page_values(question: Question, request: PageRequest, *, newest_first: bool = False) -> dict[str, Any]:
    """What a page is asked for with: one row more than it holds tells whether there is a next."""
    key = question.position(request) or _start(question.shape, newest_first=newest_first)
    return {"limit": request.limit + 1, **{f"after_{index}": part for index, part in enumerate(key)}}


@lru_cache(maxsize=64)
def _start(shape: Shape, *, newest_first: bool) -> Key:
    """The key before all others."""
    first, *rest = shape
    return ((_MOST if newest_first else _LEAST)[first], *(_LEAST[kind] for kind in rest))
