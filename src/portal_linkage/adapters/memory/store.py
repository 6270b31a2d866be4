"""The store, and what its ``with`` blocks give."""

from collections.abc import Generator
from contextlib import contextmanager

from ... import ports
from ...domain.values import FirmId
from .cabinet import Cabinet
from .door import Door
from .repositories import (
    AttemptRepository,
    BarReader,
    BarRepository,
    EntityReader,
    EntityRepository,
    FirmReader,
    FirmRepository,
    InvoiceReader,
    InvoiceRepository,
    JournalReader,
    JournalRepository,
    LateFeeReader,
    LateFeeRepository,
    LinkReader,
    LinkRepository,
    MailboxRepository,
    PaymentReader,
    PaymentRepository,
    UserReader,
    UserRepository,
)
from .session import Change, Reading
from .shelf import Shelf


class MemorySnapshot:
    """One moment of a `MemoryStore`, for reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @property
    def firms(self) -> FirmReader:
        return FirmReader(self._reading)

    @property
    def users(self) -> UserReader:
        return UserReader(self._reading)

    @property
    def links(self) -> LinkReader:
        return LinkReader(self._reading)

    @property
    def bars(self) -> BarReader:
        return BarReader(self._reading)

    @property
    def entities(self) -> EntityReader:
        return EntityReader(self._reading)

    @property
    def invoices(self) -> InvoiceReader:
        return InvoiceReader(self._reading)

    @property
    def late_fees(self) -> LateFeeReader:
        return LateFeeReader(self._reading)

    @property
    def payments(self) -> PaymentReader:
        return PaymentReader(self._reading)

    @property
    def journal(self) -> JournalReader:
        return JournalReader(self._reading)


class MemoryTransaction:
    """A change to a `MemoryStore`."""

    def __init__(self, change: Change) -> None:
        self._change = change

    @property
    def firms(self) -> FirmRepository:
        return FirmRepository(self._change)

    @property
    def mailboxes(self) -> MailboxRepository:
        return MailboxRepository(self._change)

    @property
    def users(self) -> UserRepository:
        return UserRepository(self._change)

    @property
    def links(self) -> LinkRepository:
        return LinkRepository(self._change)

    @property
    def bars(self) -> BarRepository:
        return BarRepository(self._change)

    @property
    def entities(self) -> EntityRepository:
        return EntityRepository(self._change)

    @property
    def invoices(self) -> InvoiceRepository:
        return InvoiceRepository(self._change)

    @property
    def late_fees(self) -> LateFeeRepository:
        return LateFeeRepository(self._change)

    @property
    def payments(self) -> PaymentRepository:
        return PaymentRepository(self._change)

    @property
    def attempts(self) -> AttemptRepository:
        return AttemptRepository(self._change)

    @property
    def journal(self) -> JournalRepository:
        return JournalRepository(self._change)


class MemoryStore:
    """Everything in the memory of one process, for as many threads as there are: `portal_linkage.ports.Store`.

    A snapshot keeps changes out for as long as it is open, and a transaction everybody else; who waits is let in in
    the order of arrival.
    """

    def __init__(self) -> None:
        self._door = Door()
        self._cabinets: Shelf[FirmId, Cabinet] = Shelf()

    @contextmanager
    def snapshot(self) -> Generator[ports.Snapshot, None, None]:
        thread = self._door.enter(alone=False)
        reading = Reading(self._door, self._cabinets)
        try:
            yield MemorySnapshot(reading)
        finally:
            reading.end()
            self._door.leave(thread)

    @contextmanager
    def transaction(self) -> Generator[ports.Transaction, None, None]:
        thread = self._door.enter(alone=True)
        change = Change(self._door, self._cabinets)
        try:
            yield MemoryTransaction(change)
            change.check()
        except BaseException:
            change.undo()
            raise
        finally:
            change.end()
            self._door.leave(thread)

    def close(self) -> None:
        self._door.close()
        self._cabinets = Shelf()
