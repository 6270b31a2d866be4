"""The sums over what is due."""

from ...domain.values import Money
from ...domain.viewers import LinkedTo, Only
from ...ports import Store, Totals
from ..builders import ACME, JANE_ID, REALTY, SMITH, TRUST, invoice, usd
from ._furnished import Billed
from .invoices import keep, totals


class SumPromises(Billed):
    """The sums over what is due."""

    law = "L14"

    def test_nothing_open_sums_to_nothing(self, billed: Store) -> None:
        """Without open invoices the count is zero and no currency is named."""
        assert totals(billed) == Totals(0, {})

    def test_sums_are_kept_apart_by_currency(self, billed: Store) -> None:
        """What is due is summed per currency, in the order of the currencies' names."""
        euros = Money("0.0001", "EUR")
        keep(
            billed,
            invoice("a"),
            invoice("b", SMITH),
            invoice("c", amount_due=euros),
            invoice("d", amount_due=Money(7, "CHF")),
        )
        found = totals(billed)
        assert found == Totals(4, {"CHF": Money(7, "CHF"), "EUR": euros, "USD": usd(2400)})
        assert list(found.due) == ["CHF", "EUR", "USD"]

    def test_a_currency_whose_last_bill_is_paid_is_named_no_more(self, billed: Store) -> None:
        """A currency in which nothing is due any more is absent from the sums."""
        keep(billed, invoice("a"), invoice("b", amount_due=Money(7, "CHF")))
        keep(billed, invoice("b", amount_due=Money(0, "CHF")))
        assert totals(billed) == Totals(1, {"USD": usd(1200)})

    def test_sums_have_no_limit_of_one_amount(self, billed: Store) -> None:
        """A sum is exact beyond 10^11, the limit of a single amount."""
        most = usd("99999999999.9999")
        keep(
            billed,
            invoice("a", amount_due=most),
            invoice("b", SMITH, amount_due=most),
            invoice("c", amount_due=usd("0.0001")),
        )
        assert totals(billed) == Totals(3, {"USD": Money.of_units(2 * (10**15 - 1) + 1, "USD")})

    def test_sums_have_no_limit_of_the_machine(self, billed: Store) -> None:
        """A sum of many huge amounts is exact beyond what 64 bits hold."""
        huge = [invoice(str(number), amount_due=usd("99999999999.9999")) for number in range(9300)]
        keep(billed, *huge)
        expected = 9300 * (10**15 - 1)
        assert expected > 2**63
        assert totals(billed) == Totals(9300, {"USD": Money.of_units(expected, "USD")})

    def test_sums_count_what_is_in_scope_alone(self, billed: Store) -> None:
        """Bills of entities that are not in scope are in no sum, and links make no difference to a visit."""
        keep(billed, invoice("a", REALTY, amount_due=usd(1)), invoice("b", TRUST, amount_due=usd(2)))
        assert totals(billed) == Totals(1, {"USD": usd(1)})
        assert totals(billed, Only(ACME, TRUST)) == Totals(1, {"USD": usd(2)})
        assert totals(billed, LinkedTo(ACME, JANE_ID, TRUST)) == Totals(0, {})
