"""Real answers of Xero and QuickBooks Online, counted and summed by hand."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal_linkage.domain.entities import Invoice, InvoiceStatus, Payment
from portal_linkage.domain.values import EntityId, InvoiceId, Money, PaymentId, sum_by_currency
from portal_linkage.feeds import Bills, InvalidPayload, quickbooks
from portal_linkage.feeds.xero import read_contacts, read_invoices, read_payments

from .payloads import ACME, told

LIAM = EntityId("430fa14a-f945-44d3-9f97-5df5e28441b8")
BARNEY = EntityId("a3675fc4-f8dd-4f03-ba5b-f1870566bcd7")


@pytest.fixture
def answers(samples: Path) -> Path:
    """The folder of the real answers."""
    return samples / "pms" / "xero"


def test_the_two_contacts_of_a_real_page_have_no_number(answers: Path) -> None:
    """A page of contacts: two are active, each lists one address, and nobody can type the number of either."""
    roster = read_contacts(ACME, (answers / "contacts.json").read_bytes())
    assert [(each.name, each.active, [str(one.email) for one in each.contacts]) for each in roster.entities] == [
        ("Katherine Warren", True, ["kat.warren@clampett.com"]),
        ("Lisa Parker", True, ["lparker@parkerandco.com"]),
    ]
    assert roster.unnumbered == tuple(each.entity_id for each in roster.entities)
    assert all(each.client_number == each.entity_id for each in roster.entities)
    assert (roster.merged, roster.rejected, roster.rejected_parts) == ({}, (), ())


def test_a_real_contact_lists_its_address_and_the_persons_who_get_its_bills(answers: Path) -> None:
    """One contact asked for singly: its own address, and that of the person who is included in e-mails."""
    roster = read_contacts(ACME, (answers / "contact_by_id.json").read_bytes())
    assert [(each.label, each.active) for each in roster.entities] == [("Acme Parts Co. (1234567)", True)]
    assert [(str(each.email), each.name) for each in roster.entities[0].contacts] == [
        ("bk@krave.co", "Blake Kohler"),
        ("sue.johnson@krave.com", "Sue Johnson"),
    ]
    assert (roster.unnumbered, roster.rejected, roster.rejected_parts) == ((), (), ())


def test_the_contact_inside_a_real_bill_is_a_contact_as_any_other(answers: Path) -> None:
    """Taken out of the bill and fed alone: the person who is not included in e-mails is no contact."""
    bill = json.loads((answers / "invoice_by_id.json").read_text(encoding="utf-8"))["Invoices"][0]
    roster = read_contacts(ACME, json.dumps(bill["Contact"]))
    assert [(each.entity_id, each.name) for each in roster.entities] == [(LIAM, "Liam Gallagher")]
    assert [str(each.email) for each in roster.entities[0].contacts] == ["liam@rockstar.com"]


def test_the_stub_inside_a_real_bill_is_refused_as_a_contact(answers: Path) -> None:
    """It has no status and leaves out the addresses, which would count as gone."""
    bills = json.loads((answers / "invoices.json").read_text(encoding="utf-8"))["Invoices"]
    roster = read_contacts(ACME, json.dumps({"Contacts": [bills[0]["Contact"]]}))
    assert (roster.entities, told(*roster.rejected)) == ((), [f"Contact {BARNEY}, ContactStatus: is missing"])


def test_a_real_page_of_bills_has_a_void_a_paid_and_an_open_one(answers: Path) -> None:
    """Three invoices of one contact, 201 NZD in all, of which 115 are due."""
    bills = read_invoices(ACME, (answers / "invoices.json").read_bytes())
    assert [(each.number, each.status, each.issued_on, each.due_on) for each in bills.rows] == [
        ("INV-0001", InvoiceStatus.VOID, date(2018, 10, 20), date(2018, 12, 30)),
        ("INV-0002", InvoiceStatus.PAID, date(2018, 10, 20), date(2018, 12, 30)),
        ("INV-0003", InvoiceStatus.OPEN, date(2018, 11, 2), date(2018, 11, 7)),
    ]
    assert {each.entity_id for each in bills.rows} == {BARNEY}
    assert sum_by_currency(each.total for each in bills.rows) == {"NZD": Money(201, "NZD")}
    assert sum_by_currency(each.amount_due for each in bills.rows) == {"NZD": Money(115, "NZD")}
    assert (bills.removed, bills.rejected) == ((), ())


def test_a_real_bill_is_exact_to_the_cent(answers: Path) -> None:
    """148,062.76 is no number that a float holds."""
    bills = read_invoices(ACME, (answers / "invoice_by_id.json").read_bytes())
    assert [(each.number, each.entity_id, each.status, each.total, each.amount_due) for each in bills.rows] == [
        ("INV-0006", LIAM, InvoiceStatus.PAID, Money("148062.76", "NZD"), Money(0, "NZD"))
    ]
    assert (bills.removed, bills.rejected) == ((), ())


def test_of_two_real_payments_one_is_a_refund(answers: Path) -> None:
    """46 NZD came in for an invoice; the 2 NZD that went out for a credit note are no payment of a client."""
    paid = read_payments(ACME, (answers / "payments.json").read_bytes())
    assert paid.rows == (
        Payment(
            firm_id=ACME,
            payment_id=PaymentId("99ea7f6b-c513-4066-bc27-b7c65dcd76c2"),
            entity_id=BARNEY,
            amount=Money(46, "NZD"),
            paid_at=datetime(2018, 11, 29, tzinfo=UTC),
            invoice_ids=(InvoiceId("046d8a6d-1ae1-4b4d-9340-5601bdf41b87"),),
        ),
    )
    assert (paid.removed, paid.rejected) == ((), ())


@pytest.mark.parametrize("read", [read_contacts, read_invoices, read_payments])
@pytest.mark.parametrize("name", ["credit_notes", "contact_groups", "organisation"])
def test_other_real_answers_are_refused_as_a_whole(answers: Path, name: str, read: Callable[..., object]) -> None:
    """Nothing comes of an answer about other things: not even an empty list, which could count as complete."""
    with pytest.raises(InvalidPayload, match=r"^payload: has neither "):
        read(ACME, (answers / f"{name}.json").read_bytes())


@pytest.fixture
def quickbooks_answers(samples: Path) -> Path:
    """The folder of the real answers of QuickBooks."""
    return samples / "pms" / "quickbooks"


def test_five_real_customers_are_five_clients(quickbooks_answers: Path) -> None:
    """One of them is a sub-customer; one lists an address; none has a number that people know."""
    roster = quickbooks.read_customers(ACME, (quickbooks_answers / "customers.xml").read_bytes())
    assert [(each.entity_id, each.name, len(each.contacts)) for each in roster.entities] == [
        ("3", "Acme Enterprises", 0),
        ("4", "Little Acme, Inc.", 0),
        ("5", "CodyTest", 0),
        ("2", "Sunset Bakery", 0),
        ("1", "Thrifty Meats", 1),
    ]
    assert all(each.active for each in roster.entities)
    assert roster.unnumbered == ("3", "4", "5", "2", "1")
    assert (roster.merged, roster.rejected, roster.rejected_parts) == ({}, (), ())


@pytest.mark.parametrize(
    ("name", "label", "active"),
    [
        ("customer", "Thrifty Meats (1)", True),
        ("fetch_customer_by_id", "Thrifty Meats (1)", True),
        ("deleted_customer", "Thrifty Meats (deleted) (1)", False),
    ],
)
def test_a_real_customer_alone(quickbooks_answers: Path, name: str, label: str, active: bool) -> None:
    """With or without the answer around it; one that the firm gave up is inactive."""
    roster = quickbooks.read_customers(ACME, (quickbooks_answers / f"{name}.xml").read_bytes())
    (entity,) = roster.entities
    assert (entity.label, entity.active) == (label, active)
    assert [(str(each.email), each.name) for each in entity.contacts] == [("info@thriftymeats.com", "John Doe")]
    assert (roster.unnumbered, roster.rejected, roster.rejected_parts) == (("1",), (), ())


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("invoice", InvoiceStatus.OPEN),
        ("invoices", InvoiceStatus.OPEN),
        ("fetch_invoice_by_id", InvoiceStatus.OPEN),
        ("invoice_void_success_response", InvoiceStatus.VOID),
    ],
)
def test_a_real_invoice_of_50_dollars(quickbooks_answers: Path, name: str, status: InvoiceStatus) -> None:
    """The company's own currency, 75 in it, does not count; a void one is void although it still bears its amounts."""
    bills = quickbooks.read_invoices(ACME, (quickbooks_answers / f"{name}.xml").read_bytes())
    fifty = Money(50, "USD")
    assert bills == Bills(
        (
            Invoice(
                firm_id=ACME,
                invoice_id=InvoiceId("1"),
                entity_id=EntityId("2"),
                number="1001",
                total=fifty,
                amount_due=fifty,
                issued_on=date(2013, 11, 15),
                due_on=date(2013, 11, 30),
                status=status,
            ),
        )
    )


