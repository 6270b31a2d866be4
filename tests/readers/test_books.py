"""Readers of books that can hold every bill there is keep the whole contract: nothing is left out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ClassVar

from portal_linkage.ports import Store
from portal_linkage.testing import InvoiceReaderContract, LateFeeReaderContract, PaymentReaderContract
from tests.sql.listening import statements

from .ledger import InvoiceBooks, LateFeeBooks, OnBooks, PaymentBooks


class Counted(OnBooks):
    """What the store asks for is counted."""

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed."""
        return statements(store)


class TestInvoices(Counted, InvoiceReaderContract):
    """Invoices of every kind."""

    books: ClassVar = InvoiceBooks


class TestLateFees(Counted, LateFeeReaderContract):
    """Late fees of every kind."""

    books: ClassVar = LateFeeBooks


class TestPayments(Counted, PaymentReaderContract):
    """Payments of every kind."""

    books: ClassVar = PaymentBooks
