"""The address corpora of other projects: they judge validity, we judge equality and totality (L16)."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from portal_linkage import EmailAddress, InvalidEmail

SYMBOLS_FOR_CONTROLS = {0x2400 + code: code for code in range(0x21)}
EXAMPLES = ("{}@example.com", "jane{}smith@example.com", "jane@{}.example", "jane@x{}y.example")


@pytest.fixture(scope="module")
def folder(samples: Path) -> Path:
    """Where the corpora lie."""
    emails = samples / "emails"
    if not emails.is_dir():
        pytest.skip(f"the address corpora are not there: {emails}")
    return emails


def isemail(path: Path) -> Iterator[str]:
    """Addresses of the isemail corpus, with its stand-ins and with the control characters that they stand for."""
    for test in ET.parse(path).iter("test"):  # noqa: S314 -- a file of ours
        text = test.findtext("address") or ""
        yield text
        yield text.translate(SYMBOLS_FOR_CONTROLS)


def texts_in(value: Any) -> Iterator[str]:  # noqa: ANN401 -- JSON
    """Every text in a JSON document, keys included."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts_in(item)
        case dict():
            yield from texts_in(list(value))
            yield from texts_in(list(value.values()))
        case _:
            return


@pytest.fixture(scope="module")
def corpus(folder: Path) -> frozenset[str]:
    """All texts of all corpora, addresses or not."""
    texts = {text for path in folder.glob("isemail-*.xml") for text in isemail(path)}
    for path in folder.glob("*.json"):
        texts |= set(texts_in(json.loads(path.read_text("utf-8"))))
    assert len(texts) > 1000
    return frozenset(texts)


def readable(texts: Iterable[str]) -> dict[str, EmailAddress]:
    """Those texts that are addresses here; a text that raises anything but InvalidEmail fails the test."""
    found = {}
    for text in texts:
        with suppress(InvalidEmail):
            found[text] = EmailAddress.parse(text)
    return found


def test_every_text_is_an_address_or_an_invalid_email(corpus: frozenset[str]) -> None:
    """No address that anybody ever thought of makes reading it fail in another way (L16)."""
    addresses = readable(corpus)
    assert len(addresses) > 200
    assert len(addresses) < len(corpus)
    assert all(str(address) == text.strip(" \t\r\n") for text, address in addresses.items())


def test_every_key_is_its_own_key(corpus: frozenset[str]) -> None:
    """To make a key twice is to make it once (L16)."""
    for address in readable(corpus).values():
        assert EmailAddress.parse(address.key).key == address.key


def test_no_key_is_wider_than_intended(corpus: frozenset[str]) -> None:
    """Addresses that share a key differ in nothing but edge blanks, composition and the case of A-Z (L16)."""
    sharing: dict[str, set[str]] = defaultdict(set)
    for text, address in readable(corpus).items():
        sharing[address.key].add(text)
    for key, texts in sharing.items():
        for text in texts:
            composed = unicodedata.normalize("NFC", text.strip(" \t\r\n"))
            pairs = zip(composed, unicodedata.normalize("NFC", key), strict=True)
            assert all(a == b or (a.isascii() and a.isalpha() and a.lower() == b) for a, b in pairs)


def test_no_collision_of_unicode_with_ascii_is_one_here(folder: Path) -> None:
    """No code point that some mapping turns into ASCII makes the address that this ASCII text would make (L16)."""
    rows = json.loads((folder / "unicode_ascii_collisions.json").read_text("utf-8"))["rows"]
    compared = 0
    for row in rows:
        character = row.pop("char")
        plain = {text for name, text in row.items() if name not in {"cp", "name"}}
        for shape in EXAMPLES:
            addresses = readable([shape.format(character)]).values()
            look_alikes = readable(shape.format(text) for text in plain).values()
            assert all(address != other for address in addresses for other in look_alikes), row
            compared += len(addresses) * len(look_alikes)
    assert compared > 5000
