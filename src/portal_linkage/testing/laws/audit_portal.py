"""What a viewer sees of the portal, compared with the model: the page, the lists, and what is asked for by its id."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from ... import EntityId, InvoiceId, InvoiceStatus, Money, Page, PaymentId, Viewer
from ..titles import broken
from . import model_readings
from .answers import Refusal, answer, rows
from .model_readings import Seen, seen_by
from .town import ENTITY_IDS, INVOICE_IDS, PAYMENT_IDS, UNKNOWN
from .trial import Trial

T = TypeVar("T")


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
