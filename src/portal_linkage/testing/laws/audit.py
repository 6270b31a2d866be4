"""The audit: every reading of the service, compared with the model and with every other reading (L15)."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from ... import (
    EmailAddress,
    EntityId,
    Event,
    EventKind,
    FirmId,
    GroundKind,
    Guest,
    InvoiceId,
    InvoiceStatus,
    Money,
    Page,
    PaymentId,
    PortalUser,
    StaffId,
    StaffVisit,
    UserId,
    Viewer,
)
from ..titles import broken
from . import model_readings
from .answers import Consumer, Refusal, answer, rows
from .model_readings import Seen, seen_by
from .town import ACME, ADDRESSES, ENTITY_IDS, INVOICE_IDS, PAYMENT_IDS, UNKNOWN, ZENITH
from .trial import Trial

SEARCHES = (
    "",
    " ",
    "jane",
    "JANE.smith@",
    "\u00c9tude",
    "\u00e9tude@EX",
    "10",
    "1001 ",
    "smith tr",
    "sTRASSE",
    "caf\u00e9",
)
T = TypeVar("T")
Standing = dict[UserId, dict[EntityId, set[GroundKind]]]


def users(trial: Trial) -> Iterable[PortalUser]:
    """Every id that is a user's at one of the firms, asked for at both; some are gone, and one never was."""
    given = {user_id for book in trial.model.books.values() for user_id in book.users()}
    for user_id in sorted({*given, UserId("u1"), UserId("nobody")}):
        yield from (PortalUser(firm_id, user_id) for firm_id in trial.model.books)


def visits() -> Iterable[StaffVisit | Guest]:
    """Staff and guests at every entity of one firm, and at one of the other's."""
    for firm_id, entity_id in (
        *((ACME, entity_id) for entity_id in ENTITY_IDS),
        (ACME, UNKNOWN),
        (ZENITH, ENTITY_IDS[0]),
    ):
        yield StaffVisit(firm_id, StaffId("staff-1"), entity_id)
        yield Guest(firm_id, entity_id)


def audit(trial: Trial) -> None:
    """Everything that anybody can ask."""
    glance(trial)
    for viewer in (*users(trial), *visits()):
        audit_view(trial, viewer, None, limit=2)
        audit_viewer(trial, viewer, limit=2)
        for entity_id in ENTITY_IDS[:2]:
            audit_view(trial, viewer, entity_id, limit=1)
    for firm_id in trial.model.books:
        audit_firm(trial, firm_id)
        audit_journal(trial, firm_id)


def glance(trial: Trial) -> None:
    """What must hold after every single act: who has an account, what they see, and what was journaled meanwhile."""
    for firm_id, book in trial.model.books.items():
        audit_users(trial, firm_id)
        _agree_on_journal(trial, firm_id, trial.consumers[firm_id])
        for user_id in book.users():
            audit_view(trial, PortalUser(firm_id, user_id), None, limit=500)


@broken("L3", "the portal users are exactly those who hold a link, with all entities that they are linked to, in order")
def audit_users(trial: Trial, firm_id: FirmId) -> None:
    """Payments > Portal Users."""
    staff = trial.staff(firm_id)
    listed = rows(trial.portal.portal_users, staff)
    expected = model_readings.portal_users(trial.model, staff)
    assert listed == expected
    assert [str(row.user.email) for row in listed] == [str(row.user.email) for row in expected]


def audit_journal(trial: Trial, firm_id: FirmId) -> None:
    """The journal, read from its beginning, is what happened, and folds to what is there (L11)."""
    _agree_on_journal(trial, firm_id, Consumer())


@broken("L11", "the journal is what happened, in that order, each event once, and folds to the present links")
def _agree_on_journal(trial: Trial, firm_id: FirmId, consumer: Consumer) -> None:
    told, book = consumer.catch_up(trial.portal, firm_id), trial.model.books[firm_id]
    assert told == book.journal
    standing = {
        user_id: {link.entity_id: {ground.kind for ground in link.grounds} for link in person.links.values()}
        for user_id, person in book.users().items()
    }
    assert folded(told) == standing


