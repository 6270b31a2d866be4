"""Threads at once, on every store: each outcome is that of some order (L3, L9, L10)."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from portal_linkage import (
    AlreadySignedUp,
    ClaimRefused,
    EntityId,
    InvoiceProof,
    LinkageService,
    SignedUp,
    TooManyAttempts,
    Unlinked,
    UserNotFound,
    UserRemoved,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, World, arrival

ROUNDS = 15
PATIENCE = 60


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it; a file, so that threads have connections of their own."""
    opened: Store = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path / 'portal.db'}")
    yield opened
    opened.close()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all this at the same time; a refusal by an error is an answer too."""
    start = Barrier(len(acts))

    def answer(act: Callable[[], object]) -> object:
        start.wait(PATIENCE)
        try:
            return act()
        except UserNotFound as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(answer, act) for act in acts]]


def kinds(answers: list[object]) -> Counter[str]:
    """How many answers of each kind."""
    return Counter(type(answer).__name__ for answer in answers)


def test_two_staff_remove_the_last_two_links(world: World, portal: LinkageService) -> None:
    """One removes a link and the other the user: nobody is left without a link (L3)."""
    for _ in range(ROUNDS):
        user = world.jane(b.REALTY, b.TRUST)
        answers = at_once(
            lambda user=user: portal.unlink(STAFF, user.user_id, b.REALTY),  # type: ignore[misc]
            lambda user=user: portal.unlink(STAFF, user.user_id, b.TRUST),  # type: ignore[misc]
        )
        assert kinds(answers) == Counter([Unlinked.__name__, UserRemoved.__name__])
        assert portal.portal_users(STAFF).items == ()
        for entity_id in (b.REALTY, b.TRUST):
            portal.lift_bar(STAFF, b.JANE, entity_id)
    assert world.agrees_with_its_journal()


def test_the_last_unlink_meets_a_link(world: World, portal: LinkageService) -> None:
    """Either the user keeps the new link, or they were gone before it came (L3)."""
    for _ in range(ROUNDS):
        user = world.jane(b.REALTY)
        unlinked, linked = at_once(
            lambda user=user: portal.unlink(STAFF, user.user_id, b.REALTY),  # type: ignore[misc]
            lambda user=user: portal.link(STAFF, user.user_id, b.TRUST),  # type: ignore[misc]
        )
        left = [row.user for row in portal.portal_users(STAFF).items]
        if isinstance(linked, UserNotFound):
            assert (type(unlinked), left) == (UserRemoved, [])
        else:
            assert (type(unlinked), left) == (Unlinked, [user])
            portal.remove_user(STAFF, user.user_id)
        for entity_id in b.NAMES:
            portal.lift_bar(STAFF, b.JANE, entity_id)
    assert world.agrees_with_its_journal()


def test_an_address_signs_up_once(world: World, portal: LinkageService) -> None:
    """Of eight sign-ups at once one makes the user, and the others are told of them (L9)."""
    for _ in range(ROUNDS):
        answers = at_once(*[lambda: portal.sign_up(b.ACME, VERIFIED, name="Jane", claim=arrival())] * 8)
        assert kinds(answers) == Counter({SignedUp.__name__: 1, AlreadySignedUp.__name__: 7})
        (row,) = portal.portal_users(STAFF).items
        assert len(row.entities) == len(b.NAMES)
        portal.remove_user(STAFF, row.user.user_id)
        for entity_id in b.NAMES:
            portal.lift_bar(STAFF, b.JANE, entity_id)
    assert world.agrees_with_its_journal()


def test_nobody_tries_more_often_by_trying_at_once(portal: LinkageService) -> None:
    """Of eight wrong proofs at once for one number, five are looked at (L10)."""
    for number in range(ROUNDS):
        proof = InvoiceProof(EntityId(f"guess {number}"), "INV-1")
        answers = at_once(*[lambda proof=proof: portal.admit_guest(b.ACME, proof)] * 8)
        assert kinds(answers) == Counter({ClaimRefused.__name__: 5, TooManyAttempts.__name__: 3})
