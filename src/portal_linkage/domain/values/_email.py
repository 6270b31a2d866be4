"""E-mail addresses as this library matches them: narrowly (L16)."""

import re
import unicodedata
from typing import Final, Never, Self, final

import attrs

from ..errors import InvalidEmail
from ._text import MAX_NAME, check_text, check_type

_FIELD: Final = "email"
_MAX_OCTETS: Final = 254  # RFC 5321, 4.5.3.1.3, less the two angle brackets
# NFC shortens a text to a quarter of its characters at the most, so that what is longer than this cannot fit.
_MAX_CHARACTERS: Final = 4 * _MAX_OCTETS
_EDGES: Final = " \t\r\n"
_REFUSED_CATEGORIES: Final = {
    "Cc": "a control character",
    "Cf": "a format character",
    "Cs": "a lone surrogate",
    "Co": "a private-use character",
    "Cn": "an unassigned character",
    "Zs": "a blank",
    "Zl": "a blank",
    "Zp": "a blank",
}
_LOWER_A_TO_Z: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_ASCII_ADDRESS: Final = re.compile(r"[!-?A-~]+@[!-?A-~]+")


def _character_flaw(character: str) -> str | None:
    category = unicodedata.category(character)
    if category in _REFUSED_CATEGORIES:
        return f"holds {_REFUSED_CATEGORIES[category]}"
    if not character.isascii() and unicodedata.normalize("NFC", character).isascii():
        return "holds a character that only looks like an ASCII one"
    return None


def _shape_flaw(address: str) -> str | None:
    local, at, domain = address.partition("@")
    if not at or "@" in domain or not local or not domain:
        return "must have one @ between two non-empty parts"
    if local[0] == "." or local[-1] == "." or ".." in address:
        return "has a dot at the edge of its local part, or two dots in a row"
    if domain[0] in ".-" or domain[-1] in ".-":
        return "has a dot or a hyphen at the edge of its domain"
    return None


def _flaw(trimmed: str) -> str | None:
    if len(trimmed) > _MAX_CHARACTERS:
        return f"is longer than {_MAX_OCTETS} octets"
    if not _ASCII_ADDRESS.fullmatch(trimmed):
        for character in trimmed:
            if flaw := _character_flaw(character):
                return flaw
    composed = unicodedata.normalize("NFC", trimmed)
    if len(composed.encode()) > _MAX_OCTETS:
        return f"is longer than {_MAX_OCTETS} octets"
    return _shape_flaw(composed)


def _key(trimmed: str) -> str:
    """NFC, A-Z to a-z, NFC again: lower-casing can leave a letter and its mark to be composed (``H`` + U+0331)."""
    lowered = unicodedata.normalize("NFC", trimmed).translate(_LOWER_A_TO_Z)
    return unicodedata.normalize("NFC", lowered)


def _masked(_: object) -> str:
    return "***"


@final
@attrs.frozen(repr=False, init=False, eq=False)
class EmailAddress:
    """An address as a person or a PMS wrote it, with the key by which it is matched.

    Two addresses are equal when their keys are: trimmed, NFC, ``A-Z`` lower-cased, NFC again, in both parts.
    Plus-tags and dots count, no other case mapping is applied, so that no two mailboxes are ever taken for one.
    It is made by `parse` only; ``str()`` gives the trimmed original, ``repr()`` is masked.
    """

    _text: str
    key: str

    def __init__(self, *_: Never, **__: Never) -> None:
        msg = "an EmailAddress is made by EmailAddress.parse(text)"
        raise TypeError(msg)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address.

        Raises:
            InvalidEmail: it is not one that this library matches. The reason never repeats it.
            TypeError: it is not a text at all.
        """
        check_type(_FIELD, text, str)
        trimmed = text.strip(_EDGES)
        flaw = _flaw(trimmed)
        if flaw is not None:
            raise InvalidEmail(_FIELD, flaw)
        return cls.restore(trimmed, _key(trimmed))

    @classmethod
    def restore(cls, text: str, key: str) -> Self:
        """Build an address from what `parse` once made of it, without reading it again. For stores."""
        address = cls.__new__(cls)
        object.__setattr__(address, "_text", text)
        object.__setattr__(address, "key", key)
        return address

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "EmailAddress(***)"

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, EmailAddress) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)


@final
@attrs.frozen(init=False)
class VerifiedEmail:
    """An address of which the host knows that the person reads its mail (L1). Only the host can attest that.

    ``via`` says how it knows: ``"one-click invoice e-mail"``, ``"confirmation link"``.
    """

    email: EmailAddress = attrs.field(repr=_masked)
    via: str = attrs.field(repr=_masked)

    def __init__(self, *_: Never, **__: Never) -> None:
        msg = "an address is attested, not constructed: VerifiedEmail.attest(address, via='...')"
        raise TypeError(msg)

    @classmethod
    def attest(cls, email: str | EmailAddress, *, via: str) -> Self:
        """Vouch for an address: the person has just proved to the host that they read its mail.

        Raises:
            InvalidEmail: the text is no address.
            InvalidValue: ``via`` is empty or over 500 characters.
        """
        check_type(_FIELD, email, (str, EmailAddress))
        verified = cls.__new__(cls)
        object.__setattr__(verified, "email", EmailAddress.parse(email) if isinstance(email, str) else email)
        object.__setattr__(verified, "via", check_text("via", via, most=MAX_NAME, least=1))
        return verified
