"""Ids that somebody else takes for one: in another case, composed otherwise, with a blank behind."""

import unicodedata
from collections.abc import Callable, Sequence

import pytest

from portal_linkage import Bar, EntityId, FirmId, Link, UserId
from portal_linkage.adapters.memory import clients, people
from portal_linkage.ports import Mailbox

from ..fault import breaks, instead


def _folded(entity_id: str) -> str:
    return unicodedata.normalize("NFC", entity_id).casefold().rstrip()


@breaks("L7", "test_refusals_of_what_looks_alike_are_apart", by_machine=False)
def bars_from_one_of_two_that_look_alike(patch: pytest.MonkeyPatch) -> None:
    """Whoever is barred from the one is taken to be barred from the other, and is not."""

    def add_many(real: Callable[..., None], bars: people.Bars, mailbox: Mailbox, added: Sequence[Bar]) -> None:
        stand = {_folded(one) for one in bars.of(mailbox).barred}
        real(bars, mailbox, [one for one in added if _folded(one.entity_id) not in stand])

    instead(patch, people.Bars, "add_many", add_many)


@breaks("L4", "test_links_to_what_looks_alike_are_apart", by_machine=False)
def finds_a_link_to_what_looks_alike(patch: pytest.MonkeyPatch) -> None:
    """Whoever is linked to the one has a link to the other."""

    def find(
        real: Callable[..., Link | None], links: people.Links, firm_id: FirmId, user_id: UserId, entity_id: EntityId
    ) -> Link | None:
        held = (one.entity_id for one in links.listing(firm_id, user_id))
        alike = next((one for one in held if _folded(one) == _folded(entity_id)), entity_id)
        return real(links, firm_id, user_id, alike)

    instead(patch, people.Links, "find", find)


@breaks("L13", "test_merges_of_what_looks_alike_are_apart", by_machine=False)
def parts_what_looks_alike(patch: pytest.MonkeyPatch) -> None:
    """Who is merged into nobody any more takes others along."""

    def part(
        real: Callable[..., None], entities: clients.Entities, firm_id: FirmId, entity_ids: Sequence[EntityId]
    ) -> None:
        folded = {_folded(one) for one in entity_ids}
        merged = entities._session.cabinet(firm_id).merged.rows
        real(entities, firm_id, [one for one in merged if _folded(one) in folded])

    instead(patch, clients.Entities, "part", part)
