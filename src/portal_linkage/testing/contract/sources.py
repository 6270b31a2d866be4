"""The contacts that several sources list with the same entities."""

from ...domain.entities import ClientEntity
from ...domain.values import EmailAddress, EntityId
from ...ports import PMS, Store
from ..builders import ACME, JANE, OTHER_FIRM, SMITH, TRUST, entity, jane_at
from ._furnished import TwoFirms


class SourcePromises(TwoFirms):
    """The contacts of several sources: what `EntityRepository.save_contacts` promises."""

    law = "L13"

    def test_a_source_replaces_its_own_contacts(self, two_firms: Store) -> None:
        """What others list stays, and so does everything else of the entity; an empty list takes them away."""
        with two_firms.transaction() as tx:
            tx.entities.save_contacts([entity(SMITH, jane_at(1), jane_at(2)), entity(TRUST, jane_at(1))], "xero")
            tx.entities.save_contacts([entity(SMITH, jane_at(3), name="Ignored", active=False)], "by hand")
            tx.entities.save_contacts([entity(SMITH, jane_at(2)), entity(TRUST)], "xero")

        def listed(source: str) -> list[ClientEntity]:
            return list(snapshot.entities.roster(ACME, [SMITH, TRUST], source=source))

        with two_firms.snapshot() as snapshot:
            assert listed(PMS) == [entity(SMITH, JANE), entity(TRUST, JANE)]
            assert listed("xero") == [entity(SMITH, jane_at(2)), entity(TRUST)]
            assert listed("by hand") == [entity(SMITH, jane_at(3)), entity(TRUST)]
            assert listed("nobody") == [entity(SMITH), entity(TRUST)]
            whole = [one.contacts for one in snapshot.entities.roster(ACME, source="xero")]
            assert whole == [entity(SMITH, jane_at(2)).contacts, (), ()]
            assert snapshot.entities.listing(ACME, jane_at(1)) == ()
            assert snapshot.entities.listing(ACME, jane_at(3)) == (entity(SMITH),)
            assert snapshot.entities.listing(OTHER_FIRM, jane_at(3)) == ()

    def test_what_others_list_is_told_by_address(self, two_firms: Store) -> None:
        """Of all sources but one, each address once, and nothing of entities with which nobody else lists any."""
        with two_firms.transaction() as tx:
            tx.entities.save_contacts([entity(SMITH, JANE, jane_at(1))], "xero")
            tx.entities.save_contacts([entity(SMITH, jane_at(1))], "by hand")
            asked = (ACME, [SMITH, TRUST, EntityId("9999")])
            assert tx.entities.listed_elsewhere(*asked, PMS) == {SMITH: {JANE.key: JANE, jane_at(1).key: jane_at(1)}}
            assert tx.entities.listed_elsewhere(*asked, "xero") == {
                SMITH: {JANE.key: JANE, jane_at(1).key: jane_at(1)},
                TRUST: {JANE.key: JANE},
            }
            assert tx.entities.listed_elsewhere(OTHER_FIRM, [SMITH], PMS) == {}
            assert tx.entities.lock_many(ACME, [SMITH], source="by hand") == (entity(SMITH, jane_at(1)),)

    def test_an_entity_saved_anew_keeps_what_other_sources_list(self, two_firms: Store) -> None:
        """Saving replaces the contacts of the practice-management system."""
        with two_firms.transaction() as tx:
            tx.entities.save_contacts([entity(SMITH, jane_at(1))], "xero")
            tx.entities.save(entity(SMITH))
            assert tx.entities.listing(ACME, jane_at(1)) == (entity(SMITH),)
            assert tx.entities.find(ACME, SMITH) == entity(SMITH)

    def test_an_entity_that_slept_has_what_other_sources_list(self, two_firms: Store) -> None:
        """Who is deactivated and comes back is listed by other sources as before."""
        with two_firms.transaction() as tx:
            tx.entities.save_contacts([entity(SMITH, jane_at(1))], "xero")
            tx.entities.save(entity(SMITH, active=False))
        with two_firms.transaction() as tx:
            tx.entities.save(entity(SMITH))
            assert tx.entities.listing(ACME, jane_at(1)) == (entity(SMITH),)
            assert list(tx.entities.roster(ACME, [SMITH], source="xero")) == [entity(SMITH, jane_at(1))]

    def test_what_others_list_is_told_by_the_key_of_the_address(self, two_firms: Store) -> None:
        """However a source spells an address, it is listed under its key."""
        with two_firms.transaction() as tx:
            tx.entities.save_contacts([entity(SMITH, EmailAddress.parse("JANE.Smith@Example.com"))], "xero")
            assert [*tx.entities.listed_elsewhere(ACME, [SMITH], PMS)[SMITH]] == [JANE.key]