def folded(events: Iterable[Event]) -> Standing:
    """Replay a journal; it must make sense at every step."""
    standing: Standing = {}
    for event in events:
        if event.kind is EventKind.BAR_LIFTED:
            continue
        assert event.user_id is not None
        if event.kind is EventKind.SIGNED_UP:
            assert event.user_id not in standing
            standing[event.user_id] = {}
        elif event.kind is EventKind.USER_REMOVED:
            assert standing.pop(event.user_id) == {}
        else:
            assert event.entity_id is not None
            _replay(standing[event.user_id], event.entity_id, event)
    assert all(standing.values())
    return standing


def _replay(links: dict[EntityId, set[GroundKind]], entity_id: EntityId, event: Event) -> None:
    if event.kind is EventKind.UNLINKED:
        del links[entity_id]
        return
    assert event.ground is not None
    if event.kind is EventKind.LINKED:
        assert entity_id not in links
        links[entity_id] = {event.ground}
    elif event.kind is EventKind.GROUND_ADDED:
        assert event.ground not in links[entity_id]
        links[entity_id].add(event.ground)
    else:
        assert event.kind is EventKind.GROUND_LOST
        links[entity_id].remove(event.ground)


def audit_view(trial: Trial, viewer: Viewer, entity_id: EntityId | None, *, limit: int) -> None:
    """The portal page: rows, labels, sums and count."""
    with broken("L4", "the page shows what is in the viewer's scope, all of it and nothing else"):
        expected = answer(seen_by, trial.model, viewer, entity_id)
        given = answer(trial.portal.view, viewer, entity_id=entity_id, limit=limit)
        if isinstance(expected, Refusal) or isinstance(given, Refusal):
            assert given == expected
            return
        assert_first(given.entities, expected.entities, limit)
        assert_first(given.invoices, expected.open_invoices, limit)
        assert_first(given.late_fees, expected.late_fees, limit)
    with broken("L5", "past payments are shown if the firm shows them, to no guest, and who paid to the payer alone"):
        assert_first(given.past_payments, expected.payments, limit)
    with broken("L14", "what is due is the exact sum, by currency, of all bills in scope on which something is due"):
        assert fractions(given.amount_due) == expected.amount_due
        assert fractions(given.late_fees_due) == expected.late_fees_due
    with broken("L15", "the invoices counted are those listed, and each entity that has a row is labeled"):
        assert given.open_invoice_count == len(expected.open_invoices)
        assert given.labels == _labels(expected, limit)


def assert_first(page: Page[T], expected: list[T], limit: int) -> None:
    """The page holds the first rows, and says whether there are more."""
    assert list(page.items) == expected[:limit]
    assert (page.next is not None) == (len(expected) > limit)


def fractions(sums: Mapping[str, Money]) -> dict[str, Fraction]:
    """Sums by currency, exactly."""
    assert all(money.currency == currency for currency, money in sums.items())
    return {currency: Fraction(money.amount) for currency, money in sums.items()}


def _labels(seen: Seen, limit: int) -> dict[EntityId, str]:
    listed = (seen.entities, seen.open_invoices, seen.late_fees, seen.payments)
    shown = {row.entity_id for kind in listed for row in kind[:limit]}
    return {
        entity.entity_id: f"{entity.name} ({entity.client_number})"
        for entity in seen.entities
        if entity.entity_id in shown
    }


def audit_viewer(trial: Trial, viewer: Viewer, *, limit: int) -> None:
    """All that one viewer can ask: by list, by id, by sum, by yes or no."""
    _audit_lists(trial, viewer, limit)
    portal, model = trial.portal, trial.model
    with broken("L10", "a bill is found by its id where a list would show it, and is else as if it were not there"):
        for invoice_id in (*INVOICE_IDS, InvoiceId(UNKNOWN)):
            bill = answer(portal.invoice, viewer, invoice_id)
            assert bill == answer(model_readings.invoice, model, viewer, invoice_id)
        for payment_id in (*PAYMENT_IDS, PaymentId(UNKNOWN)):
            paid = answer(portal.payment, viewer, payment_id)
            assert paid == answer(model_readings.payment, model, viewer, payment_id)
    with broken("L4", "a viewer can see the active entities in their scope and no other"):
        for entity_id in (*ENTITY_IDS, UNKNOWN):
            assert portal.can_see(viewer, entity_id) == model_readings.can_see(model, viewer, entity_id)