def test_a_real_invoice_that_was_deleted_is_to_be_removed(quickbooks_answers: Path) -> None:
    """Nothing is known of it but its id."""
    answer = (quickbooks_answers / "invoice_delete_success_response.xml").read_bytes()
    assert quickbooks.read_invoices(ACME, answer) == Bills(removed=(InvoiceId("1"),))


@pytest.mark.parametrize("name", ["payment", "payment_by_id", "fetch_payment_by_id"])
def test_a_real_payment_of_40(quickbooks_answers: Path, name: str) -> None:
    """It names no currency, and so is in the one that the caller names; it is for no invoice yet."""
    answer = (quickbooks_answers / f"{name}.xml").read_bytes()
    payment = Payment(
        firm_id=ACME,
        payment_id=PaymentId("8748"),
        entity_id=EntityId("25342"),
        amount=Money(40, "USD"),
        paid_at=datetime(2013, 7, 11, tzinfo=UTC),
    )
    assert quickbooks.read_payments(ACME, answer, home_currency="USD") == Bills((payment,))
    assert told(*quickbooks.read_payments(ACME, answer).rejected) == [
        "Payment 8748, CurrencyRef: is missing, and no home currency was given"
    ]


READS = [quickbooks.read_customers, quickbooks.read_invoices, quickbooks.read_payments, quickbooks.read_bill_contacts]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    ("name", "reason"),
    [("fetch_credit_memo", "has no "), ("customer_duplicate_error", "is an error answer of QuickBooks")],
)
def test_a_real_credit_memo_and_a_real_error_are_refused(
    quickbooks_answers: Path, name: str, reason: str, read: Callable[..., object]
) -> None:
    """Credit is no bill, and an error is no answer."""
    with pytest.raises(InvalidPayload) as caught:
        read(ACME, (quickbooks_answers / f"{name}.xml").read_bytes())
    assert caught.value.reason.startswith(reason)


def test_no_real_invoice_says_where_it_was_sent(quickbooks_answers: Path) -> None:
    """So its customer is listed by nobody, in the source that the addresses of bills are."""
    roster = quickbooks.read_bill_contacts(ACME, (quickbooks_answers / "invoices.xml").read_bytes())
    assert [(each.entity_id, each.contacts) for each in roster.entities] == [("2", ())]
