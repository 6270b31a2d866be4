"""Whole histories for a host's tests: firms that begin, and what people, firms and their PMS do from then on.

>>> from hypothesis import given, settings
>>> from portal_linkage import FirmStaff, LinkageService, StaffId
>>> from portal_linkage.adapters.memory import MemoryStore
>>> from portal_linkage.testing import happen, samples, strategies
>>> reception = FirmStaff(samples.ACME, StaffId("reception"))
>>> @settings(max_examples=10)
... @given(history=strategies.histories())
... def nobody_is_listed_without_a_client(history):
...     store = MemoryStore()
...     portal = LinkageService(store)
...     for act in history:
...         happen(portal, store, act)
...         assert all(row.entities for row in portal.portal_users(reception).items)
>>> nobody_is_listed_without_a_client()
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ..domain.entities import Bar, ClientEntity, Invoice, InvoiceProof, InvoiceStatus
from ..domain.errors import NotFound, NothingToLink, NotPermitted, PlanNotConfirmed
from ..domain.events import EventKind
from ..domain.values import FirmId, PageRequest, PlanId, UserId, iterate
from ..domain.viewers import Only
from ..ports import Snapshot, Store
from ..service import LinkageService
from .laws.acts import OFTEN, Act, acts
from .laws.doings import Doings, beginning
from .laws.town import ACME, BEACON, ZENITH, firms, foundings

__all__ = ["Act", "happen", "histories"]

T = TypeVar("T")

_NOT_THE_SERVICES: Final = {"plan_for_later", "apply_planned", "change_policy", "wait"}
"""What is about two calls, or about the switches and the clock that only the host's service knows."""

_REFUSALS: Final = (NotFound, NotPermitted, NothingToLink, PlanNotConfirmed)


@st.composite
def histories(draw: DrawFn, *, max_size: int = 12) -> list[Act]:
    """Histories that begin with nothing: three firms open, and then up to so many acts follow.

    ``acme`` and ``zenith`` open with clients, bills and users, ``beacon`` with none. In a firm of few clients and
    few addresses everything meets everything: people sign up by an arrival, by what is printed on a bill or by their
    listing alone, claim, leave, come back and pay as guests; the firm links, unlinks and lifts bars; rosters change,
    complete or in part; bills and payments come and go.
    """
    begun = [act for firm_id in (ACME, ZENITH) for act in beginning(draw(foundings(firm_id)))]
    begun.append(Act("change_settings", {"firm": draw(firms(BEACON))}))
    then = acts(*(verb for verb in OFTEN if verb not in _NOT_THE_SERVICES))
    # Lists are short by themselves, however long they may be.
    return begun + [draw(then) for _ in range(draw(st.integers(0, max_size)))]


def happen(portal: LinkageService, store: Store, *history: Act) -> list[object]:
    """Let acts happen to a service, whose store this is, and give what was answered to each.

    That is an outcome, the error by which the service refused, or ``None`` where nothing is answered. Whom an act is
    about is looked up in the store, so that acts may happen one by one, with anything in between.
    """
    scene = _Scene(portal, store)
    return [getattr(scene, act.verb)(**act.about) for act in history]


@attrs.frozen
class _Scene(Doings):
    """A service, and what there is for acts to be about, as it tells."""

    portal: LinkageService
    store: Store

    def agree(self, ask: Callable[[LinkageService], object]) -> object:
        try:
            return ask(self.portal)
        except _REFUSALS as refusal:
            return refusal

    def users(self, firm_id: FirmId) -> Sequence[UserId]:
        rows = iterate(lambda page: self.portal.portal_users(self.staff(firm_id), page=page))
        return sorted(row.user.user_id for row in rows)

    def last_gone(self, firm_id: FirmId) -> UserId | None:
        events = iterate(lambda page: self.portal.journal(self.staff(firm_id), page=page))
        gone = [event.user_id for event in events if event.kind is EventKind.USER_REMOVED]
        return gone[-1] if gone else None

    def bars(self, firm_id: FirmId) -> Sequence[Bar]:
        return list(iterate(lambda page: self.portal.bars(self.staff(firm_id), page=page)))

    def printed(self, firm_id: FirmId) -> Sequence[InvoiceProof]:
        with self.store.snapshot() as snapshot:
            clients = list(snapshot.entities.roster(firm_id))
            bearers = Counter(client.client_number for client in clients if client.active)
            return [
                InvoiceProof(client.client_number, bill.number)
                for client in clients
                for bill in _bills_of(snapshot, client)
                if bearers[client.client_number] == 1
            ]

    def change_roster(
        self, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False, named: bool | None = True
    ) -> object:
        plan = self.portal.roster.plan(firm_id, entities, complete=complete)
        confirmed = {None: None, True: plan.plan_id, False: PlanId("another")}[named]
        return self.agree(lambda portal: portal.roster.apply(plan, confirmed=confirmed))


def _bills_of(snapshot: Snapshot, client: ClientEntity) -> Iterator[Invoice]:
    """What a client owes, and has paid; nothing, if it is not active."""
    for status in (InvoiceStatus.OPEN, InvoiceStatus.PAID):
        yield from snapshot.invoices.in_scope(Only(client.firm_id, client.entity_id), status, PageRequest()).items
