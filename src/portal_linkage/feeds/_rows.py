"""One row seen through its mapping: each field by name, as what it is; a flaw is an `InvalidValue` of that field."""

import re
from datetime import UTC, date, datetime
from typing import Final

import attrs

from ..domain.errors import InvalidValue
from ..domain.values import Money
from ._mapping import Constant, TableMapping, folded
from ._records import Record

# Narrower than `datetime.fromisoformat`, whose forms differ by version: Python 3.14 takes 24:00 for the next day.
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_NOT_MAPPED: Final = Constant("")


@attrs.frozen
class Row:
    """The fields of one record."""

    record: Record
    mapping: TableMapping

    def find(self, field: str) -> str:
        """The text of a field; empty if it is blank or not mapped."""
        origin = self.mapping.origins.get(field, _NOT_MAPPED)
        if isinstance(origin, Constant):
            return origin.text
        return origin.separator.join(filter(None, (self._cell(field, name) for name in origin.names)))

    def _cell(self, field: str, column: str) -> str:
        cell = self.record.cells.get(column, "")
        if cell is None:
            raise InvalidValue(field, "is a list or an object, not a plain value")
        return cell

    def text(self, field: str) -> str:
        """The text of a field that must not be blank."""
        text = self.find(field)
        if not text:
            raise InvalidValue(field, "is missing")
        return text

    def money(self, field: str) -> Money:
        """An amount in the row's currency."""
        amount, currency = self.text(field), self.text("currency")
        try:
            return Money(amount, currency)
        except InvalidValue as error:
            raise InvalidValue(field if error.field == "amount" else error.field, error.reason) from None

    def day(self, field: str) -> date:
        """The day as it is written, whatever the time and the offset beside it."""
        return self._iso(field).date()

    def moment(self, field: str) -> datetime:
        """The time; without an offset it is taken as UTC."""
        moment = self._iso(field)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _iso(self, field: str) -> datetime:
        text = self.text(field)
        try:
            if _ISO.fullmatch(text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise InvalidValue(field, "must be a date or a time as in 2026-03-02 or 2026-03-02T09:30:00Z")

    def word(self, field: str) -> str:
        """What a word means, by the usual words and the mapping's own."""
        meanings = self.mapping.words[field]
        meaning = meanings.get(folded(self.text(field)))
        if meaning is None:
            raise InvalidValue(field, f"must be one of {', '.join(meanings)}")
        return meaning
