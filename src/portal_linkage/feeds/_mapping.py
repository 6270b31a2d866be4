"""Where each field of a table comes from, as the user wrote it down, and one row seen through it."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self, cast

import attrs

from ..domain.entities import InvoiceStatus
from ..domain.errors import InvalidValue
from ..domain.values import EntityId, Money, check_id
from ._moments import iso_moment
from ._records import InvalidFile, Record, Rejected, bytes_of, shown, text_of

_REQUIRED: Final = {
    "entities": ("entity_id", "name"),
    "contacts": ("entity_id", "email"),
    "invoices": ("invoice_id", "entity_id", "total", "amount_due", "currency", "status", "issued_on"),
    "payments": ("payment_id", "entity_id", "amount", "currency", "paid_at"),
    "late_fees": ("fee_id", "entity_id", "amount", "currency", "assessed_on"),
}
_OPTIONAL: Final = {
    "entities": ("client_number", "email", "active", "merged_into"),
    "contacts": ("name",),
    "invoices": ("number", "due_on"),
    "payments": ("invoice_ids",),
    "late_fees": ("amount_due", "invoice_id"),
}
_ACTIVE: Final = dict.fromkeys(("active", "true", "yes", "y", "1"), "active")
_INACTIVE: Final = dict.fromkeys(("inactive", "false", "no", "n", "0"), "inactive")
_STATUS: Final = {status.value: status.value for status in InvoiceStatus}
_USUAL_WORDS: Final[Mapping[str, Mapping[str, str]]] = {"active": {**_ACTIVE, **_INACTIVE}, "status": _STATUS}
_SHAPES: Final = '"Column", {columns = ["A", "B"], separator = " "} or {constant = "text"}'


@attrs.frozen
class Origin:
    """Where a field comes from: a constant, or columns; blank ones are left out, the others joined."""

    columns: tuple[str, ...] = ()
    separator: str = " "
    constant: str = ""
    words: Mapping[str, str] = attrs.field(factory=dict[str, str])


@attrs.frozen
class FeedMapping:
    """Where each field of each table comes from: made by `load_mapping` from a file, or by `FeedMapping.of` in code."""

    file: str
    tables: Mapping[str, Mapping[str, Origin]]

    @classmethod
    def of(cls, data: Mapping[str, Any], *, file: str = "(mapping)") -> Self:
        """Check a mapping given as dictionaries, lists and texts, shaped as in the file.

        Raises:
            InvalidFile: a table or field is unknown or missing, or a value has the wrong shape.
        """
        try:
            tables = _keyed("(top)", data)
            return cls(shown(file), {str(name): _table(str(name), table) for name, table in tables.items()})
        except InvalidValue as error:
            raise InvalidFile(shown(file), str(error)) from None

    def table(self, name: str) -> Mapping[str, Origin]:
        """The origins of one table's fields; the table's absence is an `InvalidFile`."""
        if name not in self.tables:
            raise InvalidFile(self.file, f"has no section [{name}]")
        return self.tables[name]


def load_mapping(path: Path) -> FeedMapping:
    """Read a mapping from a TOML file.

    Raises:
        InvalidFile: it cannot be opened or read, or is no valid mapping.
    """
    text = text_of(bytes_of(path), shown(path.name))
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidFile(shown(path.name), f"is broken TOML: {shown(str(error))}") from None
    return FeedMapping.of(data, file=path.name)


def _table(name: str, data: object) -> dict[str, Origin]:
    section = f"[{shown(name)}]"
    if name not in _REQUIRED:
        raise InvalidValue(section, f"is none of {', '.join(_REQUIRED)}")
    given, fields = _keyed(section, data), (*_REQUIRED[name], *_OPTIONAL[name])
    known = {*fields, *(f"{field}_words" for field in fields if field in _USUAL_WORDS)}
    if unknown := [shown(field) for field in given if field not in known]:
        raise InvalidValue(section, f"knows no field {', '.join(unknown)}")
    if missing := [field for field in _REQUIRED[name] if field not in given]:
        raise InvalidValue(section, f"lacks {', '.join(missing)}")
    return {field: _origin(section, field, given) for field in fields if field in given}


def _keyed(where: str, data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InvalidValue(where, "must be a table of names and values")
    return cast("Mapping[str, Any]", data)


def _origin(section: str, field: str, given: Mapping[str, Any]) -> Origin:
    value = given[field]
    words = _words(f"{section} {field}_words", field, given)
    shape: dict[str, Any] = {"separator": "\n" if field in {"email", "invoice_ids"} else " "}
    shape |= value if isinstance(value, dict) else {"columns": [value]}
    match shape:
        case {"columns": [_, *_] as names, "separator": str(separator), **rest} if _all_texts(names) and not rest:
            return Origin(tuple(names), separator, words=words)
        case {"constant": str(text), "separator": str(), **rest} if text.strip() and not rest:
            return Origin(constant=text.strip(), words=words)
        case _:
            raise InvalidValue(f"{section} {field}", f"must be {_SHAPES}")


def _all_texts(names: Sequence[Any]) -> bool:
    return all(isinstance(name, str) and name for name in names)


def _words(where: str, field: str, given: Mapping[str, Any]) -> Mapping[str, str]:
    usual, own = _USUAL_WORDS.get(field, {}), _keyed(where, given.get(f"{field}_words", {}))
    meanings = {word.strip().casefold(): usual.get(str(meaning).casefold(), "") for word, meaning in own.items()}
    if not all(meanings.values()) or len(meanings) < len(own):
        raise InvalidValue(where, f"must give each word, whatever its case, one meaning of {', '.join(usual)}")
    return {**usual, **meanings}


@attrs.frozen
class Row:
    """The fields of one record, each as what it is; a flaw is an `InvalidValue` of that field."""

    file: str
    record: Record
    origins: Mapping[str, Origin]

    def find(self, field: str) -> str:
        """The text of a field; empty if it is blank or not mapped."""
        if self.record.flaw:
            raise InvalidValue("", self.record.flaw)
        origin = self.origins.get(field, Origin())
        cells = [self.record.cells.get(column, "") for column in origin.columns]
        if None in cells:
            raise InvalidValue(field, "is a list or an object, not a plain value")
        return origin.constant or origin.separator.join(filter(None, cells))

    def rejected(self, field: str, reason: str) -> Rejected:
        """What is reported of a field."""
        return Rejected(self.file, self.record.row, field, reason)

    def id(self, field: str) -> EntityId:
        """The id of an entity."""
        text = self.text(field)
        check_id(field, text)
        return EntityId(text)

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

    def moment(self, field: str) -> datetime:
        """The time; without an offset it is taken as UTC."""
        text = self.text(field)
        try:
            return iso_moment(text)
        except ValueError:
            raise InvalidValue(field, "must be a date or a time as in 2026-03-02 or 2026-03-02T09:30:00Z") from None

    def day(self, field: str) -> date:
        """The day as it is written, whatever the time and the offset beside it."""
        return self.moment(field).date()

    def word(self, field: str) -> str:
        """What a word means, by the usual words and the mapping's own."""
        words = self.origins[field].words
        meaning = words.get(self.text(field).casefold())
        if meaning is None:
            raise InvalidValue(field, f"must be one of {', '.join(words)}")
        return meaning
