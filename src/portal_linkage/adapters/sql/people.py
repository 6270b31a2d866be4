"""The people: their mailboxes, on which all changes to them are lined up, the portal users, the refused proofs."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa

from ...domain.entities import User
from ...domain.outcomes import PortalUserRow
from ...domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    Page,
    PageRequest,
    UserId,
    micros_of,
    moment_of,
    new_uuid,
    search_key,
)
from ...ports import Mailbox
from ..listings import USERS
from . import clauses
from .clauses import among, this
from .dialects import Dialect
from .forms import Choice, Record
from .moment import Part, chunks
from .stored import ENTITY_ROWS, Stored
from .tables import Tables
from .words import (
    Frequencies,
    beginning,
    begins,
    holding,
    looked_up,
    owners_of_words,
    typed_words,
    word_rows,
    word_values,
)

_USER_ROWS: Final = Stored(User)
_CLEARED_AT_ONCE: Final = 2
"""How many subjects of which nothing counts any more go with each that is counted."""


class MailboxStatements:
    """How a mailbox is locked: by writing it."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        mailbox = tables.mailbox
        locked = {"revision": mailbox.c.revision + 1}
        self.lock = dialect.upsert(mailbox, ("firm_id", "email_key"), locked).returning(*mailbox.c)
        self.lock_user = sa.update(mailbox).where(this(mailbox, "user_id")).values(locked).returning(*mailbox.c)


class SqlMailboxRepository(Part[MailboxStatements]):
    """See `portal_linkage.ports.MailboxRepository`."""

    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        return self.lock_many(firm_id, (email,))[0]

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        rows = self._moment.rows(self._statements.lock_user, {"firm": firm_id, "user": user_id})
        return next(map(_mailbox_of, rows), None)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        addresses = {email.key: str(email) for email in emails}
        fresh = (
            {"firm_id": firm_id, "mailbox_id": new_uuid(), "email": addresses[key], "email_key": key, "revision": 1}
            for key in sorted(addresses)
        )
        rows = (row for chunk in chunks(fresh) for row in self._moment.rows(self._statements.lock, chunk))
        return tuple(sorted(map(_mailbox_of, rows), key=lambda mailbox: mailbox.email.key))


def _mailbox_of(row: Record) -> Mailbox:
    return Mailbox(
        firm_id=row.firm_id,
        mailbox_id=row.mailbox_id,
        email=EmailAddress.restore(row.email, row.email_key),
        revision=row.revision,
        user=None if row.user_id is None else _USER_ROWS.first((row,)),
    )


