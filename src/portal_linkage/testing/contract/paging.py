"""Pages and cursors: the same promises for every listing."""

import base64
from itertools import permutations
from typing import Any

import attrs
import pytest

from ...domain.errors import InvalidCursor
from ...domain.values import MAX_LIMIT, Page, PageRequest
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, walk
from ..promises import Promises
from ._listings import IN_ANY_ORDER, LISTINGS, ROWS, SHRINKING, Listing, alterations, fill


def page_of(store: Store, listing: Listing, request: PageRequest) -> Page[Any]:
    """One page, in a snapshot of its own."""
    with store.snapshot() as snapshot:
        return listing.fetch(snapshot, ACME, request)


def whole(store: Store, listing: Listing) -> tuple[Any, ...]:
    """All rows on one page."""
    return page_of(store, listing, PageRequest(500)).items


def after(page: Page[Any]) -> PageRequest:
    """The request for what comes next."""
    assert page.next is not None
    return page.next


class PagingPromises(Promises):
    """Pages and cursors: the same promises for every listing."""

    law = "L15"

    @pytest.mark.parametrize("limit", [1, 2, 3, ROWS - 1, ROWS, ROWS + 1])
    @pytest.mark.parametrize("name", LISTINGS)
    def test_the_pages_are_the_whole(self, store: Store, name: str, limit: int) -> None:
        """The pages of a listing, one after the other, are all its rows in order, each page full but the last."""
        fill(store, LISTINGS[name], *range(ROWS))
        pages = list(walk(lambda request: page_of(store, LISTINGS[name], request), limit))
        assert tuple(row for page in pages for row in page) == whole(store, LISTINGS[name])
        assert [len(page) for page in pages[:-1]] == [limit] * ((ROWS - 1) // limit)

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_page_may_be_as_long_as_pages_can_be(self, store: Store, name: str) -> None:
        """The longest page there is has a next one where a single row more is there, and that has the row."""
        fill(store, LISTINGS[name], *range(MAX_LIMIT + 1), at_once=True)
        longest, *rest = walk(lambda request: page_of(store, LISTINGS[name], request), MAX_LIMIT)
        assert [len(longest), *map(len, rest)] == [MAX_LIMIT, 1]
        assert len({*map(str, (*longest, *rest[0]))}) == MAX_LIMIT + 1

    @pytest.mark.parametrize("name", LISTINGS)
    def test_every_row_is_listed_once(self, store: Store, name: str) -> None:
        """A listing holds each of its rows, and none twice."""
        fill(store, LISTINGS[name], *range(ROWS))
        rows = whole(store, LISTINGS[name])
        assert len(rows) == len(set(map(str, rows))) == ROWS

    @pytest.mark.parametrize("name", IN_ANY_ORDER)
    def test_the_order_of_writing_does_not_matter(self, store: Store, name: str) -> None:
        """Rows that came in another order are listed in the same."""
        listing = LISTINGS[name]
        fill(store, listing, 3, 0, 6, 1, 5, 2, 4)
        backwards = whole(store, listing)
        for number in range(ROWS):
            assert listing.remove is not None
            with store.transaction() as tx:
                listing.remove(tx, number)
            assert whole(store, listing) == backwards[number + 1 :]

    @pytest.mark.parametrize("name", LISTINGS)
    def test_the_last_page_names_no_next(self, store: Store, name: str) -> None:
        """A page that holds the last row, be it full or not, says that there is no more."""
        fill(store, LISTINGS[name], *range(ROWS))
        nexts = [
            page_of(store, LISTINGS[name], PageRequest(limit)).next is None for limit in (ROWS - 1, ROWS, ROWS + 1)
        ]
        assert nexts == [False, True, True]

    @pytest.mark.parametrize("name", LISTINGS)
    def test_nothing_to_list_is_an_empty_page(self, store: Store, name: str) -> None:
        """A listing without rows is one empty page."""
        assert page_of(store, LISTINGS[name], PageRequest()) == Page((), None)

    @pytest.mark.parametrize("name", LISTINGS)
    def test_the_next_page_is_as_long_as_this(self, store: Store, name: str) -> None:
        """The request for what comes next asks for as many rows again."""
        fill(store, LISTINGS[name], *range(ROWS))
        assert after(page_of(store, LISTINGS[name], PageRequest(2))).limit == 2

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_cursor_may_be_gone_on_from_with_another_limit(self, store: Store, name: str) -> None:
        """A cursor is a place, however many rows are asked for from there."""
        fill(store, LISTINGS[name], *range(ROWS))
        request = after(page_of(store, LISTINGS[name], PageRequest(2)))
        assert page_of(store, LISTINGS[name], attrs.evolve(request, limit=3)).items == whole(store, LISTINGS[name])[2:5]

    @pytest.mark.parametrize(("name", "other"), list(permutations(LISTINGS, 2)))
    def test_a_cursor_of_another_listing_is_refused(self, store: Store, name: str, other: str) -> None:
        """A place in one listing is no place in another, even where their rows are ordered alike."""
        fill(store, LISTINGS[other], *range(ROWS))
        request = after(page_of(store, LISTINGS[other], PageRequest(2)))
        with pytest.raises(InvalidCursor):
            page_of(store, LISTINGS[name], request)

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_cursor_of_another_firm_is_refused(self, store: Store, name: str) -> None:
        """A place in one firm's listing is no place in another firm's, though that one be empty."""
        fill(store, LISTINGS[name], *range(ROWS))
        request = after(page_of(store, LISTINGS[name], PageRequest(2)))
        with store.snapshot() as snapshot, pytest.raises(InvalidCursor):
            LISTINGS[name].fetch(snapshot, OTHER_FIRM, request)

    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!!", "ÄÖÜ", "A" * 30_000, "YQBi"])
    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_made_up_cursor_is_refused(self, store: Store, name: str, cursor: str) -> None:
        """What is no cursor at all is refused as such, whether there are rows or not."""
        with pytest.raises(InvalidCursor):
            page_of(store, LISTINGS[name], PageRequest(after=cursor))

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_cursor_holds_no_address(self, store: Store, name: str) -> None:
        """Whoever unpacks a cursor finds no e-mail address in it, be it what a user or an invoice is called."""
        fill(store, LISTINGS[name], *range(ROWS))
        cursor = after(page_of(store, LISTINGS[name], PageRequest(2))).after
        assert cursor is not None
        assert b"example" not in base64.urlsafe_b64decode(cursor)

    @pytest.mark.parametrize("name", LISTINGS)
    def test_an_altered_cursor_is_refused(self, store: Store, name: str) -> None:
        """A cursor in which any one octet is another leads nowhere."""
        fill(store, LISTINGS[name], *range(ROWS))
        cursor = after(page_of(store, LISTINGS[name], PageRequest(2))).after
        assert cursor is not None
        for altered in alterations(cursor):
            with pytest.raises(InvalidCursor):
                page_of(store, LISTINGS[name], PageRequest(after=altered))

    @pytest.mark.parametrize("name", SHRINKING)
    def test_a_row_removed_before_the_cursor_shifts_nothing(self, store: Store, name: str) -> None:
        """When rows that were read are gone, even the one at the cursor, the next page is what it would have been."""
        listing = SHRINKING[name]
        fill(store, listing, *range(ROWS))
        rows = whole(store, listing)
        request = after(page_of(store, listing, PageRequest(3)))
        assert listing.remove is not None
        with store.transaction() as tx:
            listing.remove(tx, 0)
            listing.remove(tx, 2)
        assert page_of(store, listing, request).items == rows[3:6]

    @pytest.mark.parametrize("name", SHRINKING)
    def test_a_row_removed_after_the_cursor_is_not_met(self, store: Store, name: str) -> None:
        """When a row still to come is gone, the next page goes on with the one after it."""
        listing = SHRINKING[name]
        fill(store, listing, *range(ROWS))
        rows = whole(store, listing)
        request = after(page_of(store, listing, PageRequest(3)))
        assert listing.remove is not None
        with store.transaction() as tx:
            listing.remove(tx, 3)
        assert page_of(store, listing, request).items == rows[4:7]

    @pytest.mark.parametrize("name", IN_ANY_ORDER)
    def test_a_row_that_comes_before_the_cursor_shifts_nothing(self, store: Store, name: str) -> None:
        """When a row comes in among those that were read, none is met twice."""
        listing = IN_ANY_ORDER[name]
        fill(store, listing, *range(1, ROWS))
        rows = whole(store, listing)
        request = after(page_of(store, listing, PageRequest(3)))
        with store.transaction() as tx:
            listing.add(tx, 0)
        assert page_of(store, listing, request).items == rows[3:6]

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_row_that_comes_after_the_cursor_is_met(self, store: Store, name: str) -> None:
        """When a row comes in behind the cursor, it is read in its place."""
        listing = LISTINGS[name]
        fill(store, listing, *range(4))
        request = after(page_of(store, listing, PageRequest(3)))
        with store.transaction() as tx:
            listing.add(tx, 4)
        assert page_of(store, listing, request).items == whole(store, listing)[3:5]
        assert len(whole(store, listing)) == 5
