"""All that a database holds of ours."""

from functools import cache, reduce

import sqlalchemy as sa

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.tables import Tables


def rows(store: SqlStore) -> list[str]:
    """Every row of every table, the places of events in the journal included, as others see them."""
    with store.engine.connect() as connection:
        return sorted(connection.scalars(_everything(store._parts.tables)))


@cache
def _everything(tables: Tables) -> sa.CompoundSelect[tuple[str]]:
    return sa.union_all(*(sa.select(_in_one(table)) for table in tables.all))


def _in_one(table: sa.Table) -> sa.ColumnElement[str]:
    """A row as one text; a column that is empty differs from one that is not there."""
    columns = (sa.func.coalesce(sa.cast(column, sa.Text), "(nothing)") for column in table.c)
    told: sa.ColumnElement[str] = reduce(lambda row, column: row + " | " + column, columns, sa.literal(table.name))
    return told
