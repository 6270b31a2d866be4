"""Straight to the driver: of the 22 microseconds of a small statement SQLAlchemy takes 14, and a view is eight."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def is_watched(connection: sa.Connection) -> bool:
    """Whether somebody is told of every statement, by an event or in a log: they are told by SQLAlchemy."""
    inside: Any = connection
    told = (inside, inside.engine, inside.dialect)
    return bool(inside._echo or any(one._has_events for one in told))  # noqa: SLF001 -- there is no other way to ask


def execute(connection: sa.Connection, text: str, values: Any, *, answers: bool) -> Sequence[Sequence[Any]]:  # noqa: ANN401 -- as the driver takes them
    """Let the driver execute a text, or once for each in a list of values, and give the rows that it answers.

    Whatever fails is handled and told as if SQLAlchemy had executed it: a connection that is dead is given up, for
    example.
    """
    cursor: Any = connection.connection.cursor()
    try:
        (cursor.executemany if isinstance(values, list) else cursor.execute)(text, values)
        rows: Sequence[Sequence[Any]] = cursor.fetchall() if answers else ()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, connection.dialect.loaded_dbapi.Error):
            raise
        # There is no other way to have it handled.
        connection._handle_dbapi_exception(error, text, None, cursor, None)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    cursor.close()
    return rows
