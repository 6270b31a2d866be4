"""What a roster change does to links, decided: appearing, vanishing, hiding, and what it costs (L7, L12, L13)."""

from collections.abc import Collection

import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    Contact,
    ContactRemoved,
    EntityId,
    GroundKind,
    Link,
    LinkagePolicy,
    LinkChange,
    User,
    UserId,
)
from portal_linkage.domain import rosters
from portal_linkage.domain.rosters import HELD_AT_MOST, EntityChange, Known, RosterEffects
from portal_linkage.testing import builders as b

LISTING, ARRIVAL = GroundKind.CONTACT_LISTING, GroundKind.ARRIVAL
KEEPS, WITHDRAWS = LinkagePolicy(), LinkagePolicy(contact_removed=ContactRemoved.WITHDRAW)
CONTINUES = LinkagePolicy(auto_link=AutoLink.CONTINUOUS)
BOTH = LinkagePolicy(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)

LISTS, LISTS_NOT = b.entity(b.REALTY, b.JANE), b.entity(b.REALTY)
ASLEEP, ASLEEP_NOT = b.entity(b.REALTY, b.JANE, active=False), b.entity(b.REALTY, active=False)
BY_ARRIVAL, BY_LISTING = b.link(), b.link(b.REALTY, b.JANE_ID, b.ground(LISTING))
BY_BOTH = b.link(b.REALTY, b.JANE_ID, b.ground(ARRIVAL), b.ground(LISTING))


def change(
    before: ClientEntity | None,
    after: ClientEntity,
    policy: LinkagePolicy = BOTH,
    *links: Link,
    users: Collection[User] = (b.user(),),
    refused: Collection[EntityId] = (),
) -> RosterEffects:
    """What one change does to Jane's links."""
    known = Known(
        users={user.email.key: user for user in users},
        barred={b.JANE.key: refused},
        links={(link.user_id, link.entity_id): link for link in links},
    )
    return rosters.roster_change([EntityChange(before, after)], known, policy, source="pms", at=b.at(60))


def kinds(effects: RosterEffects) -> set[str]:
    """Which lists of the effects are not empty."""
    return {name for name in RosterEffects.__slots__ if name[0] != "_" and getattr(effects, name)}


@pytest.mark.parametrize(
    ("before", "after", "appears", "vanishes"),
    [
        (None, LISTS, True, False),
        (None, LISTS_NOT, False, False),
        (None, ASLEEP, False, False),
        (LISTS_NOT, LISTS, True, False),
        (LISTS_NOT, ASLEEP, False, False),
        (ASLEEP, LISTS, True, False),
        (ASLEEP_NOT, LISTS, True, False),
        (ASLEEP_NOT, ASLEEP, False, False),
        (LISTS, LISTS, False, False),
        (LISTS, LISTS_NOT, False, True),
        (LISTS, ASLEEP, False, False),
        (LISTS, ASLEEP_NOT, False, True),
        (ASLEEP, ASLEEP_NOT, False, True),
        (ASLEEP, LISTS_NOT, False, True),
    ],
)
def test_when_a_listing_appears_or_vanishes(
    before: ClientEntity | None, after: ClientEntity, *, appears: bool, vanishes: bool
) -> None:
    """Becoming active again is appearing; an inactive entity's listing does not appear, and does not vanish."""
    one = EntityChange(before, after)
    assert (set(one.appeared), set(one.vanished)) == (
        {b.JANE.key} if appears else set(),
        {b.JANE.key} if vanishes else set(),
    )
    assert one.deactivates is (before is not None and before.active and not after.active)
    assert one.reactivates is (before is not None and not before.active and after.active)
    assert bool(rosters.concerned([one], CONTINUES)) is appears
    assert bool(rosters.concerned([one], WITHDRAWS)) is vanishes
    assert rosters.concerned([one], KEEPS) == {}
    assert bool(rosters.concerned([one], BOTH)) is (appears or vanishes)


def test_another_spelling_of_an_address_is_no_change_of_the_listing() -> None:
    """What counts is the key (L16)."""
    spelled = b.entity(b.REALTY, contacts=[Contact(email=type(b.JANE).parse("JANE.SMITH@EXAMPLE.COM"))])
    one = EntityChange(LISTS, spelled)
    assert one.appeared == one.vanished == {}


