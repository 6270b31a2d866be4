"""Ten thousand hostile strings: refused or nothing found, nothing written, and no error of a library below."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import pytest

from portal_linkage import (
    Arrival,
    ClaimRefused,
    ClientEntity,
    EmailAddress,
    EntityId,
    FirmId,
    FirmStaff,
    Guest,
    InvalidCursor,
    InvalidEmail,
    InvalidValue,
    InvoiceId,
    InvoiceProof,
    LinkageService,
    Money,
    NotBarred,
    NotFound,
    NothingToLink,
    NotLinked,
    Page,
    PageRequest,
    PaymentId,
    PortalUser,
    RosterPlan,
    TooManyAttempts,
    User,
    UserId,
    VerifiedEmail,
)
from portal_linkage.domain.values import MAX_ID, search_key, words_of
from portal_linkage.testing import builders as b

from .hostile import COUNT, hostile_strings
from .world import STAFF, World, arrival, contents

Attack = Callable[[LinkageService, User, str], object]
NOTHING: tuple[object, ...] = (None, (), False, NotLinked(), NotBarred(), ClaimRefused(), Page())
"""What a call answers that found nothing."""


@cache
def strings() -> Sequence[str]:
    """All of them, made once."""
    return tuple(hostile_strings())


@pytest.fixture
def settled(world: World) -> World:
    """Jane with two entities and some bills: there is something to find, and something to break."""
    world.save(b.invoice("INV-1"), b.payment(), b.late_fee())
    world.jane(b.REALTY, b.SMITH)
    return world


@pytest.fixture
def jane(settled: World) -> User:
    """The one portal user."""
    user = settled.portal().find_user(b.ACME, b.JANE)
    assert user is not None
    return user


def test_there_are_ten_thousand_of_all_sorts() -> None:
    """Each run attacks with the same strings, and no kind of them is missing."""
    assert len(strings()) == COUNT
    assert tuple(hostile_strings()) == strings()
    assert len(set(strings())) > COUNT * 0.8
    for mark in ("\0", "\ud800", "\u202e", "DROP TABLE", "%n", "\u212a", "\x1b", "[[[["):
        assert any(mark in text for text in strings()), mark


def refused(make: Callable[[], object], *errors: type[Exception]) -> bool:
    """Whether it is refused by an error of ours; any other error fails the test."""
    try:
        make()
    except errors:
        return True
    return False


# -- Values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "some_pass"),
    [
        (EmailAddress.parse, InvalidEmail, True),
        (lambda text: VerifiedEmail.attest(b.JANE, via=text), InvalidValue, True),
        (lambda text: Money(text, "USD"), InvalidValue, True),
        (lambda text: Money(1, text), InvalidValue, False),
        (lambda text: b.firm(FirmId(text)), InvalidValue, True),
        (lambda text: b.firm(name=text), InvalidValue, True),
        (b.entity, InvalidValue, True),
        (lambda text: b.entity("1", client_number=text), InvalidValue, True),
        (lambda text: b.invoice("1", number=text), InvalidValue, True),
        (lambda text: InvoiceProof("1001", text), InvalidValue, True),
        (lambda text: Arrival.attest(EntityId(text), via="x"), InvalidValue, True),
        (RosterPlan.from_json, InvalidValue, False),
    ],
)
def test_a_value_refuses_them_by_its_own_error(
    make: Callable[[str], object], error: type[Exception], *, some_pass: bool
) -> None:
    """As address, amount, currency, id, name or number: a value, or an `InvalidValue`, and no other error."""
    results = {refused(partial(make, text), error) for text in strings()}
    assert results == ({True, False} if some_pass else {True})


# -- The service -------------------------------------------------------------------------------------------------------

READS: dict[str, Attack] = {
    "search": lambda portal, _, text: portal.portal_users(STAFF, search=text).items,
    "suggest": lambda portal, _, text: portal.suggest(STAFF, text),
    "can_see": lambda portal, user, text: portal.can_see(user.viewer, EntityId(text)),
    "guest can_see": lambda portal, _, text: portal.can_see(Guest(b.ACME, EntityId(text)), EntityId(text)),
    "invoice": lambda portal, user, text: portal.invoice(user.viewer, InvoiceId(text)),
    "payment": lambda portal, user, text: portal.payment(user.viewer, PaymentId(text)),
    "entity": lambda portal, user, text: portal.view(user.viewer, entity_id=EntityId(text)),
    "user": lambda portal, _, text: portal.entities(PortalUser(b.ACME, UserId(text))),
    "firm": lambda portal, _, text: portal.changes(FirmId(text)).items,
    "address": lambda portal, _, text: portal.find_user(b.ACME, EmailAddress.parse(text)),
    "bars": lambda portal, _, text: portal.bars(STAFF, email=EmailAddress.parse(text)).items,
    "users of": lambda portal, _, text: portal.portal_users(STAFF, entity_id=EntityId(text)).items,
    "journal": lambda portal, _, text: portal.journal(STAFF, user_id=UserId(text), entity_id=EntityId(text)).items,
    "explain": lambda portal, user, text: (
        portal.explain(STAFF, user.user_id, EntityId(text), invoice_id=InvoiceId(text)).link
    ),
}
CURSORS: dict[str, Attack] = {
    "entities": lambda portal, user, text: portal.entities(user.viewer, page=PageRequest(5, text)),
    "invoices": lambda portal, user, text: portal.invoices(user.viewer, page=PageRequest(5, text)),
    "late_fees": lambda portal, user, text: portal.late_fees(user.viewer, page=PageRequest(5, text)),
    "payments": lambda portal, user, text: portal.payments(user.viewer, page=PageRequest(5, text)),
    "portal_users": lambda portal, _, text: portal.portal_users(STAFF, page=PageRequest(5, text)),
    "bars": lambda portal, _, text: portal.bars(STAFF, page=PageRequest(5, text)),
    "journal": lambda portal, _, text: portal.journal(STAFF, page=PageRequest(5, text)),
    "changes": lambda portal, _, text: portal.changes(b.ACME, after=text),
}
WRITES: dict[str, Attack] = {
    "sign up address": lambda portal, _, text: portal.sign_up(b.ACME, VerifiedEmail.attest(text, via="x"), name="J"),
    "sign up name": lambda portal, _, text: portal.sign_up(
        b.ACME, VerifiedEmail.attest(b.jane_at(1), via="x"), name=text
    ),
    "sign up firm": lambda portal, user, text: portal.sign_up(
        FirmId(text), VerifiedEmail.attest(user.email, via="x"), name="J"
    ),
    "sign up entity": lambda portal, _, text: portal.sign_up(
        b.ACME, VerifiedEmail.attest(b.jane_at(1), via="x"), name="J", claim=arrival(text)
    ),
    "claim user": lambda portal, _, text: portal.claim(PortalUser(b.ACME, UserId(text)), arrival()),
    "leave": lambda portal, _, text: portal.leave(PortalUser(b.ACME, UserId(text)), EntityId(text)),
    "link entity": lambda portal, user, text: portal.link(STAFF, user.user_id, EntityId(text)),
    "link user": lambda portal, _, text: portal.link(STAFF, UserId(text), b.TRUST),
    "unlink user": lambda portal, _, text: portal.unlink(STAFF, UserId(text), b.REALTY),
    "remove user": lambda portal, _, text: portal.remove_user(STAFF, UserId(text)),
    "lift bar address": lambda portal, _, text: portal.lift_bar(STAFF, EmailAddress.parse(text), b.SMITH),
    "lift bar entity": lambda portal, user, text: portal.lift_bar(STAFF, user.email, EntityId(text)),
    "link firm": lambda portal, user, text: portal.link(FirmStaff(FirmId(text), b.STAFF), user.user_id, b.TRUST),
}


def answer(attack: Attack, portal: LinkageService, user: User, text: str) -> object:
    """What an attack meets: ``None`` where it is refused by an error of ours."""
    try:
        return attack(portal, user, text)
    except (InvalidValue, NotFound, NothingToLink):
        return None


def spread(attacks: dict[str, Attack]) -> list[tuple[str, Attack, str]]:
    """Each string for a few attacks in turn, so that all strings and all attacks meet in ten thousand steps."""
    named = list(attacks.items())
    return [(*named[number % len(named)], text) for number, text in enumerate(strings())]


def truly_means(text: str) -> bool:
    """Whether a hostile text happens to begin an address, a number or the words of a name."""
    key, words = search_key(text.strip()), words_of(text)
    known = [words_of(name) for name in (*b.NAMES.values(), "Jane Smith")]
    by_words = any(all(any(word.startswith(one) for word in name) for one in words) for name in known)
    by_start = key != "" and any(one.startswith(key) for one in (b.JANE.key, *b.NAMES))
    return text == "" or by_start or (words != () and by_words)


def test_reading_with_them_finds_nothing(settled: World, jane: User) -> None:
    """As search text, id or address of a reading: nothing found, but where the text truly names something."""
    portal = settled.portal()
    before = contents(settled.store)
    for name, attack, text in spread(READS):
        found = answer(attack, portal, jane, text)
        assert found in NOTHING or (name in {"search", "suggest"} and truly_means(text)), (name, text)
    assert contents(settled.store) == before


def test_no_cursor_is_made_of_them(settled: World, jane: User) -> None:
    """As a cursor each is an `InvalidCursor`, whatever the listing."""
    portal = settled.portal()
    for _, attack, text in spread(CURSORS)[::3]:
        with pytest.raises(InvalidCursor):
            attack(portal, jane, text)


def test_changing_with_them_changes_nothing(settled: World, jane: User) -> None:
    """As address, name, id of a change: refused, or nothing to do, and the store is what it was."""
    portal = settled.portal()
    before = contents(settled.store)
    for name, attack, text in spread(WRITES):
        assert answer(attack, portal, jane, text) in NOTHING, (name, text)
    assert contents(settled.store) == before


def test_claims_with_them_are_refused(settled: World, jane: User) -> None:
    """As a number of a proof, or the id of an arrival: one of the two refusals, and no link and no event."""
    portal = settled.portal()
    events = settled.events()
    for number, text in enumerate(strings()[::10]):
        try:
            proof = InvoiceProof(text, text) if number % 2 else InvoiceProof("1003", text)
        except InvalidValue:
            continue
        for given in (portal.claim(jane.viewer, proof), portal.admit_guest(b.ACME, proof)):
            assert isinstance(given, ClaimRefused | TooManyAttempts)
        if len(text) <= MAX_ID:
            assert portal.claim(jane.viewer, arrival(text)) == ClaimRefused()
    assert settled.events() == events


def test_what_is_accepted_comes_back_as_it_was(settled: World) -> None:
    """A name or an id may be strange: it is kept to the letter, listed, searched for and found."""
    portal = settled.portal()
    strange = []
    for text in strings()[::29]:
        try:
            strange.append(b.entity(text, name=text))
        except InvalidValue:
            continue
    assert len(strange) > 100
    kept: dict[str, ClientEntity] = {entity.entity_id: entity for entity in strange}
    settled.save(*kept.values())
    user = portal.find_user(b.ACME, b.JANE)
    assert user is not None
    for entity_id, entity in kept.items():
        portal.link(STAFF, user.user_id, EntityId(entity_id))
        assert portal.can_see(user.viewer, EntityId(entity_id))
        assert portal.entities(user.viewer, entity_id=EntityId(entity_id)).items == (entity,)
    shown = [row.entity_id for row in portal.entities(user.viewer, page=PageRequest(500)).items]
    assert shown == [b.REALTY, b.SMITH, *kept]
    assert settled.agrees_with_its_journal()
