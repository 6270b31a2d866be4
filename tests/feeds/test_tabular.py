"""Tables become the firm's nouns, row by row."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.entities import ClientEntity, Contact, Invoice, InvoiceStatus, LateFee, Payment
from portal_linkage.domain.values import (
    EmailAddress,
    EntityId,
    FeeId,
    FirmId,
    InvoiceId,
    Money,
    PaymentId,
    sum_by_currency,
)
from portal_linkage.feeds.tabular import (
    FeedMapping,
    Imported,
    InvalidFile,
    Rejected,
    Roster,
    load_mapping,
    parse_records,
    read_contacts,
    read_entities,
    read_invoices,
    read_late_fees,
    read_payments,
    read_records,
)

ACME = FirmId("acme")
MAPPING = FeedMapping.of(
    {
        "entities": {
            "entity_id": "id", "name": {"columns": ["name", "title"]}, "client_number": "no", "email": "mails",
            "active": "state", "active_words": {"ARCHIVED": "inactive"}, "merged_into": "into",
        },
        "contacts": {"entity_id": "client", "email": "mails", "name": "person"},
        "invoices": {
            "invoice_id": "id", "entity_id": "client", "number": "no", "total": "total", "amount_due": "due",
            "currency": "currency", "status": "state", "status_words": {" Sent ": "Open"}, "issued_on": "date",
            "due_on": "until",
        },
        "payments": {
            "payment_id": "id", "entity_id": "client", "amount": "total", "currency": {"constant": "USD"},
            "paid_at": "date", "invoice_ids": "bills",
        },
        "late_fees": {
            "fee_id": "id", "entity_id": "client", "amount": "total", "currency": {"constant": "USD"},
            "assessed_on": "date", "amount_due": "due", "invoice_id": "bill",
        },
    }
)  # fmt: skip
CHINOOK = """
[entities]
entity_id = "CustomerId"
name = { columns = ["FirstName", "LastName"] }
email = "Email"

[invoices]
invoice_id = "InvoiceId"
entity_id = "CustomerId"
total = "Total"
amount_due = "Total"
currency = { constant = "USD" }
status = { constant = "open" }
issued_on = "InvoiceDate"
"""

ENTITY = {"id": "1001", "name": "Smith, Jane", "title": "", "no": "", "mails": "", "state": "", "into": ""}
INVOICE = {
    "id": "7", "client": "1001", "no": "", "total": "1200.50", "due": "0", "currency": "USD", "state": "open",
    "date": "2026-03-02", "until": "",
}  # fmt: skip
PAYMENT = {"id": "9", "client": "1001", "total": "5", "date": "2026-03-02", "bills": ""}
FEE = {"id": "3", "client": "1001", "total": "5", "date": "2026-03-02", "due": "", "bill": ""}


def entities(*rows: dict[str, Any]) -> Roster[Rejected]:
    """The clients in rows that are like Jane's but for what is given."""
    records = parse_records(json.dumps([ENTITY | row for row in rows]).encode(), file="t.json")
    return read_entities(ACME, records, MAPPING)


def invoices(*rows: dict[str, Any]) -> Imported[Invoice]:
    """The invoices in rows that are like Jane's but for what is given."""
    records = parse_records(json.dumps([INVOICE | row for row in rows]).encode(), file="t.json")
    return read_invoices(ACME, records, MAPPING)


def payments(*rows: dict[str, Any]) -> Imported[Payment]:
    """The payments in rows that are like Jane's but for what is given."""
    records = parse_records(json.dumps([PAYMENT | row for row in rows]).encode(), file="t.json")
    return read_payments(ACME, records, MAPPING)


def late_fees(*rows: dict[str, Any]) -> Imported[LateFee]:
    """The late fees in rows that are like Jane's but for what is given."""
    records = parse_records(json.dumps([FEE | row for row in rows]).encode(), file="t.json")
    return read_late_fees(ACME, records, MAPPING)


