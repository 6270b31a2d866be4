"""Scopes: what every store answers is what `Scope.covers` says, over firms at random."""

from collections.abc import Callable
from itertools import chain
from typing import TypeVar

import attrs
from hypothesis import given
from hypothesis import strategies as st

from ...domain.entities import InvoiceStatus
from ...domain.values import FirmId, Page, PageRequest, new_uuid
from ...ports import Store, Transaction
from .._worlds import World, worlds
from ..builders import walk
from ..promises import Promises, for_each_store

T = TypeVar("T")
limits = st.integers(1, 4)


def written(store: Store, world: World) -> World:
    """The world, at a firm of its own in the store."""
    settled = world.at(FirmId(new_uuid()))
    settled.write(store)
    return settled


def whole(fetch: Callable[[PageRequest], Page[T]], limit: int) -> tuple[T, ...]:
    """All rows of a listing, page by page."""
    return tuple(chain.from_iterable(walk(fetch, limit)))


def exchange(tx: Transaction, before: World, after: World) -> None:
    """Let the bills of one world become those of another, which are numbered alike."""
    for one in before.invoices[len(after.invoices) :]:
        tx.invoices.remove(one.firm_id, one.invoice_id)
    for fee in before.late_fees[len(after.late_fees) :]:
        tx.late_fees.remove(fee.firm_id, fee.fee_id)
    for paid in before.payments[len(after.payments) :]:
        tx.payments.remove(paid.firm_id, paid.payment_id)
    tx.invoices.save_many(after.invoices)
    tx.late_fees.save_many(after.late_fees)
    tx.payments.save_many(after.payments)


class ScopePromises(Promises):
    """Scopes: what every store answers is what `Scope.covers` says, over firms at random."""

    law = "L4"

    @for_each_store
    @given(world=worlds)
    def test_a_scope_covers_something_if_an_active_entity_is_in_it(self, store: Store, world: World) -> None:
        """Whether anything is in scope is whether the reference covers any entity of the firm."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            assert snapshot.entities.covers(world.scope) is bool(world.covered())

    @for_each_store
    @given(world=worlds, limit=limits)
    def test_the_entities_in_scope_are_those_covered(self, store: Store, world: World, limit: int) -> None:
        """The entities in scope are those that the reference covers, in link order, on pages of any length."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            assert whole(lambda page: snapshot.entities.in_scope(world.scope, page), limit) == world.covered()

    @for_each_store
    @given(world=worlds, limit=limits)
    def test_the_open_invoices_in_scope_are_those_of_entities_covered(
        self, store: Store, world: World, limit: int
    ) -> None:
        """Open invoices are those of covered entities on which something is due, in their order."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            found = whole(lambda page: snapshot.invoices.in_scope(world.scope, InvoiceStatus.OPEN, page), limit)
        assert found == world.open_invoices()

    @for_each_store
    @given(world=worlds, limit=limits)
    def test_the_paid_invoices_in_scope_are_those_of_entities_covered(
        self, store: Store, world: World, limit: int
    ) -> None:
        """Paid invoices are those of covered entities whose status says so, in their order."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            found = whole(lambda page: snapshot.invoices.in_scope(world.scope, InvoiceStatus.PAID, page), limit)
        assert found == world.paid_invoices()

    @for_each_store
    @given(world=worlds, limit=limits)
    def test_the_late_fees_in_scope_are_those_of_entities_covered(self, store: Store, world: World, limit: int) -> None:
        """Late fees are those of covered entities on which something is due, in their order."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            assert whole(lambda page: snapshot.late_fees.in_scope(world.scope, page), limit) == world.due_fees()

    @for_each_store
    @given(world=worlds, limit=limits)
    def test_the_payments_in_scope_are_those_of_entities_covered(self, store: Store, world: World, limit: int) -> None:
        """Payments are those of covered entities, in their order."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            assert whole(lambda page: snapshot.payments.in_scope(world.scope, page), limit) == world.received()

    @for_each_store
    @given(world=worlds)
    def test_the_invoices_counted_and_summed_are_those_listed(self, store: Store, world: World) -> None:
        """Count and sums of invoices are over exactly what is listed as open, per currency."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            totals = snapshot.invoices.totals(world.scope)
        assert (totals.count, dict(totals.due)) == (len(world.open_invoices()), world.invoices_due())

    @for_each_store
    @given(world=worlds)
    def test_the_late_fees_summed_are_those_listed(self, store: Store, world: World) -> None:
        """Sums of late fees are over exactly what is listed, per currency."""
        world = written(store, world)
        with store.snapshot() as snapshot:
            assert dict(snapshot.late_fees.totals(world.scope)) == world.fees_due()

    @for_each_store
    @given(world=worlds, after=worlds)
    def test_readings_follow_every_change(self, store: Store, world: World, after: World) -> None:
        """After bills were replaced, moved and removed, lists and sums are those of what is there now."""
        world = written(store, world)
        kept = after.at(world.scope.firm_id)
        now = attrs.evolve(world, invoices=kept.invoices, late_fees=kept.late_fees, payments=kept.payments)
        with store.transaction() as tx:
            exchange(tx, world, now)
            found = tx.invoices.totals(now.scope), tx.late_fees.totals(now.scope)
            pages = [
                tx.invoices.in_scope(now.scope, InvoiceStatus.OPEN, PageRequest()).items,
                tx.invoices.in_scope(now.scope, InvoiceStatus.PAID, PageRequest()).items,
                tx.late_fees.in_scope(now.scope, PageRequest()).items,
                tx.payments.in_scope(now.scope, PageRequest()).items,
            ]
        assert pages == [now.open_invoices(), now.paid_invoices(), now.due_fees(), now.received()]
        assert (dict(found[0].due), dict(found[1])) == (now.invoices_due(), now.fees_due())
