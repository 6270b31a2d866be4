"""Pages, and the cursors that lead from one to the next."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, Generic, TypeVar

import attrs

from ..errors import InvalidCursor, InvalidValue
from ._text import check_type

T = TypeVar("T")
S = TypeVar("S")

MAX_LIMIT: Final = 500
"""The most rows on one page."""

_MAX_CURSOR: Final = 20_000
_MAX_INT: Final = 2**63  # what a database can compare with
_TAG_OCTETS: Final = 12

Key = tuple[str | int | date, ...]
"""Where a row stands in a listing: what the listing is ordered by, the id last."""

Shape = tuple[type[str] | type[int] | type[date], ...]
"""The types of a key's parts."""


def check_limit(limit: object) -> None:
    """Refuse a limit that is no whole number from 1 to 500."""
    if not 1 <= check_type("limit", limit, int) <= MAX_LIMIT:
        raise InvalidValue("limit", f"must be from 1 to {MAX_LIMIT}")


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

    ``parts`` tell this question from every other (firm, viewer, filters). A cursor holds a digest of them and of the
    key, and the key, veiled: a name that it is ordered by may be somebody's address.
    """

    parts: tuple[str | None, ...]
    shape: Shape

    def cursor(self, key: Key) -> str:
        """The cursor that stands just after the row with this key."""
        octets = "\0".join(map(str, key)).encode()
        tag = self._tag(octets)
        return base64.urlsafe_b64encode(tag + _veiled(octets, tag)).decode()

    def position(self, request: PageRequest) -> Key | None:
        """The key that the request goes on after; ``None`` for the first page.

        Raises:
            InvalidCursor: the cursor was altered, or belongs to another question.
        """
        if request.after is None:
            return None
        try:
            return self._key(request.after)
        except ValueError:
            raise InvalidCursor("after", "is no cursor of this question") from None

    def page(self, rows: Sequence[T], request: PageRequest, key: Callable[[T], Key]) -> Page[T]:
        """The page made of the first ``limit`` rows; a row more than that says that there is a next page."""
        items = tuple(rows[: request.limit])
        more = len(rows) > request.limit
        return Page(items, PageRequest(request.limit, self.cursor(key(items[-1]))) if more else None)

    def _tag(self, octets: bytes) -> bytes:
        digest = hashlib.blake2b(digest_size=_TAG_OCTETS)
        # A part that is absent is told from one that is empty.
        parts = ("-" if part is None else f"={part}" for part in self.parts)
        for part in (octets, *map(str.encode, parts)):
            digest.update(len(part).to_bytes(4, "big") + part)
        return digest.digest()

    def _key(self, cursor: str) -> Key:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        sealed = base64.urlsafe_b64decode(cursor)
        if base64.urlsafe_b64encode(sealed).decode() != cursor:  # another spelling of the same octets
            raise ValueError
        tag = sealed[:_TAG_OCTETS]
        octets = _veiled(sealed[_TAG_OCTETS:], tag)
        if tag != self._tag(octets):
            raise ValueError
        return tuple(_part(text, kind) for text, kind in zip(octets.decode().split("\0"), self.shape, strict=True))


def _veiled(octets: bytes, tag: bytes) -> bytes:
    """The octets under a veil that the tag gives, or without it again: to be unread by chance, not to be secret."""
    veil = hashlib.shake_128(tag).digest(len(octets))
    return bytes(octet ^ other for octet, other in zip(octets, veil, strict=True))


def _part(text: str, kind: type[str] | type[int] | type[date]) -> str | int | date:
    if kind is date:
        return date.fromisoformat(text)
    if kind is int and not -_MAX_INT <= int(text) < _MAX_INT:
        raise ValueError
    return int(text) if kind is int else text
