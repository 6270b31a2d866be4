"""The grounds that a link stands on."""

import pytest

from ...domain.entities import GroundKind
from ...domain.values import UserId
from ...ports import Store
from ..builders import ACME, JANE, JANE_ID, REALTY, SMITH, TRUST, at, ground, link
from ._furnished import GRANTED, LISTED, Linked


class GroundPromises(Linked):
    """The grounds that a link stands on: what `LinkRepository` promises."""

    law = "L12"

    def test_a_ground_comes_after_those_before(self, linked: Store) -> None:
        """A link with one more ground has it last."""
        with linked.transaction() as tx:
            tx.links.add_grounds([(link(REALTY), GRANTED)])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, REALTY) == link(REALTY, JANE_ID, ground(), LISTED, GRANTED)

    def test_a_ground_is_shown_by_every_reading(self, linked: Store) -> None:
        """A new ground is in the listing and among the links that touch the entity."""
        with linked.transaction() as tx:
            tx.links.add_grounds([(link(SMITH), GRANTED)])
        expected = link(SMITH, JANE_ID, LISTED, GRANTED)
        with linked.snapshot() as snapshot:
            assert snapshot.links.listing(ACME, JANE_ID)[1] == expected
            assert snapshot.links.touching(ACME, [SMITH])[1] == expected

    def test_grounds_of_several_links_come_at_once(self, linked: Store) -> None:
        """Grounds of several links, and several of one link, are added together."""
        with linked.transaction() as tx:
            tx.links.add_grounds([(link(SMITH), GRANTED), (link(SMITH, "ann"), LISTED), (link(SMITH), ground())])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, SMITH) == link(SMITH, JANE_ID, LISTED, GRANTED, ground())
            assert snapshot.links.find(ACME, UserId("ann"), SMITH) == link(SMITH, "ann", ground(), LISTED)

    def test_a_ground_taken_away_leaves_the_others(self, linked: Store) -> None:
        """A link loses the ground of the kind named and keeps the others."""
        with linked.transaction() as tx:
            tx.links.remove_grounds([(link(REALTY), GroundKind.ARRIVAL)])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, REALTY) == link(REALTY, JANE_ID, LISTED)

    def test_a_ground_that_comes_again_comes_last(self, linked: Store) -> None:
        """A ground lost and given again has lost its place."""
        with linked.transaction() as tx:
            tx.links.remove_grounds([(link(REALTY), GroundKind.ARRIVAL)])
            tx.links.add_grounds([(link(REALTY), ground(since=at(9)))])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, REALTY) == link(REALTY, JANE_ID, LISTED, ground(since=at(9)))

    def test_grounds_do_not_move_a_link(self, linked: Store) -> None:
        """A link keeps its place in link order whatever grounds come and go."""
        with linked.transaction() as tx:
            tx.mailboxes.lock(ACME, JANE)
            tx.links.add_grounds([(link(REALTY), GRANTED)])
            tx.links.remove_grounds([(link(REALTY), GroundKind.ARRIVAL)])
        with linked.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [REALTY, SMITH]

    @pytest.mark.parametrize("kind", list(GroundKind))
    def test_every_kind_of_ground_is_kept(self, linked: Store, kind: GroundKind) -> None:
        """A ground is kept with its kind, its time to the microsecond, and who gave it."""
        given = ground(kind, since=at(0.123457), by="somebody@example.com")
        with linked.transaction() as tx:
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(TRUST, JANE_ID, given))])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, TRUST) == link(TRUST, JANE_ID, given)
