"""Changes write less, and a common word is found faster."""

import sqlalchemy as sa
from alembic import op

from portal_linkage.adapters.sql.migrations.layout import (
    describe,
    drop_index,
    flags,
    index,
    name_of,
    quoted,
    schema,
    texts,
)

revision = "portal_0004"
down_revision = "portal_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index an event once it has its place, and keep beside each word of a name what suggestions go by."""
    for name in ("user", "entity"):
        drop_index("journal", name)
        index("journal", name, f"{name}_id,position", where="position IS NOT NULL")
    for column in (*texts("name_key"), *flags("active")):
        nothing = sa.text("''") if column.name == "name_key" else sa.false()
        column.server_default = sa.DefaultClause(nothing)
        op.add_column(name_of("entity_word"), column, schema=schema())
        _copy(column.name)
    drop_index("entity_word", "word")
    index("entity_word", "word", "word,name_key,entity_id,active")
    describe()


def _copy(column: str) -> None:
    word, entity = quoted("entity_word"), quoted("entity")
    op.execute(
        f"UPDATE {word} SET {column} = (SELECT entity.{column} FROM {entity} AS entity"  # noqa: S608 -- names, no values
        f" WHERE entity.firm_id = {word}.firm_id AND entity.entity_id = {word}.entity_id)"
    )
