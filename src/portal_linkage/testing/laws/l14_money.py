"""L14: money is exact."""

from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import EntityId, InvalidValue, Invoice, LateFee, Money, StaffId, StaffVisit
from .. import strategies
from ..promises import Promises, for_each_store
from .audit_portal import fractions
from .model_readings import summed
from .town import ACME, ENTITY_IDS, client
from .trial import Trial

USUAL = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}
HERE = [EntityId(ENTITY_IDS[0])]


class MoneyLaw(Promises):
    """L14: money is exact."""

    law = "L14"

    @settings(for_each_store, max_examples=12)
    @given(
        bills=st.lists(strategies.invoices(ACME, HERE), max_size=8),
        fees=st.lists(strategies.late_fees(ACME, HERE), max_size=8),
    )
    def test_sums_are_exact_by_currency_and_without_limit(self, bills: list[Invoice], fees: list[LateFee]) -> None:
        """L14: what is due adds up to the last ten-thousandth, one sum a currency, however large it gets."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(HERE[0])])
            trial.save_bills([*bills, *fees])
            view = trial.portal.view(StaffVisit(ACME, StaffId("staff-1"), HERE[0]))
            due = [bill.amount_due for bill in bills if bill.status == "open" and bill.amount_due.amount > 0]
            assert fractions(view.amount_due) == summed(due)
            assert fractions(view.late_fees_due) == summed(fee.amount_due for fee in fees if fee.amount_due.amount > 0)
            assert list(view.amount_due) == sorted(view.amount_due)
            assert {bill.amount_due for bill in view.invoices.items} == set(due)

    @for_each_store
    @given(amount=strategies.amounts(), currency=strategies.currencies(), precision=st.integers(1, 40))
    def test_an_amount_prints_with_its_usual_decimals_and_never_loses_one(
        self, amount: Decimal, currency: str, precision: int
    ) -> None:
        """L14: printed and read again an amount is the same, with the currency's usual decimals at least."""
        with localcontext(prec=precision):
            money = Money(amount, currency)
            printed, name = str(money).split(" ")
            assert name == currency
            assert Fraction(printed) == Fraction(amount) == Fraction(money.amount)
            assert len(printed.partition(".")[2]) >= USUAL[currency]
            assert len(printed.partition(".")[2].rstrip("0")) <= 4
            assert Money(printed, currency) == money
        assert getcontext().prec == 28

    @for_each_store
    @given(whole=st.integers(-(10**11) + 1, 10**11 - 1), currency=strategies.currencies(), zeros=st.integers(0, 30))
    def test_1200_equals_1200_00(self, whole: int, currency: str, zeros: int) -> None:
        """L14: trailing zeros are no decimals: an amount is what it is, however it was written."""
        written = Money(f"{whole}.{'0' * zeros}" if zeros else str(whole), currency)
        assert written == Money(whole, currency) == Money(Decimal(whole), currency)
        assert str(written) == str(Money(whole, currency))
        assert hash(written) == hash(Money(whole, currency))

    @for_each_store
    @given(
        wrong=st.one_of(
            st.sampled_from(
                [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("sNaN"), 10**11, -(10**11)]
            ),
            st.sampled_from(
                ["1e3", "1,200", " 1", "1 ", "", ".5", "5.", "1_000", "\u0661", "0x10", "NaN", "inf", "--1"]
            ),
            st.integers(1, 10**9).filter(lambda units: units % 10).map(lambda units: Decimal(units).scaleb(-5)),
            strategies.hostile_texts(max_size=10).filter(lambda text: not any("0" <= letter <= "9" for letter in text)),
        )
    )
    def test_what_is_no_exact_amount_is_refused(self, wrong: Decimal | int | str) -> None:
        """L14: a fifth decimal, 10^11, NaN, infinities and anything but plain decimal notation are `InvalidValue`."""
        with pytest.raises(InvalidValue):
            Money(wrong, "USD")

    @for_each_store
    @given(st.floats())
    def test_floats_are_refused(self, wrong: float) -> None:
        """L14: a float is refused, even one that happens to be a whole number; so are a truth value and no value."""
        for unfit in (wrong, True, None):
            with pytest.raises(TypeError):
                Money(unfit, "USD")  # type: ignore[arg-type]
