"""A store within a transaction that is the host's."""

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, registry

from portal_linkage import (
    Arrival,
    ClaimRefused,
    Conflict,
    EntityId,
    EntityNotFound,
    FirmNotFound,
    FirmStaff,
    InvalidValue,
    InvoiceId,
    InvoiceProof,
    LinkageService,
    NotFound,
    NothingToLink,
    PortalLinkageError,
    PortalUser,
    StoreUnavailable,
    TooManyAttempts,
    UserId,
    UserNotFound,
    VerifiedEmail,
)
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.domain.values import FirmId
from portal_linkage.testing.builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, STAFF, TRUST, firm, jane_at, usd
from tests import engines
from tests.sql.hosting import NOTE, Host, hosting, jane_signs_up, jot
from tests.sql.listening import listening

JOHN = VerifiedEmail.attest(jane_at(7), via="link in a mail")


@pytest.fixture(params=engines.SQL)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """An application with an engine as SQLAlchemy makes it, and a table of its own."""
    with hosting(request.param, tmp_path) as opened:
        yield opened


def test_what_the_host_commits_is_kept(host: Host) -> None:
    """Nobody else sees what was done until the host commits; then everybody does, the host's own rows with it."""
    with host.engine.connect() as connection:
        jot(connection, "before")
        user = jane_signs_up(host.on(connection)).user
        jot(connection, "after")
        assert host.on(connection).view(user.viewer).amount_due == {"USD": usd("1200.00")}
        assert host.portal.find_user(ACME, JANE) is None
        connection.commit()
    assert host.portal.find_user(ACME, JANE) == user
    assert host.notes() == ["after", "before"]


@pytest.mark.parametrize("begins_with_us", [True, False])
def test_what_the_host_rolls_back_is_undone(host: Host, *, begins_with_us: bool) -> None:
    """The host's rollback undoes all of it, whether the transaction began with the host's own change or with ours."""
    with host.engine.connect() as connection:
        if not begins_with_us:
            jot(connection, "before")
        jane_signs_up(host.on(connection))
        with host.store.on(connection).transaction() as tx:
            tx.firms.save(firm(OTHER_FIRM))
        jot(connection, "after")
        connection.rollback()
    assert (host.portal.find_user(ACME, JANE), host.notes()) == (None, [])
    with host.store.snapshot() as snapshot:
        assert snapshot.firms.find(OTHER_FIRM) is None
        assert snapshot.journal.is_settled(ACME)


def _sign_up_twice_with_one_id(portal: LinkageService) -> None:
    service = LinkageService(portal._store, new_id=lambda: "one")
    jane_signs_up(service)
    service.sign_up(ACME, JOHN, name="", claim=Arrival.attest(TRUST, via="x"))


