"""The clients' bills, of which the store keeps a copy."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, TypeVar

import attrs

from portal_linkage import (
    EntityId,
    FirmId,
    Invoice,
    InvoiceId,
    InvoiceStatus,
    LateFee,
    Money,
    Page,
    PageRequest,
    Payment,
    PaymentId,
)
from portal_linkage.adapters.listings import LATE_FEES, OPEN_INVOICES, PAID_INVOICES, PAYMENTS, Listing
from portal_linkage.domain.values import check_id, check_type, sum_by_currency
from portal_linkage.domain.viewers import Scope
from portal_linkage.ports import Totals

from .blocks import Part, paged
from .documents import Book

B = TypeVar("B", bound=Invoice | LateFee | Payment)


class Bills(Part, Generic[B]):
    """Bills of one kind, by id."""

    kind: ClassVar[type]
    id_field: ClassVar[str]

    def kept(self, book: Book) -> dict[str, B]:
        """Where they are in the book."""
        raise NotImplementedError

    def in_page(self, listing: Listing[B], scope: Scope, rows: Iterable[B], page: PageRequest) -> Page[B]:
        """A page of those that are in scope."""
        return paged(listing, listing.within(scope), rows, page)

    def theirs(self, scope: Scope) -> list[B]:
        """Those of entities in scope, in any order."""
        book = self.book(scope.firm_id)
        ids = book.in_scope(scope)
        return [one for one in self.kept(book).values() if one.entity_id in ids]

    def save(self, bill: B) -> None:
        check_type("bill", bill, self.kind)
        self.kept(self.opened(bill.firm_id))[getattr(bill, self.id_field)] = bill

    def save_many(self, bills: Iterable[B]) -> None:
        for one in bills:
            self.save(one)

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        for one in [*self.kept(self.opened(firm_id)).values()]:
            self.save(attrs.evolve(one, entity_id=merged.get(one.entity_id, one.entity_id)))

    def remove(self, firm_id: FirmId, bill_id: str) -> None:
        check_id("bill_id", bill_id)
        self.kept(self.opened(firm_id)).pop(bill_id, None)


class Invoices(Bills[Invoice]):
    kind, id_field = Invoice, "invoice_id"

    def kept(self, book: Book) -> dict[str, Invoice]:
        return book.invoices

    def in_scope(self, scope: Scope, status: InvoiceStatus, page: PageRequest) -> Page[Invoice]:
        if status is InvoiceStatus.OPEN:
            return self.in_page(OPEN_INVOICES, scope, [one for one in self.theirs(scope) if one.is_open], page)
        return self.in_page(PAID_INVOICES, scope, [one for one in self.theirs(scope) if one.status is status], page)

    def find(self, firm_id: FirmId, invoice_id: InvoiceId) -> Invoice | None:
        return self.book(firm_id).invoices.get(invoice_id)

    def totals(self, scope: Scope) -> Totals:
        due = [one.amount_due for one in self.theirs(scope) if one.is_open]
        return Totals(len(due), sum_by_currency(due))

    def proves(self, firm_id: FirmId, entity_id: EntityId, number: str) -> bool:
        sent = (one for one in self.book(firm_id).invoices.values() if one.status is not InvoiceStatus.DRAFT)
        return any((one.entity_id, one.number) == (entity_id, number) for one in sent)


class LateFees(Bills[LateFee]):
    kind, id_field = LateFee, "fee_id"

    def kept(self, book: Book) -> dict[str, LateFee]:
        return book.late_fees

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[LateFee]:
        return self.in_page(LATE_FEES, scope, [one for one in self.theirs(scope) if one.is_due], page)

    def totals(self, scope: Scope) -> Mapping[str, Money]:
        return sum_by_currency(one.amount_due for one in self.theirs(scope) if one.is_due)


class Payments(Bills[Payment]):
    kind, id_field = Payment, "payment_id"

    def kept(self, book: Book) -> dict[str, Payment]:
        return book.payments

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[Payment]:
        return self.in_page(PAYMENTS, scope, self.theirs(scope), page)

    def find(self, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        return self.book(firm_id).payments.get(payment_id)
