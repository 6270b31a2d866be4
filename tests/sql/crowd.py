"""Two firms with crowds of clients, one four times the other, and Jane at both; every use case, asked about Jane."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final

import attrs
import sqlalchemy as sa

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EmailAddress,
    EntityId,
    FirmId,
    FirmStaff,
    Guest,
    InvoiceId,
    InvoiceProof,
    InvoiceStatus,
    LinkagePolicy,
    LinkageService,
    Page,
    PageRequest,
    PaymentId,
    PortalUser,
    SelfUnlink,
    StaffVisit,
    Viewer,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.hosted import HostedStore
from portal_linkage.adapters.sql.tables import Tables
from portal_linkage.ports import Transaction
from portal_linkage.testing import builders as b
from tests.service.world import arrival, verified

CLIENTS: Final = {b.OTHER_FIRM: 5_000, b.ACME: 20_000}
_BLOCK: Final = 250
"""How many clients are written down one by one; the rest are copies of these."""
_OWN: Final = frozenset(
    {"mailbox_id", "user_id", "entity_id", "invoice_id", "fee_id", "payment_id", "change_id", "subject", "by"}
    | {"email", "email_key", "email_search", "client_number", "number_search", "number"}
)
"""The columns in which a copy is not like what it is a copy of."""

HELD: Final = [f"h{number:02d}" for number in range(100)]
HOLDING: Final = b.user("jane-100", EmailAddress.parse("jane.smith@holding.example"), name="Smith Holding")
NEW: Final = EmailAddress.parse("new.jane.smith@example.com")
POLICY: Final = LinkagePolicy(
    auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW, self_unlink=SelfUnlink.ALLOWED
)


def fill(store: SqlStore) -> None:
    """Put both firms into an empty store."""
    for firm_id in CLIENTS:
        with store.transaction() as tx:
            _tell_block(tx, firm_id)
        with store.engine.begin() as connection:
            _multiply(connection, firm_id)
        with store.transaction() as tx:
            _tell_jane(tx, firm_id)


def _tell_block(tx: Transaction, firm_id: FirmId) -> None:
    ids = [f"c{number:03d}" for number in range(_BLOCK)]
    tx.firms.save(b.firm(firm_id))
    tx.entities.save_many(
        b.entity(one, b.jane_at(number), firm_id=firm_id, name=f"Smith Trust {number}", client_number=f"5{number:03d}")
        for number, one in enumerate(ids)
    )
    tx.entities.keep_numbers(b.entity(one, firm_id=firm_id, client_number=f"old-{one}") for one in ids)
    tx.entities.transfer(firm_id, {EntityId(f"gone-{one}"): EntityId(one) for one in ids})
    _tell_bills(tx, firm_id, ids)
    for number in range(0, _BLOCK, 2):
        person = b.user(f"u{number:03d}", b.jane_at(number), name=f"Jane Smith {number}", firm_id=firm_id)
        mailbox = b.sign_up(tx, person, ids[number], ids[number + 1])
        tx.bars.add_many(mailbox, [b.bar(ids[number - 1], person.email, b.at(number), firm_id)])
        tx.bars.remember_leaving(mailbox, EntityId(ids[number - 2]))
        for subject in (f"number:{number}", f"person:{number}"):
            tx.attempts.recent(firm_id, subject, b.at(0))
            tx.attempts.add(firm_id, subject, b.at(0), b.at(10))
    b.journaled(tx, [b.event(firm_id=firm_id, user_id=f"u{n:03d}", entity_id=one) for n, one in enumerate(ids)])


def _tell_bills(tx: Transaction, firm_id: FirmId, ids: list[str]) -> None:
    """Two open invoices, a paid one, a late fee and a payment for each."""
    for number, one in enumerate(ids):
        day = date(2026, 1, 1) + timedelta(number % 90)
        days: dict[str, Any] = {"firm_id": firm_id, "due_on": day, "issued_on": day}
        tx.invoices.save_many(b.invoice(f"INV-{one}-{part}", one, **days) for part in range(2))
        tx.invoices.save(b.invoice(f"PAID-{one}", one, status=InvoiceStatus.PAID, **days))
        tx.late_fees.save(b.late_fee(f"FEE-{one}", one, firm_id=firm_id, assessed_on=day))
        tx.payments.save(b.payment(f"PAY-{one}", one, firm_id=firm_id, paid_at=b.at(number)))


def _multiply(connection: sa.Connection, firm_id: FirmId) -> None:
    """Copy all that the firm has, within the database."""
    tables = Tables(sa.MetaData(), "portal_", None)
    numbers = sa.select(sa.literal(1).label("number")).cte("numbers", recursive=True)
    following = sa.select(numbers.c.number + 1).where(numbers.c.number < CLIENTS[firm_id] // _BLOCK - 1)
    numbers = numbers.union_all(following)
    for table in set(tables.all) - {tables.firm, tables.journal_end, tables.delivery}:
        each = table.join(numbers, table.c.firm_id == firm_id)
        copies = sa.select(*(_copied(column, numbers.c.number) for column in table.c)).select_from(each)
        connection.execute(sa.insert(table).from_select(table.c.keys(), copies))
    end = sa.update(tables.journal_end).where(tables.journal_end.c.firm_id == firm_id)
    connection.execute(end.values(position=CLIENTS[firm_id]))


def _copied(column: sa.Column[Any], number: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    if column.name == "position" and column.table.name == "portal_journal":
        return column + number * _BLOCK
    return column + "-" + sa.cast(number, sa.Text) if column.name in _OWN else column


def _tell_jane(tx: Transaction, firm_id: FirmId) -> None:
    """Jane has three entities and may come to have two more; a holding of hers has a hundred."""
    own = {**b.NAMES, EntityId("1004"): "Smith Orchards"}
    tx.entities.save_many(b.entity(one, b.JANE, firm_id=firm_id, name=name) for one, name in own.items())
    tx.entities.save(b.entity("1005", NEW, firm_id=firm_id, name="Smith Vineyards"))
    tx.entities.save_many(b.entity(one, HOLDING.email, firm_id=firm_id, name=f"Smith Holding {one}") for one in HELD)
    _tell_bills(tx, firm_id, [*own, "1005", *HELD])
    b.sign_up(tx, b.user(firm_id=firm_id), *b.NAMES)
    b.sign_up(tx, attrs.evolve(HOLDING, firm_id=firm_id), *HELD)
    b.leave_bars(tx, *(b.bar("1005", email, firm_id=firm_id) for email in (b.JANE, HOLDING.email)))
    b.journaled(tx, [b.event(firm_id=firm_id, entity_id=one) for one in b.NAMES])


@attrs.frozen
class Desk:
    """Where the use cases of one firm are asked for; what they change is undone."""

    store: HostedStore
    firm_id: FirmId

    @property
    def portal(self) -> LinkageService:
        """The service."""
        return LinkageService(self.store, POLICY, clock=lambda: b.at(60))

    @property
    def staff(self) -> FirmStaff:
        """A member of the firm's staff."""
        return FirmStaff(self.firm_id, b.STAFF)

    @property
    def jane(self) -> PortalUser:
        """Jane, who has three entities."""
        return PortalUser(self.firm_id, b.JANE_ID)


