"""Very many at once: a roster change and a bookkeeper alike know no small numbers."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import pytest

from ...domain.values import EntityId, UserId, iterate
from ...ports import PMS, Store, Transaction
from ..builders import ACME, JANE, JANE_ID, SMITH, bar, entity, event, jane_at, journaled, link, sign_up, user
from ..promises import Promises

T = TypeVar("T")

ASKED: Final = 4001
THERE: Final = (0, 1999, 2000, 4000)
"""Of all that are asked for: the first, the last, and where a store that asks in portions begins another one."""

IDS: Final = [EntityId(f"{number:04}") for number in range(ASKED)]
USERS: Final = [UserId(f"jane-{one}") for one in IDS]
EMAILS: Final = [jane_at(number) for number in range(ASKED)]
KEYS: Final = [email.key for email in EMAILS]
SOURCE: Final = "xero"

LATEST_FIRST: Final = IDS[::-1]
"""As they are asked for: in another order than that in which they are told."""

Reading = Callable[[Transaction], Iterable[str]]

READINGS: Final[dict[str, tuple[Reading, list[str]]]] = {
    "entities.labels": (lambda tx: sorted(tx.entities.labels(ACME, LATEST_FIRST)), [*IDS]),
    "entities.numbered": (lambda tx: [one.entity_id for one in tx.entities.numbered(ACME, [*LATEST_FIRST])], [*IDS]),
    "entities.merged": (lambda tx: sorted(tx.entities.merged(ACME, LATEST_FIRST)), [*IDS]),
    "entities.roster": (lambda tx: [one.entity_id for one in tx.entities.roster(ACME, LATEST_FIRST)], [*IDS]),
    "entities.listed_elsewhere": (lambda tx: sorted(tx.entities.listed_elsewhere(ACME, LATEST_FIRST, PMS)), [*IDS]),
    "entities.hold": (lambda tx: sorted(tx.entities.hold(ACME, LATEST_FIRST)), [*IDS]),
    "entities.lock_many": (lambda tx: [one.entity_id for one in tx.entities.lock_many(ACME, LATEST_FIRST)], [*IDS]),
    "links.touching": (lambda tx: [one.entity_id for one in tx.links.touching(ACME, LATEST_FIRST)], [*IDS]),
    "links.counts": (lambda tx: sorted(who for who, count in tx.links.counts(ACME, USERS).items() if count), [*USERS]),
    "users.having": (lambda tx: sorted(tx.users.having(ACME, EMAILS)), KEYS),
    "users.some": (lambda tx: sorted(tx.users.some(ACME, USERS)), [*USERS]),
    "bars.touching": (lambda tx: sorted(tx.bars.touching(ACME, LATEST_FIRST)), KEYS),
    "mailboxes.lock_many": (
        lambda tx: [one.email.key for one in tx.mailboxes.lock_many(ACME, EMAILS[::-1]) if one.user is not None],
        KEYS,
    ),
}
"""What is told of all that are asked for, in the order that the port names where it names one."""


def assert_same(told: Iterable[T], due: Iterable[T]) -> None:
    """Hold that what is told is what is due, in this order.

    Only the first that differs is shown: pytest compares line by line, which of thousands of rows takes minutes.
    """
    these, those = [*told], [*due]
    for place, (one, other) in enumerate(zip(these, those, strict=False)):
        assert one == other, f"number {place} of {len(those)} is another"
    assert len(these) == len(those)


def furnish_some(tx: Transaction) -> None:
    """Let a few of very many be there: entities merged and listed by others, each with a user who is barred there."""
    some = [IDS[number] for number in THERE]
    tx.entities.save_many(entity(one, client_number=one) for one in some)
    tx.entities.save_contacts([entity(one, JANE) for one in some], SOURCE)
    tx.entities.transfer(ACME, dict.fromkeys(some, SMITH))
    for number in THERE:
        mailbox = sign_up(tx, user(USERS[number], EMAILS[number]), IDS[number])
        tx.bars.add_many(mailbox, [bar(IDS[number], EMAILS[number])])


class CrowdPromises(Promises):
    """Very many at once: a roster change and a bookkeeper alike know no small numbers."""

    law = "L15"

    @pytest.mark.parametrize("name", READINGS)
    def test_of_very_many_that_are_asked_for_all_that_are_there_are_told(self, store: Store, name: str) -> None:
        """However many ids, numbers or addresses are asked for at once, all are answered, and in order."""
        reading, asked = READINGS[name]
        with store.transaction() as tx:
            furnish_some(tx)
            assert list(reading(tx)) == [asked[number] for number in THERE]

    def test_very_many_links_come_and_go_at_once(self, store: Store) -> None:
        """A bookkeeper is linked to thousands of clients in one change, and unlinked from all of them in another."""
        with store.transaction() as tx:
            mailbox = sign_up(tx, user())
            tx.links.add_many([(mailbox, link(one)) for one in IDS])
        with store.transaction() as tx:
            assert_same([one.entity_id for one in tx.links.listing(ACME, JANE_ID)], IDS)
            assert tx.links.count(ACME, at_most=ASKED + 1) == ASKED
            tx.links.remove_many([link(one) for one in IDS[1:]])
            assert_same([one.entity_id for one in tx.links.listing(ACME, JANE_ID)], IDS[:1])

    def test_very_many_bars_are_left_at_once(self, store: Store) -> None:
        """A bookkeeper who is let go is barred from thousands of clients in one change."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.bars.add_many(mailbox, [bar(one) for one in IDS])
            assert_same(sorted(tx.bars.of(mailbox).barred), IDS)

    def test_very_many_events_are_written_at_once(self, store: Store) -> None:
        """What happens in one change, be it thousands of events, is journaled in the order given."""
        with store.transaction() as tx:
            journaled(tx, [event(entity_id=one) for one in IDS])
        with store.snapshot() as snapshot:
            told = list(iterate(lambda page: snapshot.journal.listing(ACME, None, None, page)))
        assert_same([one.entity_id for one in told], IDS)

    def test_very_many_entities_are_saved_at_once(self, store: Store) -> None:
        """A roster of thousands is saved in one change, and each is as it was saved."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, EMAILS[number]) for number, one in enumerate(IDS))
        with store.snapshot() as snapshot:
            saved = list(snapshot.entities.roster(ACME))
        assert_same(saved, [entity(one, EMAILS[number]) for number, one in enumerate(IDS)])
