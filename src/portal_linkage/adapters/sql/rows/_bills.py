"""Invoices, late fees and payments as rows."""

import json

from ....domain.entities import (
    Invoice,
    InvoiceStatus,
    LateFee,
    Payment,
)
from ....domain.values import (
    Money,
    micros_of,
    moment_of,
)
from ..moment import Record, Values


def _money_values(name: str, money: Money) -> Values:
    return {name: money.units, f"{name}_currency": money.currency}


def invoice_values(invoice: Invoice) -> Values:
    """The row of an invoice."""
    return {
        "firm_id": invoice.firm_id,
        "invoice_id": invoice.invoice_id,
        "entity_id": invoice.entity_id,
        "number": invoice.number,
        **_money_values("total", invoice.total),
        **_money_values("amount_due", invoice.amount_due),
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "status": invoice.status.value,
    }


def invoice_of(row: Record) -> Invoice:
    """The invoice of a row."""
    return Invoice(
        firm_id=row.firm_id,
        invoice_id=row.invoice_id,
        entity_id=row.entity_id,
        number=row.number,
        total=Money.of_units(row.total, row.total_currency),
        amount_due=Money.of_units(row.amount_due, row.amount_due_currency),
        issued_on=row.issued_on,
        due_on=row.due_on,
        status=InvoiceStatus(row.status),
    )


def fee_values(fee: LateFee) -> Values:
    """The row of a late fee."""
    return {
        "firm_id": fee.firm_id,
        "fee_id": fee.fee_id,
        "entity_id": fee.entity_id,
        "invoice_id": fee.invoice_id,
        **_money_values("amount", fee.amount),
        **_money_values("amount_due", fee.amount_due),
        "assessed_on": fee.assessed_on,
    }


def fee_of(row: Record) -> LateFee:
    """The late fee of a row."""
    return LateFee(
        firm_id=row.firm_id,
        fee_id=row.fee_id,
        entity_id=row.entity_id,
        invoice_id=row.invoice_id,
        amount=Money.of_units(row.amount, row.amount_currency),
        amount_due=Money.of_units(row.amount_due, row.amount_due_currency),
        assessed_on=row.assessed_on,
    )


def payment_values(payment: Payment) -> Values:
    """The row of a payment."""
    return {
        "firm_id": payment.firm_id,
        "payment_id": payment.payment_id,
        "entity_id": payment.entity_id,
        **_money_values("amount", payment.amount),
        "paid_at": micros_of(payment.paid_at),
        "invoice_ids": json.dumps(payment.invoice_ids),
        "payer": payment.payer,
    }


def payment_of(row: Record) -> Payment:
    """The payment of a row."""
    return Payment(
        firm_id=row.firm_id,
        payment_id=row.payment_id,
        entity_id=row.entity_id,
        amount=Money.of_units(row.amount, row.amount_currency),
        paid_at=moment_of(row.paid_at),
        invoice_ids=json.loads(row.invoice_ids),
        payer=row.payer,
    )
