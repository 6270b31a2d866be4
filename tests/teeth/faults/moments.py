"""Changes that are not whole, and readings of more than one moment."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import pytest

from portal_linkage import EntityId, FirmId
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.memory.door import Door
from portal_linkage.adapters.memory.session import Session
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.adapters.memory.store import MemorySnapshot
from portal_linkage.adapters.sql.clients import SqlEntityReader
from portal_linkage.domain.viewers import Scope
from portal_linkage.testing.titles import PORTS

from ..fault import breaks, instead


@breaks(
    "L17",
    "test_no_reading_after_an_unlink_shows_the_entity",
    "test_an_entity_made_inactive_is_gone_at_once_and_back_at_once",
)
def remembers_what_somebody_saw(patch: pytest.MonkeyPatch) -> None:
    """What is in a scope is found out once, and never again."""
    seen: WeakKeyDictionary[Cabinet, dict[Scope, object]] = WeakKeyDictionary()

    def in_scope(real: Callable[..., object], cabinet: Cabinet, scope: Scope) -> object:
        known = seen.setdefault(cabinet, {})
        return known[scope] if scope in known else known.setdefault(scope, real(cabinet, scope))

    instead(patch, Cabinet, "in_scope", in_scope)


@breaks("L15", "test_a_snapshot_stands_still", by_machine=False)
def shows_more_than_one_moment(patch: pytest.MonkeyPatch) -> None:
    """What changes while somebody reads is seen by them."""

    @contextmanager
    def snapshot(store: MemoryStore) -> Iterator[MemorySnapshot]:
        store._door.check_open()
        yield MemorySnapshot(Session(store._door, store._cabinets, writes=False))

    patch.setattr(MemoryStore, "snapshot", snapshot)


@breaks(
    PORTS,
    "test_a_change_is_undone_whole_on_an_error",
    "test_whatever_ends_a_transaction_undoes_it",
    "test_a_change_that_is_undone_was_never_journaled",
    by_machine=False,
)
def swallows_a_rollback(patch: pytest.MonkeyPatch) -> None:
    """A change that fails is kept."""
    patch.setattr(Session, "undo", lambda _: None)


@breaks(PORTS, "test_all_changes_together_are_undone_whole", by_machine=False)
def undoes_all_but_the_first(patch: pytest.MonkeyPatch) -> None:
    """A change that fails leaves its beginning behind."""

    def undo(real: Callable[..., None], session: Session) -> None:
        del session._log[:1]
        real(session)

    instead(patch, Session, "undo", undo)


@breaks(PORTS, "test_a_closed_store_reads_nothing", "test_a_closed_store_changes_nothing", by_machine=False)
def outlives_its_closing(patch: pytest.MonkeyPatch) -> None:
    """A store that was closed goes on."""
    patch.setattr(Door, "close", lambda _: None)


@breaks(
    '"Send the question down, not the ids up"',
    "test_a_reading_asks_as_often_for_40_links_as_for_one",
    by_machine=False,
    in_sql=True,
)
def asks_once_for_each_entity(patch: pytest.MonkeyPatch) -> None:
    """The labels of a page are asked for one by one."""

    def labels(
        real: Callable[..., Mapping[EntityId, str]],
        entities: object,
        firm_id: FirmId,
        entity_ids: Collection[EntityId],
    ) -> Mapping[EntityId, str]:
        return {one: label for entity_id in entity_ids for one, label in real(entities, firm_id, [entity_id]).items()}

    instead(patch, SqlEntityReader, "labels", labels)
