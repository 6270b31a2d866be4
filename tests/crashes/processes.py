"""Processes of the host's, started and killed."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from .worker import work

CRASHES: Final = int(os.environ.get("PORTAL_LINKAGE_CRASHES", "30"))
"""How often a worker is killed; one that makes a new file, a sixth as often; the server, a tenth as often."""

PATIENCE_SECONDS: Final = 60

# Each begins as a copy of one process that has imported everything: a new process in milliseconds.
_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["alembic.command", "psycopg", "tests.crashes.worker"])


@contextmanager
def at_work(url: str, ledgers: Sequence[Path], first: int) -> Iterator[list[ForkServerProcess]]:
    """Workers on this database, each with a ledger; none of them outlives the block."""
    with ExitStack() as stack:
        processes = list[ForkServerProcess]()
        for index, path in enumerate(ledgers):
            process = _CONTEXT.Process(target=work, args=(url, path, index, first))
            process.start()
            stack.callback(_end, process)
            processes.append(process)
        yield processes


def _end(process: ForkServerProcess) -> None:
    process.kill()
    process.join(PATIENCE_SECONDS)
    process.close()


def await_that(comes: Callable[[], bool]) -> None:
    """Wait until something has come to be."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not comes():
        assert time.monotonic() < until, "a worker does not begin"
        time.sleep(0.001)


def has_acknowledged(ledger: Path) -> bool:
    """Whether this worker has done something."""
    return ledger.exists() and ledger.read_text().count("\n") > 1
