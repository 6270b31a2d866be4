"""The indexes of the store in memory: what they find, and that they do no more work than they have to."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal_linkage.adapters.memory.indexes import Groups, OrderedSet, Sought, WordIndex, starting

items = st.text("abc\0", max_size=4)


class Compared(str):
    """A text that counts how often any such text is compared."""

    __slots__ = ()
    made = 0

    def __lt__(self, other: str) -> bool:
        Compared.made += 1
        return super().__lt__(other)

    def __eq__(self, other: object) -> bool:
        Compared.made += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


def comparisons(*work: Callable[[], object]) -> int:
    """How many comparisons a piece of work takes."""
    Compared.made = 0
    for step in work:
        step()
    return Compared.made


class OrderedSetMachine(RuleBasedStateMachine):
    """A set read in order is a set, sorted, whatever was added, discarded and read in between."""

    def __init__(self) -> None:
        super().__init__()
        self.ordered: OrderedSet[str] = OrderedSet()
        self.model: set[str] = set()

    @initialize(many=st.booleans())
    def fill(self, many: bool) -> None:
        """Begin with nothing, or with so much that single items are inserted and not sorted in."""
        for number in range(400 if many else 0):
            self.ordered.add(f"b{number}")
            self.model.add(f"b{number}")

    @rule(item=items)
    def add(self, item: str) -> None:
        """Put one in."""
        self.ordered.add(item)
        self.model.add(item)

    @rule(item=items)
    def discard(self, item: str) -> None:
        """Take one out, be it there or not."""
        self.ordered.discard(item)
        self.model.discard(item)

    @rule(low=items, high=st.none() | items)
    def read_between(self, low: str, high: str | None) -> None:
        """Read a stretch."""
        expected = [item for item in sorted(self.model) if item >= low and (high is None or item < high)]
        assert self.ordered.between(low, high) == expected

    @rule(item=st.none() | items, count=st.integers(0, 5))
    def read_after(self, item: str | None, count: int) -> None:
        """Read a few."""
        expected = [one for one in sorted(self.model) if item is None or one > item]
        assert self.ordered.after(item, count) == expected[:count]

    @rule(prefix=items)
    def read_starting(self, prefix: str) -> None:
        """Read what begins so."""
        assert list(starting(self.ordered, prefix)) == [one for one in sorted(self.model) if one.startswith(prefix)]


TestOrderedSet = OrderedSetMachine.TestCase


def _large() -> OrderedSet[str]:
    ordered: OrderedSet[str] = OrderedSet()
    for number in range(10_000):
        ordered.add(Compared(f"{number:05d}"))
    ordered.after(None, 1)
    return ordered


def test_adding_to_an_ordered_set_compares_nothing() -> None:
    """Items are sorted in when they are read and not before: adding and discarding cost the same at any size."""
    ordered = _large()
    assert comparisons(lambda: ordered.add(Compared("5000a")), lambda: ordered.discard(Compared("x"))) == 0


def test_reading_an_ordered_set_again_sorts_nothing() -> None:
    """After one reading, the next compares only what it takes to find its place."""
    ordered = _large()
    assert 0 < comparisons(lambda: ordered.after(Compared("05000"), 3)) <= 20


def test_reading_after_a_few_changes_does_not_sort_everything() -> None:
    """A few items that came or went are put in their places; the ten thousand others are not looked at."""
    ordered = _large()
    for number in range(5):
        ordered.add(Compared(f"{number}x"))
        ordered.discard(Compared(f"{number:05d}"))
    assert 0 < comparisons(lambda: ordered.after(None, 1)) <= 10 * 20


def test_reading_after_many_changes_sorts_once() -> None:
    """Many items that came at once cost a merge, and not a search for each."""
    ordered = _large()
    for number in range(10_000):
        ordered.add(Compared(f"{number:05d}x"))
    assert 0 < comparisons(lambda: ordered.after(None, 1)) <= 3 * 20_000


class Interrupted(str):
    """A text whose comparing lets another thread go on."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        time.sleep(0)
        return super().__lt__(other)


