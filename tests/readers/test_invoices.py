"""The sources of invoices that the docs show keep the contract of readers, on every engine."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import sqlalchemy as sa

from portal_linkage import Invoice
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, InvoiceReaderContract
from tests import engines

from .hosts import another, counting, emptied
from .page import examples

SHOWN = examples()
BILL: sa.Table = SHOWN["bill"]
STATES = {status: state for state, status in SHOWN["STATES"].items()}


def row_of(one: Invoice) -> dict[str, Any]:
    """An invoice as a row of the page's table."""
    return {
        "firm": one.firm_id,
        "number": one.number,
        "client": one.entity_id,
        "cents": one.total.units // 100,
        "cents_due": one.amount_due.units // 100,
        "issued": one.issued_on,
        "due": one.due_on,
        "state": STATES[one.status],
    }


class Shown(InvoiceReaderContract):
    """A source of the page, over its table."""

    lacks: ClassVar = {
        Capability.NUMBERS: "the number is the key of the table",
        Capability.VOIDS: "what is void is taken out of the table",
        Capability.CURRENCIES: "all bills are in dollars",
        Capability.FRACTIONS: "amounts are kept in cents",
    }
    dialect: ClassVar[str]
    source: ClassVar = "HostInvoices"

    def make_reader(self) -> object:
        """The page's source."""
        self.engine = emptied(engines.shared(self.dialect), BILL)
        return SHOWN[self.source]()

    def make_store(self, reader: Any) -> Store:  # noqa: ANN401 -- of the page
        """A store that reads by it."""
        return SqlStore(engines.emptied(self.dialect), invoices=reader)

    def seed(self, invoices: Sequence[Invoice], /) -> None:
        """Insert them."""
        with self.engine.begin() as connection:
            for one in invoices:
                connection.execute(sa.insert(BILL).values(row_of(one)))

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed, on either database."""
        assert isinstance(store, SqlStore)
        return counting(store.engine, self.engine)


class Elsewhere(Shown):
    """The page's source that is given ids, as the bills are in another database."""

    source = "BillingInvoices"

    def make_reader(self) -> object:
        """The page's source, over its table there."""
        SHOWN["billing"] = self.engine = emptied(another(self.dialect), BILL)
        return SHOWN[self.source]()


class TestSqlite(Shown):
    """In the same SQLite database."""

    dialect = "sqlite"


class TestPostgresql(Shown):
    """In the same PostgreSQL database."""

    dialect = "postgresql"


class TestAnotherSqlite(Elsewhere):
    """In another SQLite database."""

    dialect = "sqlite"


class TestAnotherPostgresql(Elsewhere):
    """In another PostgreSQL database."""

    dialect = "postgresql"