@pytest.fixture
def chinook(tmp_path: Path) -> FeedMapping:
    """The sample shop knows no status, balance or currency: all is open, due and in USD."""
    (tmp_path / "chinook.toml").write_text(CHINOOK)
    return load_mapping(tmp_path / "chinook.toml")


def test_chinook_customers_are_59_clients(samples: Path, chinook: FeedMapping) -> None:
    """The sample shop has 59 customers; each has a name of two parts and one address."""
    clients = read_entities(ACME, read_records(samples / "pms" / "chinook" / "customers.json"), chinook)
    assert (len(clients.entities), clients.rejected, clients.rejected_parts) == (59, (), ())
    assert clients.entities[0].label == "Luís Gonçalves (1)"
    assert all(len(client.contacts) == 1 for client in clients.entities)


def test_chinook_invoices_are_412_and_their_sum_is_exact(samples: Path, chinook: FeedMapping) -> None:
    """Every cent of the sample shop's bills arrives, for luisg@embraer.com.br in exactly seven invoices."""
    folder = samples / "pms" / "chinook"
    clients = read_entities(ACME, read_records(folder / "customers.json"), chinook)
    bills = read_invoices(ACME, read_records(folder / "invoices.json"), chinook)
    assert (len(bills.rows), bills.rejected) == (412, ())
    assert sum_by_currency(bill.total for bill in bills.rows) == {"USD": Money("2328.60", "USD")}
    luis = next(client for client in clients.entities if str(client.contacts[0].email) == "luisg@embraer.com.br")
    his = [bill for bill in bills.rows if bill.entity_id == luis.entity_id]
    assert len(his) == 7
    assert all(bill.is_open and bill.amount_due == bill.total and bill.due_on == bill.issued_on for bill in his)
    assert sum_by_currency(bill.total for bill in his) == {"USD": Money("39.62", "USD")}
    assert bills.rows[0].issued_on == date(2021, 1, 1)


def test_what_is_blank_is_what_is_usual() -> None:
    """A client without a number is known by its id and is active, a bill falls due when issued, a fee is due whole."""
    fee, bill = late_fees({}).rows[0], invoices({}).rows[0]
    assert entities({}).entities == (ClientEntity(firm_id=ACME, entity_id=EntityId("1001"), name="Smith, Jane"),)
    assert (bill.number, bill.due_on) == ("7", date(2026, 3, 2))
    assert (fee.amount_due, fee.invoice_id) == (Money(5, "USD"), None)
    assert payments({}).rows[0].invoice_ids == ()


def test_every_field_arrives() -> None:
    """What stands in a row stands in what comes of it, numbers and words of the PMS included."""
    client = {"id": 1001, "title": "CPA", "no": "C-1", "mails": "JS <jane.smith@example.com>", "state": " archived "}
    assert entities(client).entities == (
        ClientEntity(
            firm_id=ACME,
            entity_id=EntityId("1001"),
            name="Smith, Jane CPA",
            client_number="C-1",
            contacts=(Contact(email=EmailAddress.parse("jane.smith@example.com"), name="JS"),),
            active=False,
        ),
    )
    assert invoices({"no": "INV-7", "due": 0.1, "state": "SENT", "until": "2026-04-01T10:00:00+02:00"}).rows == (
        Invoice(
            firm_id=ACME,
            invoice_id=InvoiceId("7"),
            entity_id=EntityId("1001"),
            number="INV-7",
            total=Money("1200.5", "USD"),
            amount_due=Money("0.1", "USD"),
            issued_on=date(2026, 3, 2),
            due_on=date(2026, 4, 1),
            status=InvoiceStatus.OPEN,
        ),
    )
    assert payments({"bills": "7, 8;\n9 ;"}).rows == (
        Payment(
            firm_id=ACME,
            payment_id=PaymentId("9"),
            entity_id=EntityId("1001"),
            amount=Money(5, "USD"),
            paid_at=datetime(2026, 3, 2, tzinfo=UTC),
            invoice_ids=(InvoiceId("7"), InvoiceId("8"), InvoiceId("9")),
        ),
    )
    assert late_fees({"due": "4", "bill": "7"}).rows == (
        LateFee(
            firm_id=ACME,
            fee_id=FeeId("3"),
            entity_id=EntityId("1001"),
            invoice_id=InvoiceId("7"),
            amount=Money(5, "USD"),
            amount_due=Money(4, "USD"),
            assessed_on=date(2026, 3, 2),
        ),
    )


