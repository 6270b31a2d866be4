"""What is read and changed within one moment: the readers of a snapshot, the repositories of a transaction."""

import attrs

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
from .suggestions import Suggestions
from .users import SqlUserReader, SqlUserRepository


@attrs.frozen(kw_only=True)
class SqlSnapshot:
    """See `portal_linkage.ports.Snapshot`."""

    firms: SqlFirmReader
    users: SqlUserReader
    links: SqlLinkReader
    bars: SqlBarReader
    entities: SqlEntityReader
    invoices: SqlInvoiceReader
    late_fees: SqlLateFeeReader
    payments: SqlPaymentReader
    journal: SqlJournalReader


@attrs.frozen(kw_only=True)
class SqlTransaction:
    """See `portal_linkage.ports.Transaction`."""

    firms: SqlFirmRepository
    mailboxes: SqlMailboxRepository
    users: SqlUserRepository
    links: SqlLinkRepository
    bars: SqlBarRepository
    entities: SqlEntityRepository
    invoices: SqlInvoiceRepository
    late_fees: SqlLateFeeRepository
    payments: SqlPaymentRepository
    attempts: SqlAttemptRepository
    journal: SqlJournalRepository


def snapshot_at(moment: Moment, statements: Statements) -> SqlSnapshot:
    """The readers of this moment."""
    return SqlSnapshot(
        firms=SqlFirmReader(moment, statements.firms),
        users=SqlUserReader(moment, statements.users),
        links=SqlLinkReader(moment, statements.links),
        bars=SqlBarReader(moment, statements.bars, statements.refusals),
        entities=SqlEntityReader(moment, statements.entities, Suggestions(moment, statements.suggestions)),
        invoices=SqlInvoiceReader(moment, statements.invoices),
        late_fees=SqlLateFeeReader(moment, statements.late_fees),
        payments=SqlPaymentReader(moment, statements.payments),
        journal=SqlJournalReader(moment, statements.journal),
    )


def transaction_at(moment: Moment, statements: Statements) -> SqlTransaction:
    """The repositories of this moment."""
    suggestions = Suggestions(moment, statements.suggestions)
    return SqlTransaction(
        firms=SqlFirmRepository(moment, statements.firms),
        mailboxes=SqlMailboxRepository(moment, statements.mailboxes),
        users=SqlUserRepository(moment, statements.users),
        links=SqlLinkRepository(moment, statements.links, statements.grounds),
        bars=SqlBarRepository(moment, statements.bars, statements.refusals),
        entities=SqlEntityRepository(moment, statements.entities, suggestions, statements.entity_changes),
        invoices=SqlInvoiceRepository(moment, statements.invoices),
        late_fees=SqlLateFeeRepository(moment, statements.late_fees),
        payments=SqlPaymentRepository(moment, statements.payments),
        attempts=SqlAttemptRepository(moment, statements.attempts),
        journal=SqlJournalRepository(moment, statements.journal),
    )
