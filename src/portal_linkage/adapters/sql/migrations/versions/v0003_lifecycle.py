"""Clients are renumbered and merged: what they were once called still leads to them."""

from portal_linkage.adapters.sql.migrations.layout import create, describe, index, key, texts

revision = "portal_0003"
down_revision = "portal_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom, and the numbers that clients once bore, and find all bills of a client."""
    create("merger", [*key("entity_id"), *texts("survivor")])
    create("former_number", key("number entity_id"))
    index("former_number", "entity", "entity_id,number")
    index("late_fee", "entity", "entity_id")
    describe()
