"""The invoices and payments of Xero."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.entities import Invoice, InvoiceStatus, Payment
from portal_linkage.domain.values import EntityId, InvoiceId, Money, PaymentId
from portal_linkage.feeds import Bills
from portal_linkage.feeds.xero import read_invoices, read_payments

from .payloads import ACME, XERO_INVOICE, XERO_PAYMENT, as_json, number, told

DATES = "must be a date or a time as in 2026-03-02T09:30:00Z or /Date(0+0000)/"


def invoices(*records: dict[str, Any]) -> Bills[Invoice, InvoiceId]:
    """The invoices in records that are like Jane's but for what is given."""
    return read_invoices(ACME, as_json({"Invoices": [XERO_INVOICE | each for each in records]}))


def payments(*records: dict[str, Any]) -> Bills[Payment, PaymentId]:
    """The payments in records that are like Jane's but for what is given."""
    return read_payments(ACME, as_json({"Payments": [XERO_PAYMENT | each for each in records]}))


def test_every_field_of_a_bill_arrives() -> None:
    """What stands in the records stands in the invoice and in the payment."""
    assert invoices({}).rows == (
        Invoice(
            firm_id=ACME,
            invoice_id=InvoiceId("i-7"),
            entity_id=EntityId("c-1003"),
            number="INV-7",
            total=Money("1200.50", "USD"),
            amount_due=Money("200.50", "USD"),
            issued_on=date(2026, 3, 2),
            due_on=date(2026, 4, 1),
            status=InvoiceStatus.OPEN,
        ),
    )
    assert payments({"Date": "/Date(1772409600000+1300)/"}).rows == (
        Payment(
            firm_id=ACME,
            payment_id=PaymentId("p-9"),
            entity_id=EntityId("c-1003"),
            amount=Money(1000, "USD"),
            paid_at=datetime(2026, 3, 2, tzinfo=UTC),
            invoice_ids=(InvoiceId("i-7"),),
        ),
    )


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("DRAFT", InvoiceStatus.DRAFT), ("SUBMITTED", InvoiceStatus.DRAFT), ("AUTHORISED", InvoiceStatus.OPEN),
        ("PAID", InvoiceStatus.PAID), ("VOIDED", InvoiceStatus.VOID),
    ],
)  # fmt: skip
def test_each_status_of_an_invoice_has_one_meaning(status: str, ours: InvoiceStatus) -> None:
    """As the table in the docs says."""
    bills = invoices({"Status": status})
    assert ([each.status for each in bills.rows], bills.removed) == ([ours], ())


def test_what_xero_deleted_is_to_be_removed() -> None:
    """Of a bill that is deleted nothing but its id need be there."""
    gone = dict.fromkeys((*XERO_INVOICE, *XERO_PAYMENT))
    bills = invoices(gone | {"InvoiceID": "i-8", "Type": "ACCREC", "Status": "DELETED"}, {})
    assert (bills.removed, [each.invoice_id for each in bills.rows], bills.rejected) == (("i-8",), ["i-7"], ())
    paid = payments(gone | {"PaymentID": "p-8", "PaymentType": "ACCRECPAYMENT", "Status": "DELETED"}, {})
    assert (paid.removed, [each.payment_id for each in paid.rows], paid.rejected) == (("p-8",), ["p-9"], ())


def test_what_the_firm_owes_or_gives_back_is_nobodys_bill() -> None:
    """Its own bills, refunds and prepayments are skipped, whatever stands in them."""
    assert invoices({"Type": "ACCPAY", "InvoiceID": None}) == Bills()
    kinds = ("ACCPAYPAYMENT", "ARCREDITPAYMENT", "APCREDITPAYMENT", "AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT",
             "APOVERPAYMENTPAYMENT", "APPREPAYMENTPAYMENT")  # fmt: skip
    assert payments(*({"PaymentType": kind, "Status": "DELETED"} for kind in kinds)) == Bills()


