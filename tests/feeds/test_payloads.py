"""What every payload is owed, whoever sends it: nothing is guessed, nothing is lost, and nothing is told on."""

import json
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal_linkage.feeds
from portal_linkage.domain.errors import InvalidValue
from portal_linkage.domain.values import FirmId
from portal_linkage.feeds import Bills, InvalidPayload, Roster, quickbooks, xero
from portal_linkage.feeds.xero import read_contacts

from .payloads import (
    ACME,
    CONTACT,
    CUSTOMER,
    INVOICE,
    PAYMENT,
    XERO_INVOICE,
    XERO_PAYMENT,
    anything,
    as_json,
    as_xml,
    number,
    told,
)


@attrs.frozen
class Feed:
    """A way to read records of one kind."""

    name: str
    id_field: str
    good: dict[str, Any]
    read: Callable[..., Any]

    def answer(self, *records: object) -> dict[str, Any]:
        """An answer with these records."""
        return {self.name: [*records]} if self.id_field != "Id" else {"QueryResponse": {self.name: [*records]}}

    def ids(self, read: Roster | Bills[Any, Any]) -> list[str]:
        """The ids of what was read."""
        if isinstance(read, Roster):
            return [each.entity_id for each in read.entities]
        return [getattr(each, "payment_id", "") or each.invoice_id for each in read.rows]


FEEDS: Final = (
    Feed("Contacts", "ContactID", CONTACT, xero.read_contacts),
    Feed("Invoices", "InvoiceID", XERO_INVOICE, xero.read_invoices),
    Feed("Payments", "PaymentID", XERO_PAYMENT, xero.read_payments),
    Feed("Customer", "Id", CUSTOMER, quickbooks.read_customers),
    Feed("Invoice", "Id", INVOICE, quickbooks.read_invoices),
    Feed("Payment", "Id", PAYMENT, quickbooks.read_payments),
)
NAMES: Final = sorted({name for feed in FEEDS for name in feed.good})
RECORDS: Final = anything(
    *NAMES, "ContactPersons", "IncludeInEmails", "MergedToContactID", "status", "value", "Address"
)
feeds: Final = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.read.__module__ + "." + feed.name)


def test_an_object_that_names_a_key_twice_is_none() -> None:
    """Nobody knows which of two values counts."""
    good = as_json(CONTACT | {"ContactID": "c-1002"})
    twice = as_json(CONTACT)[:-1] + ', "Name": "x"}'
    roster = read_contacts(ACME, f'{{"Contacts": [{twice}, {good}]}}')
    assert [each.entity_id for each in roster.entities] == ["c-1002"]
    assert told(*roster.rejected) == ["Contact number 1: is no object, or names a key twice"]
    with pytest.raises(InvalidPayload, match=r"^payload: is no answer of Xero$"):
        read_contacts(ACME, '{"Contacts": [], "Contacts": []}')


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff", "is not UTF-8"),
        ("", "is broken JSON"),
        ('{"Contacts": [', "is broken JSON"),
        ("[" * 100_000, "is broken JSON"),
        ("<Contacts/>", "is broken JSON"),
        ("[]", "is no answer of Xero"),
        ("null", "is no answer of Xero"),
        ("{}", "has neither Contacts nor one ContactID"),
        ('{"InvoiceID": "i-7"}', "has neither Contacts nor one ContactID"),
        ('{"ErrorNumber": 10, "Type": "ValidationException", "Contacts": []}', "is an error answer of Xero"),
    ],
)
def test_a_payload_that_is_none_is_one_error_of_ours(payload: bytes | str, reason: str) -> None:
    """Nothing comes of it, and it can be told from an empty one."""
    with pytest.raises(InvalidPayload) as caught:
        read_contacts(ACME, payload)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 -- our own
    assert (error.field, error.reason, error.code) == ("payload", reason, "invalid_payload")


@pytest.mark.parametrize("module", [portal_linkage.feeds, xero, quickbooks])
def test_what_is_public_is_told(module: ModuleType) -> None:
    """The names are listed in order, each says what it is for, and those that all feeds share are the same."""
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        assert (getattr(module, name).__doc__ or "").strip()
        assert getattr(portal_linkage.feeds, name, None) in (None, getattr(module, name))


@feeds
def test_only_text_is_a_payload(feed: Feed) -> None:
    """What somebody has parsed already holds floats, and a float is no amount."""
    with pytest.raises(TypeError, match=r"^payload must be bytes or str, not dict$"):
        feed.read(ACME, feed.answer(feed.good))


@feeds
def test_the_firm_is_checked_before_the_records(feed: Feed) -> None:
    """A wrong firm is the caller's mistake and not that of each record."""
    with pytest.raises(InvalidValue, match=r"^firm_id: must not be empty$"):
        feed.read(FirmId(""), as_json(feed.answer(feed.good)))


