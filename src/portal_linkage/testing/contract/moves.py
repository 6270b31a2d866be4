"""What goes over from one entity to another, and the old numbers of both."""

import attrs
import pytest

from ...domain.entities import InvoiceStatus
from ...domain.values import EntityId, PageRequest
from ...domain.viewers import Only
from ...ports import Store
from ..builders import (
    ACME,
    JANE,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    invoice,
    jane_at,
    late_fee,
    leave_bars,
    payment,
    usd,
)
from ._furnished import TwoFirms

PAGE = PageRequest()


class MovePromises(TwoFirms):
    """What goes over to another entity, and old numbers: what `transfer`, `part` and `carry` promise."""

    law = "L13"

    def test_old_numbers_are_remembered(self, two_firms: Store) -> None:
        """By entity id, as long as they are active; the same number twice is remembered once."""
        with two_firms.transaction() as tx:
            tx.entities.keep_numbers([entity(TRUST, client_number="7"), entity(SMITH, client_number="7")])
            tx.entities.keep_numbers([entity(SMITH, client_number="7"), entity(SMITH, client_number="8")])
            assert tx.entities.formerly(ACME, "7") == (entity(SMITH), entity(TRUST))
            tx.entities.save(entity(TRUST, active=False))
            assert tx.entities.formerly(ACME, "7") == (entity(SMITH),)
            assert tx.entities.formerly(ACME, SMITH) == tx.entities.formerly(OTHER_FIRM, "7") == ()

    def test_old_numbers_are_matched_exactly(self, two_firms: Store) -> None:
        """As the numbers of today are: case, zeros and blanks count."""
        with two_firms.transaction() as tx:
            tx.entities.keep_numbers([entity(TRUST, client_number="a-7"), entity(REALTY, client_number="B-7")])
            tx.entities.transfer(ACME, {TRUST: SMITH})
            found = [tx.entities.formerly(ACME, number) for number in ("a-7", "B-7")]
            others = [tx.entities.formerly(ACME, number) for number in ("A-7", "b-7", "a-7 ", "a-07", "a-")]
        assert found == [(entity(SMITH),), (entity(REALTY),)]
        assert others == [()] * 5

    def test_an_entity_that_slept_has_its_old_numbers(self, two_firms: Store) -> None:
        """Who is deactivated and comes back is found by the numbers that it once bore."""
        with two_firms.transaction() as tx:
            tx.entities.keep_numbers([entity(TRUST, client_number="7")])
            tx.entities.save(entity(TRUST, active=False))
        with two_firms.transaction() as tx:
            tx.entities.save(entity(TRUST))
            assert tx.entities.formerly(ACME, "7") == (entity(TRUST),)

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
        """Invoices, late fees and payments alike, with all that is found by them."""
        with two_firms.transaction() as tx:
            tx.invoices.save_many([invoice("A", TRUST), invoice("B", SMITH), invoice("C", TRUST, firm_id=OTHER_FIRM)])
            tx.late_fees.save(late_fee("F", TRUST))
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

    @pytest.mark.parametrize("status", list(InvoiceStatus))
    @pytest.mark.parametrize("due", [0, 5])
    def test_invoices_of_every_status_go_over(self, two_firms: Store, status: InvoiceStatus, due: int) -> None:
        """What is paid, void, a draft, or owes nothing goes over like what is open."""
        before = invoice("A", TRUST, status=status, amount_due=usd(due))
        with two_firms.transaction() as tx:
            tx.invoices.save(before)
            tx.invoices.transfer(ACME, {TRUST: SMITH})
        with two_firms.snapshot() as snapshot:
            assert snapshot.invoices.find(ACME, before.invoice_id) == attrs.evolve(before, entity_id=SMITH)
