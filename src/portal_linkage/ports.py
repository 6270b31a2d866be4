"""What a store promises: the ports of the house.

Words mean the same everywhere: ``get`` raises, ``find`` may return ``None``, ``in_scope``, ``listing`` and ``search``
return many, ``save`` replaces, ``add`` is new, ``remove`` deletes. Readers read, repositories also write. Ids and
texts in a call have been checked by the service. Every id is scoped by its firm (L6). Hosts save what their PMS owns by
themselves: a thing of another kind is a plain `TypeError`.

*Order and paging.* A method that takes a `PageRequest` answers at most ``limit`` rows, in the order that it names,
from just after the cursor, by a keyset: rows added or removed meanwhile never shift another row. Its cursors are made
with `portal_linkage.domain.values.Question`, so that a cursor of another question is an `InvalidCursor`. Ties end in
the id, by code point. No collation of a database decides an order or a match: keys are made in Python.

*Cost.* No method asks the database more often because there are more links, rows or matches; methods that take a
collection of ids may ask once per 2,000 of them.

*Scopes.* A `Scope` is a question about somebody's bills. ``scope.covers(entity, linked)`` is its reference: a row is in
scope if its firm has an **active** entity with the row's ``entity_id`` that the scope covers. Bills are not tied to
entities by foreign keys: a bill may be there before its entity, and is then in nobody's scope.

*What comes first.* Nothing waits for its firm or its entity either: mailboxes, users, links, bars, what was left,
merges, refused proofs and events may be written of a firm that nobody has saved, and of entities that are not there.
"""

import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final, Protocol, TypeVar

import attrs

from .domain.entities import (
    Bar,
    ClientEntity,
    Firm,
    Ground,
    GroundKind,
    Invoice,
    InvoiceStatus,
    LateFee,
    Link,
    Payment,
    User,
)
from .domain.errors import Conflict
from .domain.events import Event
from .domain.outcomes import PortalUserRow, Suggestion
from .domain.values import EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Money, Page, PageRequest, PaymentId, UserId
from .domain.viewers import Scope

T = TypeVar("T")
Bill_contra = TypeVar("Bill_contra", contravariant=True)
BillId_contra = TypeVar("BillId_contra", contravariant=True)


PMS: Final = "pms"
"""The source that brings entities whole. Others bring contacts alone, and each replaces its own."""


@attrs.frozen(kw_only=True)
class Mailbox:
    """The one row per firm and address on which all changes to that person's links, bars and attempts are lined up.

    It outlives the user and anchors the bars. ``revision`` grows with every lock; links made under a later revision
    come later in link order.
    """

    firm_id: FirmId
    mailbox_id: str
    email: EmailAddress
    revision: int
    user: User | None


@attrs.frozen(kw_only=True)
class Refusals:
    """The entities that an address is not linked to by itself: barred by the firm (L7), or left by the user."""

    barred: frozenset[EntityId] = frozenset()
    left: frozenset[EntityId] = frozenset()


@attrs.frozen
class Totals:
    """How many open invoices, and what is due on them by currency, in the order of the currencies' names."""

    count: int
    due: Mapping[str, Money]


class FirmReader(Protocol):
    """The firms."""

    def find(self, firm_id: FirmId) -> Firm | None:
        """The firm, or ``None``."""
        ...


class FirmRepository(FirmReader, Protocol):
    """The firms, for a change."""

    def save(self, firm: Firm) -> None:
        """Store the firm, replacing what was stored under its id."""
        ...

    def lock(self, firm_id: FirmId) -> Firm | None:
        """The firm, locked by a write until the transaction ends: one roster change at a time. ``None`` if absent."""
        ...


