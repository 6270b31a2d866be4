r"""Contacts, invoices and payments of the Xero Accounting API, as JSON, become the firm's clients and bills.

Each function takes what the API answered, as text or UTF-8 bytes: ``{"Contacts": [...]}``, or one contact alone, and
likewise for invoices and payments. Nothing is written anywhere, and nothing is fetched.

>>> from portal_linkage import FirmId
>>> payload = '''{"Contacts": [
...     {"ContactID": "5f1c", "ContactStatus": "ACTIVE", "Name": "Smith Family Trust", "AccountNumber": "1002",
...      "EmailAddress": "jane.smith@example.com"},
...     {"ContactID": "77ab", "ContactStatus": "ACTIVE", "Name": "Smith, Jane", "EmailAddress": "n/a"},
...     {"ContactID": "90de", "Name": "Jane Smith Realty Group"}
... ]}'''
>>> roster = read_contacts(FirmId("acme"), payload)
>>> [entity.label for entity in roster.entities]
['Smith Family Trust (1002)', 'Smith, Jane (77ab)']
>>> roster.unnumbered
('77ab',)
>>> print(*roster.rejected, *roster.rejected_parts, sep="\n")
Contact 90de, ContactStatus: is missing
Contact 77ab, EmailAddress: part 1 must have one @ between two non-empty parts

What breaks the payload as a whole (no UTF-8, no JSON, an error answer, a list of other things) is an `InvalidPayload`.
What spoils one record (a missing or wrong value, a key twice, an id that an earlier good record has) keeps out that
record alone, by its first flaw. Fields that are not named here are ignored; null and blank are absent.

**Contacts** (`read_contacts`). Ask for them page by page, or singly: other answers leave out the persons and the
merges, and those would count as none.

- ``entity_id``: ``ContactID``.
- ``name``: ``Name``.
- ``client_number``: ``AccountNumber``; without one the ``ContactID``, and the entity is among the ``unnumbered``, since
  nobody can type a UUID as proof.
- ``active``: ``ContactStatus`` is ``ACTIVE``, not ``ARCHIVED``, and there is no ``MergedToContactID``. A contact under
  ``GDPRREQUEST`` is inactive and lists nobody: whoever asked to be forgotten is not remembered here. A contact without
  a status is refused: it is the stub that stands inside bills, and would wipe out the addresses.
- ``contacts``: first ``EmailAddress`` (a list is taken apart), named by ``FirstName`` and ``LastName``; then of each of
  the ``ContactPersons`` whose ``IncludeInEmails`` is true the same three fields. Nobody else's address counts: a
  person whom the firm sends no bills is no contact of the portal. All are listed for billing.
- ``merged``: ``MergedToContactID``, followed to the last survivor that the payload knows. Those whose merges run in a
  circle are inactive, and among the ``rejected_parts``.

**Invoices** (`read_invoices`). ``Type`` ``ACCREC`` alone; what the firm itself owes (``ACCPAY``) is skipped.

- ``invoice_id``: ``InvoiceID``. ``entity_id``: ``Contact.ContactID``.
- ``number``: ``InvoiceNumber``; without one the ``InvoiceID``.
- ``total``, ``amount_due``: ``Total``, ``AmountDue``, both in ``CurrencyCode``.
- ``issued_on``: ``Date``. ``due_on``: ``DueDate``; without one the issue date.
- ``status``: ``DRAFT`` and ``SUBMITTED`` are drafts, ``AUTHORISED`` is open, ``PAID`` paid, ``VOIDED`` void. The id of
  one that is ``DELETED`` is among the ``removed``: Xero deletes only what was never issued.

**Payments** (`read_payments`). ``PaymentType`` ``ACCRECPAYMENT`` alone: payments of invoices that the firm issued.
Other known types (refunds, prepayments, the firm's own bills) are skipped, and so are the payments inside invoices,
which do not tell whether they still stand.

- ``payment_id``: ``PaymentID``. ``entity_id``: ``Invoice.Contact.ContactID``. ``invoice_ids``: ``Invoice.InvoiceID``.
- ``amount``: ``Amount``, in ``Invoice.CurrencyCode``, the invoice's and not the bank's.
- ``paid_at``: ``Date``; Xero knows the day alone, so this is its midnight.
- ``Status``: ``AUTHORISED`` stands; the id of one that is ``DELETED`` is among the ``removed``.

**Values.** Amounts are JSON numbers or plain decimals as text, exact to the last digit, and never a float. Days and
times are ``/Date(ms+zzzz)/`` or ISO 8601. A day is the one that is read at the offset beside it, which is how the
organization's calendar shows it (Xero writes midnight at ``+0000``); without an offset it is read in UTC. Words are
as Xero spells them: an unknown one is refused rather than guessed at.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from ..domain.entities import ClientEntity, Contact, Invoice, InvoiceStatus, Payment
from ..domain.values import MAX_NAME, EntityId, FirmId, InvoiceId, PaymentId, check_id
from ._payloads import Fields, InvalidPayload, RejectedRecord, is_object, json_of, listed, payload_text, read_each
from ._roster import Bills, Client, Gone, Roster, full_name, listing, read_bills, roster_of

__all__ = [
    "Bills", "InvalidPayload", "RejectedRecord", "Roster", "read_contacts", "read_invoices", "read_payments",
]  # fmt: skip

_FORGOTTEN: Final = "GDPRREQUEST"
_CONTACT_STATUS: Final = {word: word for word in ("ACTIVE", "ARCHIVED", _FORGOTTEN)}
_OF_CLIENTS: Final = {"ACCREC": True, "ACCPAY": False}
_BY_CLIENTS: Final = {
    "ACCRECPAYMENT": True,
    **dict.fromkeys(("ACCPAYPAYMENT", "ARCREDITPAYMENT", "APCREDITPAYMENT"), False),
    **dict.fromkeys(("AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT"), False),
    **dict.fromkeys(("APOVERPAYMENTPAYMENT", "APPREPAYMENTPAYMENT"), False),
}
_INVOICE_STATUS: Final[Mapping[str, InvoiceStatus | None]] = {
    "DRAFT": InvoiceStatus.DRAFT,
    "SUBMITTED": InvoiceStatus.DRAFT,
    "AUTHORISED": InvoiceStatus.OPEN,
    "PAID": InvoiceStatus.PAID,
    "VOIDED": InvoiceStatus.VOID,
    "DELETED": None,
}
_STANDS: Final = {"AUTHORISED": True, "DELETED": False}


def read_contacts(firm_id: FirmId, payload: bytes | str) -> Roster:
    """The client entities among the contacts of an answer, with the addresses to which the firm sends their bills.

    Raises:
        InvalidPayload: it cannot be read as a whole.
    """
    records = _records(firm_id, payload, "Contacts", "ContactID")
    clients, rejected = read_each("Contact", "ContactID", records, partial(_client, firm_id))
    return roster_of(clients, rejected)


def read_invoices(firm_id: FirmId, payload: bytes | str) -> Bills[Invoice, InvoiceId]:
    """The invoices of an answer that the firm has issued to its clients; raises as `read_contacts` does."""
    records = _records(firm_id, payload, "Invoices", "InvoiceID")
    return read_bills("Invoice", "InvoiceID", records, partial(_invoice, firm_id))


def read_payments(firm_id: FirmId, payload: bytes | str) -> Bills[Payment, PaymentId]:
    """The payments of an answer that clients made on such invoices; raises as `read_contacts` does.

    Their payer is unknown.
    """
    records = _records(firm_id, payload, "Payments", "PaymentID")
    return read_bills("Payment", "PaymentID", records, partial(_payment, firm_id))


def _records(firm_id: FirmId, payload: bytes | str, plural: str, id_field: str) -> Sequence[object]:
    check_id("firm_id", firm_id)
    answer = json_of(payload_text(payload))
    if not is_object(answer):
        raise InvalidPayload.because("is no answer of Xero")
    if "ErrorNumber" in answer:
        raise InvalidPayload.because("is an error answer of Xero")
    if plural not in answer and id_field not in answer:
        raise InvalidPayload.because(f"has neither {plural} nor one {id_field}")
    return listed(answer[plural]) if plural in answer else [answer]


def _client(firm_id: FirmId, fields: Fields) -> Client:
    status = fields.word("ContactStatus", _CONTACT_STATUS)
    contact_id = EntityId(fields.text("ContactID"))
    number = fields.find_text("AccountNumber")
    survivor = EntityId(fields.find_text("MergedToContactID"))
    contacts, parts = ([], []) if status == _FORGOTTEN else _contacts(fields)
    entity = ClientEntity(
        firm_id=firm_id,
        entity_id=contact_id,
        name=fields.text("Name", most=MAX_NAME),
        client_number=number or contact_id,
        contacts=tuple(contacts),
        active=status == "ACTIVE" and not survivor,
    )
    circle = partial(fields.rejected, "MergedToContactID", "leads back to itself")
    return Client(entity, bool(number), parts, survivor, circle)


def _contacts(fields: Fields) -> tuple[list[Contact], list[RejectedRecord]]:
    persons = (person for person in fields.parts("ContactPersons") if person.flag("IncludeInEmails", default=False))
    listings = [_contact(one) for one in (fields, *persons)]
    return [each for contacts, _ in listings for each in contacts], [part for _, parts in listings for part in parts]


def _contact(fields: Fields) -> tuple[list[Contact], list[RejectedRecord]]:
    return listing(fields, "EmailAddress", full_name(fields, "FirstName", "LastName"))


def _invoice(firm_id: FirmId, fields: Fields) -> Invoice | Gone[InvoiceId] | None:
    if not fields.word("Type", _OF_CLIENTS):
        return None
    invoice_id = InvoiceId(fields.text("InvoiceID"))
    status = fields.word("Status", _INVOICE_STATUS)
    if status is None:
        return Gone(invoice_id)
    currency = fields.currency("CurrencyCode")
    return Invoice(
        firm_id=firm_id,
        invoice_id=invoice_id,
        entity_id=EntityId(fields.part("Contact").text("ContactID")),
        number=fields.find_text("InvoiceNumber") or invoice_id,
        total=fields.money("Total", currency),
        amount_due=fields.money("AmountDue", currency),
        issued_on=fields.day("Date"),
        due_on=fields.day("DueDate" if fields.find("DueDate") else "Date"),
        status=status,
    )


def _payment(firm_id: FirmId, fields: Fields) -> Payment | Gone[PaymentId] | None:
    if not fields.word("PaymentType", _BY_CLIENTS):
        return None
    payment_id = PaymentId(fields.text("PaymentID"))
    if not fields.word("Status", _STANDS):
        return Gone(payment_id)
    invoice = fields.part("Invoice")
    return Payment(
        firm_id=firm_id,
        payment_id=payment_id,
        entity_id=EntityId(invoice.part("Contact").text("ContactID")),
        amount=fields.money("Amount", invoice.currency("CurrencyCode")),
        paid_at=fields.moment("Date"),
        invoice_ids=(InvoiceId(invoice.text("InvoiceID")),),
    )
