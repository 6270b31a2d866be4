"""The client entities."""

import pytest

from ...domain.values import EntityId, PageRequest
from ...domain.viewers import LinkedTo, Only
from ...ports import Store
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, entity, jane_at, link, sign_up, user
from ..promises import Promises
from ._furnished import CONTACTS


class EntityPromises(Promises):
    """The client entities: what `EntityRepository` promises."""

    law = "L2"

    def test_an_entity_is_found_as_it_was_saved(self, store: Store) -> None:
        """An entity is found with number, name and all its contacts in the order saved, as they were spelled."""
        saved = entity(REALTY, contacts=CONTACTS, client_number="A-7", active=False)
        with store.transaction() as tx:
            tx.entities.save(saved)
        with store.snapshot() as snapshot:
            found = snapshot.entities.find(ACME, REALTY)
        assert found is not None
        assert found == saved
        assert [str(contact.email) for contact in found.contacts] == [str(contact.email) for contact in CONTACTS]

    def test_contacts_are_in_the_order_saved_however_many_they_are(self, store: Store) -> None:
        """The eleventh contact comes after the tenth, from the system of the firm as from another source."""
        saved = entity(REALTY, *[jane_at(99 - number) for number in range(12)])
        with store.transaction() as tx:
            tx.entities.save(saved)
            tx.entities.save_contacts([saved], "xero")
        with store.snapshot() as snapshot:
            assert snapshot.entities.find(ACME, REALTY) == saved
            assert [*snapshot.entities.roster(ACME, source="xero")] == [saved]

    def test_an_unknown_entity_is_not_found(self, store: Store) -> None:
        """Of an entity that nobody saved, or that another firm has, there is nothing to find."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
        with store.snapshot() as snapshot:
            assert snapshot.entities.find(ACME, SMITH) is None
            assert snapshot.entities.find(OTHER_FIRM, REALTY) is None

    def test_saving_an_entity_replaces_it(self, store: Store) -> None:
        """An entity saved again is as it was saved last, contacts and all."""
        others = entity(REALTY, jane_at(1), name="Smith Realty", client_number="9", active=False)
        for after in (entity(REALTY, contacts=CONTACTS), others, entity(REALTY, contacts=())):
            with store.transaction() as tx:
                tx.entities.save(after)
            with store.snapshot() as snapshot:
                assert snapshot.entities.find(ACME, REALTY) == after

    def test_of_two_entities_with_one_id_the_later_stands(self, store: Store) -> None:
        """Many entities are saved one after the other, so that a later one replaces an earlier."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(REALTY, JANE), entity(SMITH), entity(REALTY, jane_at(1), name="Last")])
        with store.snapshot() as snapshot:
            assert snapshot.entities.find(ACME, REALTY) == entity(REALTY, jane_at(1), name="Last")
            assert snapshot.entities.listing(ACME, JANE) == ()

    def test_entities_may_be_saved_from_any_iterable(self, store: Store) -> None:
        """Many entities may come from a generator, and may be none."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(str(number)) for number in range(3))
            tx.entities.save_many(())
            assert [one.entity_id for one in tx.entities.roster(ACME)] == ["0", "1", "2"]

    def test_saving_an_entity_links_nobody(self, store: Store) -> None:
        """An entity that lists a user's address is not linked to them by being saved."""
        with store.transaction() as tx:
            sign_up(tx, user(), SMITH)
            tx.entities.save(entity(REALTY, JANE))
        with store.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.links.listing(ACME, JANE_ID)] == [SMITH]

    def test_an_entity_covers_a_visit_while_it_is_active(self, store: Store) -> None:
        """A visit to an active entity has something in scope; to an inactive or an absent one it has not."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(REALTY), entity(SMITH, active=False)])
        with store.snapshot() as snapshot:
            visits = (Only(ACME, REALTY), Only(ACME, SMITH), Only(ACME, TRUST), Only(OTHER_FIRM, REALTY))
            assert [snapshot.entities.covers(visit) for visit in visits] == [True, False, False, False]

    def test_an_entity_is_held_while_it_is_active(self, store: Store) -> None:
        """A link may rest on an active entity of the firm that is named; on an inactive or an absent one it may not."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(REALTY), entity(SMITH, active=False), entity("1004")])
            assert tx.entities.hold(ACME, [REALTY, SMITH, TRUST]) == {REALTY}
            assert tx.entities.hold(OTHER_FIRM, [REALTY]) == tx.entities.hold(ACME, []) == frozenset()

    def test_what_is_locked_is_what_is_stored(self, store: Store) -> None:
        """What is to change is given as it is, contacts and all, by id; what is not there is not."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(TRUST, JANE, active=False), entity(SMITH, JANE, jane_at(1)), entity(REALTY)])
            tx.entities.save(entity(REALTY, firm_id=OTHER_FIRM))
            locked = tx.entities.lock_many(ACME, [TRUST, EntityId("9999"), SMITH, SMITH])
            assert locked == (entity(SMITH, JANE, jane_at(1)), entity(TRUST, JANE, active=False))
            assert tx.entities.lock_many(ACME, []) == ()
            assert tx.entities.lock_many(OTHER_FIRM, [TRUST]) == ()

    def test_entities_in_scope_come_in_link_order(self, store: Store) -> None:
        """A user's entities come as they were linked, not by number or name."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(SMITH), entity(TRUST), entity(REALTY)])
            sign_up(tx, user(), REALTY, SMITH)
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link(TRUST))])
        with store.snapshot() as snapshot:
            assert snapshot.entities.in_scope(LinkedTo(ACME, JANE_ID), PageRequest()).items == (
                entity(REALTY),
                entity(SMITH),
                entity(TRUST),
            )

    @pytest.mark.parametrize("scope", [LinkedTo(ACME, JANE_ID), LinkedTo(ACME, JANE_ID, REALTY), Only(ACME, REALTY)])
    def test_entities_in_scope_have_no_contacts(self, store: Store, scope: LinkedTo | Only) -> None:
        """What a viewer is given names no contact."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, JANE, jane_at(1)))
            sign_up(tx, user(), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.entities.in_scope(scope, PageRequest()).items == (entity(REALTY),)

    def test_labels_are_those_of_the_entities_that_exist(self, store: Store) -> None:
        """Each entity asked for that exists, active or not, has its label."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(SMITH), entity(REALTY, active=False, client_number="A-3"), entity(TRUST)])
        with store.snapshot() as snapshot:
            assert snapshot.entities.labels(ACME, [SMITH, REALTY, EntityId("9"), SMITH]) == {
                SMITH: "Smith, Jane (1001)",
                REALTY: "Jane Smith Realty Group (A-3)",
            }

    def test_labels_of_nothing_are_none(self, store: Store) -> None:
        """Who asks for no entities, or for those of another firm, is given no labels."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
        with store.snapshot() as snapshot:
            assert (dict(snapshot.entities.labels(ACME, [])), dict(snapshot.entities.labels(OTHER_FIRM, [SMITH]))) == (
                {},
                {},
            )
