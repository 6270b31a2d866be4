"""A store over a dictionary of JSON documents, one a firm: all that `portal_linkage.ports` promises."""

from .store import JsonStore

__all__ = ["JsonStore"]
