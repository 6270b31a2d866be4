"""Mappings as their authors write them, rightly and wrongly."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.feeds.tabular import FeedMapping, InvalidFile, Origin, load_mapping

TOML = """
[entities]
entity_id = "CustomerId"
name = { columns = ["FirstName", "LastName"], separator = ", " }
client_number = { columns = ["Prefix", "CustomerId"] }
email = { columns = ["Email", "Email2"] }
active = { constant = " yes " }
active_words = { ARCHIVED = "inactive" }
"""
ENTITIES: dict[str, Any] = {"entity_id": "Id", "name": "Name"}
INVOICES: dict[str, Any] = {
    "invoice_id": "Id", "entity_id": "Client", "total": "Total", "amount_due": "Due", "currency": {"constant": "USD"},
    "status": "Status", "issued_on": "Date",
}  # fmt: skip
MEANING = "must give each word, whatever its case, one meaning of open, paid, void, draft"


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_mapping_is_a_file_of_toml(tmp_path: Path, bom: str) -> None:
    """It says where each field comes from, lists being joined by line breaks and names by blanks."""
    (tmp_path / "m.toml").write_text(bom + TOML, encoding="utf-8")
    origins = load_mapping(tmp_path / "m.toml").table("entities")
    assert [*origins.items()][:4] == [
        ("entity_id", Origin(("CustomerId",))),
        ("name", Origin(("FirstName", "LastName"), ", ")),
        ("client_number", Origin(("Prefix", "CustomerId"), " ")),
        ("email", Origin(("Email", "Email2"), "\n")),
    ]
    assert origins["active"].constant == "yes"
    assert origins["active"].words["archived"] == "inactive"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "(top): must be a table of names and values"),
        ({1: {}}, "[1]: is none of entities, contacts, invoices, payments, late_fees"),
        ({"firm": {}}, "[firm]: is none of entities, contacts, invoices, payments, late_fees"),
        ({"entities": "Id"}, "[entities]: must be a table of names and values"),
        ({"entities": {}}, "[entities]: lacks entity_id, name"),
        ({"payments": {"amount": "Sum"}}, "[payments]: lacks payment_id, entity_id, currency, paid_at"),
        ({"entities": {**ENTITIES, "mail": "Mail"}}, "[entities]: knows no field mail"),
        ({"entities": {**ENTITIES, "status_words": {}}}, "[entities]: knows no field status_words"),
        ({"entities": {**ENTITIES, "jane.smith@example.com": ""}}, "[entities]: knows no field (withheld)"),
        ({"invoices": {**INVOICES, "status_words": []}},
         "[invoices] status_words: must be a table of names and values"),
        ({"invoices": {**INVOICES, "status_words": {"SENT": 1}}}, f"[invoices] status_words: {MEANING}"),
        ({"invoices": {**INVOICES, "status_words": {"S": "sent"}}}, f"[invoices] status_words: {MEANING}"),
        ({"invoices": {**INVOICES, "status_words": {"Sent": "open", "SENT": "paid"}}},
         f"[invoices] status_words: {MEANING}"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mapping_is_named(data: dict[str, Any], reason: str) -> None:
    """An unknown table or field, a missing field and an unknown meaning are named as their author wrote them."""
    with pytest.raises(InvalidFile) as caught:
        FeedMapping.of(data, file="m.toml")
    assert str(caught.value) == f"m.toml: {reason}"


@pytest.mark.parametrize(
    "origin",
    [
        "", 5, None, [], ["Id"], {}, {"column": "Id"}, {"columns": []}, {"columns": "Id"}, {"columns": [""]},
        {"columns": ["Id", 5]}, {"columns": ["Id"], "separator": 5}, {"columns": ["Id"], "seperator": ""},
        {"columns": ["Id"], "separator": "", "x": ""}, {"columns": ["Id"], "constant": "x"}, {"constant": 5},
        {"constant": " "}, {"constant": "x", "x": ""},
    ],
)  # fmt: skip
def test_a_field_comes_from_columns_or_is_constant(origin: object) -> None:
    """Every other shape is refused with the three that are right."""
    with pytest.raises(InvalidFile) as caught:
        FeedMapping.of({"entities": {**ENTITIES, "name": origin}})
    assert caught.value.reason.startswith('[entities] name: must be "Column", {columns = ')


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("m.toml", b"[entities", "is broken TOML: Expected ']' at the end of a table declaration (at end of document)"),
        ("m.toml", b'["a@b"]\n["a@b"]', "is broken TOML: (withheld)"),
        ("m.toml", b"a = " + b"9" * 5_000, "is broken TOML: "),
        ("m.toml", b"a = " + b"[" * 100_000, "is broken TOML: "),
        ("m.toml", b"\xff", "is not UTF-8 at line 1"),
    ],
)
def test_a_mapping_file_that_is_broken_is_an_error_of_ours(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    """A slip of the pen in the mapping shows no traceback and repeats no address."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidFile) as caught:
        load_mapping(tmp_path / name)
    assert caught.value.field == name
    assert caught.value.reason.startswith(reason)


def test_a_table_that_the_mapping_does_not_know_is_named() -> None:
    """Whoever imports payments by a mapping for clients is told which section is missing."""
    mapping = FeedMapping.of({"entities": ENTITIES}, file="m.toml")
    with pytest.raises(InvalidFile, match=r"^m.toml: has no section \[payments\]$"):
        mapping.table("payments")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["columns", "constant", "separator", "x"]), inner, max_size=3)
    ),
)


@given(name=JSON_VALUES, email=JSON_VALUES, words=JSON_VALUES)
def test_any_mapping_is_understood_or_refused(name: object, email: object, words: object) -> None:
    """Whatever stands in a mapping, the answer is a mapping or an error of ours."""
    data = {"entities": {"entity_id": "Id", "name": name, "email": email, "active_words": words}}
    try:
        origins = FeedMapping.of(data).table("entities")
    except InvalidFile:
        return
    assert set(origins) == {"entity_id", "name", "email"}