class UserStatements:
    """What is asked and said about users. They are columns of their mailbox."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._tables, self._dialect = tables, dialect
        mailbox, word, link, entity = tables.mailbox, tables.user_word, tables.link, tables.entity
        self.find = sa.select(mailbox).where(this(mailbox, "user_id"))
        users = sa.select(mailbox).where(this(mailbox), mailbox.c.user_id.is_not(None))
        self.some = among(dialect, users, mailbox.c.user_id)
        self.having = among(dialect, users, mailbox.c.email_key)
        self.add = sa.update(mailbox).where(this(mailbox, "mailbox_id"))
        of_user = ("user_id", "name", "name_key", "email_search", "signed_up_at")
        self.remove = sa.update(mailbox).where(this(mailbox, "user_id")).values(dict.fromkeys(of_user, sa.null()))
        self.add_words = dialect.adding(word)
        self.remove_words = sa.delete(word).where(this(word, "user_id"))
        linked, found = clauses.beside(dialect, link, entity, "entity_id")
        links = sa.select(link.c.user_id, *clauses.shown(found), link.c.revision, link.c.position).select_from(linked)
        self.entities = among(dialect, links.where(this(link)), link.c.user_id, "user_id", "revision", "position")
        self.frequencies = Frequencies(tables.user_word, tables.entity_word)
        self.search: Callable[[int | None, bool], Choice] = lru_cache(maxsize=100)(self._search)

    def _search(self, words: int | None, at_entity: bool) -> Choice:  # noqa: FBT001 -- lru_cache goes by position
        """Search for a text of so many words, or for everyone."""
        mailbox, link = self._tables.mailbox, self._tables.link
        of_entity = sa.select(link.c.user_id).where(this(link, "entity_id"))
        if words is None:
            found = sa.select(mailbox).where(this(mailbox))
            some = found.where(mailbox.c.user_id.in_(of_entity)) if at_entity else found
            return clauses.paged(some, mailbox.c.name_key, mailbox.c.user_id)
        who = of_entity if at_entity else sa.union(*self._matches(words))
        users, user = clauses.beside(self._dialect, who.subquery("who"), mailbox, "user_id")
        rows = sa.select(user).select_from(users)
        if at_entity:
            rows = rows.where(self._is_match(user, words))
        return clauses.paged(rows, user.c.name_key, user.c.user_id)

    def _matches(self, words: int) -> list[sa.Select[Any]]:
        """The ids of the users by address and by a client number; and, if there are words, by either kind of name."""
        tables, mailbox, entity = self._tables, self._tables.mailbox.alias(), self._tables.entity
        of_address = sa.select(mailbox.c.user_id).where(this(mailbox), begins(mailbox.c.email_search, "text"))
        of_number = sa.select(entity.c.entity_id).where(this(entity), begins(entity.c.number_search, "text"))
        if not words:
            return [of_address, self._linked_to(of_number)]
        of_name = owners_of_words(tables.user_word, "user_id", words)
        of_entity = owners_of_words(tables.entity_word, "entity_id", words)
        return [of_address, self._linked_to(of_number), of_name, self._linked_to(of_entity)]

    def _linked_to(self, entities: sa.Select[Any]) -> sa.Select[Any]:
        linked, link = clauses.beside(self._dialect, entities.subquery(), self._tables.link, "entity_id")
        return sa.select(link.c.user_id).select_from(linked)

    def _is_match(self, user: sa.FromClause, words: int) -> clauses.Condition:
        """The same of a user who is at hand."""
        tables, link, typed = self._tables, self._tables.link.alias(), range(words)
        linked, entity = clauses.beside(self._dialect, link, tables.entity, "entity_id")
        theirs = sa.select(link.c.entity_id).select_from(linked).where(this(link), link.c.user_id == user.c.user_id)
        is_named = holding(tables.entity_word, "entity_id", link.c.entity_id, typed)
        is_numbered = begins(entity.c.number_search, "text")
        of_entity = theirs.where(sa.or_(is_numbered, is_named) if words else is_numbered)
        ways = [begins(user.c.email_search, "text"), looked_up(of_entity, link, entity)]
        if words:
            ways.append(holding(tables.user_word, "user_id", user.c.user_id, typed))
        return sa.or_(*ways)


class SqlUserReader(Part[UserStatements]):
    """See `portal_linkage.ports.UserReader`."""

    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        rows = self._moment.rows(self._statements.find, {"firm": firm_id, "user": user_id})
        return _USER_ROWS.first(rows)

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        return self.having(firm_id, (email,)).get(email.key)

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        keys = [email.key for email in emails]
        rows = tuple(self._moment.rows_among(self._statements.having, {"firm": firm_id}, keys))
        return {user.email.key: user for user in _USER_ROWS.restore(rows)}

    def some(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, User]:
        rows = tuple(self._moment.rows_among(self._statements.some, {"firm": firm_id}, user_ids))
        return {user.user_id: user for user in _USER_ROWS.restore(rows)}

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        question = USERS.of(firm_id, text, entity_id)
        values = {"firm": firm_id, "entity": entity_id, **clauses.page_values(question, page)}
        typed = search_key(text.strip())
        if text and not typed:
            return Page()
        words = typed_words(typed)
        if entity_id is None:
            words = self._statements.frequencies.in_order(self._moment, firm_id, words)
        statement = self._statements.search(len(words) if text else None, entity_id is not None)
        typed_values = {**beginning("text", typed), **word_values(words)}
        users = _USER_ROWS.restore(self._moment.rows(statement, {**values, **typed_values}))
        return self._with_entities(firm_id, question.page(users, page, USERS.key))

    def _with_entities(self, firm_id: FirmId, users: Page[User]) -> Page[PortalUserRow]:
        ids = [user.user_id for user in users.items]
        rows = self._moment.rows_among(self._statements.entities, {"firm": firm_id}, ids)
        by_user = groupby(rows, attrgetter("user_id"))
        entities = {user_id: ENTITY_ROWS.restore(tuple(linked)) for user_id, linked in by_user}
        return users.map(lambda user: PortalUserRow(user, entities.get(user.user_id, ())))


class SqlUserRepository(SqlUserReader):
    """See `portal_linkage.ports.UserRepository`."""

    def add(self, mailbox: Mailbox, user: User) -> None:
        searched = {"name_key": search_key(user.name), "email_search": search_key(user.email.key)}
        columns = {**_USER_ROWS.values(user), **searched, "firm": mailbox.firm_id, "mailbox": mailbox.mailbox_id}
        del columns["firm_id"], columns["email_key"]
        words = word_rows(user.name, firm_id=user.firm_id, user_id=user.user_id)
        self._moment.run(self._statements.add, columns)
        self._moment.run(self._statements.add_words, words)

    def remove(self, *users: User) -> None:
        these = [{"firm": user.firm_id, "user": user.user_id} for user in users]
        self._moment.run(self._statements.remove, these)
        self._moment.run(self._statements.remove_words, these)


class AttemptStatements:
    """How refused proofs are counted: one row per subject, with the time of each and until when it counts."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        attempt = tables.attempt
        untouched = {"refused": attempt.c.refused}
        self.lock = dialect.upsert(attempt, ("firm_id", "subject"), untouched).returning(attempt.c.refused)
        # Not by the column's own name, which an update would take for a value to set.
        self.set = sa.update(attempt).where(this(attempt), attempt.c.subject == sa.bindparam("of_subject"))
        stale = sa.select(attempt.c.subject).where(this(attempt), attempt.c.until <= sa.bindparam("at"))
        # Those that somebody holds are left to them: two who clear each other's would wait for each other.
        oldest = stale.order_by(attempt.c.until).limit(_CLEARED_AT_ONCE).with_for_update(skip_locked=True)
        self.clear = sa.delete(attempt).where(this(attempt), attempt.c.subject.in_(oldest))


class SqlAttemptRepository(Part[AttemptStatements]):
    """See `portal_linkage.ports.AttemptRepository`."""

    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        return tuple(moment_of(at) for at, _ in self._refused(firm_id, subject) if at > micros_of(since))

    def add(self, firm_id: FirmId, subject: str, at: datetime, until: datetime) -> None:
        now, latest = micros_of(at), micros_of(until)
        counting = [(other, end) for other, end in self._refused(firm_id, subject) if end > now]
        refused = [*counting, (now, latest)]
        values = {"firm": firm_id, "of_subject": subject, "refused": json.dumps(refused)}
        self._moment.run(self._statements.set, {**values, "until": max(end for _, end in refused)})
        self._moment.run(self._statements.clear, {"firm": firm_id, "at": now})

    def _refused(self, firm_id: FirmId, subject: str) -> list[tuple[int, int]]:
        """When the subject was refused, oldest first, and until when each counts; its row is locked by a write."""
        row = {"firm_id": firm_id, "subject": subject, "refused": "[]", "until": 0}
        ((text,),) = self._moment.rows(self._statements.lock, row)
        return sorted((at, until) for at, until in json.loads(text))
