"""The firms."""

from ....domain.entities import Firm
from ....domain.values import FirmId
from ..session import Reader, Repository


class FirmReader(Reader):
    """`portal_linkage.ports.FirmReader` in memory."""

    def find(self, firm_id: FirmId) -> Firm | None:
        return self._at(firm_id).firms.find(firm_id)


class FirmRepository(Repository, FirmReader):
    """`portal_linkage.ports.FirmRepository` in memory."""

    def save(self, firm: Firm) -> None:
        self._change.put(self._to(firm.firm_id).firms, firm.firm_id, firm)

    def lock(self, firm_id: FirmId) -> Firm | None:
        # A transaction is alone in the store: there is nobody left to lock out, here or below.
        return self.find(firm_id)
