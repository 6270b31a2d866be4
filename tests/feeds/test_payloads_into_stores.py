"""Real payloads go through their feeds into SQLite and PostgreSQL, and people see the bills that are theirs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from portal_linkage import (
    Arrival,
    ClientEntity,
    EntityId,
    EntityNotFound,
    Firm,
    FirmId,
    FirmStaff,
    Invoice,
    InvoiceId,
    InvoiceNotFound,
    InvoiceStatus,
    LinkageService,
    Money,
    NothingToLink,
    Payment,
    PaymentNotFound,
    PortalUser,
    Reason,
    SignedUp,
    StaffId,
    StaffVisit,
    User,
    VerifiedEmail,
)
from portal_linkage.domain.values import sum_by_currency
from portal_linkage.feeds import Bills, Roster, quickbooks, tabular, xero
from portal_linkage.ports import Store
from tests import engines

ACME: Final = FirmId("acme")
CLERK: Final = StaffId("clerk")
LIAM: Final = EntityId("430fa14a-f945-44d3-9f97-5df5e28441b8")
BARNEY: Final = EntityId("a3675fc4-f8dd-4f03-ba5b-f1870566bcd7")
BAKERY: Final = EntityId("2")

CUSTOMERS: Final = ("customer", "customers", "fetch_customer_by_id", "deleted_customer")
INVOICES: Final = ("invoice", "invoices", "fetch_invoice_by_id")
PAYMENTS: Final = ("payment", "payment_by_id", "fetch_payment_by_id")
VOIDED, DELETED = "invoice_void_success_response", "invoice_delete_success_response"
NO_RECORDS: Final = ("fetch_credit_memo", "customer_duplicate_error")

CHINOOK: Final = tabular.FeedMapping.of(
    {
        "entities": {"entity_id": "CustomerId", "name": {"columns": ["FirstName", "LastName"]}, "email": "Email"},
        "invoices": {
            "invoice_id": "InvoiceId", "entity_id": "CustomerId", "total": "Total", "amount_due": "Total",
            "currency": {"constant": "USD"}, "status": {"constant": "open"}, "issued_on": "InvoiceDate",
        },
    }
)  # fmt: skip


@pytest.fixture(params=engines.SQL)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database in which there is the firm and nothing else."""
    store = engines.opened(request.param, tmp_path)
    with store.transaction() as tx:
        tx.firms.save(Firm(firm_id=ACME, name="Acme Accounting"))
    yield store
    store.close()


@pytest.fixture
def portal(store: Store) -> LinkageService:
    """The portal of that firm."""
    return LinkageService(store)


def keep(
    store: Store,
    entities: Iterable[ClientEntity] = (),
    invoices: Bills[Invoice, InvoiceId] | None = None,
    payments: Iterable[Payment] = (),
) -> None:
    """Bring the roster up to date, and store the bills, as feeds have read them."""
    roster = LinkageService(store).roster
    plan = roster.plan(ACME, entities)
    roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)
    with store.transaction() as tx:
        tx.payments.save_many(payments)
        if invoices:
            tx.invoices.save_many(invoices.rows)
            for invoice_id in invoices.removed:
                tx.invoices.remove(ACME, invoice_id)


def sign_up(portal: LinkageService, address: str, *, arrived_at: EntityId | None = None) -> User:
    """Somebody who reads that mailbox; if they say where they have arrived, the host attests it."""
    claim = Arrival.attest(arrived_at, via="one-click invoice e-mail") if arrived_at else None
    answer = portal.sign_up(ACME, VerifiedEmail.attest(address, via="test"), name="A reader", claim=claim)
    assert isinstance(answer, SignedUp)
    return answer.user


def numbers(portal: LinkageService, user: User, status: InvoiceStatus = InvoiceStatus.OPEN) -> list[str]:
    """The numbers of the invoices that a user is shown."""
    return [each.number for each in portal.invoices(user.viewer, status=status).items]


def sees_none_of(
    portal: LinkageService, viewer: PortalUser, invoices: Iterable[Invoice], payments: Iterable[Payment]
) -> bool:
    """Whether a user can neither find one of these bills in a list nor fetch it."""
    for bill in invoices:
        with pytest.raises(InvoiceNotFound):
            portal.invoice(viewer, bill.invoice_id)
    for payment in payments:
        with pytest.raises(PaymentNotFound):
            portal.payment(viewer, payment.payment_id)
    statuses = (InvoiceStatus.OPEN, InvoiceStatus.PAID)
    shown = {each.invoice_id for status in statuses for each in portal.invoices(viewer, status=status).items}
    paid = {each.payment_id for each in portal.payments(viewer).items}
    return shown.isdisjoint(each.invoice_id for each in invoices) and not paid


