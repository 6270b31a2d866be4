"""What a store says to its database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
from sqlalchemy import event

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store


@attrs.frozen
class Said:
    """One execution of a cursor."""

    statement: str
    values: Any
    many: bool


@contextmanager
def listening(store: SqlStore) -> Iterator[list[Said]]:
    """All that the store says meanwhile."""
    said: list[Said] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:  # noqa: ANN401
        said.append(Said(statement, values, many))

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)


@contextmanager
def statements(store: Store) -> Iterator[Callable[[], int]]:
    """How often a cursor is executed meanwhile."""
    assert isinstance(store, SqlStore)
    with listening(store) as said:
        yield lambda: len(said)
