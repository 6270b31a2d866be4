"""How long a suggestion takes, beside a sorted scan for the same text, in memory and on SQLite.

    python -m uv run --all-extras python benchmarks/suggestions.py           # 150,000 entities
    python -m uv run --all-extras python benchmarks/suggestions.py 10000     # so many entities
    PORTAL_LINKAGE_POSTGRES=postgresql+psycopg://... python ... suggestions.py    # PostgreSQL, too

The scan is what people write first: every name and number that holds the text anywhere, sorted, and the first ten of
them. In memory it is a loop over folded texts, in a database ``LIKE '%text%'`` on a column that holds them. Times are
medians in microseconds; a ratio below one says that the library is faster.
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from heapq import nsmallest
from pathlib import Path

import sqlalchemy as sa
from firm import FIRM, STAFF, batches
from growth import median

from portal_linkage import ClientEntity, EntityId, Firm, LinkageService
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store

HITS = 10
ROUNDS = 15
FIRST = ("North", "South", "Old", "New", "Upper", "Lower", "Green", "Silver", "Stone", "River")
THEN = ("Harbor", "Bridge", "Market", "Mill", "Garden", "Orchard", "Station", "Tower", "Valley", "Field")
KINDS = ("Realty Group", "Family Trust", "Holdings", "Partners", "Clinic", "Bakery", "Studio", "Foundation")
Ask = Callable[[str], object]


def clients(count: int) -> Iterator[ClientEntity]:
    """So many clients, some words of whose names are common, and the last one rare."""
    draw = random.Random(count)
    for number in range(count):
        words = (draw.choice(FIRST), draw.choice(THEN), draw.choice(KINDS), f"{draw.randrange(count):x}")
        yield ClientEntity(
            firm_id=FIRM, entity_id=EntityId(f"e{number}"), client_number=str(10_000 + number), name=" ".join(words)
        )


def folded(client: ClientEntity) -> str:
    """What the scans look into."""
    return f"{client.client_number} {client.name}".casefold()


def texts(rows: Sequence[ClientEntity]) -> Mapping[str, Sequence[str]]:
    """What people type: by how many clients it finds."""
    some = random.Random(1).sample(rows, ROUNDS)
    return {
        "a whole name": [one.name for one in some],
        "its last word": [one.name.split()[-1] for one in some],
        "a client number": [one.client_number for one in some],
        "nobody's": [f"zqx{turn}" for turn in range(ROUNDS)],
        "a common word": [one.name.split()[1] for one in some],
        "two letters": [one.name[:2] for one in some],
    }


def timed(ask: Ask, asked: Sequence[str]) -> float:
    """The median time of an answer in microseconds; the first time is not counted."""
    ask(asked[0])
    return median(lambda turn: ask(asked[turn]), len(asked))


def library(store: Store, rows: Sequence[ClientEntity]) -> Ask:
    """The library, on a filled store."""
    with store.transaction() as tx:
        tx.firms.save(Firm(firm_id=FIRM, name="Acme Accounting"))
    for batch in batches(rows):
        with store.transaction() as tx:
            tx.entities.save_many(batch)
    portal = LinkageService(store)
    return lambda text: portal.suggest(STAFF, text, limit=HITS)


def scan_in_memory(rows: Sequence[ClientEntity]) -> Ask:
    """Look into every text there is."""
    known = [(folded(one), one.name, one.entity_id) for one in rows]

    def scan(text: str) -> object:
        typed = text.casefold()
        return nsmallest(HITS, ((name, entity_id) for hay, name, entity_id in known if typed in hay))

    return scan


def scan_in_sql(connection: sa.Connection, rows: Sequence[ClientEntity]) -> Ask:
    """Let the database look into every text there is, in a table that is gone afterwards."""
    connection.exec_driver_sql("CREATE TEMPORARY TABLE scanned (name TEXT, hay TEXT)")
    connection.execute(
        sa.text("INSERT INTO scanned VALUES (:name, :hay)"),
        [{"name": one.name, "hay": folded(one)} for one in rows],
    )
    connection.commit()
    asked = sa.text("SELECT name FROM scanned WHERE hay LIKE :typed ORDER BY name LIMIT :hits")
    return lambda text: connection.execute(asked, {"typed": f"%{text.casefold()}%", "hits": HITS}).all()


def main(count: int) -> None:
    """Print a table."""
    rows = list(clients(count))
    with ExitStack() as after:
        folder = Path(after.enter_context(tempfile.TemporaryDirectory()))
        urls = {"SQLite": f"sqlite:///{folder}/portal.db", "PostgreSQL": os.environ.get("PORTAL_LINKAGE_POSTGRES")}
        contests = {"memory": (library(MemoryStore(), rows), scan_in_memory(rows))}
        for name, url in urls.items():
            if url is not None:
                store = SqlStore.open(url)
                after.callback(store.close)
                contests[name] = (library(store, rows), scan_in_sql(after.enter_context(store.engine.connect()), rows))
        print(f"{count} clients, {HITS} hits")
        print("| text | store | library | scan | ratio |\n|---|---|---:|---:|---:|")
        for kind, asked in texts(rows).items():
            for name, (ours, scan) in contests.items():
                took, floor = timed(ours, asked), timed(scan, asked)
                print(f"| {kind} | {name} | {took:,.0f} | {floor:,.0f} | {took / floor:.3f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150_000)
