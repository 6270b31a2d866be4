"""The host's bills, where the host keeps them itself: in the same database, or elsewhere."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import attrs
import sqlalchemy as sa

from ...domain.entities import Invoice, InvoiceStatus, LateFee, Payment
from ...domain.errors import Conflict
from ...domain.values import EntityId, FirmId, InvoiceId, Key, Money, Page, PageRequest, PaymentId
from ...domain.viewers import Only, Scope
from ...ports import Totals
from ..listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, Listing
from .clauses import joined
from .moment import HostRows, Moment
from .tables import Tables

T = TypeVar("T")

_TRIES: Final = 5
_NOT_KEPT: Final = "this store keeps no copy of these bills: the host writes its own"


def visible(tables: Tables, scope: Scope) -> sa.Select[Any, Any]:
    """The ``firm_id`` and ``entity_id`` of every entity in scope, to join."""
    link, entity = tables.link, tables.entity
    found = sa.select(entity.c.firm_id, entity.c.entity_id).where(entity.c.active == sa.true())
    if isinstance(scope, Only):
        return found.where(entity.c.firm_id == scope.firm_id, entity.c.entity_id == scope.entity_id)
    linked = found.select_from(joined(link, entity, "entity_id"))
    mine = linked.where(link.c.firm_id == scope.firm_id, link.c.user_id == scope.user_id)
    return mine if scope.entity_id is None else mine.where(link.c.entity_id == scope.entity_id)


@attrs.define
class Reading:
    """One moment of the store, as a reader of the host's bills has it."""

    _moment: Moment

    def rows(self, statement: sa.Executable, values: Mapping[str, Any] | None = None) -> HostRows:
        """All rows that a statement answers, in the transaction of the store; the driver's errors become ours."""
        return self._moment.answer(statement, dict(values or {}))


@attrs.define
class Asked(Reading):
    """Whose bills a reader is asked for: a scope, as a statement to join or as ids.

    A reader of the same database joins ``visible``, so that bills and links are one statement. A reader of another one
    takes ``entity_ids``: when it has answered they are read again, and if they have changed it is asked again (L17).
    """

    _tables: Tables
    scope: Scope
    _ids: frozenset[EntityId] | None = attrs.field(default=None, init=False)

    @property
    def firm_id(self) -> FirmId:
        """The firm whose bills are asked for."""
        return self.scope.firm_id

    @property
    def visible(self) -> sa.Select[Any, Any]:
        """The ``firm_id`` and ``entity_id`` of every entity in scope."""
        return visible(self._tables, self.scope)

    @property
    def entity_ids(self) -> Collection[EntityId]:
        """The ids of the entities in scope."""
        if self._ids is None:
            self._ids = self._read()
        return self._ids

    def holds(self) -> bool:
        """Whether the ids that were given are those in scope still."""
        return self._ids is None or self._ids == self._read()

    def _read(self) -> frozenset[EntityId]:
        return frozenset(EntityId(row.entity_id) for row in self.rows(self.visible))


class Source(Protocol):
    """Where a host keeps bills of one kind. ``SqlStore(..., invoices=source)`` reads them there."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether that is another database, which shares no moment with the store's."""
        ...


