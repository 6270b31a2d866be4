"""A host's books in memory, which can hold every bill there is: readers of them that are right, and what to bend."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from portal_linkage import EntityId, FirmId, Invoice, InvoiceId, InvoiceStatus, LateFee, Money, Payment, PaymentId
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.sources import Asked
from portal_linkage.domain.values import Key, micros_of, sum_by_currency
from portal_linkage.ports import Store, Totals
from tests import engines

OPEN, DRAFT = InvoiceStatus.OPEN, InvoiceStatus.DRAFT


@attrs.define
class Books:
    """Bills of one kind; whose are wanted is told by ids."""

    bills: list[Any] = attrs.field(factory=list)
    is_elsewhere: ClassVar = True

    def theirs(self, asked: Asked) -> list[Any]:
        """Bills of those clients, in any order."""
        return [one for one in self.bills if one.firm_id == asked.firm_id and one.entity_id in asked.entity_ids]

    def page(self, rows: Iterable[Any], key: Any, after: Any, limit: int) -> list[Any]:  # noqa: ANN401 -- of any kind
        """The first rows after a place."""
        return [one for one in sorted(rows, key=key) if after is None or key(one) > after][:limit]

    def found(self, firm_id: FirmId, field: str, bill_id: str) -> Any:  # noqa: ANN401 -- a bill of any kind
        """One bill."""
        known = (one for one in self.bills if one.firm_id == firm_id)
        return next((one for one in known if getattr(one, field) == bill_id), None)


class InvoiceBooks(Books):
    """The invoices."""

    def listing(self, asked: Asked, status: InvoiceStatus, after: Key | None, limit: int) -> Sequence[Invoice]:
        """A page."""
        rows = [one for one in self.theirs(asked) if self.shows(one, status)]
        if status is OPEN:
            return self.page(rows, self.open_key, after, limit)
        day, *rest = after or (None,)
        return self.page(rows, self.paid_key, after and (-day.toordinal(), *rest), limit)  # type: ignore[union-attr]

    def shows(self, one: Invoice, status: InvoiceStatus) -> bool:
        """Whether it is listed."""
        return one.is_open if status is OPEN else one.status is status

    def open_key(self, one: Invoice) -> Any:  # noqa: ANN401 -- what is sorted by
        """The order of the open ones."""
        return (one.due_on, one.number, one.invoice_id)

    def paid_key(self, one: Invoice) -> Any:  # noqa: ANN401 -- what is sorted by
        """The order of the paid ones."""
        return (-one.issued_on.toordinal(), one.invoice_id)

    def totals(self, asked: Asked) -> Totals:
        """Count and sums."""
        rows = [one for one in self.theirs(asked) if one.is_open]
        return Totals(len(rows), sum_by_currency(one.amount_due for one in rows))

    def find(self, _reading: object, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """One invoice."""
        return self.found(firm_id, "invoice_id", invoice_id)  # type: ignore[no-any-return]

    def proves(self, _reading: object, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """Whether it is the client's."""
        theirs = (one for one in self.bills if (one.firm_id, one.entity_id) == (firm_id, entity_id))
        return any(one.number == number and one.status is not DRAFT for one in theirs)


class LateFeeBooks(Books):
    """The late fees."""

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[LateFee]:
        """A page."""
        rows = [one for one in self.theirs(asked) if one.is_due]
        return self.page(rows, lambda one: (one.assessed_on, one.fee_id), after, limit)

    def totals(self, asked: Asked) -> Mapping[str, Money]:
        """Sums."""
        return sum_by_currency(one.amount_due for one in self.theirs(asked) if one.is_due)


class PaymentBooks(Books):
    """The payments."""

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[Payment]:
        """A page."""
        micros, *rest = after or (0,)
        place = after and (-int(str(micros)), *rest)
        return self.page(self.theirs(asked), lambda one: (-micros_of(one.paid_at), one.payment_id), place, limit)

    def find(self, _reading: object, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        """One payment."""
        return self.found(firm_id, "payment_id", payment_id)  # type: ignore[no-any-return]


class OnBooks:
    """How a contract is held on books of some kind."""

    books: ClassVar[type[Books]]
    kind: Any

    def make_reader(self) -> Books:
        """Books with nothing in them."""
        self.kept = self.books()
        return self.kept

    def make_store(self, reader: Any) -> Store:  # noqa: ANN401 -- books
        """A store that reads by them."""
        return SqlStore(engines.emptied("sqlite"), **{self.kind.name: reader})

    def seed(self, bills: Sequence[Any], /) -> None:
        """Enter them."""
        self.kept.bills += bills
