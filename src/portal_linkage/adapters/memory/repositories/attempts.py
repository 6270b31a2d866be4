"""The refused proofs."""

from datetime import datetime
from typing import Final

from ....domain.values import FirmId
from ..session import Repository

# Every new attempt clears away at most this many subjects, more than one, so that those long past cannot pile up.
_CLEARED_AT_ONCE: Final = 2


class AttemptRepository(Repository):
    """`portal_linkage.ports.AttemptRepository` in memory."""

    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        times = self._at(firm_id).attempts.find(subject) or ()
        return tuple(sorted(at for at in times if at > since))

    def add(self, firm_id: FirmId, subject: str, at: datetime, since: datetime) -> None:
        attempts = self._to(firm_id).attempts
        self._change.put(attempts, subject, (*self.recent(firm_id, subject, since), at))
        for stale in attempts.stale(since, _CLEARED_AT_ONCE):
            self._change.put(attempts, stale, None)
