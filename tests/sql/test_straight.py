"""Statements go straight to the driver, unless somebody listens; and what fails there is handled as everywhere."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool.base import _ConnectionFairy

from portal_linkage import StoreUnavailable
from portal_linkage.adapters.sql import SqlStore, forms
from portal_linkage.adapters.sql.dialects import dialect_of
from portal_linkage.adapters.sql.moment import Moment
from portal_linkage.adapters.sql.sources import Asked, Reading
from portal_linkage.domain.entities import Payment
from portal_linkage.domain.values import PageRequest
from portal_linkage.domain.viewers import Only
from portal_linkage.testing.builders import ACME, JANE, REALTY, entity, firm
from tests import engines
from tests.crashes.use_cases import USE_CASES, furnish
from tests.service.world import World

from .story import client_ids

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
    """By an event of whatever kind, or by the log."""
    heard: Heard = []
    listen(store, heard, monkeypatch)
    read(store)
    assert heard


@pytest.mark.parametrize("kind", [*engines.SQL, "one connection of a host's"])
def test_where_nobody_listens_sqlalchemy_executes_nothing(kind: str) -> None:
    """Not what asks, nor what changes, nor a list of ids or of rows."""
    of_host = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    store = SqlStore(engines.emptied(kind) if kind in engines.SQL else of_host)
    store.migrate()
    with mock.patch.object(sa.Connection, "execute", side_effect=AssertionError):
        read(store)
        with store.transaction() as tx:
            tx.firms.save(firm())
            tx.entities.save_many(map(entity, client_ids(2)))
            tx.mailboxes.lock(ACME, JANE)
            assert len(tx.entities.labels(ACME, client_ids(2))) == len(client_ids(2))
    of_host.dispose()


def test_postgresql_plans_a_statement_once() -> None:
    """Its driver forgets what it has prepared whenever something is rolled back, and a reading is not."""
    store = SqlStore(engines.emptied("postgresql"))
    for _ in range(20):
        read(store)
    with store.engine.connect() as connection:
        planned = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("portal_firm" in statement for statement in planned)


def test_a_table_of_another_shape_fails_once_at_most() -> None:
    """What the server has prepared for the old one is forgotten with the reading that has failed."""
    url = engines.url_of("postgresql", Path())
    store, another = SqlStore(sa.create_engine(url, pool_size=1)), sa.create_engine(url)
    for _ in range(20):
        read(store)
    for shape in ("varchar(900)", "text"):
        with another.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE portal_firm ALTER name TYPE {shape}")
        with suppress(StoreUnavailable):
            read(store)
        read(store)
    store.engine.dispose()
    another.dispose()


@pytest.mark.parametrize("kind", engines.SQL)
def test_a_host_may_set_something_as_a_connection_is_opened(kind: str, tmp_path: Path) -> None:
    """A listener that says something has begun a transaction, which is not ours."""
    engine = sa.create_engine(engines.url_of(kind, tmp_path))
    event.listen(engine, "engine_connect", lambda connection: connection.exec_driver_sql("SELECT 1"))
    store = SqlStore(engine)
    with store.transaction() as tx:
        tx.firms.save(firm())
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) == firm()
    engine.dispose()


def test_what_a_hosts_reader_sets_is_undone() -> None:
    """A setting of the session would tell the next one who reads, at another firm maybe, whose turn it is."""
    engine = sa.create_engine(engines.url_of("postgresql", Path()), pool_size=1)

    def setting(asked: Asked, *_: object) -> list[Payment]:
        asked.rows(sa.text("SELECT set_config('app.tenant', 'acme', false)"))
        return []

    store = SqlStore(engine, payments=mock.Mock(is_elsewhere=False, listing=setting))
    with store.snapshot() as snapshot:
        snapshot.payments.in_scope(Only(ACME, REALTY), PageRequest())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT current_setting('app.tenant', true)").scalar() in {None, ""}
    engine.dispose()


def undone_meanwhile(store: SqlStore, connection: sa.Connection, begun: sa.Transaction) -> None:
    """Change something in a transaction that a host undoes in the middle of the change."""
    with begun, store.on(connection).transaction() as tx:
        begun.rollback()
        tx.firms.save(firm())


def test_a_transaction_that_a_host_has_ended_takes_nothing_more(store: SqlStore) -> None:
    """SQLAlchemy knows, and refuses: nothing is written into the host's next one."""
    with store.engine.connect() as connection:
        with pytest.raises(StoreUnavailable):
            undone_meanwhile(store, connection, connection.begin())
        with connection.begin():
            connection.exec_driver_sql("UPDATE portal_firm SET name = name")
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None


def test_a_savepoint_that_a_host_has_undone_takes_nothing_more(store: SqlStore) -> None:
    """Nor is anything written into the transaction around it."""
    with store.engine.connect() as connection, connection.begin():
        with pytest.raises(StoreUnavailable):
            undone_meanwhile(store, connection, connection.begin_nested())
        connection.exec_driver_sql("UPDATE portal_firm SET name = name")
    with store.snapshot() as snapshot:
        assert snapshot.firms.find(ACME) is None


