"""What a question costs never depends on how many entities somebody is linked to."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import pytest

from ...domain.entities import FirmStaff, Guest, InvoiceStatus, StaffVisit, Viewer
from ...domain.values import EntityId, InvoiceId, PaymentId
from ...ports import Store
from ...service import LinkageService
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    STAFF,
    bar,
    entity,
    event,
    firm,
    invoice,
    jane_at,
    journaled,
    late_fee,
    payment,
    sign_up,
    user,
)
from ..promises import Capability, Promises, needs
from ..titles import COST

Reading: TypeAlias = Callable[[LinkageService], object]

FEW, MANY = 1, 40
FIRST: Final = EntityId("c0")
RECEPTION: Final = FirmStaff(ACME, STAFF)
VIEWER: Final = user().viewer

VIEWERS: Final[Mapping[str, Viewer]] = {
    "": VIEWER,
    " of a staff visit": StaffVisit(ACME, STAFF, FIRST),
    " of a guest": Guest(ACME, FIRST),
}


def _readings_of(whose: str, viewer: Viewer) -> dict[str, Reading]:
    """What any viewer of the portal may ask."""
    return {
        f"view{whose}": lambda portal: portal.view(viewer),
        f"view of one entity{whose}": lambda portal: portal.view(viewer, entity_id=FIRST),
        f"entities{whose}": lambda portal: portal.entities(viewer),
        f"open invoices{whose}": lambda portal: portal.invoices(viewer),
        f"paid invoices{whose}": lambda portal: portal.invoices(viewer, status=InvoiceStatus.PAID),
        f"late fees{whose}": lambda portal: portal.late_fees(viewer),
        f"payments{whose}": lambda portal: portal.payments(viewer),
        f"invoice{whose}": lambda portal: portal.invoice(viewer, InvoiceId("INV-c0")),
        f"can_see{whose}": lambda portal: portal.can_see(viewer, FIRST),
    }


READINGS: Final[Mapping[str, Reading]] = {
    **{name: ask for whose, viewer in VIEWERS.items() for name, ask in _readings_of(whose, viewer).items()},
    "payment": lambda portal: portal.payment(VIEWER, PaymentId("PAY-c0")),
    "payment of a staff visit": lambda portal: portal.payment(VIEWERS[" of a staff visit"], PaymentId("PAY-c0")),
    "find_user": lambda portal: portal.find_user(ACME, JANE),
    "portal_users": lambda portal: portal.portal_users(RECEPTION),
    "portal_users, searched": lambda portal: portal.portal_users(RECEPTION, search="smith"),
    "portal_users of one entity": lambda portal: portal.portal_users(RECEPTION, entity_id=FIRST),
    "suggest": lambda portal: portal.suggest(RECEPTION, "smith", user_id=JANE_ID),
    "explain": lambda portal: portal.explain(RECEPTION, JANE_ID, FIRST),
    "explain to an address": lambda portal: portal.explain(RECEPTION, JANE, FIRST),
    "explain an invoice": lambda portal: portal.explain(RECEPTION, JANE_ID, FIRST, invoice_id=InvoiceId("INV-c0")),
    "bars": lambda portal: portal.bars(RECEPTION),
    "bars of one address": lambda portal: portal.bars(RECEPTION, email=jane_at(MANY)),
    "journal": lambda portal: portal.journal(RECEPTION),
    "journal of one user": lambda portal: portal.journal(RECEPTION, user_id=JANE_ID),
    "journal of one entity": lambda portal: portal.journal(RECEPTION, entity_id=FIRST),
    "changes": lambda portal: portal.changes(ACME),
    "a plan to let a client go": lambda portal: portal.roster.plan(ACME, [entity(FIRST, active=False)]),
    "a plan to merge a client": lambda portal: portal.roster.plan(ACME, [], merged={FIRST: EntityId("namesake-0")}),
    "a plan of another source": lambda portal: portal.roster.plan(ACME, [entity(FIRST, JANE)], source="xero"),
}
"""Every reading, and plans that are of one client, however many its people are linked to besides."""


def furnish_alike(store: Store, clients: int) -> None:
    """Jane is linked to so many clients; each has a user of its own, a bar, and a bill of every kind.

    Besides there are always as many namesakes as are suggested at once.
    """
    ids = [f"c{number}" for number in range(clients)]
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many(entity(f"namesake-{number}", name=f"Smith {number}") for number in range(10))
        tx.entities.save_many(entity(one, JANE, name=f"Smith Trust {one}") for one in ids)
        sign_up(tx, user(), *ids)
        for number, one in enumerate(ids):
            sign_up(tx, user(one, jane_at(number)), one)
        tx.invoices.save_many(invoice(f"INV-{one}", one) for one in ids)
        tx.invoices.save_many(invoice(f"PAID-{one}", one, status=InvoiceStatus.PAID) for one in ids)
        tx.late_fees.save_many(late_fee(f"FEE-{one}", one) for one in ids)
        tx.payments.save_many(payment(f"PAY-{one}", one) for one in ids)
        tx.bars.add_many(tx.mailboxes.lock(ACME, jane_at(MANY)), [bar(one, jane_at(MANY)) for one in ids])
        journaled(tx, [event(entity_id=EntityId(one)) for one in ids])


class CostPromises(Promises):
    """What a question costs never depends on how many entities somebody is linked to."""

    law = COST

    @needs(Capability.STATEMENT_COUNTER)
    @pytest.mark.parametrize("name", READINGS)
    def test_a_reading_asks_as_often_for_40_links_as_for_one(self, name: str) -> None:
        """Who is linked to 40 clients costs no statement more than who is linked to one."""
        few, many = (self._asked(READINGS[name], clients) for clients in (FEW, MANY))
        assert few > 0, f"{name}: no statement was counted at all"
        assert few == many, f"{name}: {few} statements for {FEW} link, {many} for {MANY}"

    def _asked(self, ask: Reading, clients: int) -> int:
        store = self.make_store()
        try:
            furnish_alike(store, clients)
            portal = LinkageService(store)
            ask(portal)
            with self.counting(store) as count:
                ask(portal)
            return count()
        finally:
            store.close()
