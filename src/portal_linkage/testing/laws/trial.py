"""A trial: whatever happens is done to the service on a store and to the model, and both must answer alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

import attrs

from ... import (
    Bar,
    ClientEntity,
    EntityId,
    Event,
    EventKind,
    FeeId,
    Firm,
    FirmId,
    InvoiceId,
    InvoiceProof,
    LinkagePolicy,
    LinkageService,
    LinkChange,
    PaymentId,
    PlanId,
    RosterPlan,
    UserId,
)
from ...ports import Store
from . import model_readings, model_roster
from .answers import Consumer, Refusal, answer
from .doings import Doings
from .model import Model
from .model_roster import Planned
from .town import FIRMS, Bill

T = TypeVar("T")
MakeStore = Callable[[], Store]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Trial(Doings):
    """The service on a fresh store, beside the model."""

    def __init__(self, make_store: MakeStore, policy: LinkagePolicy | None = None) -> None:
        """The firms of the town, which keep the policy unless it is changed."""
        self.store = make_store()
        self.now = NOON
        self.policies = dict.fromkeys(FIRMS, policy or LinkagePolicy())
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

    def agree(self, ask: Callable[[LinkageService | Model], T]) -> T | Refusal:
        """Ask both; they must answer alike."""
        expected = answer(lambda: ask(self.model))
        given = answer(lambda: ask(self.portal))
        assert given == expected
        return given

    def users(self, firm_id: FirmId) -> Sequence[UserId]:
        """As the model has them."""
        return sorted(self.model.books[firm_id].users())

    def last_gone(self, firm_id: FirmId) -> UserId | None:
        """As the model has it."""
        gone = [event.user_id for event in self.model.books[firm_id].journal if event.kind is EventKind.USER_REMOVED]
        return gone[-1] if gone else None

    def printed(self, firm_id: FirmId) -> Sequence[InvoiceProof]:
        """As the model has it."""
        book = self.model.books[firm_id]
        return [
            InvoiceProof(book.entities[bill.entity_id].client_number, bill.number)
            for bill in book.invoices.values()
            if bill.entity_id in book.entities
        ]

    def bars(self, firm_id: FirmId) -> Sequence[Bar]:
        """As the model has them."""
        return model_readings.bars(self.model, self.staff(firm_id))

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
        super().store_entity(entity)
        self.model.books[entity.firm_id].entities[entity.entity_id] = entity

    def save_bills(self, bills: Sequence[Bill]) -> None:
        """The PMS tells of bills and payments."""
        super().save_bills(bills)
        for bill in bills:
            self.model.books[bill.firm_id].keep(bill)

    def remove_bill(self, firm_id: FirmId, bill_id: str) -> None:
        """The PMS takes a bill back, or one that was never there."""
        super().remove_bill(firm_id, bill_id)
        book = self.model.books[firm_id]
        book.invoices.pop(InvoiceId(bill_id), None)
        book.fees.pop(FeeId(bill_id), None)
        book.payments.pop(PaymentId(bill_id), None)

    def change_settings(self, firm: Firm) -> None:
        """The firm comes to be, or changes what it shows."""
        super().change_settings(firm)
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
