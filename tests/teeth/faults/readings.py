"""Readings that do not agree, or not on an order."""

from collections.abc import Callable, Sequence

import attrs
import pytest

from portal_linkage import Invoice, Page, PageRequest
from portal_linkage.adapters.memory import bills, clients, people
from portal_linkage.adapters.memory.shelves import LinkShelf
from portal_linkage.domain.values import Key, Question
from portal_linkage.domain.viewers import Scope
from portal_linkage.ports import Totals
from portal_linkage.service import _readings

from ..fault import answers, breaks, instead


@breaks("L15", "test_lists_ids_counts_and_sums_agree", "test_the_invoices_counted_and_summed_are_those_listed")
def counts_what_it_does_not_list(patch: pytest.MonkeyPatch) -> None:
    """Paid invoices are counted among the open ones."""

    def totals(real: Callable[..., Totals], invoices: bills.Invoices, scope: Scope) -> Totals:
        paid = sum(len(account.paid_invoices or ()) for account in invoices._session.accounts(scope))
        told = real(invoices, scope)
        return attrs.evolve(told, count=told.count + paid)

    instead(patch, bills.Invoices, "totals", totals)


@breaks("L15", "test_lists_ids_counts_and_sums_agree")
def sums_late_fees_that_are_not_shown(patch: pytest.MonkeyPatch) -> None:
    """Where the firm shows no late fees, their sum is shown all the same."""
    instead(
        patch,
        _readings.Showing,
        "view",
        lambda real, reading, page: attrs.evolve(
            real(reading, page), late_fees_due=reading._snapshot.late_fees.totals(reading._scope)
        ),
    )


@breaks("L4", "test_open_invoices_come_by_due_date_number_and_id", by_machine=False)
def sorts_ties_as_they_came(patch: pytest.MonkeyPatch) -> None:
    """Invoices of one date and number are in the order in which they were saved."""

    def in_scope(
        real: Callable[..., Page[Invoice]], invoices: bills.Invoices, scope: Scope, *about: object
    ) -> Page[Invoice]:
        came = list(invoices._session.cabinet(scope.firm_id).invoices.rows)
        page = real(invoices, scope, *about)
        tied = sorted(page.items, key=lambda one: came.index(one.invoice_id))
        by_date = sorted(
            tied, key=lambda one: [(row.due_on, row.number) for row in page.items].index((one.due_on, one.number))
        )
        return attrs.evolve(page, items=tuple(by_date))

    instead(patch, bills.Invoices, "in_scope", in_scope)


@breaks("L15", "test_the_pages_are_the_whole", "test_pages_of_any_size_are_the_same_list")
def loses_the_last_of_a_page(patch: pytest.MonkeyPatch) -> None:
    """Of every page but the last, the last row is not there."""
    answers(patch, Question, "page", lambda page: attrs.evolve(page, items=page.items[:-1]) if page.next else page)


@breaks("L15", "test_the_pages_are_the_whole", "test_pages_of_any_size_are_the_same_list")
def repeats_a_row_at_the_seam(patch: pytest.MonkeyPatch) -> None:
    """The next page begins with the row that this one ends with."""

    def page(
        real: Callable[..., Page[object]],
        question: Question,
        rows: Sequence[object],
        request: PageRequest,
        key: Callable[[object], Key],
    ) -> Page[object]:
        told = real(question, rows, request, key)
        if told.next is None or request.limit == 1:
            return told
        return attrs.evolve(told, next=PageRequest(request.limit, question.cursor(key(told.items[-2]))))

    instead(patch, Question, "page", page)


@breaks(
    "L15",
    "test_a_cursor_of_another_listing_is_refused",
    "test_a_cursor_of_another_firm_is_refused",
    by_machine=False,
)
def takes_a_cursor_of_another_question(patch: pytest.MonkeyPatch) -> None:
    """A cursor leads on wherever it was found."""
    instead(patch, Question, "_tag", lambda real, question, octets: real(attrs.evolve(question, parts=()), octets))


@breaks("L15", "test_a_user_comes_with_all_their_entities_in_link_order")
def lists_links_by_id(patch: pytest.MonkeyPatch) -> None:
    """A user's entities are in the order of their ids, whichever was linked first."""
    answers(patch, LinkShelf, "of", lambda placed: sorted(placed, key=lambda one: one.entity_id))


@breaks("L3", "test_a_revision_grows_with_every_lock", "test_entities_in_scope_come_in_link_order")
def locks_without_a_revision(patch: pytest.MonkeyPatch) -> None:
    """A lock does not tell which change it is, so that links of all changes are as one."""
    answers(patch, people.Mailboxes, "lock", lambda mailbox: attrs.evolve(mailbox, revision=1))


@breaks(
    "L15", "test_every_reading_is_the_one_that_the_design_predicts", "test_labels_are_those_of_the_entities_that_exist"
)
def labels_without_a_number(patch: pytest.MonkeyPatch) -> None:
    """A row is labeled with the name alone, which several entities may have."""
    answers(
        patch,
        clients.Entities,
        "labels",
        lambda labels: {entity_id: label.rpartition(" (")[0] for entity_id, label in labels.items()},
    )
