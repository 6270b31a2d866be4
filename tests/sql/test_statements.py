"""How often the database is asked: what ``docs/databases.md`` says of each use case is what is counted."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from portal_linkage import (
    AlreadyLinked,
    AlreadySignedUp,
    Arrival,
    AutoLink,
    BarLifted,
    Claim,
    ClaimRefused,
    ClientEntity,
    EmailAddress,
    EntityId,
    Explanation,
    FirmStaff,
    Guest,
    Invoice,
    InvoiceId,
    InvoiceProof,
    LinkagePolicy,
    LinkageService,
    Linked,
    Page,
    Payment,
    PaymentId,
    PortalUser,
    PortalView,
    RosterApplied,
    RosterPlan,
    SelfUnlink,
    SignedUp,
    StaffVisit,
    TooManyAttempts,
    Unlinked,
    User,
    UserId,
    UserRemoved,
    VerifiedEmail,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing.builders import ACME, JANE, JANE_ID, NOON, STAFF, entity, invoice, jane_at, sign_up, user
from tests import engines

from .listening import listening
from .story import client_ids, tell

PAGE: Final = Path(__file__).parents[2] / "docs" / "databases.md"
ROW: Final = re.compile(r"^\| (.+?) \| (\d+) \| (\d+) \|$", re.MULTILINE)

FIRST, OTHER, JOHN = EntityId("c0000"), EntityId("other"), UserId("john")
JANES, DESK = PortalUser(ACME, JANE_ID), FirmStaff(ACME, STAFF)
VISIT, GUEST = StaffVisit(ACME, STAFF, FIRST), Guest(ACME, FIRST)
ARRIVAL, RIGHT = Arrival.attest(OTHER, via="link in a mail"), InvoiceProof("other", "INV-other")
WRONG = InvoiceProof("other", "none of theirs")
NEW, KNOWN = (VerifiedEmail.attest(jane_at(number), via="link in a mail") for number in (2, 3))


@attrs.define
class World:
    """Jane is linked to so many clients, which all list a second address of hers; another user to one of their own."""

    store: SqlStore
    clients: int
    given: Any = None
    """What has happened before the use case that is counted has given it."""

    @classmethod
    def on(cls, engine: str, clients: int) -> "World":
        """The world in an empty database."""
        world = cls(SqlStore(engines.emptied(engine)), clients)
        with world.store.transaction() as tx:
            tell(tx, clients)
            tx.entities.save_many(world.renamed("Smith Trust", jane_at(2)))
            tx.entities.save(entity(OTHER))
            tx.invoices.save(invoice("INV-other", OTHER))
            sign_up(tx, user(JOHN, jane_at(3)), OTHER)
        return world

    def renamed(self, name: str, *others: EmailAddress) -> list[ClientEntity]:
        """Jane's clients under another name, which list others too."""
        return [entity(one, JANE, *others, name=f"{name} {one}") for one in client_ids(self.clients)]

    @property
    def portal(self) -> LinkageService:
        """The service, by a policy of which every rule can come to bear."""
        policy = LinkagePolicy(auto_link=AutoLink.CONTINUOUS, self_unlink=SelfUnlink.ALLOWED)
        return LinkageService(self.store, policy, clock=lambda: NOON)


@attrs.frozen
class Use:
    """A use case, what it answers if it is the one that is meant, and what has happened before."""

    act: Callable[[World], object]
    answer: type[Any] = object
    before: Callable[[World], object] = lambda _: None

    def asks(self, world: World) -> int:
        """How many statements it takes."""
        world.given = self.before(world)
        with listening(world.store) as said:
            answer = self.act(world)
        assert isinstance(answer, self.answer)
        return len(said)


def signs_up(email: VerifiedEmail, claim: Claim | None, answer: type[Any]) -> Use:
    """Somebody signs up."""
    return Use(lambda w: w.portal.sign_up(ACME, email, name="Jane Smith", claim=claim), answer)


def claims(claim: Claim, answer: type[Any], *, refused: int = 0) -> Use:
    """Jane claims a client, after so many wrong proofs."""

    def fail(world: World) -> None:
        for _ in range(refused):
            world.portal.claim(JANES, WRONG)

    return Use(lambda w: w.portal.claim(JANES, claim), answer, fail)


def plans(name: str, *others: EmailAddress) -> Callable[[World], RosterPlan]:
    """The roster of Jane's clients changes."""
    return lambda w: w.portal.roster.plan(ACME, w.renamed(name, *others))


def applies(world: World) -> RosterApplied:
    """The plan that was made is applied."""
    return world.portal.roster.apply(world.given, confirmed=world.given.plan_id)


def links(world: World) -> object:
    """Something happens that nobody has read of yet; all that went before was delivered."""
    page = world.store.changes()
    world.portal.link(DESK, JANE_ID, OTHER)
    return page.next


def delivers(world: World) -> object:
    """A vendor's worker goes on from its cursor."""
    return world.store.changes(after=world.given.after)