@feeds
def test_what_nobody_asked_for_is_ignored(feed: Feed) -> None:
    """A field that is not documented, of whatever name and shape, changes nothing."""
    more = {"New": [{"Id": 5}], "HomeBalance": "x", "Addresses": None, "": 1}
    read = feed.read(ACME, as_json(feed.answer(feed.good | more)))
    assert read == feed.read(ACME, as_json(feed.answer(feed.good)))
    assert len(feed.ids(read)) == 1


@feeds
@pytest.mark.parametrize("value", ["jane.smith@example.com\0", ["a@example.com"], {"Address": "1234.5678"}, 1234.5678])
def test_no_report_repeats_an_address_or_an_amount(feed: Feed, value: object) -> None:
    """Whatever field a value stands in that does not belong there: reports are logged, and so are values at times."""
    for name in (*feed.good, "ContactPersons", "MergedToContactID", "PrivateNote", "status", "sparse"):
        read = feed.read(ACME, as_json(feed.answer(feed.good, feed.good | {feed.id_field: "x", name: value})))
        written = repr(read) + "".join(told(*read.rejected, *getattr(read, "rejected_parts", ())))
        assert not [
            secret for secret in ("example.com", "1234", "5678", "1200.5", "200.5", "1000.0") if secret in written
        ]


def test_a_client_who_is_called_by_an_address_is_not_told_on() -> None:
    """A roster that ends up in a log names no client."""
    assert "@" not in repr(read_contacts(ACME, as_json(CONTACT | {"Name": "jane.smith@example.com"})))


@feeds
@given(record=RECORDS, change=st.dictionaries(st.sampled_from(NAMES), RECORDS, max_size=2))
def test_good_records_survive_any_other(feed: Feed, record: object, change: dict[str, Any]) -> None:
    """Whatever stands between two good records, both arrive, and each of the others is one thing or is named."""
    first, last = (feed.good | {feed.id_field: place} for place in ("first of all", "last of all"))
    read = feed.read(ACME, as_json(feed.answer(first, record, feed.good | change, last)))
    ids = feed.ids(read)
    assert (ids[0], ids[-1]) == ("first of all", "last of all")
    gone = {*getattr(read, "removed", ())}
    assert len(ids) + len(gone) + len(read.rejected) == 4
    assert [each.position for each in read.rejected] == sorted({each.position for each in read.rejected} & {2, 3})


TAGS: Final = st.sampled_from([
    "<", ">", "/", "<Customer>", "</Customer>", "<Id>", "</Id>", "<Invoice status='Deleted'>", "</Invoice>", "<!--",
    "-->", "<QueryResponse>", "</QueryResponse>", "<![CDATA[", "]]>", "&amp;", "&x;",
    "<?xml version='1.0' encoding='utf-7'?>",
])  # fmt: skip
PAYLOADS: Final = st.one_of(
    st.binary(),
    st.text(),
    st.lists(TAGS).map("".join),
    RECORDS.map(json.dumps),
    st.tuples(st.sampled_from(FEEDS), RECORDS).map(lambda two: json.dumps(two[0].answer(two[1]))),
    st.dictionaries(st.sampled_from(["QueryResponse", "CDCResponse", "Customer", "Fault", "Id"]), RECORDS).map(
        json.dumps
    ),
)


@feeds
@given(payload=PAYLOADS)
def test_any_payload_is_read_or_refused(feed: Feed, payload: bytes | str) -> None:
    """Whatever is sent, the answer is what was read or one error of ours."""
    try:
        read = feed.read(ACME, payload)
    except InvalidPayload:
        return
    assert isinstance(read, Roster | Bills)


@feeds
def test_an_answer_that_is_cut_off_is_no_answer(feed: Feed) -> None:
    """A connection that breaks at any octet leaves nothing that could pass for a shorter list."""
    answer = feed.answer(feed.good, feed.good | {feed.id_field: "x"})
    wholes = [as_json(answer)] if feed.id_field != "Id" else [as_json(answer), as_xml("IntuitResponse", answer)]
    for whole in wholes:
        assert len(feed.ids(feed.read(ACME, whole))) == 2
        for cut in range(len(whole)):
            with pytest.raises(InvalidPayload):
                feed.read(ACME, whole[:cut].encode())


def test_a_number_of_any_size_costs_its_own_record_alone() -> None:
    """Where a float would be infinite, or Python refuse to read on."""
    text = as_json({"Invoices": [XERO_INVOICE, XERO_INVOICE | {"InvoiceID": "x", "Total": number("9" * 5_000)}]})
    assert told(*xero.read_invoices(ACME, text).rejected) == ["Invoice x, Total: must be below 10^11"]
