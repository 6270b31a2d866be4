"""The contacts of Xero, and which of their addresses count."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage.domain.entities import ClientEntity, Contact
from portal_linkage.domain.values import EmailAddress, EntityId
from portal_linkage.feeds import Roster
from portal_linkage.feeds.xero import read_contacts

from .payloads import ACME, CONTACT, as_json, told

JANE = EmailAddress.parse("jane.smith@example.com")


def contacts(*records: dict[str, Any]) -> Roster:
    """The contacts in records that are like Jane's but for what is given."""
    return read_contacts(ACME, as_json({"Contacts": [CONTACT | each for each in records]}))


def test_every_field_of_a_contact_arrives() -> None:
    """What stands in the record stands in the client."""
    assert contacts({}).entities == (
        ClientEntity(
            firm_id=ACME,
            entity_id=EntityId("c-1003"),
            name="Jane Smith Realty Group",
            client_number="1003",
            contacts=(Contact(email=JANE, name="Jane Smith"),),
        ),
    )


@pytest.mark.parametrize(
    "payload", [CONTACT, {"Contacts": [CONTACT]}, {"Contacts": CONTACT}, {"Id": 5, "Contacts": [CONTACT]}]
)
def test_a_record_may_come_alone_or_in_a_list(payload: dict[str, Any]) -> None:
    """An answer of one and one record alone say the same, as text and as octets, with a byte order mark or without."""
    text = json.dumps(payload)
    for written in (text, text.encode(), b"\xef\xbb\xbf" + text.encode(), f"\ufeff{text}"):
        assert read_contacts(ACME, written).entities == contacts({}).entities


def test_an_empty_page_is_a_page() -> None:
    """The page after the last is no error."""
    assert read_contacts(ACME, '{"Contacts": []}') == Roster()


@pytest.mark.parametrize(
    ("status", "active", "addresses"), [("ACTIVE", True, 1), ("ARCHIVED", False, 1), ("GDPRREQUEST", False, 0)]
)
def test_the_status_of_a_contact_says_whether_it_is_active(status: str, active: bool, addresses: int) -> None:
    """An archived client keeps its addresses for the day it comes back; who asked to be forgotten is forgotten."""
    (entity,) = contacts({"ContactStatus": status}).entities
    assert (entity.active, len(entity.contacts)) == (active, addresses)


def test_a_contact_without_a_number_is_reported() -> None:
    """Nobody can type its id as a proof, so the firm is told; the others are not named."""
    roster = contacts({"AccountNumber": ""}, {"ContactID": "c-1002"}, {"ContactID": "c-1001", "AccountNumber": None})
    assert [each.client_number for each in roster.entities] == ["c-1003", "1003", "c-1001"]
    assert roster.unnumbered == ("c-1003", "c-1001")