def assert_shown_to_nobody(
    store: Store, entity_id: EntityId, invoices: Sequence[Invoice], payments: Sequence[Payment]
) -> None:
    """The bills of an unknown client: no user of all the others sees them, nobody arrives there, no staff visits it."""
    portal = LinkageService(store)
    with store.snapshot() as snapshot:
        assert [snapshot.invoices.find(ACME, each.invoice_id) for each in invoices] == [*invoices]
        assert [snapshot.payments.find(ACME, each.payment_id) for each in payments] == [*payments]
        held = [each.entity_id for each in snapshot.entities.roster(ACME) if each.active]
    nosy = sign_up(portal, "nosy@example.com", arrived_at=held[0]).viewer
    for other in held[1:]:
        portal.claim(nosy, Arrival.attest(other, via="test"))
    assert {each.entity_id for each in portal.entities(nosy).items} == {*held}
    assert sees_none_of(portal, nosy, invoices, payments)
    with pytest.raises(EntityNotFound):
        portal.view(StaffVisit(ACME, CLERK, entity_id))
    with pytest.raises(EntityNotFound):
        sign_up(portal, "late@example.com", arrived_at=entity_id)


def test_the_real_answers_of_xero(store: Store, portal: LinkageService, samples: Path) -> None:
    """Whom the contact lists sees the contact's bills; those of a contact that no answer holds are shown to nobody."""
    folder = samples / "pms" / "xero"
    one_bill = json.loads((folder / "invoice_by_id.json").read_text(encoding="utf-8"))["Invoices"][0]
    told: list[bytes | str] = [(folder / f"{name}.json").read_bytes() for name in ("contacts", "contact_by_id")]
    rosters = [xero.read_contacts(ACME, each) for each in (*told, json.dumps(one_bill["Contact"]))]
    bills = [xero.read_invoices(ACME, (folder / f"{each}.json").read_bytes()) for each in ("invoices", "invoice_by_id")]
    payments = xero.read_payments(ACME, (folder / "payments.json").read_bytes()).rows
    for each in bills:
        keep(store, invoices=each)
    keep(store, [entity for roster in rosters for entity in roster.entities], payments=payments)
    invoices = [bill for each in bills for bill in each.rows]
    with store.snapshot() as snapshot:
        assert len([*snapshot.entities.roster(ACME)]) == 4
        stored = [snapshot.invoices.find(ACME, each.invoice_id) for each in invoices]
    assert stored == invoices
    assert sum_by_currency(each.total for each in invoices) == {"NZD": Money("148263.76", "NZD")}
    assert sum_by_currency(each.amount for each in payments) == {"NZD": Money(46, "NZD")}

    liam = sign_up(portal, "LIAM@rockstar.com")
    page = portal.view(liam.viewer)
    assert [each.entity_id for each in page.entities.items] == [LIAM]
    assert (page.open_invoice_count, page.amount_due, page.past_payments.items) == (0, {}, ())
    assert numbers(portal, liam, InvoiceStatus.PAID) == ["INV-0006"]
    assert portal.invoice(liam.viewer, InvoiceId(one_bill["InvoiceID"])).total == Money("148062.76", "NZD")
    with pytest.raises(NothingToLink):
        sign_up(portal, "debbie@rockstar.com")
    assert_shown_to_nobody(store, BARNEY, [each for each in invoices if each.entity_id == BARNEY], payments)


