"""Ids and texts, refused at the door."""

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_linkage import InvalidValue
from portal_linkage.domain.values import check_id, check_text, check_type, flaw_of, new_uuid


def test_a_user_id_is_a_uuid_of_version_7() -> None:
    """Version and variant are those of RFC 9562, in the usual spelling."""
    made = new_uuid()
    read = uuid.UUID(made)
    assert str(read) == made
    assert (read.version, read.variant) == (7, uuid.RFC_4122)


def test_user_ids_sort_by_the_time_at_which_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first 48 bits are the milliseconds since 1970."""
    moment = 1_767_225_600_000
    monkeypatch.setattr(time, "time_ns", lambda: moment * 1_000_000 + 999_999)
    made = uuid.UUID(new_uuid())
    assert made.int >> 80 == moment
    monkeypatch.setattr(time, "time_ns", lambda: (moment + 1) * 1_000_000)
    assert str(made) < new_uuid()


def test_a_user_id_does_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one millisecond too, each id is another one: 74 bits are random."""
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    made = [uuid.UUID(new_uuid()).int for _ in range(10_000)]
    assert len(set(made)) == 10_000
    touched = 0
    for one in made:
        touched |= one ^ made[0]
    assert touched.bit_count() == 74


@given(st.text(max_size=20), st.integers(0, 10), st.integers(0, 20))
def test_a_text_is_fine_or_has_a_flaw(text: str, least: int, most: int) -> None:
    """NUL, lone surrogates and the wrong length are flaws, and nothing else is."""
    flawed = "\0" in text or any("\ud800" <= one <= "\udfff" for one in text) or not least <= len(text) <= most
    assert (flaw_of(text, least=least, most=most) is not None) is flawed
    if flawed:
        with pytest.raises(InvalidValue, match=r"^name: "):
            check_text("name", text, least=least, most=most)
    else:
        assert check_text("name", text, least=least, most=most) is text


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("a", None),
        ("é", None),
        ("\U0001f600" * 200, None),
        (" ", None),
        ("", "must not be empty"),
        ("a" * 201, "is longer than 200 characters"),
        ("a\0", "holds a NUL character"),
        ("é\0", "holds a NUL character"),
        ("a\ud800", "holds a lone surrogate"),
        ("\udfffa", "holds a lone surrogate"),
    ],
)
def test_an_id_is_a_text_of_1_to_200_characters(text: str, flaw: str | None) -> None:
    """Every kind of id, and the reason never repeats it."""
    assert flaw_of(text, least=1, most=200) == flaw
    if flaw is None:
        check_id("entity_id", text)
        assert check_text("entity_id", text, most=200) is text
    else:
        with pytest.raises(InvalidValue) as refused:
            check_id("entity_id", text)
        assert (refused.value.field, refused.value.reason) == ("entity_id", flaw)


@pytest.mark.parametrize("value", [None, 1001, b"1001", ["1001"], uuid.uuid4()])
def test_an_id_is_a_text(value: object) -> None:
    """A number or a UUID object is not the same key on every store, so it is a mistake in the program."""
    with pytest.raises(TypeError, match="entity_id must be str, not"):
        check_id("entity_id", value)


def test_a_wrong_type_is_told_with_all_that_would_be_right() -> None:
    """The message names the field and the types, and never the value."""
    with pytest.raises(TypeError, match=r"^claim must be int or str, not list$"):
        check_type("claim", ["secret"], (int, str))
    with pytest.raises(TypeError, match=r"^attempts must be int, not bool$"):
        check_type("attempts", True, int)  # noqa: FBT003 -- a switch is no number
    check_type("active", True, bool)  # noqa: FBT003 -- a switch is a switch
