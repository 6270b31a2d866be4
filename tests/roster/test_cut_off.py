"""A file that was cut off on its way is refused, or its plan lists what it would cost (L13)."""

import json
from collections.abc import Callable, Sequence

import pytest

from portal_linkage import AutoLink, ClientEntity, ContactRemoved, InvalidValue, PlanNotConfirmed
from portal_linkage.feeds import quickbooks, tabular, xero
from portal_linkage.testing import builders as b
from tests.service.world import World, contents, signed_up, verified

MAPPING = tabular.FeedMapping.of({"entities": {"entity_id": "No", "name": "Client", "email": "Mails"}})
ROWS = [(entity_id, f"Émile {name}", str(b.JANE)) for entity_id, name in b.NAMES.items()]
CSV = "No,Client,Mails\n" + "".join(f'{entity_id},"{name}",{mail}\n' for entity_id, name, mail in ROWS)
RECORDS = [json.dumps({"No": one, "Client": name, "Mails": mail}, ensure_ascii=False) for one, name, mail in ROWS]
XERO = json.dumps(
    {"Contacts": [{"ContactID": one, "ContactStatus": "ACTIVE", "Name": n, "EmailAddress": m} for one, n, m in ROWS]}
)
CUSTOMERS = "".join(
    f"<Customer><Id>{one}</Id><DisplayName>{name}</DisplayName><Active>true</Active>"
    f"<PrimaryEmailAddr><Address>{mail}</Address></PrimaryEmailAddr></Customer>"
    for one, name, mail in ROWS
)
QUICKBOOKS = f"<IntuitResponse><QueryResponse>{CUSTOMERS}</QueryResponse></IntuitResponse>"


def of_table(file: str) -> Callable[[bytes], Sequence[ClientEntity]]:
    """The clients of a table, if no row was kept out: a list with bad rows is not complete."""

    def read(content: bytes) -> Sequence[ClientEntity]:
        found = tabular.read_entities(b.ACME, tabular.parse_records(content, file=file), MAPPING)
        return () if found.rejected else found.entities

    return read


FEEDS: dict[str, tuple[str, Callable[[bytes], Sequence[ClientEntity]]]] = {
    "CSV": (CSV, of_table("clients.csv")),
    "JSON Lines": ("\n".join(RECORDS), of_table("clients.jsonl")),
    "JSON": (f"[{', '.join(RECORDS)}]", of_table("clients.json")),
    "Xero": (XERO, lambda content: xero.read_contacts(b.ACME, content).entities),
    "QuickBooks Online": (QUICKBOOKS, lambda content: quickbooks.read_customers(b.ACME, content).entities),
}
CUT_ANYWHERE = {"CSV", "JSON Lines"}
"""Those of which a part may be a whole."""


@pytest.mark.parametrize("name", FEEDS)
def test_wherever_a_file_is_cut_off_nothing_is_taken_away_unseen(world: World, name: str) -> None:
    """At each byte: it cannot be read, or the plan tells whom it would cost what, and waits to be named."""
    content, read = FEEDS[name][0].encode(), FEEDS[name][1]
    portal = world.portal(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)
    portal.roster.apply(portal.roster.plan(b.ACME, whole := read(content)))
    assert len(whole) == len(ROWS)
    user = signed_up(portal.sign_up(b.ACME, verified(b.JANE), name="Jane Smith")).user
    before, planned = contents(world.store), 0
    for end in range(len(content)):
        try:
            told = {entity.entity_id: entity for entity in read(content[:end])}
        except InvalidValue:
            continue
        plan = portal.roster.plan(b.ACME, told.values(), complete=True)
        missing = {(user.user_id, one) for one in b.NAMES.keys() - told.keys()}
        unlisted = {one for one, entity in told.items() if [each.email for each in entity.contacts] != [b.JANE]}
        assert {(one.user_id, one.entity_id) for one in plan.hidden} == missing
        assert {(one.user_id, one.entity_id) for one in plan.losses} == {(user.user_id, one) for one in unlisted}
        assert plan.needs_confirmation is bool(missing or unlisted)
        if plan.needs_confirmation:
            with pytest.raises(PlanNotConfirmed):
                portal.roster.apply(plan)
        planned += 1
    assert bool(planned) is (name in CUT_ANYWHERE)
    assert contents(world.store) == before
