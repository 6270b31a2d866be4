"""Money is exact (L14)."""

import copy
import decimal
import pickle
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import InvalidValue, Money
from portal_linkage.domain.values import UNITS_PER_ONE, sum_by_currency
from portal_linkage.testing import builders as b

LIMIT = 10**11 * UNITS_PER_ONE
UNITS = st.integers(-LIMIT + 1, LIMIT - 1)
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF", "XXX"])


@pytest.fixture
def hostile_context() -> Iterator[None]:
    """A host whose decimal context rounds to three digits and traps whatever it can."""
    traps = [signal for signal in decimal.getcontext().traps if signal is not decimal.Subnormal]
    with decimal.localcontext(decimal.Context(prec=3, Emax=9, Emin=-9, traps=traps)):
        yield


def refusal(amount: object, currency: str = "USD") -> str:
    """Why an amount is refused."""
    with pytest.raises(InvalidValue) as refused:
        Money(amount, currency)  # type: ignore[arg-type]
    assert refused.value.field == "amount"
    return refused.value.reason


# -- What an amount is -------------------------------------------------------------------------------------------------


@given(UNITS, CURRENCIES)
def test_an_amount_is_what_was_written(units: int, currency: str) -> None:
    """Text, Decimal and the printed amount are one exact number, with not a ten-thousandth lost (L14)."""
    exact = Fraction(units, UNITS_PER_ONE)
    written = Decimal(units).scaleb(-4)
    money = Money(written, currency)
    assert money.units == units
    assert Fraction(money.amount) == exact
    assert money == Money(f"{written:f}", currency) == Money(money.amount, currency) == Money.of_units(units, currency)
    assert Money(str(money.amount), currency) == money


@given(st.integers(-(10**11) + 1, 10**11 - 1))
def test_a_whole_amount_may_be_an_int(whole: int) -> None:
    """An int, its text and its Decimal are the same amount (L14)."""
    assert Money(whole, "USD") == Money(str(whole), "USD") == Money(Decimal(whole), "USD")
    assert Money(whole, "USD").amount == whole


@given(st.decimals())
def test_every_decimal_is_exact_or_refused(amount: Decimal) -> None:
    """No Decimal is ever rounded: at most 4 decimals and below 10^11, else refused (L14)."""
    fits = amount.is_finite() and abs(amount) < 10**11 and (Fraction(amount) * UNITS_PER_ONE).denominator == 1
    if fits:
        assert Fraction(Money(amount, "USD").amount) == Fraction(amount)
    else:
        assert refusal(amount)


@given(st.text(max_size=12) | st.text("0123456789.,-+eE_ ", max_size=12))
def test_every_text_is_an_amount_or_refused(text: str) -> None:
    """Whatever is typed is an amount or an InvalidValue (L14)."""
    try:
        money = Money(text, "USD")
    except InvalidValue:
        return
    assert Fraction(money.amount) == Fraction(text)


@pytest.mark.usefixtures("hostile_context")
@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        ("99999999999.9999", "99999999999.9999 USD"),
        (Decimal("-99999999999.9999"), "-99999999999.9999 USD"),
        (99_999_999_999, "99999999999.00 USD"),
        (Decimal("1200.000000000000"), "1200.00 USD"),
        ("0.0001", "0.0001 USD"),
    ],
)
def test_the_host_s_decimal_context_has_no_say(amount: Decimal | int | str, printed: str) -> None:
    """Whatever precision, limits and traps the host has set, the amount is exact (L14)."""
    money = Money(amount, "USD")
    assert str(money) == printed
    assert str(money.amount) == printed.removesuffix(" USD")
    assert sum_by_currency([money, money])["USD"].units == 2 * money.units


