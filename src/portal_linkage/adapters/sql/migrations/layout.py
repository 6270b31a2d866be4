"""What the revisions are written in. They have run with it: it is added to, and never changed."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from ..dialects import dialect_named
from ..tables import Tables

_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def name_of(table: str) -> str:
    """The name of a table of ours, as the host has chosen its beginning."""
    return f"{op.get_context().opts.get('portal_prefix', 'portal_')}{table}"


def schema() -> str | None:
    """Where our tables are."""
    chosen: str | None = op.get_context().opts.get("portal_schema")
    return chosen


def quoted(table: str) -> str:
    """A table of ours, as it stands in plain SQL."""
    preparer = op.get_context().dialect.identifier_preparer
    return preparer.format_table(sa.table(name_of(table), schema=schema()))


def _columns(
    kind: sa.types.TypeEngine[Any], names: str, *, nullable: bool = False, primary_key: bool = False
) -> list[sa.Column[Any]]:
    return [
        sa.Column(name, kind, nullable=nullable, primary_key=primary_key, autoincrement=False) for name in names.split()
    ]


def key(names: str = "") -> list[sa.Column[Any]]:
    """The firm, and what else the primary key begins with."""
    return _columns(_TEXT, f"firm_id {names}", primary_key=True)


def positions(names: str) -> list[sa.Column[Any]]:
    """Numbers of the primary key."""
    return _columns(sa.BigInteger(), names, primary_key=True)


def texts(names: str, *, nullable: bool = False) -> list[sa.Column[Any]]:
    """Texts, compared by code point."""
    return _columns(_TEXT, names, nullable=nullable)


def integers(names: str, *, nullable: bool = False) -> list[sa.Column[Any]]:
    """Numbers, times and amounts."""
    return _columns(sa.BigInteger(), names, nullable=nullable)


def flags(names: str) -> list[sa.Column[Any]]:
    """Yes or no."""
    return _columns(sa.Boolean(), names)


def days(names: str) -> list[sa.Column[Any]]:
    """Days."""
    return _columns(sa.Date(), names)


def create(table: str, columns: Sequence[sa.Column[Any]]) -> None:
    """Create a table of ours."""
    op.create_table(name_of(table), *columns, schema=schema(), sqlite_with_rowid=False)


def index(table: str, name: str, columns: str, *, unique: bool = False, where: str | None = None) -> None:
    """Create an index of ours; its columns are divided by commas, and begin with the firm."""
    listed = [sa.text(column) if " " in column else column for column in columns.split(",") if column]
    some = None if where is None else sa.text(where)
    op.create_index(
        f"{name_of(table)}_{name}",
        name_of(table),
        ["firm_id", *listed],
        unique=unique,
        schema=schema(),
        sqlite_where=some,
        postgresql_where=some,
    )


def describe() -> None:
    """Tell the planner what to expect of our tables, as they are by now."""
    dialect = dialect_named(op.get_context().dialect.name)
    tables = Tables(sa.MetaData(), name_of(""), schema())
    for statement in () if dialect is None else dialect.describe(tables.all):
        op.execute(statement)


def drop_index(table: str, name: str) -> None:
    """Drop an index of ours."""
    op.drop_index(f"{name_of(table)}_{name}", name_of(table), schema=schema())
