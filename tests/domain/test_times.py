"""Times are aware and in UTC, dates are plain."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import InvalidValue
from portal_linkage.domain.values import as_utc, check_date, micros_of, moment_of

MOMENTS = st.datetimes(timezones=st.just(UTC))
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


class Nowhere(tzinfo):
    """A time zone that does not know its offset: a time in it is naive."""

    def utcoffset(self, _: datetime | None, /) -> None:
        """Unknown."""

    dst = utcoffset

    def tzname(self, _: datetime | None, /) -> str:
        """Not even that is a help."""
        return "nowhere"


@given(MOMENTS)
def test_a_time_is_kept_to_the_microsecond(moment: datetime) -> None:
    """A store keeps whole microseconds since 1970, and gives the same moment back."""
    assert moment_of(micros_of(moment)) == moment
    assert moment_of(micros_of(moment)).tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_microseconds_are_in_the_order_of_the_moments(one: datetime, other: datetime) -> None:
    """Sorting the kept numbers sorts the moments, before 1970 too."""
    assert (micros_of(one) < micros_of(other)) is (one < other)


def test_a_time_of_another_zone_is_the_same_moment_in_utc() -> None:
    """Noon in New York is five in the afternoon in UTC, or four in summer."""
    winter = as_utc("at", datetime(2026, 1, 31, 12, tzinfo=ZoneInfo("America/New_York")))
    assert (winter.isoformat(), winter.tzinfo) == ("2026-01-31T17:00:00+00:00", UTC)
    folded = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))
    assert as_utc("at", folded).hour == 6
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert as_utc("at", noon) is noon


@pytest.mark.parametrize("value", [datetime(2026, 1, 31), datetime(2026, 1, 31, tzinfo=Nowhere())])  # noqa: DTZ001
def test_a_naive_time_is_refused(value: datetime) -> None:
    """Nobody knows which moment it means."""
    with pytest.raises(InvalidValue, match="paid_at: must be an aware time: give it a time zone"):
        as_utc("paid_at", value)


@pytest.mark.parametrize(
    "value",
    [datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST)],
)
def test_a_time_that_lies_outside_the_years_in_utc_is_refused(value: datetime) -> None:
    """The first hours of year 1 in the east, and the last of 9999 in the west, have no time in UTC."""
    with pytest.raises(InvalidValue, match="at: lies outside the years 1 to 9999 in UTC"):
        as_utc("at", value)


@pytest.mark.parametrize(
    "value", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
)
def test_the_first_and_the_last_moment_are_kept(value: datetime) -> None:
    """The whole range of times in UTC is there."""
    assert moment_of(micros_of(as_utc("at", value))) == value


@pytest.mark.parametrize("value", [None, 0, "2026-01-31T12:00:00Z", date(2026, 1, 31)])
def test_what_is_no_time_is_refused(value: object) -> None:
    """A wrong type is a mistake in the program."""
    with pytest.raises(TypeError, match="at must be datetime"):
        as_utc("at", value)


@pytest.mark.parametrize("value", [None, "2026-01-31", 20260131, datetime(2026, 1, 31, tzinfo=UTC)])
def test_a_date_is_a_plain_date(value: object) -> None:
    """A time is not a date: its day depends on a zone."""
    with pytest.raises(TypeError, match="due_on must be date"):
        check_date("due_on", value)
    check_date("due_on", date(2026, 1, 31))
