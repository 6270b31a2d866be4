"""All that a parametrized test is asked with, where it is run by other means than pytest's."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any


def cases(test: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 -- a test, as pytest or Hypothesis has made it
    """One mapping of names to values for each test that pytest makes of it, as its marks say."""
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in product(*(values for _, values in marks)):
        case: dict[str, Any] = {}
        for (names, _), values in zip(marks, chosen, strict=True):
            case |= {names: values} if isinstance(names, str) else dict(zip(names, values, strict=True))
        yield case
