"""Statements go straight to the driver, unless somebody listens; and what fails there is handled as everywhere."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any, Final
from unittest import mock

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool.base import _ConnectionFairy

from portal_linkage import StoreUnavailable
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing.builders import ACME

Heard = list[object]


def by_event(name: str) -> Callable[[SqlStore, Heard, pytest.MonkeyPatch], None]:
    """Who listens to an event of the engine."""

    def listen(store: SqlStore, heard: Heard, _: pytest.MonkeyPatch) -> None:
        event.listen(store.engine, name, lambda *told: heard.append(told))

    return listen


def by_event_of_the_dialect(store: SqlStore, heard: Heard, _: pytest.MonkeyPatch) -> None:
    """Who listens to what the dialect does."""
    event.listen(store.engine, "do_execute", lambda *told: heard.append(told))


def by_log(store: SqlStore, heard: Heard, patch: pytest.MonkeyPatch) -> None:
    """Who has all statements logged."""
    handler = logging.Handler()
    patch.setattr(handler, "emit", heard.append)
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    patch.setattr(logger, "handlers", [handler])
    patch.setattr(logger, "propagate", False)
    patch.setattr(logger, "level", logger.level)
    store.engine.echo = True


LISTENERS: Final = [
    *map(by_event, ("before_execute", "after_execute", "before_cursor_execute", "after_cursor_execute")),
    by_event_of_the_dialect,
    by_log,
]


def read(store: SqlStore) -> None:
    """Ask something small."""
    with store.snapshot() as snapshot:
        snapshot.firms.find(ACME)


@pytest.mark.parametrize("listen", LISTENERS)
def test_whoever_listens_is_told_of_every_statement(
    store: SqlStore, listen: Callable[[SqlStore, Heard, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an event of whatever kind, or by the log; and whoever does not costs nothing."""
    with mock.patch.object(sa.Connection, "execute", side_effect=AssertionError):
        read(store)
    heard: Heard = []
    listen(store, heard, monkeypatch)
    read(store)
    assert heard


def test_whoever_listens_to_one_connection_is_told(store: SqlStore) -> None:
    """A host may listen to its own connection alone."""
    heard: Heard = []
    with store.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: heard.append(told))
        read_by = store.on(connection)
        with read_by.snapshot() as snapshot:
            snapshot.firms.find(ACME)
    assert heard


def failing(error: BaseException) -> Any:  # noqa: ANN401 -- a patch
    """Let every cursor fail that is asked for by anybody."""
    cursor = mock.Mock(**{"execute.side_effect": error})
    return mock.patch.object(_ConnectionFairy, "cursor", return_value=cursor)


def drivers(store: SqlStore) -> list[object]:
    """Two of the connections that the pool gives."""
    with store.engine.connect() as one, store.engine.connect() as another:
        return [one.connection.driver_connection, another.connection.driver_connection]


def test_a_connection_is_given_up_where_somebody_stops_the_program(store: SqlStore) -> None:
    """Nobody knows what it was in the middle of."""
    before = drivers(store)
    with store.snapshot() as snapshot, failing(KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        snapshot.firms.find(ACME)
    assert len([one for one in drivers(store) if one in before]) == 1


def test_a_dead_connection_is_given_up(store: SqlStore) -> None:
    """And so are all that are as old: they are dead as well."""
    before = drivers(store)
    with (
        store.snapshot() as snapshot,
        mock.patch.object(store.engine.dialect, "is_disconnect", return_value=True),
        failing(sqlite3.OperationalError("gone")),
        pytest.raises(StoreUnavailable),
    ):
        snapshot.firms.find(ACME)
    assert not [one for one in drivers(store) if one in before]


def test_what_no_driver_says_is_told_as_it_is(store: SqlStore) -> None:
    """A mistake in what a statement is filled with is a mistake, and no trouble with the database."""
    with store.snapshot() as snapshot, failing(OverflowError("too large")), pytest.raises(OverflowError):
        snapshot.firms.find(ACME)
    read(store)
