"""What the docs say of the kit in numbers is so: ``python -m tests.testing.test_numbers`` writes it there."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from portal_linkage.testing import (
    InvoiceReaderContract,
    LateFeeReaderContract,
    PaymentReaderContract,
    StoreContract,
)
from portal_linkage.testing.laws.machine import NORMAL
from portal_linkage.testing.promises import Contract
from tests.cases import cases
from tests.readers.test_faults import CAUGHT
from tests.teeth.faults import FAULTS

PAGE: Final = Path(__file__).parents[2] / "docs" / "write-an-adapter.md"


def promises(contract: type[Contract]) -> list[Any]:
    """The promises of a contract."""
    return [getattr(contract, name) for name in dir(contract) if name.startswith("test_")]


def made_by(contract: type[Contract]) -> int:
    """How many tests pytest makes of its promises."""
    return sum(len([*cases(promise)]) for promise in promises(contract))


def drawn(promised: Iterable[Any]) -> int:
    """How many examples Hypothesis draws for these."""
    properties = [promise for promise in promised if hasattr(promise, "hypothesis")]
    return sum(one._hypothesis_internal_use_settings.max_examples for one in properties)


OF_VALUES: Final = [
    getattr(StoreContract, name)
    for name in (
        "test_1200_equals_1200_00",
        "test_a_text_is_an_address_exactly_where_the_law_says",
        "test_addresses_are_equal_exactly_when_their_keys_are",
        "test_an_amount_prints_with_its_usual_decimals_and_never_loses_one",
        "test_an_attested_address_cannot_be_constructed",
        "test_floats_are_refused",
        "test_lower_casing_is_followed_by_composing_once_more",
        "test_tags_dots_domains_and_letters_outside_ascii_count",
        "test_what_is_no_exact_amount_is_refused",
        "test_what_only_looks_like_ascii_is_refused",
    )
]
"""The promises that no store has a part in."""


FACTS: Final[Mapping[str, Callable[[], int]]] = {
    "promises of a store": lambda: len(promises(StoreContract)),
    "of these, promises of the library's own values, the same on every store": lambda: len(OF_VALUES),
    "tests that they all make": lambda: made_by(StoreContract),
    "examples that a run of them draws, histories included": lambda: (
        drawn(promises(StoreContract)) + NORMAL.max_examples
    ),
    "of these, examples of the library's own values": lambda: drawn(OF_VALUES),
    "promises of a reader of invoices": lambda: len(promises(InvoiceReaderContract)),
    "promises of a reader of late fees": lambda: len(promises(LateFeeReaderContract)),
    "promises of a reader of payments": lambda: len(promises(PaymentReaderContract)),
    "faulty readers that are planted, and caught": lambda: len(CAUGHT),
    "faults that are planted in stores and services, and caught": lambda: len(FAULTS),
    "faults that the machine alone catches": lambda: sum(fault.by_machine for fault in FAULTS),
}


def written() -> dict[str, int]:
    """The numbers that the page has."""
    rows = re.findall(r"^\| ([a-z][^|]*) \| ([0-9]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {label: int(number) for label, number in rows}


def test_the_page_has_these_numbers_and_no_others() -> None:
    """Whoever adds one says how it is counted."""
    assert set(written()) == set(FACTS)


@pytest.mark.parametrize("fact", FACTS)
def test_the_number_is_right(fact: str) -> None:
    """As the kit is counted."""
    assert written()[fact] == FACTS[fact]()


@pytest.mark.parametrize("promise", OF_VALUES, ids=lambda promise: promise.__name__)
def test_what_is_promised_of_values_needs_no_store(promise: Callable[..., None]) -> None:
    """Where there is no store it is kept as well."""
    for case in cases(promise):
        promise(StoreContract(), **case)


def write() -> None:
    """Let the page have the numbers."""
    page = PAGE.read_text(encoding="utf-8")
    for fact, count in FACTS.items():
        page = re.sub(rf"^\| {fact} \| [0-9]+ \|$", f"| {fact} | {count()} |", page, flags=re.MULTILINE)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
