"""The shelves that the rows of one firm are kept on, each with whatever it takes to find them again."""

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar, assert_never

from ...domain.entities import Bar, ClientEntity, Contact, Firm, Invoice, InvoiceStatus, LateFee, Link, Payment, User
from ...domain.events import Event
from ...domain.values import (
    EmailAddress,
    EntityId,
    FeeId,
    FirmId,
    InvoiceId,
    Key,
    PaymentId,
    UserId,
    micros_of,
)
from ...domain.viewers import LinkedTo, Only, Scope
from ...ports import Mailbox
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, USERS, Listing
from .accounts import Account, Accounts
from .indexes import Directory, Groups, OrderedSet, place_in
from .series import B, DueSeries, Series

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)


class Shelf(Generic[K, V]):
    """Rows by their key, with whatever index a kind of shelf keeps of them.

    All changes go through `put`, and `put_back` undoes one, wherever it was stopped (Ctrl-C, a time limit), and however
    often it is itself. So what an index is given twice it holds once, and it is not surprised when what is taken out is
    not there.
    """

    def __init__(self) -> None:
        self.rows: dict[K, V] = {}

    def find(self, key: K) -> V | None:
        """The row, or ``None``."""
        return self.rows.get(key)

    def at(self, key: K) -> V:
        """The row, which is known to be there."""
        return self.rows[key]

    def put(self, key: K, row: V | None) -> None:
        """Replace what stands under the key; ``None`` takes it away."""
        self._exchange(key, self.rows.get(key), row)

    def put_back(self, key: K, old: V | None, row: V | None) -> None:
        """Let what stood under the key stand there again, and nothing be left of what replaced it."""
        self._exchange(key, row, old)

    def _exchange(self, key: K, gone: V | None, row: V | None) -> None:
        self.rows.pop(key, None)  # first: what is replaced moves to the end
        if gone is not None:
            for index, *entry in self._entries(key, gone):
                index.discard(*entry)
        if row is not None:
            self.rows[key] = row
            for index, *entry in self._entries(key, row):
                index.add(*entry)

    def _entries(self, key: K, row: V) -> Iterable[tuple[Any, ...]]:  # noqa: ARG002 -- each kind of shelf has its own
        """What a row is found by, beside its key: an index, and what to add to it, or to discard from it."""
        return ()


class PairShelf(Shelf[tuple[H, EntityId], V]):
    """Rows that tell of somebody and an entity, found from either side: bars, leavings and former numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._entities: Groups[H, EntityId] = Groups()
        self._holders: Groups[EntityId, H] = Groups()

    def entities_of(self, holder: H) -> Collection[EntityId]:
        """Which entities they have to do with, in no order."""
        return self._entities.of(holder)

    def holders_of(self, entity_id: EntityId) -> Collection[H]:
        """Who has to do with the entity, in no order."""
        return self._holders.of(entity_id)

    def _entries(self, key: tuple[H, EntityId], row: V) -> Iterable[tuple[Any, ...]]:  # noqa: ARG002 -- BarShelf needs it
        holder, entity_id = key
        return [(self._entities, holder, entity_id), (self._holders, entity_id, holder)]


LinkPlace: TypeAlias = tuple[int, int]
"""Where a link stands in link order: the revision it was made under, and its position in that change."""


class Placed(NamedTuple):
    """An entity in its place among those of a user, and its account."""

    place: LinkPlace
    entity_id: EntityId
    account: Account


class InOrder:
    """What each user is linked to, in link order."""

    def __init__(self) -> None:
        self._of: dict[UserId, list[Placed]] = {}

    def add(self, user_id: UserId, placed: Placed) -> None:
        """Put a link in its place, which is mostly the last."""
        links = self._of.setdefault(user_id, [])
        links[place_in(links, placed[:2])] = [placed]

    def discard(self, user_id: UserId, placed: Placed) -> None:
        """Take a link out; a user without any is forgotten."""
        links = self._of.get(user_id, [])
        del links[place_in(links, placed[:2])]
        if not links:
            self._of.pop(user_id, None)

    def of(self, user_id: UserId) -> Sequence[Placed]:
        """All that a user is linked to."""
        return self._of.get(user_id, ())


class LinkShelf(Shelf[tuple[UserId, EntityId], tuple[Placed, Link]]):
    """The links by user and entity, and found from either side."""

    def __init__(self) -> None:
        super().__init__()
        self._in_order = InOrder()
        self._holders: Groups[EntityId, UserId] = Groups()

    def of(self, user_id: UserId) -> Sequence[Placed]:
        """All that a user is linked to, in link order."""
        return self._in_order.of(user_id)

    def holders_of(self, entity_id: EntityId) -> Collection[UserId]:
        """Who is linked to the entity, in no order."""
        return self._holders.of(entity_id)

    def _entries(self, key: tuple[UserId, EntityId], row: tuple[Placed, Link]) -> Iterable[tuple[Any, ...]]:
        user_id, entity_id = key
        return [(self._in_order, user_id, row[0]), (self._holders, entity_id, user_id)]


def place_of(key: tuple[str, EntityId], bar: Bar) -> tuple[int, EntityId, str]:
    """Where a bar stands in the firm's listing: the microseconds of ``since``, the entity, the mailbox."""
    mailbox_id, entity_id = key
    return (micros_of(bar.since), entity_id, mailbox_id)


