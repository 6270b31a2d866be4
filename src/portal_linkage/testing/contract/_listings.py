"""Every listing there is, at a firm busy enough for several pages, and how a row of it comes and goes."""

import base64
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import attrs

from ...domain.entities import Invoice, InvoiceStatus
from ...domain.values import EntityId, FirmId, Page, PageRequest
from ...domain.viewers import LinkedTo
from ...ports import Snapshot, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    at,
    bar,
    entity,
    event,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    user,
)

ROWS: Final = 7


@attrs.frozen
class Listing:
    """A listing, and how its n-th row comes and goes; rows come in the order of their numbers."""

    fetch: Callable[[Snapshot, FirmId, PageRequest], Page[Any]]
    add: Callable[[Transaction, int], None]
    remove: Callable[[Transaction, int], None] | None = None


def _day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def _scope(firm_id: FirmId) -> LinkedTo:
    return LinkedTo(firm_id, JANE_ID)


def _add_user(tx: Transaction, number: int) -> None:
    sign_up(tx, user(f"jane-{number}", jane_at(number), name=f"smith.{number + 100}@example.com"), "1001")


def _remove_user(tx: Transaction, number: int) -> None:
    person = user(f"jane-{number}", jane_at(number))
    tx.links.remove_many([link("1001", person.user_id)])
    tx.users.remove(person)


def _lift_bar(tx: Transaction, number: int) -> None:
    tx.bars.remove(tx.mailboxes.lock(ACME, jane_at(number)), EntityId("1001"))


def _link_entity(tx: Transaction, number: int) -> None:
    tx.entities.save(entity(f"e{number}"))
    tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(f"e{number}"))])


def _open(number: int) -> Invoice:
    return invoice(f"open-{number}", "e0", number=f"jane-{number}@example.com", due_on=_day(number))


def _paid(number: int) -> Invoice:
    return invoice(f"paid-{number}", "e0", issued_on=_day(-number), status=InvoiceStatus.PAID)


LISTINGS: Final[dict[str, Listing]] = {
    "users": Listing(
        lambda snapshot, firm_id, page: snapshot.users.search(firm_id, "", None, page), _add_user, _remove_user
    ),
    "users found": Listing(
        lambda snapshot, firm_id, page: snapshot.users.search(firm_id, "smith", None, page), _add_user, _remove_user
    ),
    "users of an entity": Listing(
        lambda snapshot, firm_id, page: snapshot.users.search(firm_id, "", EntityId("1001"), page),
        _add_user,
        _remove_user,
    ),
    "bars": Listing(
        lambda snapshot, firm_id, page: snapshot.bars.listing(firm_id, None, page),
        lambda tx, number: leave_bars(tx, bar("1001", jane_at(number), since=at(number))),
        _lift_bar,
    ),
    "entities": Listing(
        lambda snapshot, firm_id, page: snapshot.entities.in_scope(_scope(firm_id), page),
        _link_entity,
        lambda tx, number: tx.links.remove_many([link(f"e{number}")]),
    ),
    "open invoices": Listing(
        lambda snapshot, firm_id, page: snapshot.invoices.in_scope(_scope(firm_id), InvoiceStatus.OPEN, page),
        lambda tx, number: tx.invoices.save(_open(number)),
        lambda tx, number: tx.invoices.remove(ACME, _open(number).invoice_id),
    ),
    "paid invoices": Listing(
        lambda snapshot, firm_id, page: snapshot.invoices.in_scope(_scope(firm_id), InvoiceStatus.PAID, page),
        lambda tx, number: tx.invoices.save(_paid(number)),
        lambda tx, number: tx.invoices.remove(ACME, _paid(number).invoice_id),
    ),
    "late fees": Listing(
        lambda snapshot, firm_id, page: snapshot.late_fees.in_scope(_scope(firm_id), page),
        lambda tx, number: tx.late_fees.save(late_fee(f"fee-{number}", "e0", assessed_on=_day(number))),
        lambda tx, number: tx.late_fees.remove(ACME, late_fee(f"fee-{number}").fee_id),
    ),
    "payments": Listing(
        lambda snapshot, firm_id, page: snapshot.payments.in_scope(_scope(firm_id), page),
        lambda tx, number: tx.payments.save(payment(f"pay-{number}", "e0", paid_at=at(-number))),
        lambda tx, number: tx.payments.remove(ACME, payment(f"pay-{number}").payment_id),
    ),
    "journal": Listing(
        lambda snapshot, firm_id, page: snapshot.journal.listing(firm_id, None, None, page),
        lambda tx, number: journaled(tx, [event(at=at(-number))]),
    ),
}

SHRINKING: Final = {name: listing for name, listing in LISTINGS.items() if listing.remove is not None}
IN_ANY_ORDER: Final = {name: listing for name, listing in SHRINKING.items() if name != "entities"}
"""Listings into which a row may come before others: who is linked later always comes later."""


def fill(store: Store, listing: Listing, *numbers: int, at_once: bool = False) -> None:
    """Let these rows come, each in a change of its own; Jane is there to be linked to the entity that they are of."""
    with store.transaction() as tx:
        if listing is not LISTINGS["entities"]:
            tx.entities.save(entity("e0"))
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.links.add_many([(mailbox, link("e0"))])
    for change in [numbers] if at_once else [(number,) for number in numbers]:
        with store.transaction() as tx:
            for number in change:
                listing.add(tx, number)


def alterations(cursor: str) -> Iterator[str]:
    """The cursor with one octet changed, each of them in turn."""
    octets = base64.urlsafe_b64decode(cursor)
    for place in range(len(octets)):
        other = bytes([octets[place] ^ 1])
        yield base64.urlsafe_b64encode(octets[:place] + other + octets[place + 1 :]).decode()
