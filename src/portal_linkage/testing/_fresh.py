"""Whether what an author has written for the tests will do, before any promise is held."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from traceback import extract_tb
from typing import Any, Final, TypeVar

from ..domain.values import PageRequest
from ..ports import Snapshot, Store
from .builders import ACME, SMITH, entity, firm, invoice

T = TypeVar("T")

PAGE: Final = PageRequest()
LOOKS: Final[Mapping[str, Callable[[Snapshot], object]]] = {
    "a firm": lambda read: read.firms.find(ACME),
    "a client": lambda read: list(read.entities.roster(ACME)),
    "a user": lambda read: read.users.search(ACME, "", None, PAGE).items,
    "a link": lambda read: read.links.count(ACME, at_most=1),
    "a bar": lambda read: read.bars.listing(ACME, None, PAGE).items,
    "an invoice": lambda read: read.invoices.find(ACME, invoice().invoice_id),
    "an event": lambda read: read.journal.listing(ACME, None, None, PAGE).items,
}


class UnfitError(Exception):
    """What an author has written for the tests will not do, in words."""


def done(name: str, act: Callable[[], T]) -> T:
    """What an author's method gives; an error of its own is told with its place."""
    try:
        return act()
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        place = f"{last.filename}, line {last.lineno}"
        raise UnfitError(f"{name} raised {type(error).__name__}: {error} ({place})") from error


def made(name: str, make: Callable[[], Store]) -> Store:
    """The store that an author's method makes."""
    store: Any = done(name, make)
    if not all(hasattr(store, part) for part in ("snapshot", "transaction", "close")):
        raise UnfitError(f"{name} gave {store!r}, which is no store")
    return store  # type: ignore[no-any-return]


@contextmanager
def made_anew(name: str, make: Callable[[], Store], leave: Callable[[Store], object]) -> Generator[Store]:
    """A second store, when something was left in the first. What a store cannot do yet, the promises tell."""
    first = made(name, make)
    with suppress(Exception):
        leave(first)
    with suppress(Exception):
        first.close()
    second = made(name, make)
    if second is first:
        raise UnfitError(f"{name} gave the same store twice: it makes a new one each time")
    try:
        if found := [what for what, look in LOOKS.items() if _sees(second, look)]:
            raise UnfitError(f"{name} gave a store with {', '.join(found)} in it: it makes one with nothing in it")
        yield second
    finally:
        with suppress(Exception):
            second.close()


def leave_a_client(store: Store) -> None:
    """Leave a firm, a client and a bill in a store."""
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save(entity(SMITH))
        tx.invoices.save(invoice())


def _sees(store: Store, look: Callable[[Snapshot], object]) -> bool:
    with suppress(Exception), store.snapshot() as snapshot:
        return bool(look(snapshot))
    return False
