"""What a link and a client weigh in `MemoryStore`, its indexes included, and what importing the library costs.

A name is imported when it is first asked for: the last line tells what that is of the service.

    python -m uv run --all-extras python benchmarks/weight.py

Beside it: the frozen objects alone, and ``import attrs``.
"""

import gc
import resource
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable

from firm import FIRM, Plan, address

from portal_linkage import PageRequest
from portal_linkage.adapters.memory import MemoryStore

PLAN = Plan.of(10_000)
RUNS = 15


def weight(make: Callable[[], object]) -> int:
    """How many bytes the thing takes that is made."""
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del made
    return taken


def clients() -> MemoryStore:
    """A store of clients alone."""
    store = MemoryStore()
    with store.transaction() as tx:
        tx.entities.save_many(PLAN.entities())
    with store.snapshot() as snapshot:
        snapshot.entities.suggest(FIRM, "client", None, 1)  # what is sorted on demand is sorted
    return store


def people(*, linked: bool) -> MemoryStore:
    """A store of users alone, with their links or without."""
    store = MemoryStore()
    with store.transaction() as tx:
        for person, (user, links) in enumerate(PLAN.signed_up()):
            mailbox = tx.mailboxes.lock(FIRM, address(person))
            tx.users.add(mailbox, user)
            tx.links.add_many([(mailbox, link) for link in links if linked])
    with store.snapshot() as snapshot:
        snapshot.users.search(FIRM, "", None, PageRequest(1))
    return store


def processor_time(code: str) -> float:
    """How many milliseconds a fresh interpreter computes for some code: the median of some."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 -- our own code
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return 1000 * statistics.median(once() for _ in range(RUNS))


def show(what: str, ours: float, alone: float, unit: str) -> None:
    """Print a line: what it is, what it takes, and how many times the floor that is."""
    print(f"{what:10} {ours:8.0f} {unit}   {alone:8.0f} alone   {ours / alone:5.2f} x")


def main() -> None:
    """Measure all of it."""
    entities, links = sum(1 for _ in PLAN.entities()), sum(map(len, PLAN.held[: PLAN.users]))
    show("client", weight(clients) / entities, weight(lambda: list(PLAN.entities())) / entities, "bytes")
    linked = weight(lambda: people(linked=True)) - weight(lambda: people(linked=False))
    alone = weight(lambda: [own for _, own in PLAN.signed_up()])
    show("link", linked / links, alone / links, "bytes")
    nothing = processor_time("pass")
    attrs = processor_time("import attrs") - nothing
    show("import", processor_time("import portal_linkage") - nothing, attrs, "ms   ")
    show("service", processor_time("from portal_linkage import LinkageService") - nothing, attrs, "ms   ")


if __name__ == "__main__":
    main()
