"""The exact orders of the design, as keys."""

import functools
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal_linkage.domain.values import after_prefix, client_number_key, search_key, words_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.text("0123456789", min_size=1, max_size=6) | st.text("0129A-é\u0661", min_size=1, max_size=4)


def as_the_design_says(one: str, other: str) -> int:
    """ASCII digits only first (leading zeros stripped, by length, then digits, then raw), all others by code point."""
    digits = [bool(text) and set(text) <= set("0123456789") for text in (one, other)]
    if digits != [True, True]:
        return (digits[1] - digits[0]) or (one > other) - (one < other)
    stripped = [text.lstrip("0") for text in (one, other)]
    for left, right in ((len(stripped[0]), len(stripped[1])), tuple(stripped), (one, other)):
        if left != right:
            return 1 if left > right else -1  # type: ignore[operator]
    return 0


# -- Client numbers ----------------------------------------------------------------------------------------------------


@given(st.lists(NUMBERS, max_size=8))
def test_client_numbers_sort_as_the_design_says(numbers: list[str]) -> None:
    """The stored key sorts by code point exactly as people expect client numbers to sort."""
    assert sorted(numbers, key=client_number_key) == sorted(numbers, key=functools.cmp_to_key(as_the_design_says))


@given(NUMBERS, NUMBERS)
def test_two_client_numbers_never_share_a_place(one: str, other: str) -> None:
    """Numbers that differ in leading zeros alone still have an order."""
    assert (client_number_key(one) == client_number_key(other)) is (one == other)


def test_client_numbers_in_order() -> None:
    """Zeros, then by length and digits, then everything that is not digits alone."""
    shown = [
        "0",
        "00",
        "007",
        "07",
        "7",
        "8",
        "10",
        "0099",
        "99",
        "100",
        "-1",
        "1 0",
        "1.0",
        "10A",
        "A1",
        "a1",
        "é",
        "\u0661",
    ]
    assert sorted(set(shown), key=client_number_key) == shown
    longest = ["1" * 199 + "0", "1" * 200]
    assert sorted([*longest[::-1], "9" * 199], key=client_number_key) == ["9" * 199, *longest]


# -- Searches ----------------------------------------------------------------------------------------------------------


@given(TEXTS)
@example("ΐ")
@example("\u0345\u0301")
@example("İ")
def test_the_search_key_of_a_search_key_is_itself(text: str) -> None:
    """What is folded stays folded, in NFC."""
    key = search_key(text)
    assert search_key(key) == key
    assert unicodedata.is_normalized("NFC", key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SMITH", "smith"),
        ("STRASSE", "straße"),
        ("ÉMILE", "émile"),
        ("e\u0301mile", "Émile"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("\u212a", "k"),
    ],
)
def test_a_search_is_blind_to_case_and_composition(one: str, other: str) -> None:
    """A search finds what looks the same, made in Python for every store."""
    assert search_key(one) == search_key(other)


def test_a_search_is_not_blind_to_accents() -> None:
    """An accent is a letter of its own."""
    assert search_key("é") != search_key("e")
    assert search_key("1001 ") != search_key("1001")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Smith, Jane", ("smith", "jane")),
        ("Jane Smith Realty Group", ("jane", "smith", "realty", "group")),
        ("O'Neil-Smith & Sons (1998)", ("o", "neil", "smith", "sons", "1998")),
        ("snake_case", ("snake", "case")),
        ("a@b.c", ("a", "b", "c")),
        ("ÉMILE  e\u0301mile", ("émile", "émile")),
        ("東京 2024年", ("東京", "2024年")),
        ("", ()),
        (" \t\0_-—", ()),
        ("%_", ()),
    ],
)
def test_a_word_starts_after_anything_but_a_letter_or_digit(text: str, words: tuple[str, ...]) -> None:
    """Blanks, punctuation, underscores and the signs of SQL patterns divide words."""
    assert words_of(text) == words


@given(TEXTS)
def test_words_are_runs_of_letters_and_digits(text: str) -> None:
    """Nothing but letters and digits is in a word, and none of them is lost."""
    words = words_of(text)
    assert all(word and word.isalnum() for word in words)
    assert "".join(words) == "".join(letter for letter in search_key(text) if letter.isalnum())


# -- Ranges ------------------------------------------------------------------------------------------------------------


@given(TEXTS, TEXTS)
@example("", "a")
@example(chr(sys.maxunicode), chr(sys.maxunicode))
@example("a\ud7ff", "a\ue000")
@example("a" + chr(sys.maxunicode), "b")
def test_a_prefix_is_a_range(prefix: str, text: str) -> None:
    """A text begins with a prefix exactly if it lies from the prefix to just before what comes after it."""
    after = after_prefix(prefix)
    for candidate in (text, prefix + text, prefix[:-1] + text, text + prefix):
        in_range = prefix <= candidate and (after is None or candidate < after)
        assert in_range is candidate.startswith(prefix)


@pytest.mark.parametrize(
    ("prefix", "after"),
    [
        ("a", "b"),
        ("az", "a{"),
        ("a\ud7ff", "a\ue000"),
        ("a" + chr(sys.maxunicode - 1), "a" + chr(sys.maxunicode)),
        ("a" + chr(sys.maxunicode), "b"),
        (chr(sys.maxunicode) * 3, None),
        ("", None),
    ],
)
def test_what_comes_after_a_prefix(prefix: str, after: str | None) -> None:
    """The least text after it: it holds no surrogate, which no database would take."""
    assert after_prefix(prefix) == after
