"""Addresses that are taken for others."""

import unicodedata

import pytest

from portal_linkage.domain.values import _email

from ..fault import answers, breaks, instead


@breaks("L16", "test_tags_dots_domains_and_letters_outside_ascii_count")
def folds_the_case_of_all_letters(patch: pytest.MonkeyPatch) -> None:
    """The mailboxes of two people are one, because their names differ in case alone."""
    answers(patch, _email, "_key", str.casefold)


@breaks("L16", "test_tags_dots_domains_and_letters_outside_ascii_count")
def does_not_mind_tags(patch: pytest.MonkeyPatch) -> None:
    """What comes after a plus makes no difference."""

    def untagged(key: str) -> str:
        local, _, domain = key.partition("@")
        return f"{local.partition('+')[0]}@{domain}"

    answers(patch, _email, "_key", untagged)


@breaks("L16", "test_a_store_takes_two_addresses_for_one_exactly_when_the_law_does")
def minds_case_before_the_at(patch: pytest.MonkeyPatch) -> None:
    """Whoever writes their name with a capital is somebody else."""

    def key(_: object, trimmed: str) -> str:
        local, _, domain = unicodedata.normalize("NFC", trimmed).partition("@")
        return f"{local}@{domain.lower()}"

    instead(patch, _email, "_key", key)


@breaks("L16", "test_lower_casing_is_followed_by_composing_once_more", by_machine=False)
def composes_once_alone(patch: pytest.MonkeyPatch) -> None:
    """A letter and its mark that lower-casing has brought together are two."""
    patch.setattr(_email, "_key", lambda text: unicodedata.normalize("NFC", text).translate(_email._LOWER_A_TO_Z))


@breaks("L16", "test_what_only_looks_like_ascii_is_refused", by_machine=False)
def takes_what_only_looks_like_ascii(patch: pytest.MonkeyPatch) -> None:
    """An address with the sign for kelvin is taken for one with a K."""
    patch.setattr(
        _email,
        "_character_flaw",
        lambda character: _email._REFUSED_CATEGORIES.get(unicodedata.category(character)),
    )
