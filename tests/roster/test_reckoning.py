"""Whatever a roster brings, the links come out as reckoned in plain dicts and sets, and as the plan has shown."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Final

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from portal_linkage import (
    ArrivalRule,
    AutoLink,
    ClaimRefused,
    ClientEntity,
    ContactRemoved,
    EntityId,
    EntityNotFound,
    FirmUnlink,
    LinkagePolicy,
    LinkageService,
    NothingToLink,
    NotPermitted,
    PageRequest,
    RosterPlan,
    SelfUnlink,
    UserId,
    UserNotFound,
)
from portal_linkage.ports import PMS, Snapshot
from portal_linkage.roster import _applying
from portal_linkage.testing import builders as b
from tests import engines
from tests.service.world import STAFF, World, arrival, verified

from .reckoning import Addresses, Books, Change, carry_out

IDS: Final = ("1001", "1002", "1003", "1004")
PEOPLE: Final = {str(email): email for email in map(b.jane_at, range(3))}
SOURCES: Final = (PMS, PMS, PMS, "xero")
ALL: Final = PageRequest(500)

addresses: st.SearchStrategy[Addresses] = st.frozensets(st.sampled_from([*PEOPLE]), max_size=3)
records = st.dictionaries(st.sampled_from(IDS), st.tuples(addresses, st.booleans()), max_size=4)
moves = st.dictionaries(st.sampled_from(IDS), st.sampled_from([*IDS, "2001"]), max_size=2)
acts = st.tuples(
    st.sampled_from(["sign_up", "arrive", "link", "unlink", "leave"]),
    st.sampled_from([*PEOPLE]),
    st.sampled_from(IDS),
)


def _is_circle(moves: dict[str, str]) -> bool:
    for start in moves:
        at, passed = start, {start}
        while at in moves:
            at = moves[at]
            if at in passed:
                return True
            passed.add(at)
    return False


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change of a roster: deltas and snapshots, of either source, with merges now and then."""
    source = draw(st.sampled_from(SOURCES))
    merged, renumbered = draw(moves), draw(moves)
    told = draw(records)
    if source != PMS or _is_circle({**merged, **renumbered}) or merged.keys() & renumbered:
        merged = renumbered = {}
    if len({*renumbered.values()}) < len(renumbered) or len(told.keys() & renumbered) > 1:
        renumbered = {}
    return Change(told, source, draw(st.booleans()), merged, renumbered)


policies = st.builds(
    LinkagePolicy,
    auto_link=st.sampled_from(AutoLink),
    contact_removed=st.sampled_from(ContactRemoved),
    arrival=st.sampled_from(ArrivalRule),
    firm_unlink=st.sampled_from(FirmUnlink),
    self_unlink=st.sampled_from(SelfUnlink),
)
histories = st.lists(st.one_of(acts, acts, changes()), min_size=2, max_size=12)


def entities(told: Change) -> list[ClientEntity]:
    """What is told, as the library takes it."""
    return [
        b.entity(one, *(PEOPLE[address] for address in sorted(listed)), active=is_active, name="N", client_number=one)
        for one, (listed, is_active) in told.records.items()
    ]


def plan_of(portal: LinkageService, told: Change) -> RosterPlan:
    """Plan it."""
    merged, renumbered = (
        {EntityId(gone): EntityId(survivor) for gone, survivor in moved.items()}
        for moved in (told.merged, told.renumbered)
    )
    how = {"complete": told.complete, "source": told.source}
    return portal.roster.plan(b.ACME, entities(told), merged=merged, renumbered=renumbered, **how)  # type: ignore[arg-type]


def act(portal: LinkageService, name: str, address: str, entity_id: str) -> None:
    """Something that people or the firm do; what is refused changes nothing."""
    email, one = PEOPLE[address], EntityId(entity_id)
    user = portal.find_user(b.ACME, email)
    if user is None:
        if name in {"sign_up", "arrive"}:
            claim = arrival(one) if name == "arrive" else None
            try:
                portal.sign_up(b.ACME, verified(email), name="J", claim=claim)
            except (NothingToLink, EntityNotFound):
                return
        return
    try:
        if name == "link":
            portal.link(STAFF, user.user_id, one)
        elif name == "unlink":
            portal.unlink(STAFF, user.user_id, one)
        elif name == "leave":
            portal.leave(user.viewer, one)
        elif not isinstance(portal.claim(user.viewer, arrival(one)), ClaimRefused):
            event("claimed")
    except (EntityNotFound, NotPermitted, UserNotFound):
        return


def books_of(snapshot: Snapshot) -> Books:
    """What a store has of the firm, in plain texts."""
    known = [entity.entity_id for entity in snapshot.entities.roster(b.ACME)]
    users = [row.user for row in snapshot.users.search(b.ACME, "", None, ALL).items]
    refused = snapshot.bars.touching(b.ACME, known)
    spelled = {email.key: text for text, email in PEOPLE.items()}
    return Books(
        listed={source: _listed(snapshot.entities.roster(b.ACME, source=source)) for source in {*SOURCES}},
        active={entity.entity_id: entity.active for entity in snapshot.entities.roster(b.ACME)},
        links={
            str(user.email): {
                link.entity_id: frozenset(ground.kind.value for ground in link.grounds)
                for link in snapshot.links.listing(b.ACME, user.user_id)
            }
            for user in users
        },
        barred={(spelled[key], one) for key, refusals in refused.items() for one in refusals.barred},
        left={(spelled[key], one) for key, refusals in refused.items() for one in refusals.left},
        merged={str(gone): str(into) for gone, into in snapshot.entities.merged(b.ACME, known).items()},
    )