CHANGES: Final[dict[str, Use]] = {
    "`sign_up` by an arrival": signs_up(NEW, ARRIVAL, SignedUp),
    "`sign_up` by a proof": signs_up(NEW, RIGHT, SignedUp),
    "`sign_up`, refused": signs_up(NEW, WRONG, ClaimRefused),
    "`sign_up` of a user": signs_up(KNOWN, None, AlreadySignedUp),
    "`claim` by an arrival": claims(ARRIVAL, Linked),
    "`claim` by a proof": claims(RIGHT, Linked),
    "`claim`, refused": claims(WRONG, ClaimRefused),
    "`claim`, too many attempts": claims(WRONG, TooManyAttempts, refused=5),
    "`leave`": Use(lambda w: w.portal.leave(JANES, FIRST), Unlinked),
    "`admit_guest`": Use(lambda w: w.portal.admit_guest(ACME, RIGHT), Guest),
    "`admit_guest`, refused": Use(lambda w: w.portal.admit_guest(ACME, WRONG), ClaimRefused),
    "`link`": Use(lambda w: w.portal.link(DESK, JANE_ID, OTHER), Linked),
    "`link` of what is linked": Use(lambda w: w.portal.link(DESK, JANE_ID, FIRST), AlreadyLinked),
    "`unlink`": Use(lambda w: w.portal.unlink(DESK, JANE_ID, FIRST), Unlinked),
    "`unlink` of the last one": Use(lambda w: w.portal.unlink(DESK, JOHN, OTHER), UserRemoved),
    "`remove_user`": Use(lambda w: w.portal.remove_user(DESK, JANE_ID), UserRemoved),
    "`lift_bar`": Use(lambda w: w.portal.lift_bar(DESK, jane_at(1), FIRST), BarLifted),
    "`roster.apply`, names changed": Use(applies, RosterApplied, plans("Smith Family Trust", jane_at(2))),
    "`roster.apply`, users linked": Use(applies, RosterApplied, plans("Smith Trust", jane_at(2), jane_at(3))),
    "`journal`, new events": Use(lambda w: w.portal.journal(DESK), Page, links),
    "`changes`, new events": Use(lambda w: w.portal.changes(ACME), Page, links),
    "`store.changes`, new events of one firm": Use(delivers, Page, links),
    "`store.changes`, nothing new": Use(delivers, Page, lambda w: w.store.changes().next),
}
READINGS: Final[dict[str, Use]] = {
    "`find_user`": Use(lambda w: w.portal.find_user(ACME, JANE), User),
    "`bars`": Use(lambda w: w.portal.bars(DESK), Page),
    "`portal_users`, searched or not": Use(lambda w: w.portal.portal_users(DESK, search="smith"), Page),
    "`suggest`, at most": Use(lambda w: w.portal.suggest(DESK, "trust", user_id=JANE_ID), tuple),
    "`view` of a user": Use(lambda w: w.portal.view(JANES), PortalView),
    "`view` of a staff visit": Use(lambda w: w.portal.view(VISIT), PortalView),
    "`view` of a guest": Use(lambda w: w.portal.view(GUEST), PortalView),
    "`entities`": Use(lambda w: w.portal.entities(JANES), Page),
    "`invoices`": Use(lambda w: w.portal.invoices(JANES), Page),
    "`late_fees`": Use(lambda w: w.portal.late_fees(JANES), Page),
    "`payments`": Use(lambda w: w.portal.payments(JANES), Page),
    "`invoice`": Use(lambda w: w.portal.invoice(JANES, InvoiceId("INV-c0000")), Invoice),
    "`payment`": Use(lambda w: w.portal.payment(JANES, PaymentId("PAY-c0000")), Payment),
    "`can_see`": Use(lambda w: w.portal.can_see(JANES, FIRST), bool),
    "`explain`": Use(lambda w: w.portal.explain(DESK, JANE_ID, FIRST), Explanation),
    "`explain` of an invoice": Use(
        lambda w: w.portal.explain(DESK, JANE_ID, FIRST, invoice_id=InvoiceId("INV-c0000")), Explanation
    ),
    "`roster.plan`, names changed": Use(plans("Smith Family Trust", jane_at(2)), RosterPlan),
    "`roster.plan`, users linked": Use(plans("Smith Trust", jane_at(2), jane_at(3)), RosterPlan),
    "`journal`": Use(lambda w: w.portal.journal(DESK), Page),
    "`changes`": Use(lambda w: w.portal.changes(ACME), Page),
}


def documented(engine: str) -> dict[str, int]:
    """What the page says of a database: the first number of a row is that of SQLite."""
    place = engines.SQL.index(engine) + 2
    return {row[1]: int(row[place]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def counted(engine: str, clients: int) -> Iterator[tuple[str, int]]:
    """What is so: each change in a world of its own, all readings in one."""
    for name, use in CHANGES.items():
        yield name, use.asks(World.on(engine, clients))
    world = World.on(engine, clients)
    for name, use in READINGS.items():
        yield name, use.asks(world)


def around(engine: str) -> Iterator[tuple[str, int]]:
    """What is said around the statements of a change or a reading that itself says nothing."""
    store = World.on(engine, 1).store

    def asks(block: Callable[[], AbstractContextManager[object]]) -> int:
        with listening(store) as said, block():
            pass
        return len(said)

    yield "a change of the store's own", asks(store.transaction)
    yield "a reading of the store's own", asks(store.snapshot)
    with store.engine.connect() as connection:
        hosted = store.on(connection)
        with hosted.transaction():
            pass
        yield "a change in a host's transaction", asks(hosted.transaction)
        yield "a reading in a host's transaction", asks(hosted.snapshot)


@pytest.mark.parametrize("clients", [2, 40])
@pytest.mark.parametrize("engine", engines.SQL)
def test_the_page_says_how_often_the_database_is_asked(engine: str, clients: int) -> None:
    """A host can reckon with the numbers of the docs, however many clients a person stands behind."""
    assert documented(engine) == {**dict(around(engine)), **dict(counted(engine, clients))}