def person(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A person whom the firm sends the bills of a contact."""
    return {"FirstName": "Jane", "LastName": "", "EmailAddress": "jane@example.com", "IncludeInEmails": True, **fields}


def test_only_the_main_address_and_those_who_get_the_bills_count() -> None:
    """A person who is not included in e-mails is not listed: an address on file is no right to see bills."""
    persons = [
        person(),
        person(EmailAddress="no@example.com", IncludeInEmails=False),
        person(EmailAddress="nor@example.com", IncludeInEmails=None),
        person(EmailAddress="j.s@example.com, trust@example.com", FirstName=None, LastName="Smith"),
    ]
    (entity,) = contacts({"ContactPersons": persons, "LastName": None}).entities
    assert [(str(each.email), each.name, each.role) for each in entity.contacts] == [
        ("jane.smith@example.com", "Jane", "billing"),
        ("jane@example.com", "Jane", "billing"),
        ("j.s@example.com", "Smith", "billing"),
        ("trust@example.com", "Smith", "billing"),
    ]


def test_parts_that_are_no_address_are_named_and_their_client_kept() -> None:
    """A telephone number where an address should be costs neither the client nor its other addresses."""
    roster = contacts(
        {"EmailAddress": "555-0100; JS <j.s@example.com>", "ContactPersons": [person(EmailAddress="n/a")]}
    )
    assert [(str(each.email), each.name) for each in roster.entities[0].contacts] == [("j.s@example.com", "JS")]
    assert told(*roster.rejected_parts) == [
        "Contact c-1003, EmailAddress: part 1 must have one @ between two non-empty parts",
        "Contact c-1003, ContactPersons[1].EmailAddress: part 1 must have one @ between two non-empty parts",
    ]
    assert roster.rejected == ()


def merge(*pairs: tuple[str, str | None], status: str = "ARCHIVED") -> Roster:
    """Contacts, each merged into another."""
    return contacts(*({"ContactID": old, "MergedToContactID": new, "ContactStatus": status} for old, new in pairs))


@pytest.mark.parametrize("status", ["ARCHIVED", "ACTIVE"])
def test_a_merged_contact_names_its_survivor_and_is_inactive(status: str) -> None:
    """The old one stands among the clients, so that its bills have a name, and is nobody's any more."""
    roster = merge(("c-1", "c-2"), ("c-2", None), status=status)
    assert roster.merged == {"c-1": "c-2"}
    assert [each.active for each in roster.entities] == [False, status == "ACTIVE"]
    assert roster.rejected_parts == ()


def test_a_merge_of_a_merge_leads_to_the_last_survivor() -> None:
    """Whether the survivor is in the payload or not, and in whatever order they come."""
    assert merge(("b", "c"), ("a", "b"), ("c", "d"), ("e", "f")).merged == {"a": "d", "b": "d", "c": "d", "e": "f"}


def test_a_circle_of_merges_has_no_survivor() -> None:
    """Each contact in it, or that leads into it, is named once, and is inactive; the other merges stand."""
    roster = merge(("a", "b"), ("b", "c"), ("c", "b"), ("d", "d"), ("e", "f"))
    assert roster.merged == {"e": "f"}
    assert told(*roster.rejected_parts) == [
        f"Contact {each}, MergedToContactID: leads back to itself" for each in "abcd"
    ]
    assert (len(roster.entities), any(each.active for each in roster.entities), roster.rejected) == (5, False, ())


def test_a_long_chain_of_merges_is_walked_once() -> None:
    """However many merges follow each other."""
    roster = merge(*((str(each), str(each + 1)) for each in range(5_000)))
    assert set(roster.merged.values()) == {"5000"}


@given(merges=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefg"), max_size=6), seed=st.randoms())
def test_a_survivor_is_what_following_step_by_step_finds(merges: dict[str, str], seed: Random) -> None:
    """In any tangle of merges, in any order."""
    pairs = list(merges.items())
    seed.shuffle(pairs)
    expected = {}
    for old in merges:
        at = old
        for _ in merges:
            at = merges.get(at, at)
        if at not in merges:
            expected[old] = at
    roster = merge(*pairs)
    assert roster.merged == expected
    assert {each.record_id for each in roster.rejected_parts} == merges.keys() - expected


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"ContactID": None}, "number 2, ContactID: is missing"),
        ({"ContactID": 5}, "number 2, ContactID: must be a text"),
        ({"ContactID": "x" * 201}, "number 2, ContactID: is longer than 200 characters"),
        ({"ContactID": "\0"}, "number 2, ContactID: holds a NUL character"),
        ({"ContactID": "\ud800"}, "number 2, ContactID: holds a lone surrogate"),
        ({"ContactID": "jane.smith@example.com", "Name": None}, "(withheld), Name: is missing"),
        ({"ContactID": "a\nb", "Name": None}, "(withheld), Name: is missing"),
        ({"Name": " "}, "x, Name: is missing"),
        ({"Name": "x" * 501}, "x, Name: is longer than 500 characters"),
        ({"AccountNumber": 1003}, "x, AccountNumber: must be a text"),
        ({"ContactStatus": "active"}, "x, ContactStatus: must be one of ACTIVE, ARCHIVED, GDPRREQUEST"),
        ({"EmailAddress": ["jane.smith@example.com"]}, "x, EmailAddress: must be a text"),
        ({"FirstName": "x" * 250}, "x, FirstName: is longer than 249 characters"),
        ({"MergedToContactID": {}}, "x, MergedToContactID: must be a text"),
        ({"ContactPersons": [person(), None]}, "x, ContactPersons[2]: is no object, or names a key twice"),
        ({"ContactPersons": [person(IncludeInEmails="yes")]},
         "x, ContactPersons[1].IncludeInEmails: must be one of true, false"),
    ],
)  # fmt: skip
def test_a_bad_contact_is_named_and_costs_no_other(change: dict[str, Any], finding: str) -> None:
    """Its id, or its place if it has none, the field as Xero calls it, and the reason."""
    roster = contacts({}, {"ContactID": "x"} | change, {"ContactID": "c-1002"})
    assert [each.entity_id for each in roster.entities] == ["c-1003", "c-1002"]
    assert told(*roster.rejected) == [f"Contact {finding}"]
    assert roster.rejected[0].position == 2


def test_an_id_counts_once() -> None:
    """Of two good records with one id the later is named; a record that was refused takes no id away."""
    roster = contacts({"Name": None}, {}, {"Name": "Smith, Jane"}, {"ContactID": "c-1002"})
    assert [(each.entity_id, each.name) for each in roster.entities] == [
        ("c-1003", "Jane Smith Realty Group"),
        ("c-1002", "Jane Smith Realty Group"),
    ]
    assert told(*roster.rejected) == [
        "Contact c-1003, Name: is missing",
        "Contact c-1003, ContactID: stands in record 2 already",
    ]
