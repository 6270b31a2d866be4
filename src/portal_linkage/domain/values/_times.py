"""Times are aware and in UTC, dates are plain; a store keeps a time as whole microseconds."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from ..errors import InvalidValue
from ._text import check_type

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def as_utc(field: str, value: object) -> datetime:
    """The same moment in UTC. A naive time is refused: nobody knows which moment it means."""
    moment = check_type(field, value, datetime)
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise InvalidValue(field, "must be an aware time: give it a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(field, "lies outside the years 1 to 9999 in UTC") from None


def check_date(field: str, value: object) -> None:
    """Refuse anything but a plain date; a `datetime.datetime` is refused too, since its day depends on a zone."""
    if not isinstance(value, date) or isinstance(value, datetime):
        msg = f"{field} must be date, not {type(value).__name__}"
        raise TypeError(msg)


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970 in UTC: exact, and the same on every store."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(micros: int) -> datetime:
    """The aware time in UTC that `micros_of` was given."""
    return _EPOCH + timedelta(microseconds=micros)
