"""Readers that get one thing wrong each."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from portal_linkage import EntityId, FirmId, Invoice, InvoiceId, InvoiceStatus, Money
from portal_linkage.adapters.sql.sources import Asked
from portal_linkage.domain.values import Key, sum_by_currency
from portal_linkage.ports import Totals

from .ledger import InvoiceBooks, LateFeeBooks, PaymentBooks


class BlindToCase(InvoiceBooks):
    """It sorts as people do."""

    def open_key(self, one: Invoice) -> Any:  # noqa: ANN401 -- what is sorted by
        """Numbers in any case."""
        return (one.due_on, one.number.casefold(), one.invoice_id)


class OldestFirst(InvoiceBooks):
    """It has the order of what is paid the wrong way round."""

    def listing(self, asked: Asked, status: InvoiceStatus, after: Key | None, limit: int) -> Sequence[Invoice]:
        """All of them on one page."""
        rows = super().listing(asked, status, after, limit)
        return rows if status is InvoiceStatus.OPEN else sorted(rows, key=lambda one: one.issued_on)


class CountsMore(InvoiceBooks):
    """It counts and sums what it does not list: whatever says that something is due."""

    def totals(self, asked: Asked) -> Totals:
        """Drafts and all."""
        rows = [one for one in self.theirs(asked) if one.amount_due.units > 0]
        return Totals(len(rows), sum_by_currency(one.amount_due for one in rows))


class InFloats(InvoiceBooks):
    """It adds up in floating point."""

    def totals(self, asked: Asked) -> Totals:
        """Nearly."""
        exact = super().totals(asked)
        rows = [one for one in self.theirs(asked) if one.is_open]
        sums = dict.fromkeys(exact.due, 0.0)
        for one in rows:
            sums[one.amount_due.currency] += float(one.amount_due.amount)
        return Totals(len(rows), {name: Money.of_units(int(sums[name] * 10_000), name) for name in sums})


class OneSum(InvoiceBooks):
    """It adds up whatever the currency."""

    def totals(self, asked: Asked) -> Totals:
        """In the one that comes first."""
        exact = super().totals(asked)
        units = sum(money.units for money in exact.due.values())
        return Totals(exact.count, {name: Money.of_units(units, name) for name in [*exact.due][:1]})


class ShowsCredits(InvoiceBooks):
    """It lists what says to be open, whatever is due on it."""

    def shows(self, one: Invoice, status: InvoiceStatus) -> bool:
        """By status alone."""
        return one.status is status


class ProvesDrafts(InvoiceBooks):
    """A draft proves."""

    def proves(self, _reading: object, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """By any invoice."""
        return any((one.firm_id, one.entity_id, one.number) == (firm_id, entity_id, number) for one in self.bills)


class ProvesInAnyCase(InvoiceBooks):
    """A number proves in any case, and with blanks around it."""

    def proves(self, reading: object, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """By what is nearly the number."""
        near = {one.number for one in self.bills if one.number.casefold() == number.strip().casefold()}
        return any(super(ProvesInAnyCase, self).proves(reading, firm_id, entity_id, one) for one in near)


class ProvesForAnybody(InvoiceBooks):
    """A number proves whichever client."""

    def proves(self, reading: object, firm_id: FirmId, _entity_id: EntityId, number: str) -> bool:
        """By an invoice of any client."""
        clients = {one.entity_id for one in self.bills}
        return any(super(ProvesForAnybody, self).proves(reading, firm_id, one, number) for one in clients)


class FindsAnyFirms(InvoiceBooks):
    """It finds by id alone, whosever the invoice is."""

    def find(self, _reading: object, _firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """By id."""
        return next((one for one in self.bills if one.invoice_id == invoice_id), None)


class IgnoresScope(PaymentBooks):
    """It gives the payments of all clients."""

    def theirs(self, asked: Asked) -> list[Any]:
        """All of the firm's."""
        return [one for one in self.bills if one.firm_id == asked.firm_id]


class IgnoresFirms(PaymentBooks):
    """It gives the payments of clients of that id at any firm."""

    def theirs(self, asked: Asked) -> list[Any]:
        """Whosever."""
        return [one for one in self.bills if one.entity_id in asked.entity_ids]


@attrs.define
class Remembers(PaymentBooks):
    """It asks once what somebody is linked to, and remembers it."""

    known: dict[object, list[EntityId]] = attrs.field(factory=dict)

    def theirs(self, asked: Asked) -> list[Any]:
        """As it was when they were asked for first."""
        clients = self.known.setdefault(asked.scope, list(asked.entity_ids))
        return [one for one in self.bills if one.firm_id == asked.firm_id and one.entity_id in clients]


class ToTheSecond(PaymentBooks):
    """It sorts by the second."""

    def page(self, rows: Any, key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- as it is told
        """All microseconds are one."""

        def second(one: Any) -> Any:  # noqa: ANN401 -- likewise
            micros, payment_id = key(one)
            return (micros // 1_000_000, payment_id)

        return super().page(rows, second, after and (after[0] // 1_000_000, after[1]), limit)


class Again(LateFeeBooks):
    """A page begins with the fee that the page before has ended with."""

    def page(self, rows: Any, key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- as it is told
        """From the place on."""
        return [one for one in sorted(rows, key=key) if after is None or key(one) >= after][:limit]


class ByOffset(LateFeeBooks):
    """It counts how many fees were read, and goes on after so many."""

    def page(self, rows: Any, key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- as it is told
        """From so many on, as they were when the place was given."""
        ordered = sorted(rows, key=key)
        read = [one for one in ordered if after is not None and key(one) <= after]
        return ordered[len(read) // limit * limit if read else 0 :][:limit]


class SumsAssessed(LateFeeBooks):
    """It sums what was assessed."""

    def totals(self, asked: Asked) -> Mapping[str, Money]:
        """Paid in part or not."""
        return sum_by_currency(one.amount for one in self.theirs(asked) if one.is_due)


class ByNumber(LateFeeBooks):
    """It sorts ids that are whole numbers by their value."""

    def page(self, rows: Any, key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- as it is told
        """9 before 10."""

        def value(place: tuple[Any, str]) -> tuple[Any, int, str]:
            return (place[0], int(place[1]) if place[1].isdigit() else 0, place[1])

        return super().page(rows, lambda one: value(key(one)), after and value(after), limit)


class FiveHundred(LateFeeBooks):
    """It gives five hundred fees at most, where one more would tell that there is a next page."""

    def page(self, rows: Any, key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- as it is told
        """Whatever is asked for."""
        return super().page(rows, key, after, min(limit, 500))


class SumsFiveHundred(InvoiceBooks):
    """It counts and sums what is on the longest page."""

    def totals(self, asked: Asked) -> Totals:
        """All of it, mostly."""
        rows = self.listing(asked, InvoiceStatus.OPEN, None, 500)
        return Totals(len(rows), sum_by_currency(one.amount_due for one in rows))
