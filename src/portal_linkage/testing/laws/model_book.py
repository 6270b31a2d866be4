"""The books of the model: what a firm, and a person at a firm, is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ... import (
    Bar,
    ClientEntity,
    EmailAddress,
    EntityId,
    Event,
    EventKind,
    FeeId,
    Firm,
    GroundKind,
    Invoice,
    InvoiceId,
    LateFee,
    Link,
    Payment,
    PaymentId,
    User,
    UserId,
)
from .model_texts import key_of, number_order


@dataclass
class Person:
    """One address at one firm. It outlives its user, and keeps what the firm and the user said no to."""

    user: User | None = None
    links: dict[EntityId, Link] = field(default_factory=dict[EntityId, Link])
    bars: dict[EntityId, Bar] = field(default_factory=dict[EntityId, Bar])
    left: set[EntityId] = field(default_factory=set[EntityId])
    refused: list[datetime] = field(default_factory=list[datetime])


@dataclass
class Book:
    """Everything of one firm. Links are in link order, since a dict remembers in which order it was filled."""

    firm: Firm
    entities: dict[EntityId, ClientEntity] = field(default_factory=dict[EntityId, ClientEntity])
    former_numbers: set[tuple[str, EntityId]] = field(default_factory=set[tuple[str, EntityId]])
    """The numbers that entities once bore, before a roster gave them others."""
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    refused_numbers: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])
    invoices: dict[InvoiceId, Invoice] = field(default_factory=dict[InvoiceId, Invoice])
    fees: dict[FeeId, LateFee] = field(default_factory=dict[FeeId, LateFee])
    payments: dict[PaymentId, Payment] = field(default_factory=dict[PaymentId, Payment])
    journal: list[Event] = field(default_factory=list[Event])

    def person(self, email: EmailAddress) -> Person:
        """Who reads the mail of this address."""
        return self.people.setdefault(key_of(str(email)), Person())

    def users(self) -> dict[UserId, Person]:
        """Those who have an account now."""
        return {person.user.user_id: person for person in self.people.values() if person.user}

    def bearers(self, number: str) -> list[EntityId]:
        """Who is meant by a client number: the active entities that bear it, or if none does, those that once did."""
        active = [entity for entity in self.entities.values() if entity.active]
        bear = [entity.entity_id for entity in active if entity.client_number == number]
        return bear or [entity.entity_id for entity in active if (number, entity.entity_id) in self.former_numbers]

    def active(self, entity_id: EntityId) -> ClientEntity | None:
        """The entity, if it is there to be seen at all."""
        entity = self.entities.get(entity_id)
        return entity if entity and entity.active else None

    def listing(self, email: EmailAddress) -> list[EntityId]:
        """The active entities that list the address, in client-number order."""
        found = [entity for entity in self.entities.values() if entity.active and lists(entity, key_of(str(email)))]
        found.sort(key=lambda entity: (number_order(entity.client_number), entity.entity_id))
        return [entity.entity_id for entity in found]

    def keep(self, bill: Invoice | LateFee | Payment) -> None:
        """The PMS, or whoever it may be, tells of a bill or a payment."""
        match bill:
            case Invoice():
                self.invoices[bill.invoice_id] = bill
            case LateFee():
                self.fees[bill.fee_id] = bill
            case _:
                self.payments[bill.payment_id] = bill

    def write(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Journal what happened."""
        told = tuple(events)
        self.journal += told
        return told


def lists(entity: ClientEntity, key: str) -> bool:
    """Whether a contact, whatever its role, lists the address."""
    return key in {key_of(str(contact.email)) for contact in entity.contacts}


def kinds(link: Link) -> set[GroundKind]:
    """On which kinds of ground a link stands."""
    return {ground.kind for ground in link.grounds}


def event_of(
    kind: EventKind,
    user: User,
    entity_id: EntityId | None,
    *,
    by: str,
    at: datetime,
    ground: GroundKind | None = None,
) -> Event:
    """One line of the journal about a user."""
    return Event(
        kind=kind, firm_id=user.firm_id, user_id=user.user_id, entity_id=entity_id, ground=ground, by=by, at=at
    )


def link_events(link: Link) -> list[Event]:
    """A link comes to be by its first ground; the others are added."""
    return [
        Event(
            kind=EventKind.GROUND_ADDED if place else EventKind.LINKED,
            firm_id=link.firm_id,
            user_id=link.user_id,
            entity_id=link.entity_id,
            ground=ground.kind,
            by=ground.by,
            at=ground.since,
        )
        for place, ground in enumerate(link.grounds)
    ]
