"""Addresses match narrowly (L16)."""

import copy
import pickle
import sys
import unicodedata

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from portal_linkage import EmailAddress, InvalidEmail, InvalidValue, VerifiedEmail

LETTERS = st.characters(exclude_categories=["C", "Z"], exclude_characters="@.")
PARTS = st.text(LETTERS, min_size=1, max_size=12)
LIKELY = st.builds("{}@{}".format, PARTS, PARTS)
"""Texts that are mostly addresses; NFC may still make an ``@`` or a hyphen of something."""

ADDRESS = EmailAddress.parse("Jane.Smith@Example.com")


def parsed(text: str) -> EmailAddress | None:
    """The address, or ``None`` where it is refused."""
    try:
        return EmailAddress.parse(text)
    except InvalidEmail:
        return None


def reason(text: str) -> str:
    """Why an address is refused."""
    with pytest.raises(InvalidEmail) as refused:
        EmailAddress.parse(text)
    assert refused.value.field == "email"
    return refused.value.reason


def as_the_law_says(text: str) -> str:
    """Trimmed, NFC, A-Z in small letters, NFC again: written from the words of L16."""
    small = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", strict=True))
    composed = unicodedata.normalize("NFC", text.strip(" \t\r\n"))
    return unicodedata.normalize("NFC", "".join(small.get(letter, letter) for letter in composed))


# -- What is matched ---------------------------------------------------------------------------------------------------


@given(st.text(max_size=40) | LIKELY | st.text(st.sampled_from("aA@.-+ \t\0\ud800K\u0331é"), max_size=12))
@example("")
@example("@")
@example("a@b@c")
def test_reading_an_address_raises_nothing_but_its_own_error(text: str) -> None:
    """Whatever is typed is an address or an InvalidEmail, and never anything else (L16)."""
    address = parsed(text)
    assert address is None or str(address) == text.strip(" \t\r\n")


@given(LIKELY)
@example("H\u0331@example.com")
@example("jane@example.H\u0331")
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """To make a key twice is to make it once (L16)."""
    address = parsed(text)
    assume(address is not None)
    assert address is not None
    assert EmailAddress.parse(address.key).key == address.key
    assert address.key == as_the_law_says(text)


@given(LIKELY, LIKELY)
def test_two_addresses_are_one_only_where_the_law_says_so(one: str, other: str) -> None:
    """Addresses are equal exactly when they differ in edge blanks, composition and the case of A-Z (L16)."""
    first, second = parsed(one), parsed(other)
    assume(first is not None)
    assume(second is not None)
    assert (first == second) is (as_the_law_says(one) == as_the_law_says(other))


@given(LIKELY, st.text(" \t\r\n", max_size=3), st.text(" \t\r\n", max_size=3))
def test_case_blanks_at_the_edge_and_composition_make_no_difference(text: str, before: str, after: str) -> None:
    """However an address is spelled within the law, it is the same one, in a set as well (L16)."""
    address = parsed(text)
    assume(address is not None)
    assert address is not None
    shouted = "".join(letter.upper() if letter.isascii() else letter for letter in address.key)
    spellings = (
        before + text + after,
        unicodedata.normalize("NFC", text),
        unicodedata.normalize("NFD", text),
        shouted,
    )
    for spelling in spellings:
        again = parsed(spelling)
        assert again is None or again == address
        assert again is None or {again, address} == {address}
    assert EmailAddress.parse(before + text + after) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane.smith@example.com", "janesmith@example.com"),
        ("jane+bills@example.com", "jane@example.com"),
        ("jane@example.com", "jane@example.com.au"),
        ("jané@example.com", "jane@example.com"),
        ("JANÉ@example.com", "jané@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("\u0131@example.com", "i@example.com"),
        ("\u0130@example.com", "i\u0307@example.com"),
        ("\ufb01@example.com", "fi@example.com"),
        ("\u017f@example.com", "s@example.com"),
        ("\uff21@example.com", "a@example.com"),
        ("j\u0430ne@example.com", "jane@example.com"),
        ("jane@example\uff61com", "jane@example.com"),
        ("a.b@example.com", "a..b@example.com"),
        ("\u03c3@example.com", "\u03c2@example.com"),
    ],
)
def test_what_looks_alike_is_not_one_mailbox(one: str, other: str) -> None:
    """Dots, plus-tags, accents, confusable letters and other case mappings count (L16)."""
    assert parsed(one) is not None
    assert parsed(one) != parsed(other)


