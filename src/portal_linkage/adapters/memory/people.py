"""The shelves of the people: their mailboxes, and what they are linked to."""

from collections.abc import Collection
from typing import TypeAlias

from ...domain.entities import Link, User
from ...domain.values import EntityId, Key, UserId, search_key
from ...ports import Mailbox
from .indexes import Groups, OrderedSet, Sought, WordIndex, starting
from .shelf import Shelf

Placed: TypeAlias = tuple[int, int, Link]
"""A link with its place in link order: the revision it was made under, and its position in that change."""


def _name_item(user: User) -> str:
    return f"{search_key(user.name)}\0{user.user_id}"


def _address_item(user: User) -> str:
    return f"{search_key(user.email.key)}\0{user.user_id}"


def _user_of(item: str) -> UserId:
    return UserId(item.rpartition("\0")[2])


class MailboxShelf(Shelf[str, Mailbox]):
    """The mailboxes by address key; the users by id, by name, by the words of it, and by how their address begins."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[UserId, User] = {}
        self._names: OrderedSet[str] = OrderedSet()
        self._addresses: OrderedSet[str] = OrderedSet()
        self._words: WordIndex[UserId] = WordIndex()

    def of(self, user_id: UserId) -> Mailbox | None:
        """The mailbox that has this user."""
        user = self.users.get(user_id)
        return None if user is None else self.rows[user.email.key]

    def named_after(self, key: Key | None, count: int) -> list[User]:
        """The first users in the order of names, or the first after a key."""
        start = None if key is None else "\0".join(map(str, key))
        return [self.users[_user_of(item)] for item in self._names.after(start, count)]

    def matching(self, sought: Sought) -> set[UserId]:
        """The users whose own address begins with the text, or whose own name holds its words."""
        named = self._words.candidates(sought)
        found = {user_id for user_id in named if sought.begins_words_of(self.users[user_id].name)}
        return found.union(map(_user_of, starting(self._addresses, sought.key)))

    def _reindex(self, old: Mailbox | None, new: Mailbox | None) -> None:
        had = None if old is None else old.user
        has = None if new is None else new.user
        if had is has:
            return
        if had is not None:
            self._see_off(had)
        if has is not None:
            self._welcome(has)

    def _welcome(self, user: User) -> None:
        self.users[user.user_id] = user
        self._names.add(_name_item(user))
        self._addresses.add(_address_item(user))
        self._words.add(user.user_id, user.name)

    def _see_off(self, user: User) -> None:
        del self.users[user.user_id]
        self._names.discard(_name_item(user))
        self._addresses.discard(_address_item(user))
        self._words.discard(user.user_id, user.name)


class LinkShelf(Shelf[tuple[UserId, EntityId], Placed]):
    """The links by user and entity; who is linked to an entity; and how many links there are."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[UserId, dict[EntityId, Placed]] = {}
        self._users: Groups[EntityId, UserId] = Groups()
        self.count = 0

    def find(self, key: tuple[UserId, EntityId]) -> Placed | None:
        """The link with its place, or ``None``."""
        user_id, entity_id = key
        return self._held.get(user_id, {}).get(entity_id)

    def at(self, user_id: UserId, entity_id: EntityId) -> Placed:
        """The link with its place."""
        return self._held[user_id][entity_id]

    def of(self, user_id: UserId) -> list[Placed]:
        """All that a user is linked to, in link order."""
        return sorted(self._held.get(user_id, {}).values())

    def count_of(self, user_id: UserId) -> int:
        """How many links the user holds."""
        return len(self._held.get(user_id, ()))

    def users_of(self, entity_id: EntityId) -> Collection[UserId]:
        """Who is linked to the entity, in no order."""
        return self._users.of(entity_id)

    def _keep(self, key: tuple[UserId, EntityId], row: Placed | None) -> None:
        user_id, entity_id = key
        if row is not None:
            self._held.setdefault(user_id, {})[entity_id] = row
            return
        held = self._held.get(user_id, {})
        held.pop(entity_id, None)
        if not held:
            self._held.pop(user_id, None)

    def _reindex(self, old: Placed | None, new: Placed | None) -> None:
        if old is None and new is not None:
            self._users.add(new[2].entity_id, new[2].user_id)
            self.count += 1
        elif old is not None and new is None:
            self._users.discard(old[2].entity_id, old[2].user_id)
            self.count -= 1
