"""The shelves that the rows of one firm are kept on, each with whatever it takes to find them again."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Generic, TypeAlias, TypeVar, assert_never

import attrs

from ...domain.entities import Bar, ClientEntity, Firm, Invoice, InvoiceStatus, LateFee, Link, Payment, User
from ...domain.events import Event
from ...domain.values import EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Key, PaymentId, UserId, micros_of
from ...domain.viewers import LinkedTo, Only, Scope
from ...ports import Mailbox
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, USERS, Listing
from .indexes import Directory, Groups, OrderedSet
from .series import B, DueSeries, Series, newest_first

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)


class Shelf(Generic[K, V]):
    """Rows by their key, with whatever index a kind of shelf keeps of them.

    All changes go through `put`, and its inverse is itself: putting back what was there undoes it, indexes and all.
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
        old = self.rows.pop(key, None) if row is None else self.rows.get(key)
        if old is not None:
            self._unindex(key, old)
        if row is not None:
            self.rows[key] = row
            self._index(key, row)

    def _index(self, key: K, row: V) -> None:
        """Know a row by more than its key."""

    def _unindex(self, key: K, row: V) -> None:
        """Forget what `_index` knew."""


class PairShelf(Shelf[tuple[H, EntityId], V]):
    """Rows that tell of somebody and an entity, found from either side: links, bars and leavings."""

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

    def _index(self, key: tuple[H, EntityId], row: V) -> None:  # noqa: ARG002 -- BarShelf needs it
        holder, entity_id = key
        self._entities.add(holder, entity_id)
        self._holders.add(entity_id, holder)

    def _unindex(self, key: tuple[H, EntityId], row: V) -> None:  # noqa: ARG002 -- as above
        holder, entity_id = key
        self._entities.discard(holder, entity_id)
        self._holders.discard(entity_id, holder)


def place_of(key: tuple[str, EntityId], bar: Bar) -> tuple[int, EntityId, str]:
    """Where a bar stands in the firm's listing: the microseconds of ``since``, the entity, the mailbox."""
    mailbox_id, entity_id = key
    return (micros_of(bar.since), entity_id, mailbox_id)


class BarShelf(PairShelf[str, Bar]):
    """The bars by mailbox id and entity, also oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.places: OrderedSet[tuple[int, EntityId, str]] = OrderedSet()

    def _index(self, key: tuple[str, EntityId], row: Bar) -> None:
        super()._index(key, row)
        self.places.add(place_of(key, row))

    def _unindex(self, key: tuple[str, EntityId], row: Bar) -> None:
        super()._unindex(key, row)
        self.places.discard(place_of(key, row))


class UserShelf(Shelf[UserId, User]):
    """The users by id, in the order of their names, and by what is typed to find them."""

    def __init__(self) -> None:
        super().__init__()
        self.places: OrderedSet[Key] = OrderedSet()
        self.directory: Directory[UserId] = Directory()

    def _index(self, key: UserId, row: User) -> None:
        self.places.add(USERS.key(row))
        self.directory.add(key, row.email.key, row.name)

    def _unindex(self, key: UserId, row: User) -> None:
        self.places.discard(USERS.key(row))
        self.directory.discard(key, row.email.key, row.name)


def without_contacts(entity: ClientEntity) -> ClientEntity:
    """The entity as everybody but the firm may have it."""
    return attrs.evolve(entity, contacts=()) if entity.contacts else entity


class EntityShelf(Shelf[EntityId, ClientEntity]):
    """The entities by id, by the addresses that they list, by client number, and by what is typed to find them."""

    def __init__(self) -> None:
        super().__init__()
        self.listing: Groups[str, EntityId] = Groups()
        self.numbered: Groups[str, EntityId] = Groups()
        self.directory: Directory[EntityId] = Directory()

    def active(self, entity_ids: Iterable[EntityId]) -> Iterator[ClientEntity]:
        """Those of these entities that are there and active."""
        return (entity for entity in map(self.find, entity_ids) if entity is not None and entity.active)

    def _index(self, key: EntityId, row: ClientEntity) -> None:
        for contact in row.contacts:
            self.listing.add(contact.email.key, key)
        self.numbered.add(row.client_number, key)
        self.directory.add(key, row.client_number, row.name)

    def _unindex(self, key: EntityId, row: ClientEntity) -> None:
        for contact in row.contacts:
            self.listing.discard(contact.email.key, key)
        self.numbered.discard(row.client_number, key)
        self.directory.discard(key, row.client_number, row.name)


Refused: TypeAlias = tuple[tuple[datetime, datetime], ...]
"""When proofs were refused, and until when each counts."""


class AttemptShelf(Shelf[str, Refused]):
    """The refused proofs per subject; the subject that was refused last comes last."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = self._ordered = OrderedDict[str, Refused]()

    def stale(self, at: datetime, count: int) -> list[str]:
        """Those of the first few subjects of which nothing counts any more."""
        first = islice(self.rows.items(), count)
        return [subject for subject, refused in first if all(until <= at for _, until in refused)]

    def _index(self, key: str, row: Refused) -> None:  # noqa: ARG002 -- the order is of the keys
        self._ordered.move_to_end(key)


