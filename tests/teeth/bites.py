"""What it means that a fault is caught."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from portal_linkage.testing.titles import LAWS

from .bench import EXAMPLES, broken_by_machine, broken_promise, law_of, says_broken
from .fault import Fault

WHERE: Final = Path(__file__).with_name("caught.toml")
CAUGHT: Final[Mapping[str, list[str]]] = tomllib.loads(WHERE.read_text())
"""All the examples that each fault breaks. What a property draws changes with its strategies; some are named beside."""


def check_promises(fault: Fault) -> None:
    """Each promise that the fault names is broken, and says so; the first of the fault's own law."""
    assert fault.promises, f"{fault}: no promise is said to catch it"
    assert law_of(fault.promises[0]) == fault.law, f"{fault}: its first promise serves {law_of(fault.promises[0])}"
    for promise in fault.promises:
        error, law = _broken_in_some_run(fault, promise), law_of(promise)
        assert error is not None, f"{fault}: {promise} is kept"
        assert says_broken(error, law), f"{fault}: {promise} does not say that {law} is broken"


def _broken_in_some_run(fault: Fault, promise: str) -> BaseException | None:
    """What one version of Hypothesis draws in the first run, another draws in the next."""
    return next((error for seed in range(1, 6) if (error := broken_promise(fault, promise, seed))), None)


def check_machine(fault: Fault) -> None:
    """The machine finds it, and says which law is broken."""
    error = broken_by_machine(fault)
    assert error is not None, f"{fault}: the machine finds nothing"
    assert any(says_broken(error, law) for law in LAWS), f"{fault}: the machine does not say which law is broken"


def broken_among(promises: Iterable[str], fault: Fault) -> list[str]:
    """Which of these promises the fault breaks."""
    return [promise for promise in promises if broken_promise(fault, promise) is not None]


def check_all(fault: Fault) -> None:
    """The examples that it breaks are those that are written down."""
    assert {*broken_among(EXAMPLES, fault)} == {*CAUGHT[fault.name]}, f"{fault}: something else catches it"