class UserReader(Protocol):
    """The portal users: those who signed up and still hold a link."""

    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        """The user, or ``None`` if there never was one, or no longer is."""
        ...

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        """The user with this address, matched by its key, or ``None``."""
        ...

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        """The users with these addresses, by address key."""
        ...

    def some(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, User]:
        """Those of these users that exist."""
        ...

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        """The users that match, with all their entities in link order (inactive ones too, contacts empty).

        Order: the `search_key` of the user's name, then user id. An empty text matches all. Otherwise ``text`` matches
        if its `search_key` (of the trimmed text) begins that of the address, or of a linked entity's client number, or
        if it has words (`words_of`) and each of them begins a word of the user's name, or each
        begins a word of one and the same linked entity's name. A text that is neither empty nor a match for anything,
        blanks included, finds nothing. With ``entity_id``, only users linked to that entity.
        """
        ...


class UserRepository(UserReader, Protocol):
    """The portal users, for a change."""

    def add(self, mailbox: Mailbox, user: User) -> None:
        """Give the locked mailbox this user; the mailbox takes over the user's spelling of the address.

        Raises:
            Conflict: the firm has a user of this id already. No retry helps.
        """
        ...

    def remove(self, *users: User) -> None:
        """Take users from their mailboxes, which stay and keep their bars. Their links have been removed before."""
        ...


class MailboxRepository(Protocol):
    """The locks. Each is a *write*: until the transaction ends, no other changes anything of that person's."""

    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        """Lock the address's mailbox, creating it if absent; its revision grows by one."""
        ...

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        """Lock the mailbox of a user; ``None``, and nothing locked, if there is no such user."""
        ...

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        """Lock the mailboxes of all these addresses, in the order of their keys, creating those that are absent."""
        ...


class LinkReader(Protocol):
    """The links, each with its grounds in the order they came."""

    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        """The link, or ``None``; whether the entity is active makes no difference."""
        ...

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        """All links of a user in link order: by the revision they were made under, then position in that change."""
        ...

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        """Whether the user holds any link, be it to an inactive entity."""
        ...

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        """All links to any of these entities, by user id, then entity id."""
        ...

    def count(self, firm_id: FirmId, *, at_most: int) -> int:
        """How many links the firm's users hold, those to inactive ones included; beyond so many none is counted."""
        ...

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        """How many links each of these users holds; a user without links may be absent."""
        ...


class LinkRepository(LinkReader, Protocol):
    """The links, for a change. The mailboxes of their users have been locked."""

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        """Store new links with their grounds, in this order; called at most once per lock of a mailbox."""
        ...

    def remove_many(self, links: Sequence[Link]) -> None:
        """Delete links with their grounds."""
        ...

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        """Give each link one more ground, of a kind that it does not have."""
        ...

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        """Take from each link its ground of this kind; another one remains."""
        ...


class BarReader(Protocol):
    """The bars that the firm's unlinks have left."""

    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        """The bar, or ``None``."""
        ...

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        """The firm's bars, or those of one address, oldest first, then entity id, then mailbox id."""
        ...

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        """By address key: which of these entities the address is barred from, or was left by its user."""
        ...