@pytest.mark.parametrize(
    "text", ["jane@example.fox", "jane@Example.fox", "JANE@EXAMPLE.FOX", "\t Jane@Example.foX\r\n"]
)
def test_the_case_of_a_to_z_does_not_count_in_either_part(text: str) -> None:
    """One mailbox, however it is shouted (L16)."""
    assert EmailAddress.parse(text) == EmailAddress.parse("jane@example.fox")
    assert EmailAddress.parse(text).key == "jane@example.fox"


def test_a_letter_and_its_mark_that_compose_only_in_small_letters_are_composed() -> None:
    """H with U+0331 has no composed capital, but h has: the key is composed once more after lower-casing (L16)."""
    shouted, said, composed = (f"{letter}@example.com" for letter in ("H\u0331", "h\u0331", "\u1e96"))
    assert EmailAddress.parse(shouted).key == "\u1e96@example.com"
    assert EmailAddress.parse(shouted) == EmailAddress.parse(said) == EmailAddress.parse(composed)


def test_an_address_is_not_a_text() -> None:
    """A key or a text that happens to be the same is not the address."""
    assert ADDRESS != "jane.smith@example.com"
    assert ADDRESS.key != ADDRESS


# -- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["\u212a", "\u037e", "\u1fef"])
@pytest.mark.parametrize("shape", ["{}@example.com", "jane@ex{}ample.com"])
def test_a_character_that_becomes_ascii_is_refused(letter: str, shape: str) -> None:
    """The Kelvin sign, the Greek question mark and the Greek varia are not K, ; and ` (L16)."""
    assert reason(shape.format(letter)) == "holds a character that only looks like an ASCII one"


def test_no_code_point_of_unicode_is_taken_for_an_ascii_character() -> None:
    """Whatever any case mapping or normal form would make of it, it makes no address of its ASCII look-alike (L16)."""
    met = 0
    for point in range(0x80, sys.maxunicode + 1):
        letter = chr(point)
        folded = unicodedata.normalize("NFKD", letter).casefold()
        plain = "".join(one for one in folded if one.isascii() and one.isalnum())
        if plain:
            address = parsed(f"{letter}@example.com")
            met += 1
            assert address is None or address.key != f"{plain}@example.com"
            assert address is None or not address.key.isascii()
    assert met > 1000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must have one @ between two non-empty parts"),
        ("jane", "must have one @ between two non-empty parts"),
        ("@example.com", "must have one @ between two non-empty parts"),
        ("jane@", "must have one @ between two non-empty parts"),
        ("jane@smith@example.com", "must have one @ between two non-empty parts"),
        ('"jane@smith"@example.com', "must have one @ between two non-empty parts"),
        (".jane@example.com", "has a dot at the edge of its local part, or two dots in a row"),
        ("jane.@example.com", "has a dot at the edge of its local part, or two dots in a row"),
        ("jane..smith@example.com", "has a dot at the edge of its local part, or two dots in a row"),
        ("jane@example..com", "has a dot at the edge of its local part, or two dots in a row"),
        ("jane@.example.com", "has a dot or a hyphen at the edge of its domain"),
        ("jane@example.com.", "has a dot or a hyphen at the edge of its domain"),
        ("jane@-example.com", "has a dot or a hyphen at the edge of its domain"),
        ("jane@example.com-", "has a dot or a hyphen at the edge of its domain"),
        ("jane smith@example.com", "holds a blank"),
        ("jane@example .com", "holds a blank"),
        ("jane\u00a0@example.com", "holds a blank"),
        ("\u2003jane@example.com", "holds a blank"),
        ("jane\u2028@example.com", "holds a blank"),
        ("jane\u2029@example.com", "holds a blank"),
        ("jane\0@example.com", "holds a control character"),
        ("jane\n@example.com", "holds a control character"),
        ("jane\x7f@example.com", "holds a control character"),
        ("jane@example.com\x0b", "holds a control character"),
        ("jane\x85@example.com", "holds a control character"),
        ("jane\u200b@example.com", "holds a format character"),
        ("\u202ejane@example.com", "holds a format character"),
        ("jane\u00ad@example.com", "holds a format character"),
        ("jane\ue000@example.com", "holds a private-use character"),
        ("jane\U0010fffd@example.com", "holds a private-use character"),
        ("jane\uffff@example.com", "holds an unassigned character"),
        ("jane\u0378@example.com", "holds an unassigned character"),
        ("jane\ud800@example.com", "holds a lone surrogate"),
        ("jane@example.com\udfff", "holds a lone surrogate"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(text: str, told: str) -> None:
    """The reason says what is wrong, and never repeats what was typed (L16)."""
    assert reason(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "jane-@example.com",
        "-jane@example.com",
        "jane@exam-ple.com",
        "jane@localhost",
        "jane@X.example",
        "j@e",
        "!#$%&'*+/=?^_`{|}~-@example.com",
        '"jane"@example.com',
        "jane(comment)@example.com",
        "jane@[127.0.0.1]",
        "jane@例え.example",
        "<jane@example.com>",
        "jane@a_b.example",
    ],
)
def test_the_library_is_no_validator(text: str) -> None:
    """What the law does not refuse is matched as it is written (L16)."""
    assert str(EmailAddress.parse(text)) == text


