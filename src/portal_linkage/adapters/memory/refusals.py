"""The shelves of what people are not linked to by themselves: barred by the firm, or left by the user."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TypeAlias, TypeVar

import attrs

from ...domain.entities import Bar
from ...domain.values import EmailAddress, EntityId, Key, micros_of
from .indexes import Groups, OrderedSet
from .shelf import Shelf

RefusalKey: TypeAlias = tuple[str, EntityId]
"""Whose mailbox, by its id, and which entity."""


@attrs.frozen
class Leaving:
    """A user left an entity by themselves."""

    email: EmailAddress
    entity_id: EntityId
    at: datetime


R = TypeVar("R", bound=Bar | Leaving)


class RefusalShelf(Shelf[RefusalKey, R]):
    """Refusals by mailbox and by entity."""

    def __init__(self) -> None:
        super().__init__()
        self._entities: Groups[str, EntityId] = Groups()
        self._mailboxes: Groups[EntityId, str] = Groups()

    def of(self, mailbox_id: str) -> Collection[EntityId]:
        """What a mailbox is refused, in no order."""
        return self._entities.of(mailbox_id)

    def touching(self, entity_id: EntityId) -> Iterator[R]:
        """All refusals of an entity, in no order."""
        return (self.rows[mailbox_id, entity_id] for mailbox_id in self._mailboxes.of(entity_id))

    def _keep(self, key: RefusalKey, row: R | None) -> None:
        super()._keep(key, row)
        mailbox_id, entity_id = key
        if row is not None:
            self._entities.add(mailbox_id, entity_id)
            self._mailboxes.add(entity_id, mailbox_id)
        else:
            self._entities.discard(mailbox_id, entity_id)
            self._mailboxes.discard(entity_id, mailbox_id)


class BarShelf(RefusalShelf[Bar]):
    """The bars, also oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._oldest_first: OrderedSet[Key] = OrderedSet()

    def place(self, key: RefusalKey) -> Key:
        """Where the bar stands in the firm's listing: the microseconds of ``since``, the entity, the mailbox."""
        mailbox_id, entity_id = key
        return (micros_of(self.rows[key].since), entity_id, mailbox_id)

    def after(self, place: Key | None, count: int) -> list[Key]:
        """Where the first bars stand, or the first after a place."""
        return self._oldest_first.after(place, count)

    def _keep(self, key: RefusalKey, row: Bar | None) -> None:
        if key in self.rows:
            self._oldest_first.discard(self.place(key))
        super()._keep(key, row)
        if row is not None:
            self._oldest_first.add(self.place(key))
