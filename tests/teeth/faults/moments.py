"""Changes that are not whole, and readings of more than one moment."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from portal_linkage import ClientEntity, Page, PageRequest
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.accounts import Accounts
from portal_linkage.adapters.memory.clients import Entities
from portal_linkage.adapters.memory.door import Door
from portal_linkage.adapters.memory.session import Session
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.adapters.memory.store import MemorySnapshot
from portal_linkage.adapters.sql.clients import SqlEntityReader
from portal_linkage.domain.viewers import Scope
from portal_linkage.testing.titles import COST, port

from ..fault import breaks, instead


def remember_scopes(
    patch: pytest.MonkeyPatch, owner: type[Cabinet | Session]
) -> WeakKeyDictionary[Cabinet | Session, dict[Scope, object]]:
    """Let each of these find out once what is in a scope; what they have found out."""
    seen: WeakKeyDictionary[Cabinet | Session, dict[Scope, object]] = WeakKeyDictionary()

    def in_scope(real: Callable[..., object], one: Cabinet | Session, scope: Scope) -> object:
        known = seen.setdefault(one, {})
        return known[scope] if scope in known else known.setdefault(scope, real(one, scope))

    instead(patch, owner, "in_scope", in_scope)
    return seen


@breaks(
    "L17",
    "test_no_reading_after_an_unlink_shows_the_entity",
    "test_an_entity_made_inactive_is_gone_at_once_and_back_at_once",
)
def remembers_what_somebody_saw(patch: pytest.MonkeyPatch) -> None:
    """What is in a scope is found out once, and never again."""
    remember_scopes(patch, Cabinet)


@breaks("L15", "test_a_snapshot_stands_still", by_machine=False)
def shows_more_than_one_moment(patch: pytest.MonkeyPatch) -> None:
    """What changes while somebody reads is seen by them."""

    @contextmanager
    def snapshot(store: MemoryStore) -> Iterator[MemorySnapshot]:
        store._door.check_open()
        yield MemorySnapshot(Session(store._door, store._cabinets, writes=False))

    patch.setattr(MemoryStore, "snapshot", snapshot)


@breaks(
    port("Store.transaction"),
    "test_a_change_is_undone_whole_on_an_error",
    "test_whatever_ends_a_transaction_undoes_it",
    "test_a_change_that_is_undone_was_never_journaled",
    by_machine=False,
)
def swallows_a_rollback(patch: pytest.MonkeyPatch) -> None:
    """A change that fails is kept."""
    patch.setattr(Session, "undo", lambda session: session._log.clear())


@breaks("L17", "test_what_was_read_of_an_undone_change_is_not_remembered", by_machine=False)
def remembers_what_was_undone(patch: pytest.MonkeyPatch) -> None:
    """What is in a scope is found out anew after every change, but for one that is taken back."""
    seen = remember_scopes(patch, Cabinet)

    def put(real: Callable[..., None], *about: object) -> None:
        seen.clear()
        real(*about)

    instead(patch, Session, "put", put)


@breaks(port("Store.transaction"), "test_a_client_that_is_undone_shows_none_of_its_bills", by_machine=False)
def shows_a_client_that_was_undone(patch: pytest.MonkeyPatch) -> None:
    """A client whose saving failed is seen, if it has bills."""
    patch.setattr(Accounts, "discard", lambda *_: None)


@breaks("L17", "test_a_transaction_reads_again_what_it_has_changed_meanwhile", by_machine=False)
def remembers_within_a_change(patch: pytest.MonkeyPatch) -> None:
    """What is in a scope is found out once in each transaction."""
    remember_scopes(patch, Session)


@breaks(port("Store.transaction"), "test_whatever_ends_a_transaction_undoes_it", by_machine=False)
def keeps_what_a_canceled_task_wrote(patch: pytest.MonkeyPatch) -> None:
    """A change is undone by what usually ends one, and by nothing else."""
    usual = (Exception, KeyboardInterrupt, SystemExit, GeneratorExit)

    def undo(real: Callable[..., None], session: Session) -> None:
        if isinstance(sys.exception(), usual):
            real(session)
        session._log.clear()

    instead(patch, Session, "undo", undo)


@breaks(port("Store.transaction"), "test_all_changes_together_are_undone_whole", by_machine=False)
def undoes_all_but_the_first(patch: pytest.MonkeyPatch) -> None:
    """A change that fails leaves its beginning behind."""

    def undo(real: Callable[..., None], session: Session) -> None:
        del session._log[:1]
        real(session)

    instead(patch, Session, "undo", undo)


@breaks(
    port("Store.close"), "test_a_closed_store_reads_nothing", "test_a_closed_store_changes_nothing", by_machine=False
)
def outlives_its_closing(patch: pytest.MonkeyPatch) -> None:
    """A store that was closed goes on."""
    patch.setattr(Door, "close", lambda _: None)


@breaks(
    COST,
    "test_a_reading_asks_as_often_for_40_links_as_for_one",
    by_machine=False,
    in_sql=True,
)
def asks_once_for_each_entity(patch: pytest.MonkeyPatch) -> None:
    """The entities of a page are asked for once more, one by one."""

    def in_scope(
        real: Callable[..., Page[ClientEntity]], entities: SqlEntityReader[Any], scope: Scope, page: PageRequest
    ) -> Page[ClientEntity]:
        found = real(entities, scope, page)
        for entity in found.items:
            entities.find(entity.firm_id, entity.entity_id)
        return found

    instead(patch, SqlEntityReader, "in_scope", in_scope)


@breaks(port("Store"), "test_a_transaction_that_is_open_at_closing_is_not_there_when_opened_anew", by_machine=False)
def keeps_what_was_open_at_closing(patch: pytest.MonkeyPatch) -> None:
    """What a transaction has written when the store is closed is kept, though the transaction is refused its end."""

    def undo(real: Callable[..., None], session: Session) -> None:
        if not session._door.closed:
            real(session)

    instead(patch, Session, "undo", undo)


@breaks(port("Store.transaction"), "test_a_change_is_kept_on_a_clean_exit")
def saves_the_new_alone(patch: pytest.MonkeyPatch) -> None:
    """Where new entities are saved together with others, the others stay as they were."""

    def save_many(real: Callable[..., None], entities: Entities, saved: Iterable[ClientEntity]) -> None:
        rows = list(saved)
        new = [one for one in rows if entities.find(one.firm_id, one.entity_id) is None]
        real(entities, new or rows)

    instead(patch, Entities, "save_many", save_many)


@breaks(
    "L13",
    "test_a_locked_firm_is_changed_by_one_at_a_time",
    "test_a_client_that_is_held_is_not_changed",
    "test_a_client_that_is_held_is_not_locked",
    "test_a_locked_client_is_changed_by_one_at_a_time",
    "test_a_mailbox_locked_by_its_user_is_changed_by_one_at_a_time",
    "test_each_of_many_locked_mailboxes_is_changed_by_one_at_a_time",
    "test_nothing_comes_to_rest_on_a_locked_client",
    "test_refused_proofs_are_looked_up_by_one_at_a_time",
    by_machine=False,
)
def lets_everybody_in_at_once(patch: pytest.MonkeyPatch) -> None:
    """A lock keeps nobody out: whoever comes is in at once, to read or to write."""
    patch.setattr(Door, "_admits", lambda *_, **__: True)
