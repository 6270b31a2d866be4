"""The store, and what its ``with`` blocks give."""

from collections.abc import Generator
from contextlib import contextmanager

from ... import ports
from ...domain.events import Event
from ...domain.values import MAX_LIMIT, FirmId, Page, PageRequest
from . import bills, clients, people
from .door import Door
from .session import Session
from .shelves import Cabinet, Shelf


class MemorySnapshot:
    """One moment of a `MemoryStore`. The protocol offers what reads; what writes is refused."""

    def __init__(self, session: Session) -> None:
        self.firms = clients.Firms(session)
        self.users = people.Users(session)
        self.links = people.Links(session)
        self.bars = people.Bars(session)
        self.entities = clients.Entities(session)
        self.invoices = bills.Invoices(session)
        self.late_fees = bills.LateFees(session)
        self.payments = bills.Payments(session)
        self.journal = clients.Journal(session)


class MemoryTransaction(MemorySnapshot):
    """A change to a `MemoryStore`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.mailboxes = people.Mailboxes(session)
        self.attempts = people.Attempts(session)


class MemoryStore:
    """Everything in the memory of one process, for as many threads as there are: `portal_linkage.ports.Store`.

    A snapshot keeps changes out for as long as it is open, and a transaction everybody else; who waits is let in in
    the order of arrival.
    """

    owns_transactions = True

    def __init__(self) -> None:
        self._door = Door()
        self._cabinets: Shelf[FirmId, Cabinet] = Shelf()

    @contextmanager
    def snapshot(self) -> Generator[ports.Snapshot, None, None]:
        thread = self._door.enter(alone=False)
        session = Session(self._door, self._cabinets, writes=False)
        try:
            yield MemorySnapshot(session)
        finally:
            session.end()
            self._door.leave(thread)

    @contextmanager
    def transaction(self) -> Generator[ports.Transaction, None, None]:
        thread = self._door.enter(alone=True)
        session = Session(self._door, self._cabinets, writes=True)
        try:
            yield MemoryTransaction(session)
            session.check()
        except BaseException:
            session.undo()
            raise
        finally:
            session.end()
            self._door.leave(thread)

    def changes(self, *, after: str | None = None, limit: int = MAX_LIMIT) -> Page[Event]:
        page = PageRequest(limit, after)
        return ports.changed(self, lambda tx: tx.journal.deliver(page))

    def close(self) -> None:
        self._door.close()
        self._cabinets = Shelf()
