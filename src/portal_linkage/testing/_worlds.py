"""Firms at random, and what a scope over them must show: told by `Scope.covers` and by sorting, nothing else."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Self, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..domain.entities import ClientEntity, Invoice, InvoiceStatus, LateFee, Payment
from ..domain.values import EntityId, FirmId, Money, UserId, sum_by_currency
from ..domain.viewers import LinkedTo, Only, Scope
from ..ports import Store, Transaction
from .builders import at, entity, invoice, jane_at, late_fee, payment, sign_up, usd, user

T = TypeVar("T", Invoice, LateFee, Payment)

ENTITY_IDS = [EntityId(text) for text in ("1001", "1002", "1003", "10", "a")]
ABSENT = EntityId("absent")
HOLDER, BYSTANDER, NOBODY = (UserId(text) for text in ("holder", "bystander", "nobody"))

days = st.integers(1, 3).map(lambda day: date(2026, 1, day))
amounts = st.one_of(
    st.sampled_from([usd(0), usd(-5), usd("0.0001"), usd("99999999999.9999"), Money(7, "CHF")]),
    st.integers(1, 9).map(usd),
)
numbers = st.sampled_from(["1", "10", "9", "A"])
entity_ids = st.sampled_from([*ENTITY_IDS, ABSENT])
statuses = st.sampled_from(InvoiceStatus)


def _numbered(make: Callable[..., T], **fields: SearchStrategy[Any]) -> SearchStrategy[tuple[T, ...]]:
    """Up to nine bills with ids of their own."""
    rows = st.lists(st.tuples(entity_ids, st.fixed_dictionaries(fields)), max_size=9)
    return rows.map(lambda found: tuple(make(str(number), *row[:1], **row[1]) for number, row in enumerate(found)))


@attrs.frozen(kw_only=True)
class World:
    """A firm, what one of its users is linked to, and a scope."""

    entities: tuple[ClientEntity, ...]
    held: tuple[EntityId, ...]
    held_by_another: tuple[EntityId, ...]
    invoices: tuple[Invoice, ...]
    late_fees: tuple[LateFee, ...]
    payments: tuple[Payment, ...]
    scope: Scope

    def at(self, firm_id: FirmId) -> Self:
        """The same world at a firm of its own."""
        return attrs.evolve(
            self,
            **{
                name: tuple(attrs.evolve(row, firm_id=firm_id) for row in getattr(self, name))
                for name in ("entities", "invoices", "late_fees", "payments")
            },
            scope=attrs.evolve(self.scope, firm_id=firm_id),
        )

    def settle(self, tx: Transaction) -> None:
        """Put its clients and users into a store."""
        firm_id = self.scope.firm_id
        tx.entities.save_many(self.entities)
        sign_up(tx, user(HOLDER, firm_id=firm_id), *self.held)
        sign_up(tx, user(BYSTANDER, jane_at(1), firm_id=firm_id), *self.held_by_another)

    def write(self, store: Store) -> None:
        """Put it into a store, bills and all."""
        with store.transaction() as tx:
            self.settle(tx)
            tx.invoices.save_many(self.invoices)
            tx.late_fees.save_many(self.late_fees)
            tx.payments.save_many(self.payments)

    def covered(self) -> tuple[ClientEntity, ...]:
        """The entities in scope, in link order, without contacts."""
        linked = self.held if isinstance(self.scope, LinkedTo) and self.scope.user_id == HOLDER else ()
        found = [one for one in self.entities if self.scope.covers(one, linked)]
        found.sort(key=lambda one: self.held.index(one.entity_id) if linked else 0)
        return tuple(attrs.evolve(one, contacts=()) for one in found)

    def _of_those_covered(self, rows: Iterable[T]) -> list[T]:
        ids = {one.entity_id for one in self.covered()}
        return [row for row in rows if row.entity_id in ids]

    def open_invoices(self) -> tuple[Invoice, ...]:
        """What is due, by due date, number, id."""
        found = [one for one in self._of_those_covered(self.invoices) if one.is_open]
        return tuple(sorted(found, key=lambda one: (one.due_on, one.number, one.invoice_id)))

    def paid_invoices(self) -> tuple[Invoice, ...]:
        """What was paid, newest first, then by id."""
        found = [one for one in self._of_those_covered(self.invoices) if one.status is InvoiceStatus.PAID]
        return tuple(sorted(found, key=lambda one: (-one.issued_on.toordinal(), one.invoice_id)))

    def due_fees(self) -> tuple[LateFee, ...]:
        """Fees on which something is due, by date, then id."""
        found = [one for one in self._of_those_covered(self.late_fees) if one.is_due]
        return tuple(sorted(found, key=lambda one: (one.assessed_on, one.fee_id)))

    def received(self) -> tuple[Payment, ...]:
        """Payments, newest first, then by id."""
        found = self._of_those_covered(self.payments)
        return tuple(sorted(found, key=lambda one: (-one.paid_at.timestamp(), one.payment_id)))

    def invoices_due(self) -> dict[str, Money]:
        """The sums over what is due."""
        return sum_by_currency(one.amount_due for one in self.open_invoices())

    def fees_due(self) -> dict[str, Money]:
        """The sums over due fees."""
        return sum_by_currency(one.amount_due for one in self.due_fees())


def _entities(choice: dict[EntityId, bool | None]) -> tuple[ClientEntity, ...]:
    return tuple(entity(one, jane_at(9), active=active) for one, active in choice.items() if active is not None)


def worlds_of(
    known: Sequence[EntityId], absent: EntityId, **bills: SearchStrategy[tuple[Any, ...]]
) -> SearchStrategy[World]:
    """Firms at random with some of these clients, and bills of some kinds."""
    anybody = st.sampled_from([*known, absent])
    states = st.fixed_dictionaries({one: st.sampled_from([True, True, True, False, None]) for one in known})
    holders = st.sampled_from([HOLDER, HOLDER, NOBODY])
    return st.builds(
        World,
        entities=states.map(_entities),
        held=st.lists(anybody, unique=True).map(tuple),
        held_by_another=st.lists(anybody, unique=True).map(tuple),
        scope=st.one_of(
            st.builds(LinkedTo, st.just(FirmId("")), holders, st.none() | anybody),
            st.builds(Only, st.just(FirmId("")), anybody),
        ),
        **{name: bills.get(name, st.just(())) for name in ("invoices", "late_fees", "payments")},
    )


worlds = worlds_of(
    ENTITY_IDS,
    ABSENT,
    invoices=_numbered(
        invoice, amount_due=amounts, status=statuses, due_on=days, issued_on=days, number=numbers, total=amounts
    ),
    late_fees=_numbered(late_fee, amount_due=amounts, assessed_on=days),
    payments=_numbered(payment, paid_at=st.integers(0, 2).map(at)),
)
