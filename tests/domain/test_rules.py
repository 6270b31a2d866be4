"""The decisions, as truth tables: what a sign-up links, what is explained, what a proof opens."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import (
    ArrivalRule,
    AutoLink,
    EntityId,
    Explanation,
    Ground,
    GroundKind,
    InvoiceId,
    InvoiceStatus,
    Link,
    LinkagePolicy,
    Reason,
)
from portal_linkage.domain import rules
from portal_linkage.testing import builders as b

ARRIVAL, LISTING, PROOF = GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING, GroundKind.PROOF
ENTITY_IDS = [b.SMITH, b.TRUST, b.REALTY]
LISTED = [b.entity(entity_id, b.JANE) for entity_id in ENTITY_IDS]
SOME = st.sets(st.sampled_from(ENTITY_IDS))
Linked = list[tuple[EntityId, list[GroundKind]]]


def told(links: tuple[Link, ...]) -> Linked:
    """Which entities, by which grounds."""
    return [(link.entity_id, [ground.kind for ground in link.grounds]) for link in links]


def sign_up(
    claimed: EntityId | None = None,
    by: GroundKind = ARRIVAL,
    listed: tuple[EntityId, ...] = (),
    barred: tuple[EntityId, ...] = (),
    left: tuple[EntityId, ...] = (),
    **switches: object,
) -> Linked:
    """What Jane's sign-up would link."""
    links = rules.sign_up(
        b.user(),
        claimed=claimed,
        by=by,
        listed=[entity for entity in LISTED if entity.entity_id in listed],
        barred=barred,
        left=left,
        policy=attrs.evolve(LinkagePolicy(), **switches),  # type: ignore[arg-type]
    )
    assert all(link.linked_at == b.NOON and link.user_id == b.JANE_ID for link in links)
    assert all(
        ground == Ground(kind=ground.kind, since=b.NOON, by=b.JANE_ID) for link in links for ground in link.grounds
    )
    return told(links)


# -- Sign-up -----------------------------------------------------------------------------------------------------------


def test_the_claimed_entity_comes_first_then_the_listed_in_their_order() -> None:
    """Jane arrives at 1003 and is listed at all three (L2); the claimed one has both grounds (L12)."""
    assert sign_up(b.REALTY, listed=(b.SMITH, b.TRUST, b.REALTY)) == [
        (b.REALTY, [ARRIVAL, LISTING]),
        (b.SMITH, [LISTING]),
        (b.TRUST, [LISTING]),
    ]
    assert sign_up(b.REALTY, PROOF) == [(b.REALTY, [PROOF])]
    assert sign_up(listed=(b.TRUST,)) == [(b.TRUST, [LISTING])]


def test_nothing_to_go_by_links_nothing() -> None:
    """And then there must be no user (L3)."""
    assert sign_up() == []
    assert sign_up(listed=(b.SMITH,), auto_link=AutoLink.OFF) == []


@pytest.mark.parametrize(
    ("rule", "listed", "barred", "left", "by"),
    list(product(ArrivalRule, [True, False], [True, False], [True, False], [ARRIVAL, PROOF])),
)
def test_when_a_claim_at_sign_up_counts(
    rule: ArrivalRule, by: GroundKind, *, listed: bool, barred: bool, left: bool
) -> None:
    """A barred claim falls away, and so does an unlisted arrival where a listing is required (L2, L7)."""
    here = (b.REALTY,)
    links = sign_up(
        b.REALTY,
        by,
        listed=here if listed else (),
        barred=here if barred else (),
        left=here if left else (),
        arrival=rule,
        auto_link=AutoLink.OFF,
    )
    counts = not barred and (by is PROOF or listed or rule is ArrivalRule.LINK)
    assert links == ([(b.REALTY, [by, LISTING] if listed else [by])] if counts else [])


@given(
    SOME, SOME, SOME, st.none() | st.sampled_from(ENTITY_IDS), st.sampled_from(AutoLink), st.sampled_from(ArrivalRule)
)
def test_sign_up_links_what_the_law_says(
    listed: set[EntityId],
    barred: set[EntityId],
    left: set[EntityId],
    claimed: EntityId | None,
    auto: AutoLink,
    arrival: ArrivalRule,
) -> None:
    """All that lists the address, less what a bar or a remembered leaving forbids, claimed first (L2)."""
    links = sign_up(claimed, ARRIVAL, tuple(listed), tuple(barred), tuple(left), auto_link=auto, arrival=arrival)
    ids = [entity_id for entity_id, _ in links]
    counts = claimed is not None and claimed not in barred and (arrival is ArrivalRule.LINK or claimed in listed)
    by_itself = listed - barred - left if auto is not AutoLink.OFF else set[EntityId]()
    assert set(ids) == by_itself | ({claimed} if counts else set[EntityId | None]())
    rest = ids[1:] if counts else ids
    assert rest == sorted(rest)
    assert not counts or ids[0] == claimed
    assert all((LISTING in kinds) is (entity_id in listed) for entity_id, kinds in links)


class Refused(list[EntityId]):
    """Refusals that count how often somebody goes through them."""

    turns = 0

    def __iter__(self) -> Iterator[EntityId]:
        self.turns += 1
        return super().__iter__()


def test_refusals_are_gone_through_once_however_many_entities_are_listed() -> None:
    """An office that lists thousands, and was barred from thousands, signs up in no more time than their sum."""
    barred, left = Refused([b.SMITH]), Refused([b.TRUST])
    links = rules.sign_up(
        b.user(), claimed=None, by=ARRIVAL, listed=LISTED, barred=barred, left=left, policy=LinkagePolicy()
    )
    assert told(links) == [(b.REALTY, [LISTING])]
    assert (barred.turns, left.turns) == (1, 1)


