"""A firm large enough to page through, made by counting: the same on every machine and every day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

import attrs

from ..domain.entities import ClientEntity, Contact, Firm, Invoice, InvoiceStatus, LateFee, Payment
from ..domain.values import EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Money, PaymentId

ORCHARD: Final = FirmId("orchard-street")
ACCOUNTS: Final = EmailAddress.parse("accounts@example.com")
"""A mailbox that many clients share: that of whoever keeps their books."""
CLIENTS: Final = 320
TODAY: Final = date(2026, 3, 2)

_NAMES: Final = (
    "Smith Orchards {}",
    "Family Trust {}",
    "Harbor Mill {} LLC",
    "Lake House {}",
    "Corner Bakery {}",
    "Realty Group {}",
    "Estate No. {}",
    "Clay & Tile {}",
)
_NAMESAKE: Final = 45
"""It bears the number of the one before it."""


@attrs.frozen(kw_only=True)
class Practice:
    """A firm, and all that its practice-management system knows of it."""

    firm: Firm
    clients: tuple[ClientEntity, ...]
    invoices: tuple[Invoice, ...]
    late_fees: tuple[LateFee, ...]
    payments: tuple[Payment, ...]


def _mixed(*numbers: int) -> int:
    """A number that looks like any other."""
    mixed = 17
    for number in numbers:
        mixed = (mixed * 1_103_515_245 + number * 12_345 + 678_901) % 2**31
    return mixed >> 7


def _mailbox(number: int) -> str:
    """Whose client it is: most have their own mailbox, some are three to one, and one has every twenty-fifth."""
    if number % 25 == 0:
        return "books+000@example.com"
    owner = number - number % 10 if number % 10 in (1, 2) else number
    return ("Books+{:03d}@Example.com" if number % 7 == 0 else "books+{:03d}@example.com").format(owner)


def _contacts(number: int) -> Iterator[Contact]:
    if number % 19:  # the others list nobody of their own
        yield Contact(email=EmailAddress.parse(_mailbox(number)), contact_id=f"P-{number}")
    if number % 8 == 0:
        yield Contact(email=ACCOUNTS, role="bookkeeper")


def _client_number(number: int) -> str:
    """As somebody has typed it: some with leading zeros, some with letters, and one for two clients."""
    typed = 2000 + (44 if number == _NAMESAKE else number)
    return {3: f"00{typed}", 8: f"B-{typed}"}.get(number % 11, str(typed))


def _client(number: int) -> ClientEntity:
    return ClientEntity(
        firm_id=ORCHARD,
        entity_id=EntityId(f"client-{number:03d}"),
        name=_NAMES[number % len(_NAMES)].format(number),
        client_number=_client_number(number),
        contacts=_contacts(number),
        active=number % 16 != 15,
    )


def _bills_of(number: int) -> int:
    """How many invoices a client has: a few, most of them, and some every week."""
    return 60 if number % 40 == 0 else 1 + _mixed(number) % 4


def _status(chance: int) -> InvoiceStatus:
    if chance % 20 < 2:
        return InvoiceStatus.DRAFT if chance % 2 else InvoiceStatus.VOID
    return InvoiceStatus.OPEN if chance % 3 == 0 else InvoiceStatus.PAID


def _invoice(number: int, count: int) -> Invoice:
    chance = _mixed(number, count)
    status, cents = _status(chance), 1_000 + chance % 400_000
    due = {InvoiceStatus.PAID: 0, InvoiceStatus.OPEN: cents // (1 + chance % 5 // 4)}.get(status, cents)
    currency = "EUR" if number % 9 == 4 else "USD"
    issued_on = TODAY - timedelta(days=chance % 300)
    return Invoice(
        firm_id=ORCHARD,
        invoice_id=InvoiceId(f"bill-{number:03d}-{count}"),
        entity_id=EntityId(f"client-{number:03d}"),
        number=f"{issued_on.year}/{number:03d}{count:02d}",
        total=Money.of_units(cents * 100, currency),
        amount_due=Money.of_units(due * 100, currency),
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=30),
        status=status,
    )


def _late_fees(invoices: Iterable[Invoice]) -> Iterator[LateFee]:
    """One for some of the open invoices that are long overdue; every fourth has been waived."""
    overdue = [one for one in invoices if one.is_open and one.due_on < TODAY - timedelta(days=30)]
    for count, one in enumerate(overdue[::4]):
        fee = Money(25, one.total.currency)
        yield LateFee(
            firm_id=ORCHARD,
            fee_id=FeeId(f"fee-{count:03d}"),
            entity_id=one.entity_id,
            invoice_id=one.invoice_id,
            amount=fee,
            amount_due=Money(0, fee.currency) if count % 4 == 0 else fee,
            assessed_on=one.due_on + timedelta(days=30),
        )


def _payments(invoices: Iterable[Invoice]) -> Iterator[Payment]:
    """What has been paid of each invoice, a while after it was issued."""
    for count, one in enumerate(invoices):
        paid, days = one.total.units - one.amount_due.units, min((TODAY - one.issued_on).days, 28)
        if paid and one.status in (InvoiceStatus.PAID, InvoiceStatus.OPEN):
            yield Payment(
                firm_id=ORCHARD,
                payment_id=PaymentId(f"paid-{count:04d}"),
                entity_id=one.entity_id,
                amount=Money.of_units(paid, one.total.currency),
                paid_at=datetime.combine(one.issued_on, time(8, count % 60), UTC) + timedelta(days=count % (days + 1)),
                invoice_ids=(one.invoice_id,),
            )


@cache
def larger() -> Practice:
    """A firm of a few hundred clients, as a practice-management system would tell of it on 2 March 2026.

    Most mailboxes are on one client; some are on three, ``books+000@example.com`` is on a dozen, and the shared
    mailbox ``accounts@example.com`` on every eighth. Every sixteenth client is inactive, some list nobody, and two
    bear one number. Bills are in two currencies; a few clients have sixty, and some are drafts or void.
    """
    invoices = tuple(_invoice(number, count) for number in range(CLIENTS) for count in range(_bills_of(number)))
    return Practice(
        firm=Firm(firm_id=ORCHARD, name="Orchard Street Accounting"),
        clients=tuple(map(_client, range(CLIENTS))),
        invoices=invoices,
        late_fees=tuple(_late_fees(invoices)),
        payments=tuple(_payments(invoices)),
    )
