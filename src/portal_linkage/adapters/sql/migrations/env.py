"""Run by Alembic when a store migrates; a host's own Alembic has an ``env.py`` of its own."""

from alembic import context

context.configure(**context.config.attributes["how"])
with context.begin_transaction():
    context.run_migrations()
