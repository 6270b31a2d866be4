"""What a person does for themselves: sign up, claim, leave, pay as a guest."""

from collections.abc import Callable
from typing import assert_never

from ..domain import events, rules
from ..domain.entities import Arrival, Claim, Ground, GroundKind, Guest, InvoiceProof, PortalUser, User
from ..domain.errors import EntityNotFound, FirmNotFound, NothingToLink, NotPermitted
from ..domain.outcomes import (
    AlreadySignedUp,
    ClaimOutcome,
    ClaimRefused,
    NotLinked,
    SignedUp,
    SignUpOutcome,
    TooManyAttempts,
    UnlinkOutcome,
)
from ..domain.policy import SelfUnlink
from ..domain.values import EmailAddress, EntityId, UserId
from ..ports import Mailbox, Refusals
from ._change import Change, Held, subjects_of


def sign_up(
    change: Change, email: EmailAddress, name: str, claim: Claim | None, new_id: Callable[[], str]
) -> SignUpOutcome:
    """Make a user of a verified address and link what is theirs, or say why not."""
    if change.tx.firms.find(change.firm_id) is None:
        raise FirmNotFound(change.firm_id)
    mailbox = change.tx.mailboxes.lock(change.firm_id, email)
    if mailbox.user is not None:
        return AlreadySignedUp(mailbox.user, change.tx.links.listing(change.firm_id, mailbox.user.user_id))
    refusals = change.tx.bars.of(mailbox)
    proof = claim if isinstance(claim, InvoiceProof) else None
    if proof and (too_many := change.limited(subjects_of(proof, mailbox))):
        return too_many
    arrived = (claim.entity_id,) if isinstance(claim, Arrival) else ()
    held = change.held(*arrived, listing=email, bearing=proof.client_number if proof else None)
    claimed = _claimed(change, mailbox, claim, refusals, held)
    if isinstance(claimed, ClaimRefused):
        return claimed
    user = User(firm_id=change.firm_id, user_id=UserId(new_id()), email=email, name=name, signed_up_at=change.at)
    links = rules.sign_up(
        user,
        claimed=claimed,
        by=_kind_of(claim),
        listed=held.listed,
        barred=refusals.barred,
        left=refusals.left,
        policy=change.policy,
    )
    if not links:
        raise NothingToLink(change.firm_id)
    change.tx.users.add(mailbox, user)
    change.tx.links.add_many([(mailbox, link) for link in links])
    if links[0].entity_id in refusals.left:
        change.tx.bars.forget_leaving(mailbox, links[0].entity_id)
    told = [events.signed_up(user), *(event for link in links for event in events.linked(link))]
    return SignedUp(user, links, events=change.journal(told))


def _claimed(
    change: Change, mailbox: Mailbox, claim: Claim | None, refusals: Refusals, held: Held
) -> EntityId | ClaimRefused | None:
    match claim:
        case None:
            return None
        case InvoiceProof():
            return change.proved(claim, subjects_of(claim, mailbox), held.bearers, refusals.barred)
        case Arrival(entity_id=entity_id):
            if entity_id not in held.active:
                raise EntityNotFound(change.firm_id, entity_id)
            return entity_id
        case _:
            assert_never(claim)


def _kind_of(claim: Claim | None) -> GroundKind:
    return GroundKind.PROOF if isinstance(claim, InvoiceProof) else GroundKind.ARRIVAL


def claim_entity(change: Change, user: PortalUser, claim: Claim) -> ClaimOutcome:
    """Link one more entity to a user, by their own claim."""
    mailbox = change.locked(user.user_id)
    refusals = change.tx.bars.of(mailbox)
    if isinstance(claim, InvoiceProof):
        entitled = _proved(change, mailbox, claim, refusals)
    else:
        entitled = _arrived(change, mailbox, claim, refusals)
    if isinstance(entitled, ClaimRefused | TooManyAttempts):
        return entitled
    ground = Ground(kind=_kind_of(claim), since=change.at, by=user.user_id)
    return change.entitle(mailbox, entitled, ground, refusals)


def _proved(
    change: Change, mailbox: Mailbox, proof: InvoiceProof, refusals: Refusals
) -> EntityId | ClaimRefused | TooManyAttempts:
    subjects = subjects_of(proof, mailbox)
    if too_many := change.limited(subjects):
        return too_many
    return change.proved(proof, subjects, change.held(bearing=proof.client_number).bearers, refusals.barred)


def _arrived(change: Change, mailbox: Mailbox, arrival: Arrival, refusals: Refusals) -> EntityId | ClaimRefused:
    entity_id = arrival.entity_id
    if entity_id in refusals.barred or entity_id not in change.held(entity_id).active:
        return ClaimRefused()
    if rules.admits(change.policy, listed=False):
        return entity_id  # whatever the entity lists, so that nobody needs to look
    listed = change.tx.entities.listing(change.firm_id, mailbox.email)
    return entity_id if any(entity.entity_id == entity_id for entity in listed) else ClaimRefused()


def leave(change: Change, user: PortalUser, entity_id: EntityId) -> UnlinkOutcome:
    """Unlink a user from an entity at their own wish; remembered against automatic linking."""
    mailbox = change.locked(user.user_id)
    if change.policy.self_unlink is SelfUnlink.FORBIDDEN:
        raise NotPermitted("leave")
    link = change.tx.links.find(user.firm_id, user.user_id, entity_id)
    if link is None:
        return NotLinked()
    change.tx.bars.remember_leaving(mailbox, entity_id)
    return change.end(mailbox, [link], by=user.user_id)


def admit_guest(change: Change, proof: InvoiceProof) -> Guest | ClaimRefused | TooManyAttempts:
    """Let somebody in to pay who proves that they know a bill; they are counted by the typed number only."""
    if change.tx.firms.find(change.firm_id) is None:
        raise FirmNotFound(change.firm_id)
    subjects = subjects_of(proof)
    if too_many := change.limited(subjects):
        return too_many
    proved = change.proved(proof, subjects, change.bearers(proof.client_number))
    return proved if isinstance(proved, ClaimRefused) else Guest(change.firm_id, proved)
