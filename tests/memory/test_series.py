"""Bills in the order of their listing, however many clients they are of."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.adapters.listings import LATE_FEES, PAYMENTS
from portal_linkage.adapters.memory.accounts import Accounts
from portal_linkage.adapters.memory.series import DueSeries, Series
from portal_linkage.domain.entities import LateFee, Payment
from portal_linkage.domain.values import EntityId, Key, Money
from portal_linkage.ports import Totals
from portal_linkage.testing.builders import NOON, late_fee, payment, usd

CLIENTS = [EntityId(f"c{number:02d}") for number in range(40)]
BILLS = st.lists(st.tuples(st.sampled_from(CLIENTS), st.integers(0, 9)), min_size=60, max_size=120)


@given(BILLS, st.sampled_from([1, 8, 9, 40]), st.integers(1, 30), st.integers(0, 119))
def test_a_page_of_many_clients_is_the_start_of_all_in_order(
    drawn: list[tuple[EntityId, int]], clients: int, count: int, turn: int
) -> None:
    """Merged from many runs or few, from the start or after any bill, ascending or with the newest first."""
    accounts, asked = Accounts({}), CLIENTS[:clients]
    fees: Series[LateFee] = Series(LATE_FEES, accounts, "late_fees", lambda _: True)
    payments: Series[Payment] = Series(PAYMENTS, accounts, "payments", lambda _: True)

    def first(series: Series[Any], after: Key | None) -> list[Any]:
        return series.first(map(accounts.of, asked), after, count)

    due = [
        late_fee(f"f{n}", client, assessed_on=NOON.date() + timedelta(days=day))
        for n, (client, day) in enumerate(drawn)
    ]
    paid = [payment(f"p{n}", client, paid_at=NOON + timedelta(days=day)) for n, (client, day) in enumerate(drawn)]
    for fee, one in zip(due, paid, strict=True):
        fees.add(fee)
        payments.add(one)
    fees_asked = sorted((fee for fee in due if fee.entity_id in asked), key=LATE_FEES.key)
    paid_asked = sorted((one for one in paid if one.entity_id in asked), key=lambda one: one.payment_id)
    paid_asked.sort(key=lambda one: one.paid_at, reverse=True)
    assert first(fees, None) == fees_asked[:count]
    assert first(payments, None) == paid_asked[:count]
    start = turn % (len(fees_asked) + 1)
    if start:
        assert first(fees, LATE_FEES.key(fees_asked[start - 1])) == fees_asked[start : start + count]
        assert first(payments, PAYMENTS.key(paid_asked[start - 1])) == paid_asked[start : start + count]


def due_of(series: DueSeries[Any], accounts: Accounts) -> Totals:
    """What is due of one client."""
    return series.totals([accounts.of(CLIENTS[0])])


def test_a_bill_that_comes_or_goes_twice_counts_once() -> None:
    """Who undoes a change that was stopped knows only what it was to do."""
    accounts = Accounts({})
    fees = DueSeries(LATE_FEES, accounts, "late_fees", lambda _: True)
    one, another = (late_fee(name, CLIENTS[0], amount_due=usd(100)) for name in ("a", "b"))
    for fee in (one, one, another):
        fees.add(fee)
    assert due_of(fees, accounts) == Totals(2, {"USD": usd(200)})
    for _ in range(2):
        fees.discard(one)
    assert due_of(fees, accounts) == Totals(1, {"USD": usd(100)})


def test_a_bill_is_not_taken_out_for_another_one_in_its_place() -> None:
    """One that is to be put back may stand there already, and what replaced it may never have come."""
    accounts = Accounts({})
    fees = DueSeries(LATE_FEES, accounts, "late_fees", lambda _: True)
    old, new = (late_fee("a", CLIENTS[0], amount_due=usd(amount)) for amount in (1, 2))
    for fee in (old, late_fee("b", CLIENTS[0], amount_due=usd(10))):
        fees.add(fee)
    fees.discard(new)
    fees.add(old)
    assert due_of(fees, accounts) == Totals(2, {"USD": usd(11)})
    fees.add(new)
    assert due_of(fees, accounts) == Totals(2, {"USD": usd(12)})


def test_a_sum_that_does_not_fit_its_bills_is_added_up_anew() -> None:
    """A bill came, and who saved it was stopped before it was added to the sum: undone, or saved again, it fits."""
    accounts = Accounts({})
    fees = DueSeries(LATE_FEES, accounts, "late_fees", lambda _: True)
    euros = late_fee("b", CLIENTS[0], amount_due=Money.of_units(3, "EUR"))
    for undo in (fees.add, fees.discard):
        fees.add(late_fee("a", CLIENTS[0], amount_due=usd(1)))
        Series.add(fees, euros)
        undo(euros)
        expected = {"EUR": Money.of_units(3, "EUR"), "USD": usd(1)} if undo == fees.add else {"USD": usd(1)}
        assert due_of(fees, accounts) == Totals(len(expected), expected)
