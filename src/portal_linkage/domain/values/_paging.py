"""Pages, and the cursors that lead from one to the next."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, Generic, Self, TypeVar

import attrs

from ..errors import InvalidCursor, InvalidValue
from ._text import check_type

T = TypeVar("T")
S = TypeVar("S")

MAX_LIMIT: Final = 500
"""The most rows on one page."""

_MAX_CURSOR: Final = 20_000
_MAX_INT: Final = 18

Key = tuple[str | int | date, ...]
"""Where a row stands in a listing: what the listing is ordered by, the id last."""

Shape = tuple[type[str] | type[int] | type[date], ...]
"""The types of a key's parts."""


def check_limit(limit: object, *, most: int = MAX_LIMIT) -> None:
    """Refuse a limit that is no whole number from 1 to ``most``."""
    check_type("limit", limit, int)
    assert isinstance(limit, int)  # noqa: S101 -- tells the type checker what the line above has checked
    if not 1 <= limit <= most:
        raise InvalidValue("limit", f"must be from 1 to {most}")


def _check_request_limit(_request: object, _attribute: object, value: int) -> None:
    check_limit(value)


def _check_after(_request: object, _attribute: object, value: str | None) -> None:
    if value is not None:
        check_type("after", value, str)


@attrs.frozen
class PageRequest:
    """Which page of a listing: at most ``limit`` rows (1 to 500), from just after the cursor ``after``.

    A cursor is opaque, bound to the question it came from (`InvalidCursor` otherwise), and holds no address.
    """

    limit: int = attrs.field(default=50, validator=_check_request_limit)
    after: str | None = attrs.field(default=None, validator=_check_after)


@attrs.frozen
class Page(Generic[T]):
    """Some rows of a listing, in its order, and where it goes on: ``next`` is ``None`` at the end."""

    items: tuple[T, ...] = ()
    next: PageRequest | None = None

    def map(self, turn: Callable[[T], S]) -> "Page[S]":
        """The same page of something else."""
        return Page(tuple(map(turn, self.items)), self.next)


def iterate(fetch: Callable[[PageRequest], Page[T]], *, limit: int = MAX_LIMIT) -> Iterator[T]:
    """Walk all pages of a listing: ``iterate(lambda page: portal.invoices(viewer, page=page))``.

    Each page is a reading of its own: a row that is added or removed meanwhile may or may not be met, but no other
    row is missed or met twice. It ends with the first page that is empty or names no next one.
    """
    request: PageRequest | None = PageRequest(limit)
    while request is not None:
        page = fetch(request)
        yield from page.items
        request = page.next if page.items else None


@attrs.frozen
class Question:
    """A listing as its cursors know it: what is asked, and the types of the key that it is ordered by.

    ``parts`` tell this question from every other (firm, viewer, filters); only their digest goes into a cursor.
    """

    parts: tuple[str, ...]
    shape: Shape

    @classmethod
    def of(cls, *parts: str | None, shape: Shape) -> Self:
        """Ask; a part that is absent is told from one that is empty."""
        return cls(tuple("-" if part is None else f"={part}" for part in parts), shape)

    def _tag(self) -> str:
        digest = hashlib.blake2b(digest_size=9)
        for part in self.parts:
            octets = part.encode()
            digest.update(len(octets).to_bytes(4, "big") + octets)
        return base64.urlsafe_b64encode(digest.digest()).decode()

    def cursor(self, key: Key) -> str:
        """The cursor that stands just after the row with this key."""
        return base64.urlsafe_b64encode("\0".join((self._tag(), *map(str, key))).encode()).decode()

    def position(self, request: PageRequest) -> Key | None:
        """The key that the request goes on after; ``None`` for the first page.

        Raises:
            InvalidCursor: the cursor was altered, or belongs to another question.
        """
        if request.after is None:
            return None
        tag, *key = _unpacked(request.after)
        if tag != self._tag() or len(key) != len(self.shape):
            raise InvalidCursor("after", "does not belong to this question")
        return tuple(map(_part, key, self.shape))

    def page(self, rows: Sequence[T], request: PageRequest, key: Callable[[T], Key]) -> Page[T]:
        """The page made of the first ``limit`` rows; a row more than that says that there is a next page."""
        items = tuple(rows[: request.limit])
        more = len(rows) > request.limit
        return Page(items, PageRequest(request.limit, self.cursor(key(items[-1]))) if more else None)


def _malformed() -> InvalidCursor:
    return InvalidCursor("after", "is no cursor of this library")


def _unpacked(cursor: str) -> Iterable[str]:
    if len(cursor) > _MAX_CURSOR or not cursor.isascii():
        raise _malformed()
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split("\0")
    except ValueError:
        raise _malformed() from None


def _part(text: str, kind: type) -> str | int | date:
    try:
        if kind is date:
            return date.fromisoformat(text)
        if kind is int and len(text) <= _MAX_INT:
            return int(text)
    except ValueError:
        raise _malformed() from None
    if kind is int:
        raise _malformed()
    return text
