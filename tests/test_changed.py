"""A change is decided again where another was in the way."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from portal_linkage import Conflict, LinkageService, VerifiedEmail
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import changed
from portal_linkage.testing.builders import ACME, JANE, REALTY, entity, firm

IN_THE_WAY = Conflict("another transaction was in the way", retryable=True)


@attrs.define
class BusyStore:
    """A store in which others are in the way for a while, when a change begins or when it is to be kept."""

    busy: list[Conflict | None]
    at_the_end: bool = False
    owns_transactions: bool = True
    kept: MemoryStore = attrs.field(factory=MemoryStore)

    @contextmanager
    def transaction(self) -> Generator[Any]:
        """Open a change, or say that another is in the way."""
        error = self.busy.pop(0) if self.busy else None
        if error and not self.at_the_end:
            raise error
        with self.kept.transaction() as tx:
            yield tx
            if error:
                raise error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- what a store has
        return getattr(self.kept, name)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_change_is_decided_again(pauses: list[float], *, at_the_end: bool) -> None:
    """Four times in the way, at the beginning or at the end: the fifth time it is decided anew, and kept once."""
    store = BusyStore([IN_THE_WAY] * 4, at_the_end=at_the_end)
    tries: list[object] = []

    def act(tx: Any) -> str:  # noqa: ANN401
        tries.append(tx)
        tx.firms.save(firm(name=f"try {len(tries)}"))
        return "done"

    assert changed(store, act) == "done"
    assert len(tries) == (5 if at_the_end else 1)
    assert len(pauses) == 4
    assert all(0 <= pause <= 0.02 * 2**number for number, pause in enumerate(pauses))
    with store.kept.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm(name=f"try {len(tries)}")


def test_it_is_not_decided_for_ever(pauses: list[float]) -> None:
    """Whoever is always in the way is told of after five tries."""
    store = BusyStore([IN_THE_WAY] * 9)
    with pytest.raises(Conflict) as caught:
        changed(store, lambda _: None)
    assert caught.value.retryable
    assert (len(store.busy), len(pauses)) == (4, 4)


def test_it_is_not_decided_again_late(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where half a minute has gone by in waiting, the caller is told at once."""
    moments = iter([0.0, 31.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    with pytest.raises(Conflict):
        changed(BusyStore([IN_THE_WAY]), lambda _: None)
    assert pauses == []


@pytest.mark.parametrize(("conflict", "owns"), [(Conflict("it contradicts what is stored"), True), (IN_THE_WAY, False)])
def test_what_no_retry_helps_is_told_at_once(pauses: list[float], conflict: Conflict, *, owns: bool) -> None:
    """A contradiction stays one; and in a host's transaction only the host can begin anew."""
    store = BusyStore([conflict], owns_transactions=owns)
    with pytest.raises(Conflict):
        changed(store, lambda _: None)
    assert pauses == []


def test_the_use_cases_are_decided_again(pauses: list[float]) -> None:
    """A sign-up and a roster change that met others come through as if nothing had been."""
    store = BusyStore([], at_the_end=True)
    portal = LinkageService(store)
    with store.kept.transaction() as tx:
        tx.firms.save(firm())
    plan = portal.roster.plan(ACME, [entity(REALTY, JANE)])
    store.busy += [IN_THE_WAY, None, IN_THE_WAY, IN_THE_WAY, None]
    portal.roster.apply(plan)
    portal.sign_up(ACME, VerifiedEmail.attest(JANE, via="link in a mail"), name="Jane Smith")
    assert len(pauses) == 3
    assert [one.kind.value for one in portal.changes(ACME).items] == ["signed_up", "linked"]
