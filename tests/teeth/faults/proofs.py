"""Proofs that prove too much, and answers that tell too much."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import pytest

from portal_linkage import Arrival, ClientEntity, EntityId, EntityNotFound, FirmId, Invoice, InvoiceProof, Viewer
from portal_linkage.adapters.memory import bills, people
from portal_linkage.domain import rules
from portal_linkage.ports import Mailbox, Refusals, Snapshot
from portal_linkage.service import _persons, _readings
from portal_linkage.service._change import Change

from ..fault import breaks, instead


@breaks(
    "L10",
    "test_refused_proofs_come_oldest_first",
    "test_every_refused_proof_is_one_answer_and_counts_alike",
    by_machine=False,
)
def forgets_refused_attempts(patch: pytest.MonkeyPatch) -> None:
    """Whoever guesses may guess for ever."""
    patch.setattr(people.Attempts, "add", lambda *_: None)


@breaks("L10", "test_every_refused_proof_is_one_answer_and_counts_alike", by_machine=False)
def counts_only_numbers_that_exist(patch: pytest.MonkeyPatch) -> None:
    """A number that nobody bears may be tried as often as one likes, which tells that nobody bears it."""
    instead(
        patch,
        Change,
        "proved",
        lambda real, change, proof, subjects, bearers, barred=(): real(
            change, proof, subjects if bearers else (), bearers, barred
        ),
    )


@breaks("L10", "test_people_share_the_limit_of_a_number_and_numbers_the_limit_of_a_person", by_machine=False)
def counts_by_number_alone(patch: pytest.MonkeyPatch) -> None:
    """A person may try one number after the other."""
    instead(patch, _persons, "subjects_of", lambda real, proof, *_: real(proof))


@breaks("L10", "test_who_must_wait_waits_with_a_right_proof_too", by_machine=False)
def looks_before_it_counts(patch: pytest.MonkeyPatch) -> None:
    """A right proof is let through however many wrong ones came before it."""

    def proved(
        real: Callable[..., object], change: Change, mailbox: Mailbox, proof: InvoiceProof, refusals: Refusals
    ) -> object:
        entity_id = rules.proven(change.held(bearing=proof.client_number).bearers)
        is_right = entity_id and change.tx.invoices.proves(change.firm_id, entity_id, proof.invoice_number)
        return entity_id if is_right and entity_id not in refusals.barred else real(change, mailbox, proof, refusals)

    instead(patch, _persons, "_proved", proved)


@breaks(
    "L10", "test_the_window_does_not_hold_its_beginning", "test_the_limit_slides_and_looks_nothing_up", by_machine=False
)
def counts_the_beginning_of_the_window(patch: pytest.MonkeyPatch) -> None:
    """What was refused just one window ago counts still."""

    def recent(_: object, attempts: people.Attempts, firm_id: FirmId, subject: str, since: datetime) -> object:
        refused = attempts._session.cabinet(firm_id).attempts.find(subject) or ()
        return tuple(sorted(at for at, _ in refused if at >= since))

    instead(patch, people.Attempts, "recent", recent)


@breaks("L10", "test_an_entity_that_may_not_be_seen_is_answered_like_one_that_is_not_there")
def says_why_it_refuses(patch: pytest.MonkeyPatch) -> None:
    """A claim at an entity that is not there is answered so."""

    def arrived(
        real: Callable[..., object], change: Change, mailbox: Mailbox, arrival: Arrival, refusals: Refusals
    ) -> object:
        if arrival.entity_id not in change.held(arrival.entity_id).active:
            raise EntityNotFound(change.firm_id, arrival.entity_id)
        return real(change, mailbox, arrival, refusals)

    instead(patch, _persons, "_arrived", arrived)


@breaks("L10", "test_a_bill_that_may_not_be_seen_is_answered_like_one_that_is_not_there")
def tells_whose_a_hidden_bill_is(patch: pytest.MonkeyPatch) -> None:
    """Who asks for a bill that they may not see is told that its entity is not theirs."""

    def sight_at(real: Callable[..., object], snapshot: Snapshot, viewer: Viewer, entity_id: EntityId) -> object:
        seen = real(snapshot, viewer, entity_id)
        if seen is None:
            raise EntityNotFound(viewer.firm_id, entity_id)
        return seen

    instead(patch, _readings, "_sight_at", sight_at)


def invoices_of(invoices: bills.Invoices, firm_id: FirmId, entity_id: EntityId) -> Iterator[Invoice]:
    """All of them, drafts as well."""
    rows = invoices._session.cabinet(firm_id).invoices.rows.values()
    yield from (invoice for invoice in rows if invoice.entity_id == entity_id)


@breaks("L10", "test_a_proof_is_exact_and_a_draft_proves_nothing", "test_a_draft_proves_nothing", by_machine=False)
def proves_by_a_draft(patch: pytest.MonkeyPatch) -> None:
    """An invoice that nobody was sent proves."""

    def proves(_: object, invoices: bills.Invoices, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        return any(invoice.number == number for invoice in invoices_of(invoices, firm_id, entity_id))

    instead(patch, bills.Invoices, "proves", proves)


@breaks(
    "L10",
    "test_a_proof_is_exact_and_a_draft_proves_nothing",
    "test_an_invoice_proves_by_its_exact_number",
    by_machine=False,
)
def proves_whatever_the_case(patch: pytest.MonkeyPatch) -> None:
    """A number proves however its letters are cased."""

    def proves(_: object, invoices: bills.Invoices, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        found = (one for one in invoices_of(invoices, firm_id, entity_id) if one.status != "draft")
        return any(invoice.number.lower() == number.lower() for invoice in found)

    instead(patch, bills.Invoices, "proves", proves)


@breaks("L10", "test_every_refused_proof_is_one_answer_and_counts_alike")
def opens_one_of_several(patch: pytest.MonkeyPatch) -> None:
    """A number that several entities share opens the first of them."""

    def proven(_: object, bearers: Sequence[ClientEntity]) -> EntityId | None:
        return bearers[0].entity_id if bearers else None

    instead(patch, rules, "proven", proven)
