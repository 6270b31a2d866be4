"""The links and their grounds."""

from datetime import timedelta

import attrs
import pytest

from ...domain.values import EntityId, FirmId, UserId, iterate
from ...domain.viewers import LinkedTo
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
    ground,
    jane_at,
    link,
    sign_up,
    user,
)
from ._furnished import GRANTED, LISTED, Linked


def held_by_jane(store: Store) -> tuple[list[EntityId], list[EntityId]]:
    """What Jane is linked to, and what of it is there, both in the order in which a store tells it."""
    with store.snapshot() as snapshot:
        links = snapshot.links.listing(ACME, JANE_ID)
        entities = iterate(lambda page: snapshot.entities.in_scope(LinkedTo(ACME, JANE_ID), page), limit=50)
        return [one.entity_id for one in links], [one.entity_id for one in entities]


class LinkPromises(Linked):
    """The links and their grounds: what `LinkRepository` promises."""

    law = "L12"

    def test_a_link_is_found_with_its_grounds(self, linked: Store) -> None:
        """A link is found by user and entity, with its grounds in the order they came."""
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, REALTY) == link(REALTY, JANE_ID, ground(), LISTED)

    @pytest.mark.parametrize(
        ("firm_id", "user_id", "entity_id"),
        [
            (ACME, JANE_ID, TRUST),
            (ACME, UserId("nobody"), REALTY),
            (ACME, UserId("ann"), REALTY),
            (OTHER_FIRM, JANE_ID, REALTY),
        ],
    )
    def test_no_link_is_found_where_there_is_none(
        self, linked: Store, firm_id: FirmId, user_id: UserId, entity_id: EntityId
    ) -> None:
        """Of what was not linked there is nothing to find."""
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(firm_id, user_id, entity_id) is None

    def test_a_link_has_its_times_to_the_microsecond(self, linked: Store) -> None:
        """When a link came to be, and since when each of its grounds stands, is told as it was kept."""
        moment = at(0) + timedelta(microseconds=17)
        kept = attrs.evolve(link(TRUST, JANE_ID, ground(since=moment)), linked_at=moment)
        with linked.transaction() as tx:
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), kept)])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, TRUST) == kept
            assert snapshot.links.touching(ACME, [TRUST]) == (kept,)
            assert snapshot.links.listing(ACME, JANE_ID)[-1] == kept

    def test_an_inactive_entity_keeps_its_links(self, linked: Store) -> None:
        """Whether the entity is active, or there at all, makes no difference to the link."""
        with linked.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
            assert tx.links.find(ACME, JANE_ID, SMITH) is not None
            assert len(tx.links.listing(ACME, JANE_ID)) == 2
            assert tx.links.count(ACME, at_most=1000) == 3

    def test_links_are_listed_in_link_order(self, linked: Store) -> None:
        """Links of an earlier change come first, and within one change they come as they were given."""
        with linked.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.links.add_many([(mailbox, link("1009")), (mailbox, link("1000"))])
        with linked.snapshot() as snapshot:
            held = [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)]
        assert held == [REALTY, SMITH, "1009", "1000"]

    def test_links_of_many_changes_are_listed_in_their_order(self, linked: Store) -> None:
        """What was linked under the tenth revision comes after what was under the ninth, and so do the entities."""
        made = [EntityId(f"{one:03}") for one in reversed(range(120))]
        for one in made:
            with linked.transaction() as tx:
                tx.entities.save(entity(one))
                tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(one))])
        assert held_by_jane(linked) == ([REALTY, SMITH, *made], made)

    def test_many_links_of_one_change_are_listed_in_their_order(self, linked: Store) -> None:
        """The eleventh link of a change comes after its second, the hundredth after both, and so do the entities."""
        made = [EntityId(f"{one:03}") for one in reversed(range(120))]
        with linked.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.entities.save_many(map(entity, made))
            tx.links.add_many([(mailbox, link(one)) for one in made])
        assert held_by_jane(linked) == ([REALTY, SMITH, *made], made)

    def test_link_order_is_not_that_of_the_clock(self, linked: Store) -> None:
        """A link made later comes later, whatever its time says."""
        with linked.transaction() as tx:
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), attrs.evolve(link(TRUST), linked_at=at(-999)))])
        with linked.snapshot() as snapshot:
            assert snapshot.links.listing(ACME, JANE_ID)[-1].entity_id == TRUST

    def test_a_link_made_again_comes_last(self, linked: Store) -> None:
        """An entity unlinked and linked again has lost its place."""
        with linked.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.links.remove_many([link(REALTY)])
            tx.links.add_many([(mailbox, link(REALTY))])
        with linked.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [SMITH, REALTY]

    def test_the_changes_of_several_people_may_come_mixed(self, linked: Store) -> None:
        """Links of several mailboxes, added in one go, come in the order given for each of them."""
        with linked.transaction() as tx:
            ann, jane = tx.mailboxes.lock_many(ACME, [JANE, jane_at(1)])
            tx.links.add_many(
                [
                    (jane, link("9")),
                    (ann, link("9", "ann")),
                    (jane, link("10")),
                    (ann, link("8", "ann")),
                    (jane, link("1")),
                ]
            )
        with linked.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [REALTY, SMITH, "9", "10", "1"]
            assert [one.entity_id for one in snapshot.links.listing(ACME, UserId("ann"))] == [SMITH, "9", "8"]

    def test_who_holds_nothing_has_no_links(self, linked: Store) -> None:
        """An unknown user has no links to list."""
        with linked.snapshot() as snapshot:
            assert snapshot.links.listing(ACME, UserId("nobody")) == ()

    def test_links_touching_entities_come_by_user_and_entity(self, linked: Store) -> None:
        """All links to any of some entities come by user id, then entity id; an entity named twice changes nothing."""
        with linked.snapshot() as snapshot:
            touching = snapshot.links.touching(ACME, [REALTY, SMITH, TRUST, SMITH])
        assert [(one.user_id, one.entity_id) for one in touching] == [
            ("ann", SMITH),
            (JANE_ID, SMITH),
            (JANE_ID, REALTY),
        ]

    def test_links_touching_entities_come_with_their_grounds(self, linked: Store) -> None:
        """The links are whole, and no other's are among them."""
        with linked.snapshot() as snapshot:
            assert snapshot.links.touching(ACME, [REALTY]) == (link(REALTY, JANE_ID, ground(), LISTED),)

    def test_links_touching_entities_come_by_user(self, store: Store) -> None:
        """Of several entities the links come by user, and those of one user by entity."""
        held = {"ann": (REALTY, TRUST), JANE_ID: (TRUST, SMITH)}
        with store.transaction() as tx:
            for number, (user_id, entity_ids) in enumerate(held.items()):
                sign_up(tx, user(user_id, jane_at(number)), *entity_ids)
            found = [(one.user_id, one.entity_id) for one in tx.links.touching(ACME, [SMITH, TRUST, REALTY])]
        assert found == [("ann", TRUST), ("ann", REALTY), (JANE_ID, SMITH), (JANE_ID, TRUST)]

    def test_no_entities_touch_no_links(self, linked: Store) -> None:
        """Who names no entity is given no link; nor is one of another firm."""
        with linked.snapshot() as snapshot:
            assert snapshot.links.touching(ACME, []) == ()
            assert snapshot.links.touching(OTHER_FIRM, [SMITH]) == ()

    def test_links_are_counted_per_firm(self, linked: Store) -> None:
        """A firm's links are all its users' together."""
        with linked.snapshot() as snapshot:
            assert (snapshot.links.count(ACME, at_most=1000), snapshot.links.count(OTHER_FIRM, at_most=1000)) == (3, 0)

    def test_links_are_counted_as_far_as_is_asked(self, linked: Store) -> None:
        """Beyond so many no link is counted; up to there every one is."""
        with linked.snapshot() as snapshot:
            assert [snapshot.links.count(ACME, at_most=most) for most in (0, 1, 2, 3, 4)] == [0, 1, 2, 3, 3]

    def test_the_count_follows_every_change(self, linked: Store) -> None:
        """Links added and removed are counted; grounds are not."""
        with linked.transaction() as tx:
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(TRUST))])
            tx.links.add_grounds([(link(TRUST), GRANTED)])
            assert tx.links.count(ACME, at_most=1000) == 4
            tx.links.remove_many([link(TRUST), link(REALTY)])
            assert tx.links.count(ACME, at_most=1000) == 2

    def test_links_are_counted_per_user(self, linked: Store) -> None:
        """Each user's links are counted; who has none is absent or has none."""
        with linked.snapshot() as snapshot:
            counts = snapshot.links.counts(ACME, [JANE_ID, UserId("ann"), UserId("nobody")])
        assert {user_id: count for user_id, count in counts.items() if count} == {JANE_ID: 2, "ann": 1}

    def test_no_users_have_no_counts(self, linked: Store) -> None:
        """Who asks for nobody's count is told none, and the links of another firm do not count."""
        with linked.snapshot() as snapshot:
            assert dict(snapshot.links.counts(ACME, [])) == {}
            assert snapshot.links.counts(OTHER_FIRM, [JANE_ID]).get(JANE_ID, 0) == 0

    def test_whether_a_user_holds_any_link_is_told(self, linked: Store) -> None:
        """A user with links holds some; one without, or at another firm, holds none."""
        with linked.transaction() as tx:
            tx.links.remove_many([link(SMITH, "ann")])
        with linked.snapshot() as snapshot:
            held = [
                snapshot.links.any_of(*who) for who in ((ACME, JANE_ID), (ACME, UserId("ann")), (OTHER_FIRM, JANE_ID))
            ]
        assert held == [True, False, False]

    def test_a_link_to_an_inactive_entity_is_a_link(self, linked: Store) -> None:
        """Who is linked to nothing but an inactive entity still holds a link."""
        with linked.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
            assert tx.links.any_of(ACME, UserId("ann"))

    def test_a_removed_link_is_gone_with_its_grounds(self, linked: Store) -> None:
        """What was unlinked is found by nothing, and what is linked again has its new grounds alone."""
        with linked.transaction() as tx:
            tx.links.remove_many([link(REALTY)])
        with linked.transaction() as tx:
            assert tx.links.find(ACME, JANE_ID, REALTY) is None
            assert tx.links.touching(ACME, [REALTY]) == ()
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(REALTY, JANE_ID, GRANTED))])
        with linked.snapshot() as snapshot:
            assert snapshot.links.find(ACME, JANE_ID, REALTY) == link(REALTY, JANE_ID, GRANTED)

    def test_many_links_are_removed_at_once(self, linked: Store) -> None:
        """Links of several users are removed together, and the others stay."""
        with linked.transaction() as tx:
            tx.links.remove_many([link(SMITH), link(SMITH, "ann")])
        with linked.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [REALTY]
            assert snapshot.links.listing(ACME, UserId("ann")) == ()

    def test_removing_no_links_removes_none(self, linked: Store) -> None:
        """Nothing named, nothing removed or added."""
        with linked.transaction() as tx:
            tx.links.remove_many([])
            tx.links.add_many([])
            tx.links.add_grounds([])
            tx.links.remove_grounds([])
            assert tx.links.count(ACME, at_most=1000) == 3
