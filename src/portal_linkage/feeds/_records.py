"""From a file to its records: CSV, a JSON array, JSON Lines. Every cell becomes text; no number is ever a float."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final, cast

import attrs

from ._findings import InvalidFile, RejectedRow, shown

_BOM: Final = "\ufeff"
_EDGES: Final = " \t\r\n"


class Format(StrEnum):
    """How a table is written down."""

    CSV = "csv"
    """Commas, double quotes, a header; rows are counted as a spreadsheet does, the header being row 1."""
    JSON = "json"
    """One array of objects; the first object is row 1."""
    JSON_LINES = "jsonl"
    """One object a line; the row is the line."""


_FORMAT_BY_ENDING: Final = {
    ".csv": Format.CSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
}


@attrs.frozen
class Record:
    """One row: its cells by column, trimmed. ``None`` stands for what is no plain value: a list or an object."""

    row: int
    cells: Mapping[str, str | None]


@attrs.frozen
class Records:
    """A table as read. ``columns`` are all that it has; ``None`` if that is unknown, in a JSON file without records."""

    file: str
    columns: frozenset[str] | None
    records: tuple[Record, ...]
    rejected: tuple[RejectedRow, ...] = ()


@attrs.frozen
class Flaw:
    """What stands in the place of a JSON value that is refused, so that its row can be named."""

    reason: str


_Numbered = tuple[int, Mapping[str, str | None] | Flaw]


def read_records(path: Path, *, written_as: Format | None = None) -> Records:
    """Read a file. Without ``written_as`` its ending tells the format: .csv, .json, .jsonl or .ndjson.

    Raises:
        InvalidFile: it cannot be opened, or not be read as a whole.
    """
    file = shown(path.name)
    written_as = written_as or _FORMAT_BY_ENDING.get(path.suffix.lower())
    if written_as is None:
        raise InvalidFile(file, f"must end in one of {', '.join(_FORMAT_BY_ENDING)}")
    return parse_records(bytes_of(path), written_as, file=file)


def parse_records(content: str | bytes | IO[str] | IO[bytes], written_as: Format, *, file: str = "(input)") -> Records:
    """Read a text, octets in UTF-8 (with or without a BOM), or an open file; ``file`` is its name in findings.

    Raises:
        InvalidFile: it cannot be read as a whole.
    """
    file = shown(file)
    text = text_of(content, file)
    if written_as is Format.CSV:
        return _csv_records(text, file)
    rows = _array_rows(text, file) if written_as is Format.JSON else _line_rows(text)
    return _sorted_out(file, None, rows)


def bytes_of(path: Path) -> bytes:
    """What the file holds; a file that cannot be opened is an `InvalidFile`, as one that cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such path"
        raise InvalidFile(shown(path.name), f"cannot be opened: {reason}") from None


def text_of(content: str | bytes | IO[str] | IO[bytes], file: str) -> str:
    """The content as text, without a BOM."""
    try:
        if not isinstance(content, str | bytes):
            content = content.read()
        return (content if isinstance(content, str) else content.decode()).removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidFile(file, f"is not UTF-8 at line {line}") from None


def _sorted_out(file: str, columns: frozenset[str] | None, rows: Iterable[_Numbered]) -> Records:
    records: list[Record] = []
    rejected: list[RejectedRow] = []
    for row, cells in rows:
        if isinstance(cells, Flaw):
            rejected.append(RejectedRow(file, row, "", cells.reason))
        else:
            records.append(Record(row, cells))
    if columns is None and records:
        columns = frozenset(chain.from_iterable(record.cells for record in records))
    return Records(file, columns, tuple(records), tuple(rejected))


def _csv_records(text: str, file: str) -> Records:
    rows = _csv_rows(text, file)
    names = [name.strip(_EDGES) for _, header in islice(rows, 1) for name in header]
    _check_header(names, file)
    return _sorted_out(
        file,
        frozenset(names) - {""},
        (_csv_row(row, names, cells) for row, cells in rows if "".join(cells).strip(_EDGES)),
    )


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            yield row, cells
    except csv.Error as error:
        raise InvalidFile(file, f"is broken CSV from here on: {error}", row + 1) from None


def _check_header(names: list[str], file: str) -> None:
    if not any(names):
        raise InvalidFile(file, "has no header", 1)
    for position, name in enumerate(names):
        # By position: in a file without a header the first row is data, and may be an address.
        if name and (first := names.index(name)) < position:
            raise InvalidFile(file, f"column {position + 1} repeats the name of column {first + 1}", 1)


def _csv_row(row: int, names: list[str], cells: list[str]) -> _Numbered:
    if len(cells) != len(names):
        return row, Flaw(f"has {len(cells)} cells where the header has {len(names)}")
    if any("\0" in cell for cell in cells):
        return row, Flaw("holds a NUL character")
    return row, dict(zip(names, (cell.strip(_EDGES) for cell in cells), strict=True))


def parse_json(text: str) -> object:
    """The JSON value, its numbers as text; what cannot be read, or repeats a key, is a `Flaw`."""
    try:
        return json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_not_finite, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return Flaw(f"is broken JSON: {error.msg} ({line}column {error.colno})")
    except RecursionError:
        return Flaw("is nested too deeply")


def _not_finite(_: str) -> Flaw:
    return Flaw("holds a number that is not finite")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object] | Flaw:
    keyed = dict(pairs)
    return keyed if len(keyed) == len(pairs) else Flaw("names a key twice in one object")


def _array_rows(text: str, file: str) -> Iterator[_Numbered]:
    array = parse_json(text)
    if not isinstance(array, list):
        raise InvalidFile(file, array.reason if isinstance(array, Flaw) else "must be a JSON array of objects")
    return ((row, _json_cells(value)) for row, value in enumerate(cast("list[object]", array), 1))


def _line_rows(text: str) -> Iterator[_Numbered]:
    # Not splitlines: JSON texts may hold the line separators of Unicode.
    lines = enumerate(text.split("\n"), 1)
    return ((row, _json_cells(parse_json(line))) for row, line in lines if line.strip(_EDGES))


def _json_cells(value: object) -> Mapping[str, str | None] | Flaw:
    if isinstance(value, Flaw):
        return value
    if not isinstance(value, dict):
        return Flaw("is no JSON object")
    cells = cast("dict[str, object]", value)
    flaws = (cell for cell in cells.values() if isinstance(cell, Flaw))
    return next(flaws, None) or {name: _plain(cell) for name, cell in cells.items()}


def _plain(cell: object) -> str | None:
    if isinstance(cell, bool):
        return str(cell).lower()
    if cell is None:
        return ""
    return cell.strip(_EDGES) if isinstance(cell, str) else None
