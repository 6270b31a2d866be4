"""What people and the firm do, on a portal and in a book of the model; and how an answer is compared."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Protocol

import attrs

from portal_linkage import (
    AlreadyLinked,
    AlreadySignedUp,
    Arrival,
    EmailAddress,
    EntityId,
    EntityNotFound,
    FirmId,
    FirmStaff,
    InvoiceProof,
    Link,
    LinkageService,
    LinkChange,
    Linked,
    NothingToLink,
    PlanOutdated,
    PortalUser,
    RosterApplied,
    SignedUp,
    UserId,
    UserNotFound,
    VerifiedEmail,
)
from portal_linkage.testing import builders as b

from .model import Answer, Book, Deed, Grounds

Performance = Callable[[LinkageService], object]


class Act(Deed, Protocol):
    """Something that is done at a firm."""

    @property
    def user_id(self) -> UserId:
        """The user who is made by it, or to whom it is done."""
        ...

    def prepared(self, portal: LinkageService, firm_id: FirmId) -> Performance:
        """Get ready to do it at this firm, before anybody else begins."""
        ...


@attrs.frozen
class SignUp:
    """A person signs up, from the portal of an entity or from nowhere."""

    email: EmailAddress
    user_id: UserId
    entity_id: EntityId | None = None

    def prepared(self, _portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        jane = VerifiedEmail.attest(self.email, via="one-click invoice e-mail")
        claim = Arrival.attest(self.entity_id, via="one-click invoice e-mail") if self.entity_id else None
        return lambda portal: portal.sign_up(firm_id, jane, name="Jane Smith", claim=claim)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.sign_up(self.email.key, self.user_id, self.entity_id)


@attrs.frozen
class Unlink:
    """A member of staff clicks the X beside an entity."""

    user_id: UserId
    entity_id: EntityId

    def prepared(self, _portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        return lambda portal: portal.unlink(FirmStaff(firm_id, b.STAFF), self.user_id, self.entity_id)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.unlink(self.user_id, self.entity_id)


@attrs.frozen
class Grant:
    """A member of staff links an entity."""

    user_id: UserId
    entity_id: EntityId

    def prepared(self, _portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        return lambda portal: portal.link(FirmStaff(firm_id, b.STAFF), self.user_id, self.entity_id)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.link(self.user_id, self.entity_id)


@attrs.frozen
class Prove:
    """A user types a client number and the number of its bill."""

    user_id: UserId
    entity_id: EntityId

    def prepared(self, _portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        user, proof = PortalUser(firm_id, self.user_id), InvoiceProof(self.entity_id, number_of(self.entity_id))
        return lambda portal: portal.claim(user, proof)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.claim(self.user_id, self.entity_id)


@attrs.frozen
class Relist:
    """The practice-management system lists these addresses with an entity from now on: a plan, shown and named."""

    user_id: ClassVar[UserId] = UserId("nobody")
    entity_id: EntityId
    emails: tuple[EmailAddress, ...] = ()

    def prepared(self, portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        plan = portal.roster.plan(firm_id, [b.entity(self.entity_id, *self.emails, firm_id=firm_id)])
        return lambda portal: portal.roster.apply(plan, confirmed=plan.plan_id)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.roster(self.entity_id, frozenset(email.key for email in self.emails))


@attrs.frozen
class LetGo:
    """Clients nobody is linked to are let go, or merged, and others list nobody any more: a plan, shown and named."""

    user_id: ClassVar[UserId] = UserId("nobody")
    entity_ids: tuple[EntityId, ...]
    silent: tuple[EntityId, ...] = ()
    into: EntityId | None = None

    def prepared(self, portal: LinkageService, firm_id: FirmId) -> Performance:
        """See `Act`."""
        gone = [b.entity(one, b.JANE, active=False, firm_id=firm_id) for one in self.entity_ids]
        merged = dict.fromkeys(self.entity_ids, self.into) if self.into else {}
        silent = [b.entity(one, firm_id=firm_id) for one in self.silent]
        plan = portal.roster.plan(firm_id, [*gone, *silent], merged=merged)
        return lambda portal: portal.roster.apply(plan, confirmed=plan.plan_id)

    def done_in(self, book: Book) -> Answer:
        """See `Act`."""
        return book.let_go(self.entity_ids, self.silent)


def number_of(entity_id: str) -> str:
    """The number of the one bill that an entity has."""
    return f"INV-{entity_id}"


def told(answer: object) -> Answer:
    """An answer, or an error, as the model tells it. An error that no call is to give tells all about itself."""
    name = type(answer).__name__
    match answer:
        case SignedUp(user, links) | AlreadySignedUp(user, links):
            return (name, user.user_id, tuple(map(_told_link, links)))
        case Linked(link) | AlreadyLinked(link):
            return (name, *_told_link(link))
        case RosterApplied(gains=gains, losses=losses):
            return (name, _users(gains), _users(losses))
        case Exception() if not isinstance(answer, UserNotFound | EntityNotFound | NothingToLink | PlanOutdated):
            return (name, str(answer), repr(answer.__cause__))
        case _:
            return (name,)


def _told_link(link: Link) -> tuple[str, Grounds]:
    return link.entity_id, tuple(ground.kind.value for ground in link.grounds)


def _users(changes: Iterable[LinkChange]) -> tuple[str, ...]:
    return tuple(change.user_id for change in changes)