# -- Proofs ------------------------------------------------------------------------------------------------------------


def test_a_shared_number_proves_nothing() -> None:
    """One active bearer is pointed at; none, or several, point nowhere (L10)."""
    assert rules.proven([]) is None
    assert rules.proven(LISTED[:1]) == b.SMITH
    assert rules.proven(LISTED[:2]) is None


@given(st.lists(st.integers(-9, 0), max_size=12).map(sorted), st.integers(1, 6))
def test_the_window_slides(minutes: list[int], attempts: int) -> None:
    """A proof is looked at again when the last so many refusals are no longer all within the window."""
    policy = LinkagePolicy(attempts=attempts, attempt_window=timedelta(minutes=10))
    refused = [b.at(minute) for minute in minutes]
    again_at = rules.retry_at(refused, policy)
    assert (again_at is None) is (len(refused) < attempts)
    if again_at is not None:
        since = again_at - policy.attempt_window
        assert len([one for one in refused if one > since]) < attempts
        earlier = since - timedelta(microseconds=1)
        assert len([one for one in refused if one > earlier]) >= attempts


# -- Explanations ------------------------------------------------------------------------------------------------------


def explain(**known: object) -> Explanation:
    """Explain Jane's sight of her realty group, with all of it in order but what is said."""
    usual = rules.Asked(
        entity_id=b.REALTY,
        user=b.user(),
        active=True,
        link=b.link(),
        bar=None,
        invoice_id=None,
        invoice=None,
        past_shown=True,
    )
    asked = attrs.evolve(usual, **known)  # type: ignore[arg-type]
    explanation = rules.explain(asked)
    assert explanation.visible is not bool(explanation.reasons)
    assert (explanation.link, explanation.bar, explanation.entity_id) == (asked.link, asked.bar, b.REALTY)
    assert list(explanation.reasons) == [reason for reason in Reason if reason in explanation.reasons]
    return explanation


@pytest.mark.parametrize(
    ("linked", "barred", "active"), list(product([True, False], [True, False], [True, False, None]))
)
def test_why_an_entity_is_visible_or_not(*, linked: bool, barred: bool, active: bool | None) -> None:
    """Several reasons may hold; none holds exactly when it is visible (L12)."""
    explanation = explain(link=b.link() if linked else None, bar=b.bar() if barred else None, active=active)
    expected = {
        Reason.NOT_LINKED: not linked,
        Reason.BARRED: barred and not linked,
        Reason.ENTITY_INACTIVE: active is False,
        Reason.ABSENT: active is None,
    }
    assert explanation.reasons == tuple(reason for reason, holds in expected.items() if holds)


@pytest.mark.parametrize(
    ("status", "due", "past_shown", "reason"),
    [
        (InvoiceStatus.OPEN, 1, True, None),
        (InvoiceStatus.OPEN, 0, True, Reason.NOTHING_DUE),
        (InvoiceStatus.OPEN, -1, False, Reason.NOTHING_DUE),
        (InvoiceStatus.PAID, 0, True, None),
        (InvoiceStatus.PAID, 1, False, Reason.PAST_NOT_SHOWN),
        (InvoiceStatus.VOID, 1, True, Reason.VOID),
        (InvoiceStatus.DRAFT, 1, True, Reason.DRAFT),
    ],
)
@pytest.mark.parametrize("elsewhere", [True, False])
def test_why_an_invoice_is_visible_or_not(
    status: InvoiceStatus, due: int, reason: Reason | None, *, past_shown: bool, elsewhere: bool
) -> None:
    """The rule of every listing, told; an invoice of another entity is told so as well (L5, L12)."""
    invoice = b.invoice(entity_id=b.SMITH if elsewhere else b.REALTY, status=status, amount_due=b.usd(due))
    explanation = explain(invoice_id=invoice.invoice_id, invoice=invoice, past_shown=past_shown)
    expected = {reason} - {None} | ({Reason.OTHER_ENTITY} if elsewhere else set[Reason]())
    assert set(explanation.reasons) == expected


def test_an_invoice_that_is_not_there_is_absent() -> None:
    """Whatever else holds."""
    unknown = InvoiceId("INV-9")
    assert explain(invoice_id=unknown).reasons == (Reason.ABSENT,)
    assert explain(invoice_id=unknown, link=None, active=None).reasons == (Reason.NOT_LINKED, Reason.ABSENT)


def test_an_explanation_is_a_sentence() -> None:
    """Grounds where it is visible, reasons where it is not, and never an address."""
    grant = b.ground(GroundKind.FIRM_GRANT, since=b.at(5), by=b.STAFF)
    seen = explain(link=b.link(b.REALTY, b.JANE_ID, b.ground(LISTING, by="pms"), grant))
    assert str(seen) == (
        "User jane sees 1003: contact listing since 2026-03-02 12:00 UTC by pms; "
        "firm grant since 2026-03-02 12:05 UTC by staff-1."
    )
    draft = b.invoice(status=InvoiceStatus.DRAFT)
    assert str(explain(invoice_id=draft.invoice_id, invoice=draft)) == (
        f"User jane does not see invoice {draft.invoice_id} of 1003: the invoice is a draft."
    )
    assert str(explain(link=None, user=None, bar=b.bar())) == (
        "The address, which has no user, does not see 1003: they are not linked to it; "
        "the firm has unlinked them from it, which stands until the firm lifts the bar."
    )
    words = {reason: str(attrs.evolve(seen, visible=False, reasons=(reason,))) for reason in Reason}
    assert len(set(words.values())) == len(Reason)
    assert all(b.JANE.key not in sentence for sentence in words.values())
