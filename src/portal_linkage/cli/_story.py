"""``demo``: the story of Jane Smith, from the firm's roster to the bar that is lifted."""

import itertools
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import fill
from typing import Final

from ..domain.entities import Arrival, FirmStaff, Guest, InvoiceProof, PortalUser, StaffVisit
from ..domain.errors import NothingToLink
from ..domain.values import EntityId, StaffId, VerifiedEmail
from ..ports import Store
from ..service import LinkageService
from ..testing import samples
from . import _sheets
from ._answers import Answer, Heading, Part, Sheet
from ._desk import Desk, find_firm, opened, shown

_WIDTH: Final = 100
_VIA: Final = "one-click invoice e-mail"
_TRUST, _REALTY, _LAKE_HOUSE = map(EntityId, ("1002", "1003", "1004"))


def demo(args: Namespace) -> Answer:
    """Tell the story of Jane Smith, on a fresh SQLite file."""
    url = args.store or f"sqlite:///{Path(tempfile.mkdtemp(prefix='portal-linkage-'), 'portal.db').as_posix()}"
    with opened(url, create=True) as store:
        if find_firm(store, samples.ACME) is not None:
            return Answer(None, (), "the store holds the firm of the story already; name a fresh one")
        return Answer(None, [*_story(store, shown(url))])


def _story(store: Store, url: str) -> Iterator[Part]:
    desk = Desk(_portal(store), FirmStaff(samples.ACME, StaffId("reception")))
    yield f"The story of Jane Smith, told on {url}"
    yield from _roster_comes_in(desk, store)
    for number, (title, chapter) in enumerate(_CHAPTERS, 2):
        yield Heading(f"{number}. {title}")
        yield from chapter(desk)
    yield "Look around in what is left:"
    yield f"portal-linkage users --firm {samples.ACME} --store {url}"


def _portal(store: Store) -> LinkageService:
    """A service on whose clock every act takes a minute, so that the story reads the same every time."""
    minutes = itertools.count()

    def clock() -> datetime:
        return samples.NOW + timedelta(minutes=next(minutes))

    return LinkageService(store, clock=clock, new_id=lambda: f"user-{clock():%H%M}")


def _jane(desk: Desk) -> PortalUser:
    return PortalUser(samples.ACME, desk.user_id(str(samples.JANE)))


def _say(text: str) -> str:
    return fill(text, _WIDTH)


def _roster_comes_in(desk: Desk, store: Store) -> Iterator[Part]:
    yield Heading("1. The firm's clients and bills come in")
    with store.transaction() as tx:
        tx.firms.save(samples.FIRM)
        tx.invoices.save_many(samples.INVOICES)
        tx.late_fees.save_many(samples.LATE_FEES)
        tx.payments.save_many(samples.PAYMENTS)
    plan = desk.portal.roster.plan(samples.ACME, samples.CLIENTS, complete=True)
    yield from _sheets.plan(plan)
    desk.portal.roster.apply(plan)
    yield _say("It takes nothing away, so it is applied. Nobody has an account yet, and nobody sees anything.")
    rows = ((each.label, ", ".join(str(contact.email) for contact in each.contacts)) for each in samples.CLIENTS)
    yield Sheet.of(f"Clients of {samples.FIRM.name}", "Client|Billing contact", rows)


def _signs_up(desk: Desk) -> Iterator[Part]:
    yield _say(
        "An invoice e-mail of Jane Smith Realty Group (1003) goes to Jane. She clicks Pay invoice and lands in the "
        "portal of 1003. Her mailbox brought her, so the host attests her address and her arrival, and she signs up."
    )
    yield _sign_up(desk)
    yield from _links(desk)
    yield _say("One click, three clients: the one she came to, then those that list her address, in number order.")


def _sign_up(desk: Desk) -> str:
    jane = VerifiedEmail.attest(samples.JANE, via=_VIA)
    arrival = Arrival.attest(_REALTY, via=_VIA)
    outcome = desk.portal.sign_up(samples.ACME, jane, name=samples.NAME, claim=arrival)
    return f"Answer to her sign-up: {type(outcome).__name__}."


def _links(desk: Desk) -> Iterator[Part]:
    seen = desk.portal.entities(_jane(desk)).items
    explained = [desk.portal.explain(desk.staff, samples.JANE, each.entity_id) for each in seen]
    yield _sheets.links([each.link for each in explained if each.link], {each.entity_id: each.label for each in seen})


