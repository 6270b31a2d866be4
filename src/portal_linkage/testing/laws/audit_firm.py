"""What the firm sees, compared with the model: its portal users, bars, suggestions, explanations, and the journal."""

from collections.abc import Iterable

from ... import EmailAddress, EntityId, Event, EventKind, FirmId, GroundKind, UserId
from ..titles import broken
from . import model_readings
from .answers import Consumer, answer, rows
from .town import ADDRESSES, ENTITY_IDS, INVOICE_IDS, UNKNOWN
from .trial import Trial

SEARCHES = (
    "",
    " ",
    "jane",
    "JANE.smith@",
    "\u00c9tude",
    "\u00e9tude@EX",
    "10",
    "1001 ",
    "smith tr",
    "sTRASSE",
    "caf\u00e9",
)
PEOPLE: tuple[UserId | EmailAddress, ...] = (
    *map(EmailAddress.parse, ADDRESSES[1:4]),
    UserId("u1"),
    UserId("u2"),
    UserId("nobody"),
)
Standing = dict[UserId, dict[EntityId, set[GroundKind]]]


def audit_firm(trial: Trial, firm_id: FirmId) -> None:
    """All that the firm can ask."""
    for address in ADDRESSES:
        audit_account(trial, firm_id, address)
        audit_bars(trial, firm_id, address)
    for text in SEARCHES:
        audit_search(trial, firm_id, text)
    for who in PEOPLE:
        for entity_id in (*ENTITY_IDS[:2], UNKNOWN):
            audit_explanation(trial, firm_id, who, entity_id)
    audit_users_of(trial, firm_id)
    audit_excerpts(trial, firm_id)


@broken("L3", "the portal users are exactly those who hold a link, with all entities that they are linked to, in order")
def audit_users(trial: Trial, firm_id: FirmId) -> None:
    """Payments > Portal Users."""
    staff = trial.staff(firm_id)
    listed = rows(trial.portal.portal_users, staff)
    expected = model_readings.portal_users(trial.model, staff)
    assert listed == expected
    assert [str(row.user.email) for row in listed] == [str(row.user.email) for row in expected]


def audit_journal(trial: Trial, firm_id: FirmId) -> None:
    """The journal, read from its beginning, is what happened, and folds to what is there (L11)."""
    agree_on_journal(trial, firm_id, Consumer())


@broken("L11", "the journal is what happened, in that order, each event once, and folds to the present links")
def agree_on_journal(trial: Trial, firm_id: FirmId, consumer: Consumer) -> None:
    """All that a consumer has been told so far, catching up now."""
    told, book = consumer.catch_up(trial.portal, firm_id), trial.model.books[firm_id]
    assert told == book.journal
    standing = {
        user_id: {link.entity_id: {ground.kind for ground in link.grounds} for link in person.links.values()}
        for user_id, person in book.users().items()
    }
    assert folded(told) == standing


def folded(events: Iterable[Event]) -> Standing:
    """Replay a journal; it must make sense at every step."""
    standing: Standing = {}
    for event in events:
        if event.kind is EventKind.BAR_LIFTED:
            continue
        assert event.user_id is not None
        if event.kind is EventKind.SIGNED_UP:
            assert event.user_id not in standing
            standing[event.user_id] = {}
        elif event.kind is EventKind.USER_REMOVED:
            assert standing.pop(event.user_id) == {}
        else:
            assert event.entity_id is not None
            _replay(standing[event.user_id], event.entity_id, event)
    assert all(standing.values())
    return standing


def _replay(links: dict[EntityId, set[GroundKind]], entity_id: EntityId, event: Event) -> None:
    if event.kind is EventKind.UNLINKED:
        del links[entity_id]
        return
    assert event.ground is not None
    if event.kind is EventKind.LINKED:
        assert entity_id not in links
        links[entity_id] = {event.ground}
    elif event.kind is EventKind.GROUND_ADDED:
        assert event.ground not in links[entity_id]
        links[entity_id].add(event.ground)
    else:
        assert event.kind is EventKind.GROUND_LOST
        links[entity_id].remove(event.ground)


@broken("L1", "an address has the account that signed up with it, at this firm, and else it has none")
def audit_account(trial: Trial, firm_id: FirmId, address: str) -> None:
    """Whose an address is."""
    email = EmailAddress.parse(address)
    assert trial.portal.find_user(firm_id, email) == model_readings.find_user(trial.model, firm_id, email)


@broken("L11", "the journal of a user, or of an entity, is what happened to them, in that order")
def audit_excerpts(trial: Trial, firm_id: FirmId) -> None:
    """The journal, cut down to one user, to one entity, to both."""
    staff = trial.staff(firm_id)
    for entity_id in (None, *ENTITY_IDS[:1]):
        for user_id in (None, UserId("u1")):
            told = rows(trial.portal.journal, staff, limit=3, user_id=user_id, entity_id=entity_id)
            assert told == model_readings.journal(trial.model, staff, user_id=user_id, entity_id=entity_id)


@broken("L7", "the firm's bars are those that its unlinks left and that it has not lifted, and no others")
def audit_bars(trial: Trial, firm_id: FirmId, address: str | None) -> None:
    """Bars on one address or on all, by date and entity; between two addresses the design leaves the order open."""
    staff, email = trial.staff(firm_id), EmailAddress.parse(address) if address else None
    given = rows(trial.portal.bars, staff, limit=2, email=email)
    expected = model_readings.bars(trial.model, staff, email=email)
    assert [(bar.since, bar.entity_id) for bar in given] == [(bar.since, bar.entity_id) for bar in expected]
    assert set(given) == set(expected)


@broken("L15", "a search finds exactly what matches, in order, and a suggestion tells whether it is linked or barred")
def audit_search(trial: Trial, firm_id: FirmId, text: str) -> None:
    """Users and suggestions, by what is typed."""
    staff, portal, model = trial.staff(firm_id), trial.portal, trial.model
    found = rows(portal.portal_users, staff, limit=2, search=text)
    assert found == model_readings.portal_users(model, staff, search=text), text
    for user_id in (None, UserId("u1")):
        told = answer(portal.suggest, staff, text, user_id=user_id, limit=3)
        assert told == answer(model_readings.suggest, model, staff, text, user_id=user_id, limit=3), text


@broken("L15", "the users of an entity are those who are linked to it")
def audit_users_of(trial: Trial, firm_id: FirmId) -> None:
    """Payments > Portal Users, for one entity."""
    staff = trial.staff(firm_id)
    for entity_id in (*ENTITY_IDS[:1], UNKNOWN):
        found = rows(trial.portal.portal_users, staff, limit=1, entity_id=entity_id)
        assert found == model_readings.portal_users(trial.model, staff, entity_id=entity_id)


@broken("L12", "an explanation tells the grounds of the link, the bar, and every reason that holds")
def audit_explanation(trial: Trial, firm_id: FirmId, who: UserId | EmailAddress, entity_id: EntityId) -> None:
    """Why somebody sees an entity and a bill of it, or does not."""
    staff, portal, model = trial.staff(firm_id), trial.portal, trial.model
    for bill in (None, INVOICE_IDS[0]):
        told = answer(portal.explain, staff, who, entity_id, invoice_id=bill)
        assert told == answer(model_readings.explain, model, staff, who, entity_id, invoice_id=bill)
