"""Customers, invoices and payments of QuickBooks Online. Each answer is read in JSON and in XML, and says the same."""

import json
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.entities import ClientEntity, Contact, Invoice, InvoiceStatus, Payment
from portal_linkage.domain.errors import InvalidValue
from portal_linkage.domain.values import EmailAddress, EntityId, InvoiceId, Money, PaymentId
from portal_linkage.feeds import Bills, InvalidPayload, Roster
from portal_linkage.feeds.quickbooks import read_bill_contacts, read_customers, read_invoices, read_payments

from .payloads import ACME, CUSTOMER, INVOICE, PAYMENT, as_json, as_xml, number, told

T = TypeVar("T")
JANE = EmailAddress.parse("jane.smith@example.com")
NAMESPACE = ' xmlns="http://schema.intuit.com/finance/v3" time="2026-03-02T09:30:00-08:00"'


def answers(kind: str, *records: dict[str, Any]) -> tuple[str, str]:
    """The answer to a query, in JSON and in XML."""
    listed: dict[str, Any] = {kind: [*records]}
    xml = as_xml("IntuitResponse", {"QueryResponse": listed})
    return as_json({"QueryResponse": listed, "time": "x"}), xml.replace(
        "<IntuitResponse", f"<IntuitResponse{NAMESPACE}"
    )


def one_of(two: list[T]) -> T:
    """What both ways of writing say."""
    assert two[0] == two[1]
    return two[0]


def customers(*records: dict[str, Any]) -> Roster:
    """The customers in records that are like Jane's but for what is given."""
    return one_of([read_customers(ACME, each) for each in answers("Customer", *(CUSTOMER | one for one in records))])


def bill_contacts(*records: dict[str, Any]) -> Roster:
    """The addresses of the invoices in records that are like Jane's but for what is given."""
    return one_of([read_bill_contacts(ACME, each) for each in answers("Invoice", *(INVOICE | one for one in records))])


def invoices(*records: dict[str, Any], home_currency: str | None = None) -> Bills[Invoice, InvoiceId]:
    """The invoices in records that are like Jane's but for what is given."""
    written = answers("Invoice", *(INVOICE | each for each in records))
    return one_of([read_invoices(ACME, each, home_currency=home_currency) for each in written])


def payments(*records: dict[str, Any], home_currency: str | None = None) -> Bills[Payment, PaymentId]:
    """The payments in records that are like Jane's but for what is given."""
    written = answers("Payment", *(PAYMENT | each for each in records))
    return one_of([read_payments(ACME, each, home_currency=home_currency) for each in written])


def test_every_field_of_a_customer_arrives() -> None:
    """What stands in the record stands in the client."""
    assert customers({"AcctNum": "1003"}).entities == (
        ClientEntity(
            firm_id=ACME,
            entity_id=EntityId("3"),
            name="Jane Smith Realty Group",
            client_number="1003",
            contacts=(Contact(email=JANE, name="Jane Smith"),),
        ),
    )


def test_every_field_of_a_bill_arrives() -> None:
    """What stands in the records stands in the invoice and in the payment."""
    assert invoices({}).rows == (
        Invoice(
            firm_id=ACME,
            invoice_id=InvoiceId("7"),
            entity_id=EntityId("3"),
            number="1007",
            total=Money("1200.50", "USD"),
            amount_due=Money("200.50", "USD"),
            issued_on=date(2026, 3, 2),
            due_on=date(2026, 4, 1),
            status=InvoiceStatus.OPEN,
        ),
    )
    assert payments({}).rows == (
        Payment(
            firm_id=ACME,
            payment_id=PaymentId("9"),
            entity_id=EntityId("3"),
            amount=Money(1000, "USD"),
            paid_at=datetime(2026, 3, 2, tzinfo=UTC),
            invoice_ids=(InvoiceId("7"),),
        ),
    )


def test_a_customer_without_a_accountis_reported() -> None:
    """People do not know the id by which QuickBooks calls them."""
    roster = customers({}, {"Id": "4", "AcctNum": "1004"}, {"Id": "5", "AcctNum": " "})
    assert [each.client_number for each in roster.entities] == ["3", "1004", "5"]
    assert roster.unnumbered == ("3", "5")


