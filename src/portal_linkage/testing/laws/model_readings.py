"""The model's readings: what each viewer sees, and what the firm is told, from L4, L5, L10 and L15."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import attrs

from ... import (
    Bar,
    ClientEntity,
    EmailAddress,
    EntityId,
    EntityNotFound,
    Event,
    Explanation,
    Firm,
    FirmId,
    FirmStaff,
    Guest,
    Invoice,
    InvoiceId,
    InvoiceNotFound,
    InvoiceStatus,
    LateFee,
    Money,
    NotFound,
    Payment,
    PaymentId,
    PaymentNotFound,
    PortalUser,
    PortalUserRow,
    Reason,
    Suggestion,
    User,
    UserId,
    UserNotFound,
    VerifiedEmail,
    Viewer,
)
from .model import Model
from .model_book import Book, Person
from .model_texts import begin_words, begins, folded, key_of, words

EMPTY = Book(Firm(firm_id=FirmId("nobody's"), name=""))


@dataclass
class Seen:
    """Everything that one viewer sees, in its order."""

    entities: list[ClientEntity]
    open_invoices: list[Invoice]
    paid_invoices: list[Invoice]
    late_fees: list[LateFee]
    payments: list[Payment]

    @property
    def amount_due(self) -> dict[str, Fraction]:
        """What is due on the open invoices, by currency."""
        return summed(invoice.amount_due for invoice in self.open_invoices)

    @property
    def late_fees_due(self) -> dict[str, Fraction]:
        """What is due on the late fees, by currency."""
        return summed(fee.amount_due for fee in self.late_fees)


def summed(amounts: Iterable[Money]) -> dict[str, Fraction]:
    """Exact sums by currency."""
    sums = dict[str, Fraction]()
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Fraction(0)) + Fraction(money.amount)
    return sums


def _book(model: Model, firm_id: FirmId) -> Book:
    return model.books.get(firm_id, EMPTY)


def _reader_of(book: Book, email: EmailAddress) -> Person:
    return book.people.get(key_of(str(email)), Person())


def in_sight(model: Model, viewer: Viewer, entity_id: EntityId | None = None) -> list[EntityId]:
    """L4: which entities the viewer sees, or which of them is meant."""
    book = _book(model, viewer.firm_id)
    if isinstance(viewer, PortalUser):
        if viewer.user_id not in book.users():
            raise UserNotFound(viewer.firm_id, viewer.user_id)
        seen = [found for found in book.users()[viewer.user_id].links if book.active(found)]
    else:
        seen = [viewer.entity_id] if book.active(viewer.entity_id) else []
        if not seen:
            raise EntityNotFound(viewer.firm_id, entity_id or viewer.entity_id)
    if entity_id is not None and entity_id not in seen:
        raise EntityNotFound(viewer.firm_id, entity_id)
    return seen if entity_id is None else [entity_id]


def seen_by(model: Model, viewer: Viewer, entity_id: EntityId | None = None) -> Seen:
    """L4 and L5: everything that the viewer sees."""
    scope = in_sight(model, viewer, entity_id)
    book = _book(model, viewer.firm_id)
    past = book.firm.settings.show_past_payments and not isinstance(viewer, Guest)
    bills = [bill for bill in book.invoices.values() if bill.entity_id in scope]
    fees = [fee for fee in book.fees.values() if fee.entity_id in scope and book.firm.settings.show_late_fees]
    paid = [payment for payment in book.payments.values() if payment.entity_id in scope and past]
    return Seen(
        entities=[bare(book.entities[found]) for found in scope],
        open_invoices=sorted(
            (bill for bill in bills if bill.status == "open" and bill.amount_due.amount > Decimal(0)),
            key=lambda bill: (bill.due_on, bill.number, bill.invoice_id),
        ),
        paid_invoices=sorted(
            (bill for bill in bills if bill.status == "paid" and past),
            key=lambda bill: (-bill.issued_on.toordinal(), bill.invoice_id),
        ),
        late_fees=sorted(
            (fee for fee in fees if fee.amount_due.amount > Decimal(0)), key=lambda fee: (fee.assessed_on, fee.fee_id)
        ),
        payments=[_as_seen(payment, viewer) for payment in newest_first(paid)],
    )


def bare(entity: ClientEntity) -> ClientEntity:
    """An entity as it is shown: its contacts are for the firm."""
    return attrs.evolve(entity, contacts=())


def newest_first(payments: Iterable[Payment]) -> list[Payment]:
    """By time, newest first, then id."""
    by_id = sorted(payments, key=lambda payment: payment.payment_id)
    return sorted(by_id, key=lambda payment: payment.paid_at, reverse=True)


def _as_seen(payment: Payment, viewer: Viewer) -> Payment:
    own = isinstance(viewer, PortalUser) and payment.payer == viewer.user_id
    return payment if own else attrs.evolve(payment, payer=None)


def invoice(model: Model, viewer: Viewer, invoice_id: InvoiceId) -> Invoice:
    """By id, exactly what the lists show."""
    found = _everything(model, viewer)
    for bill in (*found.open_invoices, *found.paid_invoices) if found else ():
        if bill.invoice_id == invoice_id:
            return bill
    raise InvoiceNotFound(viewer.firm_id, invoice_id)


def payment(model: Model, viewer: Viewer, payment_id: PaymentId) -> Payment:
    """By id, exactly what the list shows."""
    found = _everything(model, viewer)
    for made in found.payments if found else ():
        if made.payment_id == payment_id:
            return made
    raise PaymentNotFound(viewer.firm_id, payment_id)


def _everything(model: Model, viewer: Viewer) -> Seen | None:
    try:
        return seen_by(model, viewer)
    except NotFound:
        return None


def can_see(model: Model, viewer: Viewer, entity_id: EntityId) -> bool:
    """Whether the entity is among those the viewer sees."""
    found = _everything(model, viewer)
    return found is not None and entity_id in {entity.entity_id for entity in found.entities}


def find_user(model: Model, firm_id: FirmId, email: EmailAddress | VerifiedEmail) -> User | None:
    """The user with this address."""
    address = email.email if isinstance(email, VerifiedEmail) else email
    person = _book(model, firm_id).people.get(key_of(str(address)))
    return person.user if person else None


def bars(model: Model, staff: FirmStaff, *, email: EmailAddress | None = None) -> list[Bar]:
    """By date, then entity."""
    book = _book(model, staff.firm_id)
    people = [_reader_of(book, email)] if email else book.people.values()
    found = [bar for person in people for bar in person.bars.values()]
    return sorted(found, key=lambda bar: (bar.since, bar.entity_id))


def portal_users(
    model: Model, staff: FirmStaff, *, search: str = "", entity_id: EntityId | None = None
) -> list[PortalUserRow]:
    """Payments > Portal Users, by name, then id."""
    book, rows = _book(model, staff.firm_id), list[PortalUserRow]()
    for person in book.users().values():
        entities = [book.entities[found] for found in person.links]
        if _matches(search, person, entities) and (entity_id is None or entity_id in person.links):
            assert person.user is not None
            rows.append(PortalUserRow(person.user, tuple(map(bare, entities))))
    return sorted(rows, key=lambda row: (folded(row.user.name), row.user.user_id))


def _matches(search: str, person: Person, entities: Sequence[ClientEntity]) -> bool:
    assert person.user is not None
    if search == "":
        return True
    if search.strip() == "":
        return False
    begun = [str(person.user.email), *(entity.client_number for entity in entities)]
    named = [person.user.name, *(entity.name for entity in entities)]
    return any(begins(search, text) for text in begun) or any(begin_words(search, name) for name in named)


def suggest(
    model: Model, staff: FirmStaff, text: str, *, user_id: UserId | None = None, limit: int = 10
) -> tuple[Suggestion, ...]:
    """Exact number, number prefix, name prefix, any other word prefix; then name, then id."""
    book = _book(model, staff.firm_id)
    person = book.users().get(user_id) if user_id is not None else Person()
    if person is None:
        raise UserNotFound(staff.firm_id, user_id or "")
    found = [(rank, entity) for entity in book.entities.values() if entity.active and (rank := _rank(text, entity))]
    found.sort(key=lambda ranked: (ranked[0], folded(ranked[1].name), ranked[1].entity_id))
    return tuple(
        Suggestion(
            entity_id=entity.entity_id,
            client_number=entity.client_number,
            name=entity.name,
            label=f"{entity.name} ({entity.client_number})",
            linked=entity.entity_id in person.links,
            barred=entity.entity_id in person.bars,
        )
        for _, entity in found[:limit]
    )


def _rank(text: str, entity: ClientEntity) -> int:
    if not text.strip():
        return 0
    if folded(text.strip()) == folded(entity.client_number):
        return 1
    if begins(text, entity.client_number):
        return 2
    if not begin_words(text, entity.name):
        return 0
    return 3 if " ".join(words(entity.name)).startswith(" ".join(words(text))) else 4


def explain(
    model: Model,
    staff: FirmStaff,
    who: UserId | EmailAddress,
    entity_id: EntityId,
    *,
    invoice_id: InvoiceId | None = None,
) -> Explanation:
    """The paragraph *Explain*: every reason that holds."""
    book = _book(model, staff.firm_id)
    person = _reader_of(book, who) if isinstance(who, EmailAddress) else book.users().get(who)
    if person is None:
        raise UserNotFound(staff.firm_id, str(who))
    link, bar, entity = person.links.get(entity_id), person.bars.get(entity_id), book.entities.get(entity_id)
    reasons = {
        Reason.NOT_LINKED: link is None,
        Reason.BARRED: bar is not None,
        Reason.ENTITY_INACTIVE: entity is not None and not entity.active,
        Reason.ABSENT: entity is None or (invoice_id is not None and invoice_id not in book.invoices),
    }
    if invoice_id is not None and invoice_id in book.invoices:
        reasons |= _why_not(book.invoices[invoice_id], entity_id, book.firm)
    return Explanation(
        visible=not any(reasons.values()),
        link=link,
        bar=bar,
        reasons=tuple(reason for reason in Reason if reasons.get(reason)),
        entity_id=entity_id,
        user_id=person.user.user_id if person.user else None,
        invoice_id=invoice_id,
    )


def _why_not(bill: Invoice, entity_id: EntityId, firm: Firm) -> dict[Reason, bool]:
    return {
        Reason.OTHER_ENTITY: bill.entity_id != entity_id,
        Reason.DRAFT: bill.status is InvoiceStatus.DRAFT,
        Reason.VOID: bill.status is InvoiceStatus.VOID,
        Reason.NOTHING_DUE: bill.status is InvoiceStatus.OPEN and bill.amount_due.amount <= Decimal(0),
        Reason.PAST_NOT_SHOWN: bill.status is InvoiceStatus.PAID and not firm.settings.show_past_payments,
    }


def journal(
    model: Model, staff: FirmStaff, *, user_id: UserId | None = None, entity_id: EntityId | None = None
) -> list[Event]:
    """Oldest first; of one user, of one entity, or of both."""
    return [
        event
        for event in _book(model, staff.firm_id).journal
        if user_id in (None, event.user_id) and entity_id in (None, event.entity_id)
    ]
