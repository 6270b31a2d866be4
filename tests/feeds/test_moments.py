"""Days and times, as a service of the web writes them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.feeds._moments import feed_moment, iso_moment

LAST = 253_402_300_799_999  # the last millisecond of the year 9999


@pytest.mark.parametrize(
    ("text", "moment", "day"),
    [
        ("/Date(1546128000000+0000)/", datetime(2018, 12, 30, tzinfo=UTC), date(2018, 12, 30)),
        ("/Date(1546128000000)/", datetime(2018, 12, 30, tzinfo=UTC), date(2018, 12, 30)),
        ("/Date(1546081200000+1300)/", datetime(2018, 12, 29, 11, tzinfo=UTC), date(2018, 12, 30)),
        ("/Date(1546146000000-0500)/", datetime(2018, 12, 30, 5, tzinfo=UTC), date(2018, 12, 30)),
        ("/Date(1546142399999-0030)/", datetime(2018, 12, 30, 3, 59, 59, 999_000, tzinfo=UTC), date(2018, 12, 30)),
        ("/Date(-1)/", datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), date(1969, 12, 31)),
        (f"/Date({LAST})/", datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), date(9999, 12, 31)),
        ("2018-12-30", datetime(2018, 12, 30, tzinfo=UTC), date(2018, 12, 30)),
        ("2018-12-30T00:00:00", datetime(2018, 12, 30, tzinfo=UTC), date(2018, 12, 30)),
        ("2018-12-30 23:30:00-08:00", datetime(2018, 12, 31, 7, 30, tzinfo=UTC), date(2018, 12, 30)),
    ],
)
def test_a_moment_is_exact_and_its_day_is_the_one_that_the_offset_shows(text: str, moment: datetime, day: date) -> None:
    """One text has one moment and one day: the calendar's beside which it was written."""
    assert feed_moment(text) == moment
    assert feed_moment(text).date() == day


@pytest.mark.parametrize(
    "text",
    [
        "", "/Date()/", "/Date(1.5)/", "/Date(1+00:00)/", "/Date(1+2400)/", "/Date(1+0060)/", "/Date(1+1)/",
        "/Date(1)/x", "Date(1)", "/Date(\u0661)/", f"/Date({LAST + 1})/", f"/Date({LAST}+0001)/",
        "/Date(-62135596800001)/", "/Date(-62135596800000-0001)/", f"/Date({'9' * 5_000})/", "2018-12-30T24:00:00",
        "30.12.2018", "1546128000000",
    ],
)  # fmt: skip
def test_nothing_else_is_a_moment(text: str) -> None:
    """What is neither form, or lies outside the calendar, is refused."""
    with pytest.raises(ValueError):  # noqa: PT011 -- the caller names the field
        feed_moment(text)


def test_a_table_has_iso_8601_alone() -> None:
    """In a file that people export the other form is a mistake."""
    with pytest.raises(ValueError):  # noqa: PT011 -- as above
        iso_moment("/Date(0)/")


@given(ms=st.integers(-62_000_000_000_000, LAST - 86_400_000), minutes=st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_both_forms_say_the_same(ms: int, minutes: int) -> None:
    """A moment at an offset, written in either form, is that moment and that day."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    at = moment.astimezone(timezone(timedelta(minutes=minutes)))
    hours, rest = divmod(abs(minutes), 60)
    for text in (f"/Date({ms}{'-' if minutes < 0 else '+'}{hours:02}{rest:02})/", at.isoformat()):
        assert feed_moment(text) == at
        assert feed_moment(text).date() == at.date()
