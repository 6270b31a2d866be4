"""Databases in which a host keeps its bills: that of the store, or another one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa
from sqlalchemy import event

from tests import engines


@cache
def another(dialect: str) -> sa.Engine:
    """A database beside that of the store."""
    if dialect == "postgresql":
        return sa.create_engine(engines.shared(dialect).url)
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})


def emptied(engine: sa.Engine, table: sa.Table) -> sa.Engine:
    """The database, with nothing in the table."""
    with engine.begin() as connection:
        table.create(connection, checkfirst=True)
        connection.execute(table.delete())
    return engine


@contextmanager
def counting(*asked: sa.Engine) -> Iterator[Callable[[], int]]:
    """How often a cursor is executed meanwhile, on any of these."""
    count = 0

    def hear(*_: object) -> None:
        nonlocal count
        count += 1

    for engine in set(asked):
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield lambda: count
    finally:
        for engine in set(asked):
            event.remove(engine, "before_cursor_execute", hear)
