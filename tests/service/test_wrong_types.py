"""A wrong type anywhere is a mistake in the program: a TypeError that names the argument, and nothing is written."""

import inspect
from typing import Any

import pytest

from portal_linkage import (
    ClaimRefused,
    EntityId,
    FirmId,
    Guest,
    InvalidValue,
    InvoiceId,
    InvoiceProof,
    InvoiceStatus,
    LinkageService,
    PageRequest,
    PaymentId,
    PortalUser,
    StaffVisit,
    TooManyAttempts,
    UserId,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, World, arrival, contents

USER = PortalUser(b.ACME, UserId("u1"))
READING: dict[str, Any] = {"viewer": USER, "entity_id": b.REALTY}
RIGHT: dict[str, dict[str, Any]] = {
    "sign_up": {"firm_id": b.ACME, "email": VERIFIED, "name": "Jane Smith", "claim": arrival()},
    "claim": {"user": USER, "claim": arrival()},
    "leave": {"user": USER, "entity_id": b.REALTY},
    "admit_guest": {"firm_id": b.ACME, "proof": InvoiceProof("1003", "x")},
    "find_user": {"firm_id": b.ACME, "email": b.JANE},
    "link": {"staff": STAFF, "user_id": UserId("u1"), "entity_id": b.REALTY},
    "unlink": {"staff": STAFF, "user_id": UserId("u1"), "entity_id": b.REALTY},
    "remove_user": {"staff": STAFF, "user_id": UserId("u1")},
    "bars": {"staff": STAFF, "email": b.JANE, "page": PageRequest()},
    "lift_bar": {"staff": STAFF, "email": b.JANE, "entity_id": b.REALTY},
    "portal_users": {"staff": STAFF, "search": "x", "entity_id": b.REALTY, "page": PageRequest()},
    "suggest": {"staff": STAFF, "text": "x", "user_id": UserId("u1"), "limit": 10},
    "view": {**READING, "limit": 10},
    "entities": {**READING, "page": PageRequest()},
    "invoices": {**READING, "status": InvoiceStatus.OPEN, "page": PageRequest()},
    "late_fees": {**READING, "page": PageRequest()},
    "payments": {**READING, "page": PageRequest()},
    "invoice": {"viewer": USER, "invoice_id": InvoiceId("i1")},
    "payment": {"viewer": USER, "payment_id": PaymentId("p1")},
    "can_see": {"viewer": USER, "entity_id": b.REALTY},
    "explain": {"staff": STAFF, "who": UserId("u1"), "entity_id": b.REALTY, "invoice_id": InvoiceId("i1")},
    "journal": {"staff": STAFF, "user_id": UserId("u1"), "entity_id": b.REALTY, "page": PageRequest()},
    "changes": {"firm_id": b.ACME, "after": None, "limit": 5},
}
OPTIONAL = {
    ("sign_up", "claim"),
    ("bars", "email"),
    ("portal_users", "entity_id"),
    ("suggest", "user_id"),
    *((method, "entity_id") for method in ("view", "entities", "invoices", "late_fees", "payments")),
    ("explain", "invoice_id"),
    ("journal", "user_id"),
    ("journal", "entity_id"),
    ("changes", "after"),
}
ARGUMENTS = [(method, name) for method, right in RIGHT.items() for name in right]
IDS = [pair for pair in ARGUMENTS if pair[1].endswith("_id") or pair[1] in {"who", "name"}]

TEXTS = {("changes", "after"), *(pair for pair in ARGUMENTS if isinstance(RIGHT[pair[0]][pair[1]], str))}
NO_TEXTS = [pair for pair in ARGUMENTS if pair not in TEXTS]


def test_every_use_case_is_tested_here() -> None:
    """The service has no method, and no argument, that this page does not know."""
    methods = inspect.getmembers(LinkageService, inspect.isfunction)
    public = {name: function for name, function in methods if not name.startswith("_") and name != "using"}
    assert {name: set(right) for name, right in RIGHT.items()} == {
        name: set(inspect.signature(function).parameters) - {"self"} for name, function in public.items()
    }


@pytest.mark.parametrize(("method", "name"), ARGUMENTS)
def test_a_wrong_type_is_refused_before_anything_is_written(world: World, method: str, name: str) -> None:
    """Whatever the argument, which is named; only what may be absent may be ``None``."""
    world.jane(b.SMITH)
    before = contents(world.store)
    values = [object(), 3.5, b"u1", ["u1"], True, STAFF if name != "staff" else USER]
    if (method, name) not in OPTIONAL:
        values.append(None)
    for value in values:
        with pytest.raises(TypeError, match=rf"^{name} must be|^sign_up takes a VerifiedEmail"):
            getattr(world.portal(), method)(**{**RIGHT[method], name: value})
    assert contents(world.store) == before


@pytest.mark.parametrize(("method", "name"), [pair for pair in IDS if pair != ("can_see", "entity_id")])
def test_a_wrong_id_is_refused_before_anything_is_written(world: World, method: str, name: str) -> None:
    """Too long, NUL or a lone surrogate (and empty, but for a name): an `InvalidValue` that names the argument."""
    world.jane(b.SMITH)
    before = contents(world.store)
    for value in ("x" * 501, "a\0", "\ud800", *([] if name == "name" else ["", "x" * 201])):
        with pytest.raises(InvalidValue) as refused:
            getattr(world.portal(), method)(**{**RIGHT[method], name: value})
        assert refused.value.field == name
    assert contents(world.store) == before


@pytest.mark.parametrize("text", ["jane.smith@example.com", "1003"])
@pytest.mark.parametrize(("method", "name"), NO_TEXTS)
def test_a_text_is_nothing_but_a_text(world: World, method: str, name: str, text: str) -> None:
    """No viewer, no staff, no address, no claim, no page is made of a plain text."""
    with pytest.raises(TypeError):
        getattr(world.portal(), method)(**{**RIGHT[method], name: text})


@pytest.mark.parametrize(
    "visitor",
    [Guest(b.ACME, b.REALTY), StaffVisit(b.ACME, b.STAFF, b.REALTY), STAFF],
)
def test_only_portal_users_hold_links(world: World, visitor: object) -> None:
    """Neither staff nor guests can claim or leave, and none is ever listed (L8)."""
    portal = world.portal()
    for method in ("claim", "leave"):
        with pytest.raises(TypeError, match="user must be PortalUser"):
            getattr(portal, method)(**{**RIGHT[method], "user": visitor})
    assert portal.portal_users(STAFF).items == ()


def test_nothing_is_asked_without_a_firm() -> None:
    """Every use case takes a firm, or somebody who is of one (L6)."""
    of_a_firm = {"firm_id", "user", "staff", "viewer"}
    assert all(len(of_a_firm & set(right)) == 1 for right in RIGHT.values())


def test_a_naive_clock_is_refused(world: World) -> None:
    """Nobody knows which moment it means, so nothing is dated by it, and nothing written."""
    before = contents(world.store)
    naive = LinkageService(world.store, clock=lambda: b.NOON.replace(tzinfo=None))
    with pytest.raises(InvalidValue, match="clock: must be an aware time"):
        naive.sign_up(b.ACME, VERIFIED, name="J")
    broken = LinkageService(world.store, clock=lambda: 0)  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="clock must be datetime"):
        broken.sign_up(b.ACME, VERIFIED, name="J")
    plan = world.portal().roster.plan(b.ACME, [b.entity("2001")])
    for roster in (naive.roster, broken.roster):
        with pytest.raises((InvalidValue, TypeError), match=r"^clock\b"):
            roster.plan(b.ACME, [])
        with pytest.raises((InvalidValue, TypeError), match=r"^clock\b"):
            roster.apply(plan)
    assert contents(world.store) == before


def test_the_same_service_on_another_store(world: World) -> None:
    """``using`` keeps policy, clock and ids; nothing of the one store is seen on the other."""
    portal = world.portal(attempts=1)
    wrong = InvoiceProof("1003", "INV-9")
    other = World(MemoryStore())
    other.save(b.firm(), b.entity(b.REALTY, b.JANE))
    there = portal.using(other.store)
    answer = there.sign_up(FirmId("acme"), VERIFIED, name="J")
    assert answer.user == b.user("u1", name="J")  # type: ignore[union-attr]
    assert [there.admit_guest(b.ACME, wrong) for _ in range(2)] == [ClaimRefused(), TooManyAttempts(b.at(10))]
    assert portal.find_user(b.ACME, b.JANE) is None
    assert portal.admit_guest(b.ACME, wrong) == ClaimRefused()
    assert there.roster.plan(b.ACME, []).firm_id == b.ACME
    assert EntityId("1003") == b.REALTY