class BarRepository(BarReader, Protocol):
    """The bars, and what users left by themselves, for a change. The mailboxes have been locked."""

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        """All that this mailbox is refused, or (cheaper) only as far as one entity goes."""
        ...

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        """Leave bars; one that stands is kept as it is."""
        ...

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        """Lift the bar, if there is one."""
        ...

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        """Remember that the user left this entity; it shows in no listing of bars."""
        ...

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        """Forget it again, if it was remembered."""
        ...

    def carry(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        """Whoever is refused an entity is refused the one that it leads to, too. What stands there is kept as it is.

        A bar keeps who left it, and when.
        """
        ...


class EntityReader(Protocol):
    """The client entities. Where not said otherwise, what is returned has no contacts: they are for the firm."""

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        """The entity with the contacts that `PMS` lists, in the order saved, active or not, or ``None``."""
        ...

    def covers(self, scope: Scope) -> bool:
        """Whether any entity is in scope."""
        ...

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        """The entities in scope, in link order."""
        ...

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        """The labels (`ClientEntity.label`) of those of these entities that exist."""
        ...

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        """The active entities with a contact that lists the address, in client-number order, then entity id."""
        ...

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        """The active entities that bear one of these client numbers, exactly and case-sensitively, by entity id."""
        ...

    def formerly(self, firm_id: FirmId, number: str) -> tuple[ClientEntity, ...]:
        """The active entities that once bore exactly this client number, or took over from such, by entity id."""
        ...

    def merged(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, EntityId]:
        """Into which entity each of these is merged, of those that are."""
        ...

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        """The active entities that a typed text may mean.

        It matches if its `search_key` (of the trimmed text) begins that of the client number, or if it has words
        (`words_of`) and each begins a word of the name. Order: exact number, number prefix, name prefix (the words of
        the name, joined by one blank, begin with those typed, joined likewise), any other; then the `search_key` of
        the name, then entity id. With a user, each tells whether they are linked to it, or barred from it.
        """
        ...

    def roster(
        self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None, *, source: str = PMS
    ) -> Iterator[ClientEntity]:
        """All entities of the firm, or those of these ids that exist, active or not, by entity id.

        Each has the contacts that this source lists, in the order saved.
        """
        ...

    def listed_elsewhere(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], source: str
    ) -> Mapping[EntityId, Mapping[str, EmailAddress]]:
        """The addresses, by key, that sources other than this one list with these entities; none has no item."""
        ...


class EntityRepository(EntityReader, Protocol):
    """The client entities, for a change. Saving one links nobody: the roster is the way that applies policy."""

    def hold(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> frozenset[EntityId]:
        """Those of these entities that are active. All of them stay as they are until the transaction ends.

        Whoever would change one waits, so that no link comes to be while a roster change that does not know of it hides
        it. What was read of them before may be out of date by now: read it again.
        """
        ...

    def lock_many(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], *, source: str = PMS
    ) -> tuple[ClientEntity, ...]:
        """Those of these entities that exist, as `roster` has them: locked, in the order of their ids, to be changed.

        What rests on one of them has come to be, and is seen from now on, or waits until the transaction ends.
        """
        ...

    def keep_numbers(self, entities: Iterable[ClientEntity]) -> None:
        """Remember the client number of each as one that it once bore."""
        ...

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        """Remember that each entity was merged into the one that it leads to, and its numbers as some of that one's.

        These are the number that it bears, and those that it once bore.
        """
        ...

    def part(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> None:
        """These are merged into nobody any more; the numbers that went over stay where they are."""
        ...

    def save(self, entity: ClientEntity) -> None:
        """Store the entity, replacing what was stored under its id: its contacts are those that `PMS` lists.

        One that is stored active is merged into nobody any more.
        """
        ...

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        """Save each; of two with one id the later stands."""
        ...

    def save_contacts(self, entities: Iterable[ClientEntity], source: str) -> None:
        """Replace what this source, which is not `PMS`, lists with each of these entities, which exist."""
        ...


class Kept(Protocol[Bill_contra, BillId_contra]):
    """Bills of one kind, in a store that keeps a copy of them."""

    def save(self, bill: Bill_contra, /) -> None:
        """Store the bill, replacing what was stored under its id."""
        ...

    def save_many(self, bills: Iterable[Bill_contra], /) -> None:
        """Save each; of two with one id the later stands. An error on the way ends the transaction with it."""
        ...

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId], /) -> None:
        """The bills of an entity are from now on bills of the one that it leads to."""
        ...

    def remove(self, firm_id: FirmId, bill_id: BillId_contra, /) -> None:
        """Delete the bill; nothing happens if there is none. An id that no bill can have is an `InvalidValue`."""
        ...


