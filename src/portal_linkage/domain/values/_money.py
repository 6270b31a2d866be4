"""Money, exactly (L14)."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Self, final

import attrs

from ..errors import InvalidValue
from ._text import check_type
from ._unchecked import setters_of

UNITS_PER_ONE: Final = 10_000
"""Amounts are kept and summed as integers of 1/10,000 of the currency's unit."""

_PLACES: Final = 4
_MAX_INTEGER_DIGITS: Final = 11
_MAX_TEXT: Final = 64
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")

_USUAL_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Which currencies are usually printed with how many decimals, where it is not two (ISO 4217, list one)."""


def _units_of(amount: Decimal) -> int:
    """The amount in 1/10,000, without the host's decimal context having a say."""
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidValue("amount", "must be a finite number")
    written = "".join(map(str, digits))
    significant = written.rstrip("0")
    if not significant:
        return 0
    exponent += len(written) - len(significant)
    if exponent < -_PLACES:
        raise InvalidValue("amount", f"has more than {_PLACES} decimals")
    if len(significant) + exponent > _MAX_INTEGER_DIGITS:
        raise InvalidValue("amount", "must be below 10^11")
    units = int(significant + "0" * (exponent + _PLACES))
    return -units if sign else units


def _parsed(amount: object) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        msg = f"amount must be Decimal, int or a text, not {type(amount).__name__}"
        raise TypeError(msg)
    if isinstance(amount, str) and (len(amount) > _MAX_TEXT or not _PLAIN.fullmatch(amount)):
        raise InvalidValue("amount", "must be in plain decimal notation")
    if isinstance(amount, int) and abs(amount) >= 10**_MAX_INTEGER_DIGITS:
        raise InvalidValue("amount", "must be below 10^11")
    return Decimal(amount)


@final
@attrs.frozen(init=False, repr=False)
class Money:
    """An exact amount in one currency: at most 4 decimals, below 10^11 either way; a sum may be larger.

    It takes a `Decimal`, an `int` or a text in plain decimal notation; never a float. The currency is three capital
    letters (ISO 4217). 1200 equals 1200.00; ``str()`` prints at least the currency's usual decimals, never losing one.
    """

    units: int
    """The amount in 1/10,000."""
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        check_type("currency", currency, str)
        if not _CURRENCY.fullmatch(currency):
            raise InvalidValue("currency", "must be three capital letters, as in ISO 4217")
        _set_units(self, _units_of(_parsed(amount)))
        _set_currency(self, currency)

    @classmethod
    def of_units(cls, units: int, currency: str) -> Self:
        """Build money from a store's integer of 1/10,000, which may be a sum beyond the limit of one amount."""
        money = cls.__new__(cls)
        _set_units(money, units)
        _set_currency(money, currency)
        return money

    @property
    def amount(self) -> Decimal:
        """The exact amount, with at least the currency's usual decimals."""
        return Decimal(self._plain())

    def _plain(self) -> str:
        whole, fraction = divmod(abs(self.units), UNITS_PER_ONE)
        usual = next((count for count, codes in _USUAL_DECIMALS.items() if self.currency in codes), 2)
        decimals = f"{fraction:04d}".rstrip("0").ljust(usual, "0")
        sign = "-" if self.units < 0 else ""
        return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self._plain()} {self.currency}"

    def __repr__(self) -> str:
        return f"Money({self._plain()!r}, {self.currency!r})"


_set_units, _set_currency = map(setters_of(Money).__getitem__, ("units", "currency"))


def check_amount(field: str, value: object) -> None:
    """Refuse what is no money, and a sum where one amount is meant: it may be beyond what a store can sum."""
    if abs(check_type(field, value, Money).units) >= 10**_MAX_INTEGER_DIGITS * UNITS_PER_ONE:
        raise InvalidValue(field, "must be below 10^11")


def sum_by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    """Add up per currency, exactly; in the order of the currencies' names. No amounts, no entry."""
    units: dict[str, int] = {}
    for money in amounts:
        units[money.currency] = units.get(money.currency, 0) + money.units
    return {currency: Money.of_units(units[currency], currency) for currency in sorted(units)}
