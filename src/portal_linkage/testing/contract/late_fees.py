"""The late fees."""

from datetime import date

import pytest

from ...domain.entities import LateFee
from ...domain.values import FeeId, InvoiceId, Money, PageRequest
from ...domain.viewers import LinkedTo, Only
from ...ports import Store
from ..builders import ACME, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, entity, late_fee, usd
from ._furnished import Billed

VISIT = Only(ACME, REALTY)
EVERYTHING = LinkedTo(ACME, JANE_ID)


def keep(store: Store, *fees: LateFee) -> None:
    """Save late fees."""
    with store.transaction() as tx:
        tx.late_fees.save_many(fees)


def listed(store: Store, scope: LinkedTo | Only = EVERYTHING) -> list[str]:
    """The ids of the fees in scope."""
    with store.snapshot() as snapshot:
        return [one.fee_id for one in snapshot.late_fees.in_scope(scope, PageRequest()).items]


def totals(store: Store, scope: LinkedTo | Only = EVERYTHING) -> dict[str, Money]:
    """What is due on fees."""
    with store.snapshot() as snapshot:
        return dict(snapshot.late_fees.totals(scope))


class LateFeePromises(Billed):
    """The late fees: what `LateFeeRepository` promises."""

    law = "L4"

    @pytest.mark.parametrize("invoice_id", [None, InvoiceId("INV-1")])
    def test_a_fee_is_listed_as_it_was_saved(self, billed: Store, invoice_id: InvoiceId | None) -> None:
        """A fee of an invoice, or of the entity as a whole, is listed with every field."""
        saved = late_fee("F", amount=usd("25.5"), amount_due=usd("0.0001"), invoice_id=invoice_id)
        keep(billed, saved)
        with billed.snapshot() as snapshot:
            assert snapshot.late_fees.in_scope(VISIT, PageRequest()).items == (saved,)

    def test_fees_come_by_date_then_id(self, billed: Store) -> None:
        """Fees of all entities come in one order: the oldest first, then by id."""
        keep(
            billed,
            late_fee("a", REALTY, assessed_on=date(2026, 3, 2)),
            late_fee("c", SMITH, assessed_on=date(2026, 3, 1)),
            late_fee("b", REALTY, assessed_on=date(2026, 3, 1)),
            late_fee("C", SMITH, assessed_on=date(2026, 3, 1)),
        )
        assert listed(billed) == ["C", "b", "c", "a"]

    @pytest.mark.parametrize("due", ["0", "-1"])
    def test_a_fee_on_which_nothing_is_due_is_not_listed(self, billed: Store, due: str) -> None:
        """A fee that was paid or waived is neither listed nor summed."""
        keep(billed, late_fee("a", amount_due=usd(due)))
        assert (listed(billed), totals(billed)) == ([], {})

    def test_what_is_due_is_summed_and_not_what_was_assessed(self, billed: Store) -> None:
        """A sum of fees is of what is due on them, per currency, in the order of the currencies' names."""
        keep(
            billed,
            late_fee("a", amount_due=usd(5)),
            late_fee("b", SMITH),
            late_fee("c", amount=Money(9, "CHF"), amount_due=Money("0.1", "CHF")),
            late_fee("d", TRUST),
        )
        found = totals(billed)
        assert found == {"CHF": Money("0.1", "CHF"), "USD": usd(30)}
        assert list(found) == ["CHF", "USD"]

    def test_sums_of_fees_are_exact_beyond_any_single_amount(self, billed: Store) -> None:
        """A sum of fees is exact beyond 10^11 and beyond what 64 bits hold."""
        keep(billed, *(late_fee(str(number), amount=usd("99999999999.9999")) for number in range(9300)))
        assert totals(billed) == {"USD": Money.of_units(9300 * (10**15 - 1), "USD")}

    def test_fees_out_of_scope_are_neither_listed_nor_summed(self, billed: Store) -> None:
        """Fees of entities that are not in scope, or are inactive, are nobody's."""
        keep(billed, late_fee("a", REALTY), late_fee("b", SMITH), late_fee("c", TRUST), late_fee("d", "absent"))
        with billed.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
        assert (listed(billed), totals(billed)) == (["a"], {"USD": usd(25)})
        assert (listed(billed, Only(ACME, TRUST)), totals(billed, Only(OTHER_FIRM, TRUST))) == (["c"], {})

    def test_a_fee_saved_again_is_as_it_was_saved_last(self, billed: Store) -> None:
        """A fee may change its entity, its date and its amount; of two with one id the later stands."""
        keep(billed, late_fee("a", REALTY), late_fee("b", REALTY), late_fee("a", SMITH, amount=usd(1)))
        assert (listed(billed, VISIT), totals(billed)) == (["b"], {"USD": usd(26)})

    def test_a_paid_fee_is_gone_from_the_sums(self, billed: Store) -> None:
        """A fee that was due and is paid is neither listed nor summed any more."""
        keep(billed, late_fee("a"))
        with billed.transaction() as tx:
            tx.late_fees.save(late_fee("a", amount_due=usd(0)))
        assert (listed(billed), totals(billed)) == ([], {})

    def test_a_removed_fee_is_gone(self, billed: Store) -> None:
        """A fee removed is neither listed nor summed; removing an absent one does nothing."""
        keep(billed, late_fee("a"), late_fee("b"))
        with billed.transaction() as tx:
            tx.late_fees.remove(ACME, FeeId("a"))
            tx.late_fees.remove(ACME, FeeId("z"))
            tx.late_fees.remove(OTHER_FIRM, FeeId("b"))
        assert (listed(billed), totals(billed)) == (["b"], {"USD": usd(25)})

    def test_no_fees_can_be_saved(self, billed: Store) -> None:
        """Saving no fees saves none."""
        keep(billed)
        assert (listed(billed), totals(billed)) == ([], {})
