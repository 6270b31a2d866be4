"""A statement fails while a roster is applied in batches: those before are whole, and nothing of that one is there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal_linkage import AutoLink, ContactRemoved, EntityId, LinkageService, RosterPlan, User
from portal_linkage.roster import _applying
from portal_linkage.testing import builders as b
from tests import engines
from tests.service.world import World

from .faults import Fault, mishap

MOST = 400
"""More statements than it takes."""
ANN = b.jane_at(1)
GAINED, LOST, GONE, SURVIVOR = IDS = [EntityId(f"e{number}") for number in range(4)]


def furnished(engine: str, folder: Path) -> tuple[World, list[User]]:
    """Three users of one entity: nothing more links the first, a listing the second, the firm the third."""
    folder.mkdir()
    world = World(engines.opened(engine, folder))
    world.save(b.firm(), *map(b.entity, (b.REALTY, GAINED, LOST, GONE, SURVIVOR)), b.invoice("bill", GONE))
    users = [world.jane(b.REALTY), world.jane(b.REALTY, email=ANN), world.jane(b.REALTY, GONE, email=b.jane_at(2))]
    roster = portal_of(world).roster
    roster.apply(roster.plan(b.ACME, [b.entity(LOST, ANN)]))
    return world, users


def portal_of(world: World) -> LinkageService:
    """A service under whose policy contacts take links along."""
    return world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)


def plan_of(world: World) -> RosterPlan:
    """One entity begins to list somebody, one no longer does, and one is merged into a fourth: three batches."""
    told = [b.entity(GAINED, b.JANE), b.entity(LOST), b.entity(SURVIVOR, name="Survivor")]
    return portal_of(world).roster.plan(b.ACME, told, merged={GONE: SURVIVOR})


def apply(world: World, progress: Callable[[int, int], object] | None = None) -> object:
    """Plan and apply, by name where that is needed."""
    plan = plan_of(world)
    confirmed = plan.plan_id if plan.needs_confirmation else None
    return portal_of(world).roster.apply(plan, confirmed=confirmed, progress=progress)


def picture(world: World, users: list[User]) -> object:
    """What there is: entities with their contacts, links with their grounds, and whose the bill is."""
    with world.store.snapshot() as snapshot:
        bill = snapshot.invoices.find(b.ACME, b.invoice("bill").invoice_id)
        links = [sorted(map(repr, snapshot.links.listing(b.ACME, user.user_id))) for user in users]
        return list(snapshot.entities.roster(b.ACME)), links, bill and bill.entity_id


@pytest.mark.parametrize(
    ("engine", "faults"), [("sqlite", (Fault.REFUSED, Fault.STOPPED)), ("postgresql", (Fault.REFUSED,))]
)
def test_what_fails_leaves_whole_batches(
    engine: str, faults: tuple[Fault, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever statement it is; planned and applied again, the rest comes, and the journal tells it all (L11)."""
    monkeypatch.setattr(_applying, "BATCH", 1)
    world, users = furnished(engine, tmp_path / "whole")
    whole = [picture(world, users)]
    apply(world, lambda _done, _of: whole.append(picture(world, users)))
    world.store.close()
    assert len(whole) == 4
    seen: set[int] = set()
    for number in range(1, MOST):
        world, users = furnished(engine, tmp_path / str(number))
        with mishap(world.store.engine) as coming:  # type: ignore[attr-defined]
            fault = faults[number % len(faults)]  # each in turn
            has_failed = coming.meets(lambda: apply(world), fault, number)  # noqa: B023
        seen.add(whole.index(picture(world, users)))
        apply(world)
        assert picture(world, users) == whole[-1]
        assert world.agrees_with_its_journal()
        world.store.close()
        if not has_failed:
            break
    assert seen == {0, 1, 2, 3}
