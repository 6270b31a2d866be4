"""Journals that do not tell what happened."""

from collections.abc import Callable, Sequence

import attrs
import pytest

from portal_linkage import Event, EventKind, FirmId, Page, PageRequest
from portal_linkage.adapters.listings import CHANGES
from portal_linkage.adapters.memory import clients
from portal_linkage.adapters.memory.shelves import EventShelf
from portal_linkage.domain import events
from portal_linkage.domain.values import Question

from ..fault import breaks, instead


@breaks("L11", "test_the_journal_folds_back_to_the_present_links", "test_the_journal_is_in_the_order_of_writing")
def leaves_a_gap(patch: pytest.MonkeyPatch) -> None:
    """Of what happens together, the last is not journaled."""
    instead(patch, clients.Journal, "append", lambda real, journal, told: real(journal, told[:-1] or told))


@breaks("L11", "test_the_journal_folds_back_to_the_present_links")
def journals_no_second_ground(patch: pytest.MonkeyPatch) -> None:
    """That a link has one ground more is not journaled."""

    def append(real: Callable[..., None], journal: clients.Journal, told: Sequence[Event]) -> None:
        real(journal, [event for event in told if event.kind is not EventKind.GROUND_ADDED])

    instead(patch, clients.Journal, "append", append)


@breaks(
    "L11",
    "test_a_consumer_who_resumes_misses_nothing_and_gets_nothing_twice",
    "test_a_consumer_that_resumes_misses_nothing_and_gets_nothing_twice",
)
def repeats_an_event(patch: pytest.MonkeyPatch) -> None:
    """A consumer who goes on is told the last event once more."""

    def read(real: Callable[..., Page[Event]], shelf: EventShelf, question: Question, page: PageRequest) -> Page[Event]:
        told = real(shelf, question, page)
        if len(told.items) < max(page.limit, 2):
            return told
        place = len(told.items) + clients._position(question, page) - 1
        return attrs.evolve(told, next=PageRequest(page.limit, question.cursor((place,))))

    instead(patch, clients, "_from", read)


@breaks(
    "L11",
    "test_changes_come_in_the_order_of_the_journal",
    "test_a_clock_that_goes_back_changes_no_order",
    by_machine=False,
)
def tells_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    """What happened is told in the order of its times, though clocks go back."""

    def changes(_: object, journal: clients.Journal, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        rows = journal._session.cabinet(firm_id).journal.rows.values()
        start = clients._position(CHANGES.of(firm_id), page)
        told = sorted(rows, key=lambda event: event.at)[start : start + page.limit]
        return Page(tuple(told), PageRequest(page.limit, CHANGES.of(firm_id).cursor((start + len(told),))))

    instead(patch, clients.Journal, "changes", changes)


@breaks("L11", "test_a_change_that_is_undone_was_never_journaled", by_machine=False)
def journals_what_was_undone(patch: pytest.MonkeyPatch) -> None:
    """The journal is written beside the change, and tells of one that never was."""

    def append(_: object, journal: clients.Journal, told: Sequence[Event]) -> None:
        for event in told:
            shelf = journal._session.opened(event.firm_id).journal
            shelf.put(len(shelf.rows) + 1, event)

    instead(patch, clients.Journal, "append", append)


@breaks("L11", "test_events_carry_ids_and_neither_addresses_nor_amounts")
def journals_addresses(patch: pytest.MonkeyPatch) -> None:
    """Who signs up is journaled by their address."""
    instead(patch, events, "signed_up", lambda real, user: attrs.evolve(real(user), by=str(user.email)))
