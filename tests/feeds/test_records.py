"""Files as they come: whole, broken, cut off, hostile."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.errors import InvalidValue
from portal_linkage.feeds.tabular import InvalidFile, Record, Records, Rejected, parse_records, read_records

CSV = 'Id,Name\n1,"Smith, Jane"\n2,"Smith\r\nFamily ""Trust"""\n\n , \n3,Jané\n'
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(str.strip)


FORMATS = ["t.csv", "t.json", "t.jsonl"]


def parsed(text: str | bytes, file: str) -> Records:
    """What a file of this name would hold."""
    return parse_records(text.encode() if isinstance(text, str) else text, file=file)


def whole(text: str | bytes, file: str) -> list[tuple[int, dict[str, str | None]]]:
    """The rows of a file in which nothing is wrong."""
    records = parsed(text, file).records
    assert not any(record.flaw for record in records)
    return [(record.row, dict(record.cells)) for record in records]


def test_csv_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    """The header is row 1, a quoted line break makes no row, and blank rows are counted and skipped."""
    assert whole(CSV, "t.csv") == [
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
    assert whole(text, "t.csv") == expected


@given(rows=st.lists(st.fixed_dictionaries({"Id": st.just("1"), "Näme": CELLS, "x\n": CELLS}), min_size=1))
def test_the_three_formats_say_the_same(rows: list[dict[str, str]]) -> None:
    """A table exported as a JSON array and as JSON Lines is one table."""
    expected = [(row, dict(cells)) for row, cells in enumerate(rows, 1)]
    assert whole(json.dumps(rows), "t.json") == expected
    assert whole("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "t.jsonl") == expected


def test_json_values_become_the_text_that_was_written() -> None:
    """No number is ever a float, of any size or precision; what is no plain value is told from a blank."""
    digits = "9" * 5_000
    text = f'"a": 0.10, "b": 1e400, "c": {digits}, "d": true, "e": null, "f": [1], "g": {{}}, "h": " x\\n", "i": NaN'
    cells = {"a": "0.10", "b": "1e400", "c": digits, "d": "true", "e": "", "f": None, "g": None, "h": "x", "i": None}
    assert whole(f"[{{{text}}}]", "t.json") == [(1, cells)]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("t.csv", "", "t.csv, row 1: has no header"),
        ("t.csv", "\nId\n1\n", "t.csv, row 1: has no header"),
        ("t.csv", "Id,,,Id\n", "t.csv, row 1: column 4 repeats the name of another"),
        ("t.csv", 'Id\n1\n"2\n3\n', "t.csv, row 3: is broken CSV from here on: unexpected end of data"),
        ("t.csv", 'Id\n"1"2\n', "t.csv, row 2: is broken CSV from here on: ',' expected after '\"'"),
        (
            "t.csv",
            "Id\n" + "1" * 200_000,
            "t.csv, row 2: is broken CSV from here on: field larger than field limit (131072)",
        ),
        ("t.csv", '"Id', "t.csv, row 1: is broken CSV from here on: unexpected end of data"),
        ("t.csv", b"\n\xff", "t.csv: is not UTF-8 at line 2"),
        ("t.csv", b"Id\n1\n\xff\n", "t.csv: is not UTF-8 at line 3"),
        ("t.csv", "Id\n1\n".encode("utf-16"), "t.csv: is not UTF-8 at line 1"),
        ("t.json", '[{"a": 1},\n{"a"', "t.json: is broken JSON: Expecting ':' delimiter: line 2 column 5 (char 15)"),
        ("t.json", "", "t.json: is broken JSON: Expecting value: line 1 column 1 (char 0)"),
        ("t.json", '{"a": 1}', "t.json: must be a JSON array of objects"),
        ("t.json", '{"a": 1, "a": 2}', "t.json: must be a JSON array of objects"),
        ("t.json", "[" * 100_000, "t.json: is broken JSON: "),
    ],
)
def test_a_file_that_cannot_be_read_says_why(file: str, text: str | bytes, message: str) -> None:
    """What breaks a file as a whole is one error of ours, with the row where it is known."""
    with pytest.raises(InvalidFile) as caught:
        parsed(text, file)
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is None
    assert isinstance(caught.value, InvalidValue)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 -- our own error


