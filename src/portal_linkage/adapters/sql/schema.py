"""The revisions of the tables, run by Alembic: created, brought up to date, or told as plain SQL."""

import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from ...domain.errors import InvalidValue, StoreUnavailable
from .dialects import dialect_of
from .tables import PREFIX, Tables, check_names

if TYPE_CHECKING:
    from alembic.config import Config

BRANCH: Final = "portal_linkage"
"""The branch label of our revisions, for a host whose own Alembic runs them."""

VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
"""The folder of our revisions, which may stand among the ``version_locations`` of a host."""

_ALONE: Final = threading.Lock()  # Alembic keeps what it is doing in global variables


def is_current(connection: sa.Connection, tables: Tables) -> bool:
    """Whether the tables are there, and as this library has them.

    Raises:
        StoreUnavailable: they are newer than this library, or somebody else's to bring up to date.
    """
    from alembic.migration import MigrationContext  # noqa: PLC0415 -- only who migrates needs Alembic
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    # Asked first: whoever is creating them just now notes their revision, too, before anybody sees them.
    are_there = sa.inspect(connection).has_table(tables.firm.name, tables.schema)
    heads = set(MigrationContext.configure(connection, opts=_options(tables)).get_current_heads())
    if are_there and not heads:
        told = "the tables are there, but made by another Alembic than the store's: bring them up to date with that"
        raise StoreUnavailable(told)
    script = ScriptDirectory.from_config(_config())
    if not heads <= {revision.revision for revision in script.walk_revisions()}:
        raise StoreUnavailable("the tables are of a newer version of this library: upgrade portal_linkage")
    return heads == set(script.get_heads())


def upgrade(connection: sa.Connection, tables: Tables) -> None:
    """Create the tables, or bring them up to date, in the transaction that the connection is in."""
    from alembic import command  # noqa: PLC0415 -- only who migrates needs Alembic

    with _ALONE:
        dialect_of(connection.engine).migrate_alone(connection)
        command.upgrade(_config(connection=connection, **_options(tables)), f"{BRANCH}@head")


def as_sql(dialect: str, *, prefix: str = PREFIX, schema: str | None = None) -> str:
    """All statements that create the tables in an empty database, and note which revision they are.

    ``dialect`` is ``"sqlite"`` or ``"postgresql"``; the other two are those of the store.

    Raises:
        InvalidValue: it is no dialect that the store speaks.
    """
    from alembic import command  # noqa: PLC0415 -- only who migrates needs Alembic

    if dialect not in {"sqlite", "postgresql"}:
        raise InvalidValue("dialect", "must be sqlite or postgresql")
    check_names(prefix, schema)
    told = io.StringIO()
    with _ALONE:
        names = _options(Tables(sa.MetaData(), prefix, schema))
        config = _config(dialect_name=dialect, literal_binds=True, **names)
        config.output_buffer = told
        command.upgrade(config, f"{BRANCH}@head", sql=True)
    return told.getvalue()


def _options(tables: Tables) -> dict[str, Any]:
    """What a revision is told: which table remembers it, and how ours are called."""
    names = {"portal_prefix": tables.prefix, "portal_schema": tables.schema}
    return {"version_table": f"{tables.prefix}version", "version_table_schema": tables.schema, **names}


def _config(**how: Any) -> "Config":  # noqa: ANN401 -- as Alembic takes them
    from alembic.config import Config  # noqa: PLC0415 -- only who migrates needs Alembic

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["how"] = how
    return config
