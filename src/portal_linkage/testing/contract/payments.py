"""The payments."""

from datetime import timedelta, timezone

import pytest

from ...domain.entities import Payment
from ...domain.values import InvoiceId, Money, PageRequest, PaymentId
from ...domain.viewers import LinkedTo, Only
from ...ports import Store
from ..builders import ACME, JANE_ID, NOON, OTHER_FIRM, REALTY, SMITH, TRUST, at, entity, payment, usd
from ._furnished import Billed

EVERYTHING = LinkedTo(ACME, JANE_ID)


def keep(store: Store, *payments: Payment) -> None:
    """Save payments."""
    with store.transaction() as tx:
        tx.payments.save_many(payments)


def listed(store: Store, scope: LinkedTo | Only = EVERYTHING) -> list[str]:
    """The ids of the payments in scope."""
    with store.snapshot() as snapshot:
        return [one.payment_id for one in snapshot.payments.in_scope(scope, PageRequest()).items]


MANY_IDS = [InvoiceId(str(99 - number)) for number in range(12)]
PAYMENTS = [
    payment("P", amount=Money("-0.0001", "JPY"), invoice_ids=[InvoiceId("b"), InvoiceId("a")], payer=JANE_ID),
    payment("P", TRUST, invoice_ids=(), payer=None, paid_at=at(0.000017)),
    payment("P", invoice_ids=[*MANY_IDS, MANY_IDS[0]]),
]


class PaymentPromises(Billed):
    """The payments: what `PaymentRepository` promises."""

    law = "L5"

    @pytest.mark.parametrize("saved", PAYMENTS)
    def test_a_payment_is_found_as_it_was_saved(self, billed: Store, saved: Payment) -> None:
        """A payment is found with every field, its invoices as named, its payer, its time, whoever may see it."""
        keep(billed, saved)
        with billed.snapshot() as snapshot:
            assert snapshot.payments.find(ACME, PaymentId("P")) == saved

    def test_a_listed_payment_is_whole(self, billed: Store) -> None:
        """A listing gives each payment with its own invoices, in their order, and its payer."""
        more = payment("Q", SMITH, invoice_ids=[InvoiceId("c")], paid_at=at(-1))
        keep(billed, PAYMENTS[0], more)
        with billed.snapshot() as snapshot:
            assert snapshot.payments.in_scope(EVERYTHING, PageRequest()).items == (PAYMENTS[0], more)

    def test_an_unknown_payment_is_not_found(self, billed: Store) -> None:
        """Of a payment that nobody saved, or that another firm has, there is nothing to find."""
        keep(billed, payment("P"))
        with billed.snapshot() as snapshot:
            assert snapshot.payments.find(ACME, PaymentId("p")) is None
            assert snapshot.payments.find(OTHER_FIRM, PaymentId("P")) is None

    def test_a_payment_comes_back_in_utc(self, billed: Store) -> None:
        """A time given in another zone is the same moment, in UTC."""
        there = NOON.astimezone(timezone(timedelta(hours=-7)))
        keep(billed, payment("P", paid_at=there))
        with billed.snapshot() as snapshot:
            found = snapshot.payments.find(ACME, PaymentId("P"))
        assert found is not None
        assert (found.paid_at, found.paid_at.utcoffset()) == (NOON, timedelta())

    def test_payments_come_newest_first_then_by_id(self, billed: Store) -> None:
        """Payments of all entities come in one order: the newest first, to the microsecond, then by id, ascending."""
        microsecond = timedelta(microseconds=1)
        keep(
            billed,
            payment("a", REALTY, paid_at=NOON),
            payment("d", REALTY, paid_at=NOON + microsecond),
            payment("c", SMITH, paid_at=NOON),
            payment("B", SMITH, paid_at=NOON),
            payment("e", SMITH, paid_at=NOON.replace(year=1901)),
            payment("f", SMITH, paid_at=NOON.replace(year=1969)),
        )
        assert listed(billed) == ["d", "B", "a", "c", "f", "e"]

    def test_payments_out_of_scope_are_not_listed(self, billed: Store) -> None:
        """Payments of entities that are not in scope, or are inactive, are nobody's."""
        keep(billed, payment("a", REALTY), payment("b", SMITH), payment("c", TRUST), payment("d", "absent"))
        with billed.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
        scopes = (EVERYTHING, Only(ACME, TRUST), Only(OTHER_FIRM, TRUST), Only(ACME, SMITH))
        assert [listed(billed, scope) for scope in scopes] == [["a"], ["c"], [], []]

    def test_a_payment_saved_again_is_as_it_was_saved_last(self, billed: Store) -> None:
        """A payment may change its entity and its invoices; of two with one id the later stands."""
        after = payment("a", SMITH, amount=usd(1), invoice_ids=[InvoiceId("z")])
        keep(billed, payment("a", REALTY, invoice_ids=[InvoiceId("x"), InvoiceId("y")]), payment("b", REALTY), after)
        assert listed(billed, Only(ACME, REALTY)) == ["b"]
        with billed.snapshot() as snapshot:
            assert snapshot.payments.find(ACME, PaymentId("a")) == after

    def test_a_removed_payment_is_gone(self, billed: Store) -> None:
        """A payment removed is neither found nor listed; removing an absent one does nothing."""
        keep(billed, payment("a", invoice_ids=[InvoiceId("x")]), payment("b"))
        with billed.transaction() as tx:
            tx.payments.remove(ACME, PaymentId("a"))
            tx.payments.remove(ACME, PaymentId("z"))
            tx.payments.remove(OTHER_FIRM, PaymentId("b"))
            assert tx.payments.find(ACME, PaymentId("a")) is None
        assert listed(billed) == ["b"]

    def test_a_payment_saved_after_its_removal_has_its_own_invoices(self, billed: Store) -> None:
        """Nothing of a removed payment is left behind for another one with its id."""
        with billed.transaction() as tx:
            tx.payments.save(payment("a", invoice_ids=[InvoiceId("x")]))
            tx.payments.remove(ACME, PaymentId("a"))
            tx.payments.save(payment("a"))
            assert tx.payments.find(ACME, PaymentId("a")) == payment("a")

    def test_no_payments_can_be_saved(self, billed: Store) -> None:
        """Saving no payments saves none."""
        keep(billed)
        assert listed(billed) == []
