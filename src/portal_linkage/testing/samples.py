"""The firm of Jane Smith, as its practice-management system knows it on the morning of 2 March 2026.

She is the billing contact of 1001, 1002 and 1003; 1004 lists another address, so that only the firm can link it to her.
Of the bills, a viewer of 1001 to 1003 sees four open invoices over 4,495.50 USD, two late fees over 37.50 USD and three
past payments; the draft and the void invoice are shown to nobody.

Beside it there is a larger firm, which `larger` makes when it is asked for: for pages, searches, and what is slow.
"""

from datetime import UTC, date, datetime
from typing import Final

from ..domain.entities import ClientEntity, Contact, Firm, Invoice, InvoiceStatus, LateFee, Payment
from ..domain.values import EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Money, PaymentId
from ._larger import Practice, larger

__all__ = [
    "ACME",
    "CLIENTS",
    "FIRM",
    "INVOICES",
    "JANE",
    "LATE_FEES",
    "NAME",
    "NOW",
    "PAYMENTS",
    "Practice",
    "larger",
]

ACME: Final = FirmId("acme")
FIRM: Final = Firm(firm_id=ACME, name="Acme Accounting")
NAME: Final = "Jane Smith"
JANE: Final = EmailAddress.parse("jane.smith@example.com")
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_LAKE_HOUSE: Final = EmailAddress.parse("lake.house@example.com")


def _client(entity_id: str, name: str, contact: Contact) -> ClientEntity:
    return ClientEntity(firm_id=ACME, entity_id=EntityId(entity_id), name=name, contacts=(contact,))


CLIENTS: Final = (
    _client("1001", "Smith, Jane", Contact(email=JANE, name=NAME)),
    _client("1002", "Smith Family Trust", Contact(email=JANE, name=NAME)),
    _client("1003", "Jane Smith Realty Group", Contact(email=JANE, name=NAME)),
    _client("1004", "Smith Lake House LLC", Contact(email=_LAKE_HOUSE)),
)


def _invoice(number: str, entity_id: str, total: str, due: str, issued_on: date, status: InvoiceStatus) -> Invoice:
    return Invoice(
        firm_id=ACME,
        invoice_id=InvoiceId(f"INV-{number}"),
        entity_id=EntityId(entity_id),
        total=Money(total, "USD"),
        amount_due=Money(due, "USD"),
        issued_on=issued_on,
        due_on=date(issued_on.year, issued_on.month + 1, issued_on.day),
        status=status,
    )


INVOICES: Final = (
    _invoice("2075", "1003", "1310.00", "0", date(2025, 11, 3), InvoiceStatus.PAID),
    _invoice("2081", "1003", "890.00", "640.00", date(2026, 1, 5), InvoiceStatus.OPEN),
    _invoice("2090", "1002", "950.00", "0", date(2026, 1, 12), InvoiceStatus.PAID),
    _invoice("2096", "1001", "75.00", "75.00", date(2026, 1, 26), InvoiceStatus.VOID),
    _invoice("2101", "1001", "180.00", "180.00", date(2026, 2, 16), InvoiceStatus.OPEN),
    _invoice("2102", "1002", "1200.00", "1200.00", date(2026, 2, 18), InvoiceStatus.OPEN),
    _invoice("2103", "1003", "2475.50", "2475.50", date(2026, 2, 20), InvoiceStatus.OPEN),
    _invoice("2104", "1004", "320.00", "320.00", date(2026, 2, 23), InvoiceStatus.OPEN),
    _invoice("2105", "1003", "600.00", "600.00", date(2026, 2, 27), InvoiceStatus.DRAFT),
)


def _late_fee(number: str, entity_id: str, amount: str, assessed_on: date, invoice: str | None) -> LateFee:
    return LateFee(
        firm_id=ACME,
        fee_id=FeeId(f"FEE-{number}"),
        entity_id=EntityId(entity_id),
        invoice_id=InvoiceId(f"INV-{invoice}") if invoice else None,
        amount=Money(amount, "USD"),
        assessed_on=assessed_on,
    )


LATE_FEES: Final = (
    _late_fee("31", "1003", "25.00", date(2026, 2, 15), "2081"),
    _late_fee("32", "1002", "12.50", date(2026, 2, 24), None),
)


def _payment(number: str, entity_id: str, amount: str, paid_at: datetime, invoice: str) -> Payment:
    return Payment(
        firm_id=ACME,
        payment_id=PaymentId(f"PAY-{number}"),
        entity_id=EntityId(entity_id),
        amount=Money(amount, "USD"),
        paid_at=paid_at,
        invoice_ids=(InvoiceId(f"INV-{invoice}"),),
    )


PAYMENTS: Final = (
    _payment("501", "1003", "1310.00", datetime(2025, 11, 28, 15, 5, tzinfo=UTC), "2075"),
    _payment("502", "1002", "950.00", datetime(2026, 2, 9, 10, 40, tzinfo=UTC), "2090"),
    _payment("503", "1003", "250.00", datetime(2026, 2, 10, 16, 20, tzinfo=UTC), "2081"),
)
