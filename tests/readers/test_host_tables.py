"""The readers of late fees and payments that the docs show keep their contracts, on every engine."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import attrs
import host_tables
import sqlalchemy as sa
import test_host_tables as shown

from portal_linkage import FirmId, PaymentId
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.adapters.sql.sources import Asked
from portal_linkage.ports import Store
from portal_linkage.testing import Capability
from tests import engines

from .hosts import another, counting, emptied


@attrs.frozen
class There:
    """What is asked of a table in another database: whose bills are wanted is told by ids."""

    engine: sa.Engine
    table: sa.Table
    asked: Asked | None = None

    @property
    def visible(self) -> sa.Select[Any]:
        """The clients whose bills are wanted, as far as they have any."""
        assert self.asked is not None
        client = self.table.c.client
        firm = sa.literal(self.asked.firm_id).label("firm_id")
        return sa.select(firm, client.label("entity_id")).where(client.in_(self.asked.entity_ids))

    def rows(self, statement: sa.Executable) -> Sequence[Any]:
        """All rows, from there."""
        with self.engine.connect() as connection:
            return connection.execute(statement).all()


@attrs.frozen
class Elsewhere:
    """A reader of the docs, whose table is in another database."""

    reader: Any
    there: There
    is_elsewhere: ClassVar = True

    def listing(self, asked: Asked, *how: Any) -> Any:  # noqa: ANN401 -- bills
        """A page."""
        return self.reader.listing(attrs.evolve(self.there, asked=asked), *how)

    def totals(self, asked: Asked) -> Any:  # noqa: ANN401 -- sums
        """Sums."""
        return self.reader.totals(attrs.evolve(self.there, asked=asked))

    def find(self, _reading: object, firm_id: FirmId, payment_id: PaymentId) -> Any:  # noqa: ANN401 -- a bill
        """One."""
        return self.reader.find(self.there, firm_id, payment_id)


class OnEngines:
    """Where tables and store are, in place of the docs' one database in memory."""

    dialect: ClassVar[str]
    is_elsewhere: ClassVar = False
    kind: Any

    def make_reader(self) -> Any:  # noqa: ANN401 -- of either kind
        """The docs' reader, over its table with nothing in it."""
        reader, table = {
            "late_fees": (host_tables.HostLateFees(), host_tables.charge),
            "payments": (host_tables.HostPayments(), host_tables.receipt),
        }[self.kind.name]
        engine = another(self.dialect) if self.is_elsewhere else engines.shared(self.dialect)
        self.engine = emptied(engine, table)
        return Elsewhere(reader, There(engine, table)) if self.is_elsewhere else reader

    def make_store(self, reader: Any) -> SqlStore:  # noqa: ANN401 -- of either kind
        """A store that reads by it."""
        return SqlStore(engines.emptied(self.dialect), **{self.kind.name: reader})

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed, on either database."""
        assert isinstance(store, SqlStore)
        return counting(store.engine, self.engine)


def but_statements(lacks: Mapping[Capability, str]) -> dict[Capability, str]:
    """What is lacking, where statements are counted."""
    return {lacking: why for lacking, why in lacks.items() if lacking != Capability.STATEMENT_COUNTER}


class LateFees(OnEngines, shown.TestLateFees):
    """The docs' late fees."""

    lacks: ClassVar = but_statements(shown.TestLateFees.lacks)


class Payments(OnEngines, shown.TestPayments):
    """The docs' payments."""

    lacks: ClassVar = but_statements(shown.TestPayments.lacks)


class TestLateFeesOnPostgresql(LateFees):
    """In the same PostgreSQL database."""

    dialect = "postgresql"


class TestLateFeesInAnotherSqlite(LateFees):
    """In another SQLite database."""

    dialect, is_elsewhere = "sqlite", True


class TestLateFeesInAnotherPostgresql(LateFees):
    """In another PostgreSQL database."""

    dialect, is_elsewhere = "postgresql", True


class TestPaymentsOnPostgresql(Payments):
    """In the same PostgreSQL database."""

    dialect = "postgresql"


class TestPaymentsInAnotherSqlite(Payments):
    """In another SQLite database."""

    dialect, is_elsewhere = "sqlite", True


class TestPaymentsInAnotherPostgresql(Payments):
    """In another PostgreSQL database."""

    dialect, is_elsewhere = "postgresql", True
