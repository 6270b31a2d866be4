"""The portal users."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

import attrs
from sqlalchemy import Executable, Select, and_, bindparam, delete, null, select, union, update

from ...domain.entities import User
from ...domain.outcomes import PortalUserRow
from ...domain.values import EmailAddress, EntityId, FirmId, Page, PageRequest, UserId, search_key
from ...ports import Mailbox
from ..listings import USERS
from .dialects import Dialect
from .keysets import LIMIT, after, in_order, page_values
from .moment import AMONG, Moment, Record
from .rows import ENTITY_ROWS, USER_ROWS, user_values, word_rows
from .tables import Tables, shown
from .words import beginning, begins, owners_of_words, typed_words, word_values


class UserStatements:
    """What is asked and said about users. They are columns of their mailbox."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._tables = tables
        mailbox, word = tables.mailbox, tables.user_word
        at_firm = mailbox.c.firm_id == bindparam("firm")
        this = and_(at_firm, mailbox.c.user_id == bindparam("user"))
        self.find = select(*mailbox.c).where(this)
        self.having = select(*mailbox.c).where(at_firm, mailbox.c.email_key.in_(AMONG), mailbox.c.user_id.is_not(None))
        self.add = update(mailbox).where(at_firm, mailbox.c.mailbox_id == bindparam("mailbox"))
        of_user = ("user_id", "name", "name_key", "email_search", "signed_up_at")
        self.remove = update(mailbox).where(this).values(dict.fromkeys(of_user, null()))
        self.add_words = dialect.adding(word)
        self.remove_words = delete(word).where(word.c.firm_id == bindparam("firm"), word.c.user_id == bindparam("user"))
        self.entities = self._entities()
        self.search: Callable[[int | None, bool], Executable] = lru_cache(maxsize=100)(self._search)

    def _entities(self) -> Executable:
        link, entity = self._tables.link, self._tables.entity
        same = and_(entity.c.firm_id == link.c.firm_id, entity.c.entity_id == link.c.entity_id)
        return (
            select(link.c.user_id, *shown(entity))
            .select_from(link.join(entity, same))
            .where(link.c.firm_id == bindparam("firm"), link.c.user_id.in_(AMONG))
            .order_by(link.c.user_id, link.c.revision, link.c.position)
        )

    def _search(self, words: int | None, at_entity: bool) -> Executable:  # noqa: FBT001 -- lru_cache goes by position
        """Search for a text of so many words, or for everyone."""
        mailbox, link = self._tables.mailbox, self._tables.link
        order = (mailbox.c.name_key, mailbox.c.user_id)
        found = select(*mailbox.c).where(mailbox.c.firm_id == bindparam("firm"), after(*order))
        if words is not None:
            found = found.where(mailbox.c.user_id.in_(union(*self._matches(words))))
        if at_entity:
            there = select(link.c.user_id).where(
                link.c.firm_id == bindparam("firm"), link.c.entity_id == bindparam("entity")
            )
            found = found.where(mailbox.c.user_id.in_(there))
        return found.order_by(*in_order(*order)).limit(LIMIT)

    def _matches(self, words: int) -> list[Select[Any]]:
        """The ids of the users by address and by a client number; and, if there are words, by either kind of name."""
        mailbox, entity = self._tables.mailbox.alias(), self._tables.entity
        of_address = select(mailbox.c.user_id).where(
            mailbox.c.firm_id == bindparam("firm"), begins(mailbox.c.email_search, "text")
        )
        of_number = select(entity.c.entity_id).where(
            entity.c.firm_id == bindparam("firm"), begins(entity.c.number_search, "text")
        )
        if not words:
            return [of_address, self._linked_to(of_number)]
        of_name = owners_of_words(self._tables.user_word, "user_id", words)
        of_entity = owners_of_words(self._tables.entity_word, "entity_id", words)
        return [of_address, self._linked_to(of_number), of_name, self._linked_to(of_entity)]

    def _linked_to(self, entities: Select[Any]) -> Select[Any]:
        link = self._tables.link.alias()
        return select(link.c.user_id).where(link.c.firm_id == bindparam("firm"), link.c.entity_id.in_(entities))


def _user_id(row: Record) -> UserId:
    return UserId(row.user_id)


@attrs.frozen
class SqlUserReader:
    """See `portal_linkage.ports.UserReader`."""

    _moment: Moment
    _statements: UserStatements

    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        row = self._moment.row(self._statements.find, {"firm": firm_id, "user": user_id})
        return None if row is None else USER_ROWS.restore(row)

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        return self.having(firm_id, (email,)).get(email.key)

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        keys = [email.key for email in emails]
        users = map(USER_ROWS.restore, self._moment.rows_among(self._statements.having, {"firm": firm_id}, keys))
        return {user.email.key: user for user in users}

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        question = USERS.of(firm_id, text, entity_id)
        values = {"firm": firm_id, "entity": entity_id, **page_values(question, page)}
        typed = search_key(text.strip())
        if text and not typed:
            return Page()
        words = typed_words(typed)
        statement = self._statements.search(len(words) if text else None, entity_id is not None)
        rows = self._moment.rows(statement, {**values, **beginning("text", typed), **word_values(words)})
        return self._with_entities(firm_id, question.page([USER_ROWS.restore(row) for row in rows], page, USERS.key))

    def _with_entities(self, firm_id: FirmId, users: Page[User]) -> Page[PortalUserRow]:
        ids = [user.user_id for user in users.items]
        rows = self._moment.rows_among(self._statements.entities, {"firm": firm_id}, ids)
        entities = {user_id: tuple(map(ENTITY_ROWS.restore, linked)) for user_id, linked in groupby(rows, _user_id)}
        return users.map(lambda user: PortalUserRow(user, entities.get(user.user_id, ())))


class SqlUserRepository(SqlUserReader):
    """See `portal_linkage.ports.UserRepository`."""

    def add(self, mailbox: Mailbox, user: User) -> None:
        place = {"firm": mailbox.firm_id, "mailbox": mailbox.mailbox_id}
        self._moment.run(self._statements.add, {**place, **user_values(user)})
        self._moment.run(self._statements.add_words, word_rows(user.name, firm_id=user.firm_id, user_id=user.user_id))

    def remove(self, user: User) -> None:
        for statement in (self._statements.remove, self._statements.remove_words):
            self._moment.run(statement, {"firm": user.firm_id, "user": user.user_id})