def test_a_sub_customer_is_a_client_of_its_own() -> None:
    """Whoever pays for it: the parent's address is not listed for the job, nor the job's for the parent."""
    job = {"Id": "4", "DisplayName": "Kitchen", "Job": True, "ParentRef": {"value": "3"}, "BillWithParent": True}
    roster = customers({}, job | {"PrimaryEmailAddr": {"Address": "site@example.com"}})
    assert [(each.entity_id, each.name, [str(one.email) for one in each.contacts]) for each in roster.entities] == [
        ("3", "Jane Smith Realty Group", ["jane.smith@example.com"]),
        ("4", "Kitchen", ["site@example.com"]),
    ]


def test_a_list_of_addresses_is_taken_apart() -> None:
    """Each part is a contact or is named; no address at all is no flaw."""
    many = {"PrimaryEmailAddr": {"Address": 'jane.smith@example.com,n/a; "Trust, S" <trust@example.com>'}}
    roster = customers(many, {"Id": "4", "PrimaryEmailAddr": None}, {"Id": "5", "PrimaryEmailAddr": {"Address": ""}})
    assert [[(str(one.email), one.name) for one in each.contacts] for each in roster.entities] == [
        [("jane.smith@example.com", "Jane Smith"), ("trust@example.com", "Trust, S")], [], [],
    ]  # fmt: skip
    assert told(*roster.rejected_parts) == [
        "Customer 3, PrimaryEmailAddr.Address: part 2 must have one @ between two non-empty parts"
    ]
    assert roster.rejected == ()


def test_an_inactive_customer_is_inactive() -> None:
    """It keeps its addresses, for the day it comes back."""
    (entity,) = customers({"Active": False}).entities
    assert (entity.active, len(entity.contacts)) == (False, 1)


@pytest.mark.parametrize(
    ("note", "total", "balance", "status"),
    [
        ("", "10", "10", InvoiceStatus.OPEN),
        ("", "10", "0.0001", InvoiceStatus.OPEN),
        ("", "10", "-1", InvoiceStatus.OPEN),
        ("", "10", "0.00", InvoiceStatus.PAID),
        ("", "0", "0", InvoiceStatus.PAID),
        ("Voided", "0", "0", InvoiceStatus.VOID),
        ("Voided", "10", "10", InvoiceStatus.VOID),
        ("Voided - wrong client", "10", "10", InvoiceStatus.VOID),
        ("Voided\nwrong client", "10", "10", InvoiceStatus.VOID),
        ("Voided: wrong client", "10", "0", InvoiceStatus.VOID),
        ("Voided wrong client", "0", "0", InvoiceStatus.VOID),
        ("Voided check came back", "10", "10", InvoiceStatus.OPEN),
        ("Voided check came back", "10", "0", InvoiceStatus.PAID),
        ("Not Voided", "0", "0", InvoiceStatus.PAID),
        ("voided", "10", "10", InvoiceStatus.OPEN),
    ],
)
def test_what_a_void_is(note: str, total: str, balance: str, status: InvoiceStatus) -> None:
    """QuickBooks marks it in the note; a note of the firm's own about something else hides no bill."""
    bills = invoices({"PrivateNote": note, "TotalAmt": number(total), "Balance": number(balance)})
    assert ([each.status for each in bills.rows], bills.removed) == ([status], ())


def test_what_quickbooks_deleted_is_to_be_removed() -> None:
    """Of a bill that is deleted nothing but its id need be there; a customer is never deleted."""
    gone = {**dict.fromkeys((*INVOICE, *PAYMENT)), "Id": "8", "status": "Deleted"}
    bills, paid = invoices(gone, {}), payments(gone, {})
    assert (bills.removed, [each.invoice_id for each in bills.rows], bills.rejected) == (("8",), ["7"], ())
    assert (paid.removed, [each.payment_id for each in paid.rows], paid.rejected) == (("8",), ["9"], ())
    assert told(*customers({"status": "Deleted"}).rejected) == [
        "Customer 3, status: is Deleted, so that it has no name; a complete list without it makes it inactive"
    ]


def test_a_status_of_its_own_is_rare_and_is_never_guessed_at() -> None:
    """A draft or a pending bill, which QuickBooks Online does not write, is shown to nobody before anybody knows."""
    assert invoices({"status": "Voided"}).rows[0].status is InvoiceStatus.VOID
    assert invoices({"status": "Synchronized"}) == invoices({})
    assert told(*invoices({"status": "Draft"}).rejected, *payments({"status": "Pending"}).rejected) == [
        "Invoice 7, status: must be one of Deleted, Voided, Synchronized",
        "Payment 9, status: must be one of Deleted, Voided, Synchronized",
    ]


