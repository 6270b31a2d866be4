"""All statements of one store, built once."""

from .bars import BarStatements
from .bills import InvoiceStatements, LateFeeStatements, PaymentStatements
from .dialects import Dialect
from .entities import EntityStatements
from .firms import FirmStatements
from .journal import AttemptStatements, JournalStatements
from .links import LinkStatements
from .mailboxes import MailboxStatements
from .tables import Tables
from .users import UserStatements


class Statements:
    """What a store asks and says, by subject."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self.firms = FirmStatements(tables, dialect)
        self.mailboxes = MailboxStatements(tables, dialect)
        self.users = UserStatements(tables, dialect)
        self.links = LinkStatements(tables, dialect)
        self.bars = BarStatements(tables, dialect)
        self.entities = EntityStatements(tables, dialect)
        self.invoices = InvoiceStatements(tables, dialect)
        self.late_fees = LateFeeStatements(tables, dialect)
        self.payments = PaymentStatements(tables, dialect)
        self.attempts = AttemptStatements(tables, dialect)
        self.journal = JournalStatements(tables)
