"""Every use case of the library, each with what came before it."""

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from portal_linkage import (
    AutoLink,
    Claim,
    ContactRemoved,
    EntityId,
    InvoiceId,
    InvoiceProof,
    LinkageService,
    PaymentId,
    PortalUser,
    RosterPlan,
    SelfUnlink,
    UserId,
)
from portal_linkage.ports import Store
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, VERIFIED, World, arrival, verified

HOLDINGS: Final = EntityId("1004")
"""A client that lists nobody."""
U1: Final = UserId("u1")
JANE: Final = PortalUser(b.ACME, U1)
OTHER_ADDRESS: Final = b.jane_at(1)

Act = Callable[[LinkageService, Store], object]
Past = Callable[[World], object]


def _nothing(_: World) -> None:
    """Nothing has happened yet."""


@attrs.frozen
class UseCase:
    """One thing that somebody does."""

    act: Act
    past: Past = _nothing
    is_reading: bool = False

    def perform(self, world: World, store: Store) -> object:
        """Do it in this store: the world's own, or the same within a host's transaction."""
        return self.act(service(world).using(store), store)


def service(world: World) -> LinkageService:
    """Whatever a policy may allow is allowed, so that each use case has the most to do."""
    return world.portal(
        auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW, self_unlink=SelfUnlink.ALLOWED
    )


def furnish(world: World) -> None:
    """Acme has three clients that list Jane, and one that does not; each has bills of every kind."""
    world.save(b.firm(), b.entity(HOLDINGS, name="Smith Holdings"))
    world.save(*(b.entity(entity_id, b.JANE) for entity_id in b.NAMES))
    for entity_id in (*b.NAMES, HOLDINGS):
        world.save(
            b.invoice(f"INV-{entity_id}", entity_id),
            b.late_fee(f"FEE-{entity_id}", entity_id),
            b.payment(f"PAY-{entity_id}", entity_id),
        )


# -- What came before --------------------------------------------------------------------------------------------------


def _jane(*entity_ids: str) -> Past:
    return lambda world: world.jane(*entity_ids)


def _jane_was_unlinked(world: World) -> None:
    world.jane(b.REALTY, HOLDINGS)
    service(world).unlink(STAFF, U1, HOLDINGS)


def _jane_left(world: World) -> None:
    world.jane(b.REALTY)
    service(world).leave(JANE, b.REALTY)


def _two_are_told_of(world: World) -> None:
    world.jane(b.REALTY, b.TRUST)
    service(world).sign_up(b.ACME, verified(OTHER_ADDRESS), name="Jane", claim=arrival(HOLDINGS))


# -- What is done ------------------------------------------------------------------------------------------------------


def _sign_up(claim: Claim | None = None) -> Act:
    return lambda portal, _: portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=claim)


def _claim(claim: Claim) -> Act:
    return lambda portal, _: portal.claim(JANE, claim)


def _proof(entity_id: str, invoice: str | None = None) -> InvoiceProof:
    return InvoiceProof(entity_id, invoice or f"INV-{entity_id}")


def _plan(portal: LinkageService) -> RosterPlan:
    """Realty no longer lists Jane, Holdings does, Trust has closed, and there is a new client that lists her."""
    entities = [
        b.entity(b.REALTY),
        b.entity(HOLDINGS, b.JANE, name="Smith Holdings"),
        b.entity(b.TRUST, b.JANE, active=False),
        b.entity("1005", b.JANE),
        b.entity(b.SMITH),
    ]
    return portal.roster.plan(b.ACME, entities)


def _change_roster(portal: LinkageService, _: Store) -> object:
    plan = _plan(portal)
    return portal.roster.apply(plan, confirmed=plan.plan_id)


def _merge(portal: LinkageService, _: Store) -> object:
    """Trust goes into Holdings, which takes a number of its own, and Realty is called by another key."""
    holdings = b.entity(HOLDINGS, name="Smith Holdings", client_number="77")
    new_key = {b.REALTY: EntityId("2003")}
    plan = portal.roster.plan(b.ACME, [holdings], merged={b.TRUST: HOLDINGS}, renumbered=new_key)
    return portal.roster.apply(plan, confirmed=plan.plan_id)


def _listed_and_others(world: World) -> None:
    """Jane has three links by her listing, and another user has none but one of those."""
    service(world).sign_up(b.ACME, VERIFIED, name="Jane Smith")
    world.save(b.entity(b.SMITH, b.JANE, OTHER_ADDRESS))
    service(world).sign_up(b.ACME, verified(OTHER_ADDRESS), name="Jane")