class InvoiceSource(Source, Protocol):
    """The host's invoices. The orders, and what is shown, are those of `portal_linkage.ports.InvoiceReader`."""

    def listing(self, asked: Asked, status: InvoiceStatus, after: Key | None, limit: int) -> Sequence[Invoice]:
        """The first ``limit`` invoices asked for, open or paid, after a key.

        The key is ``(due_on, number, invoice_id)`` of open ones, ascending; ``(issued_on, invoice_id)`` of paid ones,
        of which the newest come first and those of one day ascend.
        """
        ...

    def totals(self, asked: Asked) -> Totals:
        """Count and sums, by currency, of all open invoices asked for."""
        ...

    def find(self, reading: Reading, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        """The invoice, whoever may see it, or ``None``."""
        ...

    def proves(self, reading: Reading, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        """Whether the entity has an invoice of exactly this number that is not a draft."""
        ...


class LateFeeSource(Source, Protocol):
    """The host's late fees."""

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[LateFee]:
        """The first ``limit`` fees asked for on which something is due, after the key ``(assessed_on, fee_id)``."""
        ...

    def totals(self, asked: Asked) -> Mapping[str, Money]:
        """What is due on all fees asked for, by currency."""
        ...


class PaymentSource(Source, Protocol):
    """The host's payments."""

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[Payment]:
        """The first ``limit`` payments asked for after a key: the microseconds of ``paid_at`` since 1970, and the id.

        The newest come first; those of one moment ascend by id.
        """
        ...

    def find(self, reading: Reading, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        """The payment, whoever may see it, or ``None``."""
        ...


@attrs.frozen
class _HostBills:
    _moment: Moment
    _tables: Tables

    def save(self, _bill: object, /) -> None:
        """Refuse: the host writes its own bills."""
        raise Conflict(_NOT_KEPT)

    def save_many(self, _bills: Iterable[object], /) -> None:
        """Refuse likewise."""
        raise Conflict(_NOT_KEPT)

    def transfer(self, _firm_id: FirmId, _merged: Mapping[EntityId, EntityId], /) -> None:
        """Leave them where they are: the host tells of them as its own tables do."""

    def remove(self, _firm_id: FirmId, _bill_id: str, /) -> None:
        """Refuse likewise."""
        raise Conflict(_NOT_KEPT)

    @property
    def _reading(self) -> Reading:
        return Reading(self._moment)

    def _answer(self, scope: Scope, ask: Callable[[Asked], T]) -> T:
        for _ in range(_TRIES):
            asked = Asked(self._moment, self._tables, scope)
            answer = ask(asked)
            if asked.holds():
                return answer
        raise Conflict("links kept changing while the host's bills were read", retryable=True)

    def _page(
        self, scope: Scope, listing: Listing[T], page: PageRequest, ask: Callable[[Asked, Key | None, int], Sequence[T]]
    ) -> Page[T]:
        question = listing.within(scope)
        after = question.position(page)
        rows = self._answer(scope, lambda asked: ask(asked, after, page.limit + 1))
        return question.page(rows, page, listing.key)


@attrs.frozen
class HostInvoices(_HostBills):
    """See `portal_linkage.ports.InvoiceReader`."""

    _source: InvoiceSource

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        listing = OPEN_INVOICES if status is InvoiceStatus.OPEN else PAID_INVOICES
        return self._page(
            scope, listing, page, lambda asked, after, limit: self._source.listing(asked, status, after, limit)
        )

    def totals(self, scope: Scope) -> Totals:
        return self._answer(scope, self._source.totals)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self._source.find(self._reading, firm_id, invoice_id)

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        return self._source.proves(self._reading, firm_id, entity_id, number)


@attrs.frozen
class HostLateFees(_HostBills):
    """See `portal_linkage.ports.LateFeeReader`."""

    _source: LateFeeSource

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return self._page(scope, LATE_FEES, page, self._source.listing)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        return self._answer(scope, self._source.totals)


@attrs.frozen
class HostPayments(_HostBills):
    """See `portal_linkage.ports.PaymentReader`."""

    _source: PaymentSource

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return self._page(scope, PAYMENTS, page, self._source.listing)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self._source.find(self._reading, firm_id, payment_id)


@attrs.frozen(kw_only=True)
class HostReaders:
    """Readers of what the host keeps; ``None`` for what it does not."""

    invoices: HostInvoices | None
    late_fees: HostLateFees | None
    payments: HostPayments | None


@attrs.frozen(kw_only=True)
class Sources:
    """Where the host keeps its bills; ``None`` for those of which the store keeps a copy."""

    invoices: InvoiceSource | None = None
    late_fees: LateFeeSource | None = None
    payments: PaymentSource | None = None

    def readers(self, moment: Moment, tables: Tables) -> HostReaders:
        """What reads them in a moment."""
        return HostReaders(
            invoices=None if self.invoices is None else HostInvoices(moment, tables, self.invoices),
            late_fees=None if self.late_fees is None else HostLateFees(moment, tables, self.late_fees),
            payments=None if self.payments is None else HostPayments(moment, tables, self.payments),
        )

    @property
    def are_elsewhere(self) -> bool:
        """Whether any of them is in another database."""
        given: tuple[Source | None, ...] = (self.invoices, self.late_fees, self.payments)
        return any(source.is_elsewhere for source in given if source is not None)
