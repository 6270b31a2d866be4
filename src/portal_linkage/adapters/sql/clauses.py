"""The clauses that statements share: which rows, whose bills, where a page goes on, what a typed text begins."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from ...domain.values import PageRequest, Question, after_prefix, words_of
from ...domain.viewers import Only, Scope
from .tables import Tables

Choice = sa.Select[*tuple[Any, ...]]
Condition = sa.ColumnElement[bool]

LIMIT: Final = sa.bindparam("limit", type_=sa.Integer)
AMONG: Final[sa.BindParameter[Any]] = sa.bindparam("ids", expanding=True)
"""The ids that `Moment.rows_among` fills in."""

_LEAST: Final[dict[type, str | int | date]] = {str: "", int: -(2**63), date: date.min}
_MOST: Final[dict[type, str | int | date]] = {int: 2**63 - 1, date: date.max}
_BEYOND_ALL: Final = chr(0x10FFFF) * 5_000  # after every text that has been let in


def this(table: sa.FromClause, *columns: str) -> Condition:
    """The firm's rows with what is filled in for these columns, under their names without ``_id``."""
    names = ("firm_id", *columns)
    return sa.and_(*(table.c[name] == sa.bindparam(name.removesuffix("_id")) for name in names))


def joined(left: sa.FromClause, right: sa.FromClause, *columns: str, outer: bool = False) -> sa.Join:
    """The rows of both that are of the same firm and alike in these columns."""
    same = (left.c[name] == right.c[name] for name in ("firm_id", *columns))
    return left.join(right, sa.and_(*same), isouter=outer)


def of_kind(name: str) -> sa.Label[str]:
    """Which part of a union a row is from."""
    column: sa.ColumnElement[str] = sa.literal_column(f"'{name}'")
    return column.label("kind")


def shown(entity: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    """What others than the search want to know of an entity."""
    return (entity.c.firm_id, entity.c.entity_id, entity.c.name, entity.c.client_number, entity.c.active)


def inserting(
    into: sa.Insert, computed: Mapping[str, sa.ColumnElement[Any]], *where: sa.ColumnElement[bool] | sa.TextClause
) -> sa.Insert:
    """Insert a row of which some columns are computed from rows that are there, the others given.

    By selecting it: a subquery among the values is more than some distributed databases take.
    """
    given = {column.name: sa.bindparam(column.name, type_=column.type) for column in into.table.c}
    return into.from_select([*given], sa.select(*{**given, **computed}.values()).where(*where))


class Scoped:
    """A statement about visible entities (as shown to a viewer, and their link order) for each kind of scope."""

    def __init__(self, tables: Tables, build: Callable[[sa.Subquery], sa.Executable]) -> None:
        link, entity = tables.link, tables.entity
        active, first = entity.c.active == sa.true(), sa.literal_column("0", sa.BigInteger)
        places = (link.c.revision, link.c.position)
        links = sa.select(*shown(entity), *places).select_from(joined(link, entity, "entity_id")).where(active)
        visits = sa.select(*shown(entity), first.label("revision"), first.label("position")).where(active)
        self._linked = build(links.where(this(link, "user_id")).subquery("visible"))
        self._linked_to_one = build(links.where(this(link, "user_id", "entity_id")).subquery("visible"))
        self._only = build(visits.where(this(entity, "entity_id")).subquery("visible"))

    def of(self, scope: Scope, **others: object) -> tuple[sa.Executable, dict[str, object]]:
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
    key = question.position(request)
    if key is None:
        first, *rest = question.shape
        key = ((_MOST if newest_first else _LEAST)[first], *(_LEAST[kind] for kind in rest))
    return {"limit": request.limit + 1, **{f"after_{index}": part for index, part in enumerate(key)}}


def begins(column: sa.ColumnElement[Any], name: str) -> Condition:
    """The column begins with the text that `beginning` fills in under this name: a range, never a pattern."""
    return sa.and_(column >= sa.bindparam(name), column < sa.bindparam(f"{name}_end"))


def beginning(name: str, text: str) -> dict[str, str]:
    """What `begins` is filled with."""
    return {name: text, f"{name}_end": after_prefix(text) or _BEYOND_ALL}


def word_rows(name: str, **owner: str) -> list[dict[str, str]]:
    """The rows by which a name is found."""
    return [{**owner, "word": word} for word in sorted(set(words_of(name)))]


def typed_words(text: str) -> tuple[str, ...]:
    """The words to look for, the longest first; a word that begins another one is found with it."""
    words = sorted(set(words_of(text)))
    telling = [word for word, following in zip(words, (*words[1:], ""), strict=False) if not following.startswith(word)]
    return tuple(sorted(telling, key=len, reverse=True))


def word_values(words: tuple[str, ...]) -> dict[str, str]:
    """What `owners_of_words` is filled with."""
    return {name: text for index, word in enumerate(words) for name, text in beginning(f"word_{index}", word).items()}


def owners_of_words(table: sa.Table, owner: str, count: int) -> Choice:
    """Whose names hold, for each of so many typed words, a word that begins with it.

    The first, longest one is searched for; the others are looked up for each that it finds.
    """
    found = sa.select(table.c[owner]).where(this(table), begins(table.c.word, "word_0"))
    for index in range(1, count):
        other = table.alias()
        same = sa.and_(other.c.firm_id == table.c.firm_id, other.c[owner] == table.c[owner])
        found = found.where(sa.exists().where(same, begins(other.c.word, f"word_{index}")))
    return found
