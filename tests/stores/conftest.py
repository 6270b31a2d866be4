"""Every store there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_linkage.ports import Store
from tests import engines


@pytest.fixture(params=engines.ALL)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = engines.opened(request.param, tmp_path)
    yield opened
    opened.close()
