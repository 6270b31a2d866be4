"""Viewers who see what is not theirs."""

from collections.abc import Callable

import attrs
import pytest

from portal_linkage import (
    ClaimRefused,
    Guest,
    InvoiceProof,
    LinkageService,
    PortalUser,
    StaffVisit,
    TooManyAttempts,
    User,
    UserId,
)
from portal_linkage.adapters.memory import clients
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.domain import rules, viewers
from portal_linkage.domain.entities import Ground, GroundKind
from portal_linkage.domain.values import EmailAddress
from portal_linkage.domain.viewers import LinkedTo, Only, Scope, Sight
from portal_linkage.service import _persons, _readings
from portal_linkage.service._change import Change

from ..fault import answers, breaks, instead


@breaks(
    "L4",
    "test_a_user_sees_all_active_entities_they_are_linked_to_and_no_bill_of_another",
    "test_the_entities_in_scope_are_those_covered",
    "test_an_entity_made_inactive_is_gone_at_once_and_back_at_once",
)
def shows_inactive_entities(patch: pytest.MonkeyPatch) -> None:
    """An entity is shown though it is inactive."""

    def in_scope(_: object, cabinet: Cabinet, scope: Scope) -> object:
        return [placed for placed in cabinet._asked(scope) if cabinet.entities.find(placed.entity_id)]

    instead(patch, Cabinet, "in_scope", in_scope)


@breaks("L4", "test_every_viewer_sees_what_the_model_predicts")
def shows_all_where_one_was_asked_for(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks for one entity is shown all of theirs."""
    patch.setattr(_readings, "narrowed", lambda scope, _: scope)


@breaks(
    "L4",
    "test_a_scope_covers_something_if_an_active_entity_is_in_it",
    "test_a_user_sees_all_active_entities_they_are_linked_to_and_no_bill_of_another",
)
def lets_everybody_see(patch: pytest.MonkeyPatch) -> None:
    """Whether somebody is linked to the entity that they name makes no difference."""

    def covers(real: Callable[..., bool], entities: clients.Entities, scope: Scope) -> bool:
        named = isinstance(scope, LinkedTo) and scope.entity_id
        return real(entities, Only(scope.firm_id, named) if named else scope)

    instead(patch, clients.Entities, "covers", covers)


@breaks("L4", "test_every_viewer_sees_what_the_model_predicts")
def shows_late_fees_though_the_firm_does_not(patch: pytest.MonkeyPatch) -> None:
    """Late fees are shown whatever the firm has set."""
    answers(patch, _readings, "_settings", lambda settings: attrs.evolve(settings, show_late_fees=True))


@breaks("L5", "test_guests_never_see_the_past")
def shows_the_past_to_guests(patch: pytest.MonkeyPatch) -> None:
    """A guest sees what was paid."""
    answers(patch, viewers, "_seen_by", lambda seen: (seen[0], True))


@breaks("L5", "test_the_past_appears_to_accounts_and_staff_if_the_firm_enables_it")
def shows_a_paid_invoice_by_its_id(patch: pytest.MonkeyPatch) -> None:
    """Whoever knows the id of a paid invoice sees it, though it is in no list of theirs."""
    patch.setattr(Sight, "shows", lambda _, invoice: viewers.is_shown(invoice, past_shown=True))


@breaks("L5", "test_only_the_payer_learns_who_paid")
def tells_everybody_who_paid(patch: pytest.MonkeyPatch) -> None:
    """The payer of a payment is known to all who see it."""
    patch.setattr(Sight, "of_payment", lambda _, payment: payment)


@breaks("L5", "test_the_past_appears_to_accounts_and_staff_if_the_firm_enables_it")
def shows_the_past_though_the_firm_does_not(patch: pytest.MonkeyPatch) -> None:
    """The past is shown whatever the firm has set."""
    answers(patch, _readings, "_settings", lambda settings: attrs.evolve(settings, show_past_payments=True))


@breaks("L8", "test_visits_leave_no_trace", by_machine=False)
def makes_a_user_of_a_guest(patch: pytest.MonkeyPatch) -> None:
    """A guest who was admitted is among the portal users from then on."""

    def admit(
        real: Callable[..., Guest | ClaimRefused | TooManyAttempts], change: Change, proof: InvoiceProof
    ) -> Guest | ClaimRefused | TooManyAttempts:
        admitted, email = real(change, proof), EmailAddress.parse("guest@example.com")
        mailbox = change.tx.mailboxes.lock(change.firm_id, email)
        if isinstance(admitted, Guest) and mailbox.user is None:
            user = User(firm_id=change.firm_id, user_id=UserId("guest"), email=email, name="", signed_up_at=change.at)
            ground = Ground(kind=GroundKind.PROOF, since=change.at, by="guest")
            change.tx.users.add(mailbox, user)
            change.tx.links.add_many([(mailbox, rules.new_link(user, admitted.entity_id, ground))])
        return admitted

    instead(patch, _persons, "admit_guest", admit)


@breaks("L8", "test_a_visit_cannot_claim_leave_or_be_linked", by_machine=False)
def takes_a_visit_for_an_account(patch: pytest.MonkeyPatch) -> None:
    """Staff and guests may claim, as the user of their id."""

    def claim(
        real: Callable[..., object], portal: LinkageService, user: PortalUser | StaffVisit | Guest, claim: object
    ) -> object:
        who = user if isinstance(user, PortalUser) else PortalUser(user.firm_id, UserId(user.entity_id))
        return real(portal, who, claim)

    instead(patch, LinkageService, "claim", claim)


@breaks("L5", "test_only_the_payer_learns_who_paid")
def tells_nobody_who_paid(patch: pytest.MonkeyPatch) -> None:
    """The payer of a payment is not even told that it was them."""
    patch.setattr(Sight, "of_payment", lambda _, payment: attrs.evolve(payment, payer=None))


@breaks("L10", "test_a_bill_that_may_not_be_seen_is_answered_like_one_that_is_not_there")
def shows_any_invoice_by_its_id(patch: pytest.MonkeyPatch) -> None:
    """Whoever knows the id of an invoice of theirs sees it, be it a draft."""
    patch.setattr(Sight, "shows", lambda *_: True)
