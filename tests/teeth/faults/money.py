"""Sums that are not exact."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import attrs
import pytest

from portal_linkage import Invoice, LateFee, Money
from portal_linkage.adapters.memory import bills
from portal_linkage.adapters.memory.series import DueSeries
from portal_linkage.domain.values import _money

from ..fault import answers, breaks, instead


def _answers_sums(patch: pytest.MonkeyPatch, turn: Callable[[Mapping[str, Money]], Mapping[str, Money]]) -> None:
    answers(patch, DueSeries, "totals", lambda totals: attrs.evolve(totals, due=turn(totals.due)))


@breaks("L14", "test_sums_are_exact_by_currency_and_without_limit")
def rounds_sums_to_cents(patch: pytest.MonkeyPatch) -> None:
    """A sum is rounded to cents."""
    _answers_sums(
        patch,
        lambda due: {code: Money.of_units(round(money.units, -2), code) for code, money in due.items()},
    )


@breaks(
    "L14",
    "test_sums_have_no_limit_of_the_machine",
    "test_sums_of_fees_are_exact_beyond_any_single_amount",
    by_machine=False,
)
def sums_through_floats(patch: pytest.MonkeyPatch) -> None:
    """A sum goes through a float, which is exact as long as it is small."""
    _answers_sums(
        patch,
        lambda due: {code: Money.of_units(round(float(money.amount) * 10_000), code) for code, money in due.items()},
    )


@breaks("L14", "test_sums_are_kept_apart_by_currency", "test_sums_are_exact_by_currency_and_without_limit")
def adds_all_currencies_up(patch: pytest.MonkeyPatch) -> None:
    """Dollars and francs are one sum."""
    _answers_sums(
        patch,
        lambda due: {code: Money.of_units(sum(one.units for one in due.values()), code) for code in list(due)[:1]},
    )


@breaks("L14", "test_sums_are_exact_by_currency_and_without_limit")
def keeps_cents_alone(patch: pytest.MonkeyPatch) -> None:
    """What is beyond cents is cut off when a bill is stored."""

    def save(real: Callable[..., None], kept: object, bill: object) -> None:
        if isinstance(bill, Invoice | LateFee):
            due = bill.amount_due
            bill = attrs.evolve(bill, amount_due=Money.of_units(due.units - due.units % 100, due.currency))
        real(kept, bill)

    instead(patch, bills._Bills, "save", save)


@breaks("L14", "test_floats_are_refused", by_machine=False)
def takes_floats(patch: pytest.MonkeyPatch) -> None:
    """An amount may be a float."""
    instead(
        patch,
        _money,
        "_parsed",
        lambda real, amount: Decimal(repr(amount)) if isinstance(amount, float) else real(amount),
    )
