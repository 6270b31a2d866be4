"""What is read and changed within one moment: the readers of a snapshot, the repositories of a transaction."""

from .bars import SqlBarReader, SqlBarRepository
from .bills import (
    SqlInvoiceReader,
    SqlInvoiceRepository,
    SqlLateFeeReader,
    SqlLateFeeRepository,
    SqlPaymentReader,
    SqlPaymentRepository,
)
from .entities import SqlEntityReader, SqlEntityRepository
from .firms import SqlFirmReader, SqlFirmRepository
from .journal import SqlAttemptRepository, SqlJournalReader, SqlJournalRepository
from .links import SqlLinkReader, SqlLinkRepository
from .mailboxes import SqlMailboxRepository
from .moment import Moment
from .statements import Statements
from .users import SqlUserReader, SqlUserRepository


class SqlSnapshot:
    """See `portal_linkage.ports.Snapshot`."""

    def __init__(self, moment: Moment, statements: Statements) -> None:
        self.firms = SqlFirmReader(moment, statements.firms)
        self.users = SqlUserReader(moment, statements.users)
        self.links = SqlLinkReader(moment, statements.links)
        self.bars = SqlBarReader(moment, statements.bars)
        self.entities = SqlEntityReader(moment, statements.entities)
        self.invoices = SqlInvoiceReader(moment, statements.invoices)
        self.late_fees = SqlLateFeeReader(moment, statements.late_fees)
        self.payments = SqlPaymentReader(moment, statements.payments)
        self.journal = SqlJournalReader(moment, statements.journal)


class SqlTransaction:
    """See `portal_linkage.ports.Transaction`."""

    def __init__(self, moment: Moment, statements: Statements) -> None:
        self.firms = SqlFirmRepository(moment, statements.firms)
        self.mailboxes = SqlMailboxRepository(moment, statements.mailboxes)
        self.users = SqlUserRepository(moment, statements.users)
        self.links = SqlLinkRepository(moment, statements.links)
        self.bars = SqlBarRepository(moment, statements.bars)
        self.entities = SqlEntityRepository(moment, statements.entities)
        self.invoices = SqlInvoiceRepository(moment, statements.invoices)
        self.late_fees = SqlLateFeeRepository(moment, statements.late_fees)
        self.payments = SqlPaymentRepository(moment, statements.payments)
        self.attempts = SqlAttemptRepository(moment, statements.attempts)
        self.journal = SqlJournalRepository(moment, statements.journal)