@pytest.mark.parametrize(
    ("local", "fits"),
    [
        ("a" * 242, True),
        ("a" * 243, False),
        ("é" * 121, True),
        ("é" * 121 + "a", False),
        ("e\u0301" * 121, True),
        ("e\u0301" * 121 + "a", False),
        ("\U0001f600" * 60 + "aa", True),
        ("\U0001f600" * 60 + "aaa", False),
        ("a" * 2000, False),
    ],
)
def test_an_address_has_at_most_254_octets_in_nfc(local: str, fits: bool) -> None:
    """Octets are counted after composition, so that no spelling of one mailbox is refused for its length (L16)."""
    text = f"{local}@example.com"
    if fits:
        assert str(EmailAddress.parse(f" {text} ")) == text
    else:
        assert reason(text) == "is longer than 254 octets"


@pytest.mark.parametrize(
    "flood",
    [
        "a" * 10_000_000,
        "a@" * 3_000_000,
        "@" + "\u0301" * 3_000_000,
        "a@b" + "\u0301" * 1_000_000,
        " " * 10_000_000,
        "\u0344" * 1000 + "@b",
        "\U0001f468\u200d" * 1_000_000,
    ],
)
def test_a_flood_is_refused_at_once(flood: str) -> None:
    """An address as long as a book costs no more than a look at its length."""
    assert reason(flood)


@pytest.mark.parametrize("value", [None, 1, b"jane@example.com", ADDRESS, ["jane@example.com"]])
def test_what_is_no_text_is_no_address(value: object) -> None:
    """A wrong type is a mistake in the program, not of the person."""
    with pytest.raises(TypeError, match="email must be str"):
        EmailAddress.parse(value)  # type: ignore[arg-type]


def test_a_refusal_is_an_invalid_value_too() -> None:
    """Who catches InvalidValue, or ValueError, catches InvalidEmail."""
    with pytest.raises(InvalidValue):
        EmailAddress.parse("jane")
    with pytest.raises(ValueError, match="email: must have one @"):
        EmailAddress.parse("jane")


# -- What is shown and kept --------------------------------------------------------------------------------------------


