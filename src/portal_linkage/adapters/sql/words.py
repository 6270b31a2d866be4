"""What a typed text may mean: the clauses that find what a text begins, and names by the words that begin so."""

from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import add, itemgetter
from typing import Any, Final

import sqlalchemy as sa

from ...domain.values import FirmId, after_prefix, words_of
from .clauses import Condition, this
from .dialects import FENCE, unseen
from .forms import Choice
from .moment import Moment

_BEYOND_ALL: Final = chr(0x10FFFF) * 5_000  # after every text that has been let in
_MANY: Final[sa.ColumnElement[int]] = sa.literal_column("500")


def begins(column: sa.ColumnElement[Any], name: str) -> Condition:
    """The column begins with the text that `beginning` fills in under this name: a range, never a pattern."""
    first, end = (unseen(sa.bindparam(one, type_=column.type)) for one in (name, f"{name}_end"))
    return sa.and_(column >= first, column < end)


def beginning(name: str, text: str) -> dict[str, str]:
    """What `begins` is filled with."""
    return {name: text, f"{name}_end": after_prefix(text) or _BEYOND_ALL}


def word_rows(name: str, **owner: str | bool) -> list[dict[str, Any]]:
    """The rows by which a name is found."""
    return [{**owner, "word": word} for word in sorted(set(words_of(name)))]


def typed_words(text: str) -> tuple[str, ...]:
    """The words to look for, the longest first; a word that begins another one is found with it."""
    words = sorted(set(words_of(text)))
    telling = [word for word, following in zip(words, (*words[1:], ""), strict=False) if not following.startswith(word)]
    return tuple(sorted(telling, key=len, reverse=True))


def word_values(words: tuple[str, ...]) -> dict[str, str]:
    """What `owners_of_words` is filled with."""
    return {name: text for index, word in enumerate(words) for name, text in beginning(f"word_{index}", word).items()}


def owners_of_words(table: sa.Table, owner: str, count: int) -> Choice:
    """Whose names hold, for each of so many typed words, a word that begins with it.

    The first one is searched for; the others are looked up for each that it finds.
    """
    found = sa.select(table.c[owner]).where(this(table), begins(table.c.word, "word_0")).distinct()
    return found.where(holding(table, owner, table.c[owner], range(1, count)))


def holding(table: sa.Table, owner: str, of: sa.ColumnElement[Any], words: Iterable[int]) -> Condition:
    """The name of this one holds, for each of these typed words, a word that begins with it."""
    return sa.and_(sa.true(), *(_holds(table.alias(), owner, of, index) for index in words))


def _holds(word: sa.FromClause, owner: str, of: sa.ColumnElement[Any], index: int) -> Condition:
    one = sa.select(word.c.word).where(this(word), word.c[owner] == of, begins(word.c.word, f"word_{index}"))
    return looked_up(one, word)


def looked_up(rows: Choice, *of: sa.FromClause) -> Condition:
    """There is such a row of these tables. The OFFSET keeps a planner from looking for all of them instead."""
    return sa.exists(rows.offset(FENCE).correlate_except(*of))


class Frequencies:
    """How often typed words begin a word in these tables, as far as it matters which is the rarest."""

    def __init__(self, *tables: sa.Table) -> None:
        self._tables = tables
        self._of_words = lru_cache(maxsize=100)(self._asked)

    def in_order(self, moment: Moment, firm_id: FirmId, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words, the rarest first; of those that are equally frequent the longest first, as they come."""
        if not words[1:]:
            return words
        (found,) = moment.rows(self._of_words(len(words)), {"firm": firm_id, **word_values(words)})
        return tuple(word for _, word in sorted(zip(found, words, strict=True), key=itemgetter(0)))

    def _asked(self, count: int) -> Choice:
        return sa.select(*(reduce(add, (_frequency(table, index) for table in self._tables)) for index in range(count)))


def _frequency(table: sa.Table, index: int) -> sa.ColumnElement[int]:
    some = sa.select(table.c.word).where(this(table), begins(table.c.word, f"word_{index}")).limit(_MANY)
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
