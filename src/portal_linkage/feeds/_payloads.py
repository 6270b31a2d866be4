"""From a payload of a service's API to its records, and to the fields of each, named as the API names them."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import ClassVar, Final, Self, TypeVar, cast

import attrs
from typing_extensions import TypeIs

from ..domain.errors import InvalidValue
from ..domain.values import MAX_ID, Money, as_utc, check_type, flaw_of
from ._moments import feed_moment
from ._records import unrepeated

T = TypeVar("T")

_FLAGS: Final = {"true": True, "false": False}


class InvalidPayload(InvalidValue):
    """A payload that cannot be read as a whole; nothing came of it. ``field`` is ``payload``."""

    code: ClassVar[str] = "invalid_payload"

    @classmethod
    def because(cls, reason: str) -> Self:
        """Say what is wrong with it, in words that repeat nothing of it."""
        return cls("payload", reason)


@attrs.frozen
class RejectedRecord:
    """A record that was kept out, or a part of one that was kept. It repeats no address and no amount.

    ``kind`` is what the API calls it, ``position`` its place in the payload, from 1 on. ``record_id`` is empty where
    the record has none that could be one. ``field`` is the API's name, empty where the record as a whole is at fault;
    a place in a list stands in brackets, from 1 on.
    """

    kind: str
    position: int
    record_id: str
    field: str
    reason: str

    def __str__(self) -> str:
        name = self.record_id or f"number {self.position}"
        field = f", {self.field}" if self.field else ""
        return f"{self.kind} {name}{field}: {self.reason}"


@attrs.frozen
class _Place:
    kind: str
    position: int
    record_id: str


@attrs.frozen
class Fields:
    """The fields of one record, or of an object in it, each as what it is; a flaw is an `InvalidValue` of that field.

    Blanks are trimmed. A field that is null or blank is absent.
    """

    place: _Place
    data: Mapping[str, object]
    path: str = ""

    def find(self, name: str) -> object:
        """What stands in a field; ``None`` if it is absent."""
        value = self.data.get(name)
        return (value.strip() or None) if isinstance(value, str) else value

    def cell(self, name: str) -> str:
        """A text of any length and content; empty if absent."""
        value = self.find(name)
        if not isinstance(value, str | None):
            raise self.flaw(name, "must be a text")
        return value or ""

    def find_text(self, name: str, *, most: int = MAX_ID) -> str:
        """A text of at most so many characters; empty if absent."""
        text = self.cell(name)
        if reason := flaw_of(text, most=most):
            raise self.flaw(name, reason)
        return text

    def text(self, name: str, *, most: int = MAX_ID) -> str:
        """A text that must be there."""
        self._required(name)
        return self.find_text(name, most=most)

    def word(self, name: str, meanings: Mapping[str, T]) -> T:
        """What a word means that must be there, and be one of these."""
        word = self.text(name)
        if word not in meanings:
            raise self.flaw(name, f"must be one of {', '.join(meanings)}")
        return meanings[word]

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Whether something is so; it must be there, unless there is a default."""
        value = self.find(name)
        if value is None and default is not None:
            return default
        return value if isinstance(value, bool) else self.word(name, _FLAGS)

    def currency(self, name: str) -> str:
        """A currency that must be there."""
        currency = self.text(name)
        with self._named(name):
            return Money(0, currency).currency

    def money(self, name: str, currency: str) -> Money:
        """An exact amount that must be there, as a number or a text."""
        value = self._required(name)
        if not isinstance(value, str | Decimal):
            raise self.flaw(name, "must be an amount")
        with self._named(name):
            return Money(value, currency)

    def moment(self, name: str) -> datetime:
        """The time that must be there, with the offset as written; without one it is UTC."""
        try:
            moment = feed_moment(self.text(name))
        except ValueError as error:
            if isinstance(error, InvalidValue):
                raise
            raise self.flaw(name, "must be a date or a time as in 2026-03-02T09:30:00Z or /Date(0+0000)/") from None
        as_utc(self.path + name, moment)
        return moment

    def day(self, name: str) -> date:
        """The day as it is written, whatever the time and the offset beside it."""
        return self.moment(name).date()

    def part(self, name: str) -> "Fields":
        """An object that must be there."""
        return self._part(name, self._required(name))

    def parts(self, name: str) -> "Iterator[Fields]":
        """The objects of a list, which may be absent; one object may stand for a list of one."""
        value = self.find(name)
        values: Sequence[object] = () if value is None else listed(value)
        return (self._part(f"{name}[{position}]", each) for position, each in enumerate(values, 1))

    def flaw(self, name: str, reason: str) -> InvalidValue:
        """Why a field is refused."""
        return InvalidValue(self.path + name, reason)

    def rejected(self, name: str, reason: str) -> RejectedRecord:
        """A part of the record that is kept out, and that costs the rest of it nothing."""
        return reject(self.place, self.flaw(name, reason))

    def _part(self, name: str, value: object) -> "Fields":
        return Fields(self.place, _object(self.path + name, value), f"{self.path}{name}.")

    def _required(self, name: str) -> object:
        value = self.find(name)
        if value is None:
            raise self.flaw(name, "is missing")
        return value

    @contextmanager
    def _named(self, name: str) -> Generator[None]:
        try:
            yield
        except InvalidValue as error:
            raise self.flaw(name, error.reason) from None


