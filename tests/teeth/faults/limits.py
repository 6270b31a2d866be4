"""What is cut off where nobody has looked: after the first so many."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs
import pytest

from portal_linkage import EntityId, FirmId, User
from portal_linkage.adapters.memory import clients, people
from portal_linkage.adapters.memory.indexes import OrderedSet
from portal_linkage.adapters.memory.series import Series
from portal_linkage.adapters.memory.shelves import Cabinet, PairShelf
from portal_linkage.ports import Refusals

from ..fault import answers, breaks, instead


@breaks(
    "L4",
    "test_a_user_of_very_many_clients_is_shown_all",
    "test_a_user_of_very_many_clients_is_shown_the_bills_of_all",
    by_machine=False,
)
def shows_a_thousand_clients(patch: pytest.MonkeyPatch) -> None:
    """Whoever is linked to more sees the first thousand."""
    answers(patch, Cabinet, "in_scope", lambda found: found[:1000])


@breaks("L3", "test_very_many_users_are_removed_at_once", by_machine=False)
def removes_five_hundred_users(patch: pytest.MonkeyPatch) -> None:
    """Of more that lose their last link at once, the others stay as ghosts."""

    def remove(real: Callable[..., None], users: people.Users, *removed: User) -> None:
        real(users, *removed[:500])

    instead(patch, people.Users, "remove", remove)


@breaks("L7", "test_very_many_may_be_refused_an_entity", by_machine=False)
def carries_the_refusals_of_a_hundred(patch: pytest.MonkeyPatch) -> None:
    """Of more who are barred from an entity that is merged, the others come in by the one that takes over."""
    instead(patch, people.Bars, "_carry", _carry_a_hundred)


def _carry_a_hundred(_: object, bars: people.Bars, shelf: PairShelf[str, Any], gone: EntityId, into: EntityId) -> None:
    for mailbox_id in sorted(shelf.holders_of(gone))[:100]:
        if shelf.find((mailbox_id, into)) is None:
            refusal = shelf.at((mailbox_id, gone))
            is_bar = hasattr(refusal, "entity_id")
            bars._session.put(shelf, (mailbox_id, into), attrs.evolve(refusal, entity_id=into) if is_bar else refusal)


@breaks("L7", "test_very_many_may_be_refused_an_entity", by_machine=False)
def tells_of_a_thousand_who_are_refused(patch: pytest.MonkeyPatch) -> None:
    """A roster change links all others who are barred from the same entity."""

    def first(told: Mapping[str, Refusals]) -> Mapping[str, Refusals]:
        return dict(sorted(told.items())[:1000])

    answers(patch, people.Bars, "touching", first)


@breaks("L15", "test_all_of_very_many_users_are_told", by_machine=False)
def finds_two_hundred_users(patch: pytest.MonkeyPatch) -> None:
    """A search looks no further."""
    answers(patch, people, "_found", lambda found: {*sorted(found)[:200]})


@breaks("L15", "test_a_page_may_be_as_long_as_pages_can_be", by_machine=False)
def asks_for_five_hundred_rows(patch: pytest.MonkeyPatch) -> None:
    """What is behind gives no more at a time, so that the longest page never has a next one."""
    instead(patch, Series, "first", lambda real, *about: real(*about[:-1], min(about[-1], 500)))
    instead(patch, OrderedSet, "after", lambda real, *about: real(*about[:-1], min(about[-1], 500)))


@breaks("L10", "test_very_many_refused_proofs_are_counted_each", by_machine=False)
def counts_ten_refused_proofs(patch: pytest.MonkeyPatch) -> None:
    """A firm that allows more never stops anybody."""
    answers(patch, people.Attempts, "recent", lambda times: times[-10:])


@breaks("L13", "test_all_of_very_many_addresses_that_are_listed_are_told", by_machine=False)
def tells_of_five_hundred_addresses(patch: pytest.MonkeyPatch) -> None:
    """Whom others list with an entity is known of the first."""
    instead(patch, clients.Entities, "listed_elsewhere", _told_of_five_hundred)


def _told_of_five_hundred(
    real: Callable[..., Mapping[EntityId, Mapping[str, object]]],
    entities: clients.Entities,
    firm_id: FirmId,
    entity_ids: Collection[EntityId],
    source: str,
) -> Mapping[EntityId, Mapping[str, object]]:
    told = real(entities, firm_id, entity_ids, source)
    return {one: dict([*addresses.items()][:500]) for one, addresses in told.items()}
