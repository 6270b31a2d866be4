"""What was paid, in which order, by whom and what for."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from ...domain.entities import Payment
from ...domain.errors import PaymentNotFound
from ...domain.values import InvoiceId, PaymentId, UserId
from ...ports import Store
from ..builders import NOON, REALTY, SMITH, TRUST, payment
from ..promises import Capability, needs
from ._base import EVERYWHERE, ReaderPromises, listed, signed_up
from ._kinds import PAYMENTS, Kind

YEAR = timedelta(days=366)


class Payments(ReaderPromises):
    """What the promises about payments are told in."""

    kind: ClassVar[Kind[Any]] = PAYMENTS
    capabilities = EVERYWHERE | {Capability.PAYERS, Capability.INVOICES_PAID, Capability.MICROSECONDS}

    def paid(self, payment_id: str, entity_id: str = REALTY, **fields: object) -> Payment:
        """A payment."""
        return payment(payment_id, entity_id, **{"amount": self.means.money(300), **fields})

    def shown(self, store: Store) -> list[str]:
        """The ids of the payments that Jane is shown."""
        return [one.payment_id for one in listed(store, PAYMENTS.listings[0])]


class PaymentOrders(Payments):
    """The order of the design."""

    law = "L15"

    def test_payments_come_newest_first(self, linked: Store) -> None:
        """Payments of all clients come in one order: the newest first, those before 1970 included."""
        ages = {"1": 1, "2": 57, "3": 0, "4": 90, "5": 56}
        owners = (REALTY, SMITH, REALTY, SMITH, SMITH)
        pairs = zip(ages, owners, strict=True)
        self.seed([self.paid(one, owner, paid_at=NOON - ages[one] * YEAR) for one, owner in pairs])
        assert self.shown(linked) == ["3", "1", "5", "2", "4"]

    def test_payments_come_to_the_smallest_part_of_time(self, linked: Store) -> None:
        """Of two payments the later comes first, be it later by as little as the tables can tell."""
        self.seed([self.paid(str(place), paid_at=NOON + place * self.means.instant) for place in (2, 1, 3)])
        assert self.shown(linked) == ["3", "2", "1"]

    def test_payments_of_one_moment_come_by_id(self, linked: Store) -> None:
        """Ids are compared as texts, by code point, also those that are whole numbers."""
        self.seed([self.paid(one) for one in reversed(self.means.ids)])
        assert self.shown(linked) == list(self.means.ids)

    def test_list_and_id_agree(self, store: Store) -> None:
        """What the portal lists it gives by id, and what it does not list is not there."""
        portal, jane = signed_up(store)
        viewer = jane.user.viewer
        self.seed([self.paid("1"), self.paid("2", SMITH), self.paid("3", TRUST)])
        page = portal.payments(viewer)
        assert [one.payment_id for one in page.items] == ["1", "2"]
        for shown in page.items:
            assert portal.payment(viewer, shown.payment_id) == shown
        for hidden in ("3", "4"):
            with pytest.raises(PaymentNotFound):
                portal.payment(viewer, PaymentId(hidden))


class PaymentsWhole(Payments):
    """By whom and what for."""

    law = "L5"

    def test_a_payment_is_told_in_utc(self, linked: Store) -> None:
        """The moment of a payment is the same, whatever zone the tables keep it in, and is told in UTC."""
        self.seed([self.paid("1", paid_at=NOON)])
        (shown,) = listed(linked, PAYMENTS.listings[0])
        assert (shown.paid_at, shown.paid_at.utcoffset()) == (NOON, timedelta())

    @needs(Capability.INVOICES_PAID)
    def test_a_payment_names_its_invoices(self, linked: Store) -> None:
        """Each payment names the invoices that it is for, in their order, and those of no other."""
        first = self.paid("1", invoice_ids=[InvoiceId("9"), InvoiceId("10")])
        rows = (first, self.paid("2"), self.paid("3", invoice_ids=[InvoiceId("9")]))
        self.seed(rows)
        assert listed(linked, PAYMENTS.listings[0]) == rows

    @needs(Capability.PAYERS)
    def test_a_payment_names_its_payer(self, linked: Store) -> None:
        """A payment by a portal user names them; one by a guest names nobody. The service withholds it from others."""
        rows = (self.paid("1", payer=UserId("jane")), self.paid("2", payer=None))
        self.seed(rows)
        assert listed(linked, PAYMENTS.listings[0]) == rows
