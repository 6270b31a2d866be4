"""Where each field of a table comes from, as the user wrote it down in a TOML or JSON file, or in code."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self, TypeGuard, cast

import attrs

from ._findings import InvalidFile, shown
from ._records import Flaw, bytes_of, parse_json, text_of

_WORDS: Final = "_words"
_BLANK: Final = " "
_LINE_BREAK: Final = "\n"
_LISTS: Final = {"email", "invoice_ids"}
_SHAPES: Final = '"Column", {columns = ["A", "B"], separator = " "} or {constant = "text"}'


@attrs.frozen
class _Table:
    """The fields of a table. The first required one is its id."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return self.required + self.optional


_TABLES: Final = {
    "entities": _Table(("entity_id", "name"), ("client_number", "email", "active")),
    "invoices": _Table(
        ("invoice_id", "entity_id", "total", "amount_due", "currency", "status", "issued_on"), ("number", "due_on")
    ),
    "payments": _Table(("payment_id", "entity_id", "amount", "currency", "paid_at"), ("invoice_ids",)),
    "late_fees": _Table(("fee_id", "entity_id", "amount", "currency", "assessed_on"), ("amount_due", "invoice_id")),
}

_USUAL_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "active": {
        **dict.fromkeys(("active", "true", "yes", "y", "1"), "active"),
        **dict.fromkeys(("inactive", "false", "no", "n", "0"), "inactive"),
    },
    "status": {word: word for word in ("open", "paid", "void", "draft")},
}


@attrs.frozen
class Columns:
    """The value stands in these columns; blank ones are left out, the others joined by the separator."""

    names: tuple[str, ...]
    separator: str = _BLANK


@attrs.frozen
class Constant:
    """The value is this text in every row."""

    text: str


Origin = Columns | Constant


@attrs.frozen
class TableMapping:
    """Where the fields of one table come from, and what the words in them mean."""

    id_field: str
    origins: Mapping[str, Origin]
    words: Mapping[str, Mapping[str, str]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it draws on, each once, in the order of the mapping."""
        named = (origin.names for origin in self.origins.values() if isinstance(origin, Columns))
        return tuple(dict.fromkeys(name for names in named for name in names))


@attrs.frozen
class FeedMapping:
    """Where each field of each table comes from: made by `load_mapping` from a file, or by `FeedMapping.of` in code."""

    file: str
    tables: Mapping[str, TableMapping]

    @classmethod
    def of(cls, data: object, *, file: str = "(mapping)") -> Self:
        """Check a mapping given as dictionaries, lists and texts, shaped as in the file.

        Raises:
            InvalidFile: a table or field is unknown or missing, or a value has the wrong shape.
        """
        reader = _MappingFile(shown(file))
        return cls(reader.file, {name: reader.table(name, table) for name, table in reader.keyed("", data).items()})

    def table(self, name: str) -> TableMapping:
        """The mapping of one table; its absence is an `InvalidFile`."""
        if name not in self.tables:
            raise InvalidFile(self.file, f"has no section [{name}]")
        return self.tables[name]


def load_mapping(path: Path) -> FeedMapping:
    """Read a mapping: JSON if the name ends in .json, else TOML.

    Raises:
        InvalidFile: it cannot be opened or read, or is no valid mapping.
    """
    text = text_of(bytes_of(path), shown(path.name))
    data = parse_json(text) if path.suffix.lower() == ".json" else _parse_toml(text)
    return FeedMapping.of(data, file=path.name)


def _parse_toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        return Flaw(f"is broken TOML: {shown(str(error))}")
    except RecursionError:
        return Flaw("is nested too deeply")


def folded(word: str) -> str:
    """A word as it is compared: blind to case and to blanks around it."""
    return word.strip().casefold()


def _is_texts(value: object) -> TypeGuard[Sequence[str]]:
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(item, str) and item for item in cast("Sequence[object]", value))


@attrs.frozen
class _MappingFile:
    """Checks the parts of one mapping; what is wrong is named by file, table and field."""

    file: str

    def _refusal(self, where: str, reason: str) -> InvalidFile:
        return InvalidFile(self.file, f"{where} {reason}".lstrip())

    def keyed(self, where: str, data: object) -> Mapping[str, object]:
        if isinstance(data, Flaw):
            raise self._refusal(where, data.reason)
        if not isinstance(data, Mapping) or not all(
            isinstance(key, str) for key in cast("Mapping[object, object]", data)
        ):
            raise self._refusal(where, "must be a table of names and values")
        return cast("Mapping[str, object]", data)

    def table(self, name: str, data: object) -> TableMapping:
        if name not in _TABLES:
            raise self._refusal(f"[{shown(name)}]", f"is none of {', '.join(_TABLES)}")
        fields = _TABLES[name].fields
        known = {*fields, *(f"{field}{_WORDS}" for field in fields if field in _USUAL_WORDS)}
        keyed = self.keyed(f"[{name}]", data)
        self._check_names(name, keyed, known)
        origins = {field: self._origin(f"[{name}] {field}", field, keyed[field]) for field in fields if field in keyed}
        words = {field: self._words(name, field, keyed) for field in fields if field in _USUAL_WORDS}
        return TableMapping(fields[0], origins, words)

    def _check_names(self, name: str, keyed: Mapping[str, object], known: set[str]) -> None:
        if unknown := [shown(key) for key in keyed if key not in known]:
            raise self._refusal(f"[{name}]", f"knows no field {', '.join(unknown)}")
        if missing := [field for field in _TABLES[name].required if field not in keyed]:
            raise self._refusal(f"[{name}]", f"lacks {', '.join(missing)}")

    def _origin(self, where: str, field: str, value: object) -> Origin:
        shape = dict(cast("Mapping[object, object]", value)) if isinstance(value, Mapping) else {"columns": [value]}
        match shape:
            case {"constant": str(text), **rest} if text.strip() and not rest:
                return Constant(text.strip())
            case {"columns": names, **rest} if _is_texts(names) and not rest:
                return Columns(tuple(names), _LINE_BREAK if field in _LISTS else _BLANK)
            case {"columns": names, "separator": str(separator), **rest} if _is_texts(names) and not rest:
                return Columns(tuple(names), separator)
            case _:
                raise self._refusal(where, f"must be {_SHAPES}")

    def _words(self, name: str, field: str, keyed: Mapping[str, object]) -> Mapping[str, str]:
        usual = _USUAL_WORDS[field]
        where = f"[{name}] {field}{_WORDS}"
        own: dict[str, str] = {}
        for word, meaning in self.keyed(where, keyed.get(f"{field}{_WORDS}", {})).items():
            if not isinstance(meaning, str) or meaning.casefold() not in usual:
                raise self._refusal(where, f"must mean one of {', '.join(usual)}")
            if own.setdefault(folded(word), usual[meaning.casefold()]) != usual[meaning.casefold()]:
                raise self._refusal(where, f"give {shown(word)} two meanings: case does not count")
        return {**usual, **own}
