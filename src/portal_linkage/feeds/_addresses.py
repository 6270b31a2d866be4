"""E-mail cells: ``a@x.com, b@y.com; "Smith, J" <c@z.com>``. Every part ends as a contact or as a named reject."""

import re
from typing import Final

from ..domain.entities import Contact
from ..domain.errors import InvalidEmail, InvalidValue
from ..domain.values import EmailAddress

# A line break always ends a part, so that a quote which nobody closed swallows one line at the most.
_PART: Final = re.compile(r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*+"?+|[^",;\r\n])++')
_NAMED: Final = re.compile(r'((?:"(?:[^"\\]|\\.)*+"|[^"<>])*+)<([^<>"]*)>')
_QUOTING: Final = re.compile(r'\\(.)|"')
# `EmailAddress` matches, it does not validate; here stray brackets, quotes and "mailto:" must not pass for an address.
_ALONE: Final = re.compile(r'(?:[^<>()\[\]:\\"]+|"(?:[^"\\]|\\.)++")@(?:[A-Za-z0-9._-]|[^\x00-\x7f])+')


def read_addresses(cell: str, person: str = "") -> tuple[list[Contact], list[str]]:
    """The contacts in a cell, and of each part that is no address its number, from 1 on, and the reason.

    Who has no name there is the person. Nothing in a cell raises, and nothing is lost.
    """
    contacts: list[Contact] = []
    rejected: list[str] = []
    for number, part in enumerate(parts_of(cell), 1):
        try:
            contacts.append(_contact(part, person))
        except InvalidValue as error:
            rejected.append(f"part {number} {error.reason}")
    return contacts, rejected


def parts_of(cell: str) -> list[str]:
    """The parts that are not blank: divided by commas and semicolons outside quotes, and by line breaks."""
    return list(filter(None, map(str.strip, _PART.findall(cell))))


def _contact(part: str, person: str) -> Contact:
    named = _NAMED.fullmatch(part)
    name, address = named.groups() if named else ("", part)
    email = _address(address)
    return Contact(email=email, name=_display_name(name, email) or person)


def _address(text: str) -> EmailAddress:
    email = EmailAddress.parse(text)
    if not _ALONE.fullmatch(str(email)):
        raise InvalidEmail("email", "holds a character that no address has in this place")
    return email


def _display_name(text: str, email: EmailAddress) -> str:
    name = _QUOTING.sub(lambda quoting: quoting[1] or "", text).strip()
    try:
        other = EmailAddress.parse(name)
    except InvalidEmail:
        return name
    if other != email:
        raise InvalidEmail("email", "names two addresses")
    return ""