@pytest.mark.parametrize("policy", [KEEPS, WITHDRAWS, LinkagePolicy(auto_link=AutoLink.OFF)])
def test_a_listing_that_appears_links_nobody_unless_the_policy_is_continuous(policy: LinkagePolicy) -> None:
    """Listed later is linked later only under CONTINUOUS."""
    assert kinds(change(LISTS_NOT, LISTS, policy)) == set()


def test_a_listing_that_appears_links_its_user() -> None:
    """By the source's ground, from the moment of the change, with the reason in words."""
    effects = change(LISTS_NOT, LISTS, CONTINUES)
    (gained,) = effects.gained
    assert gained.grounds == (b.ground(LISTING, b.at(60), "pms"),)
    assert (gained.user_id, gained.entity_id, gained.linked_at) == (b.JANE_ID, b.REALTY, b.at(60))
    assert effects.gains == (LinkChange(b.JANE_ID, b.REALTY, "a contact began to list the address"),)
    assert kinds(effects) == {"gained"}


def test_a_listing_that_appears_on_a_link_adds_its_ground_once() -> None:
    """Under CONTINUOUS a link by arrival is from now on also one by listing (L12)."""
    effects = change(LISTS_NOT, LISTS, CONTINUES, BY_ARRIVAL)
    assert effects.grounds_added == [(BY_ARRIVAL, b.ground(LISTING, b.at(60), "pms"))]
    assert kinds(effects) == {"grounds_added"}
    assert kinds(change(LISTS_NOT, LISTS, CONTINUES, BY_LISTING)) == set()


def test_a_refused_entity_is_not_linked_by_its_listing() -> None:
    """A bar, or a remembered leaving, stands against a roster change (L7); an existing link needs no such leave."""
    assert kinds(change(LISTS_NOT, LISTS, CONTINUES, refused={b.REALTY})) == set()
    assert kinds(change(LISTS_NOT, LISTS, CONTINUES, refused={b.SMITH})) == {"gained"}


def test_an_address_without_a_user_gains_and_loses_nothing() -> None:
    """Listing reserves nothing for whoever has not signed up (L1)."""
    assert kinds(change(LISTS_NOT, LISTS, users=())) == set()
    assert kinds(change(LISTS, LISTS_NOT, users=())) == set()


def test_each_address_of_an_entity_is_decided_by_itself() -> None:
    """Who has no account, or nothing to lose, keeps nobody after them from gaining or losing."""
    lists_both = b.entity(b.REALTY, b.jane_at(1), b.JANE)
    assert [link.user_id for link in change(None, lists_both).gained] == [b.JANE_ID]
    users = (b.user("first", b.jane_at(1)), b.user())
    assert change(lists_both, LISTS_NOT, BOTH, BY_LISTING, users=users).ended == [BY_LISTING]


@pytest.mark.parametrize(
    ("link", "policy", "expected"),
    [
        (BY_LISTING, KEEPS, set()),
        (BY_LISTING, CONTINUES, set()),
        (BY_LISTING, WITHDRAWS, {"grounds_lost", "ended"}),
        (BY_BOTH, WITHDRAWS, {"grounds_lost"}),
        (BY_ARRIVAL, WITHDRAWS, set()),
    ],
)
def test_a_listing_that_vanishes(link: Link, policy: LinkagePolicy, expected: set[str]) -> None:
    """Under KEEP the ground stays; under WITHDRAW it goes, and the link if it was the last (L12)."""
    effects = change(LISTS, LISTS_NOT, policy, link)
    assert kinds(effects) == expected
    if "ended" in expected:
        why = "no contact lists the address any more, and nothing else was its ground"
        assert effects.losses == (LinkChange(b.JANE_ID, b.REALTY, why),)
        assert effects.grounds_lost == [(link, LISTING)]


def test_a_contact_removed_while_the_entity_sleeps_loses_its_ground() -> None:
    """WITHDRAW does not wait for the entity to come back."""
    assert kinds(change(ASLEEP, ASLEEP_NOT, WITHDRAWS, BY_LISTING)) == {"grounds_lost", "ended"}
    assert kinds(change(ASLEEP, LISTS_NOT, WITHDRAWS, BY_BOTH)) == {"grounds_lost"}


