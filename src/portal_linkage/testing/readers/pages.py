"""Pages and orders."""

from typing import Any

import pytest

from ...domain.errors import InvalidCursor
from ...domain.values import MAX_LIMIT, Page, PageRequest
from ...ports import Store
from ..builders import REALTY, SMITH
from ._base import VISIT, ReaderPromises, link_jane, listed, page_of, pages
from ._kinds import Listing

ROWS = 7


def after(page: Page[Any]) -> PageRequest:
    """The request for what comes next."""
    assert page.next is not None, "there is more, and the page names no next one"
    return page.next


class ReaderPages(ReaderPromises):
    """Pages and orders."""

    law = "L15"

    def some(self, listing: Listing[Any]) -> list[Any]:
        """Some bills of two clients in the order of the listing, two a day, so that ids decide too."""
        owners = (REALTY, SMITH)
        return [
            listing.row(self.means, bill_id, owners[place % 2], place // 2)
            for place, bill_id in enumerate(self.means.ids[:ROWS])
        ]

    @pytest.mark.parametrize("limit", [1, 2, 3, ROWS - 1, ROWS, ROWS + 1])
    def test_the_pages_are_the_whole(self, limit: int) -> None:
        """The pages, one after the other, are all bills in order, each once; each page is full but the last."""
        for listing in self.kind.listings:
            with self.anew() as store:
                link_jane(store)
                rows = self.some(listing)
                self.seed(rows)
                walked = pages(store, listing, limit=limit)
                assert [row for page in walked for row in page] == rows
                assert [len(page) for page in walked[:-1]] == [limit] * ((ROWS - 1) // limit)

    def test_a_page_may_be_as_long_as_pages_can_be(self) -> None:
        """The longest page there is has a next one where a single bill more is there, and that has the bill."""
        for listing in self.kind.listings:
            with self.anew() as store:
                link_jane(store)
                rows = [listing.row(self.means, str(1000 + day), REALTY, day) for day in range(MAX_LIMIT + 1)]
                self.seed(rows)
                assert pages(store, listing, limit=MAX_LIMIT) == [tuple(rows[:-1]), tuple(rows[-1:])]

    def test_the_order_of_writing_does_not_matter(self) -> None:
        """Bills that were written in another order are listed in the same."""
        for listing in self.kind.listings:
            with self.anew() as store:
                link_jane(store)
                rows = self.some(listing)
                self.seed(rows[::-2] + rows[1::2])
                assert listed(store, listing) == tuple(rows)

    def test_nothing_to_list_is_an_empty_page(self, linked: Store) -> None:
        """Tables with nothing in them are one empty page."""
        for listing in self.kind.listings:
            assert page_of(linked, listing, PageRequest()) == Page((), None)

    def test_a_bill_that_comes_before_the_cursor_shifts_nothing(self) -> None:
        """When a bill comes in among those that were read, none is met twice and none is missed."""
        for listing in self.kind.listings:
            with self.anew() as store:
                link_jane(store)
                first, *rows = self.some(listing)
                self.seed(rows)
                request = after(page_of(store, listing, PageRequest(3)))
                self.seed([first])
                assert page_of(store, listing, request).items == tuple(rows[3:6])

    def test_a_bill_that_comes_after_the_cursor_is_met(self) -> None:
        """When a bill comes in behind the cursor, it is read in its place."""
        for listing in self.kind.listings:
            with self.anew() as store:
                link_jane(store)
                rows = self.some(listing)
                self.seed(rows[:4] + rows[5:])
                request = after(page_of(store, listing, PageRequest(3)))
                self.seed([rows[4]])
                assert page_of(store, listing, request).items == tuple(rows[3:6])

    def test_a_cursor_belongs_to_its_question(self, linked: Store) -> None:
        """A cursor of another scope, or one that nobody was given, is refused."""
        for number, listing in enumerate(self.kind.listings):
            self.seed([listing.row(self.means, f"{place}{number}", REALTY, place) for place in range(1, 4)])
            request = after(page_of(linked, listing, PageRequest(2)))
            with pytest.raises(InvalidCursor):
                page_of(linked, listing, request, VISIT)
            with pytest.raises(InvalidCursor):
                page_of(linked, listing, PageRequest(after="made up"))
