"""A reader that gets one thing wrong is caught by the promises that are about it, and told in words what is broken."""

from collections.abc import Mapping
from typing import Final

import pytest

from portal_linkage.testing import Capability, InvoiceReaderContract, LateFeeReaderContract, PaymentReaderContract
from portal_linkage.testing.readers._base import ReaderPromises
from portal_linkage.testing.titles import LAWS

from . import faulty
from .ledger import Books, InvoiceBooks, LateFeeBooks, OnBooks, PaymentBooks
from .promised import broken

CONTRACTS: Final[Mapping[type[Books], type[ReaderPromises]]] = {
    InvoiceBooks: InvoiceReaderContract,
    LateFeeBooks: LateFeeReaderContract,
    PaymentBooks: PaymentReaderContract,
}

SHIFTED = {
    "the_pages_are_the_whole",
    "a_bill_that_comes_after_the_cursor_is_met",
    "a_bill_that_comes_before_the_cursor_shifts_nothing",
}
LONGEST = "a_page_may_be_as_long_as_pages_can_be"
UNSEEING = {
    "a_link_is_seen_by_the_next_reading",
    "an_unlink_is_seen_by_the_next_reading",
    "a_bill_may_be_there_before_its_client",
    "bills_of_an_inactive_client_are_shown_to_nobody",
}
CAUGHT: Final[Mapping[type[Books], set[str]]] = {
    faulty.BlindToCase: {*SHIFTED, "open_invoices_of_one_day_come_by_number_then_id"},
    faulty.OldestFirst: {*SHIFTED, LONGEST, "paid_invoices_come_newest_first", "the_order_of_writing_does_not_matter"},
    faulty.CountsMore: {
        "a_draft_is_not_listed",
        "a_paid_invoice_is_past_whatever_it_says_is_due",
        "a_void_invoice_is_not_listed",
    },
    faulty.InFloats: {
        "a_sum_has_no_limit_of_the_machine",
        "a_sum_may_be_more_than_any_amount",
        "small_amounts_add_up_exactly",
    },
    faulty.OneSum: {"sums_are_kept_apart_by_currency"},
    faulty.ShowsCredits: {
        "an_invoice_on_which_less_than_nothing_is_due_is_not_open",
        "an_invoice_on_which_nothing_is_due_is_not_open",
    },
    faulty.ProvesDrafts: {"a_claim_is_not_proved_by_a_draft", "a_draft_proves_nothing"},
    faulty.ProvesInAnyCase: {"a_claim_is_proved_against_these_bills", "an_invoice_proves_by_its_exact_number"},
    faulty.ProvesForAnybody: {"a_claim_is_proved_against_these_bills", "an_invoice_proves_its_own_client"},
    faulty.FindsAnyFirms: {"a_bill_is_found_at_its_own_firm"},
    faulty.IgnoresScope: {
        *UNSEEING,
        "a_user_is_shown_the_bills_of_all_their_clients",
        "a_user_may_be_shown_the_bills_of_one_client",
        "a_user_who_was_removed_is_shown_nothing",
        "a_visit_shows_the_bills_of_one_client",
        "list_and_id_agree",
        "what_others_are_linked_to_makes_no_difference",
        "who_holds_no_link_is_shown_nothing",
    },
    faulty.IgnoresFirms: {"another_firm_is_shown_nothing_of_ours", "bills_of_two_firms_are_apart"},
    faulty.Remembers: {*UNSEEING},
    faulty.ToTheSecond: {"payments_come_to_the_smallest_part_of_time"},
    faulty.Again: {*SHIFTED, LONGEST},
    faulty.ByOffset: {LONGEST, "a_bill_that_comes_after_the_cursor_is_met", "the_pages_are_the_whole"},
    faulty.FiveHundred: {LONGEST},
    faulty.SumsFiveHundred: {"a_sum_has_no_limit_of_the_machine", "very_many_invoices_are_counted_and_summed"},
    faulty.SumsAssessed: {"what_is_due_is_summed_and_not_what_was_assessed"},
    faulty.ByNumber: {"fees_of_one_day_come_by_id", "the_order_of_writing_does_not_matter", "the_pages_are_the_whole"},
}


def contract_on(books: type[Books]) -> type[ReaderPromises]:
    """The contract, on books of this kind."""
    (contract,) = (contract for right, contract in CONTRACTS.items() if issubclass(books, right))
    lacks = {Capability.STATEMENT_COUNTER: "books have no statements"}
    return type(books.__name__, (OnBooks, contract), {"books": books, "lacks": lacks})


def test_a_right_reader_breaks_no_promise() -> None:
    """What is caught below is caught for its fault alone."""
    assert [broken(contract_on(books)) for books in CONTRACTS] == [{}, {}, {}]


def test_every_faulty_reader_is_held_to_the_contract() -> None:
    """None is forgotten."""
    planted = [one for one in vars(faulty).values() if isinstance(one, type) and one.__module__ == faulty.__name__]
    assert set(planted) == set(CAUGHT)


@pytest.mark.parametrize("books", CAUGHT, ids=lambda books: books.__name__)
def test_a_faulty_reader_is_caught(books: type[Books]) -> None:
    """By exactly these promises, without those about bills at random; each error names the law, or what is broken."""
    found = broken(contract_on(books))
    assert {name.removeprefix("test_") for name in found} == CAUGHT[books]
    for error in found.values():
        (note,) = error.__notes__
        law, said = note.split(" is broken: ")
        assert law.split(",")[0] in LAWS
        assert said
