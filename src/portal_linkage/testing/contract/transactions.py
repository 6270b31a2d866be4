"""Transactions are whole, read what they wrote, and are not nested; a store is closed for good."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from ...domain.entities import GroundKind
from ...domain.errors import Conflict, StoreUnavailable
from ...domain.values import EmailAddress, PageRequest
from ...domain.viewers import LinkedTo
from ...ports import Refusals, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    ground,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    usd,
    user,
)
from ._furnished import Furnished
from ._pictures import GaveUpError, picture, pictured, undone

EVERYTHING = LinkedTo(ACME, JANE_ID)


def _move_entities(tx: Transaction) -> None:
    tx.entities.save_many(
        [entity(SMITH, jane_at(1), name="Bakery", client_number="9"), entity("new", JANE), entity(REALTY, active=False)]
    )


def _move_invoices(tx: Transaction) -> None:
    tx.invoices.save_many([invoice("a", SMITH, amount_due=usd(5)), invoice("b", SMITH), invoice("c")])
    tx.invoices.remove(ACME, invoice("b").invoice_id)


def _move_late_fees(tx: Transaction) -> None:
    tx.late_fees.save_many([late_fee(amount=usd(1)), late_fee("FEE-2", SMITH)])
    tx.late_fees.remove(ACME, late_fee().fee_id)


def _move_payments(tx: Transaction) -> None:
    tx.payments.save_many([payment(amount=usd(1)), payment("PAY-2", SMITH)])
    tx.payments.remove(ACME, payment().payment_id)


def _link_another(tx: Transaction) -> None:
    tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(TRUST))])


def _unlink_and_relink(tx: Transaction) -> None:
    tx.links.remove_many([link(REALTY), link(SMITH)])
    _link_another(tx)
    tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(REALTY))])


def _change_grounds(tx: Transaction) -> None:
    tx.mailboxes.lock(ACME, JANE)
    tx.links.add_grounds([(link(REALTY), ground(GroundKind.FIRM_GRANT)), (link(SMITH), ground(GroundKind.PROOF))])
    tx.links.remove_grounds([(link(REALTY), GroundKind.ARRIVAL)])


def _remove_user(tx: Transaction) -> None:
    tx.links.remove_many([link(REALTY), link(SMITH)])
    tx.users.remove(user())


def _sign_up_others(tx: Transaction) -> None:
    _remove_user(tx)
    sign_up(tx, user("ann", EmailAddress.parse("JANE.SMITH@example.com"), name="Smith"), TRUST)
    sign_up(tx, user("jane-1", jane_at(1)), TRUST)


def _change_bars(tx: Transaction) -> None:
    mailbox = tx.mailboxes.lock(ACME, JANE)
    tx.bars.remove(mailbox, TRUST)
    leave_bars(tx, bar(SMITH), bar(TRUST, jane_at(1)), bar(TRUST, since=at(5)))
    tx.bars.forget_leaving(mailbox, TRUST)
    tx.bars.remember_leaving(mailbox, SMITH)


CHANGES: dict[str, Callable[[Transaction], None]] = {
    "firms": lambda tx: tx.firms.save(firm(name="Changed", show_late_fees=False)),
    "entities": _move_entities,
    "links added": _link_another,
    "links removed": _unlink_and_relink,
    "grounds": _change_grounds,
    "users removed": _remove_user,
    "users added": _sign_up_others,
    "bars": _change_bars,
    "invoices": _move_invoices,
    "late fees": _move_late_fees,
    "payments": _move_payments,
    "journal": lambda tx: journaled(tx, [event(), event(user_id=None, entity_id=None)]),
}


WRONG_KINDS: dict[str, Callable[[Transaction, Any], None]] = {
    "firms.save": lambda tx, _: tx.firms.save(entity("new")),  # type: ignore[arg-type]
    "entities.save": lambda tx, _: tx.entities.save(firm()),  # type: ignore[arg-type]
    "entities.save_many": lambda tx, good: tx.entities.save_many([good["entity"], good["invoice"]]),
    "invoices.save": lambda tx, _: tx.invoices.save(payment("new")),  # type: ignore[arg-type]
    "invoices.save_many": lambda tx, good: tx.invoices.save_many([good["invoice"], good["entity"]]),
    "late_fees.save": lambda tx, _: tx.late_fees.save(invoice("new")),  # type: ignore[arg-type]
    "payments.save": lambda tx, _: tx.payments.save(None),  # type: ignore[arg-type]
}


class TransactionPromises(Furnished):
    """Transactions are whole, read what they wrote, and are not nested; a store is closed for good."""

    law = "L15"

    @pytest.mark.parametrize("name", CHANGES)
    def test_a_change_is_kept_on_a_clean_exit(self, furnished: Store, name: str) -> None:
        """What a transaction wrote is there afterwards."""
        before = picture(furnished)
        with furnished.transaction() as tx:
            CHANGES[name](tx)
        assert picture(furnished) != before

    @pytest.mark.parametrize("name", CHANGES)
    def test_a_change_is_undone_whole_on_an_error(self, furnished: Store, name: str) -> None:
        """After an error inside a transaction, everything reads as it did before."""
        before = picture(furnished)
        undone(furnished, CHANGES[name])
        assert picture(furnished) == before

    @pytest.mark.parametrize("name", CHANGES)
    def test_a_transaction_reads_what_it_has_written(self, furnished: Store, name: str) -> None:
        """Inside a transaction its own changes are seen, exactly as others see them afterwards."""
        with furnished.transaction() as tx:
            CHANGES[name](tx)
            inside = pictured(tx)
        assert picture(furnished) == inside

    def test_all_changes_together_are_undone_whole(self, furnished: Store) -> None:
        """However much a transaction has changed, and changed again, an error undoes all of it."""
        before = picture(furnished)
        names = ("entities", "bars", "invoices", "late fees", "payments", "journal", "firms") * 2
        undone(furnished, *(CHANGES[name] for name in (*names, "grounds", "users added")))
        assert picture(furnished) == before

    def test_a_first_change_of_a_firm_is_undone_whole(self, furnished: Store) -> None:
        """A transaction that was the first to write of a firm leaves nothing of it behind."""
        undone(
            furnished,
            lambda tx: tx.entities.save(entity(firm_id=OTHER_FIRM)),
            lambda tx: tx.firms.save(firm(OTHER_FIRM)),
        )
        with furnished.snapshot() as snapshot:
            assert snapshot.firms.find(OTHER_FIRM) is None
            assert list(snapshot.entities.roster(OTHER_FIRM)) == []

    def test_undone_attempts_do_not_count(self, furnished: Store) -> None:
        """A refused proof that was counted in a transaction that failed is not counted."""

        def count(tx: Transaction) -> None:
            for subject in ("number:1", "number:2"):
                tx.attempts.recent(ACME, subject, at(-9))
                tx.attempts.add(ACME, subject, at(1), at(11))

        undone(furnished, count)
        with furnished.transaction() as tx:
            assert tx.attempts.recent(ACME, "number:1", at(-9)) == (at(0),)
            assert tx.attempts.recent(ACME, "number:2", at(-9)) == ()

    def test_an_undone_lock_leaves_the_mailbox_as_it_was(self, furnished: Store) -> None:
        """What a failed transaction did under a lock is undone with the lock: user, bars and leavings."""
        undone(furnished, _change_bars, _sign_up_others)
        with furnished.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            assert (str(mailbox.email), mailbox.user) == (str(JANE), user())
            assert tx.bars.of(mailbox) == Refusals(barred=frozenset({TRUST}), left=frozenset({TRUST}))

    def test_link_order_survives_an_undone_change(self, furnished: Store) -> None:
        """Links unlinked and linked again by a transaction that failed stand in their old order, and page so."""
        before = picture(furnished)
        undone(furnished, _unlink_and_relink)
        with furnished.transaction() as tx:
            _link_another(tx)
        with furnished.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [REALTY, SMITH, TRUST]
            first = snapshot.entities.in_scope(EVERYTHING, PageRequest(2))
            assert first.items == before[10].items

    @pytest.mark.parametrize("error", [GaveUpError, KeyboardInterrupt, SystemExit, GeneratorExit])
    def test_whatever_ends_a_transaction_undoes_it(self, furnished: Store, error: type[BaseException]) -> None:
        """An interrupt from the keyboard, or the end of the program, undoes a transaction like any error."""
        before = picture(furnished)
        undone(furnished, _move_entities, error=error)
        assert picture(furnished) == before

    def test_an_error_goes_on_to_the_caller(self, furnished: Store) -> None:
        """The very error that undid the transaction is what the caller gets."""
        error = GaveUpError()
        with pytest.raises(GaveUpError) as caught, furnished.transaction():
            raise error
        assert caught.value is error

    def test_an_error_in_a_snapshot_goes_on_to_the_caller(self, furnished: Store) -> None:
        """An error while reading is the caller's, and the furnished is free again."""
        with pytest.raises(GaveUpError), furnished.snapshot():
            raise GaveUpError
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Still here"))
        assert picture(furnished)[0] == firm(name="Still here")

    def test_a_store_is_free_after_an_undone_change(self, furnished: Store) -> None:
        """After a transaction that failed, the next one is kept."""
        with pytest.raises(GaveUpError), furnished.transaction():
            raise GaveUpError
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Still here"))
        assert picture(furnished)[0] == firm(name="Still here")

    def test_an_iterable_that_fails_undoes_what_it_gave(self, furnished: Store) -> None:
        """When the source of many rows breaks off, the rows that it gave are undone with the transaction."""

        def breaking_off() -> Any:  # noqa: ANN401
            yield entity("new")
            raise GaveUpError

        before = picture(furnished)
        with pytest.raises(GaveUpError), furnished.transaction() as tx:
            tx.entities.save_many(breaking_off())
        assert picture(furnished) == before

    def test_a_transaction_inside_a_transaction_is_refused(self, furnished: Store) -> None:
        """A second transaction on the same thread would wait for the first for ever: no retry helps."""
        with furnished.transaction(), pytest.raises(Conflict) as caught, furnished.transaction():
            pass
        assert not caught.value.retryable

    def test_a_transaction_inside_a_snapshot_is_refused(self, furnished: Store) -> None:
        """A transaction on the same thread would wait for the snapshot for ever: no retry helps."""
        with furnished.snapshot(), pytest.raises(Conflict) as caught, furnished.transaction():
            pass
        assert not caught.value.retryable

    def test_a_refused_transaction_leaves_the_outer_one_whole(self, furnished: Store) -> None:
        """After the refusal the outer transaction goes on and is kept."""
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Kept"))
            with pytest.raises(Conflict), furnished.transaction():
                pass
            tx.entities.save(entity("new"))
        with furnished.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == firm(name="Kept")
            assert snapshot.entities.find(ACME, entity("new").entity_id) == entity("new")

    def test_transactions_may_follow_each_other(self, furnished: Store) -> None:
        """After a refusal, and after any block has ended, the thread may open another."""
        with furnished.snapshot(), pytest.raises(Conflict), furnished.transaction():
            pass
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Next"))
        assert picture(furnished)[0] == firm(name="Next")

    def test_another_thread_may_end_a_block(self, furnished: Store) -> None:
        """A block that is ended on another thread, as frameworks may do, leaves both threads free to open the next."""
        for block in (furnished.transaction, furnished.snapshot):
            opened = block()
            opened.__enter__()
            ending = Thread(target=opened.__exit__, args=(None, None, None))
            ending.start()
            ending.join()
            with furnished.transaction() as tx:
                tx.firms.save(firm(name=str(block)))
        assert picture(furnished)[0] == firm(name=str(furnished.snapshot))

    @pytest.mark.parametrize("name", WRONG_KINDS)
    def test_what_is_of_another_kind_is_not_kept(self, furnished: Store, name: str) -> None:
        """Saving a thing of the wrong kind is a plain TypeError, and nothing of the change is kept."""
        before = picture(furnished)
        with pytest.raises(TypeError, match="must be"), furnished.transaction() as tx:
            WRONG_KINDS[name](tx, {"entity": entity("new"), "invoice": invoice("new")})
        assert picture(furnished) == before

    def test_a_closed_store_reads_nothing(self, furnished: Store) -> None:
        """After closing, a snapshot is refused."""
        furnished.close()
        with pytest.raises(StoreUnavailable), furnished.snapshot() as snapshot:
            snapshot.firms.find(ACME)

    def test_a_closed_store_changes_nothing(self, furnished: Store) -> None:
        """After closing, a transaction is refused."""
        furnished.close()
        with pytest.raises(StoreUnavailable), furnished.transaction() as tx:
            tx.firms.save(firm())

    def test_a_store_may_be_closed_twice(self, furnished: Store) -> None:
        """Closing what is closed does nothing."""
        furnished.close()
        furnished.close()
        with pytest.raises(StoreUnavailable), furnished.snapshot() as snapshot:
            snapshot.firms.find(ACME)
