"""Texts refused at the door: wrong type, NUL, lone surrogates, too long."""

from typing import Final, TypeVar

from ..errors import InvalidValue

T = TypeVar("T")

MAX_ID: Final = 200
"""The most characters in an id of any kind, or in a client number or an invoice number."""

MAX_NAME: Final = 500
"""The most characters in a name, a role, or the ``via`` of an attestation."""


def check_type(field: str, value: object, expected: type[T] | tuple[type[T], ...]) -> T:
    """The value itself, or a `TypeError` that names the field and never repeats the value, if it is of a wrong type."""
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is int):
        names = expected.__name__ if isinstance(expected, type) else " or ".join(kind.__name__ for kind in expected)
        msg = f"{field} must be {names}, not {type(value).__name__}"
        raise TypeError(msg)
    return value


def flaw_of(text: str, *, most: int, least: int = 0) -> str | None:
    """Why this text is refused, in words that never repeat it; ``None`` if it is fine."""
    if len(text) < least:
        return "must not be empty"
    if len(text) > most:
        return f"is longer than {most} characters"
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "holds a lone surrogate"
    return None


def check_text(field: str, value: object, *, most: int, least: int = 0) -> str:
    """The value itself, if it is a text without NUL and lone surrogates, of ``least`` to ``most`` characters."""
    if type(value) is str and least <= len(value) <= most and value.isascii() and "\0" not in value:
        return value  # nearly all are: they are told at once
    text = check_type(field, value, str)
    if flaw := flaw_of(text, most=most, least=least):
        raise InvalidValue(field, flaw)
    return text


def check_id(field: str, value: object) -> None:
    """Refuse what cannot be an id or a number: anything but a text of 1 to 200 characters."""
    check_text(field, value, most=MAX_ID, least=1)
