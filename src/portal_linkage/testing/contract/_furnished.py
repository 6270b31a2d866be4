"""Promises about a firm that is not empty."""

import pytest

from ...ports import Store
from ..builders import REALTY, SMITH, TRUST, entity, sign_up, user
from ..promises import Promises
from ._pictures import furnish


class Billed(Promises):
    """Promises about bills of entities that somebody is linked to."""

    @pytest.fixture
    def billed(self, store: Store) -> Store:
        """Jane is linked to her realty group and to herself; the trust is nobody's."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(REALTY), entity(SMITH), entity(TRUST)])
            sign_up(tx, user(), REALTY, SMITH)
        return store


class Furnished(Promises):
    """Promises about a firm with something of every kind."""

    @pytest.fixture
    def furnished(self, store: Store) -> Store:
        """A store with something of every kind in it."""
        with store.transaction() as tx:
            furnish(tx)
        return store
