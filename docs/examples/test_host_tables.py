"""The readers of the two tables keep all that is promised of readers."""

from collections.abc import Sequence
from typing import ClassVar

import sqlalchemy as sa
from host_tables import HostLateFees, HostPayments, charge, receipt, tables

from portal_linkage import LateFee, Payment
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing import Capability, LateFeeReaderContract, PaymentReaderContract

LACKS = {
    Capability.TEXT_IDS: "the keys of our tables are whole numbers",
    Capability.FIRM_IDS: "all firms draw on one sequence of numbers",
    Capability.CURRENCIES: "we bill in dollars",
    Capability.FRACTIONS: "we keep cents",
    Capability.STATEMENT_COUNTER: "they are counted where we test on PostgreSQL",
}


class TestLateFees(LateFeeReaderContract):
    lacks: ClassVar = {
        **LACKS,
        Capability.FEE_INVOICES: "a charge is the client's",
        Capability.PART_PAYMENTS: "a charge is settled or not",
        Capability.NEGATIVE_AMOUNTS: "nobody is charged less than nothing",
    }

    def make_reader(self) -> HostLateFees:
        return HostLateFees()

    def make_store(self, reader: HostLateFees) -> SqlStore:
        store = SqlStore.open("sqlite://", late_fees=reader)
        self.engine = store.engine
        tables.create_all(self.engine)
        return store

    def seed(self, late_fees: Sequence[LateFee], /) -> None:
        with self.engine.begin() as connection:
            for fee in late_fees:
                row = {
                    "charge_id": int(fee.fee_id),
                    "firm": fee.firm_id,
                    "client": fee.entity_id,
                    "cents": fee.amount.units // 100,
                    "charged_on": fee.assessed_on,
                    "is_settled": not fee.is_due,
                }
                connection.execute(sa.insert(charge).values(row))


class TestPayments(PaymentReaderContract):
    lacks: ClassVar = {
        **LACKS,
        Capability.PAYERS: "we do not know who pays",
        Capability.INVOICES_PAID: "what a receipt is for is in the books, not in this table",
        Capability.MICROSECONDS: "receipts are kept by the second",
    }

    def make_reader(self) -> HostPayments:
        return HostPayments()

    def make_store(self, reader: HostPayments) -> SqlStore:
        store = SqlStore.open("sqlite://", payments=reader)
        self.engine = store.engine
        tables.create_all(self.engine)
        return store

    def seed(self, payments: Sequence[Payment], /) -> None:
        with self.engine.begin() as connection:
            for payment in payments:
                row = {
                    "receipt_id": int(payment.payment_id),
                    "firm": payment.firm_id,
                    "client": payment.entity_id,
                    "cents": payment.amount.units // 100,
                    "received_at": payment.paid_at.replace(tzinfo=None),
                }
                connection.execute(sa.insert(receipt).values(row))
