"""L5: past is for accounts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ... import Firm, Guest, InvoiceStatus, PortalSettings, StaffId, StaffVisit, Viewer
from ..promises import Promises, for_each_store
from .answers import refused
from .pasts import MOST, Past, pasts
from .town import ACME, ENTITY_IDS
from .trial import Trial


def _with_settings(trial: Trial, *, past: bool) -> None:
    trial.change_settings(Firm(firm_id=ACME, name="A firm", settings=PortalSettings(show_past_payments=past)))


def _assert_no_past(trial: Trial, viewer: Viewer) -> None:
    portal, book = trial.portal, trial.model.books[ACME]
    assert portal.view(viewer).past_payments.items == ()
    assert portal.payments(viewer).items == ()
    assert portal.invoices(viewer, status=InvoiceStatus.PAID).items == ()
    for bill in book.invoices.values():
        if bill.status is InvoiceStatus.PAID:
            assert refused(portal.invoice, viewer, bill.invoice_id).error == "InvoiceNotFound"
    for payment_id in book.payments:
        assert refused(portal.payment, viewer, payment_id).error == "PaymentNotFound"


class PastLaw(Promises):
    """L5: past is for accounts."""

    law = "L5"

    @settings(for_each_store, max_examples=12)
    @given(past=pasts("save_bills", "sign_up", "link"), shown=st.booleans())
    def test_guests_never_see_the_past(self, past: Past, shown: bool) -> None:
        """L5: a guest is shown no past payment and no paid invoice, by list or by id, whatever the firm shows."""
        with past.relived(self.make_store) as trial:
            _with_settings(trial, past=shown)
            for entity_id, entity in trial.model.books[ACME].entities.items():
                if entity.active:
                    _assert_no_past(trial, Guest(ACME, entity_id))

    @settings(for_each_store, max_examples=12)
    @given(past=pasts("save_bills", "sign_up", "link"))
    def test_the_past_appears_to_accounts_and_staff_if_the_firm_enables_it(self, past: Past) -> None:
        """L5: switched off, nobody sees the past; switched on, users and staff see all of what is in their scope."""
        with past.relived(self.make_store) as trial:
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            book = trial.model.books[ACME]
            visits = [StaffVisit(ACME, StaffId("staff-1"), e) for e in ENTITY_IDS if e in book.entities]
            active = [visit for visit in visits if book.entities[visit.entity_id].active]
            viewers: list[Viewer] = [*(row.user.viewer for row in rows), *active]
            for viewer in viewers:
                _with_settings(trial, past=False)
                _assert_no_past(trial, viewer)
                _with_settings(trial, past=True)
                scope = {entity.entity_id for entity in trial.portal.entities(viewer, page=MOST).items}
                paid = {p.payment_id for p in book.payments.values() if p.entity_id in scope}
                bills = {i.invoice_id for i in book.invoices.values() if i.entity_id in scope and i.status == "paid"}
                assert {made.payment_id for made in trial.portal.payments(viewer).items} == paid
                listed = trial.portal.invoices(viewer, status=InvoiceStatus.PAID).items
                assert {bill.invoice_id for bill in listed} == bills
                assert {trial.portal.payment(viewer, payment_id).payment_id for payment_id in paid} == paid
                assert {trial.portal.invoice(viewer, invoice_id).invoice_id for invoice_id in bills} == bills

    @settings(for_each_store, max_examples=10)
    @given(past=pasts("save_bills", "sign_up", "link"))
    def test_only_the_payer_learns_who_paid(self, past: Past) -> None:
        """L5: a payment names its payer to the payer alone, by list and by id; everybody else is told of nobody."""
        with past.relived(self.make_store) as trial:
            _with_settings(trial, past=True)
            payers = {made.payment_id: made.payer for made in trial.model.books[ACME].payments.values()}
            for row in trial.portal.portal_users(trial.staff(ACME), page=MOST).items:
                for payment in trial.portal.payments(row.user.viewer).items:
                    is_theirs = payers[payment.payment_id] == row.user.user_id
                    assert payment.payer == (row.user.user_id if is_theirs else None)
                    assert trial.portal.payment(row.user.viewer, payment.payment_id) == payment
            for entity_id, entity in trial.model.books[ACME].entities.items():
                if entity.active:
                    visit = StaffVisit(ACME, StaffId("staff-1"), entity_id)
                    assert {payment.payer for payment in trial.portal.payments(visit).items} <= {None}
