"""The invoices."""

from datetime import date

import pytest

from ...domain.entities import Invoice, InvoiceStatus
from ...domain.errors import InvalidValue
from ...domain.values import InvoiceId, Money, PageRequest
from ...domain.viewers import LinkedTo, Only
from ...ports import Store, Totals
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, entity, invoice, link, usd
from ._furnished import Billed

OPEN, PAID = InvoiceStatus.OPEN, InvoiceStatus.PAID
VISIT = Only(ACME, REALTY)
EVERYTHING = LinkedTo(ACME, JANE_ID)


def keep(store: Store, *invoices: Invoice) -> None:
    """Save invoices."""
    with store.transaction() as tx:
        tx.invoices.save_many(invoices)


def listed(store: Store, status: InvoiceStatus = OPEN, scope: LinkedTo | Only = EVERYTHING) -> list[str]:
    """The ids of the invoices in scope."""
    with store.snapshot() as snapshot:
        return [one.invoice_id for one in snapshot.invoices.in_scope(scope, status, PageRequest()).items]


def totals(store: Store, scope: LinkedTo | Only = EVERYTHING) -> Totals:
    """Count and sums."""
    with store.snapshot() as snapshot:
        return snapshot.invoices.totals(scope)


class InvoicePromises(Billed):
    """The invoices: what `InvoiceRepository` promises."""

    law = "L4"

    @pytest.mark.parametrize("status", list(InvoiceStatus))
    def test_an_invoice_is_found_as_it_was_saved(self, billed: Store, status: InvoiceStatus) -> None:
        """An invoice of any status is found with every field, whoever may see it."""
        saved = invoice(
            "INV-7", TRUST, number="7/2026", total=usd("-1200.0001"), amount_due=Money("0.5", "JPY"), status=status
        )
        keep(billed, saved)
        with billed.snapshot() as snapshot:
            assert snapshot.invoices.find(ACME, InvoiceId("INV-7")) == saved

    def test_an_unknown_invoice_is_not_found(self, billed: Store) -> None:
        """Of an invoice that nobody saved, or that another firm has, there is nothing to find."""
        keep(billed, invoice("INV-1"))
        with billed.snapshot() as snapshot:
            assert snapshot.invoices.find(ACME, InvoiceId("inv-1")) is None
            assert snapshot.invoices.find(OTHER_FIRM, InvoiceId("INV-1")) is None

    def test_an_invoice_may_come_before_its_entity(self, billed: Store) -> None:
        """A bill whose entity is not there yet is kept, shown to nobody, and shown when the entity comes."""
        keep(billed, invoice("INV-1", "late"))
        with billed.transaction() as tx:
            tx.links.add_many([(tx.mailboxes.lock(ACME, JANE), link("late"))])
        assert (listed(billed), totals(billed)) == ([], Totals(0, {}))
        with billed.transaction() as tx:
            tx.entities.save(entity("late"))
        assert listed(billed) == ["INV-1"]

    def test_open_invoices_come_by_due_date_number_and_id(self, billed: Store) -> None:
        """Open invoices of all entities come in one order: due date, then number, then id, by code point."""
        early, late = date(2026, 1, 2), date(2026, 1, 10)
        keep(
            billed,
            invoice("a", REALTY, number="10", due_on=late),
            invoice("b", SMITH, number="9", due_on=late),
            invoice("c", SMITH, number="Z", due_on=early),
            invoice("e", REALTY, number="9", due_on=late),
            invoice("d", REALTY, number="a", due_on=early),
            invoice("B", REALTY, number="9", due_on=late),
        )
        assert listed(billed) == ["c", "d", "a", "B", "b", "e"]

    def test_numbers_are_ordered_to_their_last_character(self, billed: Store) -> None:
        """Of two numbers of 200 characters that differ in the last alone, the lesser comes first."""
        first, second = ("9" * 199 + last for last in "12")
        keep(billed, invoice("a", number=second), invoice("b", number=first))
        assert listed(billed) == ["b", "a"]

    def test_paid_invoices_come_newest_first_then_by_id(self, billed: Store) -> None:
        """Paid invoices come by issue date, the newest first, and those of one day by id, ascending."""
        keep(
            billed,
            invoice("a", REALTY, issued_on=date(2026, 1, 2), status=PAID),
            invoice("c", SMITH, issued_on=date(2026, 1, 10), status=PAID),
            invoice("b", REALTY, issued_on=date(2026, 1, 10), status=PAID),
            invoice("B", SMITH, issued_on=date(2026, 1, 10), status=PAID),
            invoice("d", SMITH, issued_on=date(999, 12, 31), status=PAID),
        )
        assert listed(billed, PAID) == ["B", "b", "c", "a", "d"]

    @pytest.mark.parametrize("due", ["0", "-0.0001", "-5"])
    def test_an_invoice_on_which_nothing_is_due_is_not_open(self, billed: Store, due: str) -> None:
        """An invoice that says open and owes nothing, or less, is listed neither as open nor as paid, nor summed."""
        keep(billed, invoice("INV-1", amount_due=usd(due), total=usd(9)))
        assert (listed(billed), listed(billed, PAID), totals(billed)) == ([], [], Totals(0, {}))

    def test_a_paid_invoice_is_listed_whatever_it_says_is_due(self, billed: Store) -> None:
        """The status alone makes an invoice a paid one."""
        keep(billed, invoice("a", status=PAID, amount_due=usd(5)), invoice("b", status=PAID, amount_due=usd(0)))
        assert (listed(billed), listed(billed, PAID), totals(billed)) == ([], ["a", "b"], Totals(0, {}))

    @pytest.mark.parametrize("status", [InvoiceStatus.VOID, InvoiceStatus.DRAFT])
    def test_void_invoices_and_drafts_are_not_listed(self, billed: Store, status: InvoiceStatus) -> None:
        """What is void or a draft is listed neither as open nor as paid, nor summed."""
        keep(billed, invoice("INV-1", status=status))
        assert (listed(billed), listed(billed, PAID), totals(billed)) == ([], [], Totals(0, {}))

    def test_a_listed_invoice_is_whole(self, billed: Store) -> None:
        """A listing gives the invoice with every field."""
        one = invoice("INV-7", number="7/2026", total=usd("1200.0001"), amount_due=usd("0.0001"))
        keep(billed, one)
        with billed.snapshot() as snapshot:
            assert snapshot.invoices.in_scope(VISIT, OPEN, PageRequest()).items == (one,)

    def test_an_invoice_saved_again_is_as_it_was_saved_last(self, billed: Store) -> None:
        """An invoice may change its entity, its due date, its amount, and is listed and summed as it is now."""
        keep(
            billed,
            invoice("a", REALTY, due_on=date(2026, 1, 1)),
            invoice("b", REALTY, due_on=date(2026, 1, 2), amount_due=usd(1)),
        )
        keep(billed, invoice("a", SMITH, due_on=date(2026, 1, 3), amount_due=usd(10)))
        assert listed(billed) == ["b", "a"]
        assert listed(billed, OPEN, VISIT) == ["b"]
        assert totals(billed) == Totals(2, {"USD": usd(11)})
        assert totals(billed, VISIT) == Totals(1, {"USD": usd(1)})

    def test_an_invoice_paid_moves_to_the_past(self, billed: Store) -> None:
        """Once paid, an invoice is not open any more, and back again."""
        keep(billed, invoice("a"))
        keep(billed, invoice("a", status=PAID))
        assert (listed(billed), listed(billed, PAID), totals(billed)) == ([], ["a"], Totals(0, {}))
        keep(billed, invoice("a"))
        assert (listed(billed), listed(billed, PAID), totals(billed)) == (["a"], [], Totals(1, {"USD": usd(1200)}))

    def test_of_two_invoices_with_one_id_the_later_stands(self, billed: Store) -> None:
        """Many invoices are saved one after the other, so that a later one replaces an earlier."""
        keep(billed, invoice("a", amount_due=usd(1)), invoice("b", amount_due=usd(2)), invoice("a", amount_due=usd(3)))
        assert totals(billed) == Totals(2, {"USD": usd(5)})

    def test_invoices_may_be_saved_from_any_iterable(self, billed: Store) -> None:
        """Many invoices may come from a generator, one alone, or none."""
        with billed.transaction() as tx:
            tx.invoices.save_many(invoice(str(number)) for number in range(3))
            tx.invoices.save(invoice("3"))
            tx.invoices.save_many(())
        assert listed(billed) == ["0", "1", "2", "3"]

    def test_a_removed_invoice_is_gone(self, billed: Store) -> None:
        """An invoice removed is found, listed and summed no more; the others are."""
        keep(billed, invoice("a", amount_due=usd(1)), invoice("b", amount_due=usd(2)))
        with billed.transaction() as tx:
            tx.invoices.remove(ACME, InvoiceId("a"))
            assert tx.invoices.find(ACME, InvoiceId("a")) is None
        assert (listed(billed), totals(billed)) == (["b"], Totals(1, {"USD": usd(2)}))

    @pytest.mark.parametrize("bill_id", ["", "\0", "\ud800", "x" * 201])
    def test_an_id_that_no_bill_can_have_is_refused(self, billed: Store, bill_id: str) -> None:
        """Removing by an id that could not have been saved is a mistake of the caller's, on every store alike."""
        with pytest.raises(InvalidValue), billed.transaction() as tx:
            tx.invoices.remove(ACME, InvoiceId(bill_id))

    def test_removing_an_absent_invoice_does_nothing(self, billed: Store) -> None:
        """Where there is no such invoice, at this firm, none is removed."""
        keep(billed, invoice("a"))
        with billed.transaction() as tx:
            tx.invoices.remove(ACME, InvoiceId("b"))
            tx.invoices.remove(OTHER_FIRM, InvoiceId("a"))
        assert listed(billed) == ["a"]

    @pytest.mark.parametrize("status", [OPEN, PAID, InvoiceStatus.VOID])
    def test_an_invoice_proves_by_its_exact_number(self, billed: Store, status: InvoiceStatus) -> None:
        """An entity's invoice that is not a draft proves: by exactly its number, for that entity, at that firm."""
        keep(billed, invoice("a", REALTY, number="INV/7", status=status), invoice("b", REALTY, number="INV/70"))
        places = [(ACME, REALTY, number) for number in ("INV/7", "inv/7", "INV/", "INV/7 ", "a", "")]
        places += [(ACME, SMITH, "INV/7"), (OTHER_FIRM, REALTY, "INV/7")]
        with billed.snapshot() as snapshot:
            assert [snapshot.invoices.proves(*place) for place in places] == [True, *[False] * 7]

    def test_a_draft_proves_nothing(self, billed: Store) -> None:
        """Nobody has been sent a draft."""
        keep(billed, invoice("a", number="7", status=InvoiceStatus.DRAFT))
        with billed.snapshot() as snapshot:
            assert not snapshot.invoices.proves(ACME, REALTY, "7")

    def test_a_number_proves_if_one_of_its_invoices_does(self, billed: Store) -> None:
        """A number that a draft and a bill share proves, until the bill is gone."""
        keep(billed, invoice("a", number="7", status=InvoiceStatus.DRAFT), invoice("b", number="7", amount_due=usd(0)))
        with billed.transaction() as tx:
            assert tx.invoices.proves(ACME, REALTY, "7")
            tx.invoices.remove(ACME, InvoiceId("b"))
            assert not tx.invoices.proves(ACME, REALTY, "7")

    def test_an_invoice_proves_by_the_number_that_it_has_now(self, billed: Store) -> None:
        """Under another number, or at another entity, it proves there and no longer where it did."""
        keep(billed, invoice("a", REALTY, number="7"), invoice("b", REALTY, number="8"), invoice("c", REALTY))
        keep(billed, invoice("a", REALTY, number="9"), invoice("b", SMITH, number="8"))
        places = ((REALTY, "7"), (REALTY, "8"), (REALTY, "9"), (SMITH, "8"))
        with billed.snapshot() as snapshot:
            assert [snapshot.invoices.proves(ACME, *place) for place in places] == [False, False, True, True]

    def test_an_invoice_of_an_inactive_entity_still_proves(self, billed: Store) -> None:
        """Whether the entity may be claimed is not the invoices' business."""
        keep(billed, invoice("a", number="7"))
        with billed.transaction() as tx:
            tx.entities.save(entity(REALTY, active=False))
            assert tx.invoices.proves(ACME, REALTY, "7")
