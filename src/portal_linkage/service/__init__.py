"""The use cases: load, decide, store. No rule lives here; see `portal_linkage.domain.rules` and ``viewers``."""

from ._service import LinkageService

__all__ = ["LinkageService"]
