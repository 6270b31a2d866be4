"""Another process, which looks at a user's bills again and again: ``python -m tests.races.reader URL``.

Each line ``HOW FIRM USER`` lets it begin. It says so when it has looked once, goes on until another line comes, looks
once more, and tells in JSON what it saw at first, in between, and at last.
"""

import json
import select
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final

from portal_linkage import FirmId, Invoice, LinkageService, NotFound, PortalUser, StaffVisit, UserId
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing.builders import STAFF, invoice

OLD, NEW = invoice("INV-OLD"), invoice("INV-NEW")
"""A bill from before the unlink, and one from after it."""

Look = Callable[[], set[str]]


def _seen(*asked: Callable[[], Iterable[Invoice]]) -> set[str]:
    """The bills that any of these readings shows."""
    seen: set[str] = set()
    for ask in asked:
        with suppress(NotFound):
            seen |= {bill.invoice_id for bill in ask()}
    return seen


def _looking(store: Store, viewer: PortalUser) -> Look:
    portal = LinkageService(store)
    return lambda: _seen(
        lambda: portal.view(viewer).invoices.items,
        lambda: portal.invoices(viewer).items,
        lambda: [portal.invoice(viewer, NEW.invoice_id)],
    )


@contextmanager
def _afresh(store: SqlStore, viewer: PortalUser) -> Generator[Look]:
    yield _looking(store, viewer)


@contextmanager
def _in_a_host(store: SqlStore, viewer: PortalUser) -> Generator[Look]:
    """All in one transaction of a host's, which is at READ COMMITTED."""
    with store.engine.connect() as connection:
        yield _looking(store.on(connection), viewer)


@contextmanager
def _in_one_moment(store: SqlStore, viewer: PortalUser) -> Generator[Look]:
    with store.snapshot():
        yield _looking(store, viewer)


@contextmanager
def _from_memory(store: SqlStore, viewer: PortalUser) -> Generator[Look]:
    """The planted fault: who may see what is asked once, and remembered."""
    portal = LinkageService(store)
    visits = [StaffVisit(viewer.firm_id, STAFF, entity.entity_id) for entity in portal.entities(viewer).items]
    yield lambda: _seen(lambda: [bill for visit in visits for bill in portal.invoices(visit).items])


WAYS: Final[Mapping[str, Callable[[SqlStore, PortalUser], AbstractContextManager[Look]]]] = {
    "afresh": _afresh,
    "in-a-host": _in_a_host,
    "in-one-moment": _in_one_moment,
    "from-memory": _from_memory,
}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _watch(look: Look) -> dict[str, list[str]]:
    first, later = look(), set[str]()
    _say("looking")
    while not select.select([sys.stdin], [], [], 0)[0]:
        later |= look()
    sys.stdin.readline()
    return {"first": sorted(first), "later": sorted(later), "last": sorted(look())}


def _main(url: str) -> None:
    store = SqlStore.open(url, migrate=False)
    for line in iter(sys.stdin.readline, ""):
        how, firm_id, user_id = line.split()
        with WAYS[how](store, PortalUser(FirmId(firm_id), UserId(user_id))) as look:
            told = _watch(look)
        _say(json.dumps(told))
    store.close()


if __name__ == "__main__":
    _main(sys.argv[1])
