"""The contracts of readers: whoever keeps bills in tables of their own proves that they are read as the ports promise.

A reader is what `SqlStore` takes as ``invoices=``, ``late_fees=`` or ``payments=``. Bills are made of what the tables
can hold: what they cannot, the adapter says in ``lacks``, with the reason.
"""

from .elsewhere import ReaderElsewhere
from .found import ReaderFinds
from .invoices import InvoiceOrders, InvoiceStates, InvoiceSums
from .late_fees import LateFeeOrders, LateFeesDue, LateFeeSums
from .pages import ReaderPages
from .payments import PaymentOrders, PaymentsWhole
from .proofs import InvoicesShown
from .revoked import ReaderRevoked
from .scopes import ReaderScopes, ReaderWalls

__all__ = ["InvoiceReaderContract", "LateFeeReaderContract", "PaymentReaderContract"]


class _Everywhere(ReaderScopes, ReaderWalls, ReaderPages, ReaderRevoked, ReaderElsewhere):
    """What is promised of bills of every kind."""


class InvoiceReaderContract(InvoicesShown, InvoiceStates, InvoiceOrders, InvoiceSums, ReaderFinds, _Everywhere):
    """All that is promised of a reader of invoices.

    .. code-block:: python

        class TestMyInvoices(InvoiceReaderContract):
            def make_reader(self):
                self.engine = ...  # with your tables, and nothing in them
                return MyInvoices()

            def make_store(self, reader):
                store = SqlStore(self.engine, invoices=reader)
                store.migrate()
                return store

            def seed(self, invoices): ...  # write them into your tables

    Where your tables lack a `Capability`, say so in ``lacks``, with the reason; where they have one currency only, name
    it in ``currency``.
    """


class LateFeeReaderContract(LateFeesDue, LateFeeOrders, LateFeeSums, _Everywhere):
    """All that is promised of a reader of late fees: written like `InvoiceReaderContract`."""


class PaymentReaderContract(PaymentOrders, PaymentsWhole, ReaderFinds, _Everywhere):
    """All that is promised of a reader of payments: written like `InvoiceReaderContract`."""