def test_readers_may_sort_at_once() -> None:
    """Several threads that are the first to read see the same, whole."""
    ordered: OrderedSet[str] = OrderedSet()
    for number in range(2_000):
        ordered.add(f"{number:04d}")
    ordered.after(None, 1)
    for number in range(20):
        ordered.add(Interrupted(f"{number:04d}x"))
    start = Barrier(4)

    def read() -> list[str]:
        start.wait(60)
        return ordered.after(None, 5_000)

    with ThreadPoolExecutor(4) as pool:
        found = [future.result(60) for future in [pool.submit(read) for _ in range(4)]]
    assert found == [sorted(found[0])] * 4
    assert len(found[0]) == 2_020


class GroupsMachine(RuleBasedStateMachine):
    """Groups are sets by key, however small or large they are, and grow and shrink."""

    keys = st.sampled_from("ab")
    values = st.integers(0, 12)

    def __init__(self) -> None:
        super().__init__()
        self.groups: Groups[str, int] = Groups()
        self.model: dict[str, set[int]] = {"a": set(), "b": set()}

    @rule(key=keys, many=st.lists(values, max_size=9))
    def add(self, key: str, many: list[int]) -> None:
        """Put some in."""
        for value in many:
            self.groups.add(key, value)
            self.model[key].add(value)

    @rule(key=keys, many=st.lists(values, max_size=9, unique=True))
    def discard(self, key: str, many: list[int]) -> None:
        """Take some out, be they there or not."""
        for value in many:
            self.groups.discard(key, value)
            self.model[key].discard(value)

    @invariant()
    def are_the_same(self) -> None:
        """Every group holds what its set holds."""
        for key, expected in self.model.items():
            found = self.groups.of(key)
            assert (len(found), set(found), key in self.groups) == (len(expected), expected, bool(expected))


TestGroups = GroupsMachine.TestCase


def test_discarding_from_no_group_changes_nothing() -> None:
    """Where there is no such group there is nothing to take out of it."""
    groups: Groups[str, int] = Groups()
    groups.discard("a", 1)
    assert ("a" in groups, list(groups.of("a"))) == (False, [])


def test_small_groups_are_tuples_and_large_ones_sets() -> None:
    """A group of one or two takes the room of a tuple; taking from a large one does not copy it."""
    groups: Groups[str, int] = Groups()
    groups.add("small", 1)
    for number in range(100):
        groups.add("large", number)
    assert (type(groups.of("small")), type(groups.of("large"))) == (tuple, set)


@given(names=st.lists(st.text("ab ", max_size=8), max_size=8), typed=st.text("ab ", max_size=4))
def test_words_lead_to_whoever_bears_them(names: list[str], typed: str) -> None:
    """The candidates for some words are at least all whose names they match."""
    index: WordIndex[int] = WordIndex()
    for number, name in enumerate(names):
        index.add(number, name)
    sought = Sought.of(typed)
    matching = {number for number, name in enumerate(names) if sought is not None and sought.begins_words_of(name)}
    found = index.candidates(sought) if sought is not None else set()
    assert matching <= found
    assert sought is None or len(sought.words) != 1 or matching == found


@given(names=st.lists(st.text("ab ", max_size=8), max_size=8))
def test_words_forgotten_lead_nowhere(names: list[str]) -> None:
    """When all names are forgotten, in whatever order, nothing of them is left."""
    index: WordIndex[int] = WordIndex()
    for number, name in enumerate(names):
        index.add(number, name)
    for number, name in sorted(enumerate(names), key=lambda one: one[1]):
        index.discard(number, name)
    assert index._vocabulary.after(None, 9) == []
    assert index._bearers._groups == {}


@pytest.mark.parametrize("typed", ["trust rare", "rare trust", "r trust"])
def test_the_rarest_word_leads(typed: str) -> None:
    """Of several words, whoever bears the one with the fewest bearers is looked at, and none of the many others."""
    index: WordIndex[int] = WordIndex()
    for number in range(1_000):
        index.add(number, "Family Trust")
    index.add(1_000, "Rare Trust")
    sought = Sought.of(typed)
    assert sought is not None
    assert index.candidates(sought) == {1_000}
