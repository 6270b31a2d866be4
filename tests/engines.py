"""Every kind of store that there is, and how tests get an empty one."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.tables import Tables
from portal_linkage.ports import Store

from . import postgres

SQL: Final = ("sqlite", "postgresql")
ALL: Final = ("memory", *SQL)

_TABLES: Final = [table.name for table in Tables(sa.MetaData(), "portal_", None).all]


def database(name: str) -> str:
    """The address of a new database on the server of the tests, which this process may fill as it likes."""
    server = sa.make_url(postgres.cluster().url)
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@cache
def shared(engine: str) -> sa.Engine:
    """A database with our tables that the tests of this process use in turn: in memory, or the one on PostgreSQL."""
    if engine == "postgresql":
        url = os.environ.get(postgres.GIVEN) or database(f"shared_by_{os.getpid()}")
    else:
        url = "sqlite://"
    store = SqlStore.open(url)
    return store.engine


@cache
def _template() -> Path:
    """A SQLite file with our tables, to copy."""
    path = Path(tempfile.mkdtemp()) / "template.db"
    SqlStore.open(f"sqlite:///{path}").close()
    atexit.register(shutil.rmtree, path.parent)
    return path


def emptied(kind: str) -> sa.Engine:
    """That database, with nothing in its tables, and nobody who listens to it."""
    engine = shared(kind)
    with engine.begin() as connection:
        for table in _TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 -- a name
    engine._has_events = False  # SQLAlchemy does not notice that whoever listened has gone
    return engine


def url_of(engine: str, folder: Path) -> str:
    """The address of an empty SQL database with our tables."""
    if engine == "postgresql":
        return emptied(engine).url.render_as_string(hide_password=False)
    shutil.copy(_template(), folder / "portal.db")
    return f"sqlite:///{folder}/portal.db"


def opened(engine: str, folder: Path | None = None) -> Store:
    """An empty store of one kind; of SQLite in a file of this folder, or in memory."""
    if engine == "memory":
        return MemoryStore()
    if engine == "sqlite" and folder is not None:
        return SqlStore.open(url_of(engine, folder), migrate=False)
    return SqlStore(emptied(engine))