@pytest.mark.parametrize("policy", [KEEPS, WITHDRAWS, CONTINUES, BOTH])
def test_an_entity_that_falls_asleep_hides_its_links(policy: LinkagePolicy) -> None:
    """They stay, and are counted as hidden, whoever holds them (L13)."""
    others = b.link(b.REALTY, "another"), b.link(b.SMITH, "another")
    effects = change(LISTS, ASLEEP, policy, BY_BOTH, *others)
    assert effects.hidden == [BY_BOTH, others[0]]
    assert effects.hides[0] == LinkChange(b.JANE_ID, b.REALTY, "the entity became inactive")
    assert kinds(effects) == {"hidden"}


def test_a_link_that_ends_is_not_hidden_too() -> None:
    """A cost is counted once (L13)."""
    effects = change(LISTS, ASLEEP_NOT, WITHDRAWS, BY_LISTING, b.link(b.REALTY, "another"))
    assert effects.ended == [BY_LISTING]
    assert [link.user_id for link in effects.hidden] == ["another"]


@pytest.mark.parametrize(
    ("held", "gained", "ended", "removed"),
    [(1, 0, 1, True), (2, 0, 1, False), (2, 0, 2, True), (1, 1, 1, False), (2, 1, 2, False), (1, 0, 0, False)],
)
def test_a_user_is_removed_with_the_last_link(held: int, gained: int, ended: int, *, removed: bool) -> None:
    """Unless the same change gives them another: a user exists exactly as long as they hold a link (L3)."""
    links = [b.link(str(number)) for number in range(4)]
    effects = RosterEffects(gained=links[:gained], ended=links[2 : 2 + ended])
    assert effects.removed_users({b.JANE_ID: held}) == ((b.JANE_ID,) if removed else ())


def test_removed_users_are_in_the_order_of_their_ids_and_gains_of_others_count_for_them_alone() -> None:
    """Who gains a link is not who loses one."""
    effects = RosterEffects(gained=[b.link("1", "c")], ended=[b.link("1", "b"), b.link("1", "a")])
    assert effects.removed_users({UserId("a"): 1, UserId("b"): 1}) == ("a", "b")


@pytest.mark.parametrize(
    ("ended", "hidden", "held", "needed"),
    [
        (0, 0, 0, False),
        (10, 0, 200, False),
        (0, 10, 200, False),
        (5, 5, 200, False),
        (10, 0, 199, True),
        (0, 10, 199, True),
        (11, 0, 100_000, True),
        (0, 11, 100_000, True),
        (5, 6, 100_000, True),
        (1, 0, 20, False),
        (0, 1, 20, False),
        (1, 0, 19, True),
        (0, 1, 1, True),
    ],
)
def test_what_costs_over_ten_links_or_five_percent_is_confirmed(
    ended: int, hidden: int, held: int, *, needed: bool
) -> None:
    """Ended and hidden links count alike; exactly 10, and exactly 5 %, pass (L13)."""
    effects = RosterEffects(ended=[b.link()] * ended, hidden=[b.link()] * hidden, gained=[b.link()] * 50)
    assert bool(rosters.confirm_because(effects, held=held, removed=0, empties=False)) is needed
    assert rosters.confirm_because(effects, held=held, removed=1, empties=False)
    assert rosters.confirm_because(effects, held=held, removed=0, empties=True)


def test_what_asks_for_confirmation_is_told() -> None:
    """Each condition in words, with its count; the share is told only where the number does not ask already (L13)."""

    def asked(cost: int, exposed: int = 0, *, removed: int = 0, empties: bool = False) -> tuple[str, ...]:
        seen = [LinkChange(b.JANE_ID, EntityId(f"gone {number}"), "it was merged") for number in range(exposed)]
        effects = RosterEffects(ended=[b.link()] * cost, exposed=seen)
        return rosters.confirm_because(effects, held=HELD_AT_MOST, removed=removed, empties=empties)

    assert asked(10) == ()
    assert asked(11) == ("links it ends or hides: 11, over 10",)
    few = rosters.confirm_because(RosterEffects(hidden=[b.link()] * 2), held=39, removed=0, empties=False)
    assert few == ("links it ends or hides: 2, over 5 % of the firm's",)
    assert asked(0, 2, removed=3, empties=True) == (
        "it comes from an empty snapshot",
        "users it removes: 3",
        "users who are shown the bills of further clients: 1",
    )