def _listed(roster: Iterable[ClientEntity]) -> dict[str, Addresses]:
    return {one.entity_id: frozenset(str(contact.email) for contact in one.contacts) for one in roster}


def sights(snapshot: Snapshot) -> set[tuple[UserId, EntityId]]:
    """Who is linked to what."""
    return {(link.user_id, link.entity_id) for link in snapshot.links.touching(b.ACME, [*map(EntityId, IDS), NEW])}


NEW: Final = EntityId("2001")


@pytest.fixture(params=[1, 2_000])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Plans in many transactions, and in one."""
    monkeypatch.setattr(_applying, "BATCH", request.param)
    return int(request.param)


@pytest.fixture(params=["memory", "sqlite"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Fresh":
    """Worlds without end."""
    return Fresh(request.param, tmp_path_factory)


class Fresh:
    """Makes a world with a firm and nothing else."""

    def __init__(self, engine: str, folders: pytest.TempPathFactory) -> None:
        self._engine, self._folders = engine, folders
        self._world: World | None = None

    def __call__(self) -> World:
        """A new one."""
        if self._world is not None:
            self._world.store.close()
        self._world = World(engines.opened(self._engine, self._folders.mktemp("world")))
        self._world.save(b.firm(), *(b.entity(one, name="N") for one in IDS[:3]))
        return self._world


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(policy=policies, history=histories)
@pytest.mark.usefixtures("batch")
def test_whatever_is_told_the_books_come_out_as_reckoned(
    fresh: "Fresh", policy: LinkagePolicy, history: list[tuple[str, str, str] | Change]
) -> None:
    """Links with their grounds, users, bars and leavings; as shown, and the same when told again (L7, L9 to L13)."""
    world = fresh()
    portal = LinkageService(world.store, policy, clock=world.clock, new_id=world.ids)
    for step in history:
        if not isinstance(step, Change):
            act(portal, *step)
            continue
        with world.store.snapshot() as snapshot:
            before, books = sights(snapshot), books_of(snapshot)
        expected = deepcopy(books)
        carry_out(
            expected,
            step,
            continuous=policy.auto_link is AutoLink.CONTINUOUS,
            withdraw=policy.contact_removed is ContactRemoved.WITHDRAW,
        )
        plan = plan_of(portal, step)
        done = portal.roster.apply(plan, confirmed=plan.plan_id)
        with world.store.snapshot() as snapshot:
            after, came = sights(snapshot), books_of(snapshot)
        assert (came.links, came.barred, came.left) == (expected.links, expected.barred, expected.left)
        assert came.active == expected.active
        assert (done.withheld, done.spared, done.unforeseen) == ((), (), ())
        gained, lost = ({(one.user_id, one.entity_id) for one in part} for part in (plan.gains, plan.losses))
        assert (gained - lost, lost - gained) == (after - before, before - after)
        assert len(plan.removed_users) == len(books.links) - len(came.links)
        assert world.agrees_with_its_journal()
        assert portal.roster.apply(plan, confirmed=plan.plan_id).events == ()
        again = plan_of(portal, step)
        assert (again.entities, again.gains, again.losses, again.hidden) == ((), (), (), ())
        assert portal.roster.apply(again, confirmed=again.plan_id).events == ()
        event(f"gained {min(len(gained), 1)}, lost {min(len(lost), 1)}, merged {min(len(plan.moves()), 1)}")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deltas=st.lists(records, max_size=5), policy=policies)
def test_deltas_come_to_what_a_snapshot_of_them_does(
    fresh: "Fresh", deltas: list[dict[str, tuple[Addresses, bool]]], policy: LinkagePolicy
) -> None:
    """The roster is the same; and where contacts give and take links, so are the links of who is a user throughout."""
    for delta in deltas:
        delta.pop(b.REALTY, None)  # by which all of them are users throughout
    whole = {b.REALTY: (frozenset(PEOPLE), True), **dict.fromkeys(IDS[:2], (frozenset[str](), True))}
    for delta in deltas:
        whole |= delta
    by_deltas, by_snapshot = (
        _told(fresh(), policy, changes) for changes in (map(Change, deltas), [Change(whole, complete=True)])
    )
    assert (by_deltas.listed, by_deltas.active) == (by_snapshot.listed, by_snapshot.active)
    if policy.auto_link is AutoLink.CONTINUOUS and policy.contact_removed is ContactRemoved.WITHDRAW:
        assert _sight(by_deltas) == _sight(by_snapshot)


def _told(world: World, policy: LinkagePolicy, changes: Iterable[Change]) -> Books:
    """What is in the books when all are users, and have been told of these changes."""
    portal = LinkageService(world.store, policy, clock=world.clock, new_id=world.ids)
    world.save(b.entity(b.REALTY, *PEOPLE.values(), name="N"))
    for email in PEOPLE.values():
        portal.sign_up(b.ACME, verified(email), name="J", claim=arrival(b.REALTY))
    for change in changes:
        plan = plan_of(portal, change)
        portal.roster.apply(plan, confirmed=plan.plan_id)
    with world.store.snapshot() as snapshot:
        return books_of(snapshot)


def _sight(books: Books) -> dict[str, dict[str, frozenset[str]]]:
    """What each user sees, and by which grounds."""
    return {
        address: {entity_id: grounds for entity_id, grounds in held.items() if books.active[entity_id]}
        for address, held in books.links.items()
    }
