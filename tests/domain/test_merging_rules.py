"""What a merge does to links, decided: what goes over, who sees more, what stands against it (L7, L12, L13)."""

from collections.abc import Collection

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    ContactRemoved,
    EntityId,
    GroundKind,
    Link,
    LinkagePolicy,
    LinkChange,
    UserId,
)
from portal_linkage.domain import rosters
from portal_linkage.domain.rosters import EntityChange, Known, RosterEffects
from portal_linkage.testing import builders as b

ARRIVAL, LISTING, PROOF = GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING, GroundKind.PROOF
SMITH, TRUST, REALTY = b.SMITH, b.TRUST, b.REALTY
JOHN_ID = UserId("john")
KEYS = sorted([b.JANE.key, b.jane_at(1).key])
STAYS, LISTS = b.entity(SMITH), b.entity(SMITH, b.JANE)


def link(entity_id: EntityId, *kinds: GroundKind, user_id: UserId = b.JANE_ID) -> Link:
    """A link by grounds that came one minute after the other."""
    return b.link(entity_id, user_id, *(b.ground(kind, b.at(minute)) for minute, kind in enumerate(kinds)))


def merge(
    *links: Link,
    before: ClientEntity | None = STAYS,
    after: ClientEntity = STAYS,
    barred: Collection[EntityId] = (),
    left: Collection[EntityId] = (),
    contact_removed: ContactRemoved = ContactRemoved.KEEP,
) -> RosterEffects:
    """What becomes of links when Jane's trust and her realty group are merged into her own entity."""
    known = Known(
        users={b.JANE.key: b.user(), b.jane_at(1).key: b.user(JOHN_ID, b.jane_at(1))},
        barred=dict.fromkeys(KEYS, barred),
        left=dict.fromkeys(KEYS, left),
        links={(one.user_id, one.entity_id): one for one in links},
    )
    return rosters.roster_change(
        [EntityChange(before, after)],
        known,
        LinkagePolicy(auto_link=AutoLink.CONTINUOUS, contact_removed=contact_removed),
        source="pms",
        at=b.at(60),
        merged={TRUST: SMITH, REALTY: SMITH},
    )


def test_all_grounds_go_over_each_kind_once() -> None:
    """The first of a kind, by the ids of those that are gone, stands for the others (L12)."""
    trust, realty = link(TRUST, LISTING, PROOF), link(REALTY, PROOF, ARRIVAL)
    effects = merge(trust, realty)
    (gained,) = effects.gained
    assert gained.entity_id == SMITH
    assert gained.grounds == (*trust.grounds, realty.grounds[1])
    assert effects.gains == (LinkChange(b.JANE_ID, SMITH, f"{TRUST} was merged into it"),)


def test_a_link_that_stands_is_given_what_it_lacks() -> None:
    """What it has of a kind stays as it is (L12)."""
    smith, trust, realty = link(SMITH, ARRIVAL), link(TRUST, LISTING, ARRIVAL), link(REALTY, PROOF)
    effects = merge(smith, trust, realty)
    missing = (trust.grounds[0], realty.grounds[0])
    assert effects.grounds_added == [(smith, missing[0]), (smith.with_ground(missing[0]), missing[1])]
    assert effects.gained == []


def test_who_is_linked_by_a_merge_is_not_linked_again_by_a_listing() -> None:
    """One roster may bring both: the listing is one more ground of the link that goes over (L9)."""
    effects = merge(link(TRUST, ARRIVAL), after=LISTS)
    (gained,) = effects.gained
    assert effects.grounds_added == [(gained, b.ground(LISTING, b.at(60), "pms"))]


@pytest.mark.parametrize("lists", [True, False])
def test_a_listing_goes_over_where_the_survivor_lists_the_address(*, lists: bool) -> None:
    """Where contacts take their links along, it is lost otherwise (L12)."""
    smith = LISTS if lists else STAYS
    effects = merge(link(TRUST, LISTING), before=smith, after=smith, contact_removed=ContactRemoved.WITHDRAW)
    assert [one.grounds for one in effects.gained] == ([link(TRUST, LISTING).grounds] if lists else [])


def test_everyone_is_told_of_who_will_see_more_or_nothing() -> None:
    """Whoever is linked to one of them will see the bills of all, unless the survivor sleeps (L13)."""
    held = [link(REALTY, ARRIVAL), link(TRUST, ARRIVAL, user_id=JOHN_ID)]
    effects = merge(*held, after=b.entity(SMITH, active=False))
    why = {one.user_id: f"it is one with {one.entity_id} from now on, to which they are linked" for one in held}
    assert effects.exposed == [
        *(LinkChange(JOHN_ID, entity_id, why[JOHN_ID]) for entity_id in (SMITH, REALTY)),
        *(LinkChange(b.JANE_ID, entity_id, why[b.JANE_ID]) for entity_id in (SMITH, TRUST)),
    ]
    assert effects.hidden == effects.gained
    assert [one.user_id for one in effects.hidden] == [JOHN_ID, b.JANE_ID]


@pytest.mark.parametrize(
    ("barred", "left", "why"),
    [
        ({REALTY}, (), "barred at what it was merged with"),
        ((), {REALTY}, "left at what it was merged with, and nothing but a listing was its ground"),
    ],
)
def test_a_link_by_a_listing_ends_where_another_was_refused(
    barred: Collection[EntityId], left: Collection[EntityId], why: str
) -> None:
    """With the reason in words (L7)."""
    effects = merge(link(SMITH, LISTING), link(TRUST, LISTING), barred=barred, left=left)
    assert effects.losses == (LinkChange(b.JANE_ID, SMITH, why), LinkChange(b.JANE_ID, TRUST, why))
    assert effects.gained == []


def test_a_firm_s_grant_lifts_what_stood_against_each_of_them() -> None:
    """The bars of all who are granted one of them, and what they had left (L7)."""
    granted = [link(TRUST, GroundKind.FIRM_GRANT, user_id=user_id) for user_id in (b.JANE_ID, JOHN_ID)]
    effects = merge(*granted, barred={SMITH}, left={REALTY})
    assert effects.lifted == [(key, SMITH) for key in KEYS]
    assert effects.forgotten == [(key, REALTY) for key in KEYS]
    assert {one.user_id for one in effects.gained} == {b.JANE_ID, JOHN_ID}


@pytest.mark.parametrize(("barred", "left"), [({TRUST}, ()), ((), {TRUST})])
@pytest.mark.parametrize("before", [STAYS, None])
def test_what_was_refused_at_one_is_refused_at_the_other_at_once(
    barred: Collection[EntityId], left: Collection[EntityId], before: ClientEntity | None
) -> None:
    """A listing that the same roster brings links nobody who was barred from, or left, what is merged (L7)."""
    assert [one.entity_id for one in merge(before=before, after=LISTS).gained] == [SMITH]
    assert merge(before=before, after=LISTS, barred=barred, left=left).gained == []
