"""Every store, each of which must keep every law."""

from collections.abc import Callable
from functools import partial

import pytest

from portal_linkage.ports import Store
from tests import engines


@pytest.fixture(scope="session", params=engines.ALL)
def make_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Makes a fresh store of one kind."""
    return partial(engines.opened, request.param)
