"""A firm with something of every kind, and everything that can be asked of it."""

from collections.abc import Callable
from typing import Any

from portal_linkage.domain.entities import GroundKind, InvoiceStatus
from portal_linkage.domain.values import EntityId, PageRequest
from portal_linkage.domain.viewers import LinkedTo, Only, Scope
from portal_linkage.ports import Snapshot, Transaction
from portal_linkage.testing.builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
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
    link,
    payment,
    sign_up,
    user,
)

PAGE = PageRequest(50)
LINKED = LinkedTo(ACME, JANE_ID)
SCOPES: dict[str, Scope] = {"linked": LINKED, "one": LinkedTo(ACME, JANE_ID, REALTY), "visit": Only(ACME, REALTY)}


def client_ids(count: int) -> list[EntityId]:
    """The ids of so many clients."""
    return [EntityId(f"c{number:04d}") for number in range(count)]


def tell(tx: Transaction, clients: int) -> None:
    """Jane signs up at the firm, which has so many clients that list her; each has a bill of every kind."""
    ids = client_ids(clients)
    tx.firms.save(firm())
    tx.entities.save_many(entity(one, JANE, name=f"Smith Trust {one}") for one in ids)
    sign_up(tx, user(), *ids)
    tx.invoices.save_many(invoice(f"INV-{one}", one) for one in ids)
    tx.invoices.save_many(invoice(f"PAID-{one}", one, status=InvoiceStatus.PAID) for one in ids)
    tx.late_fees.save_many(late_fee(f"FEE-{one}", one) for one in ids)
    tx.payments.save_many(payment(f"PAY-{one}", one) for one in ids)
    journaled(tx, [event(entity_id=one) for one in ids])
    tx.bars.add_many(tx.mailboxes.lock(ACME, jane_at(1)), [bar(one, jane_at(1)) for one in ids])


def scoped_readings(scope: Scope) -> dict[str, Callable[[Snapshot], Any]]:
    """What is asked of a scope."""
    return {
        "covers": lambda snapshot: snapshot.entities.covers(scope),
        "entities": lambda snapshot: snapshot.entities.in_scope(scope, PAGE),
        "open invoices": lambda snapshot: snapshot.invoices.in_scope(scope, InvoiceStatus.OPEN, PAGE),
        "paid invoices": lambda snapshot: snapshot.invoices.in_scope(scope, InvoiceStatus.PAID, PAGE),
        "totals": lambda snapshot: snapshot.invoices.totals(scope),
        "late fees": lambda snapshot: snapshot.late_fees.in_scope(scope, PAGE),
        "late fees due": lambda snapshot: snapshot.late_fees.totals(scope),
        "payments": lambda snapshot: snapshot.payments.in_scope(scope, PAGE),
    }


PEOPLE: dict[str, Callable[[Snapshot], Any]] = {
    "firm": lambda snapshot: snapshot.firms.find(ACME),
    "user": lambda snapshot: snapshot.users.find(ACME, JANE_ID),
    "address": lambda snapshot: snapshot.users.find_by_email(ACME, JANE),
    "addresses": lambda snapshot: snapshot.users.having(ACME, [JANE, jane_at(1)]),
    "everyone": lambda snapshot: snapshot.users.search(ACME, "", None, PAGE),
    "search": lambda snapshot: snapshot.users.search(ACME, "smi ja", None, PAGE),
    "search by sign": lambda snapshot: snapshot.users.search(ACME, "@", None, PAGE),
    "users of an entity": lambda snapshot: snapshot.users.search(ACME, "", EntityId("c0000"), PAGE),
    "search at an entity": lambda snapshot: snapshot.users.search(ACME, "jane", EntityId("c0000"), PAGE),
    "link": lambda snapshot: snapshot.links.find(ACME, JANE_ID, EntityId("c0000")),
    "links": lambda snapshot: snapshot.links.listing(ACME, JANE_ID),
    "any link": lambda snapshot: snapshot.links.any_of(ACME, JANE_ID),
    "links touching": lambda snapshot: snapshot.links.touching(ACME, client_ids(1)),
    "links of users": lambda snapshot: snapshot.links.counts(ACME, [JANE_ID]),
    "bar": lambda snapshot: snapshot.bars.find(ACME, jane_at(1), EntityId("c0000")),
    "bars": lambda snapshot: snapshot.bars.listing(ACME, None, PAGE),
    "bars of an address": lambda snapshot: snapshot.bars.listing(ACME, jane_at(1), PAGE),
    "refusals": lambda snapshot: snapshot.bars.touching(ACME, client_ids(1)),
    "journal": lambda snapshot: snapshot.journal.listing(ACME, None, None, PAGE),
    "journal of a user": lambda snapshot: snapshot.journal.listing(ACME, JANE_ID, None, PAGE),
    "journal of an entity": lambda snapshot: snapshot.journal.listing(ACME, None, EntityId("c0000"), PAGE),
    "journal of both": lambda snapshot: snapshot.journal.listing(ACME, JANE_ID, EntityId("c0000"), PAGE),
    "changes": lambda snapshot: snapshot.journal.changes(ACME, PAGE),
}

