"""What a ``with`` block has of the documents, and how a listing is cut into pages."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from portal_linkage import Conflict, FirmId, Page, PageRequest
from portal_linkage.adapters.listings import Listing
from portal_linkage.domain.values import Key, Question

from .documents import Book, dumped

if TYPE_CHECKING:
    from .store import JsonStore

T = TypeVar("T")


@attrs.define
class Block:
    """The documents as they were when the block began, and the books that it has read, and written in."""

    store: "JsonStore"
    documents: Mapping[str, str]
    writes: bool
    books: dict[str, Book] = attrs.field(factory=dict)
    changed: set[str] = attrs.field(factory=set)
    is_over: bool = False

    def book(self, firm_id: FirmId) -> Book:
        """What is kept of a firm, to read."""
        self.check()
        if firm_id not in self.books:
            self.books[firm_id] = self.store.book(firm_id, self.documents.get(firm_id, "{}"), anew=self.writes)
        return self.books[firm_id]

    def opened(self, firm_id: FirmId) -> Book:
        """What is kept of a firm, to write."""
        if not self.writes:
            raise Conflict("a snapshot is for reading")
        self.changed.add(firm_id)
        return self.book(firm_id)

    def written(self) -> dict[str, tuple[str, Book]]:
        """The documents that the block has changed."""
        return {firm_id: (dumped(self.books[firm_id]), self.books[firm_id]) for firm_id in self.changed}

    def check(self) -> None:
        """Refuse what comes after the end: of the block, or of the store."""
        self.store.check_open()
        if self.is_over:
            raise Conflict("the block is over")


@attrs.frozen
class Part:
    """What a block offers of one kind of things."""

    block: Block

    def book(self, firm_id: FirmId) -> Book:
        """What is kept of a firm, to read."""
        return self.block.book(firm_id)

    def opened(self, firm_id: FirmId) -> Book:
        """What is kept of a firm, to write."""
        return self.block.opened(firm_id)


def paged(listing: Listing[T], question: Question, rows: Iterable[T], page: PageRequest) -> Page[T]:
    """A page of these rows in the order of the listing, from just after the cursor."""
    after = question.position(page)
    start = None if after is None else _order(listing, after)
    places = [(_order(listing, listing.key(row)), row) for row in rows]
    later = sorted((one for one in places if start is None or one[0] > start), key=lambda one: one[0])
    return question.page([row for _, row in later], page, listing.key)


def _order(listing: Listing[Any], key: Key) -> tuple[Any, ...]:
    """What a listing sorts by: its key, but that the newest may come first."""
    if not listing.newest_first:
        return key
    first, *rest = key
    return (-(first.toordinal() if isinstance(first, date) else int(first)), *rest)