@pytest.mark.parametrize(
    ("word", "active"),
    [("Active", True), ("TRUE", True), (True, True), ("yes", True), ("y", True), (1, True), ("Inactive", False),
     ("false", False), (False, False), ("No", False), ("N", False), (0, False), ("", True), (None, True)],
)  # fmt: skip
def test_people_have_many_words_for_active(word: object, active: bool) -> None:
    """An export may say yes, true, 1 or active, and the like for no."""
    assert [client.active for client in entities({"state": word}).entities] == [active]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T09:30", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("2026-03-02 09:30:15", datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)),
        ("2026-03-02T09:30:00.25Z", datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-02T23:30:00-0530", datetime(2026, 3, 3, 5, tzinfo=UTC)),
    ],
)
def test_times_are_iso_8601_and_days_are_as_written(text: str, moment: datetime) -> None:
    """A time without an offset is UTC; a day is the one that is written, whatever the offset."""
    assert payments({"date": text}).rows[0].paid_at == moment
    assert invoices({"date": text}).rows[0].issued_on == date(2026, 3, 2)


ISO = "must be a date or a time as in 2026-03-02 or 2026-03-02T09:30:00Z"
PLAIN = "must be in plain decimal notation"
NO_AMOUNTS = ["1,200", "$5", "(5)", "1e3", 1e30, ".5", "\u0661", "NaN", "5 USD"]
NO_DAYS = ["02.03.2026", "20260302", "2026-W10-1", "2026-02-30", "tomorrow"]
NO_TIMES = ["24:00", "09", "09:60", "09:30+25:00", "09:30z"]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"id": " "}, "invoice_id", "is missing"),
        ({"id": None}, "invoice_id", "is missing"),
        ({"id": ["7"]}, "invoice_id", "is a list or an object, not a plain value"),
        ({"id": "7" * 201}, "invoice_id", "is longer than 200 characters"),
        ({"id": "\0"}, "invoice_id", "holds a NUL character"),
        ({"no": "\ud800"}, "number", "holds a lone surrogate"),
        ({"client": ""}, "entity_id", "is missing"),
        *(({"total": text}, "total", PLAIN) for text in NO_AMOUNTS),
        ({"due": "0.00001"}, "amount_due", "has more than 4 decimals"),
        ({"due": 10**11}, "amount_due", "must be below 10^11"),
        ({"due": None}, "amount_due", "is missing"),
        ({"currency": "usd"}, "currency", "must be three capital letters, as in ISO 4217"),
        ({"currency": ""}, "currency", "is missing"),
        ({"state": "overdue"}, "status", "must be one of open, paid, void, draft, sent"),
        *(({"date": text}, "issued_on", ISO) for text in NO_DAYS),
        *(({"until": f"2026-03-02T{text}"}, "due_on", ISO) for text in NO_TIMES),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_costs_no_other(row: dict[str, Any], field: str, reason: str) -> None:
    """File, row, field and reason tell where to look; the reason never repeats what stands there."""
    read = invoices({"id": 1}, row, {"id": 2})
    assert [bill.invoice_id for bill in read.rows] == ["1", "2"]
    assert [str(each) for each in read.rejected] == [f"t.json, row 2, {field}: {reason}"]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({"name": None, "title": ""}, "name: is missing"),
        ({"name": "J" * 501}, "name: is longer than 500 characters"),
        ({"state": "perhaps"}, "active: must be one of active, true, yes, y, 1, inactive, false, no, n, 0, archived"),
        ({"mails": ["jane.smith@example.com"]}, "email: is a list or an object, not a plain value"),
        ({"no": "1" * 201}, "client_number: is longer than 200 characters"),
    ],
)
def test_a_bad_client_is_named(row: dict[str, Any], finding: str) -> None:
    """A client whose row is wrong is kept out by name."""
    assert [str(each) for each in entities(row).rejected] == [f"t.json, row 1, {finding}"]


