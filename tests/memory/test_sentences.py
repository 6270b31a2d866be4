"""What the store in memory says when it refuses something: the whole sentence, as a developer reads it in a log."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.domain.values import InvoiceId
from portal_linkage.testing.builders import ACME, JANE, firm, sign_up, user


def after_its_block(store: MemoryStore) -> None:
    """Read when all is over."""
    with store.snapshot() as snapshot:
        pass
    snapshot.firms.find(ACME)


def in_a_snapshot(store: MemoryStore) -> None:
    """Write where one may read."""
    with store.snapshot() as snapshot:
        cast("Any", snapshot).firms.save(firm())


def change_while_reading(store: MemoryStore) -> None:
    """Open a change in a snapshot."""
    with store.snapshot(), store.transaction():
        pass


def read_while_changing(store: MemoryStore) -> None:
    """Open a snapshot in a change."""
    with store.transaction(), store.snapshot():
        pass


def closed(store: MemoryStore) -> None:
    """Read in a store that is closed."""
    store.close()
    after_its_block(store)


def the_same_user_again(store: MemoryStore) -> None:
    """Sign up under an id that is taken."""
    with store.transaction() as tx:
        mailbox = sign_up(tx, user())
        tx.users.add(mailbox, user())


def of_another_kind(part: str) -> Callable[[MemoryStore], None]:
    """Save what is no such thing."""

    def save(store: MemoryStore) -> None:
        with store.transaction() as tx:
            getattr(tx, part).save(JANE)

    return save


def nothing_removed(store: MemoryStore) -> None:
    """Remove a bill of no id."""
    with store.transaction() as tx:
        tx.invoices.remove(ACME, InvoiceId(""))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (after_its_block, "this snapshot or transaction has ended with its with block"),
        (in_a_snapshot, "a snapshot is for reading"),
        (change_while_reading, "a transaction is not opened inside a snapshot or a transaction on the same thread"),
        (
            read_while_changing,
            "a snapshot is not opened inside a transaction on the same thread: it could not see one moment",
        ),
        (closed, "the store has been closed"),
        (the_same_user_again, "the firm has a user of this id already"),
        (of_another_kind("firms"), "firm must be Firm, not EmailAddress"),
        (of_another_kind("entities"), "entity must be ClientEntity, not EmailAddress"),
        (of_another_kind("invoices"), "bill must be Invoice, not EmailAddress"),
        (nothing_removed, "bill_id: must not be empty"),
    ],
)
def test_a_refusal_says_what_was_wrong(act: Callable[[MemoryStore], None], said: str) -> None:
    """In one sentence, with nothing before it or behind it."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- whatever it is, its words are the point
        act(MemoryStore())
    assert str(caught.value) == said
