"""The store that keeps everything in memory: real, indexed, for many threads of one process."""

from .store import MemoryStore

__all__ = ["MemoryStore"]
