"""All statements of one store, built once."""

from typing import Self

import attrs

from .bars import BarStatements, RefusalStatements
from .bills import InvoiceStatements, LateFeeStatements, PaymentStatements
from .dialects import Dialect
from .entities import EntityChanges, EntityStatements
from .firms import FirmStatements
from .journal import AttemptStatements, JournalStatements
from .links import GroundStatements, LinkStatements
from .mailboxes import MailboxStatements
from .suggestions import SuggestionStatements
from .tables import Tables
from .users import UserStatements


@attrs.frozen
class Statements:
    """What a store asks and says, by subject."""

    firms: FirmStatements
    mailboxes: MailboxStatements
    users: UserStatements
    links: LinkStatements
    grounds: GroundStatements
    bars: BarStatements
    refusals: RefusalStatements
    entities: EntityStatements
    entity_changes: EntityChanges
    suggestions: SuggestionStatements
    invoices: InvoiceStatements
    late_fees: LateFeeStatements
    payments: PaymentStatements
    attempts: AttemptStatements
    journal: JournalStatements

    @classmethod
    def about(cls, tables: Tables, dialect: Dialect) -> Self:
        """Build them for these tables."""
        return cls(
            firms=FirmStatements(tables, dialect),
            mailboxes=MailboxStatements(tables, dialect),
            users=UserStatements(tables, dialect),
            links=LinkStatements(tables),
            grounds=GroundStatements(tables, dialect),
            bars=BarStatements(tables, dialect),
            refusals=RefusalStatements(tables, dialect),
            entities=EntityStatements(tables),
            entity_changes=EntityChanges(tables, dialect),
            suggestions=SuggestionStatements(tables),
            invoices=InvoiceStatements(tables, dialect),
            late_fees=LateFeeStatements(tables, dialect),
            payments=PaymentStatements(tables, dialect),
            attempts=AttemptStatements(tables, dialect),
            journal=JournalStatements(tables),
        )