CLIENTS: dict[str, Callable[[Snapshot], Any]] = {
    "entity": lambda snapshot: snapshot.entities.find(ACME, EntityId("c0000")),
    "labels": lambda snapshot: snapshot.entities.labels(ACME, client_ids(1)),
    "listing": lambda snapshot: snapshot.entities.listing(ACME, JANE),
    "numbered": lambda snapshot: snapshot.entities.numbered(ACME, ["c0000"]),
    "suggest a number": lambda snapshot: snapshot.entities.suggest(ACME, "c0", JANE_ID, 10),
    "suggest a name": lambda snapshot: snapshot.entities.suggest(ACME, "smith tr", JANE_ID, 10),
    "suggest words": lambda snapshot: snapshot.entities.suggest(ACME, "trust smith c", JANE_ID, 10),
    "suggest nothing": lambda snapshot: snapshot.entities.suggest(ACME, "nobody", JANE_ID, 10),
    "some of the roster": lambda snapshot: list(snapshot.entities.roster(ACME, client_ids(1))),
    "invoice": lambda snapshot: snapshot.invoices.find(ACME, invoice("INV-c0000").invoice_id),
    "payment": lambda snapshot: snapshot.payments.find(ACME, payment("PAY-c0000").payment_id),
    "proof": lambda snapshot: snapshot.invoices.proves(ACME, EntityId("c0000"), "INV-c0000"),
}

READINGS = {
    **PEOPLE,
    **CLIENTS,
    **{f"{name} ({kind})": ask for kind, scope in SCOPES.items() for name, ask in scoped_readings(scope).items()},
}
"""Everything that is asked for one person, one page or one entity."""


def change_everything(tx: Transaction) -> None:
    """Whatever may be said about Jane, her clients and their bills, said once."""
    tx.firms.lock(ACME)
    mailbox = tx.mailboxes.lock_user(ACME, JANE_ID)
    assert mailbox is not None
    granted = (link("c0000"), ground(GroundKind.FIRM_GRANT))
    tx.links.add_grounds([granted])
    tx.links.remove_grounds([(link("c0000"), GroundKind.ARRIVAL)])
    tx.bars.add_many(mailbox, [bar("c0000")])
    tx.bars.of(mailbox)
    tx.bars.of(mailbox, EntityId("c0000"))
    tx.bars.remove(mailbox, EntityId("c0000"))
    tx.bars.remember_leaving(mailbox, EntityId("c0000"))
    tx.bars.forget_leaving(mailbox, EntityId("c0000"))
    tx.entities.save(entity("c0000"))
    tx.invoices.remove(ACME, invoice("INV-c0000").invoice_id)
    tx.late_fees.remove(ACME, late_fee("FEE-c0000").fee_id)
    tx.payments.remove(ACME, payment("PAY-c0000").payment_id)
    tx.attempts.recent(ACME, "number:1", at(0))
    tx.attempts.add(ACME, "number:1", at(1), at(11))
    journaled(tx, [event()])
    tx.links.remove_many([link("c0000")])
    tx.users.remove(user())
