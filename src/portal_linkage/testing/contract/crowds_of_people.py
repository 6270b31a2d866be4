"""Very many people of one client: a club has thousands of members, and none of them is forgotten."""

from ...domain.values import EntityId, UserId
from ...ports import PMS, Mailbox, Refusals, Snapshot, Store, Transaction
from ..builders import ACME, SMITH, TRUST, bar, entity, link, user
from ..promises import Promises
from . import crowds
from .crowds import SOURCE, assert_same
from .crowds_of_clients import all_of

MEMBERS = 2001
"""One more than a store may ask for at once."""
USERS, EMAILS, KEYS = crowds.USERS[:MEMBERS], crowds.EMAILS[:MEMBERS], crowds.KEYS[:MEMBERS]
PEOPLE = [user(one, email) for one, email in zip(USERS, EMAILS, strict=True)]
LINKS = [link(SMITH, one) for one in USERS]


def locked(tx: Transaction) -> list[Mailbox]:
    """The mailboxes of all of them."""
    found = {one.email.key: one for one in tx.mailboxes.lock_many(ACME, EMAILS)}
    return [found[key] for key in sorted(KEYS)]


def sign_all_up(tx: Transaction) -> None:
    """Let all of them be linked to one entity."""
    tx.entities.save(entity(SMITH))
    mailboxes = locked(tx)
    for mailbox, person in zip(mailboxes, PEOPLE, strict=True):
        tx.users.add(mailbox, person)
    tx.links.add_many([*zip(mailboxes, LINKS, strict=True)])


def refuse_all(tx: Transaction, entity_id: EntityId) -> None:
    """Let all of them be barred from an entity, which they have left."""
    for mailbox, email in zip(locked(tx), EMAILS, strict=True):
        tx.bars.add_many(mailbox, [bar(entity_id, email)])
        tx.bars.remember_leaving(mailbox, entity_id)


def refusing_all(entity_id: EntityId) -> list[tuple[str, Refusals]]:
    """What is then told of them, by key."""
    return [(key, Refusals(barred=frozenset({entity_id}), left=frozenset({entity_id}))) for key in sorted(KEYS)]


def found(snapshot: Snapshot, text: str, entity_id: EntityId | None) -> list[UserId]:
    """The ids of the users that a search gives."""
    rows = all_of(lambda page: snapshot.users.search(ACME, text, entity_id, page))
    return sorted(row.user.user_id for row in rows)


class CrowdOfPeoplePromises(Promises):
    """Very many people of one client: a club has thousands of members, and none of them is forgotten."""

    law = "L3"

    def test_all_of_very_many_users_are_told(self, store: Store) -> None:
        """L15: of thousands of users of one entity, the last is found and counted like the first."""
        with store.transaction() as tx:
            sign_all_up(tx)
        with store.snapshot() as snapshot:
            for text, entity_id in (("", None), ("jane", SMITH), ("smith, j", None)):
                assert_same(found(snapshot, text, entity_id), sorted(USERS))
            assert_same(snapshot.links.touching(ACME, [SMITH]), sorted(LINKS, key=lambda one: one.user_id))
            assert snapshot.links.count(ACME, at_most=MEMBERS + 1) == MEMBERS

    def test_very_many_users_are_removed_at_once(self, store: Store) -> None:
        """When thousands lose their last link in one change, none of them is a user any more."""
        with store.transaction() as tx:
            sign_all_up(tx)
        with store.transaction() as tx:
            tx.links.remove_many(LINKS)
            tx.users.remove(*PEOPLE)
        with store.transaction() as tx:
            assert_same(found(tx, "", None), [])
            assert_same(tx.users.some(ACME, USERS), [])
            assert_same(tx.users.having(ACME, EMAILS), [])
            assert_same([one.user for one in locked(tx) if one.user is not None], [])

    def test_all_of_very_many_addresses_that_are_listed_are_told(self, store: Store) -> None:
        """L13: of thousands whom one entity lists, the last is known to be listed like the first, by every source."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH, *EMAILS))
            tx.entities.save_contacts([entity(SMITH, *EMAILS)], SOURCE)
        with store.snapshot() as snapshot:
            for source in (PMS, SOURCE):
                listed = snapshot.entities.listed_elsewhere(ACME, [SMITH], source)
                assert_same(sorted(listed[SMITH].items()), sorted(zip(KEYS, EMAILS, strict=True)))
                (told,) = snapshot.entities.roster(ACME, source=source)
                assert_same(told.contacts, entity(SMITH, *EMAILS).contacts)

    def test_very_many_may_be_refused_an_entity(self, store: Store) -> None:
        """L7: of thousands who are refused an entity, the last is told like the first; where it is merged, of both."""
        with store.transaction() as tx:
            refuse_all(tx, SMITH)
            assert_same(sorted(tx.bars.touching(ACME, [SMITH]).items()), refusing_all(SMITH))
            tx.bars.carry(ACME, {SMITH: TRUST})
        with store.snapshot() as snapshot:
            assert_same(sorted(snapshot.bars.touching(ACME, [TRUST]).items()), refusing_all(TRUST))
            bars = all_of(lambda page: snapshot.bars.listing(ACME, None, page))
        assert_same(sorted(one.email.key for one in bars), sorted([*KEYS, *KEYS]))
