"""Very many clients of one person: a bookkeeper is shown all of them, and refused all that they are refused."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from ...domain.entities import GroundKind, InvoiceStatus
from ...domain.values import EntityId, Page, PageRequest, iterate
from ...domain.viewers import LinkedTo, Scope
from ...ports import Refusals, Snapshot, Store, Totals, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    bar,
    entity,
    ground,
    invoice,
    late_fee,
    link,
    payment,
    sign_up,
    usd,
    user,
)
from ..promises import Promises
from .crowds import ASKED, IDS, THERE, assert_same

T = TypeVar("T")

SOME: Final = [IDS[number] for number in THERE]
LAST: Final = IDS[-1]
EVERYTHING: Final = LinkedTo(ACME, JANE_ID)


def all_of(fetch: Callable[[PageRequest], Page[T]]) -> list[T]:
    """All that a listing gives, on pages that are as long as pages can be."""
    return [*iterate(fetch)]


def link_jane(tx: Transaction) -> None:
    """Let Jane be listed with very many clients, and be linked to all of them, one after the other."""
    tx.entities.save_many(entity(one, JANE) for one in IDS)
    sign_up(tx, user(), *IDS)


def bill(tx: Transaction, owners: Mapping[str, EntityId]) -> None:
    """Let there be bills of each kind under these ids, of these entities."""
    tx.invoices.save_many(invoice(one, owner, amount_due=usd(1)) for one, owner in owners.items())
    tx.invoices.save_many(invoice(f"{one}-paid", owner, status=InvoiceStatus.PAID) for one, owner in owners.items())
    tx.late_fees.save_many(late_fee(one, owner, amount=usd(1)) for one, owner in owners.items())
    tx.payments.save_many(payment(one, owner) for one, owner in owners.items())


def bill_some(tx: Transaction) -> None:
    """Let a few of them have a bill of each kind, whose id is theirs."""
    bill(tx, {one: one for one in SOME})


def bills_of(snapshot: Snapshot, scope: Scope) -> Mapping[str, Callable[[PageRequest], Page[Any]]]:
    """Every listing of bills."""
    return {
        "open invoices": lambda page: snapshot.invoices.in_scope(scope, InvoiceStatus.OPEN, page),
        "paid invoices": lambda page: snapshot.invoices.in_scope(scope, InvoiceStatus.PAID, page),
        "late fees": lambda page: snapshot.late_fees.in_scope(scope, page),
        "payments": lambda page: snapshot.payments.in_scope(scope, page),
    }


def shown(snapshot: Snapshot, scope: LinkedTo) -> Mapping[str, list[Any]]:
    """Whose bills are listed."""
    listings = bills_of(snapshot, scope)
    return {name: sorted(one.entity_id for one in all_of(fetch)) for name, fetch in listings.items()}


def assert_refused(refusals: Refusals, entity_ids: Iterable[EntityId]) -> None:
    """Hold that these are barred, and that they were left; no others."""
    due = sorted(entity_ids)
    assert_same(sorted(refusals.barred), due)
    assert_same(sorted(refusals.left), due)


class CrowdOfClientsPromises(Promises):
    """Very many clients of one person: a bookkeeper is shown all of them, and refused all that they are refused."""

    law = "L4"

    def test_a_user_of_very_many_clients_is_shown_all(self, store: Store) -> None:
        """Who is linked to thousands of clients is shown each of them, in link order, and so is the firm of them."""
        with store.transaction() as tx:
            link_jane(tx)
        with store.snapshot() as snapshot:
            found = all_of(lambda page: snapshot.entities.in_scope(EVERYTHING, page))
            assert_same([one.entity_id for one in found], IDS)
            (row,) = snapshot.users.search(ACME, "jane", LAST, PageRequest()).items
            assert_same([one.entity_id for one in row.entities], IDS)
            assert snapshot.entities.covers(LinkedTo(ACME, JANE_ID, LAST))

    def test_a_user_of_very_many_clients_is_shown_the_bills_of_all(self, store: Store) -> None:
        """Of thousands of clients, the bills of the last are listed and summed like those of the first."""
        with store.transaction() as tx:
            link_jane(tx)
            bill_some(tx)
        with store.snapshot() as snapshot:
            for scope, theirs in ((EVERYTHING, SOME), (LinkedTo(ACME, JANE_ID, LAST), [LAST])):
                listed = shown(snapshot, scope)
                assert listed == dict.fromkeys(listed, theirs)
                assert snapshot.invoices.totals(scope) == Totals(len(theirs), {"USD": usd(len(theirs))})
                assert snapshot.late_fees.totals(scope) == {"USD": usd(len(theirs))}

    def test_all_of_very_many_entities_that_list_an_address_are_told(self, store: Store) -> None:
        """L2: whoever is listed with thousands of clients is linked to the last as well, as all are told."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, JANE) for one in IDS)
            assert_same([one.entity_id for one in tx.entities.listing(ACME, JANE)], IDS)

    def test_very_many_grounds_come_and_go_at_once(self, store: Store) -> None:
        """L12: a roster change gives thousands of links another ground, and takes it from all of them again."""
        with store.transaction() as tx:
            sign_up(tx, user(), *IDS)
            tx.links.add_grounds([(link(one), ground(GroundKind.PROOF)) for one in IDS])
        with store.transaction() as tx:
            links = tx.links.listing(ACME, JANE_ID)
            assert_same([one.grounds for one in links], [(ground(), ground(GroundKind.PROOF))] * ASKED)
            tx.links.remove_grounds([(one, GroundKind.ARRIVAL) for one in links])
        with store.snapshot() as snapshot:
            links = snapshot.links.listing(ACME, JANE_ID)
        assert_same([one.grounds for one in links], [(ground(GroundKind.PROOF),)] * ASKED)

    def test_an_address_may_be_refused_very_many_entities(self, store: Store) -> None:
        """L7: of thousands of entities that an address is refused, the last is told like the first; and survivors."""
        merged = {one: EntityId(f"to-{one}") for one in IDS}
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.bars.add_many(mailbox, [bar(one) for one in IDS])
            for one in IDS:
                tx.bars.remember_leaving(mailbox, one)
            assert_same(all_of(lambda page: tx.bars.listing(ACME, JANE, page)), [bar(one) for one in IDS])
            assert_refused(tx.bars.of(mailbox), IDS)
            assert_refused(tx.bars.touching(ACME, IDS)[JANE.key], IDS)
            tx.bars.carry(ACME, merged)
            assert_refused(tx.bars.of(mailbox), [*IDS, *merged.values()])
