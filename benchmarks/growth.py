"""How the use cases grow with the firm, in memory and on SQLite, beside a bare look-up in the same run.

    python -m uv run --all-extras python benchmarks/growth.py             # 1,000, 10,000 and 100,000 users
    python -m uv run --all-extras python benchmarks/growth.py 1000 5000   # other sizes

A firm of n users has one and a half times as many entities, ten invoices an entity (two of them open), and users with
one to three links. Times are medians in microseconds. The look-up is a bare ``dict.get`` in memory, and one row by its
primary key through a bare ``sqlite3`` cursor on SQLite: what grows no more than that does not grow with the firm.
"""

import gc
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from firm import FIRM, INVOICES_PER_ENTITY, SIGN_UPS, STAFF, Plan, address, entity_id, fill

from portal_linkage import LinkageService, PortalUser, UserId, VerifiedEmail
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store

CALLS = 400


def median(call: Callable[[int], object], times: int) -> float:
    """The median time of a call in microseconds; the call is given 0, 1, 2 ..."""
    spent: list[int] = []
    gc.collect()
    gc.disable()
    for turn in range(times):
        began = time.perf_counter_ns()
        call(turn)
        spent.append(time.perf_counter_ns() - began)
    gc.enable()
    return statistics.median(spent) / 1000


def use_cases(store: Store, plan: Plan) -> dict[str, float]:
    """Time the use cases on a filled store."""
    portal = LinkageService(store)
    draw = random.Random(7)
    persons = [draw.randrange(plan.users) for _ in range(CALLS)]
    users = [PortalUser(FIRM, UserId(f"u{person}")) for person in persons]
    # An entity that the user has not, so that each link is new and each unlink leaves the user in place.
    others = [
        entity_id(next(n for n in iter(lambda: draw.randrange(plan.users), -1) if n not in plan.held[p]))
        for p in persons
    ]
    pending = [VerifiedEmail.attest(address(plan.users + n), via="benchmark") for n in range(SIGN_UPS)]
    return {
        "can_see": median(lambda n: portal.can_see(users[n], others[n]), CALLS),
        "view": median(lambda n: portal.view(users[n]), CALLS),
        "link": median(lambda n: portal.link(STAFF, users[n].user_id, others[n]), CALLS),
        "unlink": median(lambda n: portal.unlink(STAFF, users[n].user_id, others[n]), CALLS),
        "sign_up": median(lambda n: portal.sign_up(FIRM, pending[n], name=""), SIGN_UPS),
    }


def in_memory(plan: Plan) -> dict[str, float]:
    """The use cases in memory, and a bare dict of as many entities."""
    bare = {entity_id(entity): entity for entity in range(plan.users * 3 // 2)}
    keys = random.Random(7).choices(list(bare), k=CALLS * 10)
    store = MemoryStore()
    fill(store, plan)
    return {"look-up": median(lambda n: bare.get(keys[n]), len(keys)), **use_cases(store, plan)}


def on_sqlite(plan: Plan) -> dict[str, float]:
    """The use cases on a SQLite file, and a bare cursor on another with as many invoices."""
    with tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(Path(folder) / "bare.db")
        bare.execute("CREATE TABLE invoice (id TEXT PRIMARY KEY, amount INTEGER) WITHOUT ROWID")
        count = plan.users * 3 // 2 * INVOICES_PER_ENTITY
        bare.executemany("INSERT INTO invoice VALUES (?, 1)", ((f"i{number}",) for number in range(count)))
        bare.commit()
        keys = [f"i{number}" for number in random.Random(7).choices(range(count), k=CALLS * 10)]
        select = "SELECT amount FROM invoice WHERE id = ?"
        look_up = median(lambda n: bare.execute(select, (keys[n],)).fetchone(), len(keys))
        bare.close()
        store = SqlStore.open(f"sqlite:///{folder}/portal.db")
        try:
            fill(store, plan)
            return {"look-up": look_up, **use_cases(store, plan)}
        finally:
            store.close()


def main(sizes: list[int]) -> None:
    """Measure each store at each size and print a table."""
    for name, measure in (("memory", in_memory), ("SQLite", on_sqlite)):
        columns: list[dict[str, float]] = []
        for size in sizes:
            columns.append(measure(Plan.of(size)))
            gc.collect()
        print(f"\n{name:10}" + "".join(f"{size:>12,}" for size in sizes) + "      growth   of the look-up")
        look_up = columns[-1]["look-up"] / columns[0]["look-up"]
        for operation in columns[0]:
            row = [column[operation] for column in columns]
            print(
                f"{operation:10}" + "".join(f"{value:12.1f}" for value in row),
                f"{row[-1] / row[0]:10.2f} {look_up:10.2f}",
            )


if __name__ == "__main__":
    main([int(size.replace(",", "")) for size in sys.argv[1:]] or [1_000, 10_000, 100_000])
