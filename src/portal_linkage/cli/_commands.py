"""What each command does at the desk, but for ``import`` and ``demo``. The docstrings are their help."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from ..adapters.sql.schema import as_sql
from ..domain import outcomes
from ..domain.entities import Arrival, Claim, InvoiceProof, PortalUser
from ..domain.errors import InvalidValue
from ..domain.outcomes import ClaimRefused, SignedUp, TooManyAttempts
from ..domain.values import EmailAddress, Page, PageRequest, VerifiedEmail, iterate
from . import _sheets
from ._desk import Answer, Desk

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


def _page(args: Namespace) -> PageRequest:
    return PageRequest(args.limit, args.after)


def _listed(page: Page[Any], sheet: RenderableType) -> Answer:
    return Answer(page, [sheet, f"There is more: --after={page.next.after}"] if page.next else [sheet])


def sign_up(desk: Desk, args: Namespace) -> Answer:
    """Make a user of an address; you attest that the person reads its mail."""
    email = VerifiedEmail.attest(args.email, via=_VIA)
    outcome = desk.portal.sign_up(desk.staff.firm_id, email, name=args.name, claim=_claim(args))
    if isinstance(outcome, ClaimRefused):
        return Answer(outcome, (), "the claim is refused")
    if isinstance(outcome, TooManyAttempts):
        return Answer(outcome, (), f"too many attempts: try again after {_sheets.told(outcome.retry_at)}")
    user, news = outcome.user, "Signed up" if isinstance(outcome, SignedUp) else "Signed up already"
    seen = iterate(lambda page: desk.portal.entities(user.viewer, page=page))
    return Answer(outcome, [f"{news}: user {user.user_id}.", _sheets.links(outcome.links, seen)])


def _claim(args: Namespace) -> Claim | None:
    if args.proof and args.arrived_at is not None:
        raise InvalidValue("--proof", "is not given beside --arrived-at")
    if args.proof:
        return InvoiceProof(*args.proof)
    return None if args.arrived_at is None else Arrival.attest(args.arrived_at, via=_VIA)


def view(desk: Desk, args: Namespace) -> Answer:
    """Show what a user sees."""
    user = PortalUser(desk.staff.firm_id, desk.user_id(args.user))
    seen = desk.portal.view(user, entity_id=args.entity, limit=args.limit)
    return Answer(seen, [*_sheets.view(seen)])


def users(desk: Desk, args: Namespace) -> Answer:
    """List the portal users, or search them by name, address or client."""
    page = desk.portal.portal_users(desk.staff, search=args.search, entity_id=args.entity, page=_page(args))
    return _listed(page, _sheets.users(page.items))


def suggest(desk: Desk, args: Namespace) -> Answer:
    """Find clients by name or client number."""
    user_id = None if args.user is None else desk.user_id(args.user)
    found = desk.portal.suggest(desk.staff, args.text, user_id=user_id, limit=args.limit)
    return Answer(found, [_sheets.suggestions(found)])


def link(desk: Desk, args: Namespace) -> Answer:
    """Link a client to a user on the firm's word."""
    return _told(desk.portal.link(desk.staff, desk.user_id(args.user), args.client))


def unlink(desk: Desk, args: Namespace) -> Answer:
    """End a user's link to a client, and bar it."""
    return _told(desk.portal.unlink(desk.staff, desk.user_id(args.user), args.client))


def bars(desk: Desk, args: Namespace) -> Answer:
    """List what the firm's unlinks have barred."""
    email = None if args.email is None else EmailAddress.parse(args.email)
    page = desk.portal.bars(desk.staff, email=email, page=_page(args))
    return _listed(page, _sheets.bars(page.items))


def lift_bar(desk: Desk, args: Namespace) -> Answer:
    """Lift a bar; nothing is linked."""
    return _told(desk.portal.lift_bar(desk.staff, EmailAddress.parse(args.email), args.client))


def explain(desk: Desk, args: Namespace) -> Answer:
    """Say why a user or address sees a client, or an invoice of it, or does not."""
    who = EmailAddress.parse(args.user) if "@" in args.user else desk.user_id(args.user)
    explanation = desk.portal.explain(desk.staff, who, args.client, invoice_id=args.invoice)
    return Answer(explanation, [str(explanation)])


def schema(args: Namespace) -> Answer:
    """Print the SQL that creates the tables, for whoever runs it by hand."""
    sql = as_sql(args.dialect, prefix=args.prefix, schema=args.schema)
    return Answer(sql, [Text(sql, no_wrap=True, overflow="ignore")])


def journal(desk: Desk, args: Namespace) -> Answer:
    """Tell what happened, oldest first."""
    user_id = None if args.user is None else desk.user_id(args.user)
    page = desk.portal.journal(desk.staff, user_id=user_id, entity_id=args.entity, page=_page(args))
    return _listed(page, _sheets.journal(page.items))
