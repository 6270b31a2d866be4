"""How often the database is asked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.domain.entities import GroundKind
from portal_linkage.domain.values import EntityId
from portal_linkage.ports import Snapshot, Transaction
from portal_linkage.testing.builders import (
    ACME,
    JANE,
    bar,
    entity,
    event,
    ground,
    invoice,
    jane_at,
    journaled,
    link,
    sign_up,
    user,
)

from .listening import Said, listening
from .story import LINKED, client_ids, scoped_readings, tell


@pytest.fixture(scope="module")
def told() -> Iterator[dict[int, SqlStore]]:
    """Two firms alike but for the number of Jane's clients."""
    stores = {clients: SqlStore.open("sqlite://") for clients in (1, 500)}
    for clients, store in stores.items():
        with store.transaction() as tx:
            tell(tx, clients)
    yield stores
    for store in stores.values():
        store.close()


FOR_CHANGES: dict[str, Callable[[Snapshot], Any]] = {
    "listing": lambda snapshot: snapshot.entities.listing(ACME, JANE),
    "refusals": lambda snapshot: snapshot.bars.touching(ACME, client_ids(500)),
}


def asked(store: SqlStore, ask: Callable[[Snapshot], Any]) -> list[Said]:
    """What one question takes."""
    with store.snapshot() as snapshot, listening(store) as said:
        ask(snapshot)
    return said


@pytest.mark.parametrize("name", FOR_CHANGES)
def test_what_a_change_reads_is_asked_as_often_for_500_links_as_for_one(told: dict[int, SqlStore], name: str) -> None:
    """However many entities a user is linked to, the number of statements is the same."""
    few, many = (len(asked(store, FOR_CHANGES[name])) for store in told.values())
    assert few == many


def test_a_full_view_asks_once_for_all_labels(told: dict[int, SqlStore]) -> None:
    """Four pages of 500 rows may name 2,000 entities: that is one statement all the same."""
    assert len(asked(told[1], lambda snapshot: snapshot.entities.labels(ACME, client_ids(2_000)))) == 1


@pytest.mark.parametrize("name", scoped_readings(LINKED))
def test_a_question_of_a_scope_is_one_statement(told: dict[int, SqlStore], name: str) -> None:
    """A list, a count or a sum over a scope is one statement."""
    assert len(asked(told[500], scoped_readings(LINKED)[name])) == 1


def test_merges_are_taken_back_of_those_that_are_merged(store: SqlStore) -> None:
    """Those in a large roster are mostly merged into nobody: that is asked by the thousands, and undone at once."""
    first, second, *others = client_ids(1_201)
    with store.transaction() as tx:
        with listening(store) as said:
            tx.entities.part(ACME, [first, second, *others])
        assert len(said) == 1
        tx.entities.transfer(ACME, {first: second})
        with listening(store) as said:
            tx.entities.part(ACME, [first, second, *others])
        assert [one.many for one in said] == [False, False]
        assert tx.entities.merged(ACME, [first]) == {}


def signing_up(tx: Transaction, clients: int) -> None:
    """Write what a sign-up with so many matches writes."""
    ids = [EntityId(f"s{number}") for number in range(clients)]
    mailbox = sign_up(tx, user("john", jane_at(2)), *ids)
    tx.links.add_grounds([(link(one, "john"), ground(GroundKind.PROOF)) for one in ids])
    tx.bars.of(mailbox)
    tx.bars.add_many(mailbox, [bar(one, jane_at(2)) for one in ids])
    journaled(tx, [event(user_id="john", entity_id=one) for one in ids])


def unlinking(tx: Transaction, clients: int) -> None:
    """Write what the removal of a user with so many links writes."""
    links = [link(f"s{number}", "john") for number in range(clients)]
    tx.links.remove_grounds([(one, GroundKind.PROOF) for one in links])
    tx.links.remove_many(links)
    tx.users.remove(user("john", jane_at(2)))


def test_a_sign_up_says_as_much_for_100_matches_as_for_one(store: SqlStore) -> None:
    """Links, grounds, bars and events are written in one execution each, however many they are."""
    counts: dict[int, tuple[int, int]] = {}
    for clients in (1, 100):
        with store.transaction() as tx:
            with listening(store) as coming:
                signing_up(tx, clients)
            with listening(store) as going:
                unlinking(tx, clients)
            for number in range(clients):
                tx.bars.remove(tx.mailboxes.lock(ACME, jane_at(2)), EntityId(f"s{number}"))
        counts[clients] = (len(coming), len(going))
    assert counts[1] == counts[100]


def test_nothing_is_said_about_nothing(store: SqlStore) -> None:
    """Who adds no links, bars, events or bills troubles the database with nothing."""
    with store.transaction() as tx:
        mailbox = tx.mailboxes.lock(ACME, JANE)
        with listening(store) as said:
            tx.links.add_many([])
            tx.links.remove_many([])
            tx.bars.add_many(mailbox, [])
            journaled(tx, [])
            tx.invoices.save_many([])
            tx.entities.save_many([])
            assert tx.mailboxes.lock_many(ACME, []) == ()
    assert said == []


def test_many_rows_are_saved_by_the_hundreds(store: SqlStore) -> None:
    """A feed of 1,200 bills or entities is neither one statement each nor one huge one."""
    with store.transaction() as tx, listening(store) as said:
        tx.invoices.save_many(invoice(f"INV-{number}") for number in range(1200))
        invoices = len(said)
        tx.entities.save_many(entity(f"{number}") for number in range(1200))
    assert invoices == 3
    assert len(said) - invoices == 3 * 5
    assert max(len(one.values) for one in said if one.many) <= 2000


def test_a_roster_is_read_by_the_hundreds(store: SqlStore) -> None:
    """Reading a roster does not fetch all of it at once, and holds nothing open for one who stops early."""
    with store.transaction() as tx:
        tx.entities.save_many(entity(f"{number:04d}", JANE) for number in range(1200))
        with listening(store) as said:
            first = next(tx.entities.roster(ACME))
        assert (first.entity_id, len(said)) == ("0000", 1)
        tx.entities.save(entity("0000", name="Changed"))
        names = [one.name for one in tx.entities.roster(ACME)]
    assert (names[0], len(names)) == ("Changed", 1200)


def test_ids_are_asked_for_by_the_hundreds(store: SqlStore) -> None:
    """A question about 2,400 ids is two statements, and answered in one order."""
    ids = client_ids(2400)
    with store.transaction() as tx:
        tx.entities.save_many(entity(one) for one in ids)
        with listening(store) as said:
            found = tx.entities.numbered(ACME, ids)
        emails = [jane_at(number) for number in range(2400)]
        assert [one.email.key for one in tx.mailboxes.lock_many(ACME, emails)] == sorted(one.key for one in emails)
    assert [one.entity_id for one in found] == ids
    assert len(said) == 2
