"""How the design says that texts compare: addresses (L16), client numbers, and what a search calls a word."""

import unicodedata

_EDGES = " \t\r\n"
_LOOK_ASCII = "\u212a\u037e\u1fef"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def key_of(address: str) -> str:
    """By what an address is matched: trimmed, NFC, A to Z lowered, NFC again."""
    lowered = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in _nfc(address.strip(_EDGES)))
    return _nfc(lowered)


def is_address(text: str) -> bool:
    """Whether L16 lets this text in."""
    trimmed = text.strip(_EDGES)
    if any(c in _LOOK_ASCII or unicodedata.category(c) in _UNSEEN for c in trimmed):
        return False
    parts = _nfc(trimmed).split("@")
    if len(parts) != 2 or not all(parts) or len(_nfc(trimmed).encode()) > 254:
        return False
    local, domain = parts
    dotted = local.startswith(".") or local.endswith(".") or ".." in trimmed
    return not dotted and domain.strip(".-") == domain


def number_order(number: str) -> tuple[bool, int, str, str]:
    """Client numbers: ASCII digits only first (zeros stripped, by length, then digits, then raw), others after."""
    if number and all("0" <= c <= "9" for c in number):
        digits = number.lstrip("0")
        return (False, len(digits), digits, number)
    return (True, 0, "", number)


def folded(text: str) -> str:
    """A text as a search sees it: blind to case."""
    return _nfc(_nfc(text).casefold())


def words(text: str) -> list[str]:
    """The words of a text: one starts after anything but a letter or digit."""
    return "".join(c if c.isalnum() else " " for c in folded(text)).split()


def begin_words(typed: str, name: str) -> bool:
    """Whether something is typed, and each of its words begins a word of the name."""
    return bool(words(typed)) and all(any(word.startswith(part) for word in words(name)) for part in words(typed))


def begins(typed: str, text: str) -> bool:
    """Whether what is typed begins the text."""
    return folded(text).startswith(folded(typed.strip()))
