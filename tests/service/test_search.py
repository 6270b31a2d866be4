"""Payments > Portal Users, and *Link another client account*."""

import pytest

from portal_linkage import (
    EntityId,
    InvalidValue,
    Page,
    PageRequest,
    SelfUnlink,
    Suggestion,
    UserId,
    UserNotFound,
    iterate,
)
from portal_linkage.testing import builders as b

from .world import OTHER_STAFF, STAFF, World


@pytest.fixture
def peopled(world: World) -> World:
    """Three portal users with names of all sorts, and clients with awkward ones."""
    world.save(
        b.entity("1004", name="O'Neil-Smith & Sons", client_number="A-17"),
        b.entity("1005", name="Élan Straße GmbH", client_number="a-18"),
        b.entity("1006", name="snake_case 100% Ltd", client_number="10060"),
    )
    world.jane(b.REALTY, b.SMITH)
    world.jane("1004", email=b.jane_at(1), name="jane smith-Élan")
    world.jane("1005", email=b.jane_at(2), name="Émile J. Smith")
    return world


def found(world: World, search: str) -> list[str]:
    """Which users a search finds."""
    return [row.user.user_id for row in world.portal().portal_users(STAFF, search=search).items]


def suggested(world: World, text: str) -> list[str]:
    """Which entities a text suggests."""
    return [one.entity_id for one in world.portal().suggest(STAFF, text)]


# -- portal_users ------------------------------------------------------------------------------------------------------


def test_everyone_who_created_an_account_is_listed_with_all_their_entities(peopled: World) -> None:
    """By name without case, then id; entities in link order, inactive ones flagged; nobody else ever (L8)."""
    peopled.save(b.entity(b.SMITH, active=False))
    rows = peopled.portal().portal_users(STAFF).items
    assert [(row.user.user_id, [entity.entity_id for entity in row.entities]) for row in rows] == [
        ("u1", [b.REALTY, b.SMITH]),
        ("u2", ["1004"]),
        ("u3", ["1005"]),
    ]
    assert [entity.active for entity in rows[0].entities] == [True, False]
    assert peopled.portal().portal_users(OTHER_STAFF) == Page()


def test_users_come_page_by_page(peopled: World) -> None:
    """With the search and the entity kept in the cursor's question."""
    portal = peopled.portal()
    walked = iterate(lambda page: portal.portal_users(STAFF, search="smith", page=page), limit=1)
    assert [row.user.user_id for row in walked] == ["u1", "u2", "u3"]


@pytest.mark.parametrize(
    ("search", "users"),
    [
        ("", ["u1", "u2", "u3"]),
        ("jane.smith@example.com", ["u1"]),
        ("JANE.SMITH", ["u1", "u2", "u3"]),
        (" jane.smith+1 ", ["u2"]),
        ("smith@example.com", []),
        ("1003", ["u1"]),
        ("10", ["u1"]),
        ("003", []),
        ("a-1", ["u2", "u3"]),
        ("A-17", ["u2"]),
        ("jane", ["u1", "u2", "u3"]),
        ("smi ja", ["u1", "u2"]),
        ("e\u0301lan", ["u2", "u3"]),
        ("ÉLAN", ["u2", "u3"]),
        ("elan", []),
        ("strasse", ["u3"]),
        ("sons neil", ["u2"]),
        ("neil elan", []),
        ("jane realty", ["u1"]),
        ("mith", []),
        ("émile realty", []),
        (" ", []),
        ("\t\n", []),
        ("%", []),
        ("_", []),
        ("'", []),
        ("1005", []),
        ("pms", []),
    ],
)
def test_whom_a_search_finds(peopled: World, search: str, users: list[str]) -> None:
    """It begins the address or a linked entity's number, or each word begins a word of one name."""
    assert found(peopled, search) == users


def test_a_search_finds_by_inactive_entities_too(peopled: World) -> None:
    """The firm looks for whoever holds the link."""
    peopled.save(b.entity("1004", name="O'Neil-Smith & Sons", client_number="A-17", active=False))
    assert found(peopled, "neil") == found(peopled, "A-17") == ["u2"]


def test_all_words_must_be_of_one_name(peopled: World) -> None:
    """A word of the one entity and a word of the other do not make a match."""
    assert found(peopled, "realty group") == ["u1"]
    assert found(peopled, "realty smith") == ["u1"]
    peopled.portal().link(STAFF, UserId("u2"), EntityId("1006"))
    assert found(peopled, "snake case") == ["u2"]
    assert found(peopled, "snake sons") == []


def test_users_of_one_entity(peopled: World) -> None:
    """With ``entity_id`` only those linked to it, active or not, and the search on top of that."""
    portal = peopled.portal()
    portal.link(STAFF, UserId("u2"), b.SMITH)
    peopled.save(b.entity(b.SMITH, active=False))

    def of(entity_id: str, search: str = "") -> list[str]:
        rows = portal.portal_users(STAFF, entity_id=EntityId(entity_id), search=search).items
        return [row.user.user_id for row in rows]

    assert of(b.SMITH) == ["u1", "u2"]
    assert of(b.SMITH, "neil") == ["u2"]
    assert of(b.SMITH, "'") == of(b.SMITH, "@") == []
    assert of(b.TRUST) == of("9999") == []


