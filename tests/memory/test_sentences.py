"""What the store in memory says when it refuses something: the whole sentence, as a developer reads it in a log."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing.builders import JANE, firm
from tests.misuse import (
    after_its_block,
    change_while_reading,
    closed,
    nothing_removed,
    of_another_kind,
    the_same_user_again,
    told_of,
)


def in_a_snapshot(store: MemoryStore) -> None:
    """Write where one may read."""
    with store.snapshot() as snapshot:
        cast("Any", snapshot).firms.save(firm())


def read_while_changing(store: MemoryStore) -> None:
    """Open a snapshot in a change."""
    with store.transaction(), store.snapshot():
        pass


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
        (of_another_kind("firms", JANE), "firm must be Firm, not EmailAddress"),
        (of_another_kind("entities", JANE), "entity must be ClientEntity, not EmailAddress"),
        (of_another_kind("invoices", JANE), "bill must be Invoice, not EmailAddress"),
        (nothing_removed, "bill_id: must not be empty"),
    ],
)
def test_a_refusal_says_what_was_wrong(act: Callable[[MemoryStore], None], said: str) -> None:
    """In one sentence, with nothing before it or behind it."""
    assert told_of(lambda: act(MemoryStore())) == said
