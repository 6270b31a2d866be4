"""Revoked is revoked: what was unlinked is not shown any more, whatever a reader remembers."""

from ...domain.entities import FirmStaff
from ...domain.viewers import scope_of
from ...ports import Store
from ..builders import ACME, REALTY, SMITH, STAFF, TRUST
from ._base import ReaderPromises, signed_up

RECEPTION = FirmStaff(ACME, STAFF)


class ReaderRevoked(ReaderPromises):
    """Revoked is revoked: what was unlinked is not shown any more, whatever a reader remembers."""

    law = "L17"

    def test_an_unlink_is_seen_by_the_next_reading(self, store: Store) -> None:
        """Bills of a client that the firm unlinked are shown no more, one that was issued a moment later included."""
        portal, jane = signed_up(store)
        scope = scope_of(jane.user.viewer)
        self.bill_each(REALTY, SMITH)
        assert self.owners(store, scope) == [SMITH, REALTY]
        portal.unlink(RECEPTION, jane.user.user_id, SMITH)
        assert self.owners(store, scope) == [REALTY]
        self.bill_each(SMITH, batch=2)
        assert self.owners(store, scope) == [REALTY]

    def test_a_link_is_seen_by_the_next_reading(self, store: Store) -> None:
        """Bills of a client that the firm links are shown at once."""
        portal, jane = signed_up(store)
        scope = scope_of(jane.user.viewer)
        self.bill_each(REALTY, TRUST)
        assert self.owners(store, scope) == [REALTY]
        portal.link(RECEPTION, jane.user.user_id, TRUST)
        assert self.owners(store, scope) == [TRUST, REALTY]

    def test_a_user_who_was_removed_is_shown_nothing(self, store: Store) -> None:
        """With the last link the user is gone, and nothing is shown to who was one."""
        portal, jane = signed_up(store)
        self.bill_each(REALTY, SMITH)
        portal.remove_user(RECEPTION, jane.user.user_id)
        assert self.owners(store, scope_of(jane.user.viewer)) == []

    def test_a_bill_is_seen_by_the_next_reading(self, store: Store) -> None:
        """What was written into the tables a moment ago is shown."""
        _, jane = signed_up(store)
        scope = scope_of(jane.user.viewer)
        self.bill_each(REALTY)
        assert self.owners(store, scope) == [REALTY]
        self.bill_each(SMITH, batch=2)
        assert self.owners(store, scope) == [SMITH, REALTY]
