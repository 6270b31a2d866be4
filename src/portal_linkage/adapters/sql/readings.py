"""What is read and changed within one moment, and all statements for it, which a store builds once."""

from . import bills, clients, journal, links, people
from .dialects import Dialect
from .moment import Moment
from .tables import Tables


class Statements:
    """What a store asks and says, by subject."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self.firms = clients.FirmStatements(tables, dialect)
        self.mailboxes = people.MailboxStatements(tables, dialect)
        self.users = people.UserStatements(tables, dialect)
        self.links = links.LinkStatements(tables, dialect)
        self.bars = links.BarStatements(tables, dialect)
        self.entities = clients.EntityStatements(tables, dialect)
        self.invoices = bills.InvoiceStatements(tables, dialect)
        self.late_fees = bills.LateFeeStatements(tables, dialect)
        self.payments = bills.PaymentStatements(tables, dialect)
        self.attempts = people.AttemptStatements(tables, dialect)
        self.journal = journal.JournalStatements(tables)


class SqlSnapshot:
    """See `portal_linkage.ports.Snapshot`."""

    def __init__(self, moment: Moment, statements: Statements) -> None:
        self.firms = clients.SqlFirmReader(moment, statements.firms)
        self.users = people.SqlUserReader(moment, statements.users)
        self.links = links.SqlLinkReader(moment, statements.links)
        self.bars = links.SqlBarReader(moment, statements.bars)
        self.entities = clients.SqlEntityReader(moment, statements.entities)
        self.invoices = bills.SqlInvoiceReader(moment, statements.invoices)
        self.late_fees = bills.SqlLateFeeReader(moment, statements.late_fees)
        self.payments = bills.SqlPaymentReader(moment, statements.payments)
        self.journal = journal.SqlJournalReader(moment, statements.journal)


class SqlTransaction:
    """See `portal_linkage.ports.Transaction`."""

    def __init__(self, moment: Moment, statements: Statements) -> None:
        self.firms = clients.SqlFirmRepository(moment, statements.firms)
        self.mailboxes = people.SqlMailboxRepository(moment, statements.mailboxes)
        self.users = people.SqlUserRepository(moment, statements.users)
        self.links = links.SqlLinkRepository(moment, statements.links)
        self.bars = links.SqlBarRepository(moment, statements.bars)
        self.entities = clients.SqlEntityRepository(moment, statements.entities)
        self.invoices = bills.SqlInvoiceRepository(moment, statements.invoices)
        self.late_fees = bills.SqlLateFeeRepository(moment, statements.late_fees)
        self.payments = bills.SqlPaymentRepository(moment, statements.payments)
        self.attempts = people.SqlAttemptRepository(moment, statements.attempts)
        self.journal = journal.SqlJournalRepository(moment, statements.journal)
