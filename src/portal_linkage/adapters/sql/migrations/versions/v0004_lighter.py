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
    _copy()
    drop_index("entity_word", "word")
    index("entity_word", "word", "word,name_key,entity_id,active")
    describe()


def _copy() -> None:
    word, entity = quoted("entity_word"), quoted("entity")
    of_word = f"FROM {entity} AS entity WHERE entity.firm_id = {word}.firm_id AND entity.entity_id = {word}.entity_id"
    op.execute(f"DELETE FROM {word} WHERE NOT EXISTS (SELECT 1 {of_word})")  # noqa: S608 -- names, no values
    op.execute(f"UPDATE {word} SET (name_key, active) = (SELECT entity.name_key, entity.active {of_word})")  # noqa: S608