NOBODY = PortalUser(ACME, JANE_ID)
REFUSED: dict[str, tuple[type[PortalLinkageError], Callable[[LinkageService], object]]] = {
    "nothing to link": (NothingToLink, lambda portal: portal.sign_up(ACME, JOHN, name="")),
    "no such firm": (FirmNotFound, lambda portal: portal.sign_up(FirmId("none"), JOHN, name="")),
    "no such entity": (
        EntityNotFound,
        lambda portal: portal.sign_up(ACME, JOHN, name="", claim=Arrival.attest(EntityId("none"), via="x")),
    ),
    "no such user": (UserNotFound, lambda portal: portal.view(NOBODY)),
    "an id that is taken": (Conflict, _sign_up_twice_with_one_id),
    "no such bill": (NotFound, lambda portal: portal.invoice(NOBODY, InvoiceId("none"))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_leaves_the_transaction_usable(host: Host, name: str) -> None:
    """After an error of ours the host goes on: what it wrote before is there, and what it writes after is kept."""
    error, ask = REFUSED[name]
    with host.engine.connect() as connection:
        jot(connection, "before")
        with pytest.raises(error):
            ask(host.on(connection))
        jot(connection, "after")
        connection.commit()
    assert host.notes() == ["after", "before"]


def test_an_error_undoes_our_change_alone(host: Host) -> None:
    """What failed leaves nothing behind, though the host commits; what was done before it stays."""
    with host.engine.connect() as connection:
        user = jane_signs_up(host.on(connection)).user
        hosted = host.store.on(connection)
        with pytest.raises(ZeroDivisionError), hosted.transaction() as tx:  # noqa: PT012 -- a change, and its end
            tx.firms.save(firm(OTHER_FIRM))
            raise ZeroDivisionError
        connection.commit()
    assert host.portal.find_user(ACME, JANE) == user
    with host.store.snapshot() as snapshot:
        assert snapshot.firms.find(OTHER_FIRM) is None


def test_refused_proofs_are_counted_where_the_host_commits(host: Host) -> None:
    """Twelve wrong proofs in twelve transactions: five are refused, and then nothing is looked up any more (L10)."""
    with host.engine.begin() as connection:
        user = jane_signs_up(host.on(connection)).user.viewer
    answers: list[object] = []
    for number in range(12):
        with host.engine.begin() as connection:
            answers.append(host.on(connection).claim(user, InvoiceProof("1003", f"wrong-{number}")))
    assert [type(answer) for answer in answers] == [ClaimRefused] * 5 + [TooManyAttempts] * 7


def test_a_session_is_flushed_and_joined(host: Host) -> None:
    """What the host's session has pending is written first, and its commit and its rollback are ours."""
    for ends, kept in (("rollback", []), ("commit", ["pending"])):
        with Session(host.engine) as session:
            session.execute(sa.insert(NOTE).values(note="pending"))
            user = jane_signs_up(host.on(session)).user
            assert host.on(session).find_user(ACME, JANE) == user
            getattr(session, ends)()
        assert host.notes() == kept
        assert (host.portal.find_user(ACME, JANE) is not None) == bool(kept)


def test_a_reading_sees_what_the_host_has_written(host: Host) -> None:
    """Within its transaction the host reads its own changes through us, and ends it as it likes."""
    with host.engine.connect() as connection:
        portal = host.on(connection)
        user = jane_signs_up(portal).user
        connection.execute(sa.text("UPDATE portal_entity SET active = :no"), {"no": False})
        assert portal.view(user.viewer).entities.items == ()
        connection.rollback()
    assert host.portal.find_user(ACME, JANE) is None


def test_one_block_at_a_time(host: Host) -> None:
    """As in a store of its own: a snapshot within a snapshot is fine, and nothing is opened within a change."""
    with host.engine.connect() as connection:
        hosted = host.store.on(connection)
        with hosted.snapshot() as outer, hosted.snapshot() as inner:
            assert outer.firms.find(ACME) == inner.firms.find(ACME) == firm()
            with pytest.raises(Conflict) as caught, hosted.transaction():
                pass
            assert not caught.value.retryable
        with pytest.raises(Conflict, match="ended"):
            inner.firms.find(ACME)
        with hosted.transaction() as tx:
            for block in (hosted.snapshot, hosted.transaction):
                with pytest.raises(Conflict, match="inside"), block():
                    pass
            tx.firms.save(firm(OTHER_FIRM))
        with hosted.snapshot() as again:
            assert again.firms.find(OTHER_FIRM) is not None


def test_a_hosted_store_is_closed_alone(host: Host) -> None:
    """Closing it ends neither the transaction nor the store that it came from; closing that one closes both."""
    with host.engine.connect() as connection:
        hosted = host.store.on(connection)
        hosted.close()
        with pytest.raises(StoreUnavailable, match="closed"), hosted.snapshot():
            pass
        other = host.store.on(connection)
        jot(connection, "still here")
        connection.commit()
        host.store.close()
        with pytest.raises(StoreUnavailable, match="closed"), other.transaction():
            pass
        with pytest.raises(StoreUnavailable, match="closed"):
            host.store.on(connection)
    assert host.notes() == ["still here"]


@pytest.mark.parametrize("other", [None, "connection", 7])
def test_only_a_transaction_is_joined(host: Host, other: Any) -> None:  # noqa: ANN401
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match="host must be a Connection or a Session"):
        host.store.on(other)


def test_joining_asks_the_database_nothing(host: Host) -> None:
    """A store is bound for each request: tables and statements were built before, and nothing is asked."""
    with host.engine.connect() as connection, listening(host.store) as said:
        hosted = [host.store.on(connection) for _ in range(100)]
    assert said == []
    assert all(one._parts is host.store._parts for one in hosted)


def test_the_hosts_own_tables_are_joined_with_what_a_viewer_sees(host: Host) -> None:
    """Letters, cards and files of the host's are shown by the same scope, in one statement."""
    user = jane_signs_up(host.portal).user
    with host.engine.begin() as connection:
        for note, entity_id in (("hers", REALTY), ("hers too", TRUST), ("another's", "9999")):
            jot(connection, note, entity_id)
    visible = host.store.visible_entities(user.viewer).subquery()
    theirs = sa.select(NOTE.c.note).join(visible, visible.c.entity_id == NOTE.c.entity_id).order_by(NOTE.c.note)
    with host.engine.connect() as connection:
        assert list(connection.scalars(theirs)) == ["hers", "hers too"]
        host.portal.unlink(FirmStaff(ACME, STAFF), user.user_id, TRUST)
        connection.rollback()
        assert list(connection.scalars(theirs)) == ["hers"]


def test_a_conflict_in_a_hosts_transaction_is_the_hosts_to_retry(tmp_path: Path) -> None:
    """A host on SQLite that has read before another's change cannot write any more: it is told to begin anew."""
    with hosting("sqlite", tmp_path, connect_args={"timeout": 0.05}) as host, host.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT * FROM host_note").all()
        with host.store.transaction() as tx:
            tx.firms.save(firm(OTHER_FIRM))
        with listening(host.store) as said, pytest.raises(Conflict) as caught:
            jane_signs_up(host.on(connection))
        assert caught.value.retryable
        assert len([one for one in said if "mailbox" in one.statement]) == 1
        connection.rollback()
        jane_signs_up(host.on(connection))
        connection.commit()


def test_a_transaction_that_the_host_begins_itself_is_joined(tmp_path: Path) -> None:
    """A host that switches the driver's own transactions off, and begins them in an event, is joined as any other."""
    with hosting("sqlite", tmp_path) as host:
        event.listen(host.engine, "connect", lambda driver, _: setattr(driver, "isolation_level", None))
        event.listen(host.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        host.engine.dispose()
        with host.engine.connect() as connection:
            jane_signs_up(host.on(connection))
            connection.rollback()
        assert host.portal.find_user(ACME, JANE) is None
        with host.engine.begin() as connection:
            user = jane_signs_up(host.on(connection)).user
        assert host.portal.find_user(ACME, JANE) == user


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the driver of Python 3.11 has no such setting")
def test_a_driver_that_always_has_a_transaction_is_joined(tmp_path: Path) -> None:
    """A host that uses the newer transactions of Python's driver is joined as any other."""
    with hosting("sqlite", tmp_path, connect_args={"autocommit": False}) as host:
        with host.engine.connect() as connection:
            jane_signs_up(host.on(connection))
            connection.rollback()
        assert host.portal.find_user(ACME, JANE) is None


@pytest.mark.parametrize("way", ["engine", "driver"])
def test_a_connection_in_autocommit_is_refused(host: Host, way: str) -> None:
    """A savepoint would be nothing there, and on SQLite nobody would commit what we began."""
    with host.engine.connect() as connection:
        if way == "engine":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        elif host.engine.dialect.name == "sqlite":
            cast("Any", connection.connection.driver_connection).isolation_level = None
        else:
            cast("Any", connection.connection.driver_connection).autocommit = True
        with pytest.raises(InvalidValue, match="host: is in autocommit"):
            jane_signs_up(host.on(connection))
        connection.invalidate()
    assert host.portal.find_user(ACME, JANE) is None


def test_the_hosts_own_errors_stay_its_own(host: Host) -> None:
    """What breaks a key of the host's own is told to the host as it always is."""
    host_note = type("HostNote", (registry().generate_base(),), {"__table__": NOTE.to_metadata(sa.MetaData())})
    with Session(host.engine) as session:
        session.add_all([host_note(note="a"), host_note(note="b")])
        session.commit()
        session.connection().execute(sa.insert(NOTE).values(note="c"))
        session.add(host_note(note="c"))
        with pytest.raises(sa.exc.IntegrityError):
            jane_signs_up(host.on(session))


def _give_up(connection: sa.Connection) -> None:
    connection.rollback()
    raise KeyboardInterrupt


def test_what_stops_a_host_is_not_renamed_by_undoing(host: Host) -> None:
    """A host that has ended its transaction inside our block, and then fails, is told of its own failure."""
    with host.engine.connect() as connection:
        with pytest.raises(KeyboardInterrupt), host.store.on(connection).transaction():
            _give_up(connection)
        connection.rollback()
        jot(connection, "later")
        connection.commit()
    assert host.notes() == ["later"]


def test_a_host_of_another_kind_of_database_is_refused(host: Host) -> None:
    """Before anything is asked of it."""
    other = sa.create_engine({"sqlite": "postgresql+psycopg://", "postgresql": "sqlite://"}[host.engine.dialect.name])
    with mock.patch.object(host.engine, "dialect", other.dialect):
        store = SqlStore(host.engine)
    with host.engine.connect() as connection, pytest.raises(InvalidValue, match="another kind of database"):
        host.portal.using(store.on(connection)).find_user(ACME, JANE)
    other.dispose()


def test_our_cause_repeats_no_row(tmp_path: Path) -> None:
    """PostgreSQL tells of the whole row that it refuses: that line is in nothing that may be logged."""
    with hosting("postgresql", tmp_path) as host:
        user = host.portal.find_user(ACME, JANE) or jane_signs_up(host.portal).user
        with host.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE portal_mailbox ADD CONSTRAINT few CHECK (revision < 2)")
        with pytest.raises(Conflict) as caught:
            host.portal.link(FirmStaff(ACME, STAFF), user.user_id, TRUST)
        with host.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE portal_mailbox DROP CONSTRAINT few")
    told = "".join(traceback.format_exception(caught.value))
    assert "violates check constraint" in told
    assert "jane" not in told.lower().replace("jane_signs_up", "")


@pytest.mark.parametrize(("engine", "schema"), [("sqlite", "main"), ("postgresql", "tenant_7")])
def test_schemas_are_translated(tmp_path: Path, engine: str, schema: str) -> None:
    """A host with a schema for each tenant translates it on the connection: our tables are looked for there."""
    with hosting(engine, tmp_path) as host:
        tenant = SqlStore(host.engine, schema=None if schema == "main" else schema)
        if schema != "main":
            with host.engine.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
                connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            tenant.migrate()
        with host.engine.connect() as connection:
            translated = connection.execution_options(schema_translate_map={None: schema})
            hosted = host.store.on(translated)
            with hosted.transaction() as tx:
                tx.firms.save(firm(OTHER_FIRM, name="Of the tenant"))
            connection.commit()
        with tenant.snapshot() as snapshot:
            assert snapshot.firms.find(OTHER_FIRM) == firm(OTHER_FIRM, name="Of the tenant")
        with host.store.snapshot() as snapshot:
            assert (snapshot.firms.find(OTHER_FIRM) is None) == (schema != "main")


def test_a_host_may_create_the_tables_in_its_transaction() -> None:
    """Migrating joins the host's transaction, too, and is undone with it."""
    engine = sa.create_engine(engines.database("migrated_by_a_host"))
    store = SqlStore(engine, prefix="ours_")
    with engine.connect() as connection:
        store.on(connection).migrate()
        connection.rollback()
        assert "ours_link" not in sa.inspect(connection).get_table_names()
        store.on(connection).migrate()
        store.on(connection).migrate()
        connection.commit()
    with store.snapshot() as snapshot:
        assert snapshot.users.find(ACME, UserId("nobody")) is None
    engine.dispose()
