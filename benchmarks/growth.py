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
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import attrs

from portal_linkage import (
    ClientEntity,
    Contact,
    EmailAddress,
    EntityId,
    Firm,
    FirmId,
    FirmStaff,
    Ground,
    GroundKind,
    Invoice,
    InvoiceId,
    InvoiceStatus,
    Link,
    LinkageService,
    Money,
    PortalUser,
    StaffId,
    User,
    UserId,
    VerifiedEmail,
)
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store, Transaction

T = TypeVar("T")

FIRM = FirmId("acme")
STAFF = FirmStaff(FIRM, StaffId("reception"))
INVOICES_PER_ENTITY = 10
OPEN_PER_ENTITY = 2
SIGN_UPS = 200
CALLS = 400
BATCH = 5_000
SIGNED_UP_AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DUE = date(2026, 1, 1)


@attrs.frozen
class Plan:
    """A firm of some size: which entities each person has. The last persons have not signed up yet."""

    users: int
    held: list[list[int]]

    @classmethod
    def of(cls, users: int) -> "Plan":
        """Draw a firm, always the same for the same size."""
        draw = random.Random(users)
        entities = range(users * 3 // 2)
        return cls(users, [draw.sample(entities, draw.choice((1, 1, 2, 3))) for _ in range(users + SIGN_UPS)])

    def entities(self) -> Iterator[ClientEntity]:
        """The entities, each listing the persons who have it."""
        listed: dict[int, list[int]] = {}
        for person, entities in enumerate(self.held):
            for entity in entities:
                listed.setdefault(entity, []).append(person)
        for entity in range(self.users * 3 // 2):
            contacts = tuple(Contact(email=address(person)) for person in listed.get(entity, ()))
            yield ClientEntity(firm_id=FIRM, entity_id=entity_id(entity), name=f"Client {entity}", contacts=contacts)

    def invoices(self) -> Iterator[Invoice]:
        """Ten invoices an entity, two of them open."""
        for number in range(self.users * 3 // 2 * INVOICES_PER_ENTITY):
            is_open = number % INVOICES_PER_ENTITY < OPEN_PER_ENTITY
            yield Invoice(
                firm_id=FIRM,
                invoice_id=InvoiceId(f"i{number}"),
                entity_id=entity_id(number // INVOICES_PER_ENTITY),
                total=Money(100 + number % 900, "USD"),
                amount_due=Money(100 + number % 900 if is_open else 0, "USD"),
                issued_on=FIRST_DUE,
                due_on=FIRST_DUE + timedelta(days=number % 365),
                status=InvoiceStatus.OPEN if is_open else InvoiceStatus.PAID,
            )

    def signed_up(self) -> Iterator[tuple[User, tuple[Link, ...]]]:
        """The users and their links, as sign-up makes them."""
        for person in range(self.users):
            user_id = UserId(f"u{person}")
            user = User(firm_id=FIRM, user_id=user_id, email=address(person), name="", signed_up_at=SIGNED_UP_AT)
            yield user, tuple(link(user_id, entity) for entity in self.held[person])


def address(person: int) -> EmailAddress:
    """The address of a person."""
    return EmailAddress.parse(f"person{person}@example.com")


def entity_id(entity: int) -> EntityId:
    """The id, and the client number, of an entity."""
    return EntityId(str(1000 + entity))


def link(user_id: UserId, entity: int) -> Link:
    """A link by listing."""
    ground = Ground(kind=GroundKind.CONTACT_LISTING, since=SIGNED_UP_AT, by=user_id)
    return Link(firm_id=FIRM, user_id=user_id, entity_id=entity_id(entity), grounds=(ground,), linked_at=SIGNED_UP_AT)


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows, some thousands at a time."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def fill(store: Store, plan: Plan) -> None:
    """Fill a store through its ports, in large transactions."""
    with store.transaction() as tx:
        tx.firms.save(Firm(firm_id=FIRM, name="Acme Accounting"))
    for entities in batches(plan.entities()):
        with store.transaction() as tx:
            tx.entities.save_many(entities)
    for invoices in batches(plan.invoices()):
        with store.transaction() as tx:
            tx.invoices.save_many(invoices)
    for users in batches(plan.signed_up()):
        with store.transaction() as tx:
            add_users(tx, users)


def add_users(tx: Transaction, users: list[tuple[User, tuple[Link, ...]]]) -> None:
    """Add users with their links."""
    mailboxes = {box.email.key: box for box in tx.mailboxes.lock_many(FIRM, [user.email for user, _ in users])}
    for user, links in users:
        tx.users.add(mailboxes[user.email.key], user)
        tx.links.add_many([(mailboxes[user.email.key], link) for link in links])


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
