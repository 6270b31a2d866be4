"""What the tables under a reader can hold: the bills of every promise are made of that, and of nothing else."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

import attrs

from ...domain.entities import InvoiceStatus
from ...domain.values import UNITS_PER_ONE, EntityId, Money
from ..promises import Capability

OPEN, PAID, VOID, DRAFT = InvoiceStatus.OPEN, InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.DRAFT

_DIGITS: Final = ("1", "2", "9", "10", "11", "99", "100", "101", "1000")
_TEXTS: Final = ("10", "9", "A", "a", "B", "Ä", "z", "\ufffd", "\U0001f600")
"""Texts that most collations order otherwise than by code point; so does UTF-16 the last two."""

FLOATING: Final = (1, 3, 57, 58, 113)
"""Cents, or smaller, that come to less than their sum when floats add them up and are cut off."""


@attrs.frozen
class Means:
    """All that an adapter does not say to lack."""

    lacks: Collection[Capability]
    currency: str

    def have(self, *capabilities: Capability) -> bool:
        """Whether the tables can hold all this."""
        return not any(capability in self.lacks for capability in capabilities)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of bills, in order."""
        return tuple(sorted(_TEXTS if self.have(Capability.TEXT_IDS) else _DIGITS))

    @property
    def entity_ids(self) -> tuple[EntityId, ...]:
        """Ids of clients."""
        odd = ("a", "Ä") if self.have(Capability.TEXT_IDS) else ()
        return tuple(map(EntityId, ("1001", "1002", "10", *odd)))

    @property
    def statuses(self) -> tuple[InvoiceStatus, ...]:
        """What an invoice may be."""
        drafts = (DRAFT,) if self.have(Capability.DRAFTS) else ()
        voids = (VOID,) if self.have(Capability.VOIDS) else ()
        return (OPEN, PAID, *drafts, *voids)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies with two usual decimals, with none and with three; or the only one."""
        return ("EUR", "JPY", "KWD", "USD") if self.have(Capability.CURRENCIES) else (self.currency,)

    @property
    def instant(self) -> timedelta:
        """The shortest time between two payments that are told apart."""
        return timedelta(microseconds=1) if self.have(Capability.MICROSECONDS) else timedelta(seconds=1)

    def money(self, cents: int, currency: str | None = None) -> Money:
        """So many of the smallest amounts that there are in a currency."""
        known = currency or self.currency
        return Money.of_units(cents * self._cent(known), known)

    def most(self, currency: str | None = None) -> Money:
        """The largest amount."""
        limit = 10 ** (11 if self.have(Capability.LARGE_AMOUNTS) else 8) * UNITS_PER_ONE
        return self.money(limit // self._cent(currency or self.currency) - 1, currency)

    def _cent(self, currency: str) -> int:
        exponent = Money(0, currency).amount.as_tuple().exponent
        return 1 if self.have(Capability.FRACTIONS) else UNITS_PER_ONE // 10 ** -int(exponent)
