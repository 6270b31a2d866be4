"""The Jane Smith world in a few words: every builder has defaults that fit together, and takes what a test is about."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from ..domain.entities import (
    Bar,
    ClientEntity,
    Contact,
    Firm,
    Ground,
    GroundKind,
    Invoice,
    InvoiceStatus,
    LateFee,
    Link,
    Payment,
    PortalSettings,
    User,
)
from ..domain.events import Event, EventKind
from ..domain.values import (
    EmailAddress,
    EntityId,
    FeeId,
    FirmId,
    InvoiceId,
    Money,
    Page,
    PageRequest,
    PaymentId,
    StaffId,
    UserId,
)
from ..ports import Mailbox, Transaction

T = TypeVar("T")

ACME = FirmId("acme")
OTHER_FIRM = FirmId("other-firm")
SMITH = EntityId("1001")
TRUST = EntityId("1002")
REALTY = EntityId("1003")
JANE = EmailAddress.parse("jane.smith@example.com")
JANE_ID = UserId("jane")
STAFF = StaffId("staff-1")
NAMES = {SMITH: "Smith, Jane", TRUST: "Smith Family Trust", REALTY: "Jane Smith Realty Group"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def usd(amount: str | int) -> Money:
    """An amount in dollars."""
    return Money(amount, "USD")


def jane_at(number: int) -> EmailAddress:
    """One of the many addresses that Jane Smith may have."""
    return EmailAddress.parse(f"jane.smith+{number}@example.com")


def firm(firm_id: FirmId = ACME, name: str = "Acme Accounting", **settings: bool) -> Firm:
    """A firm."""
    return Firm(firm_id=firm_id, name=name, settings=PortalSettings(**settings))


def entity(entity_id: str = REALTY, *emails: EmailAddress, **fields: Any) -> ClientEntity:  # noqa: ANN401
    """A client entity that lists these addresses."""
    known = EntityId(entity_id)
    default: dict[str, Any] = {"firm_id": ACME, "name": NAMES.get(known, f"Entity {entity_id}")}
    default["contacts"] = tuple(Contact(email=email, name="Jane Smith") for email in emails)
    return ClientEntity(entity_id=known, **{**default, **fields})


def user(user_id: str = JANE_ID, email: EmailAddress = JANE, **fields: Any) -> User:  # noqa: ANN401
    """A portal user."""
    default: dict[str, Any] = {"firm_id": ACME, "name": "Jane Smith", "signed_up_at": NOON}
    return User(user_id=UserId(user_id), email=email, **{**default, **fields})


def ground(kind: GroundKind = GroundKind.ARRIVAL, since: datetime = NOON, by: str = JANE_ID) -> Ground:
    """A reason why a link exists."""
    return Ground(kind=kind, since=since, by=by)


def link(entity_id: str = REALTY, user_id: str = JANE_ID, *grounds: Ground, firm_id: FirmId = ACME) -> Link:
    """A link with these grounds, or by arrival."""
    return Link(
        firm_id=firm_id,
        user_id=UserId(user_id),
        entity_id=EntityId(entity_id),
        grounds=grounds or (ground(),),
        linked_at=NOON,
    )


def bar(entity_id: str = REALTY, email: EmailAddress = JANE, since: datetime = NOON, firm_id: FirmId = ACME) -> Bar:
    """A firm's unlink, remembered."""
    return Bar(firm_id=firm_id, email=email, entity_id=EntityId(entity_id), since=since, by=STAFF)


def invoice(invoice_id: str = "INV-1", entity_id: str = REALTY, **fields: Any) -> Invoice:  # noqa: ANN401
    """An open invoice of 1,200 dollars."""
    due = fields.get("amount_due", usd(1200))
    default: dict[str, Any] = {
        "firm_id": ACME,
        "total": due,
        "amount_due": due,
        "issued_on": date(2026, 1, 31),
        "due_on": date(2026, 2, 28),
        "status": InvoiceStatus.OPEN,
    }
    return Invoice(invoice_id=InvoiceId(invoice_id), entity_id=EntityId(entity_id), **{**default, **fields})


def late_fee(fee_id: str = "FEE-1", entity_id: str = REALTY, **fields: Any) -> LateFee:  # noqa: ANN401
    """A late fee of 25 dollars."""
    default: dict[str, Any] = {"firm_id": ACME, "amount": usd(25), "assessed_on": date(2026, 3, 1)}
    return LateFee(fee_id=FeeId(fee_id), entity_id=EntityId(entity_id), **{**default, **fields})


def payment(payment_id: str = "PAY-1", entity_id: str = REALTY, **fields: Any) -> Payment:  # noqa: ANN401
    """A payment of 300 dollars."""
    default: dict[str, Any] = {"firm_id": ACME, "amount": usd(300), "paid_at": NOON}
    return Payment(payment_id=PaymentId(payment_id), entity_id=EntityId(entity_id), **{**default, **fields})


def event(kind: EventKind = EventKind.LINKED, **fields: Any) -> Event:  # noqa: ANN401
    """Something that happened to Jane's link with her realty group."""
    default: dict[str, Any] = {"firm_id": ACME, "user_id": JANE_ID, "entity_id": REALTY, "by": JANE_ID, "at": NOON}
    return Event(kind=kind, **{**default, **fields})


def sign_up(tx: Transaction, person: User, *entity_ids: str) -> Mailbox:
    """Store a user with links to these entities, in this order."""
    mailbox = tx.mailboxes.lock(person.firm_id, person.email)
    tx.users.add(mailbox, person)
    links = [link(entity_id, person.user_id, firm_id=person.firm_id) for entity_id in entity_ids]
    tx.links.add_many([(mailbox, one) for one in links])
    return mailbox


def leave_bars(tx: Transaction, *bars: Bar) -> None:
    """Store bars."""
    for one in bars:
        tx.bars.add_many(tx.mailboxes.lock(one.firm_id, one.email), [one])


def journaled(tx: Transaction, events: Sequence[Event]) -> None:
    """Store events of one firm, and give them their place."""
    if events:
        firm_id = events[0].firm_id
        tx.journal.append(events)
        tx.journal.settle(firm_id)


def walk(fetch: Callable[[PageRequest], Page[T]], limit: int) -> Iterable[tuple[T, ...]]:
    """All pages of a listing, one after the other."""
    request: PageRequest | None = PageRequest(limit)
    while request is not None:
        page = fetch(request)
        yield page.items
        request = page.next
