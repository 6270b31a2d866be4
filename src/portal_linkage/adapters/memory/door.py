"""Who may be inside the store, and who has to wait."""

from collections import deque
from threading import Condition, Lock, get_ident
from typing import Final

from ...domain.errors import Conflict, StoreUnavailable

_NESTED: Final = "a transaction is not opened inside a snapshot or a transaction on the same thread"
_UNSEEING: Final = "a snapshot is not opened inside a transaction on the same thread: it could not see one moment"


class Door:
    """Any number of readers are inside, or one writer alone. Whoever has to wait enters in the order of arrival.

    A thread that is inside to read may come in again at once, even while a writer waits: it would wait for itself.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._turn = Condition(self._lock)
        self._waiting: deque[object] = deque()
        self._inside: dict[int, int] = {}
        self._alone = False
        self.closed = False

    def enter(self, *, alone: bool) -> int:
        """Wait for one's turn; what is returned is given back to `leave`, which another thread may do.

        Raises:
            Conflict: this thread is inside already, and would wait for itself.
            StoreUnavailable: the door has been closed.
        """
        thread = get_ident()
        with self._lock:
            if self.closed or self._inside or self._waiting:
                self._admit(thread, alone=alone)
            self._inside[thread] = self._inside.get(thread, 0) + 1
            self._alone = alone
        return thread

    def leave(self, thread: int) -> None:
        """Go, and let others have their turn."""
        with self._lock:
            if self._inside[thread] > 1:
                self._inside[thread] -= 1
            else:
                del self._inside[thread]
            self._alone = False
            if self._waiting:
                self._turn.notify_all()

    def close(self) -> None:
        """Let nobody in any more, not even those who wait."""
        with self._turn:
            self.closed = True
            self._turn.notify_all()

    def check_open(self) -> None:
        """Refuse whoever is inside a store that has been closed meanwhile."""
        if self.closed:
            raise StoreUnavailable("the store has been closed")

    def _admit(self, thread: int, *, alone: bool) -> None:
        self.check_open()
        if thread not in self._inside:
            if self._waiting or not self._admits(alone=alone):
                self._wait(alone=alone)
        elif alone or self._alone:
            raise Conflict(_NESTED if alone else _UNSEEING)

    def _wait(self, *, alone: bool) -> None:
        ticket = object()
        self._waiting.append(ticket)
        try:
            self._turn.wait_for(lambda: self.closed or (self._waiting[0] is ticket and self._admits(alone=alone)))
        finally:
            self._waiting.remove(ticket)
            self._turn.notify_all()
        self.check_open()

    def _admits(self, *, alone: bool) -> bool:
        return not self._inside if alone else not self._alone