def test_a_payment_at_no_moment_is_named() -> None:
    """A time that lies before the year 1 in UTC is no time."""
    assert [each.field for each in payments({"date": "0001-01-01T00:00:00+05:00"}).rejected] == ["paid_at"]


def test_an_id_counts_once() -> None:
    """Of two good rows with one id the later is named; a row that was rejected takes no id away."""
    read = entities({"id": ""}, {"state": "?"}, {"name": "Smith Family Trust"}, {"id": " 1001"}, {"id": "1002"})
    assert [(client.entity_id, client.name) for client in read.entities] == [
        ("1001", "Smith Family Trust"),
        ("1002", "Smith, Jane"),
    ]
    assert [str(each) for each in read.rejected] == [
        "t.json, row 1, entity_id: is missing",
        "t.json, row 2, active: must be one of active, true, yes, y, 1, inactive, false, no, n, 0, archived",
        "t.json, row 4, entity_id: stands in row 3 already",
    ]


def test_rows_that_are_no_records_are_named_among_the_others() -> None:
    """Findings come in the order of the file, whether a row is no record or a wrong one."""
    records = parse_records(b"id,name,title,no,mails,state,into\n,,,,,x,\n1\n,,,,,y,\n", file="t.csv")
    assert [str(each) for each in read_entities(ACME, records, MAPPING).rejected] == [
        "t.csv, row 2, entity_id: is missing",
        "t.csv, row 3: has 1 cells where the header has 7",
        "t.csv, row 4, entity_id: is missing",
    ]


def test_parts_that_are_no_address_are_named_and_their_client_kept() -> None:
    """A telephone number in an e-mail cell costs neither the client nor its other addresses."""
    read = entities({}, {"id": "1002", "mails": "jane.smith@example.com, n/a; 555-0100"}, {"id": "", "mails": "n/a"})
    assert [len(client.contacts) for client in read.entities] == [0, 1]
    assert [str(each) for each in read.rejected_parts] == [
        "t.json, row 2, email: part 2 must have one @ between two non-empty parts",
        "t.json, row 2, email: part 3 must have one @ between two non-empty parts",
    ]


def test_who_was_merged_is_inactive_and_leads_to_the_survivor() -> None:
    """At the end of each chain; a merge that leads back to itself is named, and none."""
    chain = ({"id": "a", "into": "b"}, {"id": "b", "into": "c", "no": "7"}, {"id": "c", "no": "8"})
    circle = ({"id": "d", "into": "e"}, {"id": "e", "into": "d"}, {"id": "f", "into": "x" * 201})
    read = entities(*chain, *circle, {"id": "g", "into": "g"})
    assert read.merged == {"a": "c", "b": "c"}
    assert {client.entity_id for client in read.entities if client.active} == {"c", "g"}
    assert read.unnumbered == ("a", "d", "e", "g")
    assert [str(each) for each in read.rejected_parts] == [
        "t.json, row 4, merged_into: leads back to itself",
        "t.json, row 5, merged_into: leads back to itself",
    ]
    assert [str(each) for each in read.rejected] == ["t.json, row 6, merged_into: is longer than 200 characters"]


