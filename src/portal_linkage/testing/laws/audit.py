"""The audit: every reading of the service, compared with the model and with every other reading (L15)."""

from collections.abc import Iterable
from random import Random
from typing import TypeVar

from ... import Guest, PortalUser, StaffId, StaffVisit, UserId, Viewer
from .audit_firm import (
    PEOPLE,
    SEARCHES,
    agree_on_journal,
    audit_account,
    audit_bars,
    audit_explanation,
    audit_firm,
    audit_journal,
    audit_search,
    audit_users,
)
from .audit_portal import audit_view, audit_viewer
from .town import ACME, ADDRESSES, ENTITY_IDS, UNKNOWN, ZENITH
from .trial import Trial

T = TypeVar("T")


def users(trial: Trial) -> Iterable[PortalUser]:
    """Every id that is a user's at one of the firms, asked for at both; some are gone, and one never was."""
    given = {user_id for book in trial.model.books.values() for user_id in book.users()}
    for user_id in sorted({*given, UserId("u1"), UserId("nobody")}):
        yield from (PortalUser(firm_id, user_id) for firm_id in trial.model.books)


def visits() -> Iterable[StaffVisit | Guest]:
    """Staff and guests at every entity of one firm, and at one of another's."""
    for firm_id, entity_id in (
        *((ACME, entity_id) for entity_id in ENTITY_IDS),
        (ACME, UNKNOWN),
        (ZENITH, ENTITY_IDS[0]),
    ):
        yield StaffVisit(firm_id, StaffId("staff-1"), entity_id)
        yield Guest(firm_id, entity_id)


def audit(trial: Trial) -> None:
    """Everything that anybody can ask."""
    glance(trial)
    for viewer in _viewers(trial):
        audit_view(trial, viewer, None, limit=2)
        audit_viewer(trial, viewer, limit=2)
        for entity_id in ENTITY_IDS[:2]:
            audit_view(trial, viewer, entity_id, limit=1)
    for firm_id in trial.model.books:
        audit_firm(trial, firm_id)
        audit_journal(trial, firm_id)


def glance(trial: Trial) -> None:
    """What must hold after every single act: who has an account, what they see, what is barred, what was journaled."""
    for firm_id, book in trial.model.books.items():
        audit_users(trial, firm_id)
        audit_bars(trial, firm_id, None)
        agree_on_journal(trial, firm_id, trial.consumers[firm_id])
        for user_id in book.users():
            audit_view(trial, PortalUser(firm_id, user_id), None, limit=500)


def spot_check(trial: Trial, turn: int) -> None:
    """After an act each law is asked about somebody, whoever it may be, and about somebody else after the next."""
    chance = Random(turn + 1000 * sum(len(book.journal) for book in trial.model.books.values()))  # noqa: S311 -- no secret

    def one_of(things: Iterable[T]) -> T:
        return chance.choice(list(things))

    glance(trial)
    viewer, firm_id = one_of(_viewers(trial)), one_of(trial.model.books)
    audit_view(trial, viewer, one_of((None, *ENTITY_IDS)), limit=1)
    audit_viewer(trial, viewer, limit=2)
    audit_account(trial, firm_id, one_of(ADDRESSES))
    audit_bars(trial, firm_id, one_of(ADDRESSES))
    audit_search(trial, firm_id, one_of(SEARCHES))
    audit_explanation(trial, firm_id, one_of(PEOPLE), one_of(ENTITY_IDS))


def _viewers(trial: Trial) -> Iterable[Viewer]:
    yield from users(trial)
    yield from visits()
