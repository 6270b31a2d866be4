"""The addresses that client entities list."""

from ...domain.values import EmailAddress, client_number_key
from ...ports import Store
from ..builders import ACME, JANE, OTHER_FIRM, REALTY, SMITH, TRUST, entity, jane_at
from ..promises import Promises
from ._furnished import CONTACTS


class AddressPromises(Promises):
    """The addresses that client entities list: what `EntityRepository.listing` promises."""

    law = "L16"

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
