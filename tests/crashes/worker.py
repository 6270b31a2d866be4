"""A process of the host's that changes things until it is killed, or its database is gone."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

import attrs

from portal_linkage import (
    AutoLink,
    Conflict,
    ContactRemoved,
    EntityId,
    InvoiceProof,
    LinkagePolicy,
    LinkageService,
    PortalLinkageError,
    SelfUnlink,
    StoreUnavailable,
    User,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store, Transaction
from portal_linkage.testing import builders as b
from portal_linkage.wire import Json, to_json
from tests.service.world import STAFF, arrival, verified

from .ledger import Act, Pen

POLICY: Final = LinkagePolicy(
    auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW, self_unlink=SelfUnlink.ALLOWED
)
ADDRESSES: Final = tuple(map(b.jane_at, range(6)))
ENTITIES: Final = (*b.NAMES, EntityId("1004"), EntityId("1005"))
WORKERS: Final = 3
"""At most so many at once. Each has a client of its own, whose bills and contacts no other touches."""

_OFTEN: Final[Mapping[str, int]] = {
    "sign up": 3,
    "link": 4,
    "unlink": 4,
    "remove": 1,
    "lift a bar": 3,
    "claim": 2,
    "leave": 1,
    "guess": 1,
    "save": 2,
    "change the roster": 1,
    "read": 1,
}


def found(store: Store) -> None:
    """Acme has five clients, each with bills, and each lists two of the addresses."""
    with store.transaction() as tx:
        tx.firms.save(b.firm())
        for number, entity_id in enumerate(ENTITIES):
            tx.entities.save(b.entity(entity_id, *ADDRESSES[number : number + 2], name=named(0)))
            save_bills(tx, entity_id, 0)


def named(number: int) -> str:
    """How a client is called from the act of this number on."""
    return f"Smith {number}"


def save_bills(tx: Transaction, entity_id: EntityId, amount: int) -> None:
    """Three bills of a client that are saved together."""
    tx.invoices.save(b.invoice(f"INV-{entity_id}", entity_id, amount_due=b.usd(amount)))
    tx.late_fees.save(b.late_fee(f"FEE-{entity_id}", entity_id, amount=b.usd(amount)))
    tx.payments.save(b.payment(f"PAY-{entity_id}", entity_id, amount=b.usd(amount)))


@attrs.define
class Worker:
    """One of those at work, and what the host's process has: a store, a service, a clock."""

    store: Store
    own: EntityId
    chance: random.Random
    now: datetime = b.NOON

    @property
    def portal(self) -> LinkageService:
        """The service, by this worker's clock."""
        return LinkageService(self.store, POLICY, clock=lambda: self.now)

    def choose(self, number: int) -> Act:
        """Think of something to do."""
        (verb,) = self.chance.choices(list(_OFTEN), list(_OFTEN.values()))
        entity_id = self.own if verb in ("save", "change the roster") else self.chance.choice(ENTITIES)
        return Act(number, verb, self.chance.randrange(len(ADDRESSES)), entity_id)

    def do(self, act: Act) -> Json:
        """Do it, and tell its events; nothing, if it is refused as the business foresees, or others were in the way."""
        self.now = act.at
        try:
            outcome = self._answer(act)
        except StoreUnavailable:
            raise
        except Conflict as conflict:
            if not conflict.retryable:
                raise
            return None
        except PortalLinkageError:
            return None
        return to_json(getattr(outcome, "events", ()))

    def _answer(self, act: Act) -> object:
        if act.verb in _AT_THE_FIRM:
            return _AT_THE_FIRM[act.verb](self, act)
        user = self.portal.find_user(b.ACME, ADDRESSES[act.address])
        return self.sign_up(act) if user is None else _TO_A_USER[act.verb](self, act, user)

    def sign_up(self, act: Act) -> object:
        """Somebody comes from a mail of this client."""
        email, claim = verified(ADDRESSES[act.address]), arrival(act.entity_id)
        return self.portal.sign_up(b.ACME, email, name=f"Jane Smith {act.number}", claim=claim)

    def save(self, act: Act) -> None:
        """The PMS has new amounts of this client."""
        with self.store.transaction() as tx:
            save_bills(tx, act.entity_id, act.number)

    def change_roster(self, act: Act) -> object:
        """The PMS has a new name of this client, and other contacts."""
        listed = self.chance.sample(ADDRESSES, 2)
        plan = self.portal.roster.plan(b.ACME, [b.entity(act.entity_id, *listed, name=named(act.number))])
        return self.portal.roster.apply(plan, confirmed=plan.plan_id)


_AT_THE_FIRM: Final[Mapping[str, Callable[[Worker, Act], object]]] = {
    "sign up": Worker.sign_up,
    "save": Worker.save,
    "change the roster": Worker.change_roster,
    "lift a bar": lambda worker, act: worker.portal.lift_bar(STAFF, ADDRESSES[act.address], act.entity_id),
    "guess": lambda worker, act: worker.portal.admit_guest(b.ACME, InvoiceProof(f"guess {act.number}", "INV-1")),
    "read": lambda worker, _: (worker.portal.changes(b.ACME, limit=1), worker.store.changes(limit=1)),
}

_TO_A_USER: Final[Mapping[str, Callable[[Worker, Act, User], object]]] = {
    "link": lambda worker, act, user: worker.portal.link(STAFF, user.user_id, act.entity_id),
    "unlink": lambda worker, act, user: worker.portal.unlink(STAFF, user.user_id, act.entity_id),
    "remove": lambda worker, _, user: worker.portal.remove_user(STAFF, user.user_id),
    "leave": lambda worker, act, user: worker.portal.leave(user.viewer, act.entity_id),
    "claim": lambda worker, act, user: worker.portal.claim(
        user.viewer, InvoiceProof(act.entity_id, f"INV-{act.entity_id}")
    ),
}


def work(url: str, path: Path, index: int, first: int) -> None:
    """Go on until the end, whatever it be. The numbers of the acts begin with the first one, and leave others' out."""
    pen = Pen.on(path)
    try:
        store = SqlStore.open(url)
        worker = Worker(store, ENTITIES[index], random.Random(first + index))
        for number in count(first + index, WORKERS):
            act = worker.choose(number)
            pen.begin(act)
            pen.acknowledge(act, worker.do(act))
    except StoreUnavailable:
        pen.end(StoreUnavailable.__name__)
