"""What each command does at the desk, but for ``import`` and ``demo``. The docstrings are their help."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Final

from ..domain import outcomes
from ..domain.entities import Arrival, Claim, Guest, InvoiceProof, PortalUser, StaffVisit
from ..domain.outcomes import ClaimRefused, SignedUp, TooManyAttempts
from ..domain.values import EmailAddress, EntityId, InvoiceId, PageRequest, VerifiedEmail
from . import _sheets
from ._answers import Answer
from ._desk import Desk

_VIA: Final = "command line"

_TOLD: Final[Mapping[type, str]] = {
    outcomes.Linked: "Linked.",
    outcomes.AlreadyLinked: "They were linked already.",
    outcomes.Unlinked: "Unlinked.",
    outcomes.UserRemoved: "Unlinked. It was their last link: the user is gone.",
    outcomes.NotLinked: "They were not linked; nothing changed.",
    outcomes.BarLifted: "The bar is lifted. Nothing was linked.",
    outcomes.NotBarred: "There was no such bar; nothing changed.",
}


def _told(outcome: object) -> Answer:
    return Answer(outcome, [_TOLD[type(outcome)]])


def _refused(outcome: ClaimRefused | TooManyAttempts) -> Answer:
    if isinstance(outcome, ClaimRefused):
        return Answer(outcome, (), "the claim is refused")
    return Answer(outcome, (), f"too many attempts: try again after {_sheets.at(outcome.retry_at)}")


def _page(args: Namespace) -> PageRequest:
    return PageRequest(args.limit, args.after)


def _entity_id(args: Namespace) -> EntityId | None:
    return None if args.entity is None else EntityId(args.entity)


def sign_up(desk: Desk, args: Namespace) -> Answer:
    """Make a user of an address; you attest that the person reads its mail."""
    email = VerifiedEmail.attest(args.email, via=_VIA)
    outcome = desk.portal.sign_up(desk.firm_id, email, name=args.name, claim=_claim(args))
    if isinstance(outcome, ClaimRefused | TooManyAttempts):
        return _refused(outcome)
    news = "Signed up" if isinstance(outcome, SignedUp) else "Signed up already"
    links = _sheets.links(outcome.links, desk.labels(outcome.user.viewer))
    return Answer(outcome, [f"{news}: user {outcome.user.user_id}.", links])


def _claim(args: Namespace) -> Claim | None:
    if args.proof is not None:
        return InvoiceProof(*args.proof)
    return None if args.arrived_at is None else Arrival.attest(EntityId(args.arrived_at), via=_VIA)


def view(desk: Desk, args: Namespace) -> Answer:
    """Show what a user, a staff visit or a guest sees."""
    viewer = _viewer(desk, args)
    if isinstance(viewer, ClaimRefused | TooManyAttempts):
        return _refused(viewer)
    seen = desk.portal.view(viewer, entity_id=_entity_id(args), limit=args.limit)
    return Answer(seen, [*_sheets.view(seen)])


def _viewer(desk: Desk, args: Namespace) -> PortalUser | StaffVisit | Guest | ClaimRefused | TooManyAttempts:
    if args.guest is not None:
        return desk.portal.admit_guest(desk.firm_id, InvoiceProof(*args.guest))
    if args.visit is not None:
        return StaffVisit(desk.firm_id, desk.staff.staff_id, EntityId(args.visit))
    return PortalUser(desk.firm_id, desk.user_id(args.user))


def users(desk: Desk, args: Namespace) -> Answer:
    """List the portal users, or search them by name, address or client."""
    page = desk.portal.portal_users(desk.staff, search=args.search, entity_id=_entity_id(args), page=_page(args))
    return Answer(page, [_sheets.users(page)])


def suggest(desk: Desk, args: Namespace) -> Answer:
    """Find clients by name or client number."""
    user_id = None if args.user is None else desk.user_id(args.user)
    found = desk.portal.suggest(desk.staff, args.text, user_id=user_id, limit=args.limit)
    return Answer(found, [_sheets.suggestions(found)])


def link(desk: Desk, args: Namespace) -> Answer:
    """Link a client to a user on the firm's word."""
    return _told(desk.portal.link(desk.staff, desk.user_id(args.user), EntityId(args.entity)))


def unlink(desk: Desk, args: Namespace) -> Answer:
    """End a user's link to a client, and bar it."""
    return _told(desk.portal.unlink(desk.staff, desk.user_id(args.user), EntityId(args.entity)))


def bars(desk: Desk, args: Namespace) -> Answer:
    """List what the firm's unlinks have barred."""
    email = None if args.email is None else EmailAddress.parse(args.email)
    page = desk.portal.bars(desk.staff, email=email, page=_page(args))
    return Answer(page, [_sheets.bars(page)])


def lift_bar(desk: Desk, args: Namespace) -> Answer:
    """Lift a bar; nothing is linked."""
    return _told(desk.portal.lift_bar(desk.staff, EmailAddress.parse(args.email), EntityId(args.entity)))


def explain(desk: Desk, args: Namespace) -> Answer:
    """Say why a user or address sees a client, or an invoice of it, or does not."""
    who = EmailAddress.parse(args.user) if "@" in args.user else desk.user_id(args.user)
    invoice_id = None if args.invoice is None else InvoiceId(args.invoice)
    explanation = desk.portal.explain(desk.staff, who, EntityId(args.entity), invoice_id=invoice_id)
    return Answer(explanation, [str(explanation)])


def journal(desk: Desk, args: Namespace) -> Answer:
    """Tell what happened, oldest first."""
    user_id = None if args.user is None else desk.user_id(args.user)
    page = desk.portal.journal(desk.staff, user_id=user_id, entity_id=_entity_id(args), page=_page(args))
    return Answer(page, [_sheets.journal(page)])
