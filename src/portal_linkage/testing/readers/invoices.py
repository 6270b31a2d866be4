"""What is open, what is past, in which order, and how much of it: promises about invoices."""

from datetime import date
from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from ...domain.entities import Invoice
from ...domain.values import MAX_LIMIT, Money
from ...domain.viewers import Scope
from ...ports import Store, Totals
from ..builders import ACME, REALTY, SMITH, TRUST, invoice
from ..promises import Capability, needs
from ._base import EVERYTHING, EVERYWHERE, ReaderPromises, for_each_reader, listed
from ._kinds import INVOICES, Kind
from ._means import DRAFT, FLOATING, OPEN, PAID, VOID


def totals(store: Store, scope: Scope = EVERYTHING) -> Totals:
    """Count and sums."""
    with store.snapshot() as snapshot:
        return snapshot.invoices.totals(scope)


def ids(store: Store) -> tuple[list[str], list[str]]:
    """The ids of what Jane is shown as open, and as paid."""
    shown, past = ([one.invoice_id for one in listed(store, listing)] for listing in INVOICES.listings)
    return shown, past


class Invoices(ReaderPromises):
    """What the promises about invoices are told in."""

    kind: ClassVar[Kind[Any]] = INVOICES
    capabilities = EVERYWHERE | {
        Capability.NUMBERS,
        Capability.DRAFTS,
        Capability.VOIDS,
        Capability.STATUSES,
        Capability.NEGATIVE_AMOUNTS,
    }

    def bill(self, invoice_id: str, entity_id: str = REALTY, *, due: int = 1200, **fields: object) -> Invoice:
        """An invoice of so many of the smallest amounts; open if anything is due, else paid."""
        amounts = {"total": self.means.money(1200), "amount_due": self.means.money(due)}
        return invoice(invoice_id, entity_id, **{**amounts, "status": OPEN if due else PAID, **fields})


class InvoiceStates(Invoices):
    """What is open, what is past, and what is neither."""

    law = "L5"

    def test_what_is_due_is_open_and_what_is_paid_is_past(self, linked: Store) -> None:
        """An invoice on which something is due is listed as open and summed; a paid one is listed as paid alone."""
        self.seed([self.bill("1"), self.bill("2", due=0), self.bill("3", due=1)])
        assert ids(linked) == (["1", "3"], ["2"])
        assert totals(linked) == Totals(2, {self.currency: self.means.money(1201)})

    @needs(Capability.STATUSES)
    def test_an_invoice_on_which_nothing_is_due_is_not_open(self, linked: Store) -> None:
        """An invoice that says open and owes nothing is listed neither as open nor as paid, nor summed."""
        self.seed([self.bill("1", due=0, status=OPEN)])
        assert (ids(linked), totals(linked)) == (([], []), Totals(0, {}))

    @needs(Capability.NEGATIVE_AMOUNTS)
    @needs(Capability.STATUSES)
    def test_an_invoice_on_which_less_than_nothing_is_due_is_not_open(self, linked: Store) -> None:
        """A credit is listed neither as open nor as paid, and takes nothing off what is due on others."""
        self.seed([self.bill("1", due=-5, status=OPEN), self.bill("2", due=7)])
        assert (ids(linked), totals(linked)) == ((["2"], []), Totals(1, {self.currency: self.means.money(7)}))

    @needs(Capability.STATUSES)
    def test_a_paid_invoice_is_past_whatever_it_says_is_due(self, linked: Store) -> None:
        """The status alone makes an invoice a paid one."""
        self.seed([self.bill("1", status=PAID), self.bill("2", due=0)])
        assert (ids(linked), totals(linked)) == (([], ["1", "2"]), Totals(0, {}))

    @needs(Capability.DRAFTS)
    def test_a_draft_is_not_listed(self, linked: Store) -> None:
        """What nobody has been sent is listed neither as open nor as paid, nor summed."""
        self.seed([self.bill("1", status=DRAFT), self.bill("2", due=0, status=DRAFT)])
        assert (ids(linked), totals(linked)) == (([], []), Totals(0, {}))

    @needs(Capability.VOIDS)
    def test_a_void_invoice_is_not_listed(self, linked: Store) -> None:
        """What is not to be paid any more is listed neither as open nor as paid, nor summed."""
        self.seed([self.bill("1", status=VOID), self.bill("2", due=0, status=VOID)])
        assert (ids(linked), totals(linked)) == (([], []), Totals(0, {}))


