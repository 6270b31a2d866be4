"""A worker is killed (SIGKILL) at any moment: what was acknowledged is there, and all laws hold."""

import random
import signal
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from portal_linkage.adapters.sql import SqlStore

from .audit import Audit
from .ledger import Ledger
from .processes import CRASHES, PATIENCE_SECONDS, at_work, await_that, has_acknowledged
from .worker import found

SECONDS = 0.3
"""A worker lives at most so long from when it has begun: some dozens of use cases."""


def kill_one(url: str, ledger: Path, first: int, *, begun: Callable[[], bool]) -> None:
    """Start a worker, and kill it some time after it has begun."""
    with at_work(url, [ledger], first) as (process,):
        await_that(begun)
        time.sleep(random.uniform(0, SECONDS))
        process.kill()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == -signal.SIGKILL


def tables(url: str) -> set[str]:
    """The tables of a file."""
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    """It links, unlinks, signs up and saves until it is killed; the next one goes on with the same file."""
    url = f"sqlite:///{tmp_path}/portal.db"
    audit = Audit()
    with closing(SqlStore.open(url)) as store:
        found(store)
    for crash in range(CRASHES):
        path = tmp_path / f"{crash}.ledger"
        begun = path.exists if crash % 5 == 4 else partial(has_acknowledged, path)
        kill_one(url, path, crash * 10_000, begun=begun)
        with closing(SqlStore.open(url)) as store:
            audit.check(store, [Ledger.read(path)])
    assert audit.acknowledged >= CRASHES // 2


def test_a_file_half_made_is_made_whole(tmp_path: Path) -> None:
    """Whoever opens a new file may be killed while its tables are made: there are none of them, or all; then, all."""
    for crash in range(CRASHES // 6):
        file, paths = tmp_path / f"{crash}.db", [tmp_path / f"{crash}.{turn}.ledger" for turn in (1, 2)]
        kill_one(f"sqlite:///{file}", paths[0], 0, begun=file.exists)
        made = tables(f"sqlite:///{file}")
        with closing(SqlStore.open(f"sqlite:///{file}")) as store:
            found(store)
        assert made in (set(), tables(f"sqlite:///{file}"))
        kill_one(f"sqlite:///{file}", paths[1], 10_000, begun=partial(has_acknowledged, paths[1]))
        with closing(SqlStore.open(f"sqlite:///{file}")) as store:
            Audit().check(store, [Ledger.read(paths[1])])