@pytest.mark.usefixtures("hostile_context")
@pytest.mark.parametrize("amount", [Decimal("1e-5"), Decimal("1e11"), Decimal("sNaN"), Decimal("-Infinity"), "1e3"])
def test_the_host_s_traps_change_no_refusal(amount: Decimal | str) -> None:
    """A refusal is an InvalidValue in every decimal context (L14)."""
    assert refusal(amount)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (Decimal("NaN"), "must be a finite number"),
        (Decimal("sNaN"), "must be a finite number"),
        (Decimal("NaN123"), "must be a finite number"),
        (Decimal("Infinity"), "must be a finite number"),
        (Decimal("-Infinity"), "must be a finite number"),
        (Decimal("0.00001"), "has more than 4 decimals"),
        (Decimal("1.00001"), "has more than 4 decimals"),
        ("0.00001", "has more than 4 decimals"),
        ("100000000000", "must be below 10^11"),
        ("-100000000000", "must be below 10^11"),
        (Decimal("1E+11"), "must be below 10^11"),
        (10**11, "must be below 10^11"),
        (-(10**11), "must be below 10^11"),
        ("", "must be in plain decimal notation"),
        (" 1", "must be in plain decimal notation"),
        ("1 ", "must be in plain decimal notation"),
        ("1\n", "must be in plain decimal notation"),
        ("1,200.00", "must be in plain decimal notation"),
        ("1_200", "must be in plain decimal notation"),
        ("1e3", "must be in plain decimal notation"),
        ("1.", "must be in plain decimal notation"),
        (".5", "must be in plain decimal notation"),
        ("+-1", "must be in plain decimal notation"),
        ("$1", "must be in plain decimal notation"),
        ("NaN", "must be in plain decimal notation"),
        ("Infinity", "must be in plain decimal notation"),
        ("0x10", "must be in plain decimal notation"),
        ("\u0661\u0662", "must be in plain decimal notation"),
        ("\uff11", "must be in plain decimal notation"),
        ("1\0", "must be in plain decimal notation"),
        ("0" * 65, "must be in plain decimal notation"),
    ],
)
def test_what_is_no_exact_amount_is_refused(amount: Decimal | int | str, reason: str) -> None:
    """NaN, infinities, more than 4 decimals, 10^11 and beyond, and anything but plain notation (L14)."""
    assert refusal(amount) == reason


@pytest.mark.parametrize("amount", [1.0, 0.1, float("nan"), True, False, None, b"1", complex(1), (0, (1,), 0), []])
def test_floats_and_their_like_are_refused(amount: object) -> None:
    """An amount that went through a float is no longer exact, so a float is a mistake in the program (L14)."""
    with pytest.raises(TypeError, match=f"^amount must be Decimal, int or a text, not {type(amount).__name__}$"):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (Decimal("0E+999999999999"), 0),
        (Decimal("0E-999999999999"), 0),
        (Decimal("-0"), 0),
        (Decimal("1E+10"), 10**14),
        (Decimal("10000E-8"), 1),
        (Decimal("1" + "0" * 100_000 + "E-100000"), 10_000),
        ("7".zfill(64), 70_000),
        (Decimal((0, (0,) * 1_000_000 + (7,), 0)), 70_000),
        (Decimal((0, (7,) + (0,) * 1_000_000, -1_000_000)), 70_000),
    ],
    ids=lambda value: type(value).__name__,
)
def test_however_long_a_number_is_written_it_is_its_value(amount: Decimal | str, units: int) -> None:
    """Trailing zeros are no decimals, and an exponent is no reason to refuse or to wait (L14)."""
    assert Money(amount, "USD").units == units


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("1E+999999"),
        Decimal("1E+999999999999"),
        Decimal("1E-999999999999"),
        Decimal((0, (9,) * 1_000_000, 0)),
        Decimal((0, (9,) * 1_000_000, -500_000)),
        10**1_000_000,
        "9" * 1_000_000,
        "0." + "0" * 1_000_000,
    ],
    ids=lambda amount: type(amount).__name__,
)
def test_a_flood_of_digits_is_refused_at_once(amount: Decimal | int | str) -> None:
    """A number as long as a book costs no more than a look at it (L14)."""
    assert refusal(amount)


# -- Currencies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "currency", ["", "US", "USDX", "usd", "US1", "\u0410BC", "US\n", "USD\n", " USD", "U\0D", "ÀBC"]
)
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    """As in ISO 4217, and nothing that looks like it (L14)."""
    with pytest.raises(InvalidValue, match="currency: must be three capital letters, as in ISO 4217"):
        Money(1, currency)


@pytest.mark.parametrize("currency", [None, 1, b"USD"])
def test_a_currency_is_a_text(currency: object) -> None:
    """Anything else is a mistake in the program."""
    with pytest.raises(TypeError, match="currency must be str"):
        Money(1, currency)  # type: ignore[arg-type]


