"""A trial: whatever happens is done to the service on a store and to the model, and both must answer alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

import attrs

from ... import (
    Arrival,
    ClientEntity,
    EmailAddress,
    EntityId,
    Event,
    EventKind,
    FeeId,
    Firm,
    FirmId,
    FirmStaff,
    Invoice,
    InvoiceId,
    InvoiceProof,
    LateFee,
    LinkagePolicy,
    LinkageService,
    LinkChange,
    Payment,
    PaymentId,
    PlanId,
    PortalUser,
    RosterPlan,
    StaffId,
    UserId,
    VerifiedEmail,
)
from ...ports import Store
from ..titles import broken
from . import model_readings, model_roster
from .acts import Act
from .answers import Consumer, Refusal, answer
from .model import Model
from .model_roster import Planned
from .town import ACME, BARRED, JANE, NOT_THERE, UNKNOWN, ZENITH, Bill, Founding

T = TypeVar("T")
MakeStore = Callable[[], Store]
Claimed = Arrival | InvoiceProof | int
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Trial:
    """The service on a fresh store, beside the model."""

    def __init__(self, make_store: MakeStore, policy: LinkagePolicy | None = None) -> None:
        """Two firms, which keep the policy unless it is changed."""
        self.store = make_store()
        self.now = NOON
        self.policies = dict.fromkeys((ACME, ZENITH), policy or LinkagePolicy())
        self.planned: list[tuple[RosterPlan, Planned]] = []
        self.consumers = {firm_id: Consumer() for firm_id in self.policies}
        self.users_given = 0
        self.portal = LinkageService(self.store, policy=self._policy_of, clock=self._clock, new_id=self._new_id)
        self.model = Model(self.policies, self._clock, self._next_id)
        for firm_id in self.policies:
            self.change_settings(Firm(firm_id=firm_id, name="A firm"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.store.close()

    def _policy_of(self, firm_id: FirmId) -> LinkagePolicy:
        return self.policies.get(firm_id, LinkagePolicy())

    def _clock(self) -> datetime:
        return self.now

    def _next_id(self) -> UserId:
        return UserId(f"u{self.users_given + 1}")

    def _new_id(self) -> str:
        given = self._next_id()
        self.users_given += 1
        return given

    def do(self, *history: Act) -> Self:
        """Let it happen."""
        for act in history:
            with broken(act.law, f"{act.verb} is done, and answered, as the design says"):
                getattr(self, act.verb)(**act.about)
        return self

    def agree(self, ask: Callable[["LinkageService | Model"], T]) -> T | Refusal:
        """Ask both; they must answer alike."""
        expected = answer(lambda: ask(self.model))
        given = answer(lambda: ask(self.portal))
        assert given == expected
        return given

    def staff(self, firm_id: FirmId) -> FirmStaff:
        """Somebody of the firm."""
        return FirmStaff(firm_id, StaffId("staff-1"))

    def user_id(self, firm_id: FirmId, who: int) -> UserId:
        """Who is at this place among the firm's users; the last one who is gone; or nobody."""
        if (users := sorted(self.model.books[firm_id].users())) and who != NOT_THERE:
            return users[who % len(users)]
        gone = [event.user_id for event in self.model.books[firm_id].journal if event.kind is EventKind.USER_REMOVED]
        return (gone[-1] if gone else None) or UserId("nobody")

    def proof(self, firm_id: FirmId, which: int) -> InvoiceProof:
        """What is printed on one of the firm's bills."""
        book = self.model.books[firm_id]
        printed = [
            InvoiceProof(book.entities[bill.entity_id].client_number, bill.number)
            for bill in book.invoices.values()
            if bill.entity_id in book.entities
        ]
        known = printed and which != NOT_THERE
        return printed[which % len(printed)] if known else InvoiceProof("none", "none")

    def spelled_out(self, firm_id: FirmId, claim: Claimed) -> Arrival | InvoiceProof:
        """The claim itself, where only the place of a bill is given, or an entity that somebody was unlinked from."""
        if claim == BARRED:
            bars = model_readings.bars(self.model, self.staff(firm_id))
            return Arrival.attest(bars[-1].entity_id if bars else UNKNOWN, via="link in a mail")
        return self.proof(firm_id, claim) if isinstance(claim, int) else claim

    def found(self, *foundings: Founding) -> Self:
        """Firms begin."""
        for founding in foundings:
            firm_id = founding.firm.firm_id
            self.do(
                Act("change_settings", {"firm": founding.firm}),
                Act("change_roster", {"firm_id": firm_id, "entities": founding.roster}),
                Act("save_bills", {"bills": founding.bills}),
            )
            active = [entity.entity_id for entity in founding.roster if entity.active]
            for address, which in founding.first.items():
                arrival = Arrival.attest(active[which % len(active)], via="link in a mail") if active else None
                self.do(Act("sign_up", {"firm_id": firm_id, "address": address, "claim": arrival}))
        return self

    # -- What happens --------------------------------------------------------------------------------------------------

    def sign_up(self, firm_id: FirmId, address: str, name: str = "Jane Smith", claim: Claimed | None = None) -> object:
        """A person whose address the host has verified signs up."""
        email = VerifiedEmail.attest(address, via="confirmation link")
        given = None if claim is None else self.spelled_out(firm_id, claim)
        return self.agree(lambda portal: portal.sign_up(firm_id, email, name=name, claim=given))

    def claim(self, firm_id: FirmId, who: int, claim: Claimed) -> object:
        """A user claims one more entity."""
        user, given = PortalUser(firm_id, self.user_id(firm_id, who)), self.spelled_out(firm_id, claim)
        return self.agree(lambda portal: portal.claim(user, given))

    def leave(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """A user leaves an entity."""
        user = PortalUser(firm_id, self.user_id(firm_id, who))
        return self.agree(lambda portal: portal.leave(user, entity_id))

    def admit_guest(self, firm_id: FirmId, proof: InvoiceProof | int) -> object:
        """Somebody wants to pay without an account."""
        given = self.proof(firm_id, proof) if isinstance(proof, int) else proof
        return self.agree(lambda portal: portal.admit_guest(firm_id, given))

    def link(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """The firm links."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.link(staff, user_id, entity_id))

    def unlink(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """The firm unlinks."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.unlink(staff, user_id, entity_id))

    def remove_user(self, firm_id: FirmId, who: int) -> object:
        """The firm removes a user."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.remove_user(staff, user_id))

    def lift_bar(self, firm_id: FirmId, which: int) -> object:
        """The firm lifts one of its bars, or one that never was."""
        bars = [(bar.email, bar.entity_id) for bar in model_readings.bars(self.model, self.staff(firm_id))]
        known = bars and which != NOT_THERE
        email, entity_id = bars[which % len(bars)] if known else (EmailAddress.parse(JANE), UNKNOWN)
        return self.agree(lambda portal: portal.lift_bar(self.staff(firm_id), email, entity_id))

    def change_roster(
        self, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False, named: bool | None = True
    ) -> object:
        """The PMS tells of changes, which are applied at once."""
        self.plan_for_later(firm_id, entities, complete=complete)
        return self.apply_planned(named=named)

    def plan_for_later(self, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False) -> None:
        """The PMS tells of changes, which are planned."""
        roster = list(entities)
        shown = self.portal.roster.plan(firm_id, roster, complete=complete)
        expected = model_roster.plan(self.model, firm_id, roster, complete=complete)
        agree_on_plan(shown, expected)
        self.planned.append((RosterPlan.from_json(shown.to_json()), expected))

    def apply_planned(self, *, named: bool | None) -> object:
        """The plan made last is applied: confirmed by its own name, by another, or by none."""
        if not self.planned:
            return None
        shown, expected = self.planned.pop()
        confirmed = {None: None, True: shown.plan_id, False: PlanId("another")}[named]
        done = answer(lambda: model_roster.apply(self.model, shown.firm_id, expected, self.now, named=named))
        applied = answer(lambda: self.portal.roster.apply(shown, confirmed=confirmed))
        if isinstance(done, Refusal) or isinstance(applied, Refusal):
            assert getattr(applied, "error", None) == getattr(done, "error", None)
            return applied
        assert Counter(applied.events) == Counter(done)
        self._keep_order_of(shown.firm_id, applied.events)
        return applied

    def _keep_order_of(self, firm_id: FirmId, told: Sequence[Event]) -> None:
        """In which order one roster change tells of its effects is the library's to decide; the journal keeps it."""
        journal = self.model.books[firm_id].journal
        journal[len(journal) - len(told) :] = told

    def store_entity(self, entity: ClientEntity) -> None:
        """A host stores an entity past the roster: it links and unlinks nobody."""
        with self.store.transaction() as tx:
            tx.entities.save(entity)
        self.model.books[entity.firm_id].entities[entity.entity_id] = entity

    def save_bills(self, bills: Sequence[Bill]) -> None:
        """The PMS tells of bills and payments."""
        with self.store.transaction() as tx:
            tx.invoices.save_many(bill for bill in bills if isinstance(bill, Invoice))
            tx.late_fees.save_many(bill for bill in bills if isinstance(bill, LateFee))
            tx.payments.save_many(bill for bill in bills if isinstance(bill, Payment))
        for bill in bills:
            book = self.model.books[bill.firm_id]
            match bill:
                case Invoice():
                    book.invoices[bill.invoice_id] = bill
                case LateFee():
                    book.fees[bill.fee_id] = bill
                case _:
                    book.payments[bill.payment_id] = bill

    def remove_bill(self, firm_id: FirmId, bill_id: str) -> None:
        """The PMS takes a bill back, or one that was never there."""
        with self.store.transaction() as tx:
            tx.invoices.remove(firm_id, InvoiceId(bill_id))
            tx.late_fees.remove(firm_id, FeeId(bill_id))
            tx.payments.remove(firm_id, PaymentId(bill_id))
        book = self.model.books[firm_id]
        book.invoices.pop(InvoiceId(bill_id), None)
        book.fees.pop(FeeId(bill_id), None)
        book.payments.pop(PaymentId(bill_id), None)

    def change_settings(self, firm: Firm) -> None:
        """The firm comes to be, or changes what it shows."""
        with self.store.transaction() as tx:
            tx.firms.save(firm)
        self.model.save(firm)

    def change_policy(self, firm_id: FirmId, policy: LinkagePolicy) -> None:
        """The firm changes its switches, but for the limit on proofs."""
        old = self.policies[firm_id]
        self.policies[firm_id] = attrs.evolve(policy, attempts=old.attempts, attempt_window=old.attempt_window)

    def wait(self, how_long: timedelta) -> None:
        """Time passes."""
        self.now += how_long


def agree_on_plan(shown: RosterPlan, expected: Planned) -> None:
    """A plan shows exactly what the design says that it would do."""
    for name in ("added", "changed", "deactivated", "reactivated", "removed_users", "ambiguous_numbers"):
        assert list(getattr(shown, name)) == sorted(getattr(expected, name)), name
    for name in ("gains", "losses", "hidden"):
        assert Counter(map(_sight, getattr(shown, name))) == Counter(getattr(expected, name)), name
    assert shown.needs_confirmation == expected.needs_confirmation


def _sight(change: LinkChange) -> tuple[UserId, EntityId]:
    return (change.user_id, change.entity_id)