@contextmanager
def desk_at(store: SqlStore, firm_id: FirmId) -> Iterator[tuple[Desk, sa.Connection]]:
    """A desk of a firm in a transaction that is rolled back."""
    with store.engine.connect() as connection:
        yield Desk(store.on(connection), firm_id), connection
        connection.rollback()


def second(fetch: Callable[[PageRequest], Page[Any]]) -> Page[Any]:
    """The page after the first, whose two rows were no news."""
    following = fetch(PageRequest(2)).next
    assert following is not None
    return fetch(PageRequest(50, following.after))


UseCase = Callable[[Desk], Any]


def proof(entity_id: str, number: str | None = None) -> InvoiceProof:
    """What somebody types who holds a bill of a client, or says so."""
    return InvoiceProof(entity_id, number or f"INV-{entity_id}-0")


def _delta(at: Desk) -> list[ClientEntity]:
    """Of two clients one loses and one gets Jane's address; one is let go, and one is new."""
    firm: dict[str, Any] = {"firm_id": at.firm_id}
    return [
        b.entity("1001", **firm),
        b.entity("1003", b.JANE, active=False, **firm),
        b.entity("1005", b.JANE, name="Smith Vineyards", **firm),
        b.entity("1006", b.JANE, name="Smith Bakery", **firm),
    ]


