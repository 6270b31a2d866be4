"""``demo``: the story of Jane Smith, from the firm's roster to the bar that is lifted. Docstrings are what is told."""

import itertools
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from inspect import cleandoc
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from ..domain.entities import Arrival, FirmStaff, InvoiceProof, PortalUser, StaffVisit
from ..domain.errors import NothingToLink
from ..domain.values import EntityId, StaffId, VerifiedEmail
from ..service import LinkageService
from ..testing import samples
from . import _sheets
from ._desk import Answer, Desk, open_store

_VIA: Final = "one-click invoice e-mail"
_TRUST, _REALTY, _LAKE_HOUSE = map(EntityId, ("1002", "1003", "1004"))


def demo(_: Namespace) -> Answer:
    """Tell the story of Jane Smith, on a fresh SQLite file."""
    url = f"sqlite:///{Path(tempfile.mkdtemp(prefix='portal-linkage-'), 'portal.db').as_posix()}"
    with closing(open_store(url, create=True)) as store:
        with store.transaction() as tx:
            tx.firms.save(samples.FIRM)
            tx.invoices.save_many(samples.INVOICES)
            tx.late_fees.save_many(samples.LATE_FEES)
            tx.payments.save_many(samples.PAYMENTS)
        # Every act takes a minute, so that the story reads the same every time.
        moments = (samples.NOW + timedelta(minutes=minute) for minute in itertools.count())
        portal = LinkageService(store, clock=lambda: next(moments), new_id=lambda: f"user-{next(moments):%H%M}")
        return Answer(None, [*_story(Desk(portal, FirmStaff(samples.ACME, StaffId("reception"))), url)])


def _story(desk: Desk, url: str) -> Iterator[RenderableType]:
    yield f"The story of Jane Smith, told on {url}"
    for number, chapter in enumerate(_CHAPTERS, 1):
        title, _, prose = cleandoc(chapter.__doc__ or "").partition("\n\n")
        heading = f"{number}. {title.rstrip('.')}"
        yield Text(f"{heading}\n{'=' * len(heading)}", style="bold")
        yield Text(prose)
        yield from chapter(desk)
    yield f"Look around in what is left: portal-linkage users --firm {samples.ACME} --store {url}"


def _jane(desk: Desk) -> PortalUser:
    return PortalUser(samples.ACME, desk.user_id(str(samples.JANE)))


def _sign_up(desk: Desk) -> Iterator[RenderableType]:
    jane, arrival = VerifiedEmail.attest(samples.JANE, via=_VIA), Arrival.attest(_REALTY, via=_VIA)
    signed_up: Any = desk.portal.sign_up(samples.ACME, jane, name=samples.NAME, claim=arrival)
    yield f"Answer to her sign-up: {type(signed_up).__name__}."
    yield _sheets.links(signed_up.links, samples.CLIENTS)


def _roster_comes_in(desk: Desk) -> Iterator[RenderableType]:
    """The firm's clients and bills come in.

    The roster takes nothing away, so it is applied. Nobody has an account yet, and nobody sees a bill.
    """
    plan = desk.portal.roster.plan(samples.ACME, samples.CLIENTS, complete=True)
    yield from _sheets.plan(plan)
    desk.portal.roster.apply(plan)
    rows = ((each.label, ", ".join(str(contact.email) for contact in each.contacts)) for each in samples.CLIENTS)
    yield _sheets.sheet(f"Clients of {samples.FIRM.name}", "Client|Billing contact", rows)


def _signs_up(desk: Desk) -> Iterator[RenderableType]:
    """Jane signs up with one click.

    An invoice e-mail of Jane Smith Realty Group (1003) goes to Jane. She clicks Pay invoice and lands
    in the portal of 1003. Her mailbox brought her, so the host attests her address and her arrival. One
    click, three clients: the one she came to, then those that list her address, in number order.
    """
    yield from _sign_up(desk)


