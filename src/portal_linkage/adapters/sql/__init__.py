"""The SQL store: SQLAlchemy Core on SQLite. It comes with the extra ``portal_linkage[sql]``."""

try:
    from .store import SqlStore
except ModuleNotFoundError as error:
    if error.name != "sqlalchemy":
        raise
    raise ImportError("the SQL store needs SQLAlchemy: pip install 'portal_linkage[sql]'", name=error.name) from error

__all__ = ["SqlStore"]
