"""What the docs say of the kit in numbers is so: ``python -m tests.testing.test_numbers`` writes it there."""

import re
from collections.abc import Callable, Mapping
from math import prod
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
from tests.readers.test_faults import CAUGHT
from tests.teeth.faults import FAULTS

PAGE: Final = Path(__file__).parents[2] / "docs" / "write-an-adapter.md"


def promises(contract: type[Contract]) -> list[Any]:
    """The promises of a contract."""
    return [getattr(contract, name) for name in dir(contract) if name.startswith("test_")]


def cases(contract: type[Contract]) -> int:
    """How many tests pytest makes of them."""

    def of(promise: Any) -> int:  # noqa: ANN401 -- a test
        marks = [mark.args for mark in getattr(promise, "pytestmark", []) if mark.name == "parametrize"]
        return prod(len([*values]) for _, values in marks)

    return sum(map(of, promises(contract)))


def examples(contract: type[Contract]) -> int:
    """How many examples Hypothesis draws for them, histories included."""
    properties = [promise for promise in promises(contract) if hasattr(promise, "hypothesis")]
    drawn: list[int] = [one._hypothesis_internal_use_settings.max_examples for one in properties]
    return sum(drawn) + NORMAL.max_examples


FACTS: Final[Mapping[str, Callable[[], int]]] = {
    "promises of a store": lambda: len(promises(StoreContract)),
    "tests that they make": lambda: cases(StoreContract),
    "examples that a run of them draws": lambda: examples(StoreContract),
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


def write() -> None:
    """Let the page have the numbers."""
    page = PAGE.read_text(encoding="utf-8")
    for fact, count in FACTS.items():
        page = re.sub(rf"^\| {fact} \| [0-9]+ \|$", f"| {fact} | {count()} |", page, flags=re.MULTILINE)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
