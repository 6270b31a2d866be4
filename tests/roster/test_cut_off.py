"""A file that was cut off on its way is refused, or its plan lists what it would cost (L13)."""

import json
from collections.abc import Callable, Sequence

import pytest

from portal_linkage import ClientEntity, InvalidValue
from portal_linkage.feeds import quickbooks, tabular, xero
from tests import builders as b
from tests.service.world import World

MAPPING = tabular.FeedMapping.of({"entities": {"entity_id": "No", "name": "Client", "email": "Mails"}})
ROWS = [(entity_id, name, str(b.JANE)) for entity_id, name in b.NAMES.items()]
CSV = "No,Client,Mails\n" + "".join(f'{entity_id},"{name}",{mail}\n' for entity_id, name, mail in ROWS)
LINES = "".join(json.dumps({"No": one, "Client": name, "Mails": mail}) + "\n" for one, name, mail in ROWS)
XERO = json.dumps(
    {"Contacts": [{"ContactID": one, "ContactStatus": "ACTIVE", "Name": n, "EmailAddress": m} for one, n, m in ROWS]}
)
CUSTOMERS = "".join(f"<Customer><Id>{one}</Id><DisplayName>{name}</DisplayName></Customer>" for one, name, _ in ROWS)
QUICKBOOKS = f"<IntuitResponse><QueryResponse>{CUSTOMERS}</QueryResponse></IntuitResponse>"


def of_table(file: str) -> Callable[[bytes], Sequence[ClientEntity]]:
    """The clients of a table, if no row was kept out: a list with bad rows is not complete."""

    def read(content: bytes) -> Sequence[ClientEntity]:
        found = tabular.read_entities(b.ACME, tabular.parse_records(content, file=file), MAPPING)
        return () if found.rejected else found.entities

    return read


FEEDS: dict[str, tuple[str, Callable[[bytes], Sequence[ClientEntity]]]] = {
    "CSV": (CSV, of_table("clients.csv")),
    "JSON Lines": (LINES, of_table("clients.jsonl")),
    "Xero": (XERO, lambda content: xero.read_contacts(b.ACME, content).entities),
    "QuickBooks Online": (QUICKBOOKS, lambda content: quickbooks.read_customers(b.ACME, content).entities),
}


@pytest.mark.parametrize("name", FEEDS)
def test_wherever_a_file_is_cut_off_nobody_is_hidden_unseen(world: World, name: str) -> None:
    """At each byte: it cannot be read, or the clients that it lacks are those that the plan would hide."""
    content, read = FEEDS[name]
    user = world.jane(*b.NAMES)
    portal, planned = world.portal(), 0
    for end in range(len(content)):
        try:
            told = read(content[:end].encode())
        except InvalidValue:
            continue
        plan = portal.roster.plan(b.ACME, told, complete=True)
        missing = b.NAMES.keys() - {entity.entity_id for entity in told}
        assert {(one.user_id, one.entity_id) for one in plan.hidden} == {(user.user_id, one) for one in missing}
        assert plan.needs_confirmation is bool(missing or not told)
        planned += 1
    assert bool(planned) is (name in {"CSV", "JSON Lines"})
