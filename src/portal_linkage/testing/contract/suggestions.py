"""What the firm may mean when it types a name or a number."""

import pytest

from ...domain.outcomes import Suggestion
from ...domain.values import UserId, search_key
from ...ports import Store
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    bar,
    entity,
    jane_at,
    leave_bars,
    sign_up,
    user,
)
from ..promises import Promises

MORE = {
    "e1": ("100 Smith Street, LLC", "S-100"),
    "e2": ("smithereens of Jane", "AB-1"),
    "e3": ("O'Smith & Élan_Jane", "ab-2"),
    "e4": ("Straße 7", "007"),
    "e5": ("!!!", "1-001"),
}

LONG_NAMES = (" ".join(f"w{number}" for number in range(12)), "w" * 40, "w" * 199)
"""Of many words, of a long one, and of as long a one as a `search_key` tells from a longer."""


def suggested(store: Store, text: str, limit: int = 10) -> list[str]:
    """The ids of the entities suggested."""
    with store.snapshot() as snapshot:
        return [one.entity_id for one in snapshot.entities.suggest(ACME, text, None, limit)]


class SuggestionPromises(Promises):
    """What the firm may mean when it types a name or a number: what `EntityReader.suggest` promises."""

    law = "L15"

    @pytest.fixture
    def clients(self, store: Store) -> Store:
        """A firm with three clients of Jane's and five more, and one that is inactive."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(SMITH, JANE), entity(TRUST), entity(REALTY)])
            tx.entities.save_many(entity(one, name=name, client_number=number) for one, (name, number) in MORE.items())
            tx.entities.save(entity("1009", name="Smith Bakery", active=False))
        return store

    def test_a_suggestion_tells_who_is_meant(self, clients: Store) -> None:
        """A suggestion names the entity, its number, and both together as its label."""
        with clients.snapshot() as snapshot:
            assert snapshot.entities.suggest(ACME, "1001", None, 10) == (
                Suggestion(entity_id=SMITH, client_number="1001", name="Smith, Jane", label="Smith, Jane (1001)"),
            )

    @pytest.mark.parametrize("text", ["", " ", "\t", "\N{IDEOGRAPHIC SPACE}"])
    def test_blanks_suggest_nothing(self, clients: Store, text: str) -> None:
        """Nothing typed, nothing suggested."""
        assert suggested(clients, text) == []

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("1002", [TRUST]), ("1003", [REALTY]), ("AB-2", ["e3"]), ("ab-1", ["e2"]), (" 007 ", ["e4"])],
    )
    def test_a_client_number_suggests_who_bears_it(self, clients: Store, text: str, expected: list[str]) -> None:
        """A number typed whole, in any case, suggests whoever bears it."""
        assert suggested(clients, text) == expected

    def test_a_number_begun_suggests_by_name(self, clients: Store) -> None:
        """All whose number begins so come, by name, before those in whose name it begins a word."""
        assert suggested(clients, "100") == [REALTY, TRUST, SMITH, "e1"]

    def test_an_exact_number_comes_before_a_longer_one(self, clients: Store) -> None:
        """Whoever bears exactly what was typed comes first, whatever the names."""
        with clients.transaction() as tx:
            tx.entities.save_many(
                [entity("x", name="Zoo", client_number="10"), entity("y", name="Aa", client_number="101")]
            )
        assert suggested(clients, "10") == ["x", "y", REALTY, TRUST, SMITH, "e1"]

    def test_names_that_begin_so_come_before_others(self, clients: Store) -> None:
        """A name that begins with the words typed comes before one that holds them further on."""
        assert suggested(clients, "smith") == [TRUST, SMITH, "e2", "e1", REALTY, "e3"]

    def test_a_name_begins_with_all_words_typed(self, clients: Store) -> None:
        """Several words typed in the order of the name, the last perhaps cut short, are the beginning of the name."""
        assert suggested(clients, "jane smi") == [REALTY, "e3", SMITH, "e2"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("jane SMITH,", [REALTY, "e3", SMITH, "e2"]),
            ("jan fam", []),
            ("trust smith", [TRUST]),
            ("smith smith", ["e1", REALTY, "e3", TRUST, SMITH, "e2"]),
            ("mith", []),
            ("smith jane", [SMITH, REALTY, "e3", "e2"]),
            ("élan", ["e3"]),
            ("e\N{COMBINING ACUTE ACCENT}l", ["e3"]),
            ("elan", []),
            ("STRASSE", ["e4"]),
            ("o", ["e3", "e2"]),
            ("7", ["e4"]),
            ("group realty smith jane", [REALTY]),
        ],
    )
    def test_every_word_typed_begins_a_word_of_the_name(self, clients: Store, text: str, expected: list[str]) -> None:
        """Words are compared blind to case, in any order, from their beginnings; an accent counts."""
        assert suggested(clients, text) == expected

    def test_a_text_without_words_is_compared_with_numbers_alone(self, clients: Store) -> None:
        """Signs have no words, and suggest nobody whose number does not begin so."""
        assert [suggested(clients, text) for text in ("!!!", "-", "%", "_", "1-0")] == [[], [], [], [], ["e5"]]

    def test_an_inactive_entity_is_not_suggested(self, clients: Store) -> None:
        """Neither number nor name of an inactive entity leads to it."""
        assert "1009" not in suggested(clients, "1009") + suggested(clients, "bakery") + suggested(clients, "smith")

    def test_an_entity_id_is_not_searched(self, clients: Store) -> None:
        """The key of the PMS is not what people type."""
        assert suggested(clients, "e1") == []

    def test_suggestions_of_one_name_come_by_id(self, clients: Store) -> None:
        """Who has the same name, but for case, comes by entity id."""
        with clients.transaction() as tx:
            tx.entities.save_many([entity("z", name="zoo"), entity("x", name="Zoo"), entity("y", name="ZOO")])
        assert suggested(clients, "zoo") == ["x", "y", "z"]

    def test_only_the_first_few_are_suggested(self, clients: Store) -> None:
        """With a limit, the first so many of the whole order come."""
        whole = suggested(clients, "smith")
        assert [suggested(clients, "smith", limit) for limit in (1, 3, 5, 6)] == [
            whole[:1],
            whole[:3],
            whole[:5],
            whole,
        ]

    def test_the_first_few_are_the_first_of_many(self, clients: Store) -> None:
        """Among very many matches the limit picks by the order, not by chance."""
        names = {f"m{number}": f"Mill {number * 37 % 100:02d}" for number in range(100)}
        with clients.transaction() as tx:
            tx.entities.save_many(entity(one, name=name) for one, name in names.items())
        expected = sorted(names, key=lambda one: (search_key(names[one]), one))[:7]
        assert suggested(clients, "mill", 7) == expected

    @pytest.mark.parametrize("name", LONG_NAMES)
    def test_a_long_name_is_searched_to_its_end(self, clients: Store, name: str) -> None:
        """Its last word is found like the first, and a long word by no other that only begins like it."""
        with clients.transaction() as tx:
            tx.entities.save_many([entity("x", name=name), entity("y", name=f"{name}y")])
        *_, last = name.split()
        assert suggested(clients, f"{last}y") == suggested(clients, f"{name}y") == ["y"]
        assert suggested(clients, last) == suggested(clients, name) == ["x", "y"]

    def test_suggestions_tell_what_a_user_is_linked_to(self, clients: Store) -> None:
        """With a user, each suggestion tells whether they are linked to it."""
        with clients.transaction() as tx:
            sign_up(tx, user(), REALTY)
            sign_up(tx, user("ann", jane_at(1)), SMITH)
        with clients.snapshot() as snapshot:
            found = snapshot.entities.suggest(ACME, "100", JANE_ID, 3)
        assert {one.entity_id: one.linked for one in found} == {REALTY: True, TRUST: False, SMITH: False}

    def test_suggestions_tell_what_a_user_is_barred_from(self, clients: Store) -> None:
        """With a user, each suggestion tells whether their address is barred from it; having left it is no bar."""
        with clients.transaction() as tx:
            mailbox = sign_up(tx, user(), REALTY)
            leave_bars(tx, bar(SMITH), bar(REALTY, jane_at(1)))
            tx.bars.remember_leaving(mailbox, TRUST)
        with clients.snapshot() as snapshot:
            found = snapshot.entities.suggest(ACME, "100", JANE_ID, 3)
        assert {one.entity_id: one.barred for one in found} == {REALTY: False, TRUST: False, SMITH: True}

    def test_without_a_user_nothing_is_linked_or_barred(self, clients: Store) -> None:
        """Suggestions for nobody in particular tell nobody's links and bars."""
        with clients.transaction() as tx:
            sign_up(tx, user(), REALTY)
            leave_bars(tx, bar(SMITH))
        with clients.snapshot() as snapshot:
            found = snapshot.entities.suggest(ACME, "100", None, 10)
        assert {(one.linked, one.barred) for one in found} == {(False, False)}

    def test_suggestions_for_an_unknown_user_are_those_for_nobody(self, clients: Store) -> None:
        """Somebody who is no user is linked to nothing and barred from nothing."""
        with clients.snapshot() as snapshot:
            unknown = snapshot.entities.suggest(ACME, "100", UserId("nobody"), 10)
            assert unknown == snapshot.entities.suggest(ACME, "100", None, 10)

    def test_other_firms_are_not_suggested(self, clients: Store) -> None:
        """A firm is suggested its own clients alone."""
        with clients.snapshot() as snapshot:
            assert snapshot.entities.suggest(OTHER_FIRM, "smith", None, 10) == ()

    def test_suggestions_follow_every_change(self, clients: Store) -> None:
        """A new name and a new number are found, the old ones are not, and back again."""
        assert suggested(clients, "1002") == [TRUST]
        with clients.transaction() as tx:
            tx.entities.save(entity(TRUST, name="Foundation", client_number="F-1"))
        assert [suggested(clients, text) for text in ("1002", "family", "f-1", "foundation")] == [
            [],
            [],
            [TRUST],
            [TRUST],
        ]
        with clients.transaction() as tx:
            tx.entities.save(entity(TRUST, name="\u2014"))
        assert suggested(clients, "foundation") == []
        with clients.transaction() as tx:
            tx.entities.save(entity(TRUST))
        assert [suggested(clients, text) for text in ("1002", "family", "f-1")] == [[TRUST], [TRUST], []]

    def test_a_word_is_found_as_long_as_one_name_holds_it(self, clients: Store) -> None:
        """When one of two who share a word is renamed, the word still leads to the other."""
        with clients.transaction() as tx:
            tx.entities.save(entity(SMITH, name="Jane"))
        assert suggested(clients, "smith") == [TRUST, "e2", "e1", REALTY, "e3"]
