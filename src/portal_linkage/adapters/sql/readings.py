"""What is read and changed within one moment, and all statements for it, which a store builds once."""

import attrs
import sqlalchemy as sa

from ... import ports
from . import bills, clients, journal, links, people, rosters, schema
from .dialects import Dialect
from .moment import Moment
from .sources import Sources
from .tables import Tables


class Statements:
    """What a store asks and says, by subject."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self.tables = tables
        self.firms = clients.FirmStatements(tables, dialect)
        self.mailboxes = people.MailboxStatements(tables, dialect)
        self.users = people.UserStatements(tables, dialect)
        self.links = links.LinkStatements(tables, dialect)
        self.bars = links.BarStatements(tables, dialect)
        self.entities = rosters.RosterStatements(tables, dialect)
        self.invoices = bills.InvoiceStatements(tables, dialect)
        self.late_fees = bills.LateFeeStatements(tables, dialect)
        self.payments = bills.PaymentStatements(tables, dialect)
        self.attempts = people.AttemptStatements(tables, dialect)
        self.journal = journal.JournalStatements(tables, dialect)


class SqlSnapshot:
    """See `portal_linkage.ports.Snapshot`."""

    def __init__(self, moment: Moment, statements: Statements, sources: Sources) -> None:
        self.firms = clients.SqlFirmReader(moment, statements.firms)
        self.users = people.SqlUserReader(moment, statements.users)
        self.links = links.SqlLinkReader(moment, statements.links)
        self.bars = links.SqlBarReader(moment, statements.bars)
        self.entities = clients.SqlEntityReader(moment, statements.entities)
        host = sources.readers(moment, statements.tables)
        self.invoices: ports.InvoiceReader = host.invoices or bills.SqlInvoiceReader(moment, statements.invoices)
        self.late_fees: ports.LateFeeReader = host.late_fees or bills.SqlLateFeeReader(moment, statements.late_fees)
        self.payments: ports.PaymentReader = host.payments or bills.SqlPaymentReader(moment, statements.payments)
        self.journal = journal.SqlJournalReader(moment, statements.journal)


class SqlTransaction:
    """See `portal_linkage.ports.Transaction`."""

    def __init__(self, moment: Moment, statements: Statements, sources: Sources) -> None:
        self.firms = clients.SqlFirmRepository(moment, statements.firms)
        self.mailboxes = people.SqlMailboxRepository(moment, statements.mailboxes)
        self.users = people.SqlUserRepository(moment, statements.users)
        self.links = links.SqlLinkRepository(moment, statements.links)
        self.bars = links.SqlBarRepository(moment, statements.bars)
        self.entities = rosters.SqlEntityRepository(moment, statements.entities)
        host = sources.readers(moment, statements.tables)
        self.invoices: ports.InvoiceRepository = host.invoices or bills.SqlInvoiceRepository(
            moment, statements.invoices
        )
        self.late_fees: ports.LateFeeRepository = host.late_fees or bills.SqlLateFeeRepository(
            moment, statements.late_fees
        )
        self.payments: ports.PaymentRepository = host.payments or bills.SqlPaymentRepository(
            moment, statements.payments
        )
        self.attempts = people.SqlAttemptRepository(moment, statements.attempts)
        self.journal = journal.SqlJournalRepository(moment, statements.journal)


@attrs.frozen
class Parts:
    """What a store is made of, whoever owns the transaction."""

    statements: Statements
    dialect: Dialect
    _sources: Sources

    @property
    def tables(self) -> Tables:
        """The tables of the store."""
        return self.statements.tables

    def snapshot(self, moment: Moment) -> SqlSnapshot:
        """What may be read in a moment."""
        return SqlSnapshot(moment, self.statements, self._sources)

    def transaction(self, moment: Moment) -> SqlTransaction:
        """What may be read and changed in a moment."""
        return SqlTransaction(moment, self.statements, self._sources)

    def is_current(self, connection: sa.Connection) -> bool:
        """Whether the tables are there, and as this library has them."""
        return schema.is_current(connection, self.tables)

    def migrate(self, connection: sa.Connection) -> None:
        """Create the tables, or bring them up to date."""
        schema.upgrade(connection, self.tables)
