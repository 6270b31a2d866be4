"""Payments > Portal Users: who is found by what."""

import pytest

from ...domain.values import EmailAddress, EntityId, PageRequest
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, REALTY, SMITH, TRUST, entity, jane_at, link, sign_up, user, walk
from ..promises import Promises
from .suggestions import LONG_NAMES

SEARCHED = {
    "u1": ("Jane Smith", "portal.1@example.com", (REALTY, SMITH)),
    "u2": ("jane smith", "j+2@example.com", (TRUST,)),
    "u3": ("Smith-Élan, Jane", "Office@example.com", (SMITH,)),
    "u4": ("", "10@example.com", ("closed",)),
}


def found(store: Store, text: str, entity_id: str | None = None) -> list[str]:
    """The ids of the users that a search finds, in its order."""
    only = None if entity_id is None else EntityId(entity_id)
    with store.snapshot() as snapshot:
        return [row.user.user_id for row in snapshot.users.search(ACME, text, only, PageRequest()).items]


class UserSearchPromises(Promises):
    """Payments > Portal Users: who is found by what. What `UserReader.search` promises."""

    law = "L15"

    @pytest.fixture
    def users(self, store: Store) -> Store:
        """A firm with four users, one of whom holds an inactive entity."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(SMITH, jane_at(1)), entity(TRUST), entity(REALTY, jane_at(2))])
            tx.entities.save(entity("closed", name="Closed Bakery", client_number="Z-77", active=False))
            for user_id, (name, email, held) in SEARCHED.items():
                sign_up(tx, user(user_id, EmailAddress.parse(email), name=name), *held)
        return store

    def test_an_empty_text_finds_everyone_by_name(self, users: Store) -> None:
        """Users come by name, blind to case; who has the same name comes by id."""
        assert found(users, "") == ["u4", "u1", "u2", "u3"]

    @pytest.mark.parametrize("text", [" ", "\t\n", "\N{NO-BREAK SPACE}", "   "])
    def test_blanks_find_nobody(self, users: Store, text: str) -> None:
        """A text of nothing but blanks is no search for everyone."""
        assert found(users, text) == []

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("portal.", ["u1"]),
            ("PORTAL.1@EXAMPLE.COM", ["u1"]),
            ("portal.1@example.com.au", []),
            ("office@", ["u3"]),
            ("10@", ["u4"]),
            ("example.com", []),
        ],
    )
    def test_a_user_is_found_by_how_their_address_begins(self, users: Store, text: str, expected: list[str]) -> None:
        """The beginning of an address finds its user, in any case; its middle does not."""
        assert found(users, text) == expected

    @pytest.mark.parametrize("text", ["\N{LATIN SMALL LETTER E WITH ACUTE}.office", "e\N{COMBINING ACUTE ACCENT}.OFF"])
    def test_a_user_is_found_by_an_address_with_an_accent_however_it_is_typed(self, users: Store, text: str) -> None:
        """An address keeps the case of its accented letters, a search is blind to it."""
        with users.transaction() as tx:
            email = EmailAddress.parse("\N{LATIN CAPITAL LETTER E WITH ACUTE}.Office@example.com")
            sign_up(tx, user("u9", email=email), REALTY)
        assert found(users, text) == ["u9"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("1002", ["u2"]), ("100", ["u1", "u2", "u3"]), ("z-7", ["u4"]), ("z 77", []), ("002", []), ("10020", [])],
    )
    def test_a_user_is_found_by_how_the_number_of_their_entity_begins(
        self, users: Store, text: str, expected: list[str]
    ) -> None:
        """The beginning of a client number finds who is linked to that client, an inactive one too."""
        assert found(users, text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("JANE", ["u1", "u2", "u3"]),
            ("élan", ["u3"]),
            ("E\N{COMBINING ACUTE ACCENT}LAN", ["u3"]),
            ("lan", []),
            ("jan élan", ["u3"]),
            ("-- jan, é?", ["u3"]),
        ],
    )
    def test_a_user_is_found_by_the_words_of_their_name(self, users: Store, text: str, expected: list[str]) -> None:
        """Every typed word begins a word of the user's name, in any order, whatever stands between them."""
        assert found(users, text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("group", ["u1"]), ("real gr", ["u1"]), ("fam trust", ["u2"]), ("bakery closed", ["u4"]), ("ealty", [])],
    )
    def test_a_user_is_found_by_the_words_of_one_entity(self, users: Store, text: str, expected: list[str]) -> None:
        """Every typed word begins a word of one linked entity's name, an inactive one's too."""
        assert found(users, text) == expected

    @pytest.mark.parametrize("name", LONG_NAMES)
    def test_a_user_is_found_by_a_long_name_to_its_end(self, users: Store, name: str) -> None:
        """The last word of their name, or of a linked entity's, is found like the first, and no other for it."""
        with users.transaction() as tx:
            tx.entities.save_many([entity("x", name=name), entity("y", name=f"{name}y")])
            for number, one in enumerate("xy", 7):
                sign_up(tx, user(f"by their name {one}", jane_at(number), name=f"{name}{one}"), TRUST)
                sign_up(tx, user(f"by that of {one}", jane_at(number + 2), name=""), one)
        *_, last = name.split()
        for text in (f"{last}y", f"{name}y"):
            assert found(users, text) == ["by that of y", "by their name y"]
        assert len(found(users, last)) == 4

    @pytest.mark.parametrize("text", ["group 1001", "closed jane", "trust realty"])
    def test_words_are_not_gathered_from_several_names(self, users: Store, text: str) -> None:
        """Words that stand in different names do not add up to a match."""
        assert found(users, text) == []

    @pytest.mark.parametrize("text", ["%", "_", "1001%", "100_", "j_ne", "%ane", "*", "'", "[a-z]", "\\"])
    def test_odd_texts_find_nobody(self, users: Store, text: str) -> None:
        """The wildcards of a database are no more than characters that no name holds."""
        assert found(users, text) == []

    def test_blanks_around_a_text_do_not_matter(self, users: Store) -> None:
        """A text is trimmed before it is looked for."""
        assert found(users, "  1002 \t") == ["u2"]

    def test_only_users_linked_to_an_entity_are_found_if_so_asked(self, users: Store) -> None:
        """With an entity, everyone who is linked to it is found, in the same order, and nobody else."""
        assert found(users, "", SMITH) == ["u1", "u3"]

    def test_both_the_text_and_the_entity_have_to_fit(self, users: Store) -> None:
        """With a text and an entity, only who matches the text and is linked to the entity is found."""
        assert found(users, "élan", SMITH) == ["u3"]
        assert found(users, "élan", TRUST) == []

    def test_the_text_may_match_another_entity_than_the_one_asked_for(self, users: Store) -> None:
        """The entity narrows the users, not what the text is compared with."""
        assert found(users, "group", SMITH) == ["u1"]

    def test_nobody_is_linked_to_an_entity_that_is_not_there(self, users: Store) -> None:
        """An unknown entity has no users."""
        assert found(users, "", "9999") == []

    def test_blanks_find_nobody_at_an_entity_either(self, users: Store) -> None:
        """With an entity too, blanks are no search for everyone."""
        assert found(users, " ", SMITH) == []

    def test_a_user_comes_with_all_their_entities_in_link_order(self, users: Store) -> None:
        """Each row shows all entities of the user, in link order, not those alone that the text matched."""
        with users.snapshot() as snapshot:
            (row,) = snapshot.users.search(ACME, "group", None, PageRequest()).items
        assert [one.entity_id for one in row.entities] == [REALTY, SMITH]

    def test_a_user_comes_without_the_contacts_of_their_entities(self, users: Store) -> None:
        """A row holds no contact of an entity."""
        with users.snapshot() as snapshot:
            rows = snapshot.users.search(ACME, "", None, PageRequest()).items
        assert [one.contacts for row in rows for one in row.entities] == [()] * 5

    def test_inactive_entities_of_a_user_are_flagged(self, users: Store) -> None:
        """An inactive entity is in the row, and is seen to be inactive."""
        with users.snapshot() as snapshot:
            (row,) = snapshot.users.search(ACME, "z-77", None, PageRequest()).items
        assert [(one.entity_id, one.active) for one in row.entities] == [("closed", False)]

    def test_a_user_found_in_several_ways_comes_once(self, users: Store) -> None:
        """Address, name, and two entities that match give one row."""
        with users.transaction() as tx:
            sign_up(tx, user("u5", EmailAddress.parse("zoo@example.com"), name="Zoo"), "zoo-1", "zoo-2")
            tx.entities.save_many([entity("zoo-1", name="Zoo"), entity("zoo-2", name="Zoo Zoo")])
        assert found(users, "zoo") == ["u5"]

    def test_a_search_goes_page_by_page(self, users: Store) -> None:
        """The pages of a search, one after the other, are the whole."""
        with users.snapshot() as snapshot:
            pages = list(walk(lambda page: snapshot.users.search(ACME, "jane", None, page), 2))
        assert [[row.user.user_id for row in page] for page in pages] == [["u1", "u2"], ["u3"]]

    def test_users_of_other_firms_are_not_found(self, users: Store) -> None:
        """A search at a firm does not reach through its walls."""
        with users.snapshot() as snapshot:
            assert snapshot.users.search(OTHER_FIRM, "", None, PageRequest()).items == ()

    def test_a_removed_user_is_not_found_any_more(self, users: Store) -> None:
        """Who is gone is found neither by name nor by address nor by entity."""
        with users.transaction() as tx:
            person = tx.users.find(ACME, user("u2").user_id)
            assert person is not None
            tx.links.remove_many([link(TRUST, "u2")])
            tx.users.remove(person)
        assert [found(users, text) for text in ("", "j+2@", "trust")] == [["u4", "u1", "u3"], [], []]

    def test_an_unlinked_entity_finds_its_user_no_more(self, users: Store) -> None:
        """Only entities that a user is linked to lead to them."""
        with users.transaction() as tx:
            tx.links.remove_many([link(REALTY, "u1")])
        assert found(users, "group") == []

    def test_a_renamed_entity_is_found_by_its_new_name_alone(self, users: Store) -> None:
        """The words and the number are those that the entity has now."""
        with users.transaction() as tx:
            tx.entities.save(entity(TRUST, name="Smith Foundation", client_number="2002"))
        assert [found(users, text) for text in ("trust", "1002", "foundation", "2002")] == [[], [], ["u2"], ["u2"]]
