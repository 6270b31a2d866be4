"""The planted fault: a store that only reads a mailbox, or an entity, where it should lock it.

On PostgreSQL the races must find it. On SQLite there is nothing to find: a change has the whole file to itself from its
beginning (``BEGIN IMMEDIATE``), so that it is not for the mailbox that others wait there.
"""

from collections.abc import Collection
from itertools import count

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal_linkage import ClientEntity, EmailAddress, EntityId, FirmId, UserId
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.moment import Moment
from portal_linkage.adapters.sql.people import SqlMailboxRepository, _mailbox_of
from portal_linkage.adapters.sql.readings import Parts, SqlTransaction
from portal_linkage.adapters.sql.rosters import SqlEntityRepository
from portal_linkage.domain.values import new_uuid
from portal_linkage.ports import PMS, Mailbox

_REVISIONS = count(1)


class _UnlockedMailboxes(SqlMailboxRepository):
    """A mailbox is found, or made. Nobody waits for anybody who has found it, too."""

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        """Find the mailbox of a user."""
        return self._found(firm_id, "user_id", user_id)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        """Find the mailboxes of addresses, or make them."""
        in_order = sorted(emails, key=lambda email: email.key)
        return tuple(self._found(firm_id, "email_key", email.key) or self._made(firm_id, email) for email in in_order)

    def _found(self, firm_id: FirmId, column: str, value: str) -> Mailbox | None:
        mailbox = self._statements.lock.table
        rows = sa.select(mailbox).where(mailbox.c.firm_id == firm_id, mailbox.c[column] == value)
        found = next(map(_mailbox_of, self._moment.rows(rows, {})), None)
        # The order of links is not what is at stake: each change has a revision of its own, as if it had written one.
        return found and attrs.evolve(found, revision=found.revision + next(_REVISIONS))

    def _made(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        row = {"firm_id": firm_id, "mailbox_id": new_uuid(), "email": str(email), "email_key": email.key, "revision": 1}
        made = postgresql.insert(self._statements.lock.table)
        self._moment.run(made.on_conflict_do_nothing(), row)
        found = self._found(firm_id, "email_key", email.key)
        assert found is not None
        return found


class _UnheldEntities(SqlEntityRepository):
    """An entity is read, and may be let go meanwhile."""

    def hold(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> frozenset[EntityId]:
        """See which are active."""
        return frozenset(entity.entity_id for entity in self.roster(firm_id, entity_ids) if entity.active)

    def lock_many(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], *, source: str = PMS
    ) -> tuple[ClientEntity, ...]:
        """Find them."""
        return tuple(self.roster(firm_id, entity_ids, source=source))


class _UnlockedParts(Parts):
    """All that a store is made of, but for the locks."""

    def transaction(self, moment: Moment) -> SqlTransaction:
        """A change that locks no mailbox, and no entity."""
        tx = super().transaction(moment)
        tx.mailboxes = _UnlockedMailboxes(moment, self.statements.mailboxes)
        tx.entities = _UnheldEntities(moment, self.statements.entities)
        return tx


def unlock(store: SqlStore) -> None:
    """Take the locks out of a store."""
    parts = store._parts
    store._parts = _UnlockedParts(parts.statements, parts.dialect, parts._sources)
