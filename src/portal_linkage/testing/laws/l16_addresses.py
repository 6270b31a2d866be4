"""L16: addresses match narrowly."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ... import AlreadySignedUp, EmailAddress, InvalidEmail, SignedUp
from .. import strategies
from ..promises import Promises, for_each_store
from .model_texts import is_address, key_of
from .town import ACME, JANE, client
from .trial import Trial

anything = st.one_of(
    strategies.addresses(),
    strategies.confusable_addresses(),
    strategies.hostile_texts(),
    st.text("aA.@+- \t\u00e9\u0301\u212a\u200b\ue000\u00a0", max_size=12),
    st.builds("{}@{}".format, st.text(max_size=6), st.text(max_size=6)),
)


class AddressLaw(Promises):
    """L16: addresses match narrowly."""

    law = "L16"

    @settings(for_each_store, max_examples=600)
    @given(text=anything)
    def test_a_text_is_an_address_exactly_where_the_law_says(self, text: str) -> None:
        """L16: what may be an address is read, with the key of the law; all else is `InvalidEmail`, and no more."""
        if is_address(text):
            address = EmailAddress.parse(text)
            assert address.key == key_of(text)
            assert str(address) == text.strip(" \t\r\n")
        else:
            with pytest.raises(InvalidEmail):
                EmailAddress.parse(text)

    @for_each_store
    @given(text=strategies.confusable_addresses())
    def test_what_only_looks_like_ascii_is_refused(self, text: str) -> None:
        """L16: the Kelvin sign, the Greek question mark and the Greek varia are let into no address."""
        with pytest.raises(InvalidEmail) as refused:
            EmailAddress.parse(text)
        assert text not in str(refused.value)

    def test_lower_casing_is_followed_by_composing_once_more(self) -> None:
        """L16: a capital H with a macron below has no letter of its own, the small one has: both are one address."""
        assert EmailAddress.parse("H\u0331@example.com") == EmailAddress.parse("\u1e96@example.com")

    @for_each_store
    @given(one=strategies.addresses(), other=strategies.addresses(), data=st.data())
    def test_addresses_are_equal_exactly_when_their_keys_are(self, one: str, other: str, data: st.DataObject) -> None:
        """L16: another spelling is the same address, in a set too; every other difference makes two."""
        again = EmailAddress.parse(data.draw(strategies.respellings(one)))
        assert again == EmailAddress.parse(one)
        assert len({again, EmailAddress.parse(one)}) == 1
        assert (EmailAddress.parse(one) == EmailAddress.parse(other)) == (key_of(one) == key_of(other))
        assert one not in repr(again)

    @settings(for_each_store, max_examples=20)
    @given(one=strategies.addresses(), other=strategies.addresses(), data=st.data())
    def test_a_store_takes_two_addresses_for_one_exactly_when_the_law_does(
        self, one: str, other: str, data: st.DataObject
    ) -> None:
        """L16: a contact is found by any spelling of its address, and by no other address."""
        assume(key_of(one) != key_of(other))
        respelled = data.draw(strategies.respellings(one))
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client("1001", one), client("1002", other)])
            signed_up = trial.sign_up(ACME, respelled)
            assert isinstance(signed_up, SignedUp)
            assert [link.entity_id for link in signed_up.links] == ["1001"]
            assert isinstance(trial.sign_up(ACME, one), AlreadySignedUp)
            assert trial.portal.find_user(ACME, EmailAddress.parse(other)) is None
            assert isinstance(trial.sign_up(ACME, other), SignedUp)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (JANE, "jane.smith+tax@example.com"),
            (JANE, "janesmith@example.com"),
            (JANE, "jane.smith@EXAMPLE.org"),
            ("\u00c9tude@example.com", "\u00e9tude@example.com"),
            ("stra\u00dfe@example.com", "strasse@example.com"),
            ("\u0130x@example.com", "ix@example.com"),
        ],
    )
    def test_tags_dots_domains_and_letters_outside_ascii_count(self, one: str, other: str) -> None:
        """L16: what some mail providers, or a case-blind database, take for one mailbox is two addresses here."""
        assert EmailAddress.parse(one) != EmailAddress.parse(other)

    def test_a_search_finds_an_address_by_what_it_begins_with(self) -> None:
        """The paragraph *Search*: a text that begins the address, blind to case, finds its user, in any alphabet."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client("1001", "\u00c9tude@example.com")])
            trial.sign_up(ACME, "\u00c9tude@example.com")
            assert len(trial.portal.portal_users(trial.staff(ACME), search="\u00c9tude@example").items) == 1
