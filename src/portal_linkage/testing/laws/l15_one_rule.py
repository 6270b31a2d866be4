"""L15: one rule for every reading."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ... import InvoiceStatus, LinkageService, StaffId, StaffVisit, Viewer
from ...ports import Store
from .. import builders
from ..promises import Promises, for_each_store
from .answers import Refusal, answer, rows
from .audit import audit
from .model_readings import summed
from .pasts import MOST, Past, pasts
from .town import ACME, INVOICE_IDS, PAYMENT_IDS, ZENITH
from .trial import Trial


def _viewers(trial: Trial) -> list[Viewer]:
    listed = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
    active = (entity for entity in trial.model.books[ACME].entities.values() if entity.active)
    visits = [StaffVisit(ACME, StaffId("staff-1"), entity.entity_id) for entity in active]
    return [*(row.user.viewer for row in listed), *visits]


class OneRuleLaw(Promises):
    """L15: one rule for every reading."""

    law = "L15"

    @settings(for_each_store, max_examples=12)
    @given(past=pasts(), limit=st.integers(1, 3))
    def test_lists_ids_counts_and_sums_agree(self, past: Past, limit: int) -> None:
        """L15: the page, the lists, the fetch by id, the count and the sums of one viewer tell of the same bills."""
        with past.relived(self.make_store) as trial:
            portal = trial.portal
            for viewer in _viewers(trial):
                view = portal.view(viewer, limit=limit)
                due = rows(portal.invoices, viewer, limit=limit)
                paid = rows(portal.invoices, viewer, status=InvoiceStatus.PAID)
                fees = rows(portal.late_fees, viewer, limit=limit)
                payments = rows(portal.payments, viewer, limit=limit)
                assert view.open_invoice_count == len(due)
                assert {c: Fraction(m.amount) for c, m in view.amount_due.items()} == summed(i.amount_due for i in due)
                assert {c: Fraction(m.amount) for c, m in view.late_fees_due.items()} == summed(
                    f.amount_due for f in fees
                )
                assert (list(view.invoices.items), list(view.late_fees.items)) == (due[:limit], fees[:limit])
                assert list(view.past_payments.items) == payments[:limit]
                by_id = [answer(portal.invoice, viewer, invoice_id) for invoice_id in INVOICE_IDS]
                assert {i.invoice_id for i in by_id if not isinstance(i, Refusal)} == {
                    i.invoice_id for i in (*due, *paid)
                }
                paid_by_id = [answer(portal.payment, viewer, payment_id) for payment_id in PAYMENT_IDS]
                assert {p.payment_id for p in paid_by_id if not isinstance(p, Refusal)} == {
                    p.payment_id for p in payments
                }

    def test_a_view_sums_more_than_it_shows(self, store: Store) -> None:
        """L15: a page of one bill of a kind tells how many are open, and what is due on all of them."""
        with store.transaction() as tx:
            tx.firms.save(builders.firm())
            tx.entities.save(builders.entity())
            tx.invoices.save_many(builders.invoice(one, amount_due=builders.usd(1)) for one in "abc")
            tx.late_fees.save_many(builders.late_fee(one, amount=builders.usd(1)) for one in "ab")
        visit = StaffVisit(builders.ACME, builders.STAFF, builders.REALTY)
        view = LinkageService(store).view(visit, limit=1)
        assert (len(view.invoices.items), view.open_invoice_count, len(view.late_fees.items)) == (1, 3, 1)
        assert view.amount_due == {"USD": builders.usd(3)}
        assert view.late_fees_due == {"USD": builders.usd(2)}

    @settings(for_each_store, max_examples=10)
    @given(past=pasts())
    def test_a_whole_is_the_sum_of_its_entities(self, past: Past) -> None:
        """L15: asked entity by entity, a user sees the same bills, counts and sums as when asked about all at once."""
        with past.relived(self.make_store) as trial:
            portal = trial.portal
            for viewer in _viewers(trial):
                whole = portal.view(viewer)
                parts = [portal.view(viewer, entity_id=entity.entity_id) for entity in whole.entities.items]
                assert {row for part in parts for row in part.invoices.items} == set(whole.invoices.items)
                assert {row for part in parts for row in part.late_fees.items} == set(whole.late_fees.items)
                assert {row for part in parts for row in part.past_payments.items} == set(whole.past_payments.items)
                assert sum(part.open_invoice_count for part in parts) == whole.open_invoice_count
                assert summed(money for part in parts for money in part.amount_due.values()) == summed(
                    whole.amount_due.values()
                )
                assert {k: v for part in parts for k, v in part.labels.items()} == whole.labels

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), limit=st.integers(1, 4))
    def test_pages_of_any_size_are_the_same_list(self, past: Past, limit: int) -> None:
        """L15: walked in pages of any size, every listing gives the same rows in the same order, each once."""
        with past.relived(self.make_store) as trial:
            portal, staff = trial.portal, trial.staff(ACME)
            for viewer in _viewers(trial):
                assert rows(portal.entities, viewer, limit=limit) == rows(portal.entities, viewer)
                assert rows(portal.invoices, viewer, limit=limit) == rows(portal.invoices, viewer)
                assert rows(portal.late_fees, viewer, limit=limit) == rows(portal.late_fees, viewer)
                assert rows(portal.payments, viewer, limit=limit) == rows(portal.payments, viewer)
            assert rows(portal.portal_users, staff, limit=limit) == rows(portal.portal_users, staff)
            assert rows(portal.bars, staff, limit=limit) == rows(portal.bars, staff)
            assert rows(portal.journal, staff, limit=limit) == rows(portal.journal, staff)

    @settings(for_each_store, max_examples=8)
    @given(past=pasts(firm_ids=(ACME, ZENITH)))
    def test_every_reading_is_the_one_that_the_design_predicts(self, past: Past) -> None:
        """L15: every reading of every viewer and of the firm, search and explanation included, is the model's."""
        with past.relived(self.make_store) as trial:
            audit(trial)
