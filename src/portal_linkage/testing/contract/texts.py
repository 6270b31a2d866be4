"""Texts of all the world are kept as they are, and told apart by code point."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...domain.entities import Contact, InvoiceStatus
from ...domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    InvoiceId,
    PageRequest,
    StaffId,
    UserId,
    new_uuid,
    search_key,
)
from ...domain.viewers import Only
from ...ports import Refusals, Snapshot, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    REALTY,
    at,
    bar,
    entity,
    event,
    firm,
    ground,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    user,
)
from ..promises import Promises, for_each_store

ODD = [
    " leading and trailing ",
    "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{GIRL}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}",
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "e\N{COMBINING ACUTE ACCENT}",
    "é",
    "e\N{COMBINING CEDILLA}\N{COMBINING ACUTE ACCENT}",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}\N{LATIN SMALL LETTER DOTLESS I}",
    "ß\N{LATIN CAPITAL LETTER SHARP S}",
    "%_\\'\";--",
    "\x01\x1b[31m\x7f\n\r\t",
    "\U0010ffff\ue000\ufffe",
    "\ufffd",
    "a\r\nb",
    "0",
    "A" * 200,
]

PAGE = PageRequest()

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


def of_all_kinds(one: str, email: EmailAddress) -> dict[str, Any]:
    """Something of every kind that has this id, and was done by who is called so."""
    return {
        "entity": entity(one, client_number=one),
        "user": user(one, email),
        "link": link(one, one, ground(by=one)),
        "bar": attrs.evolve(bar(one, email), by=StaffId(one)),
        "invoice": invoice(one, one),
        "late fee": late_fee(one, one, invoice_id=InvoiceId(one)),
        "payment": payment(one, one, invoice_ids=[InvoiceId(one)], payer=UserId(one)),
        "event": event(user_id=UserId(one), entity_id=EntityId(one), by=one),
    }


def keep_all(tx: Transaction, one: str, email: EmailAddress) -> None:
    """Let all that be there."""
    kinds, mailbox = of_all_kinds(one, email), tx.mailboxes.lock(ACME, email)
    tx.entities.save(kinds["entity"])
    tx.users.add(mailbox, kinds["user"])
    tx.links.add_many([(mailbox, kinds["link"])])
    tx.bars.add_many(mailbox, [kinds["bar"]])
    tx.invoices.save(kinds["invoice"])
    tx.late_fees.save(kinds["late fee"])
    tx.payments.save(kinds["payment"])
    journaled(tx, [kinds["event"]])


def kept_of(snapshot: Snapshot, one: str, email: EmailAddress) -> dict[str, Any]:
    """What is there of it."""
    scope, user_id = Only(ACME, EntityId(one)), UserId(one)
    found = {
        "entity": snapshot.entities.numbered(ACME, [one]),
        "user": snapshot.users.some(ACME, [user_id]).values(),
        "link": snapshot.links.listing(ACME, user_id),
        "bar": snapshot.bars.listing(ACME, email, PAGE).items,
        "invoice": snapshot.invoices.in_scope(scope, InvoiceStatus.OPEN, PAGE).items,
        "late fee": snapshot.late_fees.in_scope(scope, PAGE).items,
        "payment": snapshot.payments.in_scope(scope, PAGE).items,
        "event": snapshot.journal.listing(ACME, user_id, EntityId(one), PAGE).items,
    }
    return {kind: rows[0] if len(rows := [*each]) == 1 else rows for kind, each in found.items()}


class TextPromises(Promises):
    """Texts of all the world are kept as they are, and told apart by code point."""

    law = "L15"

    @pytest.mark.parametrize("text", ODD)
    def test_odd_texts_are_kept_as_they_are(self, store: Store, text: str) -> None:
        """Emoji, right-to-left marks, combining and control characters come back as they were, as id and as name."""
        contact = Contact(email=EmailAddress.parse("jane@example.com"), name=text, contact_id=text, role=text)
        saved = entity(text, name=text, client_number=text, contacts=(contact,))
        with store.transaction() as tx:
            tx.firms.save(firm(FirmId(text), text))
            tx.entities.save(saved)
            sign_up(tx, user(text, name=text), text)
            tx.invoices.save(invoice(text, text, number=text))
        with store.snapshot() as snapshot:
            assert snapshot.firms.find(FirmId(text)) == firm(FirmId(text), text)
            assert snapshot.entities.find(ACME, EntityId(text)) == saved
            assert snapshot.users.find(ACME, UserId(text)) == user(text, name=text)
            assert snapshot.invoices.find(ACME, InvoiceId(text)) == invoice(text, text, number=text)

    @pytest.mark.parametrize("text", ODD)
    def test_odd_ids_are_kept_wherever_they_stand(self, store: Store, text: str) -> None:
        """Whoever did something, whomever and whatever it was about: all come back as they are called."""
        with store.transaction() as tx:
            keep_all(tx, text, JANE)
        with store.snapshot() as snapshot:
            assert kept_of(snapshot, text, JANE) == of_all_kinds(text, JANE)

    def test_odd_ids_are_told_apart(self, store: Store) -> None:
        """Ids that look alike, or that some collation takes for equal, are different ids."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(text) for text in ODD)
        with store.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.entities.roster(ACME)] == sorted(ODD)

    def test_odd_numbers_are_matched_exactly(self, store: Store) -> None:
        """A client number is matched by its very characters."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(str(place), client_number=text) for place, text in enumerate(ODD))
        with store.snapshot() as snapshot:
            found = [[one.client_number for one in snapshot.entities.numbered(ACME, [text])] for text in ODD]
        assert found == [[text] for text in ODD]

    @pytest.mark.parametrize(
        "address",
        ["用户@例え.jp", "j'o%_\"b@x.com", "\N{GRINNING FACE}@x.com", "É@x.com", "é@x.com", "a.b+c=d{e}|f@[::1]"],
    )
    def test_odd_addresses_find_their_user(self, store: Store, address: str) -> None:
        """An address of any script is kept as it was written, and finds its user by its key alone."""
        email = EmailAddress.parse(address)
        with store.transaction() as tx:
            sign_up(tx, user("other", EmailAddress.parse("x" + address)), REALTY)
            sign_up(tx, user(email=email), REALTY)
            leave_bars(tx, bar(email=email))
        with store.snapshot() as snapshot:
            found = snapshot.users.find_by_email(ACME, email)
            barred = snapshot.bars.find(ACME, email, REALTY)
        assert found is not None
        assert found == user(email=email)
        assert barred == bar(email=email)
        assert str(found.email) == str(email)

    @for_each_store
    @given(name=texts, number=texts, text=texts)
    def test_any_entity_is_suggested_by_its_own_number(self, store: Store, name: str, number: str, text: str) -> None:
        """Whatever a client number is made of, typing it suggests its entity, unless it is nothing but blanks."""
        firm_id = FirmId(new_uuid())
        with store.transaction() as tx:
            tx.entities.save(entity("e", firm_id=firm_id, name=name, client_number=number.strip() or "1"))
            tx.entities.suggest(firm_id, text, None, 1)
            found = tx.entities.suggest(firm_id, number, None, 1)
        assert [one.entity_id for one in found] == (["e"] if number.strip() else [])

    @for_each_store
    @given(names=st.lists(texts, max_size=6))
    def test_users_of_any_name_come_in_the_order_of_their_keys(self, store: Store, names: list[str]) -> None:
        """Users come by the search key of their names, then by id, whatever the names are made of, page by page."""
        firm_id = FirmId(new_uuid())
        with store.transaction() as tx:
            for number, name in enumerate(names):
                email = EmailAddress.parse(f"jane+{number}@example.com")
                sign_up(tx, user(str(number), email, name=name, firm_id=firm_id), REALTY)
            found: list[str] = []
            request: PageRequest | None = PageRequest(2)
            while request is not None:
                page = tx.users.search(firm_id, "", None, request)
                found.extend(row.user.user_id for row in page.items)
                request = page.next
        assert found == [
            str(one) for one in sorted(range(len(names)), key=lambda one: (search_key(names[one]), str(one)))
        ]

    def test_long_texts_are_kept_whole(self, store: Store) -> None:
        """A name of 500 characters outside the first plane is kept to the last of them."""
        name = "\N{GRINNING FACE}" * 500
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, name=name))
            (found,) = tx.entities.in_scope(Only(ACME, REALTY), PageRequest()).items
        assert found.name == name

    def test_long_names_are_kept_to_their_last_character(self, store: Store) -> None:
        """Names of 500 characters, of a firm, a user, a client or a contact, are told apart by the last of them."""
        for last in "ab":
            name = "n" * 499 + last
            listed = entity(contacts=(Contact(email=JANE, name=name),), name=name, client_number=last)
            with store.transaction() as tx:
                tx.firms.save(firm(FirmId(last), name))
                tx.entities.save(listed)
                sign_up(tx, user(last, jane_at(ord(last)), name=name))
            with store.snapshot() as snapshot:
                assert snapshot.firms.find(FirmId(last)) == firm(FirmId(last), name)
                assert snapshot.entities.find(ACME, REALTY) == listed
                assert snapshot.users.find(ACME, UserId(last)) == user(last, jane_at(ord(last)), name=name)

    def test_long_ids_are_told_apart_by_their_last_character(self, store: Store) -> None:
        """Two ids of 200 characters that end differently are two, whatever they are ids of."""
        emails = {"i" * 199 + last: jane_at(ord(last)) for last in "ab"}
        with store.transaction() as tx:
            for one, email in emails.items():
                keep_all(tx, one, email)
        with store.snapshot() as snapshot:
            for one, email in emails.items():
                assert kept_of(snapshot, one, email) == of_all_kinds(one, email)

    def test_long_addresses_are_told_apart_by_their_last_character(self, store: Store) -> None:
        """Two addresses of 254 octets that end differently have a mailbox, a user and bars each."""
        first, second = (EmailAddress.parse(f"jane@{'x' * 245}.co{last}") for last in "mn")
        with store.transaction() as tx:
            sign_up(tx, user(email=first), REALTY)
            leave_bars(tx, bar(REALTY, first))
            tx.entities.save(entity(REALTY, first))
        with store.transaction() as tx:
            other = tx.mailboxes.lock(ACME, second)
            assert (other.user, tx.bars.of(other)) == (None, Refusals())
            assert tx.users.find_by_email(ACME, first) == user(email=first)
            assert [tx.entities.listing(ACME, email) for email in (first, second)] == [(entity(REALTY),), ()]

    def test_who_barred_is_kept_as_they_are_called(self, store: Store) -> None:
        """A staff id of any characters comes back with the bar."""
        odd = attrs.evolve(bar(since=at(1)), by=StaffId("\N{RIGHT-TO-LEFT OVERRIDE}staff"))
        with store.transaction() as tx:
            leave_bars(tx, odd)
            assert tx.bars.find(ACME, odd.email, REALTY) == odd
