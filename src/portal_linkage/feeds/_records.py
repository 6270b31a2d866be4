"""From a file to its records: CSV, a JSON array, JSON Lines. Every cell becomes text; no number is ever a float."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final, cast

import attrs

from ..domain.errors import InvalidValue


def shown(name: str) -> str:
    """The name of a file, column or field as it may stand in a message: printable, and withheld if it has an ``@``."""
    return "(withheld)" if "@" in name else name.encode(errors="replace").decode()


class InvalidFile(InvalidValue):
    """A file that cannot be read as a whole; nothing came of it. ``field`` is its name, and the row if known."""

    code: ClassVar[str] = "invalid_file"


@attrs.frozen
class Rejected:
    """A row that was kept out, or a part of one: what is no address, or a merge that leads back to itself.

    It repeats no address and no amount. ``field`` is empty where the row as a whole is at fault.
    """

    file: str
    row: int
    field: str
    reason: str

    def __str__(self) -> str:
        field = f", {self.field}" if self.field else ""
        return f"{self.file}, row {self.row}{field}: {self.reason}"


@attrs.frozen
class Record:
    """One row: its cells by column, trimmed, or why they cannot be had.

    A cell that is ``None`` is no plain value, but a list or an object.
    """

    row: int
    cells: Mapping[str, str | None]
    flaw: str = ""


@attrs.frozen
class Records:
    """A table as read. ``columns`` are all that it has; they are unknown, and none, in a JSON file without records."""

    file: str
    columns: frozenset[str]
    records: tuple[Record, ...]


def read_records(path: Path) -> Records:
    """Read a file. Its ending tells the format: .csv, .json, .jsonl or .ndjson.

    Raises:
        InvalidFile: it cannot be opened, or not be read as a whole.
    """
    return parse_records(bytes_of(path), file=path.name)


def parse_records(content: bytes, *, file: str) -> Records:
    """Read what stands in a file of this name, as `read_records` does."""
    name, ending = shown(file), Path(file).suffix.lower()
    if ending not in _READERS:
        raise InvalidFile(name, f"must end in one of {', '.join(_READERS)}")
    header, rows = _READERS[ending](text_of(content, name), name)
    records = tuple(rows)
    columns = header or (column for record in records for column in record.cells)
    return Records(name, frozenset(columns), records)


def bytes_of(path: Path) -> bytes:
    """What the file holds; a file that cannot be opened is an `InvalidFile`, as one that cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidFile(shown(path.name), f"cannot be opened: {getattr(error, 'strerror', 'no such path')}") from None


def text_of(content: bytes, file: str) -> str:
    """The content as text, without a BOM."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidFile(file, f"is not UTF-8 at line {line}") from None


def _csv(text: str, file: str) -> tuple[set[str], Iterator[Record]]:
    rows = _csv_rows(text, file)
    names = [name.strip() for _, header in islice(rows, 1) for name in header]
    if not any(names):
        raise InvalidFile(f"{file}, row 1", "has no header")
    # By position: in a file without a header the first row is data, and may be an address.
    if repeating := [position for position, name in enumerate(names, 1) if name and name in names[: position - 1]]:
        raise InvalidFile(f"{file}, row 1", f"column {repeating[0]} repeats the name of another")
    return {*names} - {""}, (_csv_record(row, names, cells) for row, cells in rows if "".join(cells).strip())


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            yield row, cells
    except csv.Error as error:
        raise InvalidFile(f"{file}, row {row + 1}", f"is broken CSV from here on: {error}") from None


def _csv_record(row: int, names: list[str], cells: list[str]) -> Record:
    if len(cells) != len(names):
        return Record(row, {}, f"has {len(cells)} cells where the header has {len(names)}")
    return Record(row, dict(zip(names, map(str.strip, cells), strict=True)))


def _array(text: str, file: str) -> tuple[set[str], Iterator[Record]]:
    array = _parsed(text, file)
    if not isinstance(array, list):
        raise InvalidFile(file, "must be a JSON array of objects")
    return set(), (_json_record(row, value) for row, value in enumerate(cast("list[object]", array), 1))


def _lines(text: str, file: str) -> tuple[set[str], Iterator[Record]]:
    # Not splitlines: JSON texts may hold the line separators of Unicode.
    lines = enumerate(text.split("\n"), 1)
    return set(), (_line_record(row, line, file) for row, line in lines if line.strip())


def _line_record(row: int, line: str, file: str) -> Record:
    try:
        return _json_record(row, _parsed(line, file))
    except InvalidFile as error:
        return Record(row, {}, error.reason)


def _parsed(text: str, file: str) -> object:
    try:
        return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=unrepeated)
    except (ValueError, RecursionError) as error:
        raise InvalidFile(file, f"is broken JSON: {error}") from None


def unrepeated(pairs: list[tuple[str, object]]) -> object:
    """The object, unless it names a key twice: then nobody knows which of the values counts, and it is no object."""
    keyed = dict(pairs)
    return keyed if len(keyed) == len(pairs) else tuple(pairs)


def _json_record(row: int, value: object) -> Record:
    if not isinstance(value, dict):
        return Record(row, {}, "is no JSON object, or names a key twice")
    return Record(row, {name: _plain(cell) for name, cell in cast("dict[str, object]", value).items()})


def _plain(cell: object) -> str | None:
    if isinstance(cell, bool | None):
        return "" if cell is None else str(cell).lower()
    # A number is text by now, unless it is not finite: NaN is no plain value.
    return cell.strip() if isinstance(cell, str) else None


_Read = Callable[[str, str], tuple[set[str], Iterator[Record]]]
_READERS: Final[Mapping[str, _Read]] = {".csv": _csv, ".json": _array, ".jsonl": _lines, ".ndjson": _lines}
