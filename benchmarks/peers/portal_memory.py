"""This library, in memory."""

from portal_linkage_peer import PortalPeer, fill

from portal_linkage.adapters.memory import MemoryStore


class Peer(PortalPeer):
    """The harness asks for a class of this name."""

    note = "MemoryStore"

    def setup(self, size: str) -> None:
        """Fill a store."""
        self.store = MemoryStore()
        fill(self.store, size)
        self.serve(size)
