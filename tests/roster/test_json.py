"""A plan travels as text, and may be applied the next morning; an altered one is refused (L13)."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from portal_linkage import (
    AutoLink,
    ClientEntity,
    Contact,
    ContactRemoved,
    InvalidValue,
    LinkageService,
    PlanNotConfirmed,
    RosterPlan,
)
from portal_linkage.testing import builders as b
from tests.service.world import World, contents

ROSTER = [
    b.entity("2001", b.JANE, name="\U0001f600 \u202e"),
    b.entity(b.REALTY, contacts=[Contact(email=b.JANE, name="Jane", contact_id="c1", role="owner")], active=False),
    b.entity("2002", client_number="1001"),
]


@pytest.fixture
def plan(world: World) -> RosterPlan:
    """A plan in which everything happens."""
    world.jane(b.REALTY, b.SMITH)
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    made = portal.roster.plan(b.ACME, ROSTER, complete=True)
    assert made.gains
    assert made.hidden
    assert made.ambiguous_numbers == ()
    return made


def bare(part: Any) -> Any:  # noqa: ANN401 -- JSON
    """An entity, a contact or a link without the names of its fields."""
    if isinstance(part, dict):
        return bare([*part.values()])
    return [*map(bare, part)] if isinstance(part, list) else part


def lines_of(data: dict[str, Any]) -> Iterator[str]:
    """What is digested of a plan."""
    for name, part in data.items():
        yield name
        for one in map(bare, part) if isinstance(part, list) else (part,):
            yield json.dumps(one, sort_keys=True, separators=(",", ":"))


def forged(plan: RosterPlan, **parts: Any) -> str:  # noqa: ANN401 -- JSON
    """The text of a plan with other parts, and the digest that goes with them: anybody can compute it."""
    data = {**json.loads(plan.to_json()), **parts}
    data.pop("plan_id")
    told = "".join(f"{line}\n" for line in lines_of(data))
    return json.dumps({**data, "plan_id": hashlib.blake2b(told.encode(), digest_size=12).hexdigest()})


def test_a_plan_comes_back_from_its_text(plan: RosterPlan) -> None:
    """Whole: entities with their contacts, every list, and the same id."""
    again = RosterPlan.from_json(plan.to_json())
    assert again == plan
    assert again.plan_id == plan.plan_id
    assert set(ROSTER) <= set(again.entities)
    assert again.to_json() == plan.to_json()
    assert json.dumps(json.loads(plan.to_json()), separators=(",", ":")) == plan.to_json()


def test_a_plan_is_the_same_in_whatever_order_a_queue_keeps_objects(plan: RosterPlan) -> None:
    """The order of an object's parts says nothing in JSON."""
    assert len(plan.seen) > 1
    data = json.loads(plan.to_json())
    turned = {**data, "seen": dict(reversed(data["seen"].items()))}
    assert RosterPlan.from_json(json.dumps(turned)) == plan


def test_a_plan_that_travelled_is_applied(world: World, plan: RosterPlan) -> None:
    """It needs its confirmation as before."""
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    again = RosterPlan.from_json(plan.to_json())
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(again)
    assert portal.roster.apply(again, confirmed=plan.plan_id).gains == plan.gains


def test_every_alteration_is_noticed(plan: RosterPlan) -> None:
    """Whatever part is changed, taken away or added, the text is refused."""
    data = json.loads(plan.to_json())
    for name, part in data.items():
        changed: Any = not part if isinstance(part, bool) else [] if isinstance(part, list) and part else ["x"]
        if isinstance(part, str):
            changed = f"{part}x"
        for altered in ({**data, name: changed}, {key: data[key] for key in data if key != name}):
            with pytest.raises(InvalidValue, match=r"plan: (was altered after it was made|is no roster plan)"):
                RosterPlan.from_json(json.dumps(altered))
    with pytest.raises(InvalidValue):
        RosterPlan.from_json(json.dumps({**data, "more": 1}))
    quiet = json.dumps({**data, "needs_confirmation": False})
    with pytest.raises(InvalidValue, match="was altered after it was made"):
        RosterPlan.from_json(quiet)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "7",
        '"plan"',
        "NaN",
        "{",
        "\0",
        "\ud800",
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 10_000,
        '{"plan_id": 1}',
        '{"plan_id": "x", "entities": null}',
        '{"plan_id": "x", "entities": [[]], "gains": {}}',
        '{"plan_id": "x", "firm_id": "acme"}',
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    """As an `InvalidValue`, which never repeats it."""
    with pytest.raises(InvalidValue) as refused:
        RosterPlan.from_json(text)
    assert (refused.value.field, refused.value.reason) == ("plan", "is no roster plan")


@pytest.mark.parametrize("text", [None, 7, b"{}", {}])
def test_a_plan_is_read_from_a_text(text: object) -> None:
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match="plan must be str"):
        RosterPlan.from_json(text)  # type: ignore[arg-type]


