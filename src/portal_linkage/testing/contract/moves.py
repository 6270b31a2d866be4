"""What goes over from one entity to another, old numbers, and the contacts of several sources."""

import pytest

from ... import ClientEntity, EntityId, UserId
from ...domain.values import PageRequest
from ...domain.viewers import Only
from ...ports import PMS, Store
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    firm,
    invoice,
    jane_at,
    late_fee,
    leave_bars,
    payment,
    sign_up,
    usd,
    user,
)
from ..promises import Promises

PAGE = PageRequest()


class MovePromises(Promises):
    """What goes over to another entity, old numbers, contacts of several sources: what `EntityRepository` promises."""

    law = "L13"

    @pytest.fixture
    def two_firms(self, store: Store) -> Store:
        """A store with three entities at each of two firms."""
        with store.transaction() as tx:
            for firm_id in (ACME, OTHER_FIRM):
                tx.firms.save(firm(firm_id))
                tx.entities.save_many(entity(one, JANE, firm_id=firm_id) for one in (SMITH, TRUST, REALTY))
        return store

    def test_users_are_found_by_their_ids(self, two_firms: Store) -> None:
        """Those that exist, at this firm."""
        with two_firms.transaction() as tx:
            sign_up(tx, user(), SMITH)
            sign_up(tx, user("ann", jane_at(1)), SMITH)
            assert tx.users.some(ACME, [JANE_ID, UserId("nobody")]) == {JANE_ID: user()}
            assert tx.users.some(OTHER_FIRM, [JANE_ID]) == tx.users.some(ACME, []) == {}

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

    def test_old_numbers_are_remembered(self, two_firms: Store) -> None:
        """By entity id, as long as they are active; the same number twice is remembered once."""
        with two_firms.transaction() as tx:
            tx.entities.keep_numbers([entity(TRUST, client_number="7"), entity(SMITH, client_number="7")])
            tx.entities.keep_numbers([entity(SMITH, client_number="7"), entity(SMITH, client_number="8")])
            assert tx.entities.formerly(ACME, "7") == (entity(SMITH), entity(TRUST))
            tx.entities.save(entity(TRUST, active=False))
            assert tx.entities.formerly(ACME, "7") == (entity(SMITH),)
            assert tx.entities.formerly(ACME, SMITH) == tx.entities.formerly(OTHER_FIRM, "7") == ()

    def test_numbers_go_over(self, two_firms: Store) -> None:
        """What an entity bears and once bore leads to the survivor, and to itself no more. Who is absent has none."""
        with two_firms.transaction() as tx:
            tx.entities.keep_numbers([entity(TRUST, client_number="7"), entity(SMITH, client_number="7")])
            tx.entities.transfer(ACME, {TRUST: SMITH, EntityId("9999"): REALTY})
            assert tx.entities.formerly(ACME, "7") == tx.entities.formerly(ACME, TRUST) == (entity(SMITH),)
            tx.entities.transfer(ACME, {SMITH: REALTY})
            for number in ("7", TRUST, SMITH):
                assert tx.entities.formerly(ACME, number) == (entity(REALTY),)
            tx.entities.transfer(ACME, {})
            assert tx.entities.formerly(OTHER_FIRM, TRUST) == ()
            assert tx.entities.merged(ACME, [TRUST, SMITH, REALTY]) == {TRUST: SMITH, SMITH: REALTY}
            assert tx.entities.merged(OTHER_FIRM, [TRUST]) == tx.entities.merged(ACME, []) == {}

    def test_who_is_parted_is_merged_into_nobody_any_more(self, two_firms: Store) -> None:
        """The others are, at this firm and at others; the numbers that went over stay."""
        with two_firms.transaction() as tx:
            tx.entities.transfer(ACME, {TRUST: SMITH, SMITH: REALTY})
            tx.entities.transfer(OTHER_FIRM, {TRUST: SMITH})
            tx.entities.part(ACME, [TRUST, REALTY])
            tx.entities.part(ACME, [])
        with two_firms.snapshot() as snapshot:
            assert snapshot.entities.merged(ACME, [TRUST, SMITH]) == {SMITH: REALTY}
            assert snapshot.entities.merged(OTHER_FIRM, [TRUST]) == {TRUST: SMITH}
            assert snapshot.entities.formerly(ACME, TRUST) == (entity(REALTY),)

    def test_who_is_stored_active_is_merged_into_nobody_any_more(self, two_firms: Store) -> None:
        """A merge is forgotten when the one that had gone is awake again; asleep, it stands."""
        with two_firms.transaction() as tx:
            tx.entities.transfer(ACME, {TRUST: SMITH, SMITH: REALTY})
            tx.entities.save_many([entity(TRUST), entity(SMITH, active=False), entity(TRUST, firm_id=OTHER_FIRM)])
        with two_firms.snapshot() as snapshot:
            assert snapshot.entities.merged(ACME, [TRUST, SMITH]) == {SMITH: REALTY}

    def test_refusals_go_over(self, two_firms: Store) -> None:
        """Bars keep who left them and when; what stands at the survivor stays; what was left is left there, too."""
        with two_firms.transaction() as tx:
            leave_bars(tx, bar(TRUST, JANE, at(1)), bar(TRUST, jane_at(1), at(2)), bar(SMITH, jane_at(1), at(3)))
            leave_bars(tx, bar(TRUST, JANE, at(4), OTHER_FIRM))
            tx.bars.remember_leaving(tx.mailboxes.lock(ACME, jane_at(2)), TRUST)
            tx.bars.carry(ACME, {TRUST: SMITH, REALTY: SMITH})
            barred = [(SMITH, JANE, 1), (TRUST, JANE, 1), (TRUST, jane_at(1), 2), (SMITH, jane_at(1), 3)]
            assert tx.bars.listing(ACME, None, PAGE).items == tuple(
                bar(one, email, at(then)) for one, email, then in barred
            )
            assert tx.bars.listing(OTHER_FIRM, None, PAGE).items == (bar(TRUST, JANE, at(4), OTHER_FIRM),)
            touching = tx.bars.touching(ACME, [TRUST, SMITH])
            assert touching[jane_at(2).key].left == {SMITH, TRUST}
            tx.bars.carry(ACME, {})

    def test_bills_go_over(self, two_firms: Store) -> None:
        """Of every kind and status, paid and not due ones too, with all that is found by them."""
        with two_firms.transaction() as tx:
            tx.invoices.save_many([invoice("A", TRUST), invoice("B", SMITH), invoice("C", TRUST, firm_id=OTHER_FIRM)])
            tx.late_fees.save_many([late_fee("F", TRUST), late_fee("G", TRUST, amount_due=usd(0))])
            tx.payments.save(payment("P", TRUST))
            for kept in (tx.invoices, tx.late_fees, tx.payments):
                kept.transfer(ACME, {TRUST: SMITH, REALTY: SMITH})
                kept.transfer(ACME, {})
            assert tx.invoices.find(ACME, invoice("A").invoice_id) == invoice("A", SMITH)
            assert tx.invoices.totals(Only(ACME, SMITH)).count == 2
            assert tx.invoices.proves(ACME, SMITH, "A")
            assert not tx.invoices.proves(ACME, TRUST, "A")
            assert tx.late_fees.in_scope(Only(ACME, SMITH), PAGE).items == (late_fee("F", SMITH),)
            assert tx.payments.in_scope(Only(ACME, SMITH), PAGE).items == (payment("P", SMITH),)
            assert tx.invoices.totals(Only(OTHER_FIRM, TRUST)).count == 1
