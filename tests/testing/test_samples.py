"""The larger firm, as its docstring tells."""

import hashlib
import json
from collections import Counter

from portal_linkage import InvoiceStatus, LinkageService
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.testing import samples
from portal_linkage.wire import to_json

PRACTICE = samples.larger()


def test_it_is_made_once_and_always_the_same() -> None:
    """By counting, with no dice, so that a test that fails fails again."""
    assert samples.larger() is PRACTICE
    digest = hashlib.sha256(json.dumps(to_json(PRACTICE.invoices)).encode()).hexdigest()
    assert (len(PRACTICE.invoices), digest[:8]) == (1283, "8fae0f6e")


def test_its_mailboxes_are_skewed() -> None:
    """Most are on one client, some on three, one on a dozen or so, and the bookkeepers' on forty."""
    listed = Counter(contact.email for client in PRACTICE.clients for contact in client.contacts)
    sizes = Counter(listed.values())
    assert sizes[1] > 200
    assert sizes[3] > 20
    assert [count for _, count in listed.most_common(3)] == [40, 14, 3]
    assert any(str(email) != email.key for email in listed)
    assert any(not client.contacts for client in PRACTICE.clients)


def test_its_numbers_are_dirty() -> None:
    """Some have leading zeros or letters, and two active clients share one."""
    numbers = Counter(client.client_number for client in PRACTICE.clients if client.active)
    assert [number for number, count in numbers.items() if count > 1] == ["2044"]
    assert any(number.startswith("00") for number in numbers)
    assert any(number.startswith("B-") for number in numbers)
    assert sum(not client.active for client in PRACTICE.clients) == 20


def test_its_bills_are_of_every_kind() -> None:
    """In every state, in two currencies, some paid in part; nothing is paid that is still to come."""
    statuses = Counter(invoice.status for invoice in PRACTICE.invoices)
    assert min(statuses[status] for status in InvoiceStatus) > 50
    assert {invoice.total.currency for invoice in PRACTICE.invoices} == {"USD", "EUR"}
    assert any(0 < one.amount_due.units < one.total.units for one in PRACTICE.invoices if one.is_open)
    assert {fee.is_due for fee in PRACTICE.late_fees} == {True, False}
    assert max(payment.paid_at for payment in PRACTICE.payments) <= samples.NOW
    assert max(Counter(one.entity_id for one in PRACTICE.invoices).values()) == 60


def test_every_bill_is_its_own() -> None:
    """No id stands twice, and every bill is of a client that is there."""
    for bills, field in (
        (PRACTICE.invoices, "invoice_id"),
        (PRACTICE.late_fees, "fee_id"),
        (PRACTICE.payments, "payment_id"),
        (PRACTICE.clients, "entity_id"),
    ):
        assert len({getattr(one, field) for one in bills}) == len(bills)
    known = {client.entity_id for client in PRACTICE.clients}
    assert {one.entity_id for one in PRACTICE.invoices} | {one.entity_id for one in PRACTICE.payments} <= known
    assert {one.entity_id for one in PRACTICE.late_fees} <= known


def test_its_roster_goes_in_and_names_the_number_that_is_shared() -> None:
    """A plan from nothing costs nobody anything."""
    portal = LinkageService(store := MemoryStore())
    with store.transaction() as tx:
        tx.firms.save(PRACTICE.firm)
    plan = portal.roster.plan(PRACTICE.firm.firm_id, PRACTICE.clients)
    assert (plan.needs_confirmation, list(plan.ambiguous_numbers)) == (False, ["2044"])
    portal.roster.apply(plan)
