"""L10: the invisible does not exist."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import (
    Arrival,
    AutoLink,
    ClaimRefused,
    EmailAddress,
    EntityId,
    Guest,
    InvoiceProof,
    InvoiceStatus,
    LinkagePolicy,
    LinkageService,
    Linked,
    Page,
    PageRequest,
    TooManyAttempts,
    UserId,
    Viewer,
)
from .. import strategies
from ..promises import Promises, for_each_store
from .answers import Refusal, answer, refused
from .audit import users, visits
from .pasts import MOST, Past, pasts
from .town import ACME, ENTITY_IDS, INVOICE_IDS, JANE, PAYMENT_IDS, Founding, bill_of, client, foundings, proofs
from .trial import Trial

T = TypeVar("T")

MICROSECOND = timedelta(microseconds=1)
SHOWN = (InvoiceStatus.OPEN, InvoiceStatus.PAID)


def _alike(told: object, none: Refusal, name: str) -> bool:
    """Whether an answer is either a sight or the very refusal of what is not there."""
    return not isinstance(told, Refusal) or (told.error, told.sentence.replace(name, "none")) == (
        none.error,
        none.sentence,
    )


def _listed(ask: Callable[..., Page[T]], viewer: Viewer, **more: object) -> tuple[T, ...]:
    """What is listed to a viewer; nothing to one who is refused."""
    told = answer(ask, viewer, page=MOST, **more)
    return () if isinstance(told, Refusal) else told.items


def _bills_listed(portal: LinkageService, viewer: Viewer) -> set[str]:
    """The ids of all invoices and payments that are listed to a viewer."""
    shown = (bill for status in SHOWN for bill in _listed(portal.invoices, viewer, status=status))
    return {*(bill.invoice_id for bill in shown), *(made.payment_id for made in _listed(portal.payments, viewer))}


def _refused_proofs(trial: Trial) -> list[InvoiceProof]:
    """A user, a client for each kind of refusal, and the proofs: unknown, wrong, inactive, shared, barred."""
    clients = [
        client("own", JANE, number="1"),
        client("barred", JANE, number="2"),
        client("inactive", number="3", active=False),
        client("twin-1", number="4"),
        client("twin-2", number="4"),
    ]
    trial.change_roster(ACME, clients)
    for entity in clients:
        trial.save_bills([bill_of(entity.entity_id, entity.entity_id)])
    trial.sign_up(ACME, JANE)
    trial.unlink(ACME, 0, EntityId("barred"))
    pairs = [("9", "INV-1"), ("1", "wrong"), ("3", "INV-1"), ("4", "INV-1"), ("2", "INV-1")]
    return [InvoiceProof(number, bill) for number, bill in pairs]


def _arrival(founding: Founding) -> Arrival:
    return Arrival.attest(founding.roster[0].entity_id, via="link in a mail")


class InvisibleLaw(Promises):
    """L10: the invisible does not exist."""

    law = "L10"

    @settings(for_each_store, max_examples=8)
    @given(past=pasts())
    def test_a_bill_that_may_not_be_seen_is_answered_like_one_that_is_not_there(self, past: Past) -> None:
        """L10: somebody else's bill, a draft, a hidden past and no bill at all are one answer, to every viewer."""
        with past.relived(self.make_store) as trial:
            asks: list[tuple[Callable[..., object], tuple[str, ...]]] = [
                (trial.portal.invoice, INVOICE_IDS),
                (trial.portal.payment, PAYMENT_IDS),
            ]
            for viewer in (*users(trial), *visits()):
                listed = _bills_listed(trial.portal, viewer)
                for ask, ids in asks:
                    none = refused(ask, viewer, "none")
                    for bill_id in ids:
                        told = answer(ask, viewer, bill_id)
                        assert _alike(told, none, bill_id)
                        assert isinstance(told, Refusal) == (bill_id not in listed)

    @settings(for_each_store, max_examples=8)
    @given(past=pasts())
    def test_an_entity_that_may_not_be_seen_is_answered_like_one_that_is_not_there(self, past: Past) -> None:
        """L10: another client's entity, an inactive one and none at all are one answer, to every question."""
        with past.relived(self.make_store) as trial:
            portal, no_entity = trial.portal, EntityId("none")
            for row in portal.portal_users(trial.staff(ACME), page=MOST).items:
                viewer = row.user.viewer
                asks: list[Callable[..., object]] = [portal.view, portal.entities, portal.invoices, portal.late_fees]
                for ask in (*asks, portal.payments):
                    none = refused(ask, viewer, entity_id=no_entity)
                    for entity_id in ENTITY_IDS:
                        told = answer(ask, viewer, entity_id=entity_id)
                        assert _alike(told, none, entity_id)
                        assert isinstance(told, Refusal) != portal.can_see(viewer, entity_id)

    @settings(for_each_store, max_examples=10)
    @given(order=st.permutations(range(5)), attempts=st.integers(1, 5))
    def test_every_refused_proof_is_one_answer_and_counts_alike(self, order: list[int], attempts: int) -> None:
        """L10: wrong, unknown, inactive, ambiguous, barred are `ClaimRefused`, each counted once, until the limit."""
        with Trial(self.make_store, LinkagePolicy(attempts=attempts)) as trial:
            proofs_refused = _refused_proofs(trial)
            for place, which in enumerate(order):
                told = trial.claim(ACME, 0, proofs_refused[which])
                expected = ClaimRefused() if place < attempts else TooManyAttempts(trial.now + timedelta(minutes=10))
                assert told == expected

    @settings(for_each_store, max_examples=12)
    @given(
        attempts=st.integers(1, 4),
        gaps=st.lists(st.integers(0, 400), min_size=4, max_size=4),
        known=st.booleans(),
        late=st.booleans(),
    )
    def test_the_limit_slides_and_looks_nothing_up(
        self, attempts: int, gaps: list[int], known: bool, late: bool
    ) -> None:
        """L10: from `retry_at` on, not a microsecond earlier, a right proof is right again, existing number or not."""
        with Trial(self.make_store, LinkagePolicy(attempts=attempts)) as trial:
            trial.change_roster(ACME, [client("own", number="1")] if known else [])
            trial.save_bills([bill_of("own", "i1")])
            for gap in gaps[:attempts]:
                trial.wait(timedelta(seconds=gap))
                trial.admit_guest(ACME, InvoiceProof("1", "wrong"))
            limited = trial.admit_guest(ACME, InvoiceProof("1", "INV-1"))
            if not isinstance(limited, TooManyAttempts):
                assert sum(gaps[1:attempts]) >= 600
                return
            trial.wait(limited.retry_at - trial.now - (timedelta(0) if late else MICROSECOND))
            again = trial.admit_guest(ACME, InvoiceProof("1", "INV-1"))
            assert isinstance(again, (Guest if known else ClaimRefused) if late else TooManyAttempts)

    @settings(for_each_store, max_examples=10)
    @given(proof=proofs, attempts=st.integers(1, 3), founding=foundings(ACME))
    def test_people_share_the_limit_of_a_number_and_numbers_the_limit_of_a_person(
        self, proof: InvoiceProof, attempts: int, founding: Founding
    ) -> None:
        """L10: refusals are counted per person and per typed number, so that neither is a way around the other."""
        policy = LinkagePolicy(attempts=attempts, auto_link=AutoLink.AT_SIGN_UP)
        with Trial(self.make_store, policy) as trial:
            trial.found(founding)
            for _ in range(attempts):
                assert trial.admit_guest(ACME, InvoiceProof(proof.client_number, "wrong")) == ClaimRefused()
            by_number = [trial.admit_guest(ACME, proof), trial.sign_up(ACME, "new@example.com", claim=proof)]
            assert all(isinstance(told, TooManyAttempts) for told in by_number)
            for place in range(attempts):
                number = InvoiceProof(f"no such number {place}", "wrong")
                assert trial.sign_up(ACME, "new@example.com", claim=number) == ClaimRefused()
            unheard = trial.sign_up(ACME, "new@example.com", claim=InvoiceProof("another", "wrong"))
            assert isinstance(unheard, TooManyAttempts)
            assert not isinstance(trial.sign_up(ACME, "new@example.com", claim=_arrival(founding)), TooManyAttempts)

    @settings(for_each_store, max_examples=8)
    @given(attempts=st.integers(1, 4), by_number=st.booleans())
    def test_who_must_wait_waits_with_a_right_proof_too(self, attempts: int, by_number: bool) -> None:
        """L10: a user over the limit of a number, or of their own, is told to wait however right the next proof is."""
        with Trial(self.make_store, LinkagePolicy(attempts=attempts)) as trial:
            trial.change_roster(ACME, [client("own", JANE, number="1"), client("other", number="2")])
            trial.save_bills([bill_of("other", "i1")])
            trial.sign_up(ACME, JANE)
            for place in range(attempts):
                number = "2" if by_number else f"no such number {place}"
                assert trial.claim(ACME, 0, InvoiceProof(number, "wrong")) == ClaimRefused()
            right = InvoiceProof("2", "INV-1")
            assert trial.claim(ACME, 0, right) == TooManyAttempts(trial.now + timedelta(minutes=10))
            trial.wait(timedelta(minutes=10))
            assert isinstance(trial.claim(ACME, 0, right), Linked)

    def test_a_proof_is_exact_and_a_draft_proves_nothing(self) -> None:
        """L10: a number in another case, or with a blank beside it, is as wrong as any, and so is that of a draft."""
        with Trial(self.make_store, LinkagePolicy(attempts=9)) as trial:
            trial.change_roster(ACME, [client("own", JANE, number="1"), client("other", number="A-7")])
            draft = attrs.evolve(bill_of("other", "i2", "INV-2"), status=InvoiceStatus.DRAFT)
            trial.save_bills([bill_of("other", "i1"), draft])
            trial.sign_up(ACME, JANE)
            for number, bill in [
                ("a-7", "INV-1"),
                ("A-7", "inv-1"),
                ("A-7 ", "INV-1"),
                ("A-7", " INV-1"),
                ("A-7", "INV-2"),
            ]:
                assert trial.claim(ACME, 0, InvoiceProof(number, bill)) == ClaimRefused()
            assert isinstance(trial.claim(ACME, 0, InvoiceProof("A-7", "INV-1")), Linked)

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), text=strategies.hostile_texts())
    def test_hostile_questions_find_nothing_and_change_nothing(self, past: Past, text: str) -> None:
        """L10: whatever is typed as a search, a number, a name or an id is refused as a value or finds nothing."""
        with past.relived(self.make_store) as trial:
            portal, staff = trial.portal, trial.staff(ACME)
            rows = {row.user.user_id for row in portal.portal_users(staff, page=MOST).items}
            assert {row.user.user_id for row in portal.portal_users(staff, search=text, page=MOST).items} <= rows
            assert {found.entity_id for found in portal.suggest(staff, text)} <= set(ENTITY_IDS)
            told = (
                answer(lambda: portal.admit_guest(ACME, InvoiceProof(text, text))),
                answer(lambda: portal.find_user(ACME, EmailAddress.parse(text))),
                answer(portal.link, staff, UserId(text), EntityId(text)),
                answer(portal.portal_users, staff, page=PageRequest(after=text)),
            )
            kinds = {value.error for value in told if isinstance(value, Refusal)}
            assert kinds <= {"InvalidValue", "InvalidEmail", "InvalidCursor", "UserNotFound", "EntityNotFound"}
