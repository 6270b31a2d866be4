"""Days and times as feeds write them: ISO 8601, and ``/Date(ms+zzzz)/`` as some services do."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

# Narrower than `datetime.fromisoformat`, whose forms differ by version: Python 3.14 takes 24:00 for the next day.
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MILLISECONDS: Final = re.compile(r"/Date\((-?[0-9]+)(?:([+-])([01][0-9]|2[0-3])([0-5][0-9]))?\)/")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def iso_moment(text: str) -> datetime:
    """The time that is written, with the offset that is written; without one, and for a day alone, in UTC.

    Its ``date()`` is the day as written. What is no ISO 8601 is a `ValueError`.
    """
    moment = datetime.fromisoformat(text if _ISO.fullmatch(text) else "")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def feed_moment(text: str) -> datetime:
    """The same of ISO 8601 or ``/Date(ms+zzzz)/``: milliseconds since 1970 in UTC, and the offset they are seen at.

    Its ``date()`` is the day at that offset; without one, the day in UTC.
    """
    written = _MILLISECONDS.fullmatch(text)
    if not written:
        return iso_moment(text)
    ms, sign, hours, minutes = written.groups(default="0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        moment = _EPOCH + timedelta(milliseconds=int(ms))
        return moment.astimezone(timezone(-offset if sign == "-" else offset))
    except OverflowError:
        raise ValueError from None