ENTITY = {"firm_id": "acme", "entity_id": "1", "name": "", "client_number": "1", "contacts": [], "active": True}
FORGERIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another firm's entity": lambda entity: {"entities": [{**entity, "firm_id": "other-firm"}]},
    "one entity twice": lambda entity: {"entities": [entity, entity]},
    "no id": lambda entity: {"entities": [{**entity, "entity_id": ""}]},
    "a number for an id": lambda entity: {"entities": [{**entity, "entity_id": 7}]},
    "a word for a switch": lambda entity: {"entities": [{**entity, "active": "yes"}]},
    "no address": lambda entity: {"entities": [{**entity, "contacts": [{"email": "nobody"}]}]},
    "a NUL": lambda entity: {"entities": [{**entity, "name": "\0"}]},
    "no firm": lambda _: {"firm_id": None, "entities": []},
    "a list for a firm": lambda _: {"firm_id": ["acme"], "entities": []},
    "a firm without an id": lambda _: {"firm_id": "", "entities": []},
    "complete as a word": lambda _: {"complete": "no"},
    "complete as a number": lambda _: {"complete": 1},
    "reasons as a number": lambda _: {"confirm_because": [7]},
    "a link change of lists": lambda _: {"hidden": [{"user_id": [], "entity_id": {}, "why": 1}]},
    "a link change of nothing": lambda _: {"losses": [{}]},
    "users as numbers": lambda _: {"removed_users": [7]},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_plan_is_refused_though_its_digest_agrees(plan: RosterPlan, forgery: str) -> None:
    """The digest is no signature: what no planning would make is refused on reading, firms stay walls (L6)."""
    with pytest.raises(InvalidValue, match="plan: is no roster plan"):
        RosterPlan.from_json(forged(plan, **FORGERIES[forgery](ENTITY)))


def test_whether_a_plan_needs_confirmation_follows_from_its_reasons(plan: RosterPlan) -> None:
    """A text that says otherwise was altered, whatever its digest."""
    assert plan.needs_confirmation
    with pytest.raises(InvalidValue, match="was altered"):
        RosterPlan.from_json(forged(plan, needs_confirmation=False))


def test_a_forged_plan_takes_nothing_away_unnoticed(world: World, plan: RosterPlan) -> None:
    """Who forges a plan that says it costs nothing gets it decided again when it is applied (L13)."""
    portal: LinkageService = world.portal()
    before = contents(world.store)
    innocent = RosterPlan.from_json(forged(plan, confirm_because=[], needs_confirmation=False))
    assert not innocent.needs_confirmation
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(innocent)
    assert contents(world.store) == before


def test_a_forged_plan_of_an_empty_snapshot_needs_its_name_too(world: World) -> None:
    """Though nobody is linked, and whatever the forger left out (L13)."""
    portal: LinkageService = world.portal()
    world.save(b.entity("2001"))
    empty = portal.roster.plan(b.ACME, [], complete=True)
    innocent = RosterPlan.from_json(forged(empty, confirm_because=[], needs_confirmation=False))
    with pytest.raises(PlanNotConfirmed):
        portal.roster.apply(innocent)


ALTERED: dict[str, dict[str, Any]] = {
    "entities: one belongs to another firm": {"entities": (b.entity(b.SMITH, firm_id=b.OTHER_FIRM, active=False),)},
    "entities must be ClientEntity, not str": {"entities": ("1001",)},
    "complete must be bool, not str": {"complete": "yes"},
    "told must be int, not str": {"told": "9"},
    "firm_id: must not be empty": {"firm_id": ""},
    "source: must not be empty": {"source": ""},
    "merged: must not be empty": {"merged": {b.TRUST: ""}},
    "merged: is for the source that brings entities whole": {"merged": {b.TRUST: b.SMITH}, "source": "xero"},
}


@pytest.mark.parametrize("altered", ALTERED)
def test_a_plan_that_was_altered_in_code_is_refused(world: World, plan: RosterPlan, altered: str) -> None:
    """A plan need not come from a text: firms stay walls whoever has put it together (L6)."""
    before = contents(world.store)
    crooked = attrs.evolve(plan, **ALTERED[altered])
    with pytest.raises((InvalidValue, TypeError), match=f"^{altered}$"):
        world.portal().roster.apply(crooked, confirmed=crooked.plan_id)
    assert contents(world.store) == before


def test_entities_of_a_plan_are_entities(plan: RosterPlan) -> None:
    """Read back they are the values they were, contacts with their addresses included."""
    again = RosterPlan.from_json(plan.to_json())
    assert {type(entity) for entity in again.entities} == {ClientEntity}
    assert again.entities[1].contacts[0].email == b.JANE
    assert str(again.entities[1].contacts[0].email) == str(b.JANE)