def test_an_address_shows_itself_only_on_purpose() -> None:
    """``str()`` is the trimmed original, ``repr()`` tells nobody anything."""
    address = EmailAddress.parse("  Jane.Smith@Example.com\n")
    assert str(address) == "Jane.Smith@Example.com"
    assert repr(address) == "EmailAddress(***)"
    assert f"{[address]}" == "[EmailAddress(***)]"


def test_addresses_are_found_fast_in_a_set() -> None:
    """They do not all lie on one heap."""
    assert len({hash(EmailAddress.parse(f"jane+{number}@example.com")) for number in range(9)}) > 1


@pytest.mark.parametrize("turn", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_an_address_travels_whole(turn: "object") -> None:
    """A copy, or one that was pickled, is the same address with the same spelling."""
    assert callable(turn)
    again = turn(ADDRESS)
    assert again == ADDRESS
    assert str(again) == "Jane.Smith@Example.com"
    assert again.key == ADDRESS.key


def test_an_address_is_parsed_and_not_constructed() -> None:
    """There is one door, and it checks."""
    with pytest.raises(TypeError, match=r"^an EmailAddress is made by EmailAddress\.parse\(text\)$"):
        EmailAddress("jane@example.com")  # type: ignore[arg-type]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ADDRESS.key = "other@example.com"  # type: ignore[misc]


def test_a_store_gives_an_address_back_as_it_was() -> None:
    """Restoring does not read the address again."""
    restored = EmailAddress.restore("Jane.Smith@Example.com", "jane.smith@example.com")
    assert restored == ADDRESS
    assert str(restored) == str(ADDRESS)


# -- Verified ----------------------------------------------------------------------------------------------------------


def test_an_address_is_verified_by_the_host_alone() -> None:
    """A verified address is attested, with the word of how the host knows (L1)."""
    verified = VerifiedEmail.attest("Jane.Smith@Example.com", via="confirmation link")
    assert verified.email == ADDRESS
    assert verified.via == "confirmation link"
    assert VerifiedEmail.attest(ADDRESS, via="confirmation link") == verified
    assert hash(verified) == hash(VerifiedEmail.attest(ADDRESS, via="confirmation link"))
    with pytest.raises(TypeError, match=r"^an address is attested, .*: VerifiedEmail\.attest\(address, via='...'\)$"):
        VerifiedEmail("jane@example.com")  # type: ignore[arg-type]


def test_a_verified_address_is_masked() -> None:
    """Neither the address nor how it was verified stands in a log."""
    assert repr(VerifiedEmail.attest(ADDRESS, via="token 1234")) == "VerifiedEmail(email=***, via=***)"


def test_a_verified_address_travels_whole() -> None:
    """It may wait in a queue."""
    verified = VerifiedEmail.attest(ADDRESS, via="confirmation link")
    assert pickle.loads(pickle.dumps(verified)) == verified  # noqa: S301 -- our own
    assert copy.deepcopy(verified) == verified


@pytest.mark.parametrize(
    ("email", "via", "error", "told"),
    [
        ("jane", "mail", InvalidEmail, "email: "),
        (None, "mail", TypeError, "email must be str or EmailAddress, "),
        (b"jane@example.com", "mail", TypeError, "email must be str or EmailAddress, "),
        ("jane@example.com", "", InvalidValue, "via: "),
        ("jane@example.com", "x" * 501, InvalidValue, "via: "),
        ("jane@example.com", "\0", InvalidValue, "via: "),
        ("jane@example.com", None, TypeError, "via must be str, "),
    ],
)
def test_nonsense_is_not_attested(email: object, via: object, error: type[Exception], told: str) -> None:
    """The host's word is a text too, and the address is one; the refusal names which of the two it is about."""
    with pytest.raises(error, match=f"^{told}"):
        VerifiedEmail.attest(email, via=via)  # type: ignore[arg-type]


@pytest.mark.parametrize("via", ["x", "x" * 500])
def test_one_character_is_a_word_of_the_host_and_so_are_500(via: str) -> None:
    """How the host knows is its own affair (L1)."""
    assert VerifiedEmail.attest(ADDRESS, via=via).via == via
