"""This library, on SQLite: a file, with an fsync for every commit, and the caches that the floors have."""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from peers import common
from portal_linkage_peer import PortalPeer, fill

from portal_linkage.adapters.sql import SqlStore

PRAGMAS = ("cache_size = -262144", "mmap_size = 4294967296", "temp_store = memory")


def opened(path: Path) -> SqlStore:
    """The store on an engine of the host's, which says how much memory SQLite may take."""
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def _tune(driver: Any, *_: object) -> None:  # noqa: ANN401 -- a driver's connection
        for pragma in PRAGMAS:
            driver.execute(f"PRAGMA {pragma}")

    store = SqlStore(engine)
    store.migrate()
    return store


class Peer(PortalPeer):
    """The harness asks for a class of this name."""

    note = "SqlStore on a SQLite file, synchronous=FULL"

    def setup(self, size: str) -> None:
        """Fill a file once, and work on a copy."""
        work = Path(common.WORK)
        work.mkdir(parents=True, exist_ok=True)
        kept, self.path = work / f"{size}-portal.db", work / f"{size}-portal.run.db"
        if not kept.exists():
            part = kept.with_suffix(".part")
            part.unlink(missing_ok=True)
            store = opened(part)
            fill(store, size)
            with store.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            store.engine.dispose()
            part.rename(kept)
        shutil.copy(kept, self.path)
        self.store = opened(self.path)
        self.serve(size)

    def close(self) -> None:
        """Throw the copy away."""
        super().close()
        self.store.engine.dispose()
        common.drop(str(self.path))
