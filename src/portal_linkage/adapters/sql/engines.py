"""From the address of a database to an engine of our own."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from ...domain.errors import InvalidValue
from ...domain.values import check_type, flaw_of
from .dialects import KNOWN, WAIT_SECONDS, dialect_named


def engine_for(url: str) -> sa.Engine:
    """An engine of our own. A SQLite database in memory is one connection, for which the others wait.

    Raises:
        InvalidValue: it is not the address of a database that this package knows.
        ImportError: the driver of PostgreSQL is not installed.
    """
    try:
        address = sa.make_url(check_type("url", url, str))
    except (ArgumentError, ValueError):  # a ValueError for a port that is no number
        raise InvalidValue("url", "is no address of a database") from None
    if flaw := flaw_of(address.database or "", most=len(url)):
        raise InvalidValue("url", flaw)
    if dialect_named(address.get_backend_name()) is None:
        raise InvalidValue("url", f"must be the address of {KNOWN}")
    try:
        engine = sa.create_engine(address, hide_parameters=True, **_options(address))
        engine.dialect.create_connect_args(address)
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise InvalidValue("url", "names a driver that is not installed") from None
        told = "PostgreSQL needs psycopg: pip install 'portal_linkage[postgres]'"
        raise ImportError(told, name=error.name) from error
    except (ArgumentError, TypeError, ValueError):  # the last two for options that are none
        raise InvalidValue("url", "names a driver or an option that cannot be used here") from None
    return engine


def _options(address: sa.URL) -> dict[str, Any]:
    if address.get_backend_name() != "sqlite":
        return {}
    in_memory = address.database in {None, "", ":memory:"}
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if in_memory else {}
    return {
        "poolclass": QueuePool,
        "connect_args": {"check_same_thread": False, "timeout": WAIT_SECONDS},
        **pool,
    }
