"""A small town for the histories: few firms, addresses, entities and numbers, so that everything meets everything."""

from datetime import date, timedelta
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ... import (
    Arrival,
    ClientEntity,
    Contact,
    EmailAddress,
    EntityId,
    FeeId,
    Firm,
    FirmId,
    Invoice,
    InvoiceId,
    InvoiceProof,
    InvoiceStatus,
    LateFee,
    Money,
    Payment,
    PaymentId,
    UserId,
)
from .. import strategies

FIRMS: Final = (ACME := FirmId("acme"), ZENITH := FirmId("zenith"), BEACON := FirmId("beacon"))
NOWHERE: Final = FirmId("nowhere")
JANE: Final = "jane.smith@example.com"

ADDRESSES: Final = (
    JANE,
    " Jane.Smith@Example.COM",
    "jane.smith+tax@example.com",
    "\u00c9tude@example.com",
    "E\u0301tude@EXAMPLE.com",
)
"""Three mailboxes, two of which are written in two ways."""

ENTITY_IDS: Final = tuple(map(EntityId, ("1001", "1002", "1003", "B-4")))
UNKNOWN: Final = EntityId("unknown")
NUMBERS: Final = ("1001", "1002", "01002", "9", "A-7", "a-7")
INVOICE_NUMBERS: Final = ("INV-1", "INV-2", "inv-1", "7")
INVOICE_IDS: Final = tuple(map(InvoiceId, ("i1", "i2", "i3", "i4", "i5", "i6")))
FEE_IDS: Final = tuple(map(FeeId, ("f1", "f2")))
PAYMENT_IDS: Final = tuple(map(PaymentId, ("p1", "p2", "p3")))
USER_IDS: Final = tuple(map(UserId, ("u1", "u2", "u3")))

NOT_THERE: Final = 7
BARRED: Final = 8
places = st.integers(0, NOT_THERE)
"""Who, or which, among those that are there, counted round and round; 7 stands for one who is not there."""
firm_ids = st.sampled_from([*[ACME] * 12, *[ZENITH] * 3, BEACON])
entity_names = st.sampled_from(
    [
        "Smith, Jane",
        "Smith Family Trust",
        "Jane Smith Realty Group",
        "STRASSE 10",
        "Stra\u00dfe 10",
        "Cafe\u0301 10",
        "",
    ]
)
addresses = st.sampled_from(ADDRESSES)
entity_ids = st.sampled_from((*ENTITY_IDS, *ENTITY_IDS, UNKNOWN))
contacts = strategies.contacts(addresses.map(EmailAddress.parse), named=st.just(""))
arrivals = entity_ids.map(lambda entity_id: Arrival.attest(entity_id, via="one-click invoice e-mail"))
proofs = st.builds(InvoiceProof, st.sampled_from(NUMBERS), st.sampled_from(INVOICE_NUMBERS))
claims: SearchStrategy[Arrival | InvoiceProof | int] = st.one_of(arrivals, proofs, places, places, st.just(BARRED))
"""An arrival, something typed, or a number: mostly right, see `Trial.spelled_out`."""
waits = st.sampled_from(
    [timedelta(), timedelta(minutes=4), timedelta(minutes=10), timedelta(minutes=10, microseconds=1)]
)


def client_entities(firm_id: FirmId) -> SearchStrategy[ClientEntity]:
    """Client entities of the town: shared numbers, shared mailboxes."""
    return strategies.client_entities(
        firm_id,
        ids=st.sampled_from(ENTITY_IDS),
        numbers=st.sampled_from(NUMBERS),
        named=entity_names,
        contacts_of=contacts,
    )


def rosters(firm_id: FirmId, *, min_size: int = 0) -> SearchStrategy[list[ClientEntity]]:
    """Rosters of the town."""
    return strategies.rosters(firm_id, of=client_entities(firm_id), min_size=min_size, max_size=len(ENTITY_IDS))


def firms(firm_id: FirmId) -> SearchStrategy[Firm]:
    """The firm with any settings."""
    return strategies.firms(st.just(firm_id))


Bill = Invoice | LateFee | Payment


@attrs.frozen
class Founding:
    """With what a firm begins: its settings, its clients, their bills, and the addresses that sign up first."""

    firm: Firm
    roster: list[ClientEntity]
    bills: list[Bill]
    first: dict[str, int]


def foundings(firm_id: FirmId) -> SearchStrategy[Founding]:
    """With what a firm of the town begins."""
    return st.builds(
        Founding,
        firms(firm_id),
        rosters(firm_id, min_size=3),
        st.lists(bills(firm_id), min_size=5, max_size=9),
        st.dictionaries(addresses, places, min_size=1, max_size=3),
    )


def bills(firm_id: FirmId) -> SearchStrategy[Invoice | LateFee | Payment]:
    """Invoices, late fees and payments of the town."""
    everywhere = (*ENTITY_IDS * 3, UNKNOWN)
    invoices = strategies.invoices(firm_id, everywhere, ids=st.sampled_from(INVOICE_IDS))
    return st.one_of(
        *[invoices] * 3,
        strategies.late_fees(firm_id, everywhere, ids=st.sampled_from(FEE_IDS)),
        strategies.payments(
            firm_id,
            everywhere,
            ids=st.sampled_from(PAYMENT_IDS),
            payers=st.sampled_from([None, *USER_IDS]),
        ),
    )


def client(
    entity_id: str, *lists: str, number: str | None = None, active: bool = True, firm_id: FirmId = ACME
) -> ClientEntity:
    """A client entity that lists these addresses."""
    return ClientEntity(
        firm_id=firm_id,
        entity_id=EntityId(entity_id),
        name=f"Client {entity_id}",
        client_number=number or entity_id,
        contacts=tuple(Contact(email=EmailAddress.parse(address)) for address in lists),
        active=active,
    )


def bill_of(entity_id: str, invoice_id: str, number: str = "INV-1", *, due: int = 100) -> Invoice:
    """An open invoice of a client."""
    return Invoice(
        firm_id=ACME,
        invoice_id=InvoiceId(invoice_id),
        entity_id=EntityId(entity_id),
        number=number,
        total=Money(due, "USD"),
        amount_due=Money(due, "USD"),
        issued_on=date(2026, 1, 1),
        due_on=date(2026, 1, 31),
        status=InvoiceStatus.OPEN,
    )
