r"""Customers, invoices and payments of QuickBooks Online, as JSON or XML, become the firm's clients and bills.

Each function takes what version 3 of the API answered, as text or UTF-8 bytes: a query's answer, a single entity with
or without the answer around it, or the changes since a time (``CDCResponse``). XML is read in the shape of the JSON
that says the same. Nothing is written anywhere, and nothing is fetched.

>>> from portal_linkage import FirmId
>>> payload = '''<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><QueryResponse>
...     <Customer><Id>2</Id><DisplayName>Smith Family Trust</DisplayName><Active>true</Active>
...         <PrimaryEmailAddr><Address>jane.smith@example.com, n/a</Address></PrimaryEmailAddr></Customer>
...     <Customer><Id>3</Id><Active>true</Active></Customer>
... </QueryResponse></IntuitResponse>'''
>>> roster = read_customers(FirmId("acme"), payload)
>>> [entity.label for entity in roster.entities]
['Smith Family Trust (2)']
>>> print(*roster.rejected, *roster.rejected_parts, sep="\n")
Customer 3, DisplayName: is missing
Customer 2, PrimaryEmailAddr.Address: part 2 must have one @ between two non-empty parts

What breaks the payload as a whole (no UTF-8, neither JSON nor XML, a document type, a ``Fault``, a single entity of
another kind) is an `InvalidPayload`. What spoils one record (a missing or wrong value, a key twice, an id that an
earlier good record has) keeps out that record alone, by its first flaw. A *sparse* record is refused, since what it
leaves out says nothing. Fields that are not named here are ignored; null and blank are absent.

**Customers** (`read_customers`). A sub-customer or a job is an entity of its own, whoever gets its bills: neither it
nor its parent (``ParentRef``, ``BillWithParent``) lends the other a bill or an address. The firm can link both to a
person.

- ``entity_id``: ``Id``.
- ``name``: ``DisplayName``, which no two customers share.
- ``client_number``: ``AcctNum``, which few companies keep; without one the ``Id``, and the entity is among the
  ``unnumbered``: people do not know that id, and it is short enough to be guessed.
- ``active``: ``Active``. QuickBooks deletes no customer, and tells of no merge.
- ``contacts``: ``PrimaryEmailAddr.Address`` (a list is taken apart), named by ``GivenName`` and ``FamilyName``, for
  billing.

**Invoices** (`read_invoices`). Credit memos and sales receipts are no invoices.

- ``invoice_id``: ``Id``. ``entity_id``: ``CustomerRef``.
- ``number``: ``DocNumber``; without one the ``Id``.
- ``total``, ``amount_due``: ``TotalAmt``, ``Balance``, both in ``CurrencyRef``; without one in the ``home_currency``
  that the caller names. ``HomeTotalAmt`` and ``HomeBalance`` are ignored.
- ``issued_on``: ``TxnDate``. ``due_on``: ``DueDate``; without one the issue date.
- ``status``: void, if ``PrivateNote`` begins with the mark that voiding puts there: ``Voided``, alone or before a
  divider (``Voided - wrong client``), whatever the amounts; before other words (``Voided check came back``) only if
  nothing is left of ``TotalAmt`` and ``Balance``. Otherwise paid, if ``Balance`` is zero, and open if it is not. There
  are no drafts. The id of one whose own ``status`` is ``Deleted`` is among the ``removed``; that status is usually
  absent, may also be ``Voided`` or ``Synchronized``, and any other is refused.

**Payments** (`read_payments`).

- ``payment_id``: ``Id``. ``entity_id``: ``CustomerRef``. ``paid_at``: ``TxnDate``, a day: its midnight in UTC.
- ``amount``: ``TotalAmt``, in ``CurrencyRef`` or the ``home_currency``, whatever is left unapplied.
- ``invoice_ids``: the ``TxnId`` of each ``LinkedTxn`` in a ``Line`` whose ``TxnType`` is ``Invoice``, each once.
- ``status`` ``Deleted``, voided as above, or over nothing (QuickBooks ties a credit to an invoice by such a payment):
  no money was received, and the id is among the ``removed``.

**Addresses of bills** (`read_bill_contacts`). The ``BillEmail`` of an invoice is the list of addresses that this bill
was sent to, not an address of the customer. Whoever clicks on such a bill arrives, and needs no listing. A firm that
wants these addresses to count as listed all the same plans them as a source of their own, beside that of the customers:
for each ``CustomerRef`` the addresses of all its invoices in the payload that are neither void nor deleted, each once.
So the payload must hold all invoices that count, not the latest alone. Copies (``BillEmailCc``, ``BillEmailBcc``) do
not count.

**Values.** Amounts are JSON numbers or plain decimals as text, exact to the last digit, and never a float. Days are ISO
8601, of a date-time the day as written.
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from ..domain.entities import ClientEntity, Contact, Invoice, InvoiceStatus, Payment
from ..domain.values import MAX_NAME, EntityId, FirmId, InvoiceId, Money, PaymentId, check_id
from ._payloads import Fields, InvalidPayload, RejectedRecord, is_object, json_of, listed, payload_text, read_each
from ._roster import (
    Bills,
    Client,
    Gone,
    Listed,
    Roster,
    full_name,
    listing,
    read_bills,
    roster_of,
    roster_of_contacts,
)
from ._xml import xml_of

__all__ = [
    "Bills", "InvalidPayload", "RejectedRecord", "Roster", "read_bill_contacts", "read_customers", "read_invoices",
    "read_payments",
]  # fmt: skip

_LISTS: Final = frozenset({"CDCResponse", "QueryResponse"})
_ENVELOPES: Final = _LISTS | {"IntuitResponse"}
_FAULTS: Final = frozenset({"Fault", "fault"})
_MARKED: Final = re.compile(r"Voided(?:\Z|\s*[\r\n]|\s*[^\w\s])")
_DELETED, _VOIDED = "Deleted", "Voided"
_STATUSES: Final = {word: word for word in (_DELETED, _VOIDED, "Synchronized")}
_NO_CURRENCY: Final = "XXX"  # as ISO 4217 calls it


def read_customers(firm_id: FirmId, payload: bytes | str) -> Roster:
    """The client entities that the customers and sub-customers of an answer are.

    Raises:
        InvalidPayload: it cannot be read as a whole.
    """
    records = _records(firm_id, payload, "Customer")
    clients, rejected = read_each("Customer", "Id", records, partial(_client, firm_id))
    return roster_of(clients, rejected)


def read_bill_contacts(firm_id: FirmId, payload: bytes | str) -> Roster:
    """For each customer, the addresses that the invoices of an answer were sent to; raises as `read_customers` does.

    These entities carry contacts alone, for a roster source of their own: they have no name.
    """
    records = _records(firm_id, payload, "Invoice")
    sent, rejected = read_each("Invoice", "Id", records, partial(_sent, firm_id))
    return roster_of_contacts(firm_id, sent, rejected)


def read_invoices(
    firm_id: FirmId, payload: bytes | str, *, home_currency: str | None = None
) -> Bills[Invoice, InvoiceId]:
    """The invoices of an answer; those that name no currency are in the company's own, if it is given.

    Raises:
        InvalidPayload: it cannot be read as a whole.
        InvalidValue: the home currency is none.
    """
    records = _records(firm_id, payload, "Invoice")
    return read_bills("Invoice", "Id", records, partial(_invoice, firm_id, _checked(home_currency)))


def read_payments(
    firm_id: FirmId, payload: bytes | str, *, home_currency: str | None = None
) -> Bills[Payment, PaymentId]:
    """The payments of an answer; raises, and takes the currency, as `read_invoices` does. Their payer is unknown."""
    records = _records(firm_id, payload, "Payment")
    return read_bills("Payment", "Id", records, partial(_payment, firm_id, _checked(home_currency)))


def _checked(home_currency: str | None) -> str | None:
    return None if home_currency is None else Money(0, home_currency).currency


def _records(firm_id: FirmId, payload: bytes | str, kind: str) -> list[object]:
    check_id("firm_id", firm_id)
    text = payload_text(payload).lstrip()
    answer: object = xml_of(text) if text.startswith("<") else json_of(text)
    found: list[object] = []
    envelopes, may_be_empty = [answer], False
    for envelope in envelopes:
        for name, value in _checked_envelope(envelope).items():
            if name == kind:
                found += listed(value)
            elif name in _ENVELOPES:
                envelopes += (one for one in listed(value) if one not in (None, ""))
                may_be_empty |= name in _LISTS
    if found or may_be_empty:
        return found
    # A single entity in JSON need not say of which kind it is.
    if not is_object(answer) or "Id" not in answer:
        raise InvalidPayload.because(f"has no {kind}")
    return [answer]


def _checked_envelope(envelope: object) -> Mapping[str, object]:
    if not is_object(envelope):
        raise InvalidPayload.because("is no answer of QuickBooks")
    if not _FAULTS.isdisjoint(envelope):
        raise InvalidPayload.because("is an error answer of QuickBooks")
    return envelope


def _refuse_sparse(fields: Fields) -> None:
    if fields.flag("sparse", default=False):
        raise fields.flaw("sparse", "is true, so that what is left out says nothing")


def _status(fields: Fields) -> str:
    return fields.word("status", _STATUSES) if fields.find("status") is not None else ""


def _reference(fields: Fields, name: str) -> str:
    return fields.part(name).text("value")


def _currency(fields: Fields, home_currency: str | None) -> str:
    if fields.find("CurrencyRef") is not None:
        return fields.part("CurrencyRef").currency("value")
    if home_currency is None:
        raise fields.flaw("CurrencyRef", "is missing, and no home currency was given")
    return home_currency


def _is_void(fields: Fields, amounts: Iterable[Money]) -> bool:
    note = fields.cell("PrivateNote")
    is_zeroed = not any(amount.units for amount in amounts)
    is_marked = _MARKED.match(note) or (is_zeroed and note.startswith(_VOIDED))
    return bool(is_marked) or _status(fields) == _VOIDED


def _client(firm_id: FirmId, fields: Fields) -> Client:
    if _status(fields) == _DELETED:
        raise fields.flaw("status", "is Deleted, so that it has no name; a complete list without it makes it inactive")
    _refuse_sparse(fields)
    customer_id = EntityId(fields.text("Id"))
    number = fields.find_text("AcctNum")
    contacts, parts = _addresses(fields, "PrimaryEmailAddr", full_name(fields, "GivenName", "FamilyName"))
    entity = ClientEntity(
        firm_id=firm_id,
        entity_id=customer_id,
        name=fields.text("DisplayName", most=MAX_NAME),
        client_number=number or customer_id,
        contacts=tuple(contacts),
        active=fields.flag("Active"),
    )
    return Client(entity, bool(number), parts)


def _addresses(fields: Fields, name: str, person: str = "") -> tuple[list[Contact], list[RejectedRecord]]:
    return listing(fields.part(name), "Address", person) if fields.find(name) is not None else ([], [])


def _sent(firm_id: FirmId, fields: Fields) -> Listed | None:
    invoice = _invoice(firm_id, _NO_CURRENCY, fields)
    if isinstance(invoice, Gone) or invoice.status is InvoiceStatus.VOID:
        return None
    return Listed(invoice.entity_id, *_addresses(fields, "BillEmail"))


def _invoice(firm_id: FirmId, home_currency: str | None, fields: Fields) -> Invoice | Gone[InvoiceId]:
    invoice_id = InvoiceId(fields.text("Id"))
    if _status(fields) == _DELETED:
        return Gone(invoice_id)
    _refuse_sparse(fields)
    currency = _currency(fields, home_currency)
    total, balance = fields.money("TotalAmt", currency), fields.money("Balance", currency)
    status = InvoiceStatus.OPEN if balance.units else InvoiceStatus.PAID
    return Invoice(
        firm_id=firm_id,
        invoice_id=invoice_id,
        entity_id=EntityId(_reference(fields, "CustomerRef")),
        number=fields.find_text("DocNumber") or invoice_id,
        total=total,
        amount_due=balance,
        issued_on=fields.day("TxnDate"),
        due_on=fields.day("DueDate" if fields.find("DueDate") else "TxnDate"),
        status=InvoiceStatus.VOID if _is_void(fields, (total, balance)) else status,
    )


def _payment(firm_id: FirmId, home_currency: str | None, fields: Fields) -> Payment | Gone[PaymentId]:
    payment_id = PaymentId(fields.text("Id"))
    if _status(fields) == _DELETED:
        return Gone(payment_id)
    _refuse_sparse(fields)
    amount = fields.money("TotalAmt", _currency(fields, home_currency))
    if not amount.units or _is_void(fields, (amount,)):
        return Gone(payment_id)
    return Payment(
        firm_id=firm_id,
        payment_id=payment_id,
        entity_id=EntityId(_reference(fields, "CustomerRef")),
        amount=amount,
        paid_at=fields.moment("TxnDate"),
        invoice_ids=tuple(_paid_invoices(fields)),
    )


def _paid_invoices(fields: Fields) -> dict[InvoiceId, None]:
    linked = (one for line in fields.parts("Line") for one in line.parts("LinkedTxn"))
    ids = (one.text("TxnId") for one in linked if one.text("TxnType") == "Invoice")
    return dict.fromkeys(map(InvoiceId, ids))
