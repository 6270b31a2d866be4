"""What the peers of this library share: the bench's firms in the library's words, and the operations that are timed.

The harness finds the peers through the folder in ``BENCH_PEERS`` and asks them by whole numbers; ids here are texts,
with zeros in front so that they are in the same order.
"""

import gc
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from sqlite3 import Connection
from typing import TypeAlias, TypeVar

import gen

from portal_linkage import (
    ClientEntity,
    Contact,
    EmailAddress,
    EntityId,
    Firm,
    FirmId,
    FirmStaff,
    FirmUnlink,
    Ground,
    GroundKind,
    Invoice,
    InvoiceId,
    InvoiceStatus,
    Link,
    LinkagePolicy,
    LinkageService,
    Money,
    Payment,
    PaymentId,
    PortalUser,
    SignedUp,
    StaffId,
    User,
    UserId,
    VerifiedEmail,
)
from portal_linkage.ports import Mailbox, Store, Transaction

T = TypeVar("T")
Account: TypeAlias = tuple[int, int, str, list[int]]
"""Whose firm, who, their address, and the entities that they are linked to."""

EPOCH = date(1970, 1, 1)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BATCH = 20_000


def firm_of(number: int) -> FirmId:
    """The firm of a number; ids are texts."""
    return FirmId(str(number))


def entity_of(number: int) -> EntityId:
    """An entity likewise."""
    return EntityId(f"{number:08}")


def user_of(number: int) -> UserId:
    """A user likewise."""
    return UserId(f"{number:08}")


def invoice_of(number: int) -> InvoiceId:
    """An invoice likewise."""
    return InvoiceId(f"{number:08}")


def cents(amount: int) -> Money:
    """So many cents."""
    return Money(Decimal(amount).scaleb(-2), "USD")


class PortalPeer:
    """The library as the harness times it: through its public face alone."""

    store: Store
    note = ""

    def serve(self, size: str) -> None:
        """Answer from this store from now on."""
        base = gen.open_base(size)
        self.portal = LinkageService(self.store)
        self.lenient = LinkageService(self.store, policy=LinkagePolicy(firm_unlink=FirmUnlink.FORGETS))
        found = base.execute("select id, firm_id from user")
        self.viewers = {number: PortalUser(firm_of(firm), user_of(number)) for number, firm in found}
        self.entities = {number: entity_of(number) for (number,) in base.execute("select id from entity")}
        self.staff = {
            firm: FirmStaff(firm_of(firm), StaffId("bench"))
            for (firm,) in base.execute("select distinct firm_id from entity")
        }
        self.emails = {
            key: VerifiedEmail.attest(key, via="bench")
            for people in gen.meta(size)["pending"].values()
            for _, key in people
        }
        self.signed_up: dict[int, PortalUser] = {}
        # What stays is taken out of the collector's sight, as a process does that holds much: the harness collects
        # within the time that it gives to each operation, and would have none left for the operation.
        gc.collect()
        gc.freeze()

    def is_visible(self, user: int, entity: int) -> bool:
        """Whether the user sees the entity."""
        return self.portal.can_see(self.viewers[user], self.entities[entity])

    def portal_page(self, user: int) -> tuple[list[tuple[int]], int, int]:
        """The rows of the page, and of all that is due the number and the sum."""
        view = self.portal.view(self.viewers[user])
        due = view.amount_due.get("USD")
        rows = [(int(row.invoice_id),) for row in view.invoices.items]
        return rows, view.open_invoice_count, due.units // 100 if due else 0

    def link(self, user: int, entity: int) -> None:
        """The firm's *Add*."""
        viewer = self.viewers[user]
        self.portal.link(self.staff[int(viewer.firm_id)], viewer.user_id, self.entities[entity])

    def unlink(self, user: int, entity: int) -> None:
        """The X beside an entity."""
        viewer = self.viewers[user]
        self.portal.unlink(self.staff[int(viewer.firm_id)], viewer.user_id, self.entities[entity])

    def sign_up(self, user: int, firm: int, key: str) -> int:
        """Somebody new; how many links they get."""
        answer = self.portal.sign_up(firm_of(firm), self.emails[key], name=key)
        assert isinstance(answer, SignedUp)
        self.signed_up[user] = answer.user.viewer
        return len(answer.links)

    def undo_sign_up(self, user: int) -> None:
        """As if they had never come."""
        viewer = self.signed_up.pop(user)
        self.lenient.remove_user(FirmStaff(viewer.firm_id, StaffId("bench")), viewer.user_id)

    def close(self) -> None:
        """Let go of everything."""
        self.store.close()