class InvoiceReader(Protocol):
    """The invoices, wherever they are kept."""

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        """The invoices of entities in scope that are open, or paid.

        ``OPEN``: those with status ``OPEN`` and something due, by due date, number, id. ``PAID``: those with status
        ``PAID``, newest issue date first, then id. Other statuses are never asked for.
        """
        ...

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """The invoice, whoever may see it, or ``None``."""
        ...

    def totals(self, scope: Scope) -> Totals:
        """Count and sums over exactly what ``in_scope`` lists as ``OPEN``; no rounding, no limit."""
        ...

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """Whether the entity has an invoice of exactly this number that is not a draft."""
        ...


class InvoiceRepository(InvoiceReader, Kept[Invoice, InvoiceId], Protocol):
    """The invoices, in a store that keeps a copy."""


class LateFeeReader(Protocol):
    """The late fees, wherever they are kept."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        """The fees of entities in scope on which something is due, by date, then id."""
        ...

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        """What is due on exactly what ``in_scope`` lists, by currency, in the order of the currencies' names."""
        ...


class LateFeeRepository(LateFeeReader, Kept[LateFee, FeeId], Protocol):
    """The late fees, in a store that keeps a copy."""


class PaymentReader(Protocol):
    """The payments, wherever they are kept."""

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        """The payments of entities in scope, newest first, then id. The payer is named; the service withholds it."""
        ...

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        """The payment, whoever may see it, or ``None``."""
        ...


class PaymentRepository(PaymentReader, Kept[Payment, PaymentId], Protocol):
    """The payments, in a store that keeps a copy."""


class AttemptRepository(Protocol):
    """The refused proofs, counted per subject: ``"person:<mailbox id>"`` or ``"number:<as typed>"``."""

    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        """The times of the subject's refused proofs after ``since`` (exclusive), oldest first.

        The subject is locked by a write until the transaction ends, so that nobody tries more often by trying at once.
        """
        ...

    def add(self, firm_id: FirmId, subject: str, at: datetime, until: datetime) -> None:
        """Count a refused proof of a subject that ``recent`` has locked. It counts ``until`` then, and no longer.

        What no longer counts at that time is dropped, sooner or later, of other subjects too: guests may type ever new
        numbers, and no more than a few that do not count any longer are kept beside those that do.
        """
        ...


class JournalReader(Protocol):
    """What happened, oldest first, in the order in which ``changes`` delivers; never by the clock.

    Transactions may end in another order than they began, so that an event may come to be known after a later one was
    read. A store in which that can be gives events their place only when `JournalRepository.settle` is called, and
    lists none before; ``is_settled`` says whether any are waiting.
    """

    def is_settled(self, firm_id: FirmId) -> bool:
        """Whether all of the firm's events that are known have their place."""
        ...

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        """The firm's events, or those of one user, of one entity, or of both."""
        ...

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        """The firm's events after the cursor. ``next`` is always there, at the end too: ask again from it later.

        A consumer that goes on from its cursor misses nothing and gets nothing twice.
        """
        ...


class JournalRepository(JournalReader, Protocol):
    """The journal, for a change."""

    def append(self, events: Sequence[Event]) -> None:
        """Write these events of one firm down, in this order, after all that was written down before."""
        ...

    def settle(self, firm_id: FirmId) -> None:
        """Give the firm's events that are waiting their place, after all that have one: one reader at a time.

        What was written down by one call keeps its order; so do two transactions, if one had ended when the other began
        or they locked the same mailbox.
        """
        ...

    def deliver(self, page: PageRequest) -> Page[Event]:
        """The events of all firms after the cursor, each firm's in its own order: see `Store.changes`."""
        ...


class Snapshot(Protocol):
    """One moment of the store, for reading: everything read through it agrees (L15)."""

    @property
    def firms(self) -> FirmReader:
        """The firms."""
        ...

    @property
    def users(self) -> UserReader:
        """The portal users."""
        ...

    @property
    def links(self) -> LinkReader:
        """The links."""
        ...

    @property
    def bars(self) -> BarReader:
        """The bars."""
        ...

    @property
    def entities(self) -> EntityReader:
        """The client entities."""
        ...

    @property
    def invoices(self) -> InvoiceReader:
        """The invoices."""
        ...

    @property
    def late_fees(self) -> LateFeeReader:
        """The late fees."""
        ...

    @property
    def payments(self) -> PaymentReader:
        """The payments."""
        ...

    @property
    def journal(self) -> JournalReader:
        """The journal."""
        ...


