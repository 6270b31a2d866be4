"""Answers of the services about Jane Smith's firm, of which a test changes what it is about."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from portal_linkage.domain.values import FirmId
from portal_linkage.feeds import RejectedRecord

ACME: Final = FirmId("acme")


def number(digits: str) -> str:
    """What `as_json` writes as a number with just these digits, which no float may hold."""
    return f"#number {digits}#"


CONTACT: Final[dict[str, Any]] = {
    "ContactID": "c-1003", "ContactStatus": "ACTIVE", "Name": "Jane Smith Realty Group", "AccountNumber": "1003",
    "FirstName": "Jane", "LastName": "Smith", "EmailAddress": "jane.smith@example.com",
}  # fmt: skip
XERO_INVOICE: Final[dict[str, Any]] = {
    "Type": "ACCREC", "InvoiceID": "i-7", "InvoiceNumber": "INV-7", "Contact": {"ContactID": "c-1003"},
    "Status": "AUTHORISED", "Total": number("1200.50"), "AmountDue": number("200.5"), "CurrencyCode": "USD",
    "Date": "/Date(1772409600000+0000)/", "DueDate": "/Date(1775001600000+0000)/",
}  # fmt: skip
XERO_PAYMENT: Final[dict[str, Any]] = {
    "PaymentID": "p-9", "PaymentType": "ACCRECPAYMENT", "Status": "AUTHORISED", "Amount": number("1000.0"),
    "Date": "/Date(1772409600000+0000)/",
    "Invoice": {"InvoiceID": "i-7", "Contact": {"ContactID": "c-1003"}, "CurrencyCode": "USD"},
}  # fmt: skip

CUSTOMER: Final[dict[str, Any]] = {
    "Id": "3", "DisplayName": "Jane Smith Realty Group", "Active": True, "GivenName": "Jane", "FamilyName": "Smith",
    "PrimaryEmailAddr": {"Address": "jane.smith@example.com"}, "sparse": False,
}  # fmt: skip
INVOICE: Final[dict[str, Any]] = {
    "Id": "7", "DocNumber": "1007", "CustomerRef": {"value": "3", "name": "Jane Smith Realty Group"},
    "CurrencyRef": {"value": "USD", "name": "United States Dollar"}, "TxnDate": "2026-03-02", "DueDate": "2026-04-01",
    "TotalAmt": number("1200.50"), "Balance": number("200.5"), "BillEmail": {"Address": "jane.smith@example.com"},
}  # fmt: skip
PAYMENT: Final[dict[str, Any]] = {
    "Id": "9", "CustomerRef": {"value": "3"}, "CurrencyRef": {"value": "USD"}, "TxnDate": "2026-03-02",
    "TotalAmt": number("1000.00"),
    "Line": [{"Amount": number("1000.00"), "LinkedTxn": [{"TxnId": "7", "TxnType": "Invoice"}]}],
}  # fmt: skip


def as_json(value: object) -> str:
    """A JSON text in which each `number` stands to the digit."""
    return re.sub(r'"#number ([^"]*)#"', r"\1", json.dumps(value))


def as_xml(name: str, value: object) -> str:
    """The XML that says the same as this JSON of QuickBooks: references and statuses are written as it does."""
    if isinstance(value, list):
        return "".join(as_xml(name, each) for each in value)
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_plain(value))}</{name}>"
    parts = {key: _plain(value[key]) for key in ("status", "sparse", "name") if key in value}
    attributes = "".join(f" {key}={quoteattr(part)}" for key, part in parts.items())
    if name.endswith("Ref"):
        return f"<{name}{attributes}>{escape(value['value'])}</{name}>"
    inner = "".join(as_xml(key, one) for key, one in value.items() if key not in parts)
    return f"<{name}{attributes}>{inner}</{name}>"


def _plain(value: object) -> str:
    text = json.dumps(value) if isinstance(value, bool) else str(value or "")
    return re.sub(r"#number (.*)#", r"\1", text)


def told(*rejected: RejectedRecord) -> list[str]:
    """The reports as people read them."""
    return [str(each) for each in rejected]


def anything(*names: str) -> st.SearchStrategy[Any]:
    """Whatever JSON can hold, with these names among its keys."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS)
    keys = st.sampled_from(names) | st.text(max_size=3)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=8,
    )


WORDS: Final = (
    "", " ", "7", "-1.50", "1e400", "USD", "ACCREC", "AUTHORISED", "DELETED", "ACTIVE", "Deleted", "true", "Voided",
    "2026-03-02", "/Date(0)/", "jane.smith@example.com", "n/a", "\0", "\ud800", "x" * 600,
)  # fmt: skip