def _looks(desk: Desk) -> Iterator[Part]:
    yield _say(
        "From now on one log-in shows the bills of all three in one list. The draft and the void one are not in it."
    )
    yield from _sheets.view(desk.portal.view(_jane(desk)))


def _firm_links(desk: Desk) -> Iterator[Part]:
    yield _say(
        "Jane also looks after Smith Lake House LLC, but its contact lists another address. She calls the firm. At the "
        'reception they open her user, type "smith" under Link another client account, and pick the fourth.'
    )
    yield _sheets.suggestions(desk.portal.suggest(desk.staff, "smith", user_id=_jane(desk).user_id))
    outcome = desk.portal.link(desk.staff, _jane(desk).user_id, _LAKE_HOUSE)
    yield f"Answer to Add: {type(outcome).__name__}."
    yield from _links(desk)
    yield next(_sheets.view(desk.portal.view(_jane(desk))))


def _staff_visits(desk: Desk) -> Iterator[Part]:
    yield _say("Somebody at the reception opens the portal of Smith Family Trust (1002): that client and nothing else.")
    yield from _sheets.view(desk.portal.view(StaffVisit(samples.ACME, desk.staff.staff_id, _TRUST)))


def _guest_pays(desk: Desk) -> Iterator[Part]:
    yield _say(
        "Somebody pays for Jane Smith Realty Group (1003) without an account, by its client number and an invoice "
        "number. They see what is due, and no past payment; they hold no link and are in no list of users."
    )
    outcome = desk.portal.admit_guest(samples.ACME, InvoiceProof("1003", "INV-2103"))
    yield f"Answer to the proof: {type(outcome).__name__}."
    yield from _sheets.view(desk.portal.view(Guest(samples.ACME, _REALTY)))


def _x_until_gone(desk: Desk) -> Iterator[Part]:
    yield _say("Jane moves to another accountant. The firm clicks the X beside each client.")
    jane = _jane(desk)
    seen = desk.portal.entities(jane).items
    rows = [(each.label, type(desk.portal.unlink(desk.staff, jane.user_id, each.entity_id)).__name__) for each in seen]
    yield Sheet.of("Unlinked", "Client|Answer", rows)
    yield _say("With the last link the user is gone. What is left of each X is a bar.")
    yield _sheets.bars(desk.portal.bars(desk.staff))
    yield _sheets.users(desk.portal.portal_users(desk.staff))


def _bars_refuse(desk: Desk) -> Iterator[Part]:
    yield _say("Jane finds the old e-mail, clicks Pay invoice once more and signs up. The firm's no stands.")
    try:
        yield _sign_up(desk)
    except NothingToLink as refused:
        yield f"Refused: {type(refused).__name__}, {refused}."
    yield _say(str(desk.portal.explain(desk.staff, samples.JANE, _REALTY)))


def _bar_lifted(desk: Desk) -> Iterator[Part]:
    yield _say(
        "Jane comes back with Jane Smith Realty Group (1003). The firm lifts that one bar; it links nothing yet."
    )
    outcome = desk.portal.lift_bar(desk.staff, samples.JANE, _REALTY)
    yield f"Answer to lifting it: {type(outcome).__name__}."
    yield _sign_up(desk)
    yield from _links(desk)
    yield _say(str(desk.portal.explain(desk.staff, _jane(desk).user_id, _TRUST)))


def _all_is_told(desk: Desk) -> Iterator[Part]:
    yield _say("Every change stands in the journal, with ids and never an address or an amount.")
    yield _sheets.journal(desk.portal.journal(desk.staff))


_CHAPTERS: Final[tuple[tuple[str, Callable[[Desk], Iterator[Part]]], ...]] = (
    ("Jane signs up with one click", _signs_up),
    ("She sees everything that is hers", _looks),
    ("The firm finds and links a fourth client", _firm_links),
    ("A staff visit sees one client", _staff_visits),
    ("A guest sees no past", _guest_pays),
    ("The X, until the user is gone", _x_until_gone),
    ("A second sign-up: the bars refuse", _bars_refuse),
    ("The firm lifts one bar", _bar_lifted),
    ("All of it is told", _all_is_told),
)