def test_contacts_are_put_together_by_their_client() -> None:
    """In the order of the rows, each address once; who has no name in the cell has that of the row."""
    content = json.dumps(
        [
            {"client": "2", "mails": "jane.smith@example.com", "person": "Jane"},
            {"client": "1", "mails": "", "person": ""},
            {"client": "2", "mails": '"Smith" <books@example.com>; n/a; JANE.smith@example.com', "person": "Books"},
            {"client": "", "mails": "jane.smith@example.com"},
            {"client": "2" * 201, "mails": "jane.smith@example.com"},
        ]
    ).encode()
    read = read_contacts(ACME, parse_records(content, file="t.json"), MAPPING)
    assert [
        (one.entity_id, one.name, [(str(each.email), each.name) for each in one.contacts]) for one in read.entities
    ] == [
        ("2", "", [("jane.smith@example.com", "Jane"), ("books@example.com", "Smith")]),
        ("1", "", []),
    ]
    assert [str(each) for each in (*read.rejected, *read.rejected_parts)] == [
        "t.json, row 4, entity_id: is missing",
        "t.json, row 5, entity_id: is longer than 200 characters",
        "t.json, row 3, email: part 2 must have one @ between two non-empty parts",
    ]
    assert read_contacts(ACME, parse_records(b"[]", file="t.json"), MAPPING) == Roster[Rejected]()


def test_a_column_that_no_record_has_is_a_slip_of_the_mapping() -> None:
    """A header that lacks a column is named at once; a JSON record may leave out what is blank."""
    for records in (
        parse_records(b"id,name,title,mails\n", file="t.csv"),
        parse_records(b'[{"id": 1, "name": "x", "title": "", "mails": ""}]', file="t.json"),
    ):
        with pytest.raises(
            InvalidFile, match=r"^t\.(csv|json): has no column no, state, into, which \[entities\] draws on$"
        ):
            read_entities(ACME, records, MAPPING)
    content = json.dumps([ENTITY, {"id": "1002", "name": "Smith Family Trust"}]).encode()
    records = parse_records(content, file="t.json")
    assert len(read_entities(ACME, records, MAPPING).entities) == 2
    assert read_entities(ACME, parse_records(b"[]", file="t.json"), MAPPING) == Roster[Rejected]()


CELL = st.sampled_from(["", "1001", "7", "open", "USD", "2026-03-02", "-1.50", "jane.smith@example.com"]) | st.text()
TABLES = st.sampled_from([(entities, ENTITY), (invoices, INVOICE), (payments, PAYMENT), (late_fees, FEE)])


@given(table=TABLES, data=st.data())
def test_every_row_ends_as_a_record_or_as_a_finding(table: tuple[Any, dict[str, str]], data: st.DataObject) -> None:
    """Whatever stands in a table, no row is lost, none is counted twice, and nothing is raised."""
    read_table, usual = table
    rows = data.draw(st.lists(st.dictionaries(st.sampled_from(sorted(usual)), CELL, max_size=3), max_size=5))
    read = read_table(*rows) if rows else Imported()
    good = read.entities if isinstance(read, Roster) else read.rows
    assert len(good) + len(read.rejected) == len(rows)
    assert len({each.row for each in read.rejected}) == len(read.rejected)


@given(amounts=st.lists(st.decimals(-(10**11) + 1, 10**11 - 1, places=4), min_size=1))
def test_amounts_add_up_to_the_last_decimal(amounts: list[Decimal]) -> None:
    """What a table's amounts sum up to is what they sum up to on paper."""
    read = invoices(*({"id": row, "total": f"{amount:f}"} for row, amount in enumerate(amounts)))
    units = sum(bill.total.units for bill in read.rows)
    assert units == sum(int(amount.scaleb(4)) for amount in amounts)


@given(ids=st.lists(st.sampled_from(["1001", "1002", "1003"]), max_size=8))
def test_each_id_is_kept_exactly_once(ids: list[str]) -> None:
    """However often a client is repeated, its first row stands and each later one is named."""
    read = entities(*({"id": entity_id, "no": str(row)} for row, entity_id in enumerate(ids, 1)))
    firsts = {entity_id: str(ids.index(entity_id) + 1) for entity_id in ids}
    assert {client.entity_id: client.client_number for client in read.entities} == firsts
    assert len(read.rejected) == sum(count - 1 for count in Counter(ids).values())
