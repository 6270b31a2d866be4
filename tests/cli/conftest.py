"""What the tests of the command line share."""

import shutil
from pathlib import Path

import pytest

from .shell import Acme, fill


@pytest.fixture(autouse=True)
def plain_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine that runs the tests likes its terminals to look like makes no difference."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the firm of Jane Smith, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "portal.db"
    fill(f"sqlite:///{path.as_posix()}")
    return path


@pytest.fixture
def acme(filled: Path, tmp_path: Path) -> Acme:
    """The firm of Jane Smith; nobody has signed up."""
    shutil.copy(filled, tmp_path / "portal.db")
    return Acme(f"sqlite:///{(tmp_path / 'portal.db').as_posix()}")