class BarShelf(PairShelf[str, Bar]):
    """The bars by mailbox id and entity, also oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.places: OrderedSet[tuple[int, EntityId, str]] = OrderedSet()

    def _entries(self, key: tuple[str, EntityId], row: Bar) -> Iterable[tuple[Any, ...]]:
        return [*super()._entries(key, row), (self.places, place_of(key, row))]


class UserShelf(Shelf[UserId, User]):
    """The users by id, in the order of their names, and by what is typed to find them."""

    def __init__(self) -> None:
        super().__init__()
        self.places: OrderedSet[Key] = OrderedSet()
        self.directory: Directory[UserId] = Directory()

    def _entries(self, key: UserId, row: User) -> Iterable[tuple[Any, ...]]:
        return [(self.places, USERS.key(row)), (self.directory, key, row.email.key, row.name)]


class EntityShelf(Shelf[EntityId, ClientEntity]):
    """The entities, without their contacts, by id, by client number, and by what is typed; and their accounts."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = Accounts(self.rows)
        self.numbered: Groups[str, EntityId] = Groups()
        self.directory: Directory[EntityId] = Directory()

    def active(self, entity_ids: Iterable[EntityId]) -> Iterator[ClientEntity]:
        """Those of these entities that are there and active."""
        return (entity for entity in map(self.find, entity_ids) if entity is not None and entity.active)

    def _entries(self, key: EntityId, row: ClientEntity) -> Iterable[tuple[Any, ...]]:
        yield self.accounts, row
        yield self.numbered, row.client_number, key
        yield self.directory, key, row.client_number, row.name