def test_a_search_that_cannot_be_finds_nothing(peopled: World) -> None:
    """NUL, lone surrogates and floods are no error in a search."""
    for search in ("\0", "jane\0", "\ud800", "x" * 501, "jane " * 1000):
        assert peopled.portal().portal_users(STAFF, search=search) == Page()
        assert peopled.portal().suggest(STAFF, search) == ()


# -- suggest -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("1001", [b.SMITH]),
        (" 1001 ", [b.SMITH]),
        ("1006", ["1006"]),
        ("10060", ["1006"]),
        ("A-18", ["1005"]),
        ("a-1", ["1004", "1005"]),
        ("smith", [b.TRUST, b.SMITH, b.REALTY, "1004"]),
        ("jane", [b.REALTY, b.SMITH]),
        ("smith jane", [b.SMITH, b.REALTY]),
        ("jane smith", [b.REALTY, b.SMITH]),
        ("o neil", ["1004"]),
        ("o'neil-smith", ["1004"]),
        ("STRASSE", ["1005"]),
        ("e\u0301lan", ["1005"]),
        ("elan", []),
        ("case", ["1006"]),
        ("100", [b.REALTY, b.TRUST, b.SMITH, "1006"]),
        ("mith", []),
        ("", []),
        (" ", []),
        ("%", []),
        ("_", []),
        ("&", []),
        ("1004", []),
    ],
)
def test_what_a_text_suggests(peopled: World, text: str, entities: list[str]) -> None:
    """Exact number, number prefix, name prefix, any other word; then name, then id; never the PMS key."""
    assert suggested(peopled, text) == entities


def test_suggestions_in_order(world: World) -> None:
    """Ties end in the search key of the name, then the id, by code point."""
    world.save(
        b.entity("e1", name="Zeta", client_number="77"),
        b.entity("e2", name="Alpha", client_number="770"),
        b.entity("e3", name="alpha", client_number="771"),
        b.entity("e4", name="77 North", client_number="x"),
        b.entity("e5", name="Beta 77", client_number="y"),
        b.entity("e6", name="77th street", client_number="z"),
        b.entity("e7", name="Gamma", client_number="177"),
        b.entity("e8", name="77", client_number="w", active=False),
        b.entity("e9", name="Zeta", client_number="77"),
    )
    assert suggested(world, "77") == ["e1", "e9", "e2", "e3", "e4", "e6", "e5"]
    assert [one.entity_id for one in world.portal().suggest(STAFF, "77", limit=3)] == ["e1", "e9", "e2"]


def test_a_suggestion_tells_what_it_is_to_the_user(peopled: World) -> None:
    """Linked or barred, of the user asked about; what they left by themselves is neither."""
    portal = peopled.portal(self_unlink=SelfUnlink.ALLOWED)
    user = portal.find_user(b.ACME, b.JANE)
    assert user is not None
    portal.unlink(STAFF, user.user_id, b.SMITH)
    told = {one.entity_id: (one.linked, one.barred) for one in portal.suggest(STAFF, "smith", user_id=user.user_id)}
    assert told == {b.TRUST: (False, False), b.SMITH: (False, True), b.REALTY: (True, False), "1004": (False, False)}
    assert portal.suggest(STAFF, "1001")[0] == Suggestion(
        entity_id=b.SMITH, client_number="1001", name="Smith, Jane", label="Smith, Jane (1001)"
    )


def test_suggestions_for_nobody_are_refused(peopled: World) -> None:
    """An unknown ``user_id`` is `UserNotFound`, also with a text that cannot find anything (L6)."""
    for text in ("smith", "", "\0"):
        for staff, user_id in ((STAFF, "gone"), (OTHER_STAFF, "u1")):
            with pytest.raises(UserNotFound, match=f"no user '{user_id}' at firm '{staff.firm_id}'"):
                peopled.portal().suggest(staff, text, user_id=UserId(user_id))


def test_ten_are_suggested_unless_more_are_asked_for(world: World) -> None:
    """A firm may have hundreds of clients of one name."""
    world.save(*(b.entity(f"e{number}", name="Zeta") for number in range(12)))
    assert len(suggested(world, "zeta")) == 10
    assert len(world.portal().suggest(STAFF, "zeta", limit=11)) == 11


@pytest.mark.parametrize("limit", [0, 501])
def test_suggestions_are_one_to_five_hundred(peopled: World, limit: int) -> None:
    """As a page is."""
    with pytest.raises(InvalidValue, match="limit"):
        peopled.portal().suggest(STAFF, "smith", limit=limit)
    with pytest.raises(InvalidValue, match="limit"):
        peopled.portal().portal_users(STAFF, page=PageRequest(limit))