@broken("L15", "each list holds, in its order, all that the viewer's scope holds, and is refused where the page is")
def _audit_lists(trial: Trial, viewer: Viewer, limit: int) -> None:
    portal, expected = trial.portal, answer(seen_by, trial.model, viewer)
    listed: dict[str, object] = {
        "entities": answer(rows, portal.entities, viewer, limit=limit),
        "open_invoices": answer(rows, portal.invoices, viewer, limit=limit),
        "paid_invoices": answer(rows, portal.invoices, viewer, limit=limit, status=InvoiceStatus.PAID),
        "late_fees": answer(rows, portal.late_fees, viewer, limit=limit),
        "payments": answer(rows, portal.payments, viewer, limit=limit),
    }
    for what, told in listed.items():
        assert told == (expected if isinstance(expected, Refusal) else getattr(expected, what)), what


def audit_firm(trial: Trial, firm_id: FirmId) -> None:
    """All that the firm can ask."""
    audit_accounts(trial, firm_id)
    audit_bars(trial, firm_id)
    audit_searches(trial, firm_id)
    audit_explanations(trial, firm_id)
    audit_excerpts(trial, firm_id)


@broken("L1", "an address has the account that signed up with it, at this firm, and else it has none")
def audit_accounts(trial: Trial, firm_id: FirmId) -> None:
    """Whose each address is."""
    for address in ADDRESSES:
        email = EmailAddress.parse(address)
        assert trial.portal.find_user(firm_id, email) == model_readings.find_user(trial.model, firm_id, email)


@broken("L11", "the journal of a user, or of an entity, is what happened to them, in that order")
def audit_excerpts(trial: Trial, firm_id: FirmId) -> None:
    """The journal, cut down to one user, to one entity, to both."""
    staff = trial.staff(firm_id)
    for entity_id in (None, *ENTITY_IDS[:1]):
        for user_id in (None, UserId("u1")):
            told = rows(trial.portal.journal, staff, limit=3, user_id=user_id, entity_id=entity_id)
            assert told == model_readings.journal(trial.model, staff, user_id=user_id, entity_id=entity_id)


@broken("L7", "the firm's bars are those that its unlinks left and that it has not lifted, and no others")
def audit_bars(trial: Trial, firm_id: FirmId) -> None:
    """The firm's bars, by date and entity; between two addresses the design leaves the order open."""
    staff = trial.staff(firm_id)
    for address in (None, *ADDRESSES):
        email = EmailAddress.parse(address) if address else None
        given = rows(trial.portal.bars, staff, limit=2, email=email)
        expected = model_readings.bars(trial.model, staff, email=email)
        assert [(bar.since, bar.entity_id) for bar in given] == [(bar.since, bar.entity_id) for bar in expected]
        assert set(given) == set(expected)


@broken("L15", "a search finds exactly what matches, in order, and a suggestion tells whether it is linked or barred")
def audit_searches(trial: Trial, firm_id: FirmId) -> None:
    """Users and suggestions, whatever is typed."""
    staff, portal, model = trial.staff(firm_id), trial.portal, trial.model
    for text in SEARCHES:
        found = rows(portal.portal_users, staff, limit=2, search=text)
        assert found == model_readings.portal_users(model, staff, search=text), text
        user_id = UserId("u1") if len(text) % 2 else None
        told = answer(portal.suggest, staff, text, user_id=user_id, limit=3)
        assert told == answer(model_readings.suggest, model, staff, text, user_id=user_id, limit=3), text
    for entity_id in (*ENTITY_IDS[:1], UNKNOWN):
        found = rows(portal.portal_users, staff, limit=1, entity_id=entity_id)
        assert found == model_readings.portal_users(model, staff, entity_id=entity_id)


@broken("L12", "an explanation tells the grounds of the link, the bar, and every reason that holds")
def audit_explanations(trial: Trial, firm_id: FirmId) -> None:
    """Why everybody sees everything, or does not."""
    staff, portal, model = trial.staff(firm_id), trial.portal, trial.model
    people: list[UserId | EmailAddress] = [*map(EmailAddress.parse, ADDRESSES[1:4]), UserId("u1"), UserId("nobody")]
    for who in people:
        for entity_id in (*ENTITY_IDS[:2], UNKNOWN):
            for bill in (None, INVOICE_IDS[0]):
                told = answer(portal.explain, staff, who, entity_id, invoice_id=bill)
                assert told == answer(model_readings.explain, model, staff, who, entity_id, invoice_id=bill)