def test_what_is_absent_is_what_is_usual() -> None:
    """A bill without a due date falls due when issued; one without a number is known by its id."""
    for absent in (None, " "):
        (bill,) = invoices({"DueDate": absent, "InvoiceNumber": absent}).rows
        assert (bill.due_on, bill.number) == (date(2026, 3, 2), "i-7")


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"Type": "ACCRECCREDIT"}, "Type: must be one of ACCREC, ACCPAY"),
        ({"Status": "SENT"}, "Status: must be one of DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED, DELETED"),
        ({"Contact": None}, "Contact: is missing"),
        ({"Contact": {}}, "Contact.ContactID: is missing"),
        ({"Contact": "c-1003"}, "Contact: is no object, or names a key twice"),
        ({"Total": None}, "Total: is missing"),
        ({"Total": True}, "Total: must be an amount"),
        ({"Total": "1,200"}, "Total: must be in plain decimal notation"),
        ({"Total": number("NaN")}, "Total: must be a finite number"),
        ({"Total": number("-Infinity")}, "Total: must be a finite number"),
        ({"Total": number("1e99999999999999999999")}, "Total: must be a finite number"),
        ({"Total": number("1e999999999")}, "Total: must be below 10^11"),
        ({"Total": number("9" * 5_000)}, "Total: must be below 10^11"),
        ({"AmountDue": number("0.00001")}, "AmountDue: has more than 4 decimals"),
        ({"AmountDue": {}}, "AmountDue: must be an amount"),
        ({"CurrencyCode": "usd"}, "CurrencyCode: must be three capital letters, as in ISO 4217"),
        ({"CurrencyCode": None}, "CurrencyCode: is missing"),
        ({"Date": None}, "Date: is missing"),
        ({"Date": "02.03.2026"}, f"Date: {DATES}"),
        ({"Date": "\0"}, "Date: holds a NUL character"),
        ({"DueDate": "/Date(1+9900)/"}, f"DueDate: {DATES}"),
        ({"DueDate": "0001-01-01T00:00:00+05:00"}, "DueDate: lies outside the years 1 to 9999 in UTC"),
    ],
)  # fmt: skip
def test_a_bad_invoice_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """An amount that is not exact, a word that nobody knows: it is refused rather than guessed at."""
    bills = invoices({}, {"InvoiceID": "x"} | change, {"InvoiceID": "i-8"})
    assert [each.invoice_id for each in bills.rows] == ["i-7", "i-8"]
    assert told(*bills.rejected) == [f"Invoice x, {finding}"]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"PaymentType": "CASH"}, "PaymentType: must be one of ACCRECPAYMENT, ACCPAYPAYMENT, "),
        ({"Status": "PAID"}, "Status: must be one of AUTHORISED, DELETED"),
        ({"Invoice": None}, "Invoice: is missing"),
        ({"Invoice": {"InvoiceID": "i-7", "CurrencyCode": "USD"}}, "Invoice.Contact: is missing"),
        ({"Invoice": {"Contact": {"ContactID": "c"}, "CurrencyCode": "USD"}}, "Invoice.InvoiceID: is missing"),
        ({"Invoice": {"InvoiceID": "i-7", "Contact": {"ContactID": "c"}}}, "Invoice.CurrencyCode: is missing"),
        ({"Amount": []}, "Amount: must be an amount"),
        ({"Date": "0001-01-01T00:00:00+05:00"}, "Date: lies outside the years 1 to 9999 in UTC"),
    ],
)  # fmt: skip
def test_a_bad_payment_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """Fields inside fields are named by the way to them."""
    paid = payments({}, {"PaymentID": "x"} | change, {"PaymentID": "p-8"})
    assert [each.payment_id for each in paid.rows] == ["p-9", "p-8"]
    assert [each.startswith(f"Payment x, {finding}") for each in told(*paid.rejected)] == [True]


@given(amounts=st.lists(st.decimals(-(10**11) + 1, 10**11 - 1, places=4), min_size=1))
def test_amounts_add_up_to_the_last_decimal(amounts: list[Decimal]) -> None:
    """JSON numbers of any precision are read as they are written."""
    bills = invoices(*({"InvoiceID": str(row), "Total": number(f"{amount:f}")} for row, amount in enumerate(amounts)))
    assert [each.total for each in bills.rows] == [Money(amount, "USD") for amount in amounts]


def test_a_bill_counts_once() -> None:
    """An id that is gone and there again is named; what was skipped takes no id away."""
    bills = invoices({"Type": "ACCPAY"}, {"Status": "DELETED"}, {})
    assert (bills.rows, bills.removed) == ((), ("i-7",))
    assert told(*bills.rejected) == ["Invoice i-7, InvoiceID: stands in record 2 already"]


def test_a_page_without_bills_is_a_page() -> None:
    """The page after the last is no error."""
    assert read_invoices(ACME, '{"Invoices": []}') == Bills()
    assert read_payments(ACME, '{"Payments": []}') == Bills()
