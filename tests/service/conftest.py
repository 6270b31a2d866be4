"""A world of one firm, on every store."""

from collections.abc import Iterator

import pytest

from portal_linkage import LinkageService
from portal_linkage.ports import Store
from portal_linkage.testing import builders as b
from tests import engines

from .world import Clock, World


@pytest.fixture(params=engines.ALL)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with nothing in it."""
    opened = engines.opened(request.param)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    """Acme, with three clients that all list Jane; another firm lists her too. No bills yet."""
    world = World(store)
    world.save(b.firm(), b.firm(b.OTHER_FIRM, name="Other Firm"))
    world.save(*(b.entity(entity_id, b.JANE) for entity_id in b.NAMES))
    world.save(b.entity(b.SMITH, b.JANE, firm_id=b.OTHER_FIRM, name="Smith elsewhere"))
    return world


@pytest.fixture
def portal(world: World) -> LinkageService:
    """A service of the default policy."""
    return world.portal()


@pytest.fixture
def clock(world: World) -> Clock:
    """The clock of that service."""
    return world.clock
