"""What a ``with`` block has opened: the cabinets to read, and in a change to write."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

from ...domain.errors import Conflict
from ...domain.values import FirmId
from ...domain.viewers import Scope
from .accounts import Account
from .door import Door
from .shelves import Cabinet, K, Placed, Shelf, V

_NOTHING: Final = Cabinet()
_account: Final = attrgetter("account")
_PATIENCE: Final = 100
"""How often an undoing may be stopped, and goes on."""


class Session:
    """The cabinets, as long as the block lasts.

    What stood where before each change is logged, so that undoing costs what was changed and not what is stored.
    """

    def __init__(self, door: Door, cabinets: Shelf[FirmId, Cabinet], *, writes: bool) -> None:
        self._door = door
        self._cabinets = cabinets
        self._writes = writes
        self._log: list[tuple[Shelf[Any, Any], Any, Any, Any]] = []
        self._asked: tuple[Scope | None, list[Placed]] = (None, [])
        self._ended = False

    def cabinet(self, firm_id: FirmId) -> Cabinet:
        """All that is kept of a firm, to read; nothing, of a firm that nobody has written of."""
        self.check()
        return self._cabinets.find(firm_id) or _NOTHING

    def in_scope(self, scope: Scope) -> list[Placed]:
        """The entities in scope, in link order.

        A page asks again and again with the same scope, the very same object. As long as a snapshot is open, nobody
        changes what is in it.
        """
        self.check()
        asked, found = self._asked  # at once: threads may share a snapshot
        if asked is not scope or self._writes:
            found = self.cabinet(scope.firm_id).in_scope(scope)
            self._asked = (scope, found)
        return found

    def accounts(self, scope: Scope) -> Iterator[Account]:
        """The accounts of the entities in scope."""
        return map(_account, self.in_scope(scope))

    def opened(self, firm_id: FirmId) -> Cabinet:
        """The firm's own cabinet, to write to.

        Raises:
            Conflict: the block is a snapshot.
        """
        self.check()
        if not self._writes:
            raise Conflict("a snapshot is for reading")
        cabinet = self._cabinets.find(firm_id)
        if cabinet is None:
            cabinet = Cabinet()
            self.put(self._cabinets, firm_id, cabinet)
        return cabinet

    def put(self, shelf: Shelf[K, V], key: K, row: V | None) -> None:
        """Replace what stands on a shelf of an opened cabinet; ``None`` takes it away."""
        self._log.append((shelf, key, shelf.find(key), row))
        shelf.put(key, row)

    def keep(self) -> None:
        """What was changed is to stay; refused as by `check`."""
        self.check()
        self._log = []

    def undo(self) -> None:
        """Put everything back as it was before the block, the last change first. Who stops this has to wait."""
        stops: list[BaseException] = []
        while self._log and len(stops) < _PATIENCE:
            try:
                self._undo_last()
            except BaseException as stop:  # noqa: BLE001 -- whatever it is: it is raised when all is undone
                stops.append(stop)
        if stops:
            raise stops[-1]

    def _undo_last(self) -> None:
        shelf, key, old, row = self._log[-1]
        shelf.put_back(key, old, row)
        self._log.pop()

    def check(self) -> None:
        """Refuse what comes after the end.

        Raises:
            StoreUnavailable: the store has been closed.
            Conflict: the block is over.
        """
        if self._door.closed:
            self._door.check_open()
        if self._ended:
            raise Conflict("this snapshot or transaction has ended with its with block")

    def end(self) -> None:
        """The block is over. If something is neither kept nor undone, nobody is to see it: the store is closed."""
        if self._log:
            self._door.close()
        self._ended = True


class Repository:
    """Rows of one kind, of all firms, as one block may have them."""

    def __init__(self, session: Session) -> None:
        self._session = session
