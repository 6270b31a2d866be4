"""The store, and what its ``with`` blocks give."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

import attrs

from ... import ports
from ...domain.errors import Conflict
from ...domain.events import Event
from ...domain.values import MAX_LIMIT, FirmId, Page, PageRequest
from . import bills, clients, people
from .door import Door
from .session import Session
from .shelves import Cabinet, Shelf


class MemorySnapshot:
    """One moment of a `MemoryStore`. The protocol offers what reads; what writes is refused.

    Its parts are made when they are asked for: most blocks ask for one or two.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def firms(self) -> clients.Firms:
        return clients.Firms(self._session)

    @property
    def users(self) -> people.Users:
        return people.Users(self._session)

    @property
    def links(self) -> people.Links:
        return people.Links(self._session)

    @property
    def bars(self) -> people.Bars:
        return people.Bars(self._session)

    @property
    def entities(self) -> clients.Entities:
        return clients.Entities(self._session)

    @property
    def invoices(self) -> bills.Invoices:
        return bills.Invoices(self._session)

    @property
    def late_fees(self) -> bills.LateFees:
        return bills.LateFees(self._session)

    @property
    def payments(self) -> bills.Payments:
        return bills.Payments(self._session)

    @property
    def journal(self) -> clients.Journal:
        return clients.Journal(self._session)


class MemoryTransaction(MemorySnapshot):
    """A change to a `MemoryStore`."""

    @property
    def mailboxes(self) -> people.Mailboxes:
        return people.Mailboxes(self._session)

    @property
    def attempts(self) -> people.Attempts:
        return people.Attempts(self._session)


@attrs.define
class _Reading:
    """The block of a snapshot. A generator would take as long as to answer."""

    _door: Door
    _session: Session
    _thread: int = attrs.field(default=0, init=False)

    def __enter__(self) -> ports.Snapshot:
        if self._thread:
            raise Conflict("a snapshot is opened once: ask the store for another one")
        snapshot = MemorySnapshot(self._session)
        self._thread = self._door.enter(alone=False)  # last: who is interrupted before is not inside
        return snapshot

    def __exit__(self, *_: object) -> None:
        try:
            self._session.end()
        finally:
            self._door.leave(self._thread)


class MemoryStore:
    """Everything in the memory of one process, for as many threads as there are: `portal_linkage.ports.Store`.

    A snapshot keeps changes out for as long as it is open, and a transaction everybody else; who waits is let in in
    the order of arrival.
    """

    owns_transactions = True

    def __init__(self) -> None:
        self._door = Door()
        self._cabinets: Shelf[FirmId, Cabinet] = Shelf()

    def snapshot(self) -> AbstractContextManager[ports.Snapshot]:
        return _Reading(self._door, Session(self._door, self._cabinets, writes=False))

    @contextmanager
    def transaction(self) -> Generator[ports.Transaction, None, None]:
        session = Session(self._door, self._cabinets, writes=True)
        thread = self._door.enter(alone=True)
        try:
            yield MemoryTransaction(session)
            session.keep()
        except BaseException:
            session.undo()
            raise
        finally:
            try:
                session.end()
            finally:
                self._door.leave(thread)

    def changes(self, *, after: str | None = None, limit: int = MAX_LIMIT) -> Page[Event]:
        page = PageRequest(limit, after)
        return ports.changed(self, lambda tx: tx.journal.deliver(page))

    def close(self) -> None:
        self._door.close()
        self._cabinets = Shelf()
