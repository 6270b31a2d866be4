"""Pages and their cursors."""

import base64
import copy
import itertools
import pickle
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal_linkage import InvalidCursor, InvalidValue, Page, PageRequest, iterate
from portal_linkage.domain.values import Key, Question, Shape

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
INTS = st.integers(-(10**17) + 1, 10**18 - 1)
ROW: Shape = (str, int, date)
ASKED = Question(("invoices", "acme", None), ROW)
CURSOR = ASKED.cursor(("INV-1", 7, date(2026, 3, 2)))


def handmade(*key: str) -> str:
    """A cursor that somebody made by hand who has read how ours are made."""
    return ASKED.cursor(key)


# -- Requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 50, 500])
def test_a_page_has_one_to_five_hundred_rows(limit: int) -> None:
    """A request says how many rows at most."""
    assert PageRequest(limit) == PageRequest(limit=limit, after=None)
    assert PageRequest().limit == 50


@pytest.mark.parametrize("limit", [0, -1, 501, 10**100])
def test_any_other_number_of_rows_is_refused(limit: int) -> None:
    """Neither none nor everything is a page."""
    with pytest.raises(InvalidValue, match="limit: must be from 1 to 500"):
        PageRequest(limit)


@pytest.mark.parametrize("limit", [None, "10", 10.0, True])
def test_a_limit_is_a_whole_number(limit: object) -> None:
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match="limit must be int"):
        PageRequest(limit)  # type: ignore[arg-type]


@pytest.mark.parametrize("after", [1, b"x", PageRequest()])
def test_a_cursor_is_a_text(after: object) -> None:
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match="after must be str"):
        PageRequest(10, after)  # type: ignore[arg-type]


def test_requests_and_pages_travel_whole() -> None:
    """A copy, or one that was pickled, is the same."""
    page = Page(("a", "b"), PageRequest(2, "cursor"))
    assert pickle.loads(pickle.dumps(page)) == copy.deepcopy(page) == page  # noqa: S301 -- our own
    assert Page() == Page((), None)


def test_a_page_of_something_is_turned_into_a_page_of_something_else() -> None:
    """The rows are turned, the place to go on stays."""
    assert Page((1, 2), PageRequest(2, "x")).map(str) == Page(("1", "2"), PageRequest(2, "x"))


# -- Cursors -----------------------------------------------------------------------------------------------------------


@given(TEXTS, INTS, st.dates())
@example("x", -(2**63), date.min)
@example("x", 2**63 - 1, date.max)
@example("x" * 14_975, 7, date.min)
def test_a_cursor_leads_back_to_its_key(text: str, number: int, day: date) -> None:
    """Whatever a row is ordered by comes back from the cursor as it was."""
    key = (text, number, day)
    cursor = ASKED.cursor(key)
    assert ASKED.position(PageRequest(10, cursor)) == key
    assert cursor.isascii()


def test_the_first_page_has_no_position() -> None:
    """No cursor, no key."""
    assert ASKED.position(PageRequest()) is None


