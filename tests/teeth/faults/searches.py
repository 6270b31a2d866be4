"""Searches that find too much or too little."""

import unicodedata
from collections.abc import Callable

import attrs
import pytest

from portal_linkage import FirmId
from portal_linkage.adapters.memory import clients, people
from portal_linkage.adapters.memory.indexes import Directory, Place, Sought
from portal_linkage.domain.values import _orders, words_of

from ..fault import answers, breaks, instead

Found = dict[str, Place]
NAMED = 2
"""The first place of those who are found by their names."""


@breaks("L15", "test_every_word_typed_begins_a_word_of_the_name", "test_a_user_is_found_by_the_words_of_their_name")
def finds_whole_words_alone(patch: pytest.MonkeyPatch) -> None:
    """Whoever has typed only half a name finds nobody."""

    def matching(real: Callable[..., Found], directory: object, sought: Sought) -> Found:
        found = real(directory, sought)
        return {one: it for one, it in found.items() if it[0] < NAMED or {*sought.words} <= {*words_of(it[1])}}

    instead(patch, Directory, "matching", matching)


@breaks("L15", "test_every_word_typed_begins_a_word_of_the_name", by_machine=False)
def finds_any_word(patch: pytest.MonkeyPatch) -> None:
    """It is enough that one of the words fits."""

    def matching(real: Callable[..., Found], directory: object, sought: Sought) -> Found:
        found = {}
        for word in sought.words:
            found.update(real(directory, attrs.evolve(sought, words=(word,))))
        return found or real(directory, sought)

    instead(patch, Directory, "matching", matching)


@breaks("L15", "test_every_word_typed_begins_a_word_of_the_name", by_machine=False)
def does_not_mind_accents(patch: pytest.MonkeyPatch) -> None:
    """Who types a letter without its accent finds those with it."""
    answers(
        patch,
        _orders,
        "search_key",
        lambda key: "".join(one for one in unicodedata.normalize("NFD", key) if not unicodedata.combining(one)),
    )


@breaks("L15", "test_an_inactive_entity_is_not_suggested")
def suggests_inactive_entities(patch: pytest.MonkeyPatch) -> None:
    """The firm is offered entities that nobody can be linked to."""

    def suggest(real: Callable[..., object], entities: clients.Entities, firm_id: FirmId, *about: object) -> object:
        with pytest.MonkeyPatch.context() as meanwhile:
            shelf = entities._session.cabinet(firm_id).entities
            active = {one: attrs.evolve(entity, active=True) for one, entity in shelf.rows.items()}
            meanwhile.setattr(shelf, "rows", active)
            return real(entities, firm_id, *about)

    instead(patch, clients.Entities, "suggest", suggest)


@breaks("L15", "test_suggestions_tell_what_a_user_is_barred_from", by_machine=False)
def suggests_without_a_warning(patch: pytest.MonkeyPatch) -> None:
    """A suggestion does not say that the firm itself has unlinked it."""
    answers(patch, clients, "_suggestion", lambda told: attrs.evolve(told, barred=False))


@breaks("L15", "test_inactive_entities_of_a_user_are_flagged")
def lists_users_without_inactive_entities(patch: pytest.MonkeyPatch) -> None:
    """The firm does not see the inactive entities that a user is linked to."""
    answers(
        patch,
        people,
        "_row",
        lambda row: attrs.evolve(row, entities=tuple(entity for entity in row.entities if entity.active)),
    )