def test_the_real_answers_of_quickbooks(store: Store, portal: LinkageService, samples: Path) -> None:
    """Who arrives by a bill sees it until it is void, or deleted; a payment of an unknown customer is nobody's."""
    folder = samples / "pms" / "quickbooks"
    answers = {path.stem: path.read_bytes() for path in folder.glob("*.xml")}
    assert answers.keys() == {*CUSTOMERS, *INVOICES, *PAYMENTS, VOIDED, DELETED, *NO_RECORDS}
    for name in CUSTOMERS:
        keep(store, quickbooks.read_customers(ACME, answers[name]).entities)
    for name in PAYMENTS:
        rows = quickbooks.read_payments(ACME, answers[name], home_currency="USD").rows
        keep(store, payments=rows)
        with store.snapshot() as snapshot:
            assert [snapshot.payments.find(ACME, each.payment_id) for each in rows] == [*rows]
        assert sum_by_currency(each.amount for each in rows) == {"USD": Money(40, "USD")}
    for name in INVOICES:
        keep(store, invoices=quickbooks.read_invoices(ACME, answers[name]))
        with store.snapshot() as snapshot:
            bill = snapshot.invoices.find(ACME, InvoiceId("1"))
        assert bill is not None
        assert (bill.total, bill.amount_due, bill.status) == (Money(50, "USD"), Money(50, "USD"), InvoiceStatus.OPEN)
    with store.snapshot() as snapshot:
        assert [(each.entity_id, each.active) for each in snapshot.entities.roster(ACME)] == [
            ("1", False), ("2", True), ("3", True), ("4", True), ("5", True),
        ]  # fmt: skip

    rebecca = sign_up(portal, "rebecca@example.com", arrived_at=BAKERY)
    assert (numbers(portal, rebecca), portal.view(rebecca.viewer).amount_due) == (["1001"], {"USD": Money(50, "USD")})
    parent = sign_up(portal, "parent@example.com", arrived_at=EntityId("3"))
    assert (numbers(portal, parent), portal.can_see(parent.viewer, EntityId("4"))) == ([], False)
    with pytest.raises(NothingToLink):  # who is listed by a customer that is inactive
        sign_up(portal, "info@thriftymeats.com")
    payments = quickbooks.read_payments(ACME, answers["payment"], home_currency="USD").rows
    assert_shown_to_nobody(store, payments[0].entity_id, (), payments)

    for name, reason in ((VOIDED, Reason.VOID), (DELETED, Reason.ABSENT)):
        keep(store, invoices=quickbooks.read_invoices(ACME, answers[name]))
        assert (numbers(portal, rebecca), portal.view(rebecca.viewer).amount_due) == ([], {})
        why = portal.explain(FirmStaff(ACME, CLERK), rebecca.user_id, BAKERY, invoice_id=InvoiceId("1"))
        assert [*why.reasons] == [reason]


def test_the_real_tables_of_chinook(store: Store, portal: LinkageService, samples: Path) -> None:
    """All 59 customers sign up by their listed address; each sees their own bills, and all of them 2,328.60 USD."""
    folder = samples / "pms" / "chinook"
    clients = tabular.read_entities(ACME, tabular.read_records(folder / "customers.json"), CHINOOK)
    bills = tabular.read_invoices(ACME, tabular.read_records(folder / "invoices.json"), CHINOOK)
    keep(store, clients.entities, Bills(bills.rows))
    due: list[Money] = []
    count = 0
    for client in clients.entities:
        page = portal.view(sign_up(portal, str(client.contacts[0].email)).viewer)
        theirs = [each for each in bills.rows if each.entity_id == client.entity_id]
        assert [each.entity_id for each in page.entities.items] == [client.entity_id]
        assert {each.invoice_id for each in page.invoices.items} == {each.invoice_id for each in theirs}
        due += page.amount_due.values()
        count += page.open_invoice_count
    assert (len(clients.entities), count) == (59, 412)
    assert sum_by_currency(due) == {"USD": Money("2328.60", "USD")}


def test_all_that_feeds_say_of_a_client_can_be_stored(store: Store) -> None:
    """An address that is listed twice, a client merged away, one that is forgotten: every store takes them."""
    person: dict[str, Any] = {"EmailAddress": "JANE.smith@example.com", "IncludeInEmails": True}
    records = [
        {"ContactID": "1", "ContactStatus": "ACTIVE", "Name": "Smith, Jane", "EmailAddress": "jane.smith@example.com",
         "ContactPersons": [person, person]},
        {"ContactID": "2", "ContactStatus": "ARCHIVED", "Name": "Smith, J", "MergedToContactID": "1"},
        {"ContactID": "3", "ContactStatus": "GDPRREQUEST", "Name": "Smith", "EmailAddress": "jane.smith@example.com"},
    ]  # fmt: skip
    roster: Roster = xero.read_contacts(ACME, json.dumps({"Contacts": records}))
    keep(store, roster.entities)
    with store.snapshot() as snapshot:
        assert tuple(snapshot.entities.roster(ACME)) == roster.entities
        assert [each.entity_id for each in snapshot.entities.listing(ACME, roster.entities[0].contacts[0].email)] == [
            "1"
        ]
