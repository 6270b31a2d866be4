"""Files as they come: whole, broken, cut off, hostile."""

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.errors import InvalidValue
from portal_linkage.feeds.tabular import Format, InvalidFile, Record, Records, RejectedRow, parse_records, read_records

CSV = 'Id,Name\n1,"Smith, Jane"\n2,"Smith\r\nFamily ""Trust"""\n\n , \n3,Jané\n'
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(
    lambda text: text.strip(" \t\r\n")
)


def whole(text: str | bytes, written_as: Format) -> list[tuple[int, dict[str, str | None]]]:
    """The rows of a file in which nothing is wrong."""
    records = parse_records(text, written_as)
    assert records.rejected == ()
    return [(record.row, dict(record.cells)) for record in records.records]


def test_csv_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    """The header is row 1, a quoted line break makes no row, and blank rows are counted and skipped."""
    assert whole(CSV, Format.CSV) == [
        (2, {"Id": "1", "Name": "Smith, Jane"}),
        (3, {"Id": "2", "Name": 'Smith\r\nFamily "Trust"'}),
        (6, {"Id": "3", "Name": "Jané"}),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_byte_order_mark_and_line_endings_change_nothing(ending: str, bom: str) -> None:
    """Windows, old and new Macs and Excel write the same table differently."""
    text = f"{bom} Id ,Name\n1, Jané \n".replace("\n", ending)
    expected = [(2, {"Id": "1", "Name": "Jané"})]
    assert whole(text, Format.CSV) == expected
    assert whole(text.encode(), Format.CSV) == expected
    assert whole(io.StringIO(text, newline="").read(), Format.CSV) == expected


@given(rows=st.lists(st.fixed_dictionaries({"Id": st.just("1"), "Näme": CELLS, "x\n": CELLS}), min_size=1))
def test_the_three_formats_say_the_same(rows: list[dict[str, str]]) -> None:
    """A table exported as a JSON array and as JSON Lines is one table."""
    expected = [(row, dict(cells)) for row, cells in enumerate(rows, 1)]
    assert whole(json.dumps(rows), Format.JSON) == expected
    assert whole("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), Format.JSON_LINES) == expected


def test_json_values_become_the_text_that_was_written() -> None:
    """No number is ever a float, of any size or precision; what is no plain value is told from a blank."""
    digits = "9" * 5_000
    text = f'[{{"a": 0.10, "b": 1e400, "c": {digits}, "d": true, "e": null, "f": [1], "g": {{}}, "h": " x\\n"}}]'
    cells = {"a": "0.10", "b": "1e400", "c": digits, "d": "true", "e": "", "f": None, "g": None, "h": "x"}
    assert whole(text, Format.JSON) == [(1, cells)]


@pytest.mark.parametrize(
    ("written_as", "text", "message"),
    [
        (Format.CSV, "", "t, row 1: has no header"),
        (Format.CSV, "\nId\n1\n", "t, row 1: has no header"),
        (Format.CSV, "Id,,,Id\n", "t, row 1: column 4 repeats the name of column 1"),
        (Format.CSV, 'Id\n1\n"2\n3\n', "t, row 3: is broken CSV from here on: unexpected end of data"),
        (Format.CSV, 'Id\n"1"2\n', "t, row 2: is broken CSV from here on: ',' expected after '\"'"),
        (
            Format.CSV,
            "Id\n" + "1" * 200_000,
            "t, row 2: is broken CSV from here on: field larger than field limit (131072)",
        ),
        (Format.CSV, '"Id', "t, row 1: is broken CSV from here on: unexpected end of data"),
        (Format.CSV, b"\n\xff", "t: is not UTF-8 at line 2"),
        (Format.CSV, b"Id\n1\n\xff\n", "t: is not UTF-8 at line 3"),
        (Format.CSV, "Id\n1\n".encode("utf-16"), "t: is not UTF-8 at line 1"),
        (Format.JSON, '[{"a": 1},\n{"a"', "t: is broken JSON: Expecting ':' delimiter (line 2, column 5)"),
        (Format.JSON, "", "t: is broken JSON: Expecting value (column 1)"),
        (Format.JSON, '{"a": 1}', "t: must be a JSON array of objects"),
        (Format.JSON, '{"a": 1, "a": 2}', "t: names a key twice in one object"),
        (Format.JSON, "[" * 100_000, "t: is nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(written_as: Format, text: str | bytes, message: str) -> None:
    """What breaks a file as a whole is one error of ours, with the row where it is known."""
    with pytest.raises(InvalidFile) as caught:
        parse_records(text, written_as, file="t")
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert isinstance(caught.value, InvalidValue)
    assert str(pickle.loads(pickle.dumps(caught.value))) == message  # noqa: S301 -- our own error


@pytest.mark.parametrize(
    ("written_as", "text", "rows", "rejected"),
    [
        (Format.CSV, "Id,,\n1,,\n2,\n3,,,\n4,\0,\n", [2], [(3, "has 2 cells"), (4, "has 4 cells"), (5, "holds a NUL")]),
        (Format.JSON, '[{}, 1, {"a": NaN}, {"a": 1, "a": 2}, [-Infinity]]', [1], [
            (2, "is no JSON object"), (3, "holds a number that is not finite"), (4, "names a key twice in one object"),
            (5, "is no JSON object"),
        ]),
        (Format.JSON_LINES, '{}\r\n \n{"a"\n{"b": "\u2028"}\n' + "[" * 100_000, [1, 4], [
            (3, "is broken JSON: Expecting ':' delimiter (column 5)"), (5, "is nested too deeply"),
        ]),
    ],
)  # fmt: skip
def test_a_bad_row_costs_no_other_row(
    written_as: Format, text: str, rows: list[int], rejected: list[tuple[int, str]]
) -> None:
    """A row that is no record is named and kept out; the others are read."""
    records = parse_records(text, written_as, file="t")
    assert [record.row for record in records.records] == rows
    assert [(each.file, each.row, each.field) for each in records.rejected] == [("t", row, "") for row, _ in rejected]
    assert all(each.reason.startswith(reason) for each, (_, reason) in zip(records.rejected, rejected, strict=True))


def test_a_rejected_row_prints_as_a_sentence() -> None:
    """A row that is wrong as a whole names no field."""
    assert str(RejectedRow("t.csv", 3, "", "has 2 cells")) == "t.csv, row 3: has 2 cells"
    assert str(RejectedRow("t.csv", 3, "name", "is missing")) == "t.csv, row 3, name: is missing"


@given(content=st.binary() | st.text().map(str.encode), written_as=st.sampled_from(Format))
def test_any_octets_are_a_table_or_an_error_of_ours(content: bytes, written_as: Format) -> None:
    """Nothing that a file may hold shows anybody the insides of a library below."""
    try:
        records = parse_records(content, written_as)
    except InvalidFile:
        return
    numbers = [record.row for record in records.records] + [each.row for each in records.rejected]
    assert len(set(numbers)) == len(numbers)


def _cut_csv(kept: Records, original: tuple[Record, ...]) -> None:
    """The last row may have lost its end, which no reader can know; no row before it has changed."""
    assert kept.records[:-1] == original[: len(kept.records[:-1])]
    for last, before in zip(kept.records[-1:], original[len(kept.records) - 1 :], strict=False):
        assert all(str(before.cells[name]).startswith(str(cell)) for name, cell in last.cells.items())


def _cut_lines(kept: Records, original: tuple[Record, ...]) -> None:
    """Every row is as it was; the one that was cut is rejected."""
    assert kept.records == original[: len(kept.records)]
    assert len(kept.rejected) <= 1


def _cut_array(kept: Records, original: tuple[Record, ...]) -> None:
    """An array is whole or broken."""
    assert kept.records == original


@pytest.mark.parametrize(
    ("written_as", "text", "check"),
    [
        (Format.CSV, CSV.replace("\r", ""), _cut_csv),
        (Format.JSON_LINES, '{"a": "é", "b": 12}\n{"a": 2}\n{"a": null}\n', _cut_lines),
        (Format.JSON, '[{"a": "é", "b": 12}, {"a": 2}]', _cut_array),
    ],
)
def test_a_file_cut_off_at_any_byte_invents_nothing(
    written_as: Format, text: str, check: Callable[[Records, tuple[Record, ...]], None]
) -> None:
    """What is left of a file that was cut off is an error of ours, or rows that stood in it."""
    content = text.encode()
    original = parse_records(content, written_as).records
    unreadable = 0
    for end in range(len(content)):
        try:
            check(parse_records(content[:end], written_as), original)
        except InvalidFile:
            unreadable += 1
    assert unreadable


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", "a\n1\n"), ("T.JSON", '[{"a": 1}]'), ("t.jsonl", '{"a": 1}'), ("t.ndjson", '{"a": 1}')],
)
def test_the_ending_tells_the_format(tmp_path: Path, name: str, content: str) -> None:
    """Files are read by their names; the name in findings is the bare one."""
    (tmp_path / name).write_text(content)
    records = read_records(tmp_path / name)
    assert (records.file, [record.cells for record in records.records]) == (name, [{"a": "1"}])


def test_a_format_can_be_named(tmp_path: Path) -> None:
    """An export that is called .txt, an open file and a pipe are read as what the caller says they are."""
    (tmp_path / "t.txt").write_text("a\n1\n")
    expected = read_records(tmp_path / "t.txt", written_as=Format.CSV).records
    assert expected == (Record(2, {"a": "1"}),)
    with (tmp_path / "t.txt").open("rb") as octets, (tmp_path / "t.txt").open() as text:
        assert parse_records(octets, Format.CSV).records == parse_records(text, Format.CSV).records == expected


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("t.txt", "must end in one of .csv, .json, .jsonl, .ndjson"),
        ("absent.csv", "cannot be opened: No such file or directory"),
        ("folder.csv", "cannot be opened: Is a directory"),
        ("a\0.csv", "cannot be opened: no such path"),
    ],
)
def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path, path: str, reason: str) -> None:
    """A typing error in a path shows no traceback."""
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InvalidFile) as caught:
        read_records(tmp_path / path)
    assert caught.value.reason == reason


@pytest.mark.parametrize("file", ["jane.smith@example.com.csv", "\udcff.csv"])
def test_a_file_name_never_brings_an_address_or_broken_text_into_a_message(file: str) -> None:
    """Messages end in logs: they hold no address and can be written in UTF-8."""
    with pytest.raises(InvalidFile) as caught:
        parse_records("", Format.CSV, file=file)
    assert b"@" not in str(caught.value).encode()
