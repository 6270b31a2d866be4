"""The client entities."""

import pytest

from ...domain.entities import Contact
from ...domain.values import EmailAddress, EntityId, PageRequest, client_number_key
from ...domain.viewers import LinkedTo, Only
from ...ports import Store
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, entity, jane_at, link, sign_up, user
from ..promises import Promises

CONTACTS = (
    Contact(email=jane_at(2), name="Jane", contact_id="c-2", role="owner"),
    Contact(email=EmailAddress.parse("JANE.Smith@example.com"), name="", contact_id=None),
    Contact(email=jane_at(2), name="Jane again", contact_id="c-1", role=""),
)


class EntityPromises(Promises):
    """The client entities."""

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

    def test_an_unknown_entity_is_not_found(self, store: Store) -> None:
        """Of an entity that nobody saved, or that another firm has, there is nothing to find."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY))
        with store.snapshot() as snapshot:
            assert snapshot.entities.find(ACME, SMITH) is None
            assert snapshot.entities.find(OTHER_FIRM, REALTY) is None

    def test_saving_an_entity_replaces_it(self, store: Store) -> None:
        """An entity saved again is as it was saved last, contacts and all."""
        after = entity(REALTY, jane_at(1), name="Smith Realty", client_number="9", active=False)
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, contacts=CONTACTS))
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
        """A link may rest on an active entity of the firm; on an inactive or an absent one it may not."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(REALTY), entity(SMITH, active=False)])
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

    def test_many_hundred_labels_may_be_asked_for(self, store: Store) -> None:
        """A page of a view may name more entities than a statement takes parameters at once."""
        ids = [EntityId(str(number)) for number in range(1200)]
        with store.transaction() as tx:
            tx.entities.save_many(entity(entity_id) for entity_id in ids)
            assert tx.entities.labels(ACME, ids).keys() == set(ids)

    def test_an_address_is_listed_by_entities_in_client_number_order(self, store: Store) -> None:
        """Entities that list an address come by client number: digits by value, then all others, then by entity id."""
        numbers = {"e1": "B", "e2": "10", "e3": "9", "e4": "009", "e5": "A", "e6": "9", "e0": "A", "e7": "1b"}
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, JANE, client_number=number) for one, number in numbers.items())
        with store.snapshot() as snapshot:
            listing = [one.entity_id for one in snapshot.entities.listing(ACME, JANE)]
        assert listing == ["e4", "e3", "e6", "e2", "e7", "e0", "e5", "e1"]
        assert listing == sorted(numbers, key=lambda one: (client_number_key(numbers[one]), one))

    def test_an_address_is_matched_by_its_key(self, store: Store) -> None:
        """Whoever wrote the address in capitals wrote the same address; a plus-tag makes another."""
        with store.transaction() as tx:
            tx.entities.save_many(
                [entity(SMITH, EmailAddress.parse("Jane.SMITH@example.com")), entity(TRUST, jane_at(1))]
            )
        with store.snapshot() as snapshot:
            assert [one.entity_id for one in snapshot.entities.listing(ACME, JANE)] == [SMITH]

    def test_an_inactive_entity_lists_nobody(self, store: Store) -> None:
        """An inactive entity is in no listing of an address; active again, it is."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH, JANE, active=False))
            assert tx.entities.listing(ACME, JANE) == ()
            tx.entities.save(entity(SMITH, JANE))
            assert tx.entities.listing(ACME, JANE) == (entity(SMITH),)

    def test_a_listing_tells_no_contacts(self, store: Store) -> None:
        """Entities that list an address come once each, without their contacts."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, contacts=CONTACTS))
        with store.snapshot() as snapshot:
            assert snapshot.entities.listing(ACME, jane_at(2)) == (entity(REALTY),)

    def test_a_contact_that_is_gone_lists_no_more(self, store: Store) -> None:
        """After a contact left, the entity does not list the address; what it still lists, it does."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, JANE, jane_at(1)))
            tx.entities.save(entity(REALTY, jane_at(1)))
        with store.snapshot() as snapshot:
            assert snapshot.entities.listing(ACME, JANE) == ()
            assert snapshot.entities.listing(ACME, jane_at(1)) == (entity(REALTY),)

    def test_a_contact_listed_twice_lists_until_both_are_gone(self, store: Store) -> None:
        """An address that two contacts of an entity share is listed as long as one is left."""
        with store.transaction() as tx:
            tx.entities.save(entity(REALTY, contacts=CONTACTS))
            tx.entities.save(entity(REALTY, contacts=CONTACTS[:1]))
            assert tx.entities.listing(ACME, jane_at(2)) == (entity(REALTY),)
            tx.entities.save(entity(REALTY))
            assert tx.entities.listing(ACME, jane_at(2)) == ()

    def test_an_address_may_be_listed_by_very_many_entities(self, store: Store) -> None:
        """A bookkeeper's address is listed by all clients they look after, and taken out one by one."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(str(number), JANE) for number in range(40))
            tx.entities.save_many(entity(str(number)) for number in range(38))
            assert [one.entity_id for one in tx.entities.listing(ACME, JANE)] == ["38", "39"]
            tx.entities.save_many(entity(str(number)) for number in (38, 39))
            assert tx.entities.listing(ACME, JANE) == ()

    def test_other_firms_list_other_people(self, store: Store) -> None:
        """An address listed at one firm is not listed at another."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH, JANE))
        with store.snapshot() as snapshot:
            assert snapshot.entities.listing(OTHER_FIRM, JANE) == ()

    def test_entities_are_found_by_their_exact_numbers(self, store: Store) -> None:
        """A client number finds whoever bears exactly it: case, zeros and blanks count."""
        numbers = {"e1": "A7", "e2": "a7", "e3": "A7", "e4": "A70", "e5": "0A7", "e6": "A7 ", "e7": "B"}
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, JANE, client_number=number) for one, number in numbers.items())
        with store.snapshot() as snapshot:
            found = snapshot.entities.numbered(ACME, ["A7", "B", "A7", "none"])
        assert found == (
            entity("e1", client_number="A7"),
            entity("e3", client_number="A7"),
            entity("e7", client_number="B"),
        )

    def test_an_inactive_entity_is_not_found_by_its_number(self, store: Store) -> None:
        """A number that only an inactive entity bears finds nothing."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
        with store.snapshot() as snapshot:
            assert snapshot.entities.numbered(ACME, ["1001"]) == ()

    def test_a_number_given_away_finds_who_bears_it_now(self, store: Store) -> None:
        """After an entity was renumbered, its old number does not find it."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
            tx.entities.save(entity(SMITH, client_number="2001"))
            assert tx.entities.numbered(ACME, ["1001"]) == ()
            assert tx.entities.numbered(ACME, ["2001"]) == (entity(SMITH, client_number="2001"),)

    def test_no_numbers_find_no_entities(self, store: Store) -> None:
        """Who names no number, or asks another firm, is given nothing."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
        with store.snapshot() as snapshot:
            assert snapshot.entities.numbered(ACME, []) == snapshot.entities.numbered(OTHER_FIRM, ["1001"]) == ()

    def test_very_many_numbers_may_be_asked_for(self, store: Store) -> None:
        """A roster may name more numbers than a statement takes parameters at once."""
        with store.transaction() as tx:
            tx.entities.save_many([entity(SMITH), entity(REALTY)])
            found = tx.entities.numbered(ACME, [str(number) for number in range(2200)])
        assert [one.entity_id for one in found] == [SMITH, REALTY]

    def test_the_roster_holds_all_entities_by_id(self, store: Store) -> None:
        """The roster is every entity, active or not, with its contacts, by entity id."""
        saved = [
            entity("b", contacts=CONTACTS),
            entity("a", active=False),
            entity("B"),
            entity("10"),
            entity("9", JANE),
        ]
        with store.transaction() as tx:
            tx.entities.save_many(saved)
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME)) == sorted(saved, key=lambda one: one.entity_id)

    def test_the_roster_may_be_asked_for_some_entities(self, store: Store) -> None:
        """Of some ids, those that exist come once each, with their contacts, by entity id."""
        with store.transaction() as tx:
            tx.entities.save_many([entity("a", JANE), entity("b"), entity("c", active=False)])
        asked = [EntityId(text) for text in ("c", "a", "x", "c")]
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME, asked)) == [entity("a", JANE), entity("c", active=False)]

    def test_the_roster_of_no_entities_is_empty(self, store: Store) -> None:
        """No ids are not all ids; and another firm has a roster of its own."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME, [])) == list(snapshot.entities.roster(OTHER_FIRM)) == []

    def test_the_roster_of_very_many_ids_is_whole(self, store: Store) -> None:
        """A roster may be asked for by more ids than a statement takes parameters, and keeps its order."""
        ids = [EntityId(str(number)) for number in range(1500)]
        with store.transaction() as tx:
            tx.entities.save_many(entity(entity_id, JANE) for entity_id in ids)
            found = [one.entity_id for one in tx.entities.roster(ACME, ids)]
        assert found == sorted(ids)

    def test_a_roster_may_be_saved_while_it_is_read(self, store: Store) -> None:
        """Entities saved while the roster is walked through disturb nothing: each is met once."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(str(number)) for number in range(9))
            met: list[str] = []
            for one in tx.entities.roster(ACME):
                met.append(one.entity_id)
                tx.entities.save(entity(one.entity_id, JANE))
            assert met == [str(number) for number in range(9)]