@pytest.mark.parametrize("change", [{"PrivateNote": "Voided"}, {"status": "Voided"}, {"TotalAmt": number("0.00")}])
def test_a_payment_of_nothing_is_to_be_removed(change: dict[str, Any]) -> None:
    """A void one, and one that only ties a credit to an invoice: no money came in."""
    assert payments(change) == Bills(removed=(PaymentId("9"),))


def test_a_payment_names_each_invoice_once_and_nothing_else() -> None:
    """Deposits and credit memos are no invoices; a line may be for nothing."""
    linked = [("8", "Invoice"), ("7", "CreditMemo"), ("6", "Invoice"), ("8", "Invoice")]
    lines = [{"Amount": number("1"), "LinkedTxn": [{"TxnId": each, "TxnType": kind}]} for each, kind in linked]
    (payment,) = payments({"Line": [{"Amount": number("1")}, *lines]}).rows
    assert payment.invoice_ids == ("8", "6")
    assert payments({"Line": None}).rows[0].invoice_ids == ()


def test_the_currency_of_a_bill_is_its_own_or_that_of_the_company() -> None:
    """A company with one currency names none, and then nobody guesses."""
    assert invoices({}, home_currency="CAD").rows[0].total.currency == "USD"
    assert invoices({"CurrencyRef": None}, home_currency="CAD").rows[0].total == Money("1200.50", "CAD")
    assert payments({"CurrencyRef": None}, home_currency="CAD").rows[0].amount == Money(1000, "CAD")
    assert told(*invoices({"CurrencyRef": None}).rejected) == [
        "Invoice 7, CurrencyRef: is missing, and no home currency was given"
    ]
    with pytest.raises(InvalidValue, match=r"^currency: must be three capital letters"):
        read_payments(ACME, answers("Payment")[0], home_currency="usd")


def test_what_is_absent_is_what_is_usual() -> None:
    """A bill without a due date falls due when issued; one without a number is known by its id."""
    (bill,) = invoices({"DueDate": None, "DocNumber": " "}).rows
    assert (bill.due_on, bill.number) == (date(2026, 3, 2), "7")


