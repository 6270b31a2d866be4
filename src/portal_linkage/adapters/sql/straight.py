"""Straight to the driver, past SQLAlchemy, which takes 14 of the 22 microseconds of a small statement.

Only where nobody else has a say: in transactions of our own, on engines to which nobody listens.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def is_watched(connection: sa.Connection) -> bool:
    """Whether SQLAlchemy is asked for more than to execute: by any listener, by a log, or to rename tables."""
    inside: Any = connection
    told = (inside, inside.engine, inside.dialect)
    is_told = inside._echo or any(one._has_events for one in told)  # noqa: SLF001 -- there is no other way to ask
    return is_told or "schema_translate_map" in connection.get_execution_options()


def execute(connection: sa.Connection, text: str, values: Any, *, answers: bool) -> Sequence[Sequence[Any]]:  # noqa: ANN401 -- as the driver takes them
    """Let the driver execute a text, or once for each in a list of values, and give the rows that it answers.

    The connection is ours, and in a transaction. What the driver says is told by the errors of SQLAlchemy, without the
    values; a connection that is dead, or was stopped in the middle of something, is given up, as SQLAlchemy does.
    """
    inside: Any = connection
    driver, cursor = inside.connection, None
    try:
        cursor = driver.cursor()
        (cursor.executemany if isinstance(values, list) else cursor.execute)(text, values)
        rows: Sequence[Sequence[Any]] = cursor.fetchall() if answers else ()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, connection.dialect.loaded_dbapi.Error):
            inside._safe_close_cursor(cursor)  # noqa: SLF001 -- there is no other way to close what may be broken
            raise
        connection._handle_dbapi_exception(error, text, None, cursor, None)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    cursor.close()
    return rows
