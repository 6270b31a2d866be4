"""A firm, its clients and Jane Smith, on a store; and all that a store holds, to see that nothing was written."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
import sqlalchemy as sa

from portal_linkage import (
    AlreadySignedUp,
    Arrival,
    AutoLink,
    ClientEntity,
    EmailAddress,
    EntityId,
    Event,
    Firm,
    FirmStaff,
    Invoice,
    LateFee,
    LinkagePolicy,
    LinkageService,
    PageRequest,
    Payment,
    PortalUser,
    SignedUp,
    TooManyAttempts,
    User,
    VerifiedEmail,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store, Transaction
from portal_linkage.testing import builders as b
from tests.folding import fold

STAFF = FirmStaff(b.ACME, b.STAFF)
OTHER_STAFF = FirmStaff(b.OTHER_FIRM, b.STAFF)
VERIFIED = VerifiedEmail.attest(b.JANE, via="one-click invoice e-mail")
Kept = Firm | ClientEntity | Invoice | LateFee | Payment


def arrival(entity_id: str = b.REALTY) -> Arrival:
    """Jane clicked *Pay invoice* in a mail of this entity."""
    return Arrival.attest(EntityId(entity_id), via="one-click invoice e-mail")


def verified(email: EmailAddress | str) -> VerifiedEmail:
    """An address whose mail the person reads."""
    return VerifiedEmail.attest(email, via="confirmation link")


@attrs.define
class Clock:
    """A clock that stands still until it is told."""

    now: datetime = b.NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def advance(self, **by: float) -> None:
        """Let time go by."""
        self.now += timedelta(**by)


@attrs.define
class Ids:
    """User ids that tests can foretell: u1, u2, ..."""

    given: int = 0

    def __call__(self) -> str:
        """The next one."""
        self.given += 1
        return f"u{self.given}"


@attrs.frozen
class World:
    """A store with a clock, and services of any policy on it."""

    store: Store
    clock: Clock = attrs.field(factory=Clock)
    ids: Ids = attrs.field(factory=Ids)

    def portal(self, **switches: Any) -> LinkageService:  # noqa: ANN401
        """A service of a policy with these switches."""
        return LinkageService(self.store, LinkagePolicy(**switches), clock=self.clock, new_id=self.ids)

    def save(self, *kept: Kept) -> None:
        """Store what the PMS owns, in one transaction."""
        with self.store.transaction() as tx:
            for one in kept:
                _save(tx, one)

    def jane(self, *entity_ids: str, email: EmailAddress = b.JANE, name: str = "Jane Smith") -> User:
        """Jane signs up with exactly these entities, the first by arrival, the others by the firm's grant."""
        portal = self.portal(auto_link=AutoLink.OFF)
        answer = portal.sign_up(b.ACME, verified(email), name=name, claim=arrival(entity_ids[0]))
        user = signed_up(answer).user
        for entity_id in entity_ids[1:]:
            portal.link(STAFF, user.user_id, EntityId(entity_id))
        return user

    def events(self, *, of: PortalUser | None = None) -> list[Event]:
        """The journal of the firm, or of one of its users."""
        journal = self.portal().changes(b.ACME).items
        return [event for event in journal if of is None or event.user_id == of.user_id]

    def links_of(self, user: User) -> list[str]:
        """The entities of a user, as the firm sees them, in link order."""
        rows = self.portal().portal_users(STAFF).items
        return [entity.entity_id for row in rows if row.user == user for entity in row.entities]

    def agrees_with_its_journal(self) -> bool:
        """Whether the journal folds back to the users and links that there are (L11)."""
        with self.store.snapshot() as snapshot:
            rows = snapshot.users.search(b.ACME, "", None, PageRequest(500)).items
            present = {
                row.user.user_id: {
                    link.entity_id: frozenset(ground.kind for ground in link.grounds)
                    for link in snapshot.links.listing(b.ACME, row.user.user_id)
                }
                for row in rows
            }
        return fold(self.events()) == present


def _save(tx: Transaction, one: Kept) -> None:
    match one:
        case Firm():
            tx.firms.save(one)
        case ClientEntity():
            tx.entities.save(one)
        case Invoice():
            tx.invoices.save(one)
        case LateFee():
            tx.late_fees.save(one)
        case Payment():
            tx.payments.save(one)


def signed_up(answer: object) -> SignedUp:
    """The answer to a sign-up that made a user."""
    assert isinstance(answer, SignedUp)
    return answer


def ids_of(answer: object) -> list[str]:
    """The entities of a sign-up's links, in their order."""
    assert isinstance(answer, SignedUp | AlreadySignedUp)
    return [link.entity_id for link in answer.links]


def told(events: Iterable[Event]) -> list[tuple[str, str | None, str | None]]:
    """What happened: kind, entity and ground."""
    return [(event.kind.value, event.entity_id, event.ground and event.ground.value) for event in events]


def waits_until(answer: object) -> datetime:
    """When a proof is looked at again."""
    assert isinstance(answer, TooManyAttempts)
    return answer.retry_at


class Overlaid:
    """Something of a store, with some of its parts replaced: how a test plays what another transaction does."""

    def __init__(self, inner: object, **parts: object) -> None:
        self._inner = inner
        self._parts = parts

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the part is
        return self._parts[name] if name in self._parts else getattr(self._inner, name)


# -- All that a store holds --------------------------------------------------------------------------------------------


def contents(store: Store) -> object:
    """Everything in the store, comparable; two stores, or two moments, with the same content give the same."""
    if isinstance(store, SqlStore):
        with store.engine.connect() as connection:
            tables = map(_told, store._parts.tables.all)
            return [sorted(map(repr, connection.execute(sa.select(*columns)))) for columns in tables]
    assert isinstance(store, MemoryStore)
    return _plain(store._cabinets)


def _told(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """What a table tells; that somebody has read the journal is nobody's business."""
    if table.name == "portal_journal_end":
        return [sa.null()]
    return [column for column in table.c if (table.name, column.name) != ("portal_journal", "position")]


def _plain(value: object) -> object:
    """Objects, mappings and collections as nested tuples; empty ones, and indexes (private), do not count."""
    match value:
        case None | bool() | int() | str():
            return value
        case Mapping():
            return tuple(sorted(filter(_held, _pairs(value.items())), key=repr))
        case set() | frozenset():
            return tuple(sorted(map(_plain, value), key=repr))
        case list() | tuple():
            return tuple(map(_plain, value))
        case _ if hasattr(value, "__dict__"):
            public = ((name, part) for name, part in vars(value).items() if not name.startswith("_"))
            return tuple(filter(_held, _pairs(public)))
        case _:
            return repr(value) if not attrs.has(type(value)) else (type(value).__name__, repr(_fields(value)))


def _pairs(items: Iterable[tuple[object, object]]) -> Iterator[tuple[object, object]]:
    for key, value in items:
        yield _plain(key), _plain(value)


def _held(pair: tuple[object, object]) -> bool:
    return pair[1] not in ((), None, 0)


def _fields(value: Any) -> list[object]:  # noqa: ANN401 -- any attrs object
    return [_plain(getattr(value, field.name)) for field in attrs.fields(type(value))]
