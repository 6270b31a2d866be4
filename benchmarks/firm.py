"""A firm of any size, always the same, and how a store is filled with it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import attrs

from portal_linkage import (
    ClientEntity,
    Contact,
    EmailAddress,
    EntityId,
    Firm,
    FirmId,
    FirmStaff,
    Ground,
    GroundKind,
    Invoice,
    InvoiceId,
    InvoiceStatus,
    Link,
    Money,
    StaffId,
    User,
    UserId,
)
from portal_linkage.ports import Store, Transaction

T = TypeVar("T")

FIRM = FirmId("acme")
STAFF = FirmStaff(FIRM, StaffId("reception"))
INVOICES_PER_ENTITY = 10
OPEN_PER_ENTITY = 2
SIGN_UPS = 200
BATCH = 5_000
SIGNED_UP_AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DUE = date(2026, 1, 1)


@attrs.frozen
class Plan:
    """A firm of some size: which entities each person has. The last persons have not signed up yet."""

    users: int
    held: list[list[int]]

    @classmethod
    def of(cls, users: int, bookkeepers: Sequence[int] = ()) -> "Plan":
        """Draw a firm, always the same for the same size. The first users stand behind so many entities each."""
        draw = random.Random(users)
        entities = range(users * 3 // 2)
        counts = [*bookkeepers, *(draw.choice((1, 1, 2, 3)) for _ in range(users + SIGN_UPS - len(bookkeepers)))]
        return cls(users, [draw.sample(entities, count) for count in counts])

    def entities(self) -> Iterator[ClientEntity]:
        """The entities, each listing the persons who have it."""
        listed: dict[int, list[int]] = {}
        for person, entities in enumerate(self.held):
            for entity in entities:
                listed.setdefault(entity, []).append(person)
        for entity in range(self.users * 3 // 2):
            contacts = tuple(Contact(email=address(person)) for person in listed.get(entity, ()))
            yield ClientEntity(firm_id=FIRM, entity_id=entity_id(entity), name=f"Client {entity}", contacts=contacts)

    def invoices(self) -> Iterator[Invoice]:
        """Ten invoices an entity, two of them open."""
        for number in range(self.users * 3 // 2 * INVOICES_PER_ENTITY):
            is_open = number % INVOICES_PER_ENTITY < OPEN_PER_ENTITY
            yield Invoice(
                firm_id=FIRM,
                invoice_id=InvoiceId(f"i{number}"),
                entity_id=entity_id(number // INVOICES_PER_ENTITY),
                total=Money(100 + number % 900, "USD"),
                amount_due=Money(100 + number % 900 if is_open else 0, "USD"),
                issued_on=FIRST_DUE,
                due_on=FIRST_DUE + timedelta(days=number % 365),
                status=InvoiceStatus.OPEN if is_open else InvoiceStatus.PAID,
            )

    def signed_up(self) -> Iterator[tuple[User, tuple[Link, ...]]]:
        """The users and their links, as sign-up makes them."""
        for person in range(self.users):
            user_id = UserId(f"u{person}")
            user = User(firm_id=FIRM, user_id=user_id, email=address(person), name="", signed_up_at=SIGNED_UP_AT)
            yield user, tuple(link(user_id, entity) for entity in self.held[person])


def address(person: int) -> EmailAddress:
    """The address of a person."""
    return EmailAddress.parse(f"person{person}@example.com")


def entity_id(entity: int) -> EntityId:
    """The id, and the client number, of an entity."""
    return EntityId(str(1000 + entity))


def link(user_id: UserId, entity: int) -> Link:
    """A link by listing."""
    ground = Ground(kind=GroundKind.CONTACT_LISTING, since=SIGNED_UP_AT, by=user_id)
    return Link(firm_id=FIRM, user_id=user_id, entity_id=entity_id(entity), grounds=(ground,), linked_at=SIGNED_UP_AT)


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows, some thousands at a time."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def fill(store: Store, plan: Plan) -> None:
    """Fill a store through its ports, in large transactions."""
    with store.transaction() as tx:
        tx.firms.save(Firm(firm_id=FIRM, name="Acme Accounting"))
    for entities in batches(plan.entities()):
        with store.transaction() as tx:
            tx.entities.save_many(entities)
    for invoices in batches(plan.invoices()):
        with store.transaction() as tx:
            tx.invoices.save_many(invoices)
    for users in batches(plan.signed_up()):
        with store.transaction() as tx:
            add_users(tx, users)


def add_users(tx: Transaction, users: list[tuple[User, tuple[Link, ...]]]) -> None:
    """Add users with their links."""
    mailboxes = {box.email.key: box for box in tx.mailboxes.lock_many(FIRM, [user.email for user, _ in users])}
    for user, links in users:
        tx.users.add(mailboxes[user.email.key], user)
        tx.links.add_many([(mailboxes[user.email.key], link) for link in links])