Whose: TypeAlias = tuple[UserId | None, EntityId | None]
"""The events of a user, of an entity, of both, or of everybody."""


class JournalShelf(Shelf[int, Event]):
    """The events by their position, from 1 on. New ones come to the end, and are taken away from there only."""

    def __init__(self) -> None:
        super().__init__()
        self._positions: dict[Whose, list[int]] = {}

    def after(self, position: int, whose: Whose, count: int) -> list[int]:
        """The next positions of these events."""
        positions = self._positions.get(whose, [])
        start = bisect_right(positions, position)
        return positions[start : start + count]

    def _index(self, key: int, row: Event) -> None:
        for whose in _told_of(row):
            self._positions.setdefault(whose, []).append(key)

    def _unindex(self, key: int, row: Event) -> None:  # noqa: ARG002 -- it is the last
        for whose in _told_of(row):
            self._positions[whose].pop()


def _told_of(event: Event) -> set[Whose]:
    return {(user_id, entity_id) for user_id in (None, event.user_id) for entity_id in (None, event.entity_id)}


class BillShelf(Shelf[K, B]):
    """The bills of one kind by id, and in each of the series that shows them."""

    def __init__(self, *series: Series[B]) -> None:
        super().__init__()
        self._series = series

    def _index(self, key: K, row: B) -> None:  # noqa: ARG002 -- the row tells where it stands
        for series in self._series:
            if series.shows(row):
                series.add(row)

    def _unindex(self, key: K, row: B) -> None:  # noqa: ARG002 -- as above
        for series in self._series:
            if series.shows(row):
                series.discard(row)


_PROOFS: Final = Listing[Invoice]("proofs", (str, str), lambda invoice: (invoice.number, invoice.invoice_id))

Place: TypeAlias = tuple[int, int]
"""Where a link stands in link order: the revision it was made under, and its position in that change."""


@attrs.frozen
class Leaving:
    """A user left an entity by themselves."""

    email: EmailAddress
    at: datetime


class Cabinet:
    """The shelves of one firm. Nothing in it knows of another firm (L6)."""

    def __init__(self) -> None:
        self.firms: Shelf[FirmId, Firm] = Shelf()
        self.mailboxes: Shelf[str, Mailbox] = Shelf()
        self.users = UserShelf()
        self.links: PairShelf[UserId, tuple[Place, Link]] = PairShelf()
        self.bars = BarShelf()
        self.leavings: PairShelf[str, Leaving] = PairShelf()
        self.entities = EntityShelf()
        self.open_invoices = DueSeries(OPEN_INVOICES, lambda invoice: invoice.is_open)
        self.paid_invoices = Series(PAID_INVOICES, lambda invoice: invoice.status is InvoiceStatus.PAID, newest_first)
        self.proofs = Series(_PROOFS, lambda invoice: invoice.status is not InvoiceStatus.DRAFT)
        self.invoices = BillShelf[InvoiceId, Invoice](self.open_invoices, self.paid_invoices, self.proofs)
        self.open_late_fees = DueSeries(LATE_FEES, lambda fee: fee.is_due)
        self.late_fees = BillShelf[FeeId, LateFee](self.open_late_fees)
        self.received = Series(PAYMENTS, lambda _: True, newest_first)
        self.payments = BillShelf[PaymentId, Payment](self.received)
        self.attempts = AttemptShelf()
        self.journal = JournalShelf()

    def in_scope(self, scope: Scope) -> dict[EntityId, Place]:
        """The ids of the entities in scope, each with its place in link order."""
        places = self._asked(scope)
        return {entity.entity_id: places[entity.entity_id] for entity in self.entities.active(places)}

    def _asked(self, scope: Scope) -> dict[EntityId, Place]:
        match scope:
            case LinkedTo(user_id=user_id, entity_id=entity_id):
                wanted = self.links.entities_of(user_id) if entity_id is None else (entity_id,)
                found = (self.links.find((user_id, one)) for one in wanted)
                return {link.entity_id: place for place, link in filter(None, found)}
            case Only(entity_id=entity_id):
                return {entity_id: (0, 0)}
            case _:
                assert_never(scope)

    def links_of(self, user_id: UserId) -> list[Link]:
        """All that a user is linked to, in link order."""
        return [link for _, link in sorted(self.links.at((user_id, one)) for one in self.links.entities_of(user_id))]

    def mailbox_id(self, email: EmailAddress) -> str:
        """The id of the address's mailbox; empty, and nobody's, if it has none."""
        mailbox = self.mailboxes.find(email.key)
        return "" if mailbox is None else mailbox.mailbox_id