PERSONS: Final[dict[str, UseCase]] = {
    "sign_up by arrival": lambda at: at.portal.sign_up(at.firm_id, verified(NEW), name="Jane", claim=arrival("1005")),
    "sign_up by proof": lambda at: at.portal.sign_up(at.firm_id, verified(NEW), name="Jane", claim=proof("1005")),
    "sign_up again": lambda at: at.portal.sign_up(at.firm_id, verified(b.JANE), name="Jane"),
    "sign_up again (holding)": lambda at: at.portal.sign_up(at.firm_id, verified(HOLDING.email), name="Jane"),
    "claim by arrival": lambda at: at.portal.claim(at.jane, arrival("1004")),
    "claim by a right proof": lambda at: at.portal.claim(at.jane, proof("1004")),
    "claim by a wrong proof": lambda at: at.portal.claim(at.jane, proof("1004", "INV-0")),
    "claim what is linked": lambda at: at.portal.claim(at.jane, proof("1001")),
    "leave": lambda at: at.portal.leave(at.jane, b.SMITH),
    "admit_guest": lambda at: at.portal.admit_guest(at.firm_id, proof("1004")),
    "admit_guest refused": lambda at: at.portal.admit_guest(at.firm_id, proof("none")),
    "find_user": lambda at: at.portal.find_user(at.firm_id, b.JANE),
}

STAFF: Final[dict[str, UseCase]] = {
    "link": lambda at: at.portal.link(at.staff, b.JANE_ID, EntityId("1004")),
    "link what is barred": lambda at: at.portal.link(at.staff, b.JANE_ID, EntityId("1005")),
    "unlink": lambda at: at.portal.unlink(at.staff, b.JANE_ID, b.SMITH),
    "remove_user": lambda at: at.portal.remove_user(at.staff, b.JANE_ID),
    "remove_user (holding)": lambda at: at.portal.remove_user(at.staff, HOLDING.user_id),
    "lift_bar": lambda at: at.portal.lift_bar(at.staff, b.JANE, EntityId("1005")),
    "bars": lambda at: at.portal.bars(at.staff),
    "bars, second page": lambda at: second(lambda page: at.portal.bars(at.staff, page=page)),
    "bars of an address": lambda at: at.portal.bars(at.staff, email=b.JANE),
    "portal_users": lambda at: at.portal.portal_users(at.staff),
    "portal_users, second page": lambda at: second(lambda page: at.portal.portal_users(at.staff, page=page)),
    "portal_users by address": lambda at: at.portal.portal_users(at.staff, search="jane.smith@ex"),
    "portal_users by number": lambda at: at.portal.portal_users(at.staff, search="1003"),
    "portal_users by name": lambda at: at.portal.portal_users(at.staff, search="smith hold"),
    "portal_users by entity": lambda at: at.portal.portal_users(at.staff, search="smith real"),
    "portal_users by nobody": lambda at: at.portal.portal_users(at.staff, search="nobody"),
    "portal_users at an entity": lambda at: at.portal.portal_users(at.staff, entity_id=b.SMITH),
    "portal_users by name at an entity": lambda at: at.portal.portal_users(at.staff, search="jane", entity_id=b.SMITH),
    "suggest by number": lambda at: at.portal.suggest(at.staff, "1003", user_id=b.JANE_ID),
    "suggest by name": lambda at: at.portal.suggest(at.staff, "smith fam", user_id=b.JANE_ID),
    "suggest by words": lambda at: at.portal.suggest(at.staff, "real smi", user_id=b.JANE_ID),
    "suggest nothing": lambda at: at.portal.suggest(at.staff, "nobody", user_id=b.JANE_ID),
    "explain": lambda at: at.portal.explain(at.staff, b.JANE_ID, b.SMITH, invoice_id=InvoiceId("INV-1001-0")),
    "explain an address": lambda at: at.portal.explain(at.staff, b.JANE, EntityId("1005")),
    "journal": lambda at: at.portal.journal(at.staff),
    "journal, second page": lambda at: second(lambda page: at.portal.journal(at.staff, page=page)),
    "journal of a user": lambda at: at.portal.journal(at.staff, user_id=b.JANE_ID),
    "journal of an entity": lambda at: at.portal.journal(at.staff, entity_id=b.SMITH),
    "journal of both": lambda at: at.portal.journal(at.staff, user_id=b.JANE_ID, entity_id=b.SMITH),
    "changes": lambda at: at.portal.changes(at.firm_id, limit=50),
    "changes, later": lambda at: second(lambda page: at.portal.changes(at.firm_id, after=page.after, limit=page.limit)),
    "changes of all firms": lambda at: at.store.changes(limit=50),
    "roster.plan": lambda at: at.portal.roster.plan(at.firm_id, _delta(at)),
    "roster.apply": lambda at: at.portal.roster.apply(at.portal.roster.plan(at.firm_id, _delta(at))),
}

