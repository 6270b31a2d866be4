"""PostgreSQL is stopped at once, amid changes: what was acknowledged is there, and all laws hold."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal_linkage import LinkageService, StoreUnavailable
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing import builders as b
from tests.postgres import Cluster

from .audit import Audit
from .ledger import Ledger
from .processes import CRASHES, PATIENCE_SECONDS, at_work, await_that, has_acknowledged
from .worker import WORKERS, found

SECONDS = 0.6
"""The server lives at most so long from when all are at work."""


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server of these tests' own, which are free to stop it; a socket takes no folder with a long name."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder))
        cluster.create()
        yield cluster
        cluster.stop()


def test_a_stopped_server_loses_nothing(server: Cluster, tmp_path: Path) -> None:
    """Workers are told that the store is unavailable; started again, the server has all that it had acknowledged."""
    audit = Audit()
    with closing(SqlStore.open(server.url)) as store:
        found(store)
    for crash in range(CRASHES // 10):
        paths = [tmp_path / f"{crash}.{worker}.ledger" for worker in range(WORKERS)]
        with at_work(server.url, paths, crash * 10_000) as processes:
            await_that(lambda: all(map(has_acknowledged, paths)))  # noqa: B023
            time.sleep(random.uniform(0, SECONDS))
            server.stop()
            for process in processes:
                process.join(PATIENCE_SECONDS)
        ledgers = [Ledger.read(path) for path in paths]
        assert {ledger.ended for ledger in ledgers} == {StoreUnavailable.__name__}
        server.start()
        with closing(SqlStore.open(server.url)) as store:
            audit.check(store, ledgers)
    assert audit.acknowledged >= CRASHES // 10 * WORKERS


def test_a_store_outlives_its_server(server: Cluster) -> None:
    """A host's process need not be started again because the server was: once told, it goes on."""
    with closing(SqlStore.open(server.url)) as store:
        portal = LinkageService(store)
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                portal.find_user(b.ACME, b.JANE)
        server.start()
        assert portal.find_user(b.ACME, b.JANE) is None
