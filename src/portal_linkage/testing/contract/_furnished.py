"""Promises about a firm that is not empty."""

import pytest

from ...domain.entities import Contact, GroundKind
from ...domain.values import EmailAddress
from ...ports import Store
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    at,
    entity,
    firm,
    ground,
    jane_at,
    link,
    sign_up,
    user,
)
from ..promises import Promises
from ._pictures import furnish

LISTED = ground(GroundKind.CONTACT_LISTING, since=at(1), by="pms")
GRANTED = ground(GroundKind.FIRM_GRANT, since=at(2), by="staff-1")
CONTACTS = (
    Contact(email=jane_at(2), name="Jane", contact_id="c-2", role="owner"),
    Contact(email=EmailAddress.parse("JANE.Smith@example.com"), name="", contact_id=None),
    Contact(email=jane_at(2), name="Jane again", contact_id="c-1", role=""),
)


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


class TwoFirms(Promises):
    """Promises about the same entities at two firms."""

    @pytest.fixture
    def two_firms(self, store: Store) -> Store:
        """A store with three entities at each of two firms."""
        with store.transaction() as tx:
            for firm_id in (ACME, OTHER_FIRM):
                tx.firms.save(firm(firm_id))
                tx.entities.save_many(entity(one, JANE, firm_id=firm_id) for one in (SMITH, TRUST, REALTY))
        return store


class Linked(Promises):
    """Promises about links that stand on several grounds."""

    @pytest.fixture
    def linked(self, store: Store) -> Store:
        """Jane is linked to her realty group, then to herself; another user of hers to herself alone."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.users.add(mailbox, user())
            tx.links.add_many(
                [(mailbox, link(REALTY, JANE_ID, ground(), LISTED)), (mailbox, link(SMITH, JANE_ID, LISTED))]
            )
            sign_up(tx, user("ann", jane_at(1)), SMITH)
        return store