def _looks(desk: Desk) -> Iterator[RenderableType]:
    """She sees everything that is hers.

    From now on one log-in shows the bills of all three in one list, but no draft and nothing void.
    """
    yield from _sheets.view(desk.portal.view(_jane(desk)))


def _firm_links(desk: Desk) -> Iterator[RenderableType]:
    """The firm finds and links a fourth client.

    Jane also looks after Smith Lake House LLC, which lists another address. She calls the firm. At the
    reception they open her user, type "smith" under Link another client account, and pick the fourth.
    """
    jane = _jane(desk)
    yield _sheets.suggestions(desk.portal.suggest(desk.staff, "smith", user_id=jane.user_id))
    linked = desk.portal.link(desk.staff, jane.user_id, _LAKE_HOUSE)
    yield f"Answer to Add: {type(linked).__name__}."
    yield _sheets.links([linked.link], samples.CLIENTS)
    yield next(_sheets.view(desk.portal.view(jane)))


def _staff_visits(desk: Desk) -> Iterator[RenderableType]:
    """A staff visit sees one client.

    Somebody at the reception opens the portal of Smith Family Trust (1002), and sees nothing else.
    """
    yield from _sheets.view(desk.portal.view(StaffVisit(samples.ACME, desk.staff.staff_id, _TRUST)))


def _guest_pays(desk: Desk) -> Iterator[RenderableType]:
    """A guest sees no past.

    Somebody pays for Jane Smith Realty Group (1003) without an account, by its client number and an
    invoice number. They see what is due, and no past payment; they hold no link and are in no list.
    """
    guest: Any = desk.portal.admit_guest(samples.ACME, InvoiceProof("1003", "INV-2103"))
    yield f"Answer to the proof: {type(guest).__name__}."
    yield from _sheets.view(desk.portal.view(guest))


def _x_until_gone(desk: Desk) -> Iterator[RenderableType]:
    """The X, until the user is gone.

    Jane moves to another accountant, and the firm clicks the X beside each client. With the last link
    the user is gone. What is left of each X is a bar.
    """
    jane = _jane(desk)
    seen = desk.portal.entities(jane).items
    rows = [(each.label, type(desk.portal.unlink(desk.staff, jane.user_id, each.entity_id)).__name__) for each in seen]
    yield _sheets.sheet("Unlinked", "Client|Answer", rows)
    yield _sheets.bars(desk.portal.bars(desk.staff).items)
    yield _sheets.users(desk.portal.portal_users(desk.staff).items)


def _bars_refuse(desk: Desk) -> Iterator[RenderableType]:
    """A second sign-up: the bars refuse.

    Jane finds the old e-mail, clicks Pay invoice once more and signs up. The firm's no stands.
    """
    try:
        yield from _sign_up(desk)
    except NothingToLink as refused:
        yield f"Refused: {type(refused).__name__}, {refused}."
    yield Text(fill(str(desk.portal.explain(desk.staff, samples.JANE, _REALTY)), 100))


def _bar_lifted(desk: Desk) -> Iterator[RenderableType]:
    """The firm lifts one bar.

    Jane comes back with Jane Smith Realty Group (1003). The firm lifts that one bar, which links
    nothing yet, and she signs up again.
    """
    lifted = desk.portal.lift_bar(desk.staff, samples.JANE, _REALTY)
    yield f"Answer to lifting it: {type(lifted).__name__}."
    yield from _sign_up(desk)
    yield Text(fill(str(desk.portal.explain(desk.staff, _jane(desk).user_id, _TRUST)), 100))


def _all_is_told(desk: Desk) -> Iterator[RenderableType]:
    """All of it is told.

    Every change stands in the journal, with ids and never an address or an amount.
    """
    yield _sheets.journal(desk.portal.journal(desk.staff).items)


_CHAPTERS: Final = (
    *(_roster_comes_in, _signs_up, _looks, _firm_links, _staff_visits, _guest_pays),
    *(_x_until_gone, _bars_refuse, _bar_lifted, _all_is_told),
)
