"""Two tables that an application has had for years, and what it takes to show them in the portal."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from portal_linkage import EntityId, FeeId, FirmId, LateFee, Money, Payment, PaymentId
from portal_linkage.adapters.sql.sources import Asked, Reading
from portal_linkage.domain.values import Key, moment_of

tables = sa.MetaData()
charge = sa.Table(
    "charge",
    tables,
    sa.Column("charge_id", sa.Integer, primary_key=True),
    sa.Column("firm", sa.String(50), nullable=False),
    sa.Column("client", sa.String(50), nullable=False),
    sa.Column("cents", sa.BigInteger, nullable=False),
    sa.Column("charged_on", sa.Date, nullable=False),
    sa.Column("is_settled", sa.Boolean, nullable=False),
)
receipt = sa.Table(
    "receipt",
    tables,
    sa.Column("receipt_id", sa.Integer, primary_key=True),
    sa.Column("firm", sa.String(50), nullable=False),
    sa.Column("client", sa.String(50), nullable=False),
    sa.Column("cents", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False),  # in UTC
)


def usd(cents: int) -> Money:
    """An amount, or a sum, which may be more than any amount."""
    return Money.of_units(int(cents) * 100, "USD")


def id_of(column: sa.Column[int]) -> sa.ColumnElement[str]:
    """A whole number as the id that it is in the portal. Ids are texts, and are ordered as such: 10 before 9."""
    return sa.cast(column, sa.String)


def seen(asked: Asked, table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row is of one of the clients whose bills are asked for: links and bills are one statement."""
    return sa.tuple_(table.c.firm, table.c.client).in_(asked.visible)


class HostLateFees:
    """The charges, as the portal's late fees."""

    is_elsewhere = False

    def rows(self, asked: Asked, *columns: Any) -> sa.Select[Any]:
        """What is not settled, of the clients whose bills are asked for."""
        return sa.select(*columns).where(seen(asked, charge), sa.not_(charge.c.is_settled))

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[LateFee]:
        """A page."""
        place = (charge.c.charged_on, id_of(charge.c.charge_id))
        rows = self.rows(asked, charge).order_by(*place).limit(limit)
        if after is not None:
            rows = rows.where(sa.tuple_(*place) > sa.tuple_(*map(sa.literal, after)))
        return [self._fee(row) for row in asked.rows(rows)]

    def totals(self, asked: Asked) -> Mapping[str, Money]:
        """What is due on all of them."""
        ((cents,),) = asked.rows(self.rows(asked, sa.func.sum(charge.c.cents)))
        return {} if cents is None else {"USD": usd(cents)}

    def _fee(self, row: Any) -> LateFee:
        return LateFee(
            firm_id=FirmId(row.firm),
            fee_id=FeeId(str(row.charge_id)),
            entity_id=EntityId(row.client),
            amount=usd(row.cents),
            amount_due=usd(0 if row.is_settled else row.cents),
            assessed_on=row.charged_on,
        )


class HostPayments:
    """The receipts, as the portal's payments."""

    is_elsewhere = False

    def listing(self, asked: Asked, after: Key | None, limit: int) -> Sequence[Payment]:
        """A page, the newest first."""
        at, key = receipt.c.received_at, id_of(receipt.c.receipt_id)
        rows = sa.select(receipt).where(seen(asked, receipt)).order_by(at.desc(), key).limit(limit)
        if after is not None:
            micros, payment_id = after
            moment = moment_of(int(str(micros))).replace(tzinfo=None)
            rows = rows.where(sa.or_(at < moment, sa.and_(at == moment, key > payment_id)))
        return [self._payment(row) for row in asked.rows(rows)]

    def find(self, reading: Reading, firm_id: FirmId, payment_id: PaymentId) -> Payment | None:
        """One receipt, whoever may see it. An id that is no number of ours is nobody's: "007", say, or "x"."""
        if not re.fullmatch("[1-9][0-9]{0,8}", payment_id):
            return None
        one = sa.select(receipt).where(receipt.c.firm == firm_id, receipt.c.receipt_id == int(payment_id))
        return next(map(self._payment, reading.rows(one)), None)

    def _payment(self, row: Any) -> Payment:
        return Payment(
            firm_id=FirmId(row.firm),
            payment_id=PaymentId(str(row.receipt_id)),
            entity_id=EntityId(row.client),
            amount=usd(row.cents),
            paid_at=row.received_at.replace(tzinfo=UTC),
        )