def test_amounts_of_two_currencies_are_never_equal() -> None:
    """A hundred yen are not a hundred dollars (L14)."""
    assert Money(100, "JPY") != Money(100, "USD")
    assert Money(0, "JPY") != Money(0, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "printed"),
    [
        ("1200", "USD", "1200.00 USD"),
        ("1200.5", "USD", "1200.50 USD"),
        ("1200.505", "USD", "1200.505 USD"),
        ("1200.5050", "USD", "1200.505 USD"),
        ("0", "USD", "0.00 USD"),
        ("-0", "USD", "0.00 USD"),
        ("-0.01", "USD", "-0.01 USD"),
        ("+7", "USD", "7.00 USD"),
        ("007", "USD", "7.00 USD"),
        ("1200", "JPY", "1200 JPY"),
        ("1200.0", "JPY", "1200 JPY"),
        ("1200.5", "JPY", "1200.5 JPY"),
        ("-1200", "KRW", "-1200 KRW"),
        ("0", "JPY", "0 JPY"),
        ("1200", "KWD", "1200.000 KWD"),
        ("1200.1", "BHD", "1200.100 BHD"),
        ("1200.1234", "KWD", "1200.1234 KWD"),
        ("1", "CLF", "1.0000 CLF"),
        ("0", "UYW", "0.0000 UYW"),
        ("1", "XXX", "1.00 XXX"),
    ],
)
def test_an_amount_prints_with_its_currency_s_usual_decimals(amount: str, currency: str, printed: str) -> None:
    """At least the usual decimals, and never one lost (L14)."""
    money = Money(amount, currency)
    assert str(money) == printed
    assert f"{money.amount} {currency}" == printed
    assert repr(money) == f"Money({str(money.amount)!r}, {currency!r})"


# -- Equality, sums, travel --------------------------------------------------------------------------------------------


def test_trailing_zeros_are_no_part_of_an_amount() -> None:
    """1200 equals 1200.00, in a set as well (L14)."""
    written: list[Decimal | int | str] = [1200, "1200", "1200.00", "+1200.0000", Decimal("1.2E+3"), Decimal("1200.000")]
    assert {Money(one, "USD") for one in written} == {Money(1200, "USD")}
    assert Money(1200, "USD") != Decimal(1200)


def test_an_amount_has_no_order_and_no_arithmetic() -> None:
    """Two currencies cannot be compared or added, so amounts are summed by currency alone (L14)."""
    with pytest.raises(TypeError):
        _ = Money(1, "USD") < Money(2, "USD")
    with pytest.raises(TypeError):
        _ = Money(1, "USD") + Money(2, "USD")  # type: ignore[operator]


@given(st.lists(st.builds(Money.of_units, UNITS, CURRENCIES), max_size=30))
def test_sums_are_exact_and_by_currency(amounts: list[Money]) -> None:
    """Sums lose nothing and come in the order of the currencies' names; one without amounts is absent (L14)."""
    sums = sum_by_currency(amounts)
    assert list(sums) == sorted({money.currency for money in amounts})
    for currency, total in sums.items():
        assert total.currency == currency
        assert Fraction(total.amount) == sum(Fraction(one.amount) for one in amounts if one.currency == currency)


def test_a_sum_has_no_limit() -> None:
    """A firm's sum may be beyond what one bill may be (L14)."""
    total = sum_by_currency([Money("99999999999.9999", "USD")] * 1000)["USD"]
    assert str(total) == "99999999999999.90 USD"
    assert Money.of_units(10**60, "USD").amount == Decimal(10**56)


def test_money_travels_whole() -> None:
    """A copy, or one that was pickled, is the same amount."""
    money = Money("1200.5", "USD")
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301 -- our own
    assert copy.copy(money) == copy.deepcopy(money) == money
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        money.units = 0  # type: ignore[misc]


@pytest.mark.parametrize("units", [10**15, -(10**15), 10**40])
def test_a_sum_is_no_amount_of_a_bill(units: int) -> None:
    """A sum may be beyond the limit; a bill of it is refused, since a store could not add such bills up (L14)."""
    total = Money.of_units(units, "USD")
    for field, build in (
        ("total", lambda: b.invoice(total=total)),
        ("amount_due", lambda: b.invoice(total=b.usd(1), amount_due=total)),
        ("amount", lambda: b.late_fee(amount=total)),
        ("amount", lambda: b.payment(amount=total)),
    ):
        with pytest.raises(InvalidValue, match=rf"^{field}: must be below 10\^11$"):
            build()
    assert b.payment(amount=Money.of_units(10**15 - 1, "USD")).amount.units == 10**15 - 1
