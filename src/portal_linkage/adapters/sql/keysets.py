"""Where a page goes on, as conditions that an index answers."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Integer, UnaryExpression, and_, bindparam, or_

from ...domain.values import PageRequest, Question

LIMIT: Final = bindparam("limit", type_=Integer)

_LEAST: Final[dict[type, str | int | date]] = {str: "", int: -(2**63), date: date.min}
_MOST: Final[dict[type, str | int | date]] = {int: 2**63 - 1, date: date.max}


def _part(index: int) -> BindParameter[Any]:
    return bindparam(f"after_{index}")


def after(*columns: ColumnElement[Any], newest_first: bool = False) -> ColumnElement[bool]:
    """The rows after a key: ascending in all parts, but for the first if the newest come first.

    The first part by itself is a range that an index is read in. Without a cursor, the range is everything.
    """
    first, *rest = columns
    here = _part(0)
    beyond, from_here = (first < here, first <= here) if newest_first else (first > here, first >= here)
    return and_(from_here, or_(beyond, _after(rest, 1))) if rest else beyond


def _after(columns: Sequence[ColumnElement[Any]], index: int) -> ColumnElement[bool]:
    first, *rest = columns
    here = _part(index)
    return or_(first > here, and_(first == here, _after(rest, index + 1))) if rest else first > here


def in_order(
    *columns: ColumnElement[Any], newest_first: bool = False
) -> Sequence[ColumnElement[Any] | UnaryExpression[Any]]:
    """The order that goes with `after`."""
    first, *rest = columns
    return (first.desc() if newest_first else first, *rest)


def page_values(question: Question, request: PageRequest, *, newest_first: bool = False) -> dict[str, Any]:
    """What `after` and `LIMIT` are filled with: one row more than the page holds tells whether there is a next."""
    key = question.position(request)
    if key is None:
        first, *rest = question.shape
        key = ((_MOST if newest_first else _LEAST)[first], *(_LEAST[kind] for kind in rest))
    return {"limit": request.limit + 1, **{f"after_{index}": part for index, part in enumerate(key)}}
