"""The readers and repositories of `portal_linkage.ports`, over the cabinets."""

from .attempts import AttemptRepository
from .bars import BarReader, BarRepository
from .bills import (
    InvoiceReader,
    InvoiceRepository,
    LateFeeReader,
    LateFeeRepository,
    PaymentReader,
    PaymentRepository,
)
from .entities import EntityReader, EntityRepository
from .firms import FirmReader, FirmRepository
from .journal import JournalReader, JournalRepository
from .links import LinkReader, LinkRepository
from .users import MailboxRepository, UserReader, UserRepository

__all__ = [
    "AttemptRepository",
    "BarReader",
    "BarRepository",
    "EntityReader",
    "EntityRepository",
    "FirmReader",
    "FirmRepository",
    "InvoiceReader",
    "InvoiceRepository",
    "JournalReader",
    "JournalRepository",
    "LateFeeReader",
    "LateFeeRepository",
    "LinkReader",
    "LinkRepository",
    "MailboxRepository",
    "PaymentReader",
    "PaymentRepository",
    "UserReader",
    "UserRepository",
]
