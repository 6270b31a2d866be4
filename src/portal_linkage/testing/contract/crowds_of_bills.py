"""Very many bills and very many merges: what a practice has in years comes in one night."""

from ...domain.values import EntityId, FeeId, InvoiceId, PaymentId
from ...domain.viewers import Only
from ...ports import Snapshot, Store, Totals, Transaction
from ..builders import ACME, SMITH, TRUST, entity, usd
from ..promises import Promises
from .crowds import EMAILS, IDS, SOURCE, THERE, assert_same
from .crowds_of_clients import SOME, all_of, bill, bill_some, bills_of

NUMBERS = {one: f"n{one}" for one in IDS}
GONE = BILLS = IDS[:2001]
MERGED = {one: EntityId(f"to-{one}") for one in GONE}


def save_all(tx: Transaction, entity_id: EntityId) -> None:
    """Let an entity have very many bills of each kind."""
    tx.entities.save(entity(entity_id))
    bill(tx, dict.fromkeys(BILLS, entity_id))


def check_all(snapshot: Snapshot, entity_id: EntityId) -> None:
    """All of them are listed, in order, and summed."""
    visit = Only(ACME, entity_id)
    opened, paid, fees, payments = map(all_of, bills_of(snapshot, visit).values())
    assert_same([one.invoice_id for one in opened], [InvoiceId(one) for one in BILLS])
    assert_same([one.invoice_id for one in paid], [InvoiceId(f"{one}-paid") for one in BILLS])
    assert_same([one.fee_id for one in fees], [FeeId(one) for one in BILLS])
    assert_same([one.payment_id for one in payments], [PaymentId(one) for one in BILLS])
    assert snapshot.invoices.totals(visit) == Totals(len(BILLS), {"USD": usd(len(BILLS))})
    assert snapshot.late_fees.totals(visit) == {"USD": usd(len(BILLS))}


class CrowdOfBillsPromises(Promises):
    """Very many bills and very many merges: what a practice has in years comes in one night."""

    law = "L13"

    def test_very_many_bills_of_one_client_come_and_go_over_at_once(self, store: Store) -> None:
        """L15: of thousands of bills that come at once, and go over at once, the last is shown and summed like all."""
        with store.transaction() as tx:
            save_all(tx, TRUST)
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
            for kept in (tx.invoices, tx.late_fees, tx.payments):
                kept.transfer(ACME, {TRUST: SMITH})
        with store.snapshot() as snapshot:
            check_all(snapshot, SMITH)

    def test_very_many_clients_are_merged_and_parted_at_once(self, store: Store) -> None:
        """Thousands of clients get new keys in one change, with their bills and numbers, and it is all taken back."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, client_number=NUMBERS[one], active=False) for one in GONE)
            tx.entities.save_many(entity(one) for one in MERGED.values())
            bill_some(tx)
            tx.entities.transfer(ACME, MERGED)
            for kept in (tx.invoices, tx.late_fees, tx.payments):
                kept.transfer(ACME, MERGED)
        with store.transaction() as tx:
            assert_same(sorted(tx.entities.merged(ACME, GONE).items()), sorted(MERGED.items()))
            for one in SOME[:3]:
                visit = Only(ACME, MERGED[one])
                assert [each.entity_id for each in tx.entities.formerly(ACME, NUMBERS[one])] == [MERGED[one]]
                assert [tx.invoices.totals(visit).count, len(tx.late_fees.totals(visit))] == [1, 1]
                found = tx.payments.find(ACME, PaymentId(one))
                assert (found and found.entity_id) == MERGED[one]
            tx.entities.part(ACME, GONE)
            assert_same(tx.entities.merged(ACME, GONE), [])

    def test_very_many_numbers_and_contacts_are_kept_at_once(self, store: Store) -> None:
        """The last of thousands of old numbers, and of contacts of another source, is kept like the first."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(one) for one in IDS)
            tx.entities.keep_numbers(entity(one, client_number=NUMBERS[one]) for one in IDS)
            tx.entities.save_contacts((entity(one, EMAILS[number]) for number, one in enumerate(IDS)), SOURCE)
        with store.snapshot() as snapshot:
            for number in THERE:
                one = entity(IDS[number])
                assert snapshot.entities.formerly(ACME, NUMBERS[one.entity_id]) == (one,)
                assert snapshot.entities.listing(ACME, EMAILS[number]) == (one,)
            listed = [*snapshot.entities.roster(ACME, source=SOURCE)]
        assert_same(listed, [entity(one, EMAILS[number]) for number, one in enumerate(IDS)])
