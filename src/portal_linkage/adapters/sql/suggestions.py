"""What a typed text may mean: answered kind by kind, the best one first, until there is enough."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Executable,
    Label,
    and_,
    bindparam,
    case,
    literal_column,
    select,
    true,
    union_all,
)

from ...domain.entities import ClientEntity
from ...domain.outcomes import Suggestion
from ...domain.values import EntityId, FirmId, UserId, search_key, words_of
from .keysets import LIMIT
from .moment import AMONG, Moment
from .rows import ENTITY_ROWS
from .tables import Tables, shown
from .words import beginning, begins, owners_of_words, typed_words, word_values


class SuggestionStatements:
    """What is asked to suggest entities."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        entity = tables.entity
        is_exact = case((entity.c.number_search == bindparam("number"), 0), else_=1)
        self.by_number = self._ranked(begins(entity.c.number_search, "number"), is_exact)
        self.by_name = self._ranked(begins(entity.c.name_words, "name"))
        self.by_words = lru_cache(maxsize=100)(self._by_words)
        self.refused_or_linked = self._flags()

    def _ranked(self, condition: ColumnElement[bool], *rank: ColumnElement[Any]) -> Executable:
        entity = self._tables.entity
        return (
            select(*shown(entity))
            .where(entity.c.firm_id == bindparam("firm"), condition, entity.c.active == true())
            .order_by(*rank, entity.c.name_key, entity.c.entity_id)
            .limit(LIMIT)
        )

    def _by_words(self, count: int) -> Executable:
        owners = owners_of_words(self._tables.entity_word, "entity_id", count)
        return self._ranked(self._tables.entity.c.entity_id.in_(owners))

    def _flags(self) -> Executable:
        """Which of some entities a user is linked to, and which they are barred from."""
        link, bar, mailbox = self._tables.link, self._tables.bar, self._tables.mailbox
        linked = select(_kind("linked"), link.c.entity_id).where(
            link.c.firm_id == bindparam("firm"), link.c.entity_id.in_(AMONG), link.c.user_id == bindparam("user")
        )
        anchored = and_(mailbox.c.firm_id == bar.c.firm_id, mailbox.c.mailbox_id == bar.c.mailbox_id)
        barred = (
            select(_kind("barred"), bar.c.entity_id)
            .select_from(mailbox.join(bar, anchored))
            .where(
                mailbox.c.firm_id == bindparam("firm"),
                mailbox.c.user_id == bindparam("user"),
                bar.c.entity_id.in_(AMONG),
            )
        )
        return union_all(linked, barred)


@attrs.frozen
class Suggestions:
    """The entities that a text may mean, for one moment."""

    _moment: Moment
    _statements: SuggestionStatements

    def of(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        """The best of them, at most ``limit``, each with what it is to the user."""
        found = self._found(firm_id, search_key(text.strip()), limit)
        flags = set[tuple[str, str]]() if user_id is None else self._flags(firm_id, user_id, found)
        return tuple(_suggestion(entity, flags) for entity in found.values())

    def _found(self, firm_id: FirmId, typed: str, limit: int) -> dict[EntityId, ClientEntity]:
        found: dict[EntityId, ClientEntity] = {}
        for statement, values in self._questions(typed):
            # Those found already may be among the rows, and must not take the place of others.
            rows = self._moment.rows(statement, {"firm": firm_id, "limit": limit + len(found), **values})
            for row in rows:
                found.setdefault(row.entity_id, ENTITY_ROWS.restore(row))
            if len(found) >= limit:
                break
        return dict(list(found.items())[:limit])

    def _questions(self, typed: str) -> Iterator[tuple[Executable, dict[str, str]]]:
        words = typed_words(typed)
        if typed:
            yield self._statements.by_number, beginning("number", typed)
        if words:
            yield self._statements.by_name, beginning("name", " ".join(words_of(typed)))
            yield self._statements.by_words(len(words)), word_values(words)

    def _flags(self, firm_id: FirmId, user_id: UserId, found: Collection[EntityId]) -> set[tuple[str, str]]:
        values = {"firm": firm_id, "user": user_id}
        rows = self._moment.rows_among(self._statements.refused_or_linked, values, found)
        return {(row.kind, row.entity_id) for row in rows}


def _kind(kind: str) -> Label[str]:
    column: ColumnElement[str] = literal_column(f"'{kind}'")
    return column.label("kind")


def _suggestion(entity: ClientEntity, flags: Collection[tuple[str, str]]) -> Suggestion:
    return Suggestion(
        entity_id=entity.entity_id,
        client_number=entity.client_number,
        name=entity.name,
        label=entity.label,
        linked=("linked", entity.entity_id) in flags,
        barred=("barred", entity.entity_id) in flags,
    )
