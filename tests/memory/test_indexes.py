"""The indexes of the store in memory: what they find, and that they do no more work than they have to."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal_linkage.adapters.memory.indexes import Directory, Groups, OrderedSet, Sought
from portal_linkage.adapters.memory.shelves import Positions
from portal_linkage.testing.builders import JANE_ID

texts = st.text("abc\0", max_size=4)
items = st.tuples(texts, st.sampled_from("12"))
Item = tuple[str, str]


class Compared(tuple[str]):
    """An item that counts how often any such item is compared."""

    __slots__ = ()
    made = 0

    def __lt__(self, other: tuple[str, ...]) -> bool:
        Compared.made += 1
        return super().__lt__(other)

    def __eq__(self, other: object) -> bool:
        Compared.made += 1
        return super().__eq__(other)

    __hash__ = tuple.__hash__


def compared(text: str) -> Compared:
    """An item of this text alone."""
    return Compared((text,))


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
        self.ordered: OrderedSet[Item] = OrderedSet()
        self.model: set[Item] = set()

    @initialize(many=st.booleans())
    def fill(self, many: bool) -> None:
        """Begin with nothing, or with so much that single items are inserted and not sorted in."""
        for number in range(400 if many else 0):
            self.ordered.add((f"b{number}", ""))
            self.model.add((f"b{number}", ""))

    @rule(item=items)
    def add(self, item: Item) -> None:
        """Put one in."""
        self.ordered.add(item)
        self.model.add(item)

    @rule(item=items)
    def discard(self, item: Item) -> None:
        """Take one out, be it there or not."""
        self.ordered.discard(item)
        self.model.discard(item)

    @rule(item=st.none() | items, count=st.integers(0, 5))
    def read_after(self, item: Item | None, count: int) -> None:
        """Read a few."""
        expected = [one for one in sorted(self.model) if item is None or one > item]
        assert self.ordered.after(item, count) == expected[:count]

    @rule(prefix=texts)
    def read_starting(self, prefix: str) -> None:
        """Read what begins so."""
        expected = [one for one in sorted(self.model) if one[0].startswith(prefix)]
        places = self.ordered.starting(prefix)
        assert (len(places), self.ordered.at(places)) == (len(expected), expected)


TestOrderedSet = OrderedSetMachine.TestCase


def _large() -> OrderedSet[Compared]:
    ordered: OrderedSet[Compared] = OrderedSet()
    for number in range(10_000):
        ordered.add(compared(f"{number:05d}"))
    ordered.after(None, 1)
    return ordered


def test_adding_to_an_ordered_set_compares_nothing() -> None:
    """Items are sorted in when they are read and not before: adding and discarding cost the same at any size."""
    ordered = _large()
    assert comparisons(lambda: ordered.add(compared("5000a")), lambda: ordered.discard(compared("x"))) == 0


def test_reading_an_ordered_set_again_sorts_nothing() -> None:
    """After one reading, the next compares only what it takes to find its place."""
    ordered = _large()
    assert 0 < comparisons(lambda: ordered.after(compared("05000"), 3)) <= 20


def test_reading_after_a_few_changes_does_not_sort_everything() -> None:
    """A few items that came or went are put in their places; the ten thousand others are not looked at."""
    ordered = _large()
    for number in range(5):
        ordered.add(compared(f"{number}x"))
        ordered.discard(compared(f"{number:05d}"))
    assert 0 < comparisons(lambda: ordered.after(None, 1)) <= 10 * 20


def test_reading_after_many_changes_sorts_once() -> None:
    """Many items that came at once cost a merge, and not a search for each."""
    ordered = _large()
    for number in range(10_000):
        ordered.add(compared(f"{number:05d}x"))
    assert 0 < comparisons(lambda: ordered.after(None, 1)) <= 3 * 20_000


class Interrupted(tuple[str]):
    """An item whose comparing lets another thread go on."""

    __slots__ = ()

    def __lt__(self, other: tuple[str, ...]) -> bool:
        time.sleep(0)
        return super().__lt__(other)


def test_readers_may_sort_at_once() -> None:
    """Several threads that are the first to read see the same, whole."""
    ordered: OrderedSet[tuple[str]] = OrderedSet()
    for number in range(2_000):
        ordered.add((f"{number:04d}",))
    ordered.after(None, 1)
    for number in range(20):
        ordered.add(Interrupted((f"{number:04d}x",)))
    start = Barrier(4)

    def read() -> list[tuple[str]]:
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
            assert (len(found), set(found), key in self.groups._groups) == (len(expected), expected, bool(expected))


TestGroups = GroupsMachine.TestCase


def test_discarding_from_no_group_changes_nothing() -> None:
    """Where there is no such group there is nothing to take out of it."""
    groups: Groups[str, int] = Groups()
    groups.discard("a", 1)
    assert (groups._groups, list(groups.of("a"))) == ({}, [])


def test_small_groups_are_tuples_and_large_ones_sets() -> None:
    """A group of one or two takes the room of a tuple; taking from a large one does not copy it."""
    groups: Groups[str, int] = Groups()
    groups.add("small", 1)
    for number in range(100):
        groups.add("large", number)
    assert (type(groups.of("small")), type(groups.of("large"))) == (tuple, set)


bearers = st.lists(st.tuples(st.text("ab ", max_size=4), st.text("ab ", max_size=8)), max_size=8)


def _filled(known: list[tuple[str, str]]) -> Directory[int]:
    directory: Directory[int] = Directory()
    for number, (mark, name) in enumerate(known):
        directory.add(number, mark, name)
    return directory


def _rank(typed: str, mark: str, name: str) -> int | None:
    """Where somebody stands whom the text may mean, as the port says; ``None`` if it does not mean them."""
    if mark.startswith(typed):
        return 0 if mark == typed else 1
    begun, words = typed.split(), name.split()
    if not all(any(word.startswith(one) for word in words) for one in begun):
        return None
    return 2 if " ".join(words).startswith(" ".join(begun)) else 3


@given(known=bearers, typed=st.text("ab ", max_size=4))
def test_a_typed_text_leads_to_whomever_it_may_mean(known: list[tuple[str, str]], typed: str) -> None:
    """Those are found whose mark begins with the text or whose name has words that its words begin, and no others."""
    sought = Sought.of(typed)
    assert (sought is None) == (not typed.strip())
    if sought is not None:
        ranks = {number: (_rank(typed.strip(), *one), one[1]) for number, one in enumerate(known)}
        assert _filled(known).matching(sought) == {number: it for number, it in ranks.items() if it[0] is not None}


@given(known=bearers)
def test_who_is_forgotten_is_not_found(known: list[tuple[str, str]]) -> None:
    """When all are forgotten, in whatever order, nothing of them is left."""
    directory = _filled(known)
    for number, (mark, name) in sorted(enumerate(known), key=lambda one: one[1]):
        directory.discard(number, mark, name)
    assert (directory._words.after(None, 9), directory._marks.after(None, 9)) == ([], [])


@pytest.mark.parametrize("typed", ["trust rare", "rare trust", "r trust"])
def test_the_rarest_word_leads(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several words, whoever bears the one with the fewest bearers is looked at, and none of the many others."""
    looked_at: list[str] = []
    begins_words_of = Sought.begins_words_of

    def counted(self: Sought, words: str) -> bool:
        looked_at.append(words)
        return begins_words_of(self, words)

    monkeypatch.setattr(Sought, "begins_words_of", counted)
    directory = _filled([("", "Family Trust")] * 1_000 + [("", "Rare Trust")])
    sought = Sought.of(typed)
    assert sought is not None
    assert [*directory.matching(sought)] == [1_000]
    assert looked_at == [" rare trust"]


def test_a_position_that_comes_or_goes_twice_counts_once() -> None:
    """Whatever of a change that was stopped had been done, what undoes it does it again."""
    positions, whose = Positions(), (JANE_ID, None)
    positions.discard(whose, 1)
    for position in (1, 1, 2):
        positions.add(whose, position)
    assert positions.after(0, whose, 9) == [1, 2]
    for _ in range(2):
        positions.discard(whose, 2)
    assert positions.after(0, whose, 9) == [1]


class Stopping(tuple[str]):
    """An item at which a reader is stopped when it is first compared."""

    __slots__ = ()
    is_due = True

    def __gt__(self, other: tuple[str, ...]) -> bool:
        if Stopping.is_due:
            Stopping.is_due = False
            raise KeyboardInterrupt
        return super().__gt__(other)


def test_a_reader_who_is_stopped_loses_nothing() -> None:
    """What has come is sorted in when it is next read."""
    ordered: OrderedSet[tuple[str]] = OrderedSet()
    for number in range(200):
        ordered.add((f"{number:03}",))
    ordered.after(None, 1)
    ordered.add(Stopping(("new",)))
    with pytest.raises(KeyboardInterrupt):
        ordered.after(None, 1)
    assert ordered.after(("199",), 9) == [("new",)]
