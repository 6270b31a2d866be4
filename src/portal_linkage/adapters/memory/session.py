"""What a ``with`` block has opened: the cabinets to read, and in a change to write."""

from typing import Final, TypeVar

from ...domain.errors import Conflict
from ...domain.values import FirmId
from .cabinet import Cabinet
from .door import Door
from .shelf import K, Shelf, UndoLog

V = TypeVar("V")

_NOTHING: Final = Cabinet()
_ENDED: Final = "this snapshot or transaction has ended with its with block"


class Reading:
    """The cabinets, as long as the block lasts."""

    def __init__(self, door: Door, cabinets: Shelf[FirmId, Cabinet]) -> None:
        self._door = door
        self._cabinets = cabinets
        self._ended = False

    def cabinet(self, firm_id: FirmId) -> Cabinet:
        """All that is kept of a firm; nothing, of a firm that nobody has written of."""
        self.check()
        found = self._cabinets.find(firm_id)
        return _NOTHING if found is None else found

    def check(self) -> None:
        """Refuse what comes after the end.

        Raises:
            StoreUnavailable: the store has been closed.
            Conflict: the block is over.
        """
        self._door.check_open()
        if self._ended:
            raise Conflict(_ENDED)

    def end(self) -> None:
        """The block is over."""
        self._ended = True


class Change(Reading):
    """The cabinets to be changed, as long as the block lasts; until then, all of it can be undone."""

    def __init__(self, door: Door, cabinets: Shelf[FirmId, Cabinet]) -> None:
        super().__init__(door, cabinets)
        self._log = UndoLog()

    def opened(self, firm_id: FirmId) -> Cabinet:
        """The firm's own cabinet, to write to."""
        self.check()
        cabinet = self._cabinets.find(firm_id)
        if cabinet is None:
            cabinet = Cabinet()
            self._log.put(self._cabinets, firm_id, cabinet)
        return cabinet

    def put(self, shelf: Shelf[K, V], key: K, row: V | None) -> None:
        """Replace what stands on a shelf of an opened cabinet; ``None`` takes it away."""
        self._log.put(shelf, key, row)

    def undo(self) -> None:
        """Leave everything as it was before the block."""
        self._log.undo()


class Reader:
    """Reads of the cabinets."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def _at(self, firm_id: FirmId) -> Cabinet:
        return self._reading.cabinet(firm_id)


class Repository(Reader):
    """Writes to the cabinets, too."""

    def __init__(self, change: Change) -> None:
        super().__init__(change)
        self._change = change

    def _to(self, firm_id: FirmId) -> Cabinet:
        return self._change.opened(firm_id)
