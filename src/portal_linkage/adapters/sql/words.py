"""Searching by what names, numbers and addresses begin with: ranges of an index, never a pattern."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, exists, select

from ...domain.values import after_prefix, words_of
from .tables import FIRM

_BEYOND_ALL: Final = chr(0x10FFFF) * 5_000  # after every text that has been let in


def begins(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The column begins with the text that `beginning` fills in under this name."""
    return and_(column >= bindparam(name), column < bindparam(f"{name}_end"))


def beginning(name: str, text: str) -> dict[str, str]:
    """What `begins` is filled with."""
    return {name: text, f"{name}_end": after_prefix(text) or _BEYOND_ALL}


def typed_words(text: str) -> tuple[str, ...]:
    """The words to look for, the longest first; a word that begins another one is found with it."""
    words = sorted(set(words_of(text)))
    telling = [word for word, following in zip(words, (*words[1:], ""), strict=False) if not following.startswith(word)]
    return tuple(sorted(telling, key=len, reverse=True))


def word_values(words: tuple[str, ...]) -> dict[str, str]:
    """What `owners_of_words` is filled with."""
    return {name: text for index, word in enumerate(words) for name, text in beginning(f"word_{index}", word).items()}


def owners_of_words(table: Table, owner: str, count: int) -> Select[*tuple[Any, ...]]:
    """Whose names hold, for each of so many typed words, a word that begins with it.

    The first, longest one is searched for; the others are looked up for each that it finds.
    """
    found = select(table.c[owner]).where(table.c[FIRM] == bindparam("firm"), begins(table.c.word, "word_0"))
    for index in range(1, count):
        other = table.alias()
        same = and_(other.c[FIRM] == table.c[FIRM], other.c[owner] == table.c[owner])
        found = found.where(exists().where(same, begins(other.c.word, f"word_{index}")))
    return found