def sent(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """An invoice that was sent to somebody."""
    fields["BillEmail"] = {"Address": fields.pop("to", "")}
    return fields


def test_the_addresses_of_bills_are_a_source_of_their_own() -> None:
    """Each customer lists once each address that one of its bills was sent to, if that bill stands."""
    roster = bill_contacts(
        sent(Id="1", to="jane.smith@example.com, trust@example.com"),
        sent(Id="2", to="other@example.com", CustomerRef={"value": "4"}),
        sent(Id="3", to="n/a,JANE.SMITH@example.com, last@example.com"),
        sent(Id="4", to="void@example.com", PrivateNote="Voided"),
        sent(Id="5", to="gone@example.com", status="Deleted"),
        sent(Id="6", to="bad@example.com", TxnDate=None),
        sent(Id="7", to="copy@example.com", CurrencyRef=None),
        {"Id": "8", "BillEmail": None, "BillEmailCc": {"Address": "cc@example.com"}},
    )
    assert [(each.entity_id, [str(one.email) for one in each.contacts]) for each in roster.entities] == [
        ("3", ["jane.smith@example.com", "trust@example.com", "last@example.com", "copy@example.com"]),
        ("4", ["other@example.com"]),
    ]
    assert told(*roster.rejected, *roster.rejected_parts) == [
        "Invoice 6, TxnDate: is missing",
        "Invoice 3, BillEmail.Address: part 1 must have one @ between two non-empty parts",
    ]
    assert (roster.merged, roster.unnumbered) == ({}, ())


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"Id": None}, "number 2, Id: is missing"),
        ({"DisplayName": None}, "x, DisplayName: is missing"),
        ({"DisplayName": "x" * 501}, "x, DisplayName: is longer than 500 characters"),
        ({"AcctNum": "1" * 201}, "x, AcctNum: is longer than 200 characters"),
        ({"Active": None}, "x, Active: is missing"),
        ({"Active": "yes"}, "x, Active: must be one of true, false"),
        ({"FamilyName": "x" * 250}, "x, FamilyName: is longer than 249 characters"),
        ({"PrimaryEmailAddr": "jane.smith@example.com"}, "x, PrimaryEmailAddr: is no object, or names a key twice"),
        ({"sparse": True}, "x, sparse: is true, so that what is left out says nothing"),
    ],
)
def test_a_bad_customer_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """Its id, or its place if it has none, the field as QuickBooks calls it, and the reason."""
    roster = customers({}, {"Id": "x"} | change, {"Id": "4"})
    assert [each.entity_id for each in roster.entities] == ["3", "4"]
    assert told(*roster.rejected) == [f"Customer {finding}"]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"CustomerRef": None}, "CustomerRef: is missing"),
        ({"CustomerRef": {"value": " ", "name": "x"}}, "CustomerRef"),
        ({"CurrencyRef": {"value": "usd"}}, "CurrencyRef.value: must be three capital letters, as in ISO 4217"),
        ({"TotalAmt": None}, "TotalAmt: is missing"),
        ({"Balance": None}, "Balance: is missing"),
        ({"Balance": "1,200"}, "Balance: must be in plain decimal notation"),
        ({"TotalAmt": number("1.00001")}, "TotalAmt: has more than 4 decimals"),
        ({"TxnDate": None}, "TxnDate: is missing"),
        ({"DueDate": "04/01/2026"}, "DueDate: must be a date or a time as in "),
        ({"DocNumber": "1" * 201}, "DocNumber: is longer than 200 characters"),
        ({"sparse": True}, "sparse: is true, so that what is left out says nothing"),
    ],
)
def test_a_bad_invoice_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """In either way of writing."""
    for answer in answers("Invoice", INVOICE, INVOICE | {"Id": "x"} | change, INVOICE | {"Id": "8"}):
        bills = read_invoices(ACME, answer)
        assert [each.invoice_id for each in bills.rows] == ["7", "8"]
        assert [each.startswith(f"Invoice x, {finding}") for each in told(*bills.rejected)] == [True]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"CustomerRef": None}, "CustomerRef: is missing"),
        ({"TotalAmt": None}, "TotalAmt: is missing"),
        ({"TxnDate": "2026-02-30"}, "TxnDate: must be a date or a time as in "),
        ({"Line": [{"Amount": number("1"), "LinkedTxn": [{"TxnType": "Invoice"}]}, {}]},
         "Line[1].LinkedTxn[1].TxnId: is missing"),
        ({"Line": [{"Amount": number("1"), "LinkedTxn": [{"TxnId": "7"}]}]},
         "Line[1].LinkedTxn[1].TxnType: is missing"),
        ({"sparse": True}, "sparse: is true, so that what is left out says nothing"),
    ],
)  # fmt: skip
def test_a_bad_payment_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """A place in a list is told by its number, in either way of writing."""
    for answer in answers("Payment", PAYMENT, PAYMENT | {"Id": "x"} | change, PAYMENT | {"Id": "8"}):
        paid = read_payments(ACME, answer)
        assert [each.payment_id for each in paid.rows] == ["9", "8"]
        assert [each.startswith(f"Payment x, {finding}") for each in told(*paid.rejected)] == [True]


@pytest.mark.parametrize(
    "payload",
    [
        as_json(CUSTOMER),
        as_json({"Customer": CUSTOMER, "time": "2026-03-02T09:30:00-08:00"}),
        as_json({"QueryResponse": {"Customer": [CUSTOMER], "startPosition": 1, "maxResults": 1}, "time": "x"}),
        as_json({"CDCResponse": [{"QueryResponse": [{"Invoice": [INVOICE]}, {"Customer": [CUSTOMER]}, {}]}]}),
        as_xml("Customer", CUSTOMER),
        f"<?xml version='1.0' encoding='utf-16'?>\n{as_xml('Customer', CUSTOMER)}<!-- end -->",
        as_xml("IntuitResponse", {"Customer": CUSTOMER}),
        as_xml("IntuitResponse", {"CDCResponse": {"QueryResponse": [{"Invoice": INVOICE}, {"Customer": CUSTOMER}]}}),
        f"\n <i:IntuitResponse xmlns:i='x'>{as_xml('Customer', CUSTOMER)}</i:IntuitResponse>",
        as_xml("IntuitResponse", {"QueryResponse": [None, {"Customer": CUSTOMER}]}),
    ],
)
def test_a_customer_is_found_in_every_kind_of_answer(payload: str) -> None:
    """Alone, in the answer to a query, among the changes since a time; in text and in octets."""
    for written in (payload, payload.encode(), b"\xef\xbb\xbf" + payload.encode()):
        assert read_customers(ACME, written) == customers({})


