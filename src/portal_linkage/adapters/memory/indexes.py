"""How rows are found without looking at all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator
from threading import Lock
from typing import Final, Generic, Self, TypeVar

import attrs

from ...domain.values import Key, after_prefix, search_key, words_of

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
T = TypeVar("T", str, Key)

_SMALL: Final = 8
# A re-sorting looks at every item; inserting one only moves the pointers behind it, about this many times faster.
_REBUILT_FROM: Final = 64


class OrderedSet(Generic[T]):
    """A set that is read in order.

    Adding and discarding cost the same however large it is; what has changed is sorted in when it is next read.
    Readers on several threads may come at once, but no writer while they read.
    """

    def __init__(self) -> None:
        self._items: list[T] = []
        self._pending: dict[T, bool] = {}
        self._settling = Lock()

    def add(self, item: T) -> None:
        """Put the item in, if it is not there."""
        self._pending[item] = True

    def discard(self, item: T) -> None:
        """Take the item out, if it is there."""
        self._pending[item] = False

    def between(self, low: T, high: T | None) -> list[T]:
        """The items from ``low`` on and before ``high``; ``None`` stands for the end."""
        items = self._settled()
        return items[bisect_left(items, low) : len(items) if high is None else bisect_left(items, high)]

    def after(self, item: T | None, count: int) -> list[T]:
        """The first ``count`` items after this one; ``None`` stands for the start."""
        items = self._settled()
        start = 0 if item is None else bisect_right(items, item)
        return items[start : start + count]

    def _settled(self) -> list[T]:
        with self._settling:
            if len(self._pending) * _REBUILT_FROM > len(self._items):
                self._rebuild()
            else:
                self._insert()
            return self._items

    def _rebuild(self) -> None:
        kept = [item for item in self._items if item not in self._pending]
        kept.extend(item for item, wanted in self._pending.items() if wanted)
        kept.sort()
        self._items, self._pending = kept, {}

    def _insert(self) -> None:
        items, pending = self._items, self._pending
        while pending:
            item, wanted = pending.popitem()
            place = bisect_left(items, item)
            there = place < len(items) and items[place] == item
            if wanted and not there:
                items.insert(place, item)
            elif there and not wanted:
                del items[place]


class Groups(Generic[K, V]):
    """Which values share a key. Most groups are of one or two: those are tuples, and only a large one is a set."""

    def __init__(self) -> None:
        self._groups: dict[K, tuple[V, ...] | set[V]] = {}

    def add(self, key: K, value: V) -> None:
        """Put the value into the key's group, if it is not there."""
        group = self._groups.get(key, ())
        if isinstance(group, set):
            group.add(value)
        elif value not in group:
            self._groups[key] = (*group, value) if len(group) < _SMALL else {*group, value}

    def discard(self, key: K, value: V) -> None:
        """Take the value out of the key's group, if it is there; a group left empty is no more."""
        group = self._groups.get(key, ())
        if isinstance(group, set):
            group.discard(value)
        else:
            group = self._groups[key] = tuple(member for member in group if member != value)
        if not group:
            del self._groups[key]

    def of(self, key: K) -> Collection[V]:
        """The key's group, in no order; empty if there is none."""
        return self._groups.get(key, ())

    def __contains__(self, key: K) -> bool:
        return key in self._groups


@attrs.frozen
class Sought:
    """A typed text as the indexes are asked for it."""

    key: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read a text; ``None`` if it cannot find anything."""
        key = search_key(text.strip())
        return cls(key, words_of(key)) if key else None

    def begins_words_of(self, name: str) -> bool:
        """Whether it has words, and each of them begins a word of the name."""
        words = words_of(name)
        return bool(self.words) and all(any(word.startswith(typed) for word in words) for typed in self.words)


class WordIndex(Generic[V]):
    """Whose name holds which words, found by how the words begin."""

    def __init__(self) -> None:
        self._vocabulary: OrderedSet[str] = OrderedSet()
        self._bearers: Groups[str, V] = Groups()

    def add(self, bearer: V, name: str) -> None:
        """Know the words of the bearer's name."""
        for word in words_of(name):
            if word not in self._bearers:
                self._vocabulary.add(word)
            self._bearers.add(word, bearer)

    def discard(self, bearer: V, name: str) -> None:
        """Forget them."""
        for word in set(words_of(name)):
            self._bearers.discard(word, bearer)
            if word not in self._bearers:
                self._vocabulary.discard(word)

    def candidates(self, sought: Sought) -> set[V]:
        """All those whom the rarest of the words may mean; whether the others fit too is for the caller to see."""
        groups = (self._beginning(typed) for typed in sought.words)
        rarest = min(groups, key=_total, default=())
        return {bearer for group in rarest for bearer in group}

    def _beginning(self, typed: str) -> list[Collection[V]]:
        return [self._bearers.of(word) for word in starting(self._vocabulary, typed)]


def _total(groups: Iterable[Collection[object]]) -> int:
    return sum(map(len, groups))


def starting(items: OrderedSet[str], prefix: str) -> Iterator[str]:
    """The items that begin with the prefix, in order."""
    return iter(items.between(prefix, after_prefix(prefix)))
