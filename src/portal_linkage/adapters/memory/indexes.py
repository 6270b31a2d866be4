"""How rows are found without looking at all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

import attrs

from ...domain.values import Key, after_prefix, search_key, words_of

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
T = TypeVar("T", bound=tuple[Any, ...])

_SMALL: Final = 8
# A re-sorting looks at every item; inserting one only moves the pointers behind it, about this many times faster.
_REBUILT_FROM: Final = 64


def place_in(ordered: Sequence[tuple[Any, ...]], key: tuple[Any, ...]) -> slice:
    """Where the one item stands that begins with a key; empty if it is not there, and where it would stand."""
    place = bisect_left(ordered, key)
    is_there = place < len(ordered) and ordered[place][: len(key)] == key
    return slice(place, place + is_there)


class OrderedSet(Generic[T]):
    """A set of tuples that is read in order.

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

    def starting(self, prefix: str) -> range:
        """Where the items stand whose first part begins with the prefix."""
        items, end = self._settled(), after_prefix(prefix)
        return range(bisect_left(items, (prefix,)), len(items) if end is None else bisect_left(items, (end,)))

    def at(self, places: range) -> list[T]:
        """The items that stand there, if nothing came or went meanwhile."""
        return self._items[places.start : places.stop]

    def after(self, key: Key | None, count: int) -> list[T]:
        """The first ``count`` items after this one; ``None`` stands for the start."""
        items = self._settled()
        start = 0 if key is None else bisect_right(items, key)
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
            item, wanted = next(reversed(pending.items()))
            place = bisect_left(items, item)
            there = place < len(items) and items[place] == item
            if wanted and not there:
                items.insert(place, item)
            elif there and not wanted:
                del items[place]
            del pending[item]  # last: a reader may be stopped anywhere


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


Spelled: TypeAlias = tuple[str, str]
"""A name as it is sorted by, and its words with a blank before each."""

Place: TypeAlias = tuple[int, str]
"""Where somebody stands among those whom a text may mean."""

_Item: TypeAlias = tuple[str, V, Spelled]


def spelled(name: str) -> Spelled:
    """Spell a name."""
    return search_key(name), _spaced(words_of(name))


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


@attrs.frozen
class Sought:
    """A typed text as a directory is asked for it."""

    key: str
    words: tuple[str, ...]
    _spelled: str = attrs.field(
        init=False, default=attrs.Factory(lambda sought: _spaced(sought.words), takes_self=True)
    )

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read a text; ``None`` if it cannot find anything."""
        key = search_key(text.strip())
        return cls(key, words_of(key)) if key else None

    def begins_words_of(self, words: str) -> bool:
        """Whether each of its words begins one of these, which have a blank before each."""
        return all(f" {typed}" in words for typed in self.words)

    def numbered(self, number: str, name: Spelled) -> Place:
        """The place of somebody whose number begins with it: first of all if that is the whole number."""
        return (0 if number == self.key else 1, name[0])

    def named(self, name: Spelled) -> Place:
        """The place of somebody whose words it begins: those first whose name it begins."""
        return (2 if name[1].startswith(self._spelled) else 3, name[0])


class Directory(Generic[V]):
    """Whom a typed text may mean: by how their number or address begins, or by the words of their name."""

    def __init__(self) -> None:
        self._marks: OrderedSet[_Item[V]] = OrderedSet()
        self._words: OrderedSet[_Item[V]] = OrderedSet()

    def add(self, one: V, mark: str, name: str) -> None:
        """Know them by this number or address, and this name."""
        for index, item in self._items(one, mark, name):
            index.add(item)

    def discard(self, one: V, mark: str, name: str) -> None:
        """Forget them."""
        for index, item in self._items(one, mark, name):
            index.discard(item)

    def matching(self, sought: Sought) -> dict[V, Place]:
        """All whom the text may mean. Only those are looked at whom the rarest of its words may mean."""
        rarest = min(map(self._words.starting, sought.words), key=len, default=range(0))
        named = self._words.at(rarest)
        if len(sought.words) > 1:
            named = [item for item in named if sought.begins_words_of(item[2][1])]
        found = {one: sought.named(name) for _, one, name in named}
        marked = self._marks.at(self._marks.starting(sought.key))
        found.update({one: sought.numbered(mark, name) for mark, one, name in marked})
        return found

    def _items(self, one: V, mark: str, name: str) -> Iterator[tuple[OrderedSet[_Item[V]], _Item[V]]]:
        of_name = spelled(name)
        yield self._marks, (search_key(mark), one, of_name)
        for word in of_name[1].split():
            yield self._words, (word, one, of_name)
