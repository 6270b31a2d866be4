"""What no caller should do with a store, of whatever kind."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from portal_linkage.ports import Store
from portal_linkage.testing.builders import ACME, jane_at, sign_up, user


def after_its_block(store: Store) -> None:
    """Read when all is over."""
    with store.snapshot() as snapshot:
        pass
    snapshot.firms.find(ACME)


def change_while_reading(store: Store) -> None:
    """Open a change in a snapshot."""
    with store.snapshot(), store.transaction():
        pass


def closed(store: Store) -> None:
    """Read in a store that is closed."""
    store.close()
    after_its_block(store)


def the_same_user_again(store: Store) -> None:
    """Sign up under an id that is taken."""
    with store.transaction() as tx:
        sign_up(tx, user())
        tx.users.add(tx.mailboxes.lock(ACME, jane_at(1)), user())


def of_another_kind(part: str, thing: object) -> Callable[[Store], None]:
    """Save what is no such thing."""

    def save(store: Store) -> None:
        with store.transaction() as tx:
            getattr(tx, part).save(thing)

    return save


def nothing_removed(store: Store) -> None:
    """Remove a bill of no id."""
    with store.transaction() as tx:
        cast("Any", tx.invoices).remove(ACME, "")


def told_of(act: Callable[[], object]) -> str:
    """What the refusal of this says."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- whatever it is, its words are the point
        act()
    return str(caught.value)
