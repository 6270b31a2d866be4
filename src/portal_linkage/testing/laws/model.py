"""An independent model: what the design says, word by word, in dicts and sets.

It shares the library's nouns and nothing that decides: no rule, no scope, no service, no store, and none of the
questions that the nouns answer about themselves. Its methods are named like those of `LinkageService`, so that one
question can be put to both. It answers with the same outcomes and refuses with the same errors.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import attrs

from ... import (
    AlreadyLinked,
    AlreadySignedUp,
    Arrival,
    Bar,
    BarLifted,
    ClaimRefused,
    EmailAddress,
    EntityId,
    EntityNotFound,
    Event,
    EventKind,
    Firm,
    FirmId,
    FirmStaff,
    Ground,
    GroundKind,
    Guest,
    InvoiceProof,
    Link,
    LinkagePolicy,
    Linked,
    NotBarred,
    NothingToLink,
    NotLinked,
    NotPermitted,
    PortalUser,
    SignedUp,
    TooManyAttempts,
    Unlinked,
    User,
    UserId,
    UserNotFound,
    UserRemoved,
    VerifiedEmail,
)
from .model_book import Book, Person, event_of, kinds, link_events


class Model:
    """The whole world of the design."""

    def __init__(
        self,
        policies: Mapping[FirmId, LinkagePolicy],
        clock: Callable[[], datetime],
        next_id: Callable[[], UserId],
    ) -> None:
        """``next_id`` tells the id that the next user will be given."""
        self.policies = policies
        self.books: dict[FirmId, Book] = {}
        self._clock = clock
        self._next_id = next_id

    def save(self, firm: Firm) -> None:
        """A firm comes to be, or changes its settings."""
        self.books.setdefault(firm.firm_id, Book(firm)).firm = firm

    def _person(self, firm_id: FirmId, user_id: UserId) -> tuple[Book, Person, User]:
        book = self.books.get(firm_id)
        person = book.users().get(user_id) if book else None
        if book is None or person is None or person.user is None:
            raise UserNotFound(firm_id, user_id)
        return book, person, person.user

    # -- What people do for themselves ---------------------------------------------------------------------------------

    def sign_up(
        self, firm_id: FirmId, email: VerifiedEmail, *, name: str, claim: Arrival | InvoiceProof | None = None
    ) -> SignedUp | AlreadySignedUp | ClaimRefused | TooManyAttempts:
        """L2, and the paragraph *Sign-up*."""
        book, address = self.books[firm_id], email.email
        person, listed = book.person(address), book.listing(address)
        if person.user:
            return AlreadySignedUp(person.user, tuple(person.links.values()))
        if isinstance(claim, InvoiceProof):
            claimed = self._prove(book, claim, person)
            if isinstance(claimed, ClaimRefused | TooManyAttempts):
                return claimed
            opened: EntityId | None = claimed
        else:
            opened = self._arrive_first(book, person, claim, listed) if claim else None
        policy = self.policies[firm_id]
        kind = GroundKind.PROOF if isinstance(claim, InvoiceProof) else GroundKind.ARRIVAL
        wanted = {opened: [kind]} if opened else {}
        for entity_id in [] if policy.auto_link == "off" else listed:
            if entity_id not in person.bars and entity_id not in person.left:
                wanted.setdefault(entity_id, [])
        for entity_id, grounds in wanted.items():
            if entity_id in listed:
                grounds.append(GroundKind.CONTACT_LISTING)
        if not wanted:
            raise NothingToLink(firm_id)
        person.left -= {opened}
        return self._open_account(book, person, address, name, wanted)

    def _arrive_first(self, book: Book, person: Person, arrival: Arrival, listed: list[EntityId]) -> EntityId | None:
        entity_id = arrival.entity_id
        if not book.active(entity_id):
            raise EntityNotFound(book.firm.firm_id, entity_id)
        unlisted = self.policies[book.firm.firm_id].arrival == "require_listed" and entity_id not in listed
        return None if entity_id in person.bars or unlisted else entity_id

    def _open_account(
        self, book: Book, person: Person, email: EmailAddress, name: str, wanted: dict[EntityId, list[GroundKind]]
    ) -> SignedUp:
        firm_id, user_id, now = book.firm.firm_id, self._next_id(), self._clock()
        person.user = User(firm_id=firm_id, user_id=user_id, email=email, name=name, signed_up_at=now)
        told = [Event(kind=EventKind.SIGNED_UP, firm_id=firm_id, user_id=user_id, by=user_id, at=now)]
        for entity_id, given in wanted.items():
            grounds = tuple(Ground(kind=kind, since=now, by=user_id) for kind in given)
            link = Link(firm_id=firm_id, user_id=user_id, entity_id=entity_id, grounds=grounds, linked_at=now)
            person.links[entity_id] = link
            told += link_events(link)
        return SignedUp(person.user, tuple(person.links.values()), events=book.write(told))

    def _prove(
        self, book: Book, proof: InvoiceProof, person: Person | None
    ) -> EntityId | ClaimRefused | TooManyAttempts:
        """L10: the limit first, then the look-up; what is refused is counted."""
        policy, now = self.policies[book.firm.firm_id], self._clock()
        counts = [book.refused_numbers.setdefault(proof.client_number, [])]
        counts += [person.refused] if person else []
        waits = list[datetime]()
        for count in counts:
            recent = sorted(at for at in count if at > now - policy.attempt_window)
            if len(recent) >= policy.attempts:
                waits.append(recent[-policy.attempts] + policy.attempt_window)
        if waits:
            return TooManyAttempts(max(waits))
        bearers = book.bearers(proof.client_number)
        bills = {(bill.entity_id, bill.number) for bill in book.invoices.values() if bill.status != "draft"}
        barred = person.bars if person else {}
        if len(bearers) == 1 and bearers[0] not in barred and (bearers[0], proof.invoice_number) in bills:
            return bearers[0]
        for count in counts:
            count.append(now)
        return ClaimRefused()

    def claim(
        self, user: PortalUser, claim: Arrival | InvoiceProof
    ) -> Linked | AlreadyLinked | ClaimRefused | TooManyAttempts:
        """One more entity, by the person's own act."""
        book, person, account = self._person(user.firm_id, user.user_id)
        if isinstance(claim, InvoiceProof):
            proved = self._prove(book, claim, person)
            if isinstance(proved, ClaimRefused | TooManyAttempts):
                return proved
            return self._entitle(book, person, account, proved, GroundKind.PROOF, by=account.user_id)
        unlisted = claim.entity_id not in book.listing(account.email)
        required = self.policies[user.firm_id].arrival == "require_listed"
        if not book.active(claim.entity_id) or claim.entity_id in person.bars or (required and unlisted):
            return ClaimRefused()
        return self._entitle(book, person, account, claim.entity_id, GroundKind.ARRIVAL, by=account.user_id)

    def _entitle(
        self, book: Book, person: Person, user: User, entity_id: EntityId, kind: GroundKind, *, by: str
    ) -> Linked | AlreadyLinked:
        """L9 and L7: a link or one more ground; a bar that stood is lifted and said to be."""
        ground, told = Ground(kind=kind, since=self._clock(), by=by), list[Event]()
        person.left.discard(entity_id)
        if person.bars.pop(entity_id, None):
            told.append(event_of(EventKind.BAR_LIFTED, user, entity_id, by=by, at=ground.since))
        held = person.links.get(entity_id)
        if held is None:
            link = Link(
                firm_id=user.firm_id,
                user_id=user.user_id,
                entity_id=entity_id,
                grounds=(ground,),
                linked_at=ground.since,
            )
            person.links[entity_id] = link
            return Linked(link, events=book.write([*told, *link_events(link)]))
        if kind not in kinds(held):
            person.links[entity_id] = attrs.evolve(held, grounds=(*held.grounds, ground))
            told.append(event_of(EventKind.GROUND_ADDED, user, entity_id, by=by, at=ground.since, ground=kind))
        return AlreadyLinked(person.links[entity_id], events=book.write(told))

    def leave(self, user: PortalUser, entity_id: EntityId) -> Unlinked | UserRemoved | NotLinked:
        """The paragraph *Leaving*."""
        book, person, account = self._person(user.firm_id, user.user_id)
        if self.policies[user.firm_id].self_unlink == "forbidden":
            raise NotPermitted("leave")
        if entity_id not in person.links:
            return NotLinked()
        person.left.add(entity_id)
        return self._end(book, person, account, [entity_id], by=account.user_id)

    def admit_guest(self, firm_id: FirmId, proof: InvoiceProof) -> Guest | ClaimRefused | TooManyAttempts:
        """Guests are counted by number only."""
        proved = self._prove(self.books[firm_id], proof, None)
        return proved if isinstance(proved, ClaimRefused | TooManyAttempts) else Guest(firm_id, proved)

    # -- What the firm does on their behalf ----------------------------------------------------------------------------

    def link(self, staff: FirmStaff, user_id: UserId, entity_id: EntityId) -> Linked | AlreadyLinked:
        """The firm's grant."""
        book, person, user = self._person(staff.firm_id, user_id)
        if not book.active(entity_id):
            raise EntityNotFound(staff.firm_id, entity_id)
        return self._entitle(book, person, user, entity_id, GroundKind.FIRM_GRANT, by=staff.staff_id)

    def unlink(self, staff: FirmStaff, user_id: UserId, entity_id: EntityId) -> Unlinked | UserRemoved | NotLinked:
        """The X beside an entity."""
        book, person, user = self._person(staff.firm_id, user_id)
        if entity_id not in person.links:
            return NotLinked()
        self._bar(person, user, [entity_id], staff)
        return self._end(book, person, user, [entity_id], by=staff.staff_id)

    def remove_user(self, staff: FirmStaff, user_id: UserId) -> UserRemoved:
        """The X on every link."""
        book, person, user = self._person(staff.firm_id, user_id)
        held = list(person.links)
        self._bar(person, user, held, staff)
        ended = self._end(book, person, user, held, by=staff.staff_id)
        return UserRemoved(events=ended.events)

    def _bar(self, person: Person, user: User, entity_ids: Iterable[EntityId], staff: FirmStaff) -> None:
        if self.policies[staff.firm_id].firm_unlink == "forgets":
            return
        for entity_id in entity_ids:
            bar = Bar(
                firm_id=staff.firm_id,
                email=user.email,
                entity_id=entity_id,
                since=self._clock(),
                by=staff.staff_id,
            )
            person.bars.setdefault(entity_id, bar)

    def _end(
        self, book: Book, person: Person, user: User, entity_ids: Iterable[EntityId], *, by: str
    ) -> Unlinked | UserRemoved:
        """L3: the last unlink removes the user."""
        now, told = self._clock(), list[Event]()
        for entity_id in entity_ids:
            del person.links[entity_id]
            told.append(event_of(EventKind.UNLINKED, user, entity_id, by=by, at=now))
        if person.links:
            return Unlinked(events=book.write(told))
        person.user = None
        told.append(event_of(EventKind.USER_REMOVED, user, None, by=by, at=now))
        return UserRemoved(events=book.write(told))

    def lift_bar(self, staff: FirmStaff, email: EmailAddress, entity_id: EntityId) -> BarLifted | NotBarred:
        """It links nothing, and works with or without a user."""
        book = self.books.get(staff.firm_id)
        person = book.person(email) if book else None
        if book is None or person is None or person.bars.pop(entity_id, None) is None:
            return NotBarred()
        lifted = Event(
            kind=EventKind.BAR_LIFTED,
            firm_id=staff.firm_id,
            user_id=person.user.user_id if person.user else None,
            entity_id=entity_id,
            by=staff.staff_id,
            at=self._clock(),
        )
        return BarLifted(events=book.write([lifted]))
