"""What a typed text may mean: the entities that are suggested for it."""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from ...domain.entities import ClientEntity
from ...domain.outcomes import Suggestion
from ...domain.values import words_of
from . import clauses
from .clauses import among, joined, of_kind, this
from .dialects import Dialect, unseen
from .forms import Choice, Statement
from .tables import Tables
from .words import Frequencies, beginning, begins, owners_of_words, typed_words, word_values


class SuggestionStatements:
    """What is asked to suggest entities."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect, self._entity, self._word = dialect, tables.entity, tables.entity_word
        entity, of_firm = tables.entity, this(tables.entity)
        is_exact = sa.case((entity.c.number_search == sa.bindparam("number"), 0), else_=1)
        of_number = sa.and_(of_firm, begins(entity.c.number_search, "number"))
        self.by_number = _ranked(entity, is_exact).where(of_number)
        self.by_name = _ranked(entity).where(of_firm, begins(entity.c.name_words, "name"))
        self.by_words = lru_cache(maxsize=100)(self._by_words)
        self.frequencies = Frequencies(tables.entity_word)
        link, bar, mailbox = tables.link, tables.bar, tables.mailbox
        linked = sa.select(of_kind("linked"), link.c.entity_id).where(this(link, "user_id"))
        bars = sa.select(of_kind("barred"), bar.c.entity_id).select_from(joined(mailbox, bar, "mailbox_id"))
        barred = bars.where(this(mailbox, "user_id"))
        self.linked_or_barred = sa.union_all(
            among(dialect, linked, link.c.entity_id), among(dialect, barred, bar.c.entity_id)
        )

    def _by_words(self, count: int) -> Choice:
        word = self._word
        found = owners_of_words(word, "entity_id", count).add_columns(word.c.name_key).where(word.c.active == sa.true())
        first = found.order_by(word.c.name_key, word.c.entity_id).limit(unseen(clauses.LIMIT)).subquery("first")
        both, entity = clauses.beside(self._dialect, first, self._entity, "entity_id")
        return sa.select(*clauses.shown(entity)).select_from(both).order_by(first.c.name_key, first.c.entity_id)

    def for_text(
        self, typed: str, in_order: Callable[[tuple[str, ...]], tuple[str, ...]]
    ) -> Iterator[tuple[Statement, dict[str, str]]]:
        """The questions whose answers are what a text may mean, the best first, with what they are filled with."""
        words = typed_words(typed)
        if typed:
            yield self.by_number, beginning("number", typed)
        if words:
            yield self.by_name, beginning("name", " ".join(words_of(typed)))
            yield self.by_words(len(words)), word_values(in_order(words))


def _ranked(entity: sa.Table, *rank: sa.ColumnElement[Any]) -> Choice:
    active = sa.select(*clauses.shown(entity)).where(entity.c.active == sa.true())
    return active.order_by(*rank, entity.c.name_key, entity.c.entity_id).limit(unseen(clauses.LIMIT))


def suggestion(entity: ClientEntity, flags: Collection[tuple[str, str]]) -> Suggestion:
    """An entity as it is suggested, with what the flags say of it."""
    return Suggestion(
        entity_id=entity.entity_id,
        client_number=entity.client_number,
        name=entity.name,
        label=entity.label,
        linked=("linked", entity.entity_id) in flags,
        barred=("barred", entity.entity_id) in flags,
    )
