"""Bills that the host keeps itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from portal_linkage import (
    ClaimRefused,
    Conflict,
    EntityId,
    EntityNotFound,
    FirmStaff,
    Guest,
    InvoiceNotFound,
    InvoiceProof,
    InvoiceStatus,
    LateFee,
    LinkageService,
    Linked,
    Money,
    Payment,
    PaymentNotFound,
    StaffVisit,
    iterate,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.sources import Asked, Reading
from portal_linkage.domain.entities import Invoice
from portal_linkage.domain.values import FirmId, InvoiceId, Key, PaymentId, micros_of, sum_by_currency
from portal_linkage.domain.viewers import scope_of
from portal_linkage.ports import Totals
from portal_linkage.testing.builders import (
    ACME,
    JANE,
    REALTY,
    SMITH,
    STAFF,
    TRUST,
    at,
    entity,
    firm,
    invoice,
    late_fee,
    payment,
    usd,
)
from tests import engines
from tests.sql.hosting import jane_signs_up
from tests.sql.listening import listening

OPEN, PAID = InvoiceStatus.OPEN, InvoiceStatus.PAID
BILL = sa.Table(
    "host_bill",
    sa.MetaData(),
    *(sa.Column(name, sa.Text(), primary_key=name == "id") for name in ("id", "firm", "client", "state")),
    *(sa.Column(name, sa.Integer()) for name in ("cents", "day")),
)


def _bill(row: sa.Row[tuple[str, str, str, str, int, int]]) -> Invoice:
    status = InvoiceStatus(row.state)
    amount = Money(row.cents, "USD")
    day = invoice().due_on.replace(day=row.day)
    return invoice(row.id, row.client, status=status, amount_due=amount, total=amount, issued_on=day, due_on=day)


class BillTable:
    """Invoices in a table of the host's, in the same database: each answer is one statement."""

    is_elsewhere = False

    def listing(self, asked: Asked, status: InvoiceStatus, after: Key | None, limit: int) -> Sequence[Invoice]:
        """A page, found by joining what is visible."""
        newest_first = status is PAID
        order = BILL.c.day.desc() if newest_first else BILL.c.day
        bills = map(_bill, asked.rows(self._of(asked, status).order_by(order, BILL.c.id)))
        return [one for one in bills if after is None or self._is_after(one, status, after)][:limit]

    def _is_after(self, one: Invoice, status: InvoiceStatus, after: Key) -> bool:
        if status is OPEN:
            return (one.due_on, one.number, one.invoice_id) > after
        day, invoice_id = after
        return one.issued_on < day if one.issued_on != day else one.invoice_id > str(invoice_id)  # type: ignore[operator]

    def _of(self, asked: Asked, status: InvoiceStatus) -> sa.Select[tuple[str, str, str, str, int, int]]:
        visible = asked.visible.subquery()
        same = sa.and_(visible.c.firm_id == BILL.c.firm, visible.c.entity_id == BILL.c.client)
        return sa.select(*BILL.c).join(visible, same).where(BILL.c.state == status.value)

    def totals(self, asked: Asked) -> Totals:
        """Count and sum."""
        bills = list(map(_bill, asked.rows(self._of(asked, OPEN))))
        return Totals(len(bills), sum_by_currency(one.amount_due for one in bills))

    def find(self, reading: Reading, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """One bill."""
        one = sa.select(*BILL.c).where(BILL.c.firm == firm_id, BILL.c.id == sa.bindparam("wanted"))
        rows = reading.rows(one, {"wanted": invoice_id})
        return next(map(_bill, rows), None)

    def proves(self, reading: Reading, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """Whether it is the client's."""
        found = self.find(reading, firm_id, InvoiceId(number))
        return found is not None and found.entity_id == entity_id and found.status is not InvoiceStatus.DRAFT


@attrs.define
class Elsewhere:
    """Bills of all kinds in another system, which is asked with ids; something may happen while it answers."""

    bills: Sequence[Invoice | LateFee | Payment]
    meanwhile: Callable[[], object] = attrs.field(default=lambda: None)
    asked: list[frozenset[EntityId]] = attrs.field(factory=list)

    is_elsewhere = True

    def _of(self, asked: Asked) -> list[Invoice | LateFee | Payment]:
        ids = frozenset(asked.entity_ids)
        assert ids == asked.entity_ids  # asked for again, they are those that were given
        self.asked.append(ids)
        self.meanwhile()
        return [one for one in self.bills if one.firm_id == asked.firm_id and one.entity_id in ids]


class InvoicesElsewhere(Elsewhere):
    """The invoices."""

    def listing(self, asked: Asked, status: InvoiceStatus, _after: Key | None, limit: int) -> Sequence[Invoice]:
        """All in one page."""
        return [one for one in self._of(asked) if isinstance(one, Invoice) and one.status is status][:limit]

    def totals(self, asked: Asked) -> Totals:
        """Count and sum."""
        found = [one for one in self._of(asked) if isinstance(one, Invoice) and one.is_open]
        return Totals(len(found), sum_by_currency(one.amount_due for one in found))

    def find(self, _reading: Reading, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """One bill."""
        invoices = (one for one in self.bills if isinstance(one, Invoice))
        return next((one for one in invoices if (one.firm_id, one.invoice_id) == (firm_id, invoice_id)), None)

    def proves(self, reading: Reading, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """Whether it is the client's."""
        found = self.find(reading, firm_id, InvoiceId(number))
        return found is not None and found.entity_id == entity_id


class LateFeesElsewhere(Elsewhere):
    """The late fees."""

    def listing(self, asked: Asked, _after: Key | None, limit: int) -> Sequence[LateFee]:
        """All in one page."""
        return [one for one in self._of(asked) if isinstance(one, LateFee)][:limit]

    def totals(self, asked: Asked) -> Mapping[str, Money]:
        """The sum."""
        return sum_by_currency(one.amount_due for one in self._of(asked) if isinstance(one, LateFee))


class PaymentsElsewhere(Elsewhere):
    """The payments."""

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[Payment]:
        """Newest first."""
        found = [one for one in self._of(asked) if isinstance(one, Payment)]
        found.sort(key=lambda one: (-micros_of(one.paid_at), one.payment_id))
        return [one for one in found if after is None or micros_of(one.paid_at) < int(str(after[0]))][:limit]

    def find(self, _reading: Reading, _firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        """One payment."""
        payments = (one for one in self.bills if isinstance(one, Payment))
        return next((one for one in payments if one.payment_id == payment_id), None)


@pytest.fixture(params=engines.SQL)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with our tables and the host's."""
    opened = sa.create_engine(engines.url_of(request.param, tmp_path))
    with opened.begin() as connection:
        BILL.drop(connection, checkfirst=True)
        BILL.create(connection)
    yield opened
    opened.dispose()


def furnished(store: SqlStore) -> LinkageService:
    """Acme and three clients, of which two list Jane."""
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many([entity(REALTY, JANE), entity(TRUST, JANE), entity(SMITH)])
    return LinkageService(store)


ROWS = [
    {"id": "B1", "firm": "acme", "client": "1003", "state": "open", "cents": 5, "day": 3},
    {"id": "B2", "firm": "acme", "client": "1002", "state": "open", "cents": 7, "day": 2},
    {"id": "B3", "firm": "acme", "client": "1001", "state": "open", "cents": 9, "day": 1},
    {"id": "B4", "firm": "acme", "client": "1003", "state": "paid", "cents": 4, "day": 1},
    {"id": "B5", "firm": "acme", "client": "1002", "state": "paid", "cents": 4, "day": 4},
    {"id": "B6", "firm": "other-firm", "client": "1003", "state": "open", "cents": 8, "day": 1},
]


def test_bills_in_the_hosts_own_table_are_seen_through_the_links(engine: sa.Engine) -> None:
    """Jane sees the bills of her clients and no others, in order, with their sum; by page and by id alike."""
    portal = furnished(SqlStore(engine, invoices=BillTable()))
    with engine.begin() as connection:
        connection.execute(sa.insert(BILL), ROWS)
    viewer = jane_signs_up(portal).user.viewer
    seen = portal.view(viewer)
    assert [one.invoice_id for one in seen.invoices.items] == ["B2", "B1"]
    assert (seen.amount_due, seen.open_invoice_count) == ({"USD": usd(12)}, 2)
    walked = iterate(lambda page: portal.invoices(viewer, status=PAID, page=page), limit=1)
    assert [one.invoice_id for one in walked] == ["B5", "B4"]
    assert portal.invoice(viewer, InvoiceId("B4")).status is PAID
    for hidden in ("B3", "B6", "B9"):
        with pytest.raises(InvoiceNotFound):
            portal.invoice(viewer, InvoiceId(hidden))


def test_a_visit_sees_the_hosts_bills_of_one_client(engine: sa.Engine) -> None:
    """Staff and guests see what the host's table has of the one client whose portal they are in."""
    store = SqlStore(engine, invoices=BillTable())
    portal = furnished(store)
    with engine.begin() as connection:
        connection.execute(sa.insert(BILL), ROWS)
    for viewer in (StaffVisit(ACME, STAFF, SMITH), Guest(ACME, SMITH)):
        assert [one.invoice_id for one in portal.view(viewer).invoices.items] == ["B3"]
        with engine.connect() as connection:
            assert connection.execute(store.visible_entities(viewer)).all() == [(ACME, SMITH)]


class Trusting(BillTable):
    """A table that gives whatever it has of the client that is named, whoever asks."""

    def _of(self, asked: Asked, status: InvoiceStatus) -> sa.Select[tuple[str, str, str, str, int, int]]:
        named = sa.and_(BILL.c.firm == asked.firm_id, BILL.c.client == asked.scope.entity_id)
        return sa.select(*BILL.c).where(named, BILL.c.state == status.value)


def test_who_names_a_client_that_is_not_theirs_is_told_so_before_the_host_is_asked(engine: sa.Engine) -> None:
    """Not linked, inactive, or not the one visited: it is not there, whatever the host would answer (L4, L10)."""
    store = SqlStore(engine, invoices=Trusting())
    portal = furnished(store)
    with engine.begin() as connection:
        connection.execute(sa.insert(BILL), ROWS)
    viewer = jane_signs_up(portal).user.viewer
    with store.transaction() as tx:
        tx.entities.save(entity(TRUST, JANE, active=False))
    for asker, named in ((viewer, SMITH), (viewer, TRUST), (Guest(ACME, TRUST), None), (Guest(ACME, SMITH), REALTY)):
        with pytest.raises(EntityNotFound):
            portal.invoices(asker, entity_id=named)
    assert [one.invoice_id for one in portal.invoices(viewer, entity_id=REALTY).items] == ["B1"]


def test_each_answer_is_one_statement(engine: sa.Engine) -> None:
    """Bills and links are joined: there is no moment between them."""
    store = SqlStore(engine, invoices=BillTable())
    viewer = jane_signs_up(furnished(store)).user.viewer
    with store.snapshot() as snapshot, listening(store) as said:
        snapshot.invoices.totals(scope_of(viewer))
    assert len(said) == 1
    assert "host_bill" in said[0].statement
    assert "portal_link" in said[0].statement


def test_claims_are_proved_against_the_hosts_bills(engine: sa.Engine) -> None:
    """The number of a bill in the host's table proves a client, and no other's does."""
    portal = furnished(SqlStore(engine, invoices=BillTable()))
    with engine.begin() as connection:
        connection.execute(sa.insert(BILL), ROWS)
    viewer = jane_signs_up(portal).user.viewer
    assert isinstance(portal.claim(viewer, InvoiceProof("1001", "B2")), ClaimRefused)
    assert isinstance(portal.claim(viewer, InvoiceProof("1001", "B3")), Linked)
    assert [one.invoice_id for one in portal.invoices(viewer).items] == ["B3", "B2", "B1"]


def test_bills_of_the_hosts_are_not_written(engine: sa.Engine) -> None:
    """A store that keeps no copy takes none: the host is told, and nothing is lost silently."""
    store = SqlStore(engine, invoices=BillTable())
    changes: list[Callable[[Any], None]] = [
        lambda bills: bills.save(invoice()),
        lambda bills: bills.save_many([invoice()]),
        lambda bills: bills.remove(ACME, invoice().invoice_id),
    ]
    for change in changes:
        with pytest.raises(Conflict, match="keeps no copy") as caught, store.transaction() as tx:
            change(tx.invoices)
        assert not caught.value.retryable


ELSEWHERE: list[Invoice | LateFee | Payment] = [
    invoice("I1", REALTY),
    invoice("I2", TRUST),
    invoice("I3", SMITH),
    late_fee("F1", REALTY),
    late_fee("F3", SMITH),
    payment("P1", TRUST),
    payment("P3", SMITH, paid_at=at(-5)),
]


def elsewhere(engine: sa.Engine) -> tuple[SqlStore, list[Elsewhere]]:
    """A store of which all bills are in another system."""
    sources = [InvoicesElsewhere(ELSEWHERE), LateFeesElsewhere(ELSEWHERE), PaymentsElsewhere(ELSEWHERE)]
    store = SqlStore(engine, invoices=sources[0], late_fees=sources[1], payments=sources[2])  # type: ignore[arg-type]
    return store, list(sources)


def test_bills_elsewhere_are_asked_for_by_ids(engine: sa.Engine) -> None:
    """Another database is given the ids of Jane's clients, and she sees just what it has of them."""
    store, sources = elsewhere(engine)
    portal = furnished(store)
    viewer = jane_signs_up(portal).user.viewer
    seen = portal.view(viewer)
    assert [one.invoice_id for one in seen.invoices.items] == ["I1", "I2"]
    assert seen.amount_due == {"USD": usd(2400)}
    assert [one.fee_id for one in seen.late_fees.items] == ["F1"]
    assert seen.late_fees_due == {"USD": usd(25)}
    assert [one.payment_id for one in seen.past_payments.items] == ["P1"]
    assert portal.payment(viewer, PaymentId("P1")).entity_id == TRUST
    for missing in ("P3", "P9"):
        with pytest.raises(PaymentNotFound):
            portal.payment(viewer, PaymentId(missing))
    assert isinstance(portal.claim(viewer, InvoiceProof("1001", "I3")), Linked)
    assert set(sources[0].asked) == {frozenset({REALTY, TRUST})}
    walked = iterate(lambda page: portal.payments(viewer, page=page), limit=1)
    assert [one.payment_id for one in walked] == ["P1", "P3"]


@pytest.mark.parametrize("hosted", [True, False])
def test_an_unlink_while_another_database_answers_is_seen(engine: sa.Engine, *, hosted: bool) -> None:
    """The links are read again afterwards: what was unlinked meanwhile is not shown, an invoice just issued neither."""
    store, (invoices, *_) = elsewhere(engine)
    portal = furnished(store)
    user = jane_signs_up(portal).user
    staff, other = FirmStaff(ACME, STAFF), LinkageService(SqlStore(engine))
    invoices.meanwhile = lambda: other.unlink(staff, user.user_id, TRUST)
    if hosted:
        with engine.connect() as connection:
            shown = portal.using(store.on(connection)).invoices(user.viewer).items
    else:
        shown = portal.invoices(user.viewer).items
    assert [one.invoice_id for one in shown] == ["I1"]
    assert invoices.asked == [frozenset({REALTY, TRUST}), frozenset({REALTY})]


def test_links_that_never_stand_still_are_a_conflict(engine: sa.Engine) -> None:
    """Where they change with every answer, the caller is told to try again, and shown nothing that may be wrong."""
    store, (invoices, *_) = elsewhere(engine)
    portal = furnished(store)
    user = jane_signs_up(portal).user
    staff, other = FirmStaff(ACME, STAFF), LinkageService(SqlStore(engine))

    def change_the_links() -> None:
        if len(invoices.asked) % 2:
            other.unlink(staff, user.user_id, TRUST)
        else:
            other.link(staff, user.user_id, TRUST)

    invoices.meanwhile = change_the_links
    with pytest.raises(Conflict) as caught:
        portal.invoices(user.viewer)
    assert caught.value.retryable
    assert len(invoices.asked) == 5