class Transaction(Snapshot, Protocol):
    """A change: all of it is kept, or nothing. It reads what it has written."""

    @property
    def firms(self) -> FirmRepository:
        """The firms."""
        ...

    @property
    def mailboxes(self) -> MailboxRepository:
        """The locks."""
        ...

    @property
    def users(self) -> UserRepository:
        """The portal users."""
        ...

    @property
    def links(self) -> LinkRepository:
        """The links."""
        ...

    @property
    def bars(self) -> BarRepository:
        """The bars."""
        ...

    @property
    def entities(self) -> EntityRepository:
        """The client entities."""
        ...

    @property
    def invoices(self) -> InvoiceRepository:
        """The invoices."""
        ...

    @property
    def late_fees(self) -> LateFeeRepository:
        """The late fees."""
        ...

    @property
    def payments(self) -> PaymentRepository:
        """The payments."""
        ...

    @property
    def attempts(self) -> AttemptRepository:
        """The refused proofs."""
        ...

    @property
    def journal(self) -> JournalRepository:
        """The journal."""
        ...


class Store(Protocol):
    """Where everything is kept. Threads may share one.

    A block may be ended on another thread than it was begun on: then both are free to open the next.
    """

    @property
    def owns_transactions(self) -> bool:
        """Whether a change is a transaction of its own, which `changed` may decide again after a `Conflict`.

        Not so in a host's transaction: only the host can begin that anew.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open one moment for reading. No change of another transaction is seen through it.

        What it gave is of no use after its end: a `Conflict` that no retry helps. So is what a transaction gave.
        Opening a transaction inside a snapshot, or a transaction inside a transaction, on the same thread is a
        `Conflict` that no retry helps.
        """
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a change: kept on a clean exit, undone whole on any error, which goes on to the caller."""
        ...

    def changes(self, *, after: str | None = None, limit: int = 500) -> Page[Event]:
        """The events of all firms from just after a cursor, for a vendor's worker; it is a transaction of its own.

        Each firm's events come in its own order, as `JournalReader.changes` gives them; between firms there is none.
        ``next`` is always there. A worker that goes on from its cursor misses nothing and gets nothing twice.

        Raises:
            InvalidCursor: the cursor was not made by this method, or was altered.
        """
        ...

    def close(self) -> None:
        """Let go of everything held. Afterwards every use is a `StoreUnavailable`; closing again does nothing.

        So is every use of what is open at that time: it reads nothing more, and a transaction keeps nothing.
        """
        ...


_TRIES: Final = 5
_PATIENCE_SECONDS: Final = 30
_PAUSE_SECONDS: Final = 0.02


def changed(store: Store, act: Callable[[Transaction], T]) -> T:
    """Make a change in one transaction, and give what ``act`` gives.

    Where another transaction was in the way, the change is decided again from the start, after a short random pause:
    at most five times, for about 30 seconds, and only where the store owns the transaction.

    Raises:
        Conflict: it was in the way every time, or no retry helps, or the transaction is the host's.
    """
    began, pause = time.monotonic(), _PAUSE_SECONDS
    for _ in range(_TRIES - 1):
        try:
            with store.transaction() as tx:
                return act(tx)
        except Conflict as conflict:
            is_late = time.monotonic() - began > _PATIENCE_SECONDS
            if is_late or not (conflict.retryable and store.owns_transactions):
                raise
        time.sleep(random.uniform(0, pause))  # noqa: S311 -- so that two do not meet again; guards nothing
        pause *= 2
    with store.transaction() as tx:
        return act(tx)
