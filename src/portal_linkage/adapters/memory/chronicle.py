"""The shelves that time fills: the journal, and the refused proofs."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from ...domain.events import Event
from ...domain.values import EntityId, UserId
from .shelf import Shelf


class JournalShelf(Shelf[int, Event]):
    """The events by their position, from 1 on. New ones come to the end, and are taken away from there only."""

    def __init__(self) -> None:
        super().__init__()
        self._events: list[Event] = []
        self._users: dict[UserId, list[int]] = {}
        self._entities: dict[EntityId, list[int]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def at(self, position: int) -> Event:
        """The event at a position."""
        return self._events[position - 1]

    def find(self, key: int) -> Event | None:
        """The event, or ``None``."""
        return self.at(key) if key <= len(self) else None

    def after(self, position: int, count: int) -> list[int]:
        """The next positions."""
        return list(range(position + 1, min(position + count, len(self)) + 1))

    def touching(self, user_id: UserId | None, entity_id: EntityId | None, position: int, count: int) -> list[int]:
        """The next positions of events of a user, of an entity, or of both."""
        positions = self._shortest(user_id, entity_id)
        later = (positions[place] for place in range(bisect_right(positions, position), len(positions)))
        fitting = (place for place in later if _is_of(self.at(place), user_id, entity_id))
        return list(islice(fitting, count))

    def _shortest(self, user_id: UserId | None, entity_id: EntityId | None) -> Sequence[int]:
        runs: list[Sequence[int]] = []
        if user_id is not None:
            runs.append(self._users.get(user_id, ()))
        if entity_id is not None:
            runs.append(self._entities.get(entity_id, ()))
        return min(runs, key=len, default=range(1, len(self) + 1))

    def _keep(self, key: int, row: Event | None) -> None:
        if row is None:
            self._forget(self._events.pop())
        else:
            self._events.append(row)
            if row.user_id is not None:
                self._users.setdefault(row.user_id, []).append(key)
            if row.entity_id is not None:
                self._entities.setdefault(row.entity_id, []).append(key)

    def _forget(self, event: Event) -> None:
        if event.user_id is not None:
            self._users[event.user_id].pop()
        if event.entity_id is not None:
            self._entities[event.entity_id].pop()


def _is_of(event: Event, user_id: UserId | None, entity_id: EntityId | None) -> bool:
    return user_id in (None, event.user_id) and entity_id in (None, event.entity_id)


class AttemptShelf(Shelf[str, tuple[datetime, ...]]):
    """The times of refused proofs per subject; the subject that was refused last comes last."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = self._ordered = OrderedDict[str, tuple[datetime, ...]]()

    def stale(self, since: datetime, count: int) -> list[str]:
        """Those of the first few subjects that were not refused any more after a moment."""
        return [subject for subject, times in islice(self.rows.items(), count) if max(times) <= since]

    def _keep(self, key: str, row: tuple[datetime, ...] | None) -> None:
        super()._keep(key, row)
        if row is not None:
            self._ordered.move_to_end(key)
