"""This library, on the PostgreSQL of the bench."""

import psycopg
from peers import pg_floor
from portal_linkage_peer import PortalPeer, fill

from portal_linkage.adapters.sql import SqlStore


class Peer(PortalPeer):
    """The harness asks for a class of this name."""

    note = "SqlStore on PostgreSQL, psycopg"

    def setup(self, size: str) -> None:
        """Fill a database of its own once."""
        told = dict(part.split("=", 1) for part in pg_floor.SOCK.split())
        name = f"portal_{size.lower()}"
        with psycopg.connect(pg_floor.SOCK + " dbname=postgres", autocommit=True) as driver:
            there = driver.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if not there:
                driver.execute(f"drop database if exists part_{name}")
                driver.execute(f"create database part_{name}")
        url = f"postgresql+psycopg://{told['user']}@/{{}}?host={told['host']}&port={told['port']}"
        if not there:
            store = SqlStore.open(url.format(f"part_{name}"))
            fill(store, size)
            store.close()
            with psycopg.connect(pg_floor.SOCK + f" dbname=part_{name}", autocommit=True) as driver:
                driver.execute("vacuum analyze")
            with psycopg.connect(pg_floor.SOCK + " dbname=postgres", autocommit=True) as driver:
                driver.execute(f"alter database part_{name} rename to {name}")
        self.store = SqlStore.open(url.format(name))
        self.serve(size)
