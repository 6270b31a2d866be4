"""Bills at random, as far as the tables can hold them."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.values import EntityId, InvoiceId, Money, UserId
from ..builders import NOON, invoice, late_fee, payment
from ..promises import Capability
from ._means import OPEN, PAID, Means

B = TypeVar("B", Invoice, LateFee, Payment)

ABSENT: Final = EntityId("404")
"""A client whose bills are there, and who is not."""

days: Final = st.integers(1, 3).map(lambda day: date(2026, 1, day))


def amounts(means: Means, currency: str) -> SearchStrategy[Money]:
    """More than nothing: little, which floats would add up wrongly, and the most there is."""
    cents = st.one_of(st.integers(1, 9), st.integers(1, 10**6))
    return st.one_of(st.just(means.most(currency)), cents.map(lambda count: means.money(count, currency)))


def _dues(means: Means, currency: str) -> SearchStrategy[Money]:
    """What is due: something, mostly; or nothing, or less."""
    less = [means.money(-1, currency)] if means.have(Capability.NEGATIVE_AMOUNTS) else []
    something = amounts(means, currency)
    return st.one_of(something, something, st.sampled_from([means.money(0, currency), *less]))


def _due_on_invoice(means: Means, currency: str, status: InvoiceStatus) -> SearchStrategy[Money]:
    if means.have(Capability.STATUSES) or status not in (OPEN, PAID):
        return _dues(means, currency)
    return amounts(means, currency) if status is OPEN else st.just(means.money(0, currency))


def _unique(one: Callable[[DrawFn, Means, str, EntityId], B]) -> Callable[[Means], SearchStrategy[tuple[B, ...]]]:
    """Some bills, each with an id of its own."""

    @st.composite
    def some(draw: DrawFn, means: Means) -> tuple[B, ...]:
        ids = draw(st.lists(st.sampled_from(means.ids), unique=True))
        owners = st.sampled_from([*means.entity_ids, ABSENT])
        return tuple(one(draw, means, bill_id, draw(owners)) for bill_id in ids)

    return some


def _invoice(draw: DrawFn, means: Means, invoice_id: str, entity_id: EntityId) -> Invoice:
    currency = draw(st.sampled_from(means.currencies))
    status = draw(st.sampled_from([OPEN, *means.statuses]))
    number = st.sampled_from(["10", "9", "A", "a"]) if means.have(Capability.NUMBERS) else st.just(invoice_id)
    return invoice(
        invoice_id,
        entity_id,
        number=draw(number),
        total=draw(amounts(means, currency)),
        amount_due=draw(_due_on_invoice(means, currency, status)),
        issued_on=draw(days),
        due_on=draw(days),
        status=status,
    )


def _late_fee(draw: DrawFn, means: Means, fee_id: str, entity_id: EntityId) -> LateFee:
    amount = draw(amounts(means, draw(st.sampled_from(means.currencies))))
    in_part = means.have(Capability.PART_PAYMENTS)
    all_or_nothing = st.sampled_from([amount, amount, means.money(0, amount.currency)])
    known = [InvoiceId(means.ids[0])] if means.have(Capability.FEE_INVOICES) else []
    return late_fee(
        fee_id,
        entity_id,
        amount=amount,
        amount_due=draw(_dues(means, amount.currency) if in_part else all_or_nothing),
        assessed_on=draw(days),
        invoice_id=draw(st.sampled_from([None, *known])),
    )


def _payment(draw: DrawFn, means: Means, payment_id: str, entity_id: EntityId) -> Payment:
    most = 3 if means.have(Capability.INVOICES_PAID) else 0
    payers = [UserId("jane")] if means.have(Capability.PAYERS) else []
    return payment(
        payment_id,
        entity_id,
        amount=draw(amounts(means, draw(st.sampled_from(means.currencies)))),
        paid_at=NOON + draw(st.integers(0, 2)) * means.instant,
        invoice_ids=draw(st.lists(st.sampled_from(means.ids).map(InvoiceId), max_size=most, unique=True)),
        payer=draw(st.sampled_from([None, *payers])),
    )


invoices: Final = _unique(_invoice)
late_fees: Final = _unique(_late_fee)
payments: Final = _unique(_payment)