@pytest.mark.parametrize(
    ("file", "text", "rows", "flaws"),
    [
        ("t.csv", "Id,,\n1,,\n2,\n3,,,\n", [2], [(3, "has 2 cells"), (4, "has 4 cells")]),
        ("t.json", '[{}, 1, {"a": 1, "a": 2}, [-Infinity], "Jane"]', [1], [
            (row, "is no JSON object, or names a key twice") for row in (2, 3, 4, 5)
        ]),
        ("t.jsonl", '{}\r\n \n{"a"\n{"b": "\u2028"}\n' + "[" * 100_000 + '\n{"a": 1, "a": 2}\n"Jane"', [1, 4], [
            (3, "is broken JSON: Expecting ':' delimiter"), (5, "is broken JSON: "), (6, "is no JSON object"),
            (7, "is no JSON object"),
        ]),
    ],
)  # fmt: skip
def test_a_bad_row_costs_no_other_row(file: str, text: str, rows: list[int], flaws: list[tuple[int, str]]) -> None:
    """A row that is no record is named and kept out; the others are read."""
    records = parsed(text, file).records
    assert [record.row for record in records if not record.flaw] == rows
    flawed = [record for record in records if record.flaw]
    assert [record.row for record in flawed] == [row for row, _ in flaws]
    assert all(each.flaw.startswith(flaw) and not each.cells for each, (_, flaw) in zip(flawed, flaws, strict=True))


def test_a_rejected_row_prints_as_a_sentence() -> None:
    """A row that is wrong as a whole names no field."""
    assert str(Rejected("t.csv", 3, "", "has 2 cells")) == "t.csv, row 3: has 2 cells"
    assert str(Rejected("t.csv", 3, "name", "is missing")) == "t.csv, row 3, name: is missing"


@given(content=st.binary() | st.text().map(str.encode), file=st.sampled_from(FORMATS))
def test_any_octets_are_a_table_or_an_error_of_ours(content: bytes, file: str) -> None:
    """Nothing that a file may hold shows anybody the insides of a library below."""
    try:
        records = parse_records(content, file=file)
    except InvalidFile:
        return
    numbers = [record.row for record in records.records]
    assert len(set(numbers)) == len(numbers)


def _cut_csv(kept: Records, original: tuple[Record, ...]) -> None:
    """The last row may have lost its end, which no reader can know; no row before it has changed."""
    assert kept.records[:-1] == original[: len(kept.records[:-1])]
    for last, before in zip(kept.records[-1:], original[len(kept.records) - 1 :], strict=False):
        assert all(str(before.cells[name]).startswith(str(cell)) for name, cell in last.cells.items())


def _cut_lines(kept: Records, original: tuple[Record, ...]) -> None:
    """Every row is as it was; the one that was cut has a flaw."""
    whole = [record for record in kept.records if not record.flaw]
    assert whole == [*original[: len(whole)]]
    assert len(kept.records) - len(whole) <= 1


def _cut_array(kept: Records, original: tuple[Record, ...]) -> None:
    """An array is whole or broken."""
    assert kept.records == original


@pytest.mark.parametrize(
    ("file", "text", "check"),
    [
        ("t.csv", CSV.replace("\r", ""), _cut_csv),
        ("t.jsonl", '{"a": "é", "b": 12}\n{"a": 2}\n{"a": null}\n', _cut_lines),
        ("t.json", '[{"a": "é", "b": 12}, {"a": 2}]', _cut_array),
    ],
)
def test_a_file_cut_off_at_any_byte_invents_nothing(
    file: str, text: str, check: Callable[[Records, tuple[Record, ...]], None]
) -> None:
    """What is left of a file that was cut off is an error of ours, or rows that stood in it."""
    content = text.encode()
    original = parse_records(content, file=file).records
    unreadable = 0
    for end in range(len(content)):
        try:
            check(parse_records(content[:end], file=file), original)
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
    (tmp_path / "t.txt").touch()
    with pytest.raises(InvalidFile) as caught:
        read_records(tmp_path / path)
    assert caught.value.reason == reason


@pytest.mark.parametrize("file", ["jane.smith@example.com.csv", "\udcff.csv"])
def test_a_file_name_never_brings_an_address_or_broken_text_into_a_message(file: str) -> None:
    """Messages end in logs: they hold no address and can be written in UTF-8."""
    with pytest.raises(InvalidFile) as caught:
        parsed("", file)
    assert b"@" not in str(caught.value).encode()
