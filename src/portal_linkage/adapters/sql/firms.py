"""The firms."""

import attrs
from sqlalchemy import bindparam, select, update

from ...domain.entities import Firm
from ...domain.values import FirmId
from .dialects import Dialect
from .moment import Moment
from .rows import FIRM_ROWS, SETTINGS_ROWS, firm_of
from .tables import Tables


class FirmStatements:
    """What is asked and said about firms."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        firm = tables.firm
        this = firm.c.firm_id == bindparam("firm")
        settings = (firm.c.firm_id, firm.c.name, firm.c.show_past_payments, firm.c.show_late_fees)
        self.find = select(*settings).where(this)
        self.lock = update(firm).where(this).values(revision=firm.c.revision + 1).returning(*settings)
        self.save = dialect.replacing(firm, keeping=("revision",))


@attrs.frozen
class SqlFirmReader:
    """See `portal_linkage.ports.FirmReader`."""

    _moment: Moment
    _statements: FirmStatements

    def find(self, firm_id: FirmId) -> Firm | None:
        row = self._moment.row(self._statements.find, {"firm": firm_id})
        return None if row is None else firm_of(row)


class SqlFirmRepository(SqlFirmReader):
    """See `portal_linkage.ports.FirmRepository`."""

    def save(self, firm: Firm) -> None:
        columns = {**FIRM_ROWS.values(firm), **SETTINGS_ROWS.values(firm.settings), "revision": 0}
        self._moment.run(self._statements.save, columns)

    def lock(self, firm_id: FirmId) -> Firm | None:
        row = self._moment.row(self._statements.lock, {"firm": firm_id})
        return None if row is None else firm_of(row)
