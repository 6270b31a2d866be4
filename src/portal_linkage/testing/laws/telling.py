"""What a roster tells of more than clients: merges, new keys, contacts of another source; and what is seen of it."""

from collections.abc import Iterator, Mapping

import attrs

from ... import (
    ClientEntity,
    EmailAddress,
    EntityId,
    Explanation,
    FirmUnlink,
    GroundKind,
    InvoiceId,
    RosterPlan,
    SignedUp,
    UserId,
    VerifiedEmail,
)
from .pasts import MOST
from .town import ACME, ADDRESSES
from .trial import Trial

Moves = Mapping[EntityId, EntityId]
NOBODY: Moves = {}
GONE, INTO, THIRD, NEW = map(EntityId, ("1002", "1001", "1003", "2001"))
OTHER = ADDRESSES[2]
PEOPLE = tuple(map(EmailAddress.parse, (ADDRESSES[0], OTHER, ADDRESSES[3])))
"""Each mailbox of the town once."""


def tell(
    trial: Trial,
    *entities: ClientEntity,
    complete: bool = False,
    source: str = "pms",
    merged: Moves = NOBODY,
    renumbered: Moves = NOBODY,
) -> RosterPlan:
    """A source tells of changes, which are applied at once, by the name of their plan; the plan."""
    plan = trial.portal.roster.plan(
        ACME, entities, complete=complete, source=source, merged=merged, renumbered=renumbered
    )
    trial.portal.roster.apply(plan, confirmed=plan.plan_id)
    return plan


def signs_up(trial: Trial, address: str) -> list[EntityId]:
    """Somebody signs up without a claim: what they are linked to."""
    email = VerifiedEmail.attest(address, via="confirmation link")
    signed = trial.portal.sign_up(ACME, email, name="Jane Smith")
    assert isinstance(signed, SignedUp)
    return [link.entity_id for link in signed.links]


def signs_up_anew(trial: Trial, address: str) -> list[EntityId]:
    """Somebody is removed, without a bar, and signs up once more: what they are linked to."""
    trial.policies[ACME] = attrs.evolve(trial.policies[ACME], firm_unlink=FirmUnlink.FORGETS)
    user = trial.portal.find_user(ACME, EmailAddress.parse(address))
    assert user is not None
    trial.portal.remove_user(trial.staff(ACME), user.user_id)
    return signs_up(trial, address)


def _sights(trial: Trial) -> Iterator[tuple[UserId, ClientEntity]]:
    for row in trial.portal.portal_users(trial.staff(ACME), page=MOST).items:
        yield from ((row.user.user_id, entity) for entity in row.entities)


def sights(trial: Trial) -> set[tuple[UserId, EntityId]]:
    """Who is linked to what, be it inactive or not."""
    return {(user_id, entity.entity_id) for user_id, entity in _sights(trial)}


def active_sights(trial: Trial) -> set[tuple[UserId, EntityId]]:
    """Who is linked to what that is active."""
    return {(user_id, entity.entity_id) for user_id, entity in _sights(trial) if entity.active}


def bills_seen(trial: Trial) -> dict[UserId, set[InvoiceId]]:
    """The open invoices that each user sees."""
    rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
    return {
        row.user.user_id: {bill.invoice_id for bill in trial.portal.invoices(row.user.viewer, page=MOST).items}
        for row in rows
    }


def explained(trial: Trial, entity_id: EntityId) -> dict[EmailAddress, Explanation]:
    """Why everybody in town sees a client or does not."""
    return {email: trial.portal.explain(trial.staff(ACME), email, entity_id) for email in PEOPLE}


def kinds_of(*told: Explanation) -> set[GroundKind]:
    """On which kinds of ground these links stand together."""
    return {ground.kind for one in told if one.link for ground in one.link.grounds}
