"""The journal is put in order when it is read: transactions end in another order than they begin."""

from alembic import op

from portal_linkage.adapters.sql.migrations.layout import (
    create,
    drop_index,
    index,
    integers,
    key,
    name_of,
    positions,
    quoted,
    schema,
    texts,
)

revision = "portal_0002"
down_revision = "portal_0001"
branch_labels = None
depends_on = None

_TOLD = "kind, user_id, entity_id, ground, by, at"


def upgrade() -> None:
    """Give every event the change that it was part of, and its place in it; those of old were changes of one event."""
    drop_index("journal", "user")
    drop_index("journal", "entity")
    place = [*key("change_id"), *positions("place"), *integers("stamp"), *integers("position", nullable=True)]
    things = [*texts("kind"), *texts("user_id entity_id ground", nullable=True), *texts("by"), *integers("at")]
    create("journal_2", [*place, *things])
    op.execute(
        f"INSERT INTO {quoted('journal_2')} (firm_id, change_id, place, stamp, position, {_TOLD})"  # noqa: S608 -- names
        f" SELECT firm_id, '', position, 0, position, {_TOLD} FROM {quoted('journal')}"
    )
    _rename()
    index("journal", "position", "position", unique=True, where="position IS NOT NULL")
    index("journal", "user", "user_id,position")
    index("journal", "entity", "entity_id,position")
    index("journal", "waiting", "stamp,change_id,place", where="position IS NULL")
    create("journal_end", [*key(), *integers("position delivered")])
    index("journal_end", "undelivered", "", where="position > delivered")
    op.execute(
        f"INSERT INTO {quoted('journal_end')} (firm_id, position, delivered)"  # noqa: S608 -- names, no values
        f" SELECT firm_id, max(position), 0 FROM {quoted('journal')} GROUP BY firm_id"
    )
    create("delivery", [*key(), *positions("turn"), *texts("of_firm"), *integers("begins_after ends_with")])


def _rename() -> None:
    op.drop_table(name_of("journal"), schema=schema())
    op.rename_table(name_of("journal_2"), name_of("journal"), schema=schema())
    if op.get_context().dialect.name == "postgresql":
        old, new = f"{name_of('journal_2')}_pkey", f"{name_of('journal')}_pkey"
        op.execute(f'ALTER TABLE {quoted("journal")} RENAME CONSTRAINT "{old}" TO "{new}"')
