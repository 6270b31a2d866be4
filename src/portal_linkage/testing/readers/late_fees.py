"""Which late fees are due, in which order, and how much of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from ...domain.entities import LateFee
from ...domain.values import MAX_LIMIT, InvoiceId, Money
from ...domain.viewers import Scope
from ...ports import Store
from ..builders import ACME, REALTY, SMITH, TRUST, late_fee
from ..promises import Capability, needs
from ._base import EVERYTHING, EVERYWHERE, ReaderPromises, for_each_reader, listed, signed_up
from ._kinds import LATE_FEES, Kind
from ._means import FLOATING


def totals(store: Store, scope: Scope = EVERYTHING) -> Mapping[str, Money]:
    """What is due on fees."""
    with store.snapshot() as snapshot:
        return snapshot.late_fees.totals(scope)


def fees_of(store: Store) -> list[str]:
    """The ids of the fees that Jane is shown."""
    return [one.fee_id for one in listed(store, LATE_FEES.listings[0])]


class LateFees(ReaderPromises):
    """What the promises about late fees are told in."""

    kind: ClassVar[Kind[Any]] = LATE_FEES
    capabilities = EVERYWHERE | {Capability.FEE_INVOICES, Capability.PART_PAYMENTS, Capability.NEGATIVE_AMOUNTS}

    def fee(self, fee_id: str, entity_id: str = REALTY, *, amount: int = 25, **fields: object) -> LateFee:
        """A fee of so many of the smallest amounts."""
        return late_fee(fee_id, entity_id, **{"amount": self.means.money(amount), **fields})

    def sum_of(self, cents: int) -> dict[str, Money]:
        """So many of the smallest amounts, as a sum."""
        return {self.currency: self.means.money(cents)}


class LateFeesDue(LateFees):
    """Which late fees are listed."""

    law = "L4"

    def test_a_fee_on_which_nothing_is_due_is_not_listed(self, linked: Store) -> None:
        """A fee that was paid or waived is neither listed nor summed."""
        self.seed([self.fee("1"), self.fee("2", amount_due=self.means.money(0))])
        assert (fees_of(linked), totals(linked)) == (["1"], self.sum_of(25))

    @needs(Capability.NEGATIVE_AMOUNTS)
    @needs(Capability.PART_PAYMENTS)
    def test_a_fee_on_which_less_than_nothing_is_due_is_not_listed(self, linked: Store) -> None:
        """A fee that was paid twice takes nothing off what is due on others."""
        self.seed([self.fee("1"), self.fee("2", amount_due=self.means.money(-25))])
        assert (fees_of(linked), totals(linked)) == (["1"], self.sum_of(25))

    @needs(Capability.FEE_INVOICES)
    def test_a_fee_names_its_invoice(self, linked: Store) -> None:
        """A fee of one invoice names it; a fee of the client as a whole names none."""
        fees = (self.fee("1", invoice_id=InvoiceId("7")), self.fee("2", invoice_id=None))
        self.seed(fees)
        assert listed(linked, LATE_FEES.listings[0]) == fees


class LateFeeOrders(LateFees):
    """The order of the design."""

    law = "L15"

    def test_fees_come_by_date(self, linked: Store) -> None:
        """Fees of all clients come in one order: the oldest first."""
        days = {"1": date(2026, 1, 10), "2": date(2025, 12, 31), "3": date(2026, 1, 9), "4": date(999, 1, 1)}
        owners = (REALTY, SMITH, REALTY, SMITH)
        self.seed([self.fee(one, owner, assessed_on=days[one]) for one, owner in zip(days, owners, strict=True)])
        assert fees_of(linked) == ["4", "2", "3", "1"]

    def test_fees_of_one_day_come_by_id(self, linked: Store) -> None:
        """Ids are compared as texts, by code point, also those that are whole numbers."""
        self.seed([self.fee(one) for one in reversed(self.means.ids)])
        assert fees_of(linked) == list(self.means.ids)

    def test_list_and_sum_agree(self, store: Store) -> None:
        """What the portal lists of late fees is what it adds up."""
        portal, jane = signed_up(store)
        self.seed([self.fee("1"), self.fee("2", SMITH, amount=5), self.fee("3", TRUST)])
        page = portal.view(jane.user.viewer)
        assert [one.fee_id for one in page.late_fees.items] == ["1", "2"]
        assert page.late_fees_due == self.sum_of(30)


class LateFeeSums(LateFees):
    """Sums over what is due."""

    law = "L14"

    @for_each_reader
    @given(data=st.data())
    def test_totals_are_those_of_what_is_listed(self, data: st.DataObject) -> None:
        """Sums are over exactly what is listed, whatever the scope."""
        world = data.draw(self.kind.worlds(self.means)).at(ACME)
        with self.anew() as store:
            with store.transaction() as tx:
                world.settle(tx)
            self.seed(world.late_fees)
            assert dict(totals(store, world.scope)) == world.fees_due()

    def test_nothing_due_sums_to_nothing(self, linked: Store) -> None:
        """Where nothing is due no currency is named."""
        assert totals(linked) == {}
        self.seed([self.fee("1", amount_due=self.means.money(0)), self.fee("2", TRUST)])
        assert totals(linked) == {}

    @needs(Capability.PART_PAYMENTS)
    def test_what_is_due_is_summed_and_not_what_was_assessed(self, linked: Store) -> None:
        """Of a fee that was paid in part, the rest is due."""
        self.seed([self.fee("1", amount_due=self.means.money(10)), self.fee("2", SMITH)])
        assert totals(linked) == self.sum_of(35)

    def test_small_fees_add_up_exactly(self, linked: Store) -> None:
        """Amounts that floats would add up to nearly the sum add up to it."""
        self.seed([self.fee(str(place), amount=due) for place, due in enumerate(FLOATING, 1)])
        assert totals(linked) == self.sum_of(sum(FLOATING))

    def test_very_many_fees_are_summed(self, linked: Store) -> None:
        """What is due on more fees than a page can have is summed to the last."""
        self.seed([self.fee(str(place), amount=1) for place in range(1, MAX_LIMIT + 2)])
        assert totals(linked) == self.sum_of(MAX_LIMIT + 1)

    def test_a_sum_may_be_more_than_any_amount(self, linked: Store) -> None:
        """The largest amounts there are add up exactly, to the last of their digits."""
        most = self.means.most()
        self.seed([late_fee(str(place), amount=most) for place in range(1, 31)])
        assert totals(linked) == {self.currency: Money.of_units(30 * most.units, self.currency)}

    @needs(Capability.CURRENCIES)
    def test_sums_are_kept_apart_by_currency(self, linked: Store) -> None:
        """What is due is summed per currency, in the order of the currencies' names."""
        due = [Money(5, "USD"), Money(7, "CHF"), Money(9, "EUR"), Money(11, "CHF")]
        self.seed([late_fee(str(place), amount=amount) for place, amount in enumerate(due, 1)])
        found = totals(linked)
        assert found == {"CHF": Money(18, "CHF"), "EUR": Money(9, "EUR"), "USD": Money(5, "USD")}
        assert list(found) == ["CHF", "EUR", "USD"]