def fill(store: Store, size: str) -> None:
    """Tell the store of all firms, in transactions of some thousand rows."""
    base = gen.open_base(size)
    with store.transaction() as tx:
        for (number,) in base.execute("select distinct firm_id from entity"):
            tx.firms.save(Firm(firm_id=firm_of(number), name=f"Firm {number}"))
    for rows in batches(clients(base)):
        with store.transaction() as tx:
            tx.entities.save_many(rows)
    for rows in batches(invoices(base)):
        with store.transaction() as tx:
            tx.invoices.save_many(rows)
    for rows in batches(payments(base)):
        with store.transaction() as tx:
            tx.payments.save_many(rows)
    for rows in batches(accounts(base), BATCH // 4):
        with store.transaction() as tx:
            sign_all_up(tx, rows)


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows, so many at a time."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def clients(base: Connection) -> Iterator[ClientEntity]:
    """The entities, with who is listed by them."""
    contacts = base.execute("select entity_id, name, trim(email) from contact order by entity_id, id")
    of_entity = groupby(contacts, key=itemgetter(0))
    listed = {
        entity: {email.lower(): Contact(email=EmailAddress.parse(email), name=name) for _, name, email in rows}
        for entity, rows in of_entity
    }
    for number, firm, client_number, name in base.execute("select id, firm_id, number, name from entity"):
        yield ClientEntity(
            firm_id=firm_of(firm),
            entity_id=entity_of(number),
            name=name,
            client_number=client_number,
            contacts=tuple(listed.pop(number, {}).values()),
        )


def invoices(base: Connection) -> Iterator[Invoice]:
    """The invoices, open or paid."""
    firms = dict(base.execute("select id, firm_id from entity"))
    for number, entity, due, amount, balance in base.execute("select id, entity_id, due, amount, balance from invoice"):
        yield Invoice(
            firm_id=firm_of(firms[entity]),
            invoice_id=invoice_of(number),
            entity_id=entity_of(entity),
            total=cents(amount),
            amount_due=cents(balance),
            issued_on=EPOCH + timedelta(days=due - 30),
            due_on=EPOCH + timedelta(days=due),
            status=InvoiceStatus.OPEN if balance else InvoiceStatus.PAID,
        )


def payments(base: Connection) -> Iterator[Payment]:
    """The payments."""
    firms = dict(base.execute("select id, firm_id from entity"))
    for number, invoice, entity, paid, amount in base.execute(
        "select id, invoice_id, entity_id, paid_on, amount from payment"
    ):
        yield Payment(
            firm_id=firm_of(firms[entity]),
            payment_id=PaymentId(f"{number:08}"),
            entity_id=entity_of(entity),
            amount=cents(amount),
            paid_at=datetime.combine(EPOCH + timedelta(days=paid), datetime.min.time(), UTC),
            invoice_ids=(invoice_of(invoice),),
        )


def accounts(base: Connection) -> Iterator[Account]:
    """The users, by firm."""
    held = groupby(base.execute("select user_id, entity_id from link order by user_id, entity_id"), key=itemgetter(0))
    links = {user: [entity for _, entity in rows] for user, rows in held}
    for number, firm, email in base.execute("select id, firm_id, email from user order by firm_id, id"):
        yield firm, number, email, links[number]


def sign_all_up(tx: Transaction, people: Iterable[Account]) -> None:
    """Add users with their links, as sign-up makes them."""
    for firm, rows in groupby(people, key=itemgetter(0)):
        known = {EmailAddress.parse(email).key: (number, email, entities) for _, number, email, entities in rows}
        locked = tx.mailboxes.lock_many(firm_of(firm), [EmailAddress.parse(email) for _, email, _ in known.values()])
        links: list[tuple[Mailbox, Link]] = []
        for mailbox in locked:
            number, email, entities = known[mailbox.email.key]
            user = User(
                firm_id=firm_of(firm), user_id=user_of(number), email=mailbox.email, name=email, signed_up_at=NOW
            )
            tx.users.add(mailbox, user)
            links += [(mailbox, listed_link(user, entity_of(entity))) for entity in entities]
        tx.links.add_many(links)


def listed_link(user: User, entity_id: EntityId) -> Link:
    """A link by listing."""
    ground = Ground(kind=GroundKind.CONTACT_LISTING, since=NOW, by="pms")
    return Link(firm_id=user.firm_id, user_id=user.user_id, entity_id=entity_id, grounds=(ground,), linked_at=NOW)