def _save(_: LinkageService, store: Store) -> None:
    with store.transaction() as tx:
        tx.firms.save(b.firm(name="Acme and Partners"))
        tx.entities.save_many([b.entity(b.REALTY, OTHER_ADDRESS, name="Realty"), b.entity("1005", b.JANE)])
        tx.invoices.save_many([b.invoice(f"INV-{b.REALTY}", amount_due=b.usd(7)), b.invoice("INV-new")])
        tx.late_fees.save(b.late_fee(f"FEE-{b.REALTY}", amount=b.usd(7)))
        tx.payments.save(b.payment("PAY-new"))
        tx.invoices.remove(b.ACME, InvoiceId(f"INV-{b.TRUST}"))
        tx.payments.remove(b.ACME, PaymentId(f"PAY-{b.TRUST}"))


_CHANGES: Final[Mapping[str, UseCase]] = {
    "sign up": UseCase(_sign_up()),
    "sign up by arrival": UseCase(_sign_up(arrival(HOLDINGS))),
    "sign up by proof": UseCase(_sign_up(_proof(HOLDINGS))),
    "sign up by a wrong proof": UseCase(_sign_up(_proof(HOLDINGS, "wrong"))),
    "sign up again": UseCase(_sign_up(), _jane(b.REALTY)),
    "sign up again after leaving": UseCase(_sign_up(arrival()), _jane_left),
    "claim by arrival": UseCase(_claim(arrival(HOLDINGS)), _jane(b.REALTY)),
    "claim by proof": UseCase(_claim(_proof(HOLDINGS)), _jane(b.REALTY)),
    "claim what is linked": UseCase(_claim(_proof(b.REALTY)), _jane(b.REALTY)),
    "claim by a wrong proof": UseCase(_claim(_proof(HOLDINGS, "wrong")), _jane(b.REALTY)),
    "leave": UseCase(lambda portal, _: portal.leave(JANE, b.REALTY), _jane(b.REALTY, b.TRUST)),
    "leave the last": UseCase(lambda portal, _: portal.leave(JANE, b.REALTY), _jane(b.REALTY)),
    "link": UseCase(lambda portal, _: portal.link(STAFF, U1, HOLDINGS), _jane(b.REALTY)),
    "link what is barred": UseCase(lambda portal, _: portal.link(STAFF, U1, HOLDINGS), _jane_was_unlinked),
    "link what is linked": UseCase(lambda portal, _: portal.link(STAFF, U1, b.REALTY), _jane(b.REALTY)),
    "unlink": UseCase(lambda portal, _: portal.unlink(STAFF, U1, b.REALTY), _jane(b.REALTY, b.TRUST)),
    "unlink the last": UseCase(lambda portal, _: portal.unlink(STAFF, U1, b.REALTY), _jane(b.REALTY)),
    "remove a user": UseCase(lambda portal, _: portal.remove_user(STAFF, U1), _jane(b.REALTY, b.TRUST)),
    "lift a bar": UseCase(lambda portal, _: portal.lift_bar(STAFF, b.JANE, HOLDINGS), _jane_was_unlinked),
    "admit a guest": UseCase(lambda portal, _: portal.admit_guest(b.ACME, _proof(HOLDINGS))),
    "refuse a guest": UseCase(lambda portal, _: portal.admit_guest(b.ACME, _proof(HOLDINGS, "wrong"))),
    "change the roster": UseCase(_change_roster, _listed_and_others),
    "merge clients": UseCase(_merge, _jane(b.REALTY, b.TRUST)),
    "save": UseCase(_save),
    "journal": UseCase(lambda portal, _: portal.journal(STAFF), _two_are_told_of),
    "changes": UseCase(lambda portal, _: portal.changes(b.ACME), _two_are_told_of),
    "changes of all firms": UseCase(lambda _, store: store.changes(), _two_are_told_of),
}
"""What changes something: a person's rights, what the PMS owns, or the places of events in the journal."""

_READINGS: Final[Mapping[str, Act]] = {
    "find a user": lambda portal, _: portal.find_user(b.ACME, b.JANE),
    "bars": lambda portal, _: portal.bars(STAFF),
    "portal users": lambda portal, _: portal.portal_users(STAFF, search="smith"),
    "suggest": lambda portal, _: portal.suggest(STAFF, "smith", user_id=U1),
    "view": lambda portal, _: portal.view(JANE),
    "entities": lambda portal, _: portal.entities(JANE),
    "invoices": lambda portal, _: portal.invoices(JANE),
    "late fees": lambda portal, _: portal.late_fees(JANE),
    "payments": lambda portal, _: portal.payments(JANE),
    "an invoice": lambda portal, _: portal.invoice(JANE, InvoiceId(f"INV-{b.REALTY}")),
    "a payment": lambda portal, _: portal.payment(JANE, PaymentId(f"PAY-{b.REALTY}")),
    "can see": lambda portal, _: portal.can_see(JANE, b.REALTY),
    "explain": lambda portal, _: portal.explain(STAFF, U1, b.REALTY),
    "plan a roster": lambda portal, _: _plan(portal),
}

USE_CASES: Final[Mapping[str, UseCase]] = {
    **_CHANGES,
    **{name: UseCase(act, _jane_was_unlinked, is_reading=True) for name, act in _READINGS.items()},
}
