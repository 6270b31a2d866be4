"""Histories that happen to somebody's own service."""

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import Phase, given, settings

from portal_linkage import (
    AlreadySignedUp,
    BarLifted,
    ClaimRefused,
    FirmNotFound,
    Guest,
    LinkageService,
    Linked,
    NothingToLink,
    PlanNotConfirmed,
    RosterApplied,
    SignedUp,
    Unlinked,
    UserNotFound,
    UserRemoved,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import happen, samples, strategies
from portal_linkage.testing.histories import Act
from portal_linkage.testing.laws.town import BARRED, NOT_THERE, client
from tests import engines

ACME, JANE = samples.ACME, str(samples.JANE)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def act(verb: str, **about: object) -> Act:
    """Something that happens at Acme."""
    return Act(verb, {"firm_id": ACME, **about})


def at_acme() -> tuple[LinkageService, Store]:
    """Acme as the samples have it, and nobody has signed up."""
    store = MemoryStore()
    portal = LinkageService(store)
    happen(
        portal, store, Act("change_settings", {"firm": samples.FIRM}), Act("save_bills", {"bills": samples.INVOICES})
    )
    happen(portal, store, act("change_roster", entities=samples.CLIENTS))
    return portal, store


def test_each_act_is_answered() -> None:
    """With an outcome, or with the error by which the service refused."""
    portal, store = at_acme()
    answers = happen(
        portal,
        store,
        act("sign_up", address=JANE),
        act("sign_up", address=JANE),
        act("sign_up", address="nobody@example.com"),
        act("claim", who=0, claim=NOT_THERE),
        act("claim", who=0, claim=6),
        act("admit_guest", proof=0),
        act("unlink", who=0, entity_id="1003"),
        act("claim", who=0, claim=BARRED),
        act("leave", who=0, entity_id="1003"),
        act("lift_bar", which=0),
        act("remove_user", who=0),
        act("link", who=NOT_THERE, entity_id="1001"),
        act("remove_bill", bill_id="INV-2101"),
    )
    kinds = [SignedUp, AlreadySignedUp, NothingToLink, ClaimRefused, Linked, Guest, Unlinked, ClaimRefused]
    assert [type(answer) for answer in answers[:8]] == kinds
    assert [type(answer).__name__ for answer in answers[8:]] == [
        "NotPermitted",
        "BarLifted",
        "UserRemoved",
        "UserNotFound",
        "NoneType",
    ]


@pytest.mark.parametrize(
    ("named", "kind"), [(True, RosterApplied), (None, PlanNotConfirmed), (False, PlanNotConfirmed)]
)
def test_a_costly_roster_is_applied_if_it_is_named(named: bool | None, kind: type) -> None:
    """Otherwise the refusal is the answer."""
    portal, store = at_acme()
    happen(portal, store, act("sign_up", address=JANE))
    empty = act("change_roster", entities=[client("1001", active=False)], complete=True, named=named)
    assert [type(answer) for answer in happen(portal, store, empty)] == [kind]


def test_what_is_no_refusal_goes_on_to_the_caller() -> None:
    """A mistake in a test is not taken for an answer."""
    portal, store = at_acme()
    with pytest.raises(AttributeError):
        happen(portal, store, act("dance"))


@settings(max_examples=30)
@given(history=strategies.histories(max_size=8))
def test_what_happens_is_answered_alike_on_every_store(history: list[Act]) -> None:
    """Acts are about whom they find, and the same acts find the same on any store."""
    told = []
    for kind in ("memory", "sqlite"):
        store = engines.opened(kind)
        portal = LinkageService(store, clock=lambda: NOON, new_id=map("u{}".format, count(1)).__next__)
        told.append([repr(answer) for answer in happen(portal, store, *history)])
    assert told[0] == told[1]


def test_much_happens() -> None:
    """Histories that are long enough bring about all that a host's pages have to show."""
    seen = set[type]()

    @settings(max_examples=40, phases=[Phase.generate], database=None, derandomize=True)
    @given(history=strategies.histories(max_size=40))
    def collect(history: list[Act]) -> None:
        store = MemoryStore()
        seen.update(map(type, happen(LinkageService(store), store, *history)))

    collect()
    assert seen >= {
        SignedUp,
        Linked,
        ClaimRefused,
        Unlinked,
        UserRemoved,
        Guest,
        BarLifted,
        UserNotFound,
        RosterApplied,
    }


@given(history=strategies.histories(max_size=3))
@settings(max_examples=10)
def test_a_history_begins_with_nothing(history: list[Act]) -> None:
    """Firms open first, so that a history needs no store that is furnished."""
    assert history[0].verb == "change_settings"
    store = MemoryStore()
    assert not any(isinstance(answer, FirmNotFound) for answer in happen(LinkageService(store), store, *history))
