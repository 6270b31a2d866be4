"""Public values as plain JSON-ready data."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest

import portal_linkage
from portal_linkage import (
    AlreadyLinked,
    AlreadySignedUp,
    Arrival,
    BarLifted,
    ClaimRefused,
    ClientEntity,
    Contact,
    EntityId,
    EventKind,
    Explanation,
    FirmStaff,
    GroundKind,
    Guest,
    InvoiceProof,
    InvoiceStatus,
    LinkagePolicy,
    LinkageService,
    LinkChange,
    Linked,
    Money,
    NotBarred,
    NotLinked,
    Page,
    PageRequest,
    PlanId,
    PortalSettings,
    PortalUser,
    PortalUserRow,
    PortalView,
    Reason,
    RosterApplied,
    RosterPlan,
    SignedUp,
    StaffVisit,
    Suggestion,
    TooManyAttempts,
    Unlinked,
    UserRemoved,
    VerifiedEmail,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import builders as b
from portal_linkage.wire import to_json

GROUND = {"kind": "arrival", "since": "2026-03-02T12:00:00+00:00", "by": "jane"}
LINK = {
    "firm_id": "acme",
    "user_id": "jane",
    "entity_id": "1003",
    "grounds": [GROUND],
    "linked_at": "2026-03-02T12:00:00+00:00",
}
USER = {
    "firm_id": "acme",
    "user_id": "jane",
    "email": "jane.smith@example.com",
    "name": "Jane Smith",
    "signed_up_at": "2026-03-02T12:00:00+00:00",
}
BAR = {
    "firm_id": "acme",
    "email": "jane.smith@example.com",
    "entity_id": "1003",
    "since": "2026-03-02T12:00:00+00:00",
    "by": "staff-1",
}
EVENT = {
    "kind": "linked",
    "firm_id": "acme",
    "user_id": "jane",
    "entity_id": "1003",
    "ground": "arrival",
    "by": "jane",
    "at": "2026-03-02T12:00:00+00:00",
}
ENTITY = {
    "firm_id": "acme",
    "entity_id": "1003",
    "name": "Jane Smith Realty Group",
    "client_number": "1003",
    "contacts": [],
    "active": True,
}
USD_25 = {"amount": "25.00", "currency": "USD"}
USD_1200 = {"amount": "1200.00", "currency": "USD"}
INVOICE = {
    "firm_id": "acme",
    "invoice_id": "INV-1",
    "entity_id": "1003",
    "number": "INV-1",
    "total": USD_1200,
    "amount_due": USD_1200,
    "issued_on": "2026-01-31",
    "due_on": "2026-02-28",
    "status": "open",
}
FEE = {
    "firm_id": "acme",
    "fee_id": "FEE-1",
    "entity_id": "1003",
    "invoice_id": None,
    "amount": USD_25,
    "amount_due": USD_25,
    "assessed_on": "2026-03-01",
}
PAYMENT = {
    "firm_id": "acme",
    "payment_id": "PAY-1",
    "entity_id": "1003",
    "amount": {"amount": "300.00", "currency": "USD"},
    "paid_at": "2026-03-02T12:00:00+00:00",
    "invoice_ids": ["INV-1"],
    "payer": "jane",
}
CHANGE = {"user_id": "jane", "entity_id": "1003", "why": "the entity became inactive"}
EVENTS = (b.event(ground=GroundKind.ARRIVAL),)
LINK_CHANGE = LinkChange(b.JANE_ID, b.REALTY, "the entity became inactive")
PLAN = RosterPlan(
    firm_id=b.ACME,
    source="pms",
    complete=False,
    told=1,
    entities=(b.entity(),),
    added=(),
    changed=(),
    deactivated=(b.REALTY,),
    reactivated=(),
    merged={b.SMITH: b.TRUST},
    renumbered={},
    gains=(),
    losses=(),
    hidden=(LINK_CHANGE,),
    exposed=(),
    removed_users=(),
    ambiguous_numbers=("7",),
    unknown=(),
    confirm_because=("users it removes: 1",),
    seen={b.REALTY: "5ee1"},
)

SHAPES: list[tuple[object, Any]] = [
    (Money(1200, "USD"), USD_1200),
    (Money("-1200.5", "JPY"), {"amount": "-1200.5", "currency": "JPY"}),
    (Money(0, "KWD"), {"amount": "0.000", "currency": "KWD"}),
    (Money("0.0001", "USD"), {"amount": "0.0001", "currency": "USD"}),
    (Money.of_units(10**40, "USD"), {"amount": f"{10**36}.00", "currency": "USD"}),
    (b.JANE, "jane.smith@example.com"),
    (VerifiedEmail.attest(b.JANE, via="mail"), {"email": "jane.smith@example.com", "via": "mail"}),
    (PortalSettings(show_late_fees=False), {"show_past_payments": True, "show_late_fees": False}),
    (
        b.firm(),
        {
            "firm_id": "acme",
            "name": "Acme Accounting",
            "settings": {"show_past_payments": True, "show_late_fees": True},
        },
    ),
    (
        Contact(email=b.JANE, contact_id="c1"),
        {"email": "jane.smith@example.com", "name": "", "contact_id": "c1", "role": "billing"},
    ),
    (b.entity(), ENTITY),
    (b.user(), USER),
    (b.ground(), GROUND),
    (b.link(), LINK),
    (b.bar(), BAR),
    (b.invoice(), INVOICE),
    (b.late_fee(), FEE),
    (b.payment(payer="jane", invoice_ids=["INV-1"]), PAYMENT),
    (b.event(ground=GroundKind.ARRIVAL), EVENT),
    (PortalUser(b.ACME, b.JANE_ID), {"type": "PortalUser", "firm_id": "acme", "user_id": "jane"}),
    (
        StaffVisit(b.ACME, b.STAFF, b.REALTY),
        {"type": "StaffVisit", "firm_id": "acme", "staff_id": "staff-1", "entity_id": "1003"},
    ),
    (Guest(b.ACME, b.REALTY), {"type": "Guest", "firm_id": "acme", "entity_id": "1003"}),
    (FirmStaff(b.ACME, b.STAFF), {"type": "FirmStaff", "firm_id": "acme", "staff_id": "staff-1"}),
    (Arrival.attest(b.REALTY, via="mail"), {"type": "Arrival", "entity_id": "1003", "via": "mail"}),
    (InvoiceProof("1003", "INV-1"), {"type": "InvoiceProof", "client_number": "1003", "invoice_number": "INV-1"}),
    (
        SignedUp(b.user(), (b.link(),), events=EVENTS),
        {"type": "SignedUp", "user": USER, "links": [LINK], "events": [EVENT]},
    ),
    (AlreadySignedUp(b.user(), ()), {"type": "AlreadySignedUp", "user": USER, "links": [], "events": []}),
    (Linked(b.link(), events=EVENTS), {"type": "Linked", "link": LINK, "events": [EVENT]}),
    (AlreadyLinked(b.link()), {"type": "AlreadyLinked", "link": LINK, "events": []}),
    (ClaimRefused(), {"type": "ClaimRefused"}),
    (TooManyAttempts(b.NOON), {"type": "TooManyAttempts", "retry_at": "2026-03-02T12:00:00+00:00"}),
    (Unlinked(), {"type": "Unlinked", "events": []}),
    (UserRemoved(events=EVENTS), {"type": "UserRemoved", "events": [EVENT]}),
    (NotLinked(), {"type": "NotLinked"}),
    (BarLifted(), {"type": "BarLifted", "events": []}),
    (NotBarred(), {"type": "NotBarred"}),
    (PortalUserRow(b.user(), (b.entity(),)), {"user": USER, "entities": [ENTITY]}),
    (
        Suggestion(entity_id=b.REALTY, client_number="1003", name="N", label="N (1003)", barred=True),
        {
            "entity_id": "1003",
            "client_number": "1003",
            "name": "N",
            "label": "N (1003)",
            "linked": False,
            "barred": True,
        },
    ),
    (
        Explanation(
            visible=False,
            link=None,
            bar=b.bar(),
            reasons=(Reason.NOT_LINKED, Reason.BARRED),
            entity_id=b.REALTY,
            user_id=None,
        ),
        {
            "visible": False,
            "link": None,
            "bar": BAR,
            "reasons": ["not_linked", "barred"],
            "entity_id": "1003",
            "user_id": None,
            "invoice_id": None,
        },
    ),
    (LINK_CHANGE, CHANGE),
    (
        RosterApplied(plan_id=PlanId("p"), gains=(LINK_CHANGE,), losses=(), hidden=(), events=EVENTS),
        {
            "plan_id": "p",
            "gains": [CHANGE],
            **{name: [] for name in ("losses", "hidden", "unforeseen", "spared", "withheld")},
            "events": [EVENT],
        },
    ),
    (
        PLAN,
        {
            "firm_id": "acme",
            "complete": False,
            "entities": [ENTITY],
            "added": [],
            "changed": [],
            "deactivated": ["1003"],
            "reactivated": [],
            "gains": [],
            "losses": [],
            "hidden": [CHANGE],
            "removed_users": [],
            "ambiguous_numbers": ["7"],
            "unknown": [],
            "exposed": [],
            "source": "pms",
            "told": 1,
            "merged": {"1001": "1002"},
            "renumbered": {},
            "needs_confirmation": True,
            "confirm_because": ["users it removes: 1"],
            "seen": {b.REALTY: "5ee1"},
            "plan_id": PLAN.plan_id,
        },
    ),
    (PageRequest(), {"limit": 50, "after": None}),
    (Page(("a",), PageRequest(1, "x")), {"items": ["a"], "next": {"limit": 1, "after": "x"}}),
    (Page(), {"items": [], "next": None}),
    (
        LinkagePolicy(),
        {
            "auto_link": "at_sign_up",
            "contact_removed": "keep",
            "arrival": "link",
            "firm_unlink": "bars",
            "self_unlink": "forbidden",
            "attempts": 5,
            "attempt_window": "PT600S",
        },
    ),
    (
        PortalView(
            entities=Page((b.entity(),)),
            invoices=Page((b.invoice(),), PageRequest(1, "x")),
            late_fees=Page((b.late_fee(),)),
            past_payments=Page((b.payment(payer="jane", invoice_ids=["INV-1"]),)),
            labels={b.REALTY: "Jane Smith Realty Group (1003)"},
            amount_due={"USD": b.usd(1200)},
            late_fees_due={},
            open_invoice_count=1,
        ),
        {
            "entities": {"items": [ENTITY], "next": None},
            "invoices": {"items": [INVOICE], "next": {"limit": 1, "after": "x"}},
            "late_fees": {"items": [FEE], "next": None},
            "past_payments": {"items": [PAYMENT], "next": None},
            "labels": {"1003": "Jane Smith Realty Group (1003)"},
            "amount_due": {"USD": USD_1200},
            "late_fees_due": {},
            "open_invoice_count": 1,
        },
    ),
    (EntityId("1003"), "1003"),
    (InvoiceStatus.PAID, "paid"),
    (EventKind.BAR_LIFTED, "bar_lifted"),
    (date(2026, 1, 31), "2026-01-31"),
    (datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "2026-01-31T09:30:00+00:00"),
    (datetime(2026, 1, 31, 9, 30, 0, 1, tzinfo=UTC), "2026-01-31T09:30:00.000001+00:00"),
    (timedelta(minutes=10), "PT600S"),
    (timedelta(milliseconds=1500), "PT1.5S"),
    (timedelta(days=36_525), "PT3155760000S"),
    (None, None),
    (True, True),
    (7, 7),
    ([b.REALTY, {"x": b.usd(25)}], ["1003", {"x": USD_25}]),
]
NOT_VALUES = {
    *("LinkageService", "RosterSync", "iterate", "Viewer", "Claim"),
    *(name for name in portal_linkage.__all__ if name.endswith("Id")),
    *(
        error.__name__
        for error in vars(portal_linkage).values()
        if isinstance(error, type) and issubclass(error, Exception)
    ),
}


@pytest.mark.parametrize(("value", "shape"), SHAPES, ids=lambda part: type(part).__name__)
def test_a_public_value_is_plain_data(value: object, shape: object) -> None:
    """Exactly this, and JSON takes it as it is."""
    plain = to_json(value)
    assert plain == shape
    assert json.loads(json.dumps(plain, allow_nan=False)) == shape
    assert type(plain) in {dict, list, str, int, bool, type(None)}


def test_every_public_value_is_tested_here() -> None:
    """No class of the public face is without its shape, enums included."""
    shown = {type(value).__name__ for value, _ in SHAPES}
    enums = {"ArrivalRule", "AutoLink", "ContactRemoved", "FirmUnlink", "SelfUnlink", "GroundKind", "Reason"}
    assert set(portal_linkage.__all__) - NOT_VALUES - enums <= shown
    for name in enums:
        assert [to_json(member) for member in getattr(portal_linkage, name)] == [
            member.value for member in getattr(portal_linkage, name)
        ]


def test_a_time_is_told_in_utc() -> None:
    """Entities keep times in UTC, so data has no other offset."""
    moment = datetime(2026, 3, 2, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert to_json(b.payment(paid_at=moment))["paid_at"] == "2026-03-02T12:00:00+00:00"  # type: ignore[call-overload,index]


def test_hostile_texts_stay_texts() -> None:
    """Quotes, controls and lone letters of any script are the encoder's business."""
    name = '"<script>\\\u2028\u202e\U0001f600\x01'
    assert json.loads(json.dumps(to_json(b.entity(name=name))))["name"] == name


class OwnText(str):
    """A host's own kind of text."""

    __slots__ = ()


def test_a_text_of_a_hosts_own_kind_is_a_text() -> None:
    """Whatever a framework passes on as an id."""
    assert type(to_json(OwnText("1003"))) is str


@attrs.frozen
class Stranger:
    """An object of the host's."""

    secret: str


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal(1),
        b"x",
        {1, 2},
        object(),
        Stranger("of the host's"),
        Money,
        LinkageService(MemoryStore()),
        LinkageService(MemoryStore()).roster,
        lambda: None,
    ],
)
def test_what_is_no_public_value_is_refused(value: object) -> None:
    """A float above all: an amount that became one is no longer exact (L14)."""
    with pytest.raises(TypeError, match="is no public value of portal_linkage"):
        to_json(value)
    with pytest.raises(TypeError):
        to_json([{"deep": value}])


def test_what_is_not_a_field_is_not_data() -> None:
    """Labels and viewers can be worked out; data holds the fields alone."""
    plain = to_json(b.entity())
    assert isinstance(plain, dict)
    assert set(plain) == {field.name for field in attrs.fields(ClientEntity)}
