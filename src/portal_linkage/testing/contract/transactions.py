"""Transactions are whole, read what they wrote, and are not nested."""

from contextlib import ExitStack
from typing import Any

import pytest

from ...domain.entities import InvoiceStatus
from ...domain.errors import Conflict
from ...domain.values import PageRequest
from ...domain.viewers import LinkedTo, Only
from ...ports import Refusals, Store, Transaction
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, at, entity, firm, invoice, link, user
from ..titles import port
from ._changes import CHANGES, WRONG_KINDS
from ._furnished import Furnished
from ._kept import KEPT
from ._pictures import CutOffError, GaveUpError, picture, pictured, undone

EVERYTHING = LinkedTo(ACME, JANE_ID)


class TransactionPromises(Furnished):
    """Whole, reading what they wrote, and not nested: what `Store.transaction` promises."""

    law = port("Store.transaction")

    @pytest.mark.parametrize("name", CHANGES)
    def test_a_change_is_kept_on_a_clean_exit(self, furnished: Store, name: str) -> None:
        """What a transaction wrote is there afterwards, all of it and nothing else."""
        reading, expected = KEPT[name]
        with furnished.transaction() as tx:
            CHANGES[name](tx)
        with furnished.snapshot() as snapshot:
            assert reading(snapshot) == expected

    @pytest.mark.parametrize("name", CHANGES)
    def test_a_change_is_undone_whole_on_an_error(self, furnished: Store, name: str) -> None:
        """After an error inside a transaction, everything reads as it did before."""
        before = picture(furnished)
        undone(furnished, CHANGES[name])
        assert picture(furnished) == before

    @pytest.mark.parametrize("name", CHANGES)
    def test_what_was_read_of_an_undone_change_is_not_remembered(self, furnished: Store, name: str) -> None:
        """L17: what a transaction has shown of its own changes is shown to nobody once it has failed."""
        before = picture(furnished)
        undone(furnished, CHANGES[name], pictured)
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
        last = ("grounds", "users added")
        once = {*last, "links added", "links removed", "users removed"}
        undone(furnished, *(CHANGES[name] for name in (*[name for name in CHANGES if name not in once] * 2, *last)))
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

    def test_a_client_that_is_undone_shows_none_of_its_bills(self, furnished: Store) -> None:
        """Bills may come before their client: when the client's saving has failed, nobody sees them."""
        with furnished.transaction() as tx:
            tx.invoices.save(invoice("early", "new"))
        undone(furnished, lambda tx: tx.entities.save(entity("new")))
        visit = Only(ACME, entity("new").entity_id)
        with furnished.snapshot() as snapshot:
            assert not snapshot.entities.covers(visit)
            assert snapshot.invoices.in_scope(visit, InvoiceStatus.OPEN, PageRequest()).items == ()
            assert snapshot.invoices.totals(visit).count == 0

    def test_a_transaction_reads_again_what_it_has_changed_meanwhile(self, furnished: Store) -> None:
        """L17: what was asked before a change, and in the same words, is found out anew after it."""
        with furnished.transaction() as tx:
            assert {one.entity_id for one in tx.entities.in_scope(EVERYTHING, PageRequest()).items} == {REALTY, SMITH}
            tx.mailboxes.lock(ACME, JANE)
            tx.links.remove_many([link(REALTY)])
            assert [one.entity_id for one in tx.entities.in_scope(EVERYTHING, PageRequest()).items] == [SMITH]
            assert tx.invoices.totals(EVERYTHING).count == 0

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
        undone(furnished, CHANGES["bars"], CHANGES["users added"])
        with furnished.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            assert (str(mailbox.email), mailbox.user) == (str(JANE), user())
            assert tx.bars.of(mailbox) == Refusals(barred=frozenset({TRUST}), left=frozenset({TRUST}))

    def test_link_order_survives_an_undone_change(self, furnished: Store) -> None:
        """Links unlinked and linked again by a transaction that failed stand in their old order, and page so."""
        before = picture(furnished)
        undone(furnished, CHANGES["links removed"])
        with furnished.transaction() as tx:
            CHANGES["links added"](tx)
        with furnished.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [REALTY, SMITH, TRUST]
            first = snapshot.entities.in_scope(EVERYTHING, PageRequest(2))
            assert first.items == before.entities.items

    @pytest.mark.parametrize("error", [GaveUpError, KeyboardInterrupt, SystemExit, GeneratorExit, CutOffError])
    def test_whatever_ends_a_transaction_undoes_it(self, furnished: Store, error: type[BaseException]) -> None:
        """An interrupt from the keyboard, the end of the program or of a task undoes a transaction like any error."""
        before = picture(furnished)
        undone(furnished, CHANGES["entities"], error=error)
        assert picture(furnished) == before

    def test_a_store_says_whether_its_transactions_are_its_own(self, furnished: Store) -> None:
        """Whether a change may be decided again is told by yes or no, and the same inside a change."""
        told = furnished.owns_transactions
        with furnished.transaction():
            assert furnished.owns_transactions is told
        assert isinstance(told, bool)

    @pytest.mark.parametrize("name", ["snapshot", "transaction"])
    def test_a_block_is_of_no_use_after_its_end(self, furnished: Store, name: str) -> None:
        """What a block gave reads nothing any more once it is over, and no retry helps."""
        with getattr(furnished, name)() as block:
            assert block.firms.find(ACME) == firm()
        with pytest.raises(Conflict) as caught:
            block.firms.find(ACME)
        assert not caught.value.retryable

    def test_a_transaction_writes_nothing_after_its_end(self, furnished: Store) -> None:
        """What is written late is refused, and is not there."""
        before = picture(furnished)
        with furnished.transaction() as tx:
            pass
        with pytest.raises(Conflict):
            tx.firms.save(firm(name="Late"))
        assert picture(furnished) == before

    def test_an_error_goes_on_to_the_caller(self, furnished: Store) -> None:
        """The very error that undid the transaction is what the caller gets."""
        error = GaveUpError()
        with pytest.raises(GaveUpError) as caught, furnished.transaction():
            raise error
        assert caught.value is error

    def test_an_error_in_a_snapshot_goes_on_to_the_caller(self, furnished: Store) -> None:
        """An error while reading is the caller's, and the store is free again."""
        with pytest.raises(GaveUpError), furnished.snapshot():
            raise GaveUpError
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Still here"))
        assert picture(furnished).firm == firm(name="Still here")

    def test_a_store_is_free_after_an_undone_change(self, furnished: Store) -> None:
        """After a transaction that failed, the next one is kept."""
        with pytest.raises(GaveUpError), furnished.transaction():
            raise GaveUpError
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Still here"))
        assert picture(furnished).firm == firm(name="Still here")

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
        with furnished.transaction(), pytest.raises(Conflict) as caught, ExitStack() as inside:
            inside.enter_context(furnished.transaction())
        assert not caught.value.retryable

    def test_a_transaction_inside_a_snapshot_is_refused(self, furnished: Store) -> None:
        """A transaction on the same thread would wait for the snapshot for ever: no retry helps."""
        with furnished.snapshot(), pytest.raises(Conflict) as caught, ExitStack() as inside:
            inside.enter_context(furnished.transaction())
        assert not caught.value.retryable

    def test_a_refused_transaction_leaves_the_outer_one_whole(self, furnished: Store) -> None:
        """After the refusal the outer transaction goes on and is kept."""
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Kept"))
            with pytest.raises(Conflict), ExitStack() as inside:
                inside.enter_context(furnished.transaction())
            tx.entities.save(entity("new"))
        with furnished.snapshot() as snapshot:
            assert snapshot.firms.find(ACME) == firm(name="Kept")
            assert snapshot.entities.find(ACME, entity("new").entity_id) == entity("new")

    def test_transactions_may_follow_each_other(self, furnished: Store) -> None:
        """After a refusal, and after any block has ended, the thread may open another."""
        with furnished.snapshot(), pytest.raises(Conflict), ExitStack() as inside:
            inside.enter_context(furnished.transaction())
        with furnished.transaction() as tx:
            tx.firms.save(firm(name="Next"))
        assert picture(furnished).firm == firm(name="Next")

    @pytest.mark.parametrize("name", WRONG_KINDS)
    def test_what_is_of_another_kind_is_not_kept(self, furnished: Store, name: str) -> None:
        """Saving a thing of the wrong kind is a plain TypeError, and nothing of the change is kept."""
        before = picture(furnished)
        with pytest.raises(TypeError), furnished.transaction() as tx:
            WRONG_KINDS[name](tx, {"entity": entity("new"), "invoice": invoice("new")})
        assert picture(furnished) == before