@pytest.mark.parametrize(
    "payload",
    ['{"QueryResponse": {}}', '{"QueryResponse": null}', '{"QueryResponse": {"Invoice": []}}', '{"CDCResponse": []}',
     "<IntuitResponse><QueryResponse/></IntuitResponse>", '<QueryResponse maxResults="0"> </QueryResponse>'],
)  # fmt: skip
def test_an_answer_without_records_is_an_answer(payload: str) -> None:
    """The page after the last is no error."""
    assert read_customers(ACME, payload) == read_bill_contacts(ACME, payload) == Roster()
    assert read_invoices(ACME, payload) == Bills()


FAULT = {"Fault": {"Error": [{"Message": "jane.smith@example.com", "code": "6240"}], "type": "ValidationFault"}}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (json.dumps(FAULT), "is an error answer of QuickBooks"),
        ('{"fault": {"error": []}, "QueryResponse": {}}', "is an error answer of QuickBooks"),
        (json.dumps({"CDCResponse": [{"QueryResponse": [FAULT]}]}), "is an error answer of QuickBooks"),
        ("<IntuitResponse><Fault/></IntuitResponse>", "is an error answer of QuickBooks"),
        ("[]", "is no answer of QuickBooks"),
        ("5", "is no answer of QuickBooks"),
        ('{"QueryResponse": 5}', "is no answer of QuickBooks"),
        ("<IntuitResponse>x</IntuitResponse>", "is no answer of QuickBooks"),
        ("{}", "has no Customer"),
        (as_json({"Invoice": INVOICE, "time": "x"}), "has no Customer"),
        (as_xml("Invoice", INVOICE), "has no Customer"),
        ("<html><body>Sign in</body></html>", "has no Customer"),
        ("", "is broken JSON"),
        (b"\xff", "is not UTF-8"),
        ("<a>\n<b></a>", "is broken XML at line 2"),
        ("<a>&jane;</a>", "is broken XML at line 1"),
        ("<a>\0</a>", "is broken XML at line 1"),
        ("<a>\ud800</a>", "holds a lone surrogate"),
        ("<a>" * 100_000 + "</a>" * 100_000, "is nested too deeply"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "declares a document type"),
    ],
)  # fmt: skip
def test_a_payload_that_is_none_is_one_error_of_ours(payload: bytes | str, reason: str) -> None:
    """Nothing comes of it; what an error answer says is not repeated, since it may name a client."""
    with pytest.raises(InvalidPayload) as caught:
        read_customers(ACME, payload)
    assert (caught.value.field, caught.value.reason) == ("payload", reason)


def test_entities_that_grow_without_end_are_not_read() -> None:
    """Ten lines would grow to a billion words; they are refused before anything is read."""
    grown = "".join(f'<!ENTITY a{each} "{f"&a{each - 1};" * 10}">' for each in range(1, 10))
    with pytest.raises(InvalidPayload, match=r"^payload: declares a document type$"):
        read_customers(ACME, f'<!DOCTYPE a [<!ENTITY a0 "x">{grown}]><a>&a9;</a>')


def test_what_stands_twice_counts_for_nothing() -> None:
    """Neither an element beside another nor an attribute beside an element decides which of the two is meant."""
    for doubled in ('<Customer Id="4"><Id>5</Id>', "<Customer><Id>4</Id><Id>5</Id>"):
        read = read_customers(ACME, f"{doubled}<DisplayName>Smith</DisplayName><Active>true</Active></Customer>")
        assert (read.entities, len(read.rejected)) == ((), 1)
    before, _, after = as_xml("Invoice", INVOICE).partition("<CustomerRef")
    bill = f'{before}<CustomerRef value="9">58</CustomerRef>{after.partition("</CustomerRef>")[2]}'
    [rejected] = read_invoices(ACME, bill).rejected
    assert rejected.field == "CustomerRef.value"


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=10)


@given(name=PLAIN, account=PLAIN, active=st.booleans(), first=PLAIN, mail=st.sampled_from(["a@b.c", "n/a", "a@b.c,x"]))
def test_json_and_xml_say_the_same(name: str, account: str, active: bool, first: str, mail: str) -> None:
    """Whatever the texts hold."""
    fields = {"DisplayName": name, "AcctNum": account, "Active": active, "GivenName": first}
    customers({}, {"Id": "4", "PrimaryEmailAddr": {"Address": mail}} | fields)
