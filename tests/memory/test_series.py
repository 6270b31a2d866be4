"""Bills in the order of their listing, however many clients they are of."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.adapters.listings import LATE_FEES, PAYMENTS
from portal_linkage.adapters.memory.accounts import Accounts
from portal_linkage.adapters.memory.series import Series
from portal_linkage.domain.entities import LateFee, Payment
from portal_linkage.domain.values import EntityId, Key
from portal_linkage.testing.builders import NOON, late_fee, payment

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
