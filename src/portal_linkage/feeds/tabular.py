r"""Tables, and a mapping that says where each field comes from, become entities, invoices, payments and late fees.

A file is read with `read_records` (or what stands in one with `parse_records`), a mapping with `load_mapping` (or
`FeedMapping.of`), and a ``read_...`` function below makes the firm's nouns of the two. Nothing is written anywhere.

>>> from portal_linkage import FirmId
>>> mapping = FeedMapping.of({"entities": {"entity_id": "No", "name": "Client", "email": "Mails"}})
>>> content = b'No,Client,Mails\n1001,"Smith, Jane",jane.smith@example.com; n/a\n,Smith Family Trust,\n'
>>> records = parse_records(content, file="clients.csv")
>>> clients = read_entities(FirmId("acme"), records, mapping)
>>> [entity.label for entity in clients.entities]
['Smith, Jane (1001)']
>>> print(*clients.rejected, *clients.rejected_parts, sep="\n")
clients.csv, row 3, entity_id: is missing
clients.csv, row 2, email: part 2 must have one @ between two non-empty parts

**Files.** ``.csv``: UTF-8 with or without a BOM, commas, double quotes, a header; row 1 is the header. ``.json``: an
array of objects. ``.jsonl``, ``.ndjson``: an object a line. Cells are trimmed; a row of blanks alone is skipped. What
breaks the file as a whole (no header, a column name twice, a quote that is not closed, no UTF-8, no JSON, a column of
the mapping that no record has) is an `InvalidFile`. What spoils one row (too many or too few cells, a key twice, a
missing or wrong value, an id that an earlier good row has) rejects that row alone, by its first flaw.

**The mapping** is a TOML file with a section for each table:

.. code-block:: toml

    [entities]
    entity_id = "CustomerId"
    name = { columns = ["FirstName", "LastName"], separator = " " }
    email = "Email"

    [invoices]
    invoice_id = "InvoiceId"
    entity_id = "CustomerId"
    total = "Total"
    amount_due = "Balance"
    currency = { constant = "USD" }
    status = "State"
    status_words = { SENT = "open", SETTLED = "paid" }
    issued_on = "InvoiceDate"

A value is a column, several columns joined (blank ones left out; the separator is a blank, for ``email`` and
``invoice_ids`` a line break), or a constant. The fields, optional ones in brackets, with what stands in for a blank:

- ``entities``: ``entity_id``, ``name``, [``client_number``: the id], [``email``: no contacts], [``active``: yes],
  [``merged_into``, the id of the entity that survives, its own for none: none]. Who was merged is inactive, also if its
  merges run in a circle, which is reported.
- ``contacts``, for a roster source beside the one that brings entities: ``entity_id``, ``email``, which may be blank in
  a row, [``name``: none]. Several rows may list contacts with one entity; an address counts once, as it was listed
  first. An entity whose rows list nobody is listed with nobody.
- ``invoices``: ``invoice_id``, ``entity_id``, ``total``, ``amount_due``, ``currency``, ``status``, ``issued_on``,
  [``number``: the id], [``due_on``: the issue date].
- ``payments``: ``payment_id``, ``entity_id``, ``amount``, ``currency``, ``paid_at``, [``invoice_ids``: none].
- ``late_fees``: ``fee_id``, ``entity_id``, ``amount``, ``currency``, ``assessed_on``, [``amount_due``: the amount],
  [``invoice_id``: none].

**Values.** *Amounts* are plain decimals (``-1200.50``): ``1,200``, ``$5``, ``(5)`` and ``1e3`` are refused, since
nobody knows what all of them mean, and no amount is ever a float. *Days* are ISO 8601, of a date-time the day as
written. *Times* without an offset, and days taken as times, are UTC. *Status* is open, paid, void or draft, *active* is
active, true, yes, y, 1 or inactive, false, no, n, 0, both whatever their case, and both as ``status_words`` or
``active_words`` say. *Invoice ids* of a payment are divided by commas, semicolons or line breaks.

**E-mail cells** hold lists: ``a@x.com, b@y.com; "Smith, J" <c@z.com>``, divided by commas and semicolons outside
quotes and by line breaks, never by blanks or ``|`` (which an address may hold). The name becomes the contact's name.
Each part that is not blank ends as a contact or is `Rejected`; its row is kept either way. An entity has one row among
the ``entities``: give its contacts in one cell, or in several columns, or as a table of ``contacts``.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final, Generic, TypeVar

import attrs

from ..domain.entities import ClientEntity, Contact, Invoice, InvoiceStatus, LateFee, Payment
from ..domain.errors import InvalidValue
from ..domain.values import EntityId, FeeId, FirmId, InvoiceId, PaymentId
from ._addresses import read_addresses
from ._mapping import FeedMapping, Origin, Row, load_mapping
from ._records import InvalidFile, Record, Records, Rejected, parse_records, read_records, shown
from ._roster import Client, Listed, Roster, roster_of, roster_of_contacts

__all__ = [
    "FeedMapping", "Imported", "InvalidFile", "Origin", "Record", "Records", "Rejected", "Roster", "load_mapping",
    "parse_records", "read_contacts", "read_entities", "read_invoices", "read_late_fees", "read_payments",
    "read_records",
]  # fmt: skip

T = TypeVar("T")

_BETWEEN_IDS: Final = re.compile(r"[,;\r\n]")


@attrs.frozen
class Imported(Generic[T]):
    """What a table holds: the good rows in the order of the file, and those that were kept out."""

    rows: tuple[T, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def read_entities(firm_id: FirmId, records: Records, mapping: FeedMapping) -> Roster[Rejected]:
    """The client entities of a table, with the contacts that their e-mail cells list.

    Raises:
        InvalidFile: the mapping has no section for them, or names a column that no record has.
    """
    read = _read(records, mapping, "entities", partial(_client, firm_id), id_field="entity_id")
    return roster_of(read.rows, read.rejected)


def read_contacts(firm_id: FirmId, records: Records, mapping: FeedMapping) -> Roster[Rejected]:
    """The contacts of a table, put together by the client entity that each row names; raises as `read_entities` does.

    These entities carry contacts alone, for a roster source of their own: they have no name.
    """
    read = _read(records, mapping, "contacts", _listed)
    return roster_of_contacts(firm_id, read.rows, read.rejected)


def read_invoices(firm_id: FirmId, records: Records, mapping: FeedMapping) -> Imported[Invoice]:
    """The invoices of a table; raises as `read_entities` does."""
    return _read(records, mapping, "invoices", partial(_invoice, firm_id), id_field="invoice_id")


def read_payments(firm_id: FirmId, records: Records, mapping: FeedMapping) -> Imported[Payment]:
    """The payments of a table; raises as `read_entities` does. Their payer is unknown."""
    return _read(records, mapping, "payments", partial(_payment, firm_id), id_field="payment_id")


def read_late_fees(firm_id: FirmId, records: Records, mapping: FeedMapping) -> Imported[LateFee]:
    """The late fees of a table; raises as `read_entities` does."""
    return _read(records, mapping, "late_fees", partial(_late_fee, firm_id), id_field="fee_id")


def _read(
    records: Records, mapping: FeedMapping, name: str, build: Callable[[Row], T], *, id_field: str = ""
) -> Imported[T]:
    origins = mapping.table(name)
    columns = dict.fromkeys(column for origin in origins.values() for column in origin.columns)
    if records.columns and (missing := [shown(column) for column in columns if column not in records.columns]):
        raise InvalidFile(records.file, f"has no column {', '.join(missing)}, which [{name}] draws on")
    rows: list[T] = []
    rejected: list[Rejected] = []
    seen: dict[str, int] = {}
    for record in records.records:
        row = Row(records.file, record, origins)
        try:
            built = build(row)
            if id_field:
                _check_new(row, id_field, seen)
            rows.append(built)
        except InvalidValue as error:
            rejected.append(row.rejected(error.field, error.reason))
    return Imported(tuple(rows), tuple(rejected))


def _check_new(row: Row, id_field: str, seen: dict[str, int]) -> None:
    first = seen.setdefault(row.text(id_field), row.record.row)
    if first != row.record.row:
        raise InvalidValue(id_field, f"stands in row {first} already")


def _client(firm_id: FirmId, row: Row) -> Client[Rejected]:
    entity_id, number = row.id("entity_id"), row.find("client_number")
    survivor = row.id("merged_into") if row.find("merged_into") not in {"", entity_id} else None
    contacts, parts = _addresses(row)
    is_active = not row.find("active") or row.word("active") == "active"
    entity = ClientEntity(
        firm_id=firm_id,
        entity_id=entity_id,
        name=row.text("name"),
        client_number=number or entity_id,
        contacts=tuple(contacts),
        active=is_active and not survivor,
    )
    circle = partial(row.rejected, "merged_into", "leads back to itself")
    return Client(entity, bool(number), parts, survivor, circle)


def _listed(row: Row) -> Listed[Rejected]:
    return Listed(row.id("entity_id"), *_addresses(row, row.find("name")))


def _addresses(row: Row, person: str = "") -> tuple[list[Contact], list[Rejected]]:
    contacts, reasons = read_addresses(row.find("email"), person)
    return contacts, [row.rejected("email", reason) for reason in reasons]


def _invoice(firm_id: FirmId, row: Row) -> Invoice:
    return Invoice(
        firm_id=firm_id,
        invoice_id=InvoiceId(row.text("invoice_id")),
        entity_id=EntityId(row.text("entity_id")),
        number=row.find("number") or row.text("invoice_id"),
        total=row.money("total"),
        amount_due=row.money("amount_due"),
        issued_on=row.day("issued_on"),
        due_on=row.day("due_on" if row.find("due_on") else "issued_on"),
        status=InvoiceStatus(row.word("status")),
    )


def _payment(firm_id: FirmId, row: Row) -> Payment:
    ids = filter(None, map(str.strip, _BETWEEN_IDS.split(row.find("invoice_ids"))))
    return Payment(
        firm_id=firm_id,
        payment_id=PaymentId(row.text("payment_id")),
        entity_id=EntityId(row.text("entity_id")),
        amount=row.money("amount"),
        paid_at=row.moment("paid_at"),
        invoice_ids=tuple(map(InvoiceId, ids)),
    )


def _late_fee(firm_id: FirmId, row: Row) -> LateFee:
    return LateFee(
        firm_id=firm_id,
        fee_id=FeeId(row.text("fee_id")),
        entity_id=EntityId(row.text("entity_id")),
        invoice_id=InvoiceId(row.find("invoice_id")) or None,
        amount=row.money("amount"),
        amount_due=row.money("amount_due" if row.find("amount_due") else "amount"),
        assessed_on=row.day("assessed_on"),
    )
