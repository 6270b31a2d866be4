"""A statement fails while a roster is applied in batches: those before are whole, and nothing of that one is there."""

from pathlib import Path

import pytest

from portal_linkage import AutoLink, EntityId
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.roster import _sync
from tests import builders as b
from tests import engines
from tests.service.world import World

from .faults import Fault, mishap

MOST = 200
"""More statements than it takes."""
IDS = [EntityId(f"e{number}") for number in range(2)]


def linked_and_listed(world: World) -> tuple[list[EntityId], list[EntityId]]:
    """The entities that Jane is linked to, but for the first, and those that list her."""
    with world.store.snapshot() as snapshot:
        listed = [one.entity_id for one in snapshot.entities.roster(b.ACME) if one.contacts]
        user = snapshot.users.find_by_email(b.ACME, b.JANE)
        assert user is not None
        return [link.entity_id for link in snapshot.links.listing(b.ACME, user.user_id)][1:], listed


@pytest.mark.parametrize("engine", engines.SQL)
def test_what_fails_leaves_whole_batches(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever statement it is; planned and applied again, the rest comes, and the journal tells it all (L11)."""
    monkeypatch.setattr(_sync, "BATCH", 1)
    seen: set[int] = set()
    for number in range(1, MOST):
        (tmp_path / str(number)).mkdir()
        store = engines.opened(engine, tmp_path / str(number))
        assert isinstance(store, SqlStore)
        world = World(store)
        world.save(b.firm(), *map(b.entity, (b.REALTY, *IDS)))
        world.jane(b.REALTY)
        portal = world.portal(auto_link=AutoLink.CONTINUOUS)
        told = [b.entity(one, b.JANE) for one in IDS]
        plan = portal.roster.plan(b.ACME, told)
        with mishap(store.engine) as coming:
            has_failed = coming.meets(lambda: portal.roster.apply(plan), Fault.REFUSED, number)  # noqa: B023
        linked, listed = linked_and_listed(world)
        assert linked == listed == IDS[: len(linked)]
        seen.add(len(linked))
        portal.roster.apply(portal.roster.plan(b.ACME, told))
        assert linked_and_listed(world) == (IDS, IDS)
        assert world.agrees_with_its_journal()
        store.close()
        if not has_failed:
            break
    assert seen == {*range(len(IDS) + 1)}
