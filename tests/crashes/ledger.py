"""What a worker notes before and after each use case: in a file, which a killed process leaves as it was."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

import attrs

from portal_linkage import EntityId
from portal_linkage.testing import builders as b

_TICK: Final = timedelta(milliseconds=1)


@attrs.frozen
class Act:
    """One use case, told apart from all others by its number."""

    number: int
    verb: str
    address: int
    entity_id: EntityId

    @property
    def at(self) -> datetime:
        """When it is done, by the worker's clock: all that it writes down says so."""
        return b.NOON + self.number * _TICK


def number_at(moment: datetime) -> int:
    """The number of the act that was done at this moment."""
    return (moment - b.NOON) // _TICK


@attrs.frozen
class Pen:
    """Writes a ledger, line by line. A line is with the operating system before the worker goes on."""

    _file: int

    @classmethod
    def on(cls, path: Path) -> Self:
        """Begin a ledger."""
        return cls(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))

    def begin(self, act: Act) -> None:
        """It is about to be done."""
        self._note(begun=attrs.asdict(act))

    def acknowledge(self, act: Act, events: object) -> None:
        """It has been done, and these are its events; or it was refused, and there is nothing."""
        self._note(done=act.number, events=events)

    def end(self, reason: str) -> None:
        """No more is to come."""
        self._note(ended=reason)

    def _note(self, **said: object) -> None:
        os.write(self._file, f"{json.dumps(said)}\n".encode())


@attrs.frozen
class Ledger:
    """All that one worker noted."""

    begun: dict[int, Act]
    acknowledged: dict[int, object]
    """The events of each act that was; nothing, of one that was refused."""
    ended: str | None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what is there: nothing, if the worker did not live to begin."""
        begun, acknowledged, ended = dict[int, Act](), dict[int, object](), None
        for line in path.read_text().splitlines() if path.exists() else ():
            said = json.loads(line)
            if "begun" in said:
                begun[said["begun"]["number"]] = Act(**said["begun"])
            elif "done" in said:
                acknowledged[said["done"]] = said["events"]
            else:
                ended = said["ended"]
        return cls(begun, acknowledged, ended)

    @property
    def under_way(self) -> list[Act]:
        """What was begun and not acknowledged: it may have been done, or not."""
        return [act for number, act in self.begun.items() if number not in self.acknowledged]
