"""The world of the service's tests, for rosters."""

from tests.service.conftest import portal, store, world

__all__ = ["portal", "store", "world"]