def test_a_host_may_close_its_own_connection(store: SqlStore) -> None:
    """Then the store is told that there is none, by its own error."""
    with store.engine.connect() as connection, store.on(connection).snapshot() as snapshot:
        driver: Any = connection.connection.driver_connection
        driver.close()
        with pytest.raises(StoreUnavailable):
            snapshot.firms.find(ACME)


def test_rows_of_a_hosts_that_cannot_be_fetched_are_told_by_our_own_error(store: SqlStore) -> None:
    """Not only what fails when a statement is executed is the database's."""
    error = OperationalError("a statement", None, sqlite3.OperationalError("the disk is gone"))
    with store.engine.connect() as connection, mock.patch.object(sa.CursorResult, "all", side_effect=error):
        reading = Reading(Moment(connection, dialect_of(store.engine), lambda: None, is_hosts=True))
        with pytest.raises(StoreUnavailable):
            reading.rows(sa.text("SELECT 1"))


def test_statements_are_written_once_for_all_stores_on_an_engine(store: SqlStore) -> None:
    """An application may make a store whenever it needs one."""
    read(SqlStore(store.engine))
    with mock.patch.object(sa.Select, "compile", side_effect=AssertionError):
        read(SqlStore(store.engine))


def test_forms_are_forgotten_when_there_are_too_many(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a schema for each of many firms keeps the forms of some."""
    monkeypatch.setattr(forms, "_KNOWN", 3)
    for number in range(9):
        statement: sa.Select[Any] = sa.select(sa.literal_column(str(number)))
        forms.form_of(statement, store.engine.dialect, {}, answers=True)
    assert len(forms._FORMS[store.engine.dialect]) <= 3


def test_lists_of_any_length_share_few_forms(store: SqlStore) -> None:
    """A list is written out for the next power of two, and what it does not fill finds nothing."""
    ids = client_ids(20)
    with store.transaction() as tx:
        tx.entities.save_many(entity(one) for one in ids)
    known = forms._FORMS[store.engine.dialect]
    with store.snapshot() as snapshot:
        before = len(known)
        found = [snapshot.entities.labels(ACME, ids[:count]) for count in range(1, 18)]
    assert [[*labels] for labels in found] == [ids[:count] for count in range(1, 18)]
    assert len(known) - before == len((1, 2, 4, 8, 16, 32))


def test_a_list_is_never_cut(store: SqlStore) -> None:
    """Who would fill more into a form than it has room for is told so: what is left out might be a bar."""
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    among: sa.Select[Any] = sa.select(sa.literal_column("1")).where(sa.literal_column("1").in_(ids))
    form = forms.form_of(among, store.engine.dialect, {"ids": ("1", "2", "3")}, answers=True)
    assert form.filled({"ids": ("1",)}) == ("1", None, None, None)
    with pytest.raises(ValueError, match="longer"):
        form.filled({"ids": tuple("12345")})


def test_a_value_that_is_missing_is_a_mistake(store: SqlStore) -> None:
    """It is not taken for nothing."""
    statement: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        sa.literal_column("1") == sa.bindparam("firm", type_=sa.Text)
    )
    form = forms.form_of(statement, store.engine.dialect, {"firm": "acme"}, answers=True)
    with pytest.raises(KeyError):
        form.filled({"frim": "acme"})


@pytest.mark.parametrize("name", [name for name, case in USE_CASES.items() if case.is_reading])
def test_the_same_is_read_whoever_listens(store: SqlStore, name: str) -> None:
    """To the last type: a truth is no number, a date no text."""
    case, world = USE_CASES[name], World(store)
    furnish(world)
    case.past(world)
    straight = repr(case.perform(world, store))
    event.listen(store.engine, "after_cursor_execute", lambda *_: None)
    assert repr(case.perform(world, store)) == straight


def failing(error: BaseException) -> Any:  # noqa: ANN401 -- a patch
    """Let every cursor fail that is asked for by anybody."""
    cursor = mock.Mock(**{"execute.side_effect": error})
    return mock.patch.object(_ConnectionFairy, "cursor", return_value=cursor)


def test_a_cursor_is_closed_after_use(store: SqlStore) -> None:
    """An open one keeps SQLite from letting go."""
    cursor = mock.Mock(**{"fetchall.return_value": []})
    with store.snapshot() as snapshot, mock.patch.object(_ConnectionFairy, "cursor", return_value=cursor):
        snapshot.firms.find(ACME)
    cursor.close.assert_called_once_with()


@pytest.mark.parametrize("error", [sqlite3.OperationalError("no"), OverflowError("too large")])
def test_a_cursor_is_closed_whatever_fails(store: SqlStore, error: Exception) -> None:
    """By the database, or by a mistake."""
    with store.snapshot() as snapshot, failing(error) as patched, pytest.raises((StoreUnavailable, type(error))):
        snapshot.firms.find(ACME)
    patched.return_value.close.assert_called_once_with()


def test_no_cursor_is_to_be_had(store: SqlStore) -> None:
    """The driver's own error is not told, and what is dead is given up."""
    with (
        store.snapshot() as snapshot,
        mock.patch.object(_ConnectionFairy, "cursor", side_effect=sqlite3.ProgrammingError("closed")),
        pytest.raises(StoreUnavailable),
    ):
        snapshot.firms.find(ACME)
    read(store)


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
