"""E-mail cells as people fill them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.entities import Contact
from portal_linkage.domain.values import EmailAddress
from portal_linkage.feeds._addresses import parts_of, read_addresses

SEPARATORS = st.sampled_from([",", ";", "\n", "\r\n", " , ", ";;", ",\n "])
LOCALS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~é-]{1,12}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z0-9]{1,8}\.(com|example|köln)", fullmatch=True)
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS)
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="@"), max_size=20).map(str.strip)
JUNK = st.sampled_from(
    ["n/a", "a@b@c.com", "<a@x.com", "a@x.com>", "x@", '"Smith', "mailto:a@x.com", "a@x.com b@y.com"]
)


def contact(address: str, name: str = "") -> Contact:
    """A contact as a cell can name one."""
    return Contact(email=EmailAddress.parse(address), name=name)


def quoted(name: str) -> str:
    """A display name as a mail program writes it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def numbers_of(rejected: list[str]) -> list[int]:
    """Which parts of a cell were rejected."""
    return [int(re.sub(r"^part ([0-9]+) .*$", r"\1", reason)) for reason in rejected]


def bare(text: str) -> str:
    """A text less everything that may divide a cell."""
    return re.sub(r"[\s,;]", "", text)


@given(cell=st.text(st.sampled_from('abxé @.,;"\\<>\r\n\t|\0\ud800')) | st.text(max_size=300))
def test_nothing_in_a_cell_is_lost(cell: str) -> None:
    """Whatever stands in a cell, each part of it ends as a contact or as a reject, and nothing is raised."""
    parts = parts_of(cell)
    contacts, rejected = read_addresses(cell)
    assert all(part.strip() for part in parts)
    assert bare("".join(parts)) == bare(cell)
    assert len(contacts) + len(rejected) == len(parts)
    numbers = numbers_of(rejected)
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(1, len(parts) + 1))


@given(
    listed=st.lists(st.tuples(ADDRESSES, NAMES, st.booleans()), max_size=6),
    separators=st.lists(SEPARATORS, min_size=6, max_size=6),
)
def test_every_address_is_found(listed: list[tuple[str, str, bool]], separators: list[str]) -> None:
    """However people divide a list of addresses, with or without names, all of them come out, in order."""
    written = (f"{quoted(name)} <{address}>" if named else address for address, name, named in listed)
    cell = "".join(part + separator for part, separator in zip(written, separators, strict=False))
    contacts, rejected = read_addresses(cell)
    assert [(str(each.email), each.name) for each in contacts] == [
        (address, name if named else "") for address, name, named in listed
    ]
    assert rejected == []


@given(listed=st.lists(st.tuples(st.booleans(), ADDRESSES, JUNK), max_size=6), separator=st.sampled_from(["\n", "\r"]))
def test_each_reject_is_named_by_its_place(listed: list[tuple[bool, str, str]], separator: str) -> None:
    """Among good addresses, exactly the parts that are none are named, by their place, and never by what they hold."""
    contacts, rejected = read_addresses(separator.join(address if good else junk for good, address, junk in listed))
    assert [str(each.email) for each in contacts] == [address for good, address, _ in listed if good]
    assert numbers_of(rejected) == [number for number, (good, _, _) in enumerate(listed, 1) if not good]
    assert not any("x.com" in reason or "Smith" in reason for reason in rejected)


@pytest.mark.parametrize(
    ("cell", "contacts"),
    [
        (
            'a@x.com, b@y.com; "Smith, J" <c@z.com>',
            (contact("a@x.com"), contact("b@y.com"), contact("c@z.com", "Smith, J")),
        ),
        ("Jane Smith <jane.smith@example.com>", (contact("jane.smith@example.com", "Jane Smith"),)),
        ('Jane "JS, the boss" Smith <a@x.com>', (contact("a@x.com", "Jane JS, the boss Smith"),)),
        ('"Smith \\"JS\\" J" <a@x.com>', (contact("a@x.com", 'Smith "JS" J'),)),
        ("<a@x.com>", (contact("a@x.com"),)),
        ("A@X.com <a@x.com>", (contact("a@x.com"),)),
        ("Sales @ Smith <a@x.com>", (contact("a@x.com", "Sales @ Smith"),)),
        ('"a b"@x.com, "a,b"@x.com', (contact('"a,b"@x.com'),)),
        ("a|b@x.com", (contact("a|b@x.com"),)),
        ('"Smith, J <a@x.com>\nb@y.com', (contact("b@y.com"),)),
        ('"a\\\nb@y.com', (contact("b@y.com"),)),
        (" ,; \r\n\t\u00a0", ()),
    ],
)
def test_cells_of_real_life(cell: str, contacts: tuple[Contact, ...]) -> None:
    """Lists, names, quotes, empty parts: people write them all."""
    assert read_addresses(cell)[0] == [*contacts]


@pytest.mark.parametrize(
    "part",
    [
        "a@x.com|b@y.com",
        "a@x.com b@y.com",
        "a@x.com / b@y.com",
        "A <a@x.com> B <b@x.com>",
        "a@x.com <b@y.com>",
        '"b@y.com" <a@x.com>',
        "<<a@x.com>>",
        "a@x.com'",
        "a@x.com (Jane)",
        "a(b)@x.com",
        "a@[1.2.3.4]",
        '"a@x.com',
        "\\a@x.com",
        "mailto:a@x.com",
        "J\0 <a@x.com>",
        "J\ud800 <a@x.com>",
        "J" * 501 + " <a@x.com>",
        "J" * 4_001,
    ],
)
def test_two_in_one_or_none_is_a_reject(part: str) -> None:
    """A part that is not plainly one address links nobody: it is named, and the next part is read as if alone."""
    contacts, rejected = read_addresses(f"{part}\nlast@x.com")
    assert contacts == [contact("last@x.com")]
    assert numbers_of(rejected) == [1]


@pytest.mark.parametrize(
    "cell", ['"' * 1_000_000, '"' + '\\"' * 500_000, "," * 1_000_000, "<" * 1_000_000, "a " * 500_000]
)
def test_a_hostile_cell_is_read_in_one_pass(cell: str) -> None:
    """A million quotes, brackets or commas take no longer than a million letters, and name no contact."""
    assert read_addresses(cell)[0] == []