VIEWERS: Final[dict[str, Callable[[Desk], Viewer]]] = {
    "Jane": lambda at: at.jane,
    "holding": lambda at: PortalUser(at.firm_id, HOLDING.user_id),
    "staff": lambda at: StaffVisit(at.firm_id, b.STAFF, b.SMITH),
    "guest": lambda at: Guest(at.firm_id, b.SMITH),
}


def _readings(of: Callable[[Desk], Viewer], one: str) -> dict[str, UseCase]:
    entity, invoice, payment = EntityId(one), InvoiceId(f"INV-{one}-0"), PaymentId(f"PAY-{one}")
    paid = InvoiceStatus.PAID
    return {
        "view": lambda at: at.portal.view(of(at)),
        "view of one entity": lambda at: at.portal.view(of(at), entity_id=entity),
        "entities": lambda at: at.portal.entities(of(at)),
        "invoices": lambda at: at.portal.invoices(of(at)),
        "paid invoices": lambda at: at.portal.invoices(of(at), status=paid),
        "late_fees": lambda at: at.portal.late_fees(of(at)),
        "payments": lambda at: at.portal.payments(of(at)),
        "can_see": lambda at: at.portal.can_see(of(at), entity),
        "invoice": lambda at: at.portal.invoice(of(at), invoice),
        "payment": lambda at: at.portal.payment(of(at), payment),
        "entities, second page": lambda at: second(lambda page: at.portal.entities(of(at), page=page)),
        "invoices, second page": lambda at: second(lambda page: at.portal.invoices(of(at), page=page)),
        "paid invoices, second page": lambda at: second(
            lambda page: at.portal.invoices(of(at), status=paid, page=page)
        ),
        "late_fees, second page": lambda at: second(lambda page: at.portal.late_fees(of(at), page=page)),
        "payments, second page": lambda at: second(lambda page: at.portal.payments(of(at), page=page)),
    }


_NOT_THEIRS: Final = {"guest": ("paid", "payment", "second"), "staff": ("second",)}
"""What these viewers do not see, or of which they have no second page."""

READINGS: Final[dict[str, UseCase]] = {
    f"{name} ({who})": ask
    for who, of in VIEWERS.items()
    for name, ask in _readings(of, HELD[7] if who == "holding" else b.SMITH).items()
    if not any(part in name for part in _NOT_THEIRS.get(who, ()))
}
USE_CASES: Final = {**PERSONS, **STAFF, **READINGS}