@given(
    st.lists(st.none() | TEXTS, max_size=4),
    st.lists(st.none() | TEXTS, max_size=4),
)
def test_a_cursor_is_bound_to_its_question(one: list[str | None], other: list[str | None]) -> None:
    """A cursor of another question is refused, however much the two look alike."""
    cursor = Question((*one,), (str,)).cursor(("row",))
    asked = Question((*other,), (str,))
    if one == other:
        assert asked.position(PageRequest(10, cursor)) == ("row",)
    else:
        with pytest.raises(InvalidCursor, match="after: is no cursor of this question"):
            asked.position(PageRequest(10, cursor))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None,), ("",)),
        ((None,), ("-",)),
        ((None,), ("None",)),
        (("",), ()),
        (("a", "b"), ("ab",)),
        (("a", "b"), ("b", "a")),
        (("a",), ("=a",)),
        (("a", "b"), ("a=b",)),
        (("a", None), ("a-",)),
    ],
)
def test_questions_that_look_alike_are_told_apart(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> None:
    """Absent, empty and concatenated parts make different questions."""
    asked = Question(one, (str,))
    with pytest.raises(InvalidCursor):
        asked.position(PageRequest(10, Question(other, (str,)).cursor(("row",))))


def test_a_cursor_holds_no_address() -> None:
    """Neither what was asked about nor what the row is ordered by stands in it for all to read."""
    cursor = Question(("users", "acme", "jane.smith@example.com"), (str,)).cursor(("jane.smith@example.com",))
    assert b"jane" not in base64.urlsafe_b64decode(cursor)
    assert b"example" not in base64.urlsafe_b64decode(cursor)


@pytest.mark.parametrize("more", ["=", "==", "A===", "\n"])
def test_a_cursor_has_one_spelling(more: str) -> None:
    """Nothing is read past the end of a cursor, nor into the bits that its last character does not use."""
    cursors = [CURSOR + more, *(CURSOR[:-1] + other for other in "ABCD" if other != CURSOR[-1])]
    for cursor in cursors:
        with pytest.raises(InvalidCursor):
            ASKED.position(PageRequest(10, cursor))


@pytest.mark.parametrize("place", range(len(CURSOR) - 1))
def test_a_cursor_that_was_altered_is_refused(place: int) -> None:
    """No character of it can be another one."""
    other = "A" if CURSOR[place] != "A" else "B"
    with pytest.raises(InvalidCursor):
        ASKED.position(PageRequest(10, CURSOR[:place] + other + CURSOR[place + 1 :]))


@pytest.mark.parametrize(
    "after",
    [
        "",
        "=",
        "not base64!",
        "\u212a",
        "\ud800",
        "\0",
        "a" * 20_001,
        "A" * 10_000_000,
        CURSOR[:-1],
        CURSOR + "A",
        "/w==",
        base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
        base64.urlsafe_b64encode(b"\xff" * 40).decode(),
        handmade(),
        handmade("INV-1"),
        handmade("INV-1", "7", "2026-03-02", "more"),
        handmade("INV-1", "seven", "2026-03-02"),
        handmade("INV-1", "7.0", "2026-03-02"),
        handmade("INV-1", str(2**63), "2026-03-02"),
        handmade("INV-1", str(-(2**63) - 1), "2026-03-02"),
        handmade("INV-1", "9" * 9000, "2026-03-02"),
        handmade("x" * 14_976, "7", "2026-03-02"),
        handmade("INV-1", "", "2026-03-02"),
        handmade("INV-1", "7", "2026-02-30"),
        handmade("INV-1", "7", ""),
        handmade("INV-1", "7", "someday"),
        handmade("INV-1", "7", "9" * 9000),
    ],
)
def test_a_hostile_cursor_is_refused(after: str) -> None:
    """Whatever comes as a cursor leads to a key of this question, or is an InvalidCursor."""
    with pytest.raises(InvalidCursor) as refused:
        ASKED.position(PageRequest(10, after))
    assert refused.value.field == "after"
    assert not after or after not in str(refused.value)


@given(st.text(max_size=40) | st.binary(max_size=60).map(lambda octets: base64.urlsafe_b64encode(octets).decode()))
def test_reading_a_cursor_raises_nothing_but_its_own_error(after: str) -> None:
    """Noise is an InvalidCursor and never anything else."""
    with pytest.raises(InvalidCursor):
        ASKED.position(PageRequest(10, after))


@given(st.lists(TEXTS, max_size=4))
def test_a_forged_key_is_no_crash(parts: list[str]) -> None:
    """Who forges the key of a cursor stands somewhere in their own listing, or is refused."""
    try:
        key = ASKED.position(PageRequest(10, handmade(*parts)))
    except InvalidCursor:
        return
    assert key is not None
    assert list(map(type, key)) == [str, int, date]


# -- Walking -----------------------------------------------------------------------------------------------------------


def listing(rows: Sequence[str]) -> "tuple[list[PageRequest], object]":
    """A listing of rows, and the requests that it met."""
    asked = Question(("rows",), (str,))
    met: list[PageRequest] = []

    def key_of(row: str) -> Key:
        return (row,)

    def fetch(request: PageRequest) -> Page[str]:
        met.append(request)
        position = asked.position(request)
        rest = [row for row in rows if position is None or row > str(position[0])]
        return asked.page(rest[: request.limit + 1], request, key_of)

    return met, fetch


@given(st.sets(TEXTS, max_size=20).map(sorted), st.integers(1, 7))
def test_walking_gives_every_row_once_in_order(rows: list[str], limit: int) -> None:
    """However small the pages, the walk is the listing, and only the last page has no next."""
    met, fetch = listing(rows)
    assert callable(fetch)
    assert list(iterate(fetch, limit=limit)) == rows
    assert len(met) == max(1, -(-len(rows) // limit))
    assert {request.limit for request in met} == {limit}


def test_a_walk_takes_the_largest_pages_and_is_lazy() -> None:
    """Nobody pays for pages that nobody looks at."""
    met, fetch = listing([f"{number:04d}" for number in range(1200)])
    assert callable(fetch)
    assert list(itertools.islice(iterate(fetch), 3)) == ["0000", "0001", "0002"]
    assert met == [PageRequest(500)]


def test_a_walk_ends_where_a_listing_always_names_a_next_page() -> None:
    """`changes` always gives ``next``, at the end too: the walk ends with the first empty page."""
    pages = iter([Page(("a",), PageRequest(1, "x")), Page((), PageRequest(1, "y"))])
    assert list(iterate(lambda _: next(pages))) == ["a"]
