"""The mailboxes, on which all changes to a person's links, bars and attempts are lined up."""

from collections.abc import Collection

import attrs
from sqlalchemy import bindparam, update

from ...domain.values import EmailAddress, FirmId, UserId, new_uuid
from ...ports import Mailbox
from .dialects import Dialect
from .moment import Moment, Values, chunks
from .rows import mailbox_of
from .tables import Tables


class MailboxStatements:
    """How a mailbox is locked: by writing it."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        mailbox = tables.mailbox
        locked = {"revision": mailbox.c.revision + 1}
        self.lock = dialect.upsert(mailbox, ("firm_id", "email_key"), locked).returning(*mailbox.c)
        self.lock_user = (
            update(mailbox)
            .where(mailbox.c.firm_id == bindparam("firm"), mailbox.c.user_id == bindparam("user"))
            .values(locked)
            .returning(*mailbox.c)
        )


def _by_key(mailbox: Mailbox) -> str:
    return mailbox.email.key


def _fresh(firm_id: FirmId, email: EmailAddress) -> Values:
    """The mailbox of an address that has none."""
    return {
        "firm_id": firm_id,
        "mailbox_id": new_uuid(),
        "email": str(email),
        "email_key": email.key,
        "revision": 1,
    }


@attrs.frozen
class SqlMailboxRepository:
    """See `portal_linkage.ports.MailboxRepository`."""

    _moment: Moment
    _statements: MailboxStatements

    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        return self.lock_many(firm_id, (email,))[0]

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        row = self._moment.row(self._statements.lock_user, {"firm": firm_id, "user": user_id})
        return None if row is None else mailbox_of(row)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        addresses = {email.key: email for email in emails}
        fresh = (_fresh(firm_id, addresses[key]) for key in sorted(addresses))
        rows = (row for chunk in chunks(fresh) for row in self._moment.rows(self._statements.lock, chunk))
        return tuple(sorted(map(mailbox_of, rows), key=_by_key))