def reject(place: _Place, error: InvalidValue) -> RejectedRecord:
    """The report of a flaw."""
    return RejectedRecord(place.kind, place.position, place.record_id, error.field, error.reason)


def read_each(
    kind: str, id_field: str, values: Sequence[object], build: Callable[[Fields], T | None]
) -> tuple[tuple[T, ...], tuple[RejectedRecord, ...]]:
    """What is built of each record, in order, and the records that are refused.

    A record of which ``None`` is built is skipped. Of several good records with one id the first stands.
    """
    built: list[T] = []
    rejected: list[RejectedRecord] = []
    firsts: dict[str, int] = {}
    for position, value in enumerate(values, 1):
        place = _Place(kind, position, _shown_id(value, id_field))
        try:
            fields = Fields(place, _object("", value))
            if (one := build(fields)) is not None:
                _check_new(fields, id_field, firsts)
                built.append(one)
        except InvalidValue as error:
            rejected.append(reject(place, error))
    return tuple(built), tuple(rejected)


def _check_new(fields: Fields, id_field: str, firsts: dict[str, int]) -> None:
    position = fields.place.position
    if (first := firsts.setdefault(fields.text(id_field), position)) != position:
        raise fields.flaw(id_field, f"stands in record {first} already")


def is_object(value: object) -> TypeIs[Mapping[str, object]]:
    """Whether it is an object of JSON, whose keys are texts."""
    return isinstance(value, dict)


def _object(name: str, value: object) -> Mapping[str, object]:
    if not is_object(value):
        raise InvalidValue(name, "is no object, or names a key twice")
    return value


def _shown_id(value: object, id_field: str) -> str:
    """The id as a report may show it: nobody's address, and nothing that would break a line of a log."""
    given = value.get(id_field) if is_object(value) else None
    text = given.strip() if isinstance(given, str) else ""
    if flaw_of(text, most=MAX_ID):
        return ""
    return text if text.isprintable() and "@" not in text else "(withheld)"


def listed(value: object) -> Sequence[object]:
    """The value, if it is a list; otherwise a list of it alone."""
    return cast("list[object]", value) if isinstance(value, list) else [value]


def payload_text(payload: bytes | str) -> str:
    """The payload as text; bytes are UTF-8, with or without a BOM."""
    check_type("payload", payload, (bytes, str))
    try:
        text = payload.decode() if isinstance(payload, bytes) else payload
    except UnicodeDecodeError:
        raise InvalidPayload.because("is not UTF-8") from None
    return text.removeprefix("\ufeff")


def json_of(text: str) -> object:
    """What a JSON text holds: numbers as exact decimals; an object that names a key twice is none."""
    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_number, object_pairs_hook=unrepeated
        )
    except (ValueError, RecursionError):
        raise InvalidPayload.because("is broken JSON") from None


def _number(text: str) -> Decimal:
    """The number as written, of any size. One that no decimal holds is not finite, so that only its record is lost."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")
