"""Rows by their key, and how a change to them is undone."""

from collections.abc import Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Rows by their key, with whatever index a kind of shelf keeps of them.

    All changes go through `put`, and its inverse is itself: putting back what was there undoes it, indexes and all.
    """

    def __init__(self) -> None:
        self.rows: dict[K, V] = {}

    def find(self, key: K) -> V | None:
        """The row, or ``None``."""
        return self.rows.get(key)

    def put(self, key: K, row: V | None) -> None:
        """Replace what stands under the key; ``None`` takes it away."""
        old = self.find(key)
        self._keep(key, row)
        self._reindex(old, row)

    def _keep(self, key: K, row: V | None) -> None:
        if row is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = row

    def _reindex(self, old: V | None, new: V | None) -> None:
        if old is not None:
            self._unindex(old)
        if new is not None:
            self._index(new)

    def _index(self, row: V) -> None:
        """Know a row by more than its key."""

    def _unindex(self, row: V) -> None:
        """Forget what `_index` knew."""


class UndoLog:
    """What stood where before each change, so that undoing costs what was changed and not what is stored."""

    def __init__(self) -> None:
        self._entries: list[tuple[Shelf[Any, Any], Any, Any]] = []

    def put(self, shelf: Shelf[K, V], key: K, row: V | None) -> None:
        """Change the shelf, having noted what was there."""
        self._entries.append((shelf, key, shelf.find(key)))
        shelf.put(key, row)

    def undo(self) -> None:
        """Put everything back, the last change first."""
        while self._entries:
            shelf, key, old = self._entries.pop()
            shelf.put(key, old)
