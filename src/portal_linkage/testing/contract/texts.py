"""Texts of all the world are kept as they are, and told apart by code point."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...domain.entities import Contact
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
from ...ports import Store
from ..builders import ACME, REALTY, at, bar, entity, firm, invoice, leave_bars, sign_up, user
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
    "0",
    "A" * 200,
]

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


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

    def test_who_barred_is_kept_as_they_are_called(self, store: Store) -> None:
        """A staff id of any characters comes back with the bar."""
        odd = attrs.evolve(bar(since=at(1)), by=StaffId("\N{RIGHT-TO-LEFT OVERRIDE}staff"))
        with store.transaction() as tx:
            leave_bars(tx, odd)
            assert tx.bars.find(ACME, odd.email, REALTY) == odd
