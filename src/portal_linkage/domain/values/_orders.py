"""The orders of the design as keys: made here, stored as binary text, compared by code point on every store."""

import re
import sys
import unicodedata
from typing import Final

_SURROGATES: Final = range(0xD800, 0xE000)  # these code points are no text
_COMPARED: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")


def client_number_key(number: str) -> str:
    """A text that sorts by code point as client numbers do.

    ASCII digits only come first: leading zeros stripped, by length, then by digits, then by the raw text.
    All others come after, by code point.
    """
    if number.isascii() and number.isdigit():
        stripped = number.lstrip("0")
        return f"0{len(stripped):03d}{stripped}{number}"
    return f"1{number}"


def search_key(text: str) -> str:
    """The text as a search compares and sorts it: blind to case and to how an accent is encoded.

    Its first 200 characters count, so that any database can keep the key in an index.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())[:_COMPARED]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as a search compares them: runs of letters and digits, in order."""
    return tuple(_WORD.findall(search_key(text)))


def after_prefix(prefix: str) -> str | None:
    """The least text that sorts after everything that begins with the prefix; ``None`` if there is none.

    ``prefix <= key < after_prefix(prefix)`` is a range that any b-tree answers.
    """
    for length in range(len(prefix), 0, -1):
        point = ord(prefix[length - 1]) + 1
        if point in _SURROGATES:
            point = _SURROGATES.stop
        if point <= sys.maxunicode:
            return prefix[: length - 1] + chr(point)
    return None
