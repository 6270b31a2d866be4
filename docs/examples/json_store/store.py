"""The store, and what its ``with`` blocks give."""

from collections import Counter
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from threading import Lock, get_ident

from portal_linkage import Conflict, Event, FirmId, Page, PageRequest, StoreUnavailable
from portal_linkage.ports import changed

from .bills import Invoices, LateFees, Payments
from .blocks import Block
from .clients import Entities, Firms
from .documents import Book, loaded
from .events import Attempts, Journal
from .people import Bars, Links, Mailboxes, Users


class Parts:
    """All that a block offers: a snapshot reads, a transaction also writes."""

    def __init__(self, block: Block) -> None:
        self.firms = Firms(block)
        self.users = Users(block)
        self.mailboxes = Mailboxes(block)
        self.links = Links(block)
        self.bars = Bars(block)
        self.entities = Entities(block)
        self.invoices = Invoices(block)
        self.late_fees = LateFees(block)
        self.payments = Payments(block)
        self.attempts = Attempts(block)
        self.journal = Journal(block)


class JsonStore:
    """A store in a dictionary of JSON documents, one a firm."""

    owns_transactions = True

    def __init__(self, documents: MutableMapping[str, str]) -> None:
        self._documents = documents
        self._read: dict[str, tuple[str, Book]] = {}
        self._writing, self._exchanging = Lock(), Lock()
        self._inside = Counter[int]()
        self._is_closed = False

    @contextmanager
    def snapshot(self) -> Generator[Parts]:
        self.check_open()
        with self._entered(writes=False) as block:
            yield Parts(block)

    @contextmanager
    def transaction(self) -> Generator[Parts]:
        self.check_open()
        if self._inside[get_ident()]:
            raise Conflict("a transaction is not opened inside another block of its thread: it would wait for itself")
        with self._writing, self._entered(writes=True) as block:
            yield Parts(block)
            block.check()
            self._keep(block)

    @contextmanager
    def _entered(self, *, writes: bool) -> Generator[Block]:
        thread = get_ident()  # another one may leave the block
        with self._exchanging:
            self._inside[thread] += 1
            block = Block(self, dict(self._documents), writes)
        try:
            yield block
        finally:
            block.is_over = True
            with self._exchanging:
                self._inside[thread] -= 1

    def _keep(self, block: Block) -> None:
        """Exchange what was changed, all at once: whoever begins to read has all of it, or nothing."""
        written = block.written()
        with self._exchanging:
            self._read.update(written)
            self._documents.update({firm_id: document for firm_id, (document, _) in written.items()})

    def book(self, firm_id: FirmId, document: str, *, anew: bool) -> Book:
        """Read a document: anew to be written in; otherwise what was read of it before will do."""
        known = self._read.get(firm_id)
        if anew or known is None or known[0] != document:
            known = (document, loaded(document))
        if not anew:
            self._read[firm_id] = known
        return known[1]

    def changes(self, *, after: str | None = None, limit: int = 500) -> Page[Event]:
        page = PageRequest(limit, after)
        return changed(self, lambda tx: tx.journal.deliver(page))

    def close(self) -> None:
        self._is_closed = True

    def check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
