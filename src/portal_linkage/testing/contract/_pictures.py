"""A firm with something of every kind, all that a store shows of it, and changes that fail."""

from collections.abc import Callable
from typing import Any

import pytest

from ...domain.entities import InvoiceStatus
from ...domain.values import PageRequest, UserId
from ...domain.viewers import LinkedTo
from ...ports import Snapshot, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    payment,
    sign_up,
    user,
)

ALL = PageRequest(500)
EVERYTHING = LinkedTo(ACME, JANE_ID)


def furnish(tx: Transaction) -> None:
    """Write something of every kind."""
    tx.firms.save(firm())
    tx.entities.save_many([entity(SMITH, JANE), entity(TRUST, JANE, jane_at(1)), entity(REALTY)])
    mailbox = sign_up(tx, user(), REALTY, SMITH)
    leave_bars(tx, bar(TRUST))
    tx.bars.remember_leaving(mailbox, TRUST)
    tx.invoices.save_many([invoice("a"), invoice("b", SMITH, status=InvoiceStatus.PAID)])
    tx.late_fees.save(late_fee())
    tx.payments.save(payment())
    tx.attempts.recent(ACME, "number:1", at(-9))
    tx.attempts.add(ACME, "number:1", at(0), at(10))
    journaled(tx, [event()])


def pictured(snapshot: Snapshot) -> tuple[Any, ...]:
    """Everything that a snapshot shows of the firm."""
    emails = [JANE, jane_at(1)]
    return (
        snapshot.firms.find(ACME),
        snapshot.users.search(ACME, "", None, ALL),
        snapshot.users.search(ACME, "jane", None, ALL),
        snapshot.users.having(ACME, emails),
        [str(found.email) for found in snapshot.users.having(ACME, emails).values()],
        [snapshot.links.listing(ACME, UserId(one)) for one in (JANE_ID, "ann")],
        snapshot.links.touching(ACME, [SMITH, TRUST, REALTY]),
        snapshot.links.count(ACME, at_most=1000),
        snapshot.bars.listing(ACME, None, ALL),
        snapshot.bars.touching(ACME, [SMITH, TRUST, REALTY]),
        snapshot.entities.in_scope(EVERYTHING, ALL),
        list(snapshot.entities.roster(ACME)),
        [snapshot.entities.listing(ACME, email) for email in emails],
        snapshot.entities.numbered(ACME, ["1001", "1002", "1003", "9"]),
        [snapshot.entities.suggest(ACME, text, JANE_ID, 9) for text in ("smith", "1", "bakery")],
        [snapshot.invoices.in_scope(EVERYTHING, status, ALL) for status in (InvoiceStatus.OPEN, InvoiceStatus.PAID)],
        snapshot.invoices.totals(EVERYTHING),
        [snapshot.invoices.proves(ACME, REALTY, number) for number in "abc"],
        snapshot.late_fees.in_scope(EVERYTHING, ALL),
        dict(snapshot.late_fees.totals(EVERYTHING)),
        snapshot.payments.in_scope(EVERYTHING, ALL),
        snapshot.journal.listing(ACME, None, None, ALL),
        snapshot.journal.listing(ACME, JANE_ID, None, ALL),
        snapshot.journal.listing(ACME, None, REALTY, ALL),
        snapshot.journal.listing(ACME, JANE_ID, REALTY, ALL),
    )


def picture(store: Store) -> tuple[Any, ...]:
    """Everything that the store shows of the firm."""
    with store.snapshot() as snapshot:
        return pictured(snapshot)


class GaveUpError(Exception):
    """Something of the caller's own."""


def undone(store: Store, *changes: Callable[[Transaction], object], error: type[BaseException] = GaveUpError) -> None:
    """Make these changes in one transaction that ends in an error."""
    with pytest.raises(error), store.transaction() as tx:
        _fail_after(tx, changes, error)


def _fail_after(
    tx: Transaction, changes: tuple[Callable[[Transaction], object], ...], error: type[BaseException]
) -> None:
    for change in changes:
        change(tx)
    raise error
