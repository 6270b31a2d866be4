"""A change of every kind, to a firm with something of every kind."""

from collections.abc import Callable
from typing import Any

from ...domain.entities import GroundKind
from ...domain.values import EmailAddress
from ...ports import Transaction
from ..builders import (
    ACME,
    JANE,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    ground,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    usd,
    user,
)
from ._pictures import GONE


def _move_entities(tx: Transaction) -> None:
    tx.entities.save_many(
        [entity(SMITH, jane_at(1), name="Bakery", client_number="9"), entity("new", JANE), entity(REALTY, active=False)]
    )


def _move_invoices(tx: Transaction) -> None:
    tx.invoices.save_many([invoice("a", SMITH, amount_due=usd(5)), invoice("b", SMITH), invoice("c")])
    tx.invoices.remove(ACME, invoice("b").invoice_id)


def _move_late_fees(tx: Transaction) -> None:
    tx.late_fees.save_many([late_fee(amount=usd(1)), late_fee("FEE-2", SMITH)])
    tx.late_fees.remove(ACME, late_fee().fee_id)


def _move_payments(tx: Transaction) -> None:
    tx.payments.save_many([payment(amount=usd(1)), payment("PAY-2", SMITH)])
    tx.payments.remove(ACME, payment().payment_id)


def _link_another(tx: Transaction) -> None:
    tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(TRUST))])


def _unlink_and_relink(tx: Transaction) -> None:
    tx.links.remove_many([link(REALTY), link(SMITH)])
    _link_another(tx)
    tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(REALTY))])


def _change_grounds(tx: Transaction) -> None:
    tx.mailboxes.lock(ACME, JANE)
    tx.links.add_grounds([(link(REALTY), ground(GroundKind.FIRM_GRANT)), (link(SMITH), ground(GroundKind.PROOF))])
    tx.links.remove_grounds([(link(REALTY), GroundKind.ARRIVAL)])


def _remove_user(tx: Transaction) -> None:
    tx.links.remove_many([link(REALTY), link(SMITH)])
    tx.users.remove(user())


def _sign_up_others(tx: Transaction) -> None:
    _remove_user(tx)
    sign_up(tx, user("ann", EmailAddress.parse("JANE.SMITH@example.com"), name="Smith"), TRUST)
    sign_up(tx, user("jane-1", jane_at(1)), TRUST)


def _transfer_bills(tx: Transaction) -> None:
    for kept in (tx.invoices, tx.late_fees, tx.payments):
        kept.transfer(ACME, {REALTY: SMITH})


def _change_bars(tx: Transaction) -> None:
    mailbox = tx.mailboxes.lock(ACME, JANE)
    tx.bars.remove(mailbox, TRUST)
    leave_bars(tx, bar(SMITH), bar(TRUST, jane_at(1)), bar(TRUST, since=at(5)))
    tx.bars.forget_leaving(mailbox, TRUST)
    tx.bars.remember_leaving(mailbox, SMITH)


CHANGES: dict[str, Callable[[Transaction], None]] = {
    "firms": lambda tx: tx.firms.save(firm(name="Changed", show_late_fees=False)),
    "entities": _move_entities,
    "contacts of others": lambda tx: tx.entities.save_contacts([entity(SMITH, JANE), entity(TRUST)], "xero"),
    "old numbers": lambda tx: tx.entities.keep_numbers([entity(REALTY, client_number="8")]),
    "entities merged": lambda tx: tx.entities.transfer(ACME, {SMITH: TRUST}),
    "entities parted": lambda tx: tx.entities.part(ACME, [GONE]),
    "links added": _link_another,
    "links removed": _unlink_and_relink,
    "grounds": _change_grounds,
    "users removed": _remove_user,
    "users added": _sign_up_others,
    "bars": _change_bars,
    "refusals carried": lambda tx: tx.bars.carry(ACME, {TRUST: SMITH}),
    "bills transferred": _transfer_bills,
    "invoices": _move_invoices,
    "late fees": _move_late_fees,
    "payments": _move_payments,
    "journal": lambda tx: journaled(tx, [event(), event(user_id=None, entity_id=None)]),
}

WRONG_KINDS: dict[str, Callable[[Transaction, Any], None]] = {
    "firms.save": lambda tx, _: tx.firms.save(entity("new")),  # type: ignore[arg-type]
    "entities.save": lambda tx, _: tx.entities.save(firm()),  # type: ignore[arg-type]
    "entities.save_many": lambda tx, good: tx.entities.save_many([good["entity"], good["invoice"]]),
    "invoices.save": lambda tx, _: tx.invoices.save(payment("new")),  # type: ignore[arg-type]
    "invoices.save_many": lambda tx, good: tx.invoices.save_many([good["invoice"], good["entity"]]),
    "late_fees.save": lambda tx, _: tx.late_fees.save(invoice("new")),  # type: ignore[arg-type]
    "payments.save": lambda tx, _: tx.payments.save(None),  # type: ignore[arg-type]
}