class InvoiceOrders(Invoices):
    """The orders of the design."""

    law = "L15"

    def test_open_invoices_come_by_due_date(self, linked: Store) -> None:
        """Open invoices of all clients come in one order: that of the days on which they are due."""
        days = {"1": date(2026, 1, 10), "2": date(2025, 12, 31), "3": date(2026, 1, 9), "4": date(999, 1, 1)}
        owners = (REALTY, SMITH, REALTY, SMITH)
        self.seed([self.bill(one, owner, due_on=days[one]) for one, owner in zip(days, owners, strict=True)])
        assert ids(linked)[0] == ["4", "2", "3", "1"]

    @needs(Capability.NUMBERS)
    def test_open_invoices_of_one_day_come_by_number_then_id(self, linked: Store) -> None:
        """Of those due on one day the number decides, by code point; of those of one number the id."""
        numbers = {"1": "10", "2": "9", "3": "a", "4": "B", "5": "Ä", "6": "9"}
        self.seed([self.bill(one, number=number) for one, number in reversed(numbers.items())])
        assert ids(linked)[0] == ["1", "2", "6", "4", "3", "5"]

    def test_paid_invoices_come_newest_first(self, linked: Store) -> None:
        """Paid invoices come by issue date, the newest first; when they were due makes no difference."""
        days = {"1": date(2026, 1, 9), "2": date(2025, 12, 31), "3": date(2026, 1, 10)}
        due = {"1": date(2026, 3, 1), "2": date(2026, 3, 3), "3": date(2026, 3, 2)}
        self.seed([self.bill(one, due=0, issued_on=days[one], due_on=due[one]) for one in days])
        assert ids(linked)[1] == ["3", "1", "2"]

    def test_invoices_of_one_day_come_by_id(self, linked: Store) -> None:
        """Ids are compared as texts, by code point, also those that are whole numbers."""
        known = self.means.ids
        numbered = {"number": "7"} if self.means.have(Capability.NUMBERS) else {}
        self.seed([self.bill(one, due=place % 2, **numbered) for place, one in reversed([*enumerate(known)])])
        assert ids(linked) == (list(known[1::2]), list(known[::2]))


class InvoiceSums(Invoices):
    """Count and sums over what is due."""

    law = "L14"

    @for_each_reader
    @given(data=st.data())
    def test_totals_are_those_of_what_is_listed(self, data: st.DataObject) -> None:
        """Count and sums are over exactly what is listed as open, whatever the scope."""
        world = data.draw(self.kind.worlds(self.means)).at(ACME)
        with self.anew() as store:
            with store.transaction() as tx:
                world.settle(tx)
            self.seed(world.invoices)
            found = totals(store, world.scope)
        assert (found.count, dict(found.due)) == (len(world.open_invoices()), world.invoices_due())

    def test_nothing_open_sums_to_nothing(self, linked: Store) -> None:
        """Where nothing is due the count is zero and no currency is named."""
        assert totals(linked) == Totals(0, {})
        self.seed([self.bill("1", due=0), self.bill("2", TRUST)])
        assert totals(linked) == Totals(0, {})

    def test_small_amounts_add_up_exactly(self, linked: Store) -> None:
        """Amounts that floats would add up to nearly the sum add up to it."""
        self.seed([self.bill(str(place), due=due) for place, due in enumerate(FLOATING, 1)])
        assert totals(linked) == Totals(5, {self.currency: self.means.money(sum(FLOATING))})

    def test_very_many_invoices_are_counted_and_summed(self, linked: Store) -> None:
        """What is due on more invoices than a page can have is counted and summed to the last."""
        self.seed([self.bill(str(place), due=1) for place in range(1, MAX_LIMIT + 2)])
        assert totals(linked) == Totals(MAX_LIMIT + 1, {self.currency: self.means.money(MAX_LIMIT + 1)})

    def test_a_sum_may_be_more_than_any_amount(self, linked: Store) -> None:
        """The largest amounts there are add up exactly, to the last of their digits."""
        most = self.means.most()
        self.seed(
            [self.bill(str(place), total=most, amount_due=most) for place in range(1, 31)] + [self.bill("31", due=1)]
        )
        expected = Money.of_units(30 * most.units + self.means.money(1).units, self.currency)
        assert totals(linked) == Totals(31, {self.currency: expected})

    @needs(Capability.CURRENCIES)
    def test_sums_are_kept_apart_by_currency(self, linked: Store) -> None:
        """What is due is summed per currency, in the order of the currencies' names."""
        amounts = [Money(5, "USD"), Money(7, "CHF"), Money(9, "EUR"), Money(11, "CHF")]
        self.seed([self.bill(str(place), total=due, amount_due=due) for place, due in enumerate(amounts, 1)])
        found = totals(linked)
        assert found == Totals(4, {"CHF": Money(18, "CHF"), "EUR": Money(9, "EUR"), "USD": Money(5, "USD")})
        assert list(found.due) == ["CHF", "EUR", "USD"]

    @needs(Capability.LARGE_AMOUNTS)
    @needs(Capability.FRACTIONS)
    def test_a_sum_has_no_limit_of_the_machine(self, linked: Store) -> None:
        """A sum of many huge amounts is exact beyond what 64 bits hold of ten-thousandths."""
        most = self.means.most()
        self.seed([self.bill(str(place), total=most, amount_due=most) for place in range(1, 9301)])
        assert totals(linked) == Totals(9300, {self.currency: Money.of_units(9300 * most.units, self.currency)})
