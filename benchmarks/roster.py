"""How long a whole roster takes, the first time and when nothing has changed, and how much memory.

    python -m uv run --all-extras python benchmarks/roster.py                    # 150,000 entities, 400,000 contacts
    python -m uv run --all-extras python benchmarks/roster.py 10000              # so many entities
    PORTAL_LINKAGE_POSTGRES=postgresql+psycopg://... python ... roster.py        # PostgreSQL, too

Beside each, in the same run: the bare driver writes the rows of the same tables, by ``executemany`` on SQLite and by
``COPY`` on PostgreSQL. Its rows are made beforehand, and so are the entities, which Python's search for garbage is told
to leave alone. Memory is the most that Python held at a time while they were made one by one.
"""

import gc
import os
import sqlite3
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from portal_linkage import ClientEntity, Contact, EmailAddress, EntityId, Firm, FirmId, LinkageService
from portal_linkage.adapters.sql import SqlStore

ACME = FirmId("acme")
TABLES = ("portal_entity", "portal_contact", "portal_entity_word")
TRADES = ("Bakery", "Books", "Dairy", "Dental", "Farms", "Garage", "Garden", "Joinery", "Plumbing", "Realty")


def roster(count: int) -> Iterator[ClientEntity]:
    """So many entities, with 8 contacts on three of them, made one by one."""
    for number in range(count):
        contacts = tuple(
            Contact(email=EmailAddress.parse(f"jane.smith+{number}.{part}@example.com"), name=f"Jane Smith {part}")
            for part in range(2 + (number % 3 > 0))
        )
        name = f"Smith {TRADES[number % 10]} {number // 10}"
        yield ClientEntity(
            firm_id=ACME,
            entity_id=EntityId(f"e{number}"),
            name=name,
            client_number=str(1000 + number),
            contacts=contacts,
        )


def timed(act: Callable[[], object]) -> tuple[float, object]:
    """How many seconds it takes, and what comes of it."""
    start = time.perf_counter()
    answer = act()
    return time.perf_counter() - start, answer


def sync(portal: LinkageService, entities: Iterable[ClientEntity]) -> int:
    """Bring the roster up to date; how many entities were written."""
    plan = portal.roster.plan(ACME, entities, complete=True)
    portal.roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)
    return len(plan.entities)


def rows_of(store: SqlStore, table: str) -> Sequence[Any]:
    """All rows of a table."""
    with store.engine.connect() as connection:
        return connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608 -- our own names


def bare_sqlite(store: SqlStore, folder: Path) -> float:
    """The same rows by ``executemany`` into the same tables of another file."""
    other = SqlStore.open(f"sqlite:///{folder}/bare.db")
    other.close()
    kept = [(table, [tuple(row) for row in rows_of(store, table)]) for table in TABLES]

    def write() -> None:
        with closing(sqlite3.connect(folder / "bare.db")) as driver:
            driver.execute("PRAGMA synchronous = FULL")
            for table, rows in kept:
                driver.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
            driver.commit()

    return timed(write)[0]


def bare_postgresql(store: SqlStore, _folder: Path) -> float:
    """The same rows by ``COPY`` into tables of the same shape."""
    kept = [(table, [tuple(row) for row in rows_of(store, table)]) for table in TABLES]
    told = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(told) as driver:
        for table, _ in kept:
            driver.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)".encode())
        driver.commit()

        def write() -> None:
            for table, rows in kept:
                with driver.cursor() as cursor, cursor.copy(f"COPY bare_{table} FROM STDIN".encode()) as copy:
                    for row in rows:
                        copy.write_row(row)
            driver.commit()

        seconds = timed(write)[0]
        for table, _ in kept:
            driver.execute(f"DROP TABLE bare_{table}".encode())
    return seconds


def measure(url: str, count: int, folder: Path, bare: Callable[[SqlStore, Path], float]) -> None:
    """Print the times of one database."""
    with closing(SqlStore.open(url)) as store:
        portal = LinkageService(store)
        with store.transaction() as tx:
            tx.firms.save(Firm(firm_id=ACME, name="Acme Accounting"))
        entities = [*roster(count)]
        gc.collect()
        gc.freeze()
        first, written = timed(lambda: sync(portal, entities))
        again, unwritten = timed(lambda: sync(portal, entities))
        gc.unfreeze()
        entities.clear()
        floor = bare(store, folder)
        tracemalloc.start()
        sync(portal, roster(count))
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        contacts = len(rows_of(store, "portal_contact"))
    name = store.engine.dialect.name
    print(f"{name}: {count:,} entities with {contacts:,} contacts")
    for what, seconds, changed in (("first load", first, written), ("nothing changed", again, unwritten)):
        print(f"  {what:15} {seconds:8.1f} s   {seconds / floor:5.1f} x the bare driver   {changed:,} entities written")
    print(f"  bare driver     {floor:8.1f} s   nothing changed, at most {peak:,.0f} MB at a time")


def main(argv: Sequence[str]) -> None:
    """Measure what there is."""
    count = int(argv[0]) if argv else 150_000
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/portal.db", count, Path(folder), bare_sqlite)
        if url := os.environ.get("PORTAL_LINKAGE_POSTGRES"):
            measure(url, count, Path(folder), bare_postgresql)


if __name__ == "__main__":
    main(sys.argv[1:])
