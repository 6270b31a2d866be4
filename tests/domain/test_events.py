"""What the journal keeps, and how it folds back (L11)."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import EntityId, EventKind, GroundKind, User, UserId
from portal_linkage.domain import events
from portal_linkage.domain.events import Event
from portal_linkage.testing import builders as b
from tests.folding import Standing, fold

USERS = [b.user(f"u{number}", b.jane_at(number)) for number in range(3)]
ENTITY_IDS = [b.SMITH, b.TRUST, b.REALTY]


class Step(NamedTuple):
    """Something that happens to one link."""

    user: User
    entity_id: EntityId
    kind: GroundKind
    act: str


STEPS = st.builds(
    Step,
    st.sampled_from(USERS),
    st.sampled_from(ENTITY_IDS),
    st.sampled_from(GroundKind),
    st.sampled_from(["give", "give", "take", "unlink", "lift"]),
)


def test_a_link_comes_to_be_by_its_first_ground() -> None:
    """`LINKED` for the first, `GROUND_ADDED` for each further one, by whom and when each ground says."""
    arrival = b.ground(GroundKind.ARRIVAL)
    grant = b.ground(GroundKind.FIRM_GRANT, since=b.at(5), by=b.STAFF)
    told = events.linked(b.link(b.REALTY, b.JANE_ID, arrival, grant))
    assert told == (
        b.event(EventKind.LINKED, ground=GroundKind.ARRIVAL),
        b.event(EventKind.GROUND_ADDED, ground=GroundKind.FIRM_GRANT, by=b.STAFF, at=b.at(5)),
    )
    assert events.ground_added(b.link(), grant) == told[1]


def test_what_ends_is_told_with_who_ended_it() -> None:
    """A lost ground names its kind; an unlink and a removal do not."""
    link, user, when = b.link(), b.user(), b.at(7)
    lost = events.ground_lost(link, GroundKind.PROOF, by="pms", at=when)
    assert lost == b.event(EventKind.GROUND_LOST, ground=GroundKind.PROOF, by="pms", at=when)
    assert events.unlinked(link, by=b.STAFF, at=when) == b.event(EventKind.UNLINKED, by=b.STAFF, at=when)
    assert events.user_removed(user, by=b.STAFF, at=when) == b.event(
        EventKind.USER_REMOVED, entity_id=None, by=b.STAFF, at=when
    )


def test_a_sign_up_is_the_user_s_own_act() -> None:
    """By themselves, at the time of signing up."""
    assert events.signed_up(b.user()) == b.event(EventKind.SIGNED_UP, entity_id=None)


def test_a_bar_may_be_lifted_from_an_address_without_a_user() -> None:
    """Then the event names the entity alone, and never the address."""
    lifted = events.bar_lifted(b.ACME, None, b.REALTY, by=b.STAFF, at=b.NOON)
    assert lifted == b.event(EventKind.BAR_LIFTED, user_id=None, by=b.STAFF)
    assert events.bar_lifted(b.ACME, b.user(), b.REALTY, by=b.STAFF, at=b.NOON).user_id == b.JANE_ID


def take(step: Step, standing: Standing) -> list[Event]:
    """Take one step, as a service would: keep what stands by hand, and tell it."""
    user, entity_id, kind = step.user, step.entity_id, step.kind
    links = standing.get(user.user_id, {})
    kinds = links.get(entity_id, frozenset())
    link = b.link(entity_id, user.user_id, b.ground(kind))
    match step.act:
        case "give" if kind not in kinds:
            told = [] if links else [events.signed_up(user)]
            standing[user.user_id] = {**links, entity_id: kinds | {kind}}
            return [*told, events.ground_added(link, link.grounds[0]) if kinds else events.linked(link)[0]]
        case "take" if {kind} < kinds:
            standing[user.user_id] = {**links, entity_id: kinds - {kind}}
            return [events.ground_lost(link, kind, by="pms", at=b.NOON)]
        case "unlink" if kinds:
            standing[user.user_id] = {other: links[other] for other in links if other != entity_id}
            if standing[user.user_id]:
                return [events.unlinked(link, by=b.STAFF, at=b.NOON)]
            del standing[user.user_id]
            gone = events.user_removed(user, by=b.STAFF, at=b.NOON)
            return [events.unlinked(link, by=b.STAFF, at=b.NOON), gone]
        case "lift":
            return [events.bar_lifted(b.ACME, user if links else None, entity_id, by=b.STAFF, at=b.NOON)]
        case _:
            return []


@given(st.lists(STEPS, max_size=30), st.integers(0, 60))
def test_the_journal_folds_back_to_what_stands(steps: list[Step], stop: int) -> None:
    """Users, links and grounds of the present are the fold of all events, in one go or resumed anywhere (L11)."""
    standing: Standing = {}
    told = [event for step in steps for event in take(step, standing)]
    assert fold(told) == standing
    half = fold(told[:stop])
    kept = {user_id: dict(links) for user_id, links in half.items()}
    assert fold(told[stop:], half) == standing
    assert half == kept


def test_a_lost_ground_is_gone_and_an_unlink_takes_all_of_them() -> None:
    """Jane's link by arrival and listing loses its listing, and ends; her account stands until that is told (L11)."""
    both = b.link(b.REALTY, b.JANE_ID, b.ground(GroundKind.ARRIVAL), b.ground(GroundKind.CONTACT_LISTING))
    told = [events.signed_up(b.user()), *events.linked(both)]
    assert fold(told) == {b.JANE_ID: {b.REALTY: {GroundKind.ARRIVAL, GroundKind.CONTACT_LISTING}}}
    told.append(events.ground_lost(both, GroundKind.CONTACT_LISTING, by="pms", at=b.NOON))
    assert fold(told) == {b.JANE_ID: {b.REALTY: {GroundKind.ARRIVAL}}}
    told.append(events.unlinked(both, by=b.STAFF, at=b.NOON))
    assert fold(told) == {b.JANE_ID: {}}
    told.append(events.user_removed(b.user(), by=b.STAFF, at=b.NOON))
    assert fold(told) == {}


def test_nothing_folds_to_nothing() -> None:
    """No events, no users; a user without a link stands until the link is told."""
    assert fold([]) == {}
    assert fold([events.signed_up(b.user())]) == {UserId("jane"): {}}
