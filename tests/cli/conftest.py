"""What the tests of the command line share."""

from pathlib import Path

import pytest

from .shell import Acme, fill


@pytest.fixture(autouse=True)
def plain_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine that runs the tests likes its terminals to look like makes no difference."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    """The firm of Jane Smith; nobody has signed up."""
    url = f"sqlite:///{(tmp_path / 'portal.db').as_posix()}"
    fill(url)
    return Acme(url)
