"""What a merge does to links, decided: what goes over, and what stands against it (L7, L12)."""

from collections.abc import Collection, Mapping

import pytest

from portal_linkage import AutoLink, ClientEntity, EntityId, GroundKind, Link, LinkagePolicy
from portal_linkage.domain import rosters
from portal_linkage.domain.rosters import EntityChange, Known, RosterEffects
from portal_linkage.testing import builders as b

ARRIVAL, LISTING, PROOF = GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING, GroundKind.PROOF
SMITH, TRUST, REALTY = b.SMITH, b.TRUST, b.REALTY
STAYS = EntityChange(b.entity(SMITH), b.entity(SMITH))
INTO_SMITH = {TRUST: SMITH, REALTY: SMITH}


def merge(
    *links: Link,
    change: EntityChange = STAYS,
    merged: Mapping[EntityId, EntityId] = INTO_SMITH,
    barred: Collection[EntityId] = (),
    left: Collection[EntityId] = (),
) -> RosterEffects:
    """What becomes of Jane's links when her trust and her realty group are merged into her own entity."""
    known = Known(
        users={b.JANE.key: b.user()},
        barred={b.JANE.key: barred},
        left={b.JANE.key: left},
        links={(link.user_id, link.entity_id): link for link in links},
    )
    policy = LinkagePolicy(auto_link=AutoLink.CONTINUOUS)
    return rosters.roster_change([change], known, policy, source="pms", at=b.at(60), merged=merged)


def test_all_grounds_go_over_each_kind_once() -> None:
    """The first of a kind, by the ids of those that are gone, stands for the others (L12)."""
    trust = b.link(TRUST, b.JANE_ID, b.ground(LISTING, b.at(2)), b.ground(PROOF, b.at(3)))
    realty = b.link(REALTY, b.JANE_ID, b.ground(ARRIVAL, b.at(1)), b.ground(PROOF, b.at(4)))
    (gained,) = merge(trust, realty).gained
    assert gained.entity_id == SMITH
    assert gained.grounds == (*trust.grounds, realty.grounds[0])


@pytest.mark.parametrize(("barred", "left"), [({TRUST}, ()), ((), {TRUST})])
@pytest.mark.parametrize("survivor", [STAYS.before, None])
def test_what_was_refused_at_one_is_refused_at_the_other_at_once(
    barred: Collection[EntityId], left: Collection[EntityId], survivor: ClientEntity | None
) -> None:
    """A listing that the same roster brings links nobody who was barred from, or left, what is merged (L7)."""
    lists = EntityChange(survivor, b.entity(SMITH, b.JANE))
    assert [link.entity_id for link in merge(change=lists).gained] == [SMITH]
    assert merge(change=lists, barred=barred, left=left).gained == []