class ContactShelf(Shelf[tuple[EntityId, str], tuple[Contact, ...]]):
    """What each source lists, the practice-management system among them, by entity and source, and by address."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: Groups[EntityId, str] = Groups()
        self._listing: Groups[str, tuple[EntityId, str]] = Groups()

    def listing(self, address: str) -> set[EntityId]:
        """The entities that list an address, whichever source says so."""
        return {entity_id for entity_id, _ in self._listing.of(address)}

    def _entries(self, key: tuple[EntityId, str], row: tuple[Contact, ...]) -> Iterable[tuple[Any, ...]]:
        yield self.sources, *key
        yield from ((self._listing, contact.email.key, key) for contact in row)


Refused: TypeAlias = tuple[tuple[datetime, datetime], ...]
"""When proofs were refused, and until when each counts."""


Whose: TypeAlias = tuple[UserId | None, EntityId | None]
"""The events of a user, of an entity, or of both."""


class Positions:
    """Positions in a journal, by whom their events tell of. New ones come to the end, and go from there only."""

    def __init__(self) -> None:
        self._of: dict[Whose, list[int]] = {}

    def add(self, whose: Whose, position: int) -> None:
        """Note the next position."""
        positions = self._of.setdefault(whose, [])
        if positions[-1:] != [position]:
            positions.append(position)

    def discard(self, whose: Whose, position: int) -> None:
        """Take the last position away."""
        positions = self._of.get(whose, [])
        if positions[-1:] == [position]:
            positions.pop()

    def after(self, position: int, whose: Whose, count: int) -> list[int]:
        """The next positions of these events."""
        positions = self._of.get(whose, [])
        start = bisect_right(positions, position)
        return positions[start : start + count]


class EventShelf(Shelf[int, Event]):
    """Events by their position, from 1 on. New ones come to the end, and go from there only."""

    def after(self, position: int, count: int) -> Sequence[int]:
        """The next positions."""
        start = max(position, 0)
        return range(start + 1, min(start + count, len(self.rows)) + 1)


class JournalShelf(EventShelf):
    """The events of a firm, also by whom they tell of."""

    def __init__(self) -> None:
        super().__init__()
        self._positions = Positions()

    def about(self, whose: Whose, position: int, count: int) -> Sequence[int]:
        """The next positions of the events that tell of somebody; or, if it is nobody, of all."""
        return self._positions.after(position, whose, count) if any(whose) else self.after(position, count)

    def _entries(self, key: int, row: Event) -> Iterable[tuple[Any, ...]]:
        whose = {(row.user_id, None), (None, row.entity_id), (row.user_id, row.entity_id)}
        return [(self._positions, one, key) for one in whose if any(one)]


class BillShelf(Shelf[K, B]):
    """The bills of one kind by id, and in each of the series that shows them."""

    def __init__(self, *series: Series[B]) -> None:
        super().__init__()
        self._series = series

    def _entries(self, key: K, row: B) -> Iterable[tuple[Any, ...]]:  # noqa: ARG002 -- the row tells where it stands
        return [(series, row) for series in self._series if series.shows(row)]


_PROOFS: Final = Listing[Invoice]("proofs", (str, str), lambda invoice: (invoice.number, invoice.invoice_id))


class Cabinet:
    """The shelves of one firm. Nothing in it knows of another firm (L6)."""

    def __init__(self) -> None:
        self.firms: Shelf[FirmId, Firm] = Shelf()
        self.mailboxes: Shelf[str, Mailbox] = Shelf()
        self.users = UserShelf()
        self.links = LinkShelf()
        self.bars = BarShelf()
        self.leavings: PairShelf[str, EmailAddress] = PairShelf()
        self.entities = EntityShelf()
        self.contacts = ContactShelf()
        self.merged: Shelf[EntityId, EntityId] = Shelf()
        self.former_numbers: PairShelf[str, bool] = PairShelf()
        accounts = self.accounts = self.entities.accounts
        self.open_invoices = DueSeries(OPEN_INVOICES, accounts, "open_invoices", lambda invoice: invoice.is_open)
        self.paid_invoices = Series(
            PAID_INVOICES, accounts, "paid_invoices", lambda invoice: invoice.status is InvoiceStatus.PAID
        )
        self.proofs = Series(_PROOFS, accounts, "proofs", lambda invoice: invoice.status is not InvoiceStatus.DRAFT)
        self.invoices = BillShelf[InvoiceId, Invoice](self.open_invoices, self.paid_invoices, self.proofs)
        self.open_late_fees = DueSeries(LATE_FEES, accounts, "late_fees", lambda fee: fee.is_due)
        self.late_fees = BillShelf[FeeId, LateFee](self.open_late_fees)
        self.received = Series(PAYMENTS, accounts, "payments", lambda _: True)
        self.payments = BillShelf[PaymentId, Payment](self.received)
        self.attempts: Shelf[str, Refused] = Shelf()
        self.journal = JournalShelf()
        self.deliveries = EventShelf()

    def in_scope(self, scope: Scope) -> list[Placed]:
        """The entities in scope, in link order; a visit's one entity is at the start."""
        return [placed for placed in self._asked(scope) if placed.account.is_active]

    def _asked(self, scope: Scope) -> Sequence[Placed]:
        match scope:
            case LinkedTo(user_id=user_id, entity_id=entity_id):
                if entity_id is None:
                    return self.links.of(user_id)
                found = self.links.find((user_id, entity_id))
                return () if found is None else (found[0],)
            case Only(entity_id=entity_id):
                return (Placed((0, 0), entity_id, self.accounts.of(entity_id)),)
            case _:
                assert_never(scope)

    def mailbox_id(self, email: EmailAddress) -> str:
        """The id of the address's mailbox; empty, and nobody's, if it has none."""
        mailbox = self.mailboxes.find(email.key)
        return "" if mailbox is None else mailbox.mailbox_id
