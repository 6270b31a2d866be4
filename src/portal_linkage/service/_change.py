"""One change in progress, and the steps that several use cases share."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import attrs

from ..domain import events, rules
from ..domain.entities import ClientEntity, Ground, InvoiceProof, Link
from ..domain.errors import UserNotFound
from ..domain.events import Event
from ..domain.outcomes import (
    AlreadyLinked,
    ClaimRefused,
    Linked,
    LinkOutcome,
    TooManyAttempts,
    Unlinked,
    UserRemoved,
)
from ..domain.policy import LinkagePolicy
from ..domain.values import EmailAddress, EntityId, FirmId, UserId
from ..ports import Mailbox, Refusals, Transaction


def subjects_of(proof: InvoiceProof, *persons: Mailbox) -> tuple[str, ...]:
    """Those whose refused proofs are counted: the person, if known, and the number as typed."""
    return (*(f"person:{mailbox.mailbox_id}" for mailbox in persons), f"number:{proof.client_number}")


@attrs.frozen
class Held:
    """Entities that nobody else changes until a change ends: the active ones, and why they were looked for."""

    active: frozenset[EntityId]
    listed: tuple[ClientEntity, ...]
    bearers: tuple[ClientEntity, ...]


@attrs.frozen
class Change:
    """One change at a firm: the transaction, the firm's policy, and the time by which all of it is dated."""

    tx: Transaction
    firm_id: FirmId
    policy: LinkagePolicy
    at: datetime

    def journal(self, told: Sequence[Event]) -> tuple[Event, ...]:
        """Write the events down; they are also the outcome's."""
        if told:
            self.tx.journal.append(told)
        return tuple(told)

    def locked(self, user_id: UserId) -> Mailbox:
        """The locked mailbox of a user; `UserNotFound` if there is no such user (any more)."""
        mailbox = self.tx.mailboxes.lock_user(self.firm_id, user_id)
        if mailbox is None:
            raise UserNotFound(self.firm_id, user_id)
        return mailbox

    def held(self, *entity_ids: EntityId, listing: EmailAddress | None = None, bearing: str | None = None) -> Held:
        """What a link may rest on, as it is until the change ends.

        All of it is held at once, and read again until nothing is found that is not held: one roster change may
        change several of these entities, and is met as a whole, before or after.
        """
        entities, held = self.tx.entities, set[EntityId]()
        active: frozenset[EntityId] = frozenset()
        while True:
            listed = () if listing is None else entities.listing(self.firm_id, listing)
            bearers = () if bearing is None else self.bearers(bearing)
            met = {*entity_ids, *(entity.entity_id for entity in (*listed, *bearers))}
            if met <= held:
                return Held(active, listed, bearers)
            held |= met
            active = entities.hold(self.firm_id, held)

    def bearers(self, number: str) -> tuple[ClientEntity, ...]:
        """The active entities that bear a client number; where there is none, those that once did."""
        return self.tx.entities.numbered(self.firm_id, (number,)) or self.tx.entities.formerly(self.firm_id, number)

    def limited(self, subjects: Sequence[str]) -> TooManyAttempts | None:
        """Whether any of these must wait before a proof is looked at: asked before any look-up (L10)."""
        since = self.at - self.policy.attempt_window
        recent = [self.tx.attempts.recent(self.firm_id, subject, since) for subject in subjects]
        waits = [wait for refused in recent if (wait := rules.retry_at(refused, self.policy)) is not None]
        return TooManyAttempts(max(waits)) if waits else None

    def proved(
        self,
        proof: InvoiceProof,
        subjects: Sequence[str],
        bearers: Sequence[ClientEntity],
        barred: Collection[EntityId] = (),
    ) -> EntityId | ClaimRefused:
        """The entity that a proof opens, given who bears its number; a refusal is counted (L10)."""
        entity_id = rules.proven(bearers)
        if (
            entity_id is not None
            and entity_id not in barred
            and self.tx.invoices.proves(self.firm_id, entity_id, proof.invoice_number)
        ):
            return entity_id
        for subject in subjects:
            self.tx.attempts.add(self.firm_id, subject, self.at, self.at + self.policy.attempt_window)
        return ClaimRefused()

    def entitle(self, mailbox: Mailbox, entity_id: EntityId, ground: Ground, refusals: Refusals) -> LinkOutcome:
        """Link the mailbox's user by this ground, or add it to the link that stands (L9).

        What stood against it yields: the caller has decided that it does.
        """
        assert mailbox.user is not None  # noqa: S101 -- tells the type checker; both callers have answered otherwise
        told = list(self._clear(mailbox, entity_id, ground, refusals))
        link = self.tx.links.find(self.firm_id, mailbox.user.user_id, entity_id)
        if link is None:
            link = rules.new_link(mailbox.user, entity_id, ground)
            self.tx.links.add_many([(mailbox, link)])
            return Linked(link, events=self.journal([*told, *events.linked(link)]))
        if not link.has(ground.kind):
            self.tx.links.add_grounds([(link, ground)])
            link = link.with_ground(ground)
            told.append(events.ground_added(link, ground))
        return AlreadyLinked(link, events=self.journal(told))

    def _clear(self, mailbox: Mailbox, entity_id: EntityId, ground: Ground, refusals: Refusals) -> Iterator[Event]:
        if entity_id in refusals.left:
            self.tx.bars.forget_leaving(mailbox, entity_id)
        if entity_id in refusals.barred:
            self.tx.bars.remove(mailbox, entity_id)
            yield events.bar_lifted(self.firm_id, mailbox.user, entity_id, by=ground.by, at=self.at)

    def end(self, mailbox: Mailbox, links: Sequence[Link], *, by: str) -> Unlinked | UserRemoved:
        """End these links, and with the last one the user (L3)."""
        assert mailbox.user is not None  # noqa: S101 -- tells the type checker; all callers have answered otherwise
        self.tx.links.remove_many(links)
        told = [events.unlinked(link, by=by, at=self.at) for link in links]
        if self.tx.links.any_of(self.firm_id, mailbox.user.user_id):
            return Unlinked(events=self.journal(told))
        self.tx.users.remove(mailbox.user)
        told.append(events.user_removed(mailbox.user, by=by, at=self.at))
        return UserRemoved(events=self.journal(told))
