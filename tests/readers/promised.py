"""Which promises a reader breaks, and what is said of each."""

import inspect
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from portal_linkage.testing.promises import Contract
from portal_linkage.testing.readers._base import ReaderPromises, link_jane


def promises(kind: type[Contract]) -> list[str]:
    """The promises of a contract that are told by an example."""
    names = (name for name in dir(kind) if name.startswith("test_"))
    return [name for name in names if not hasattr(getattr(kind, name), "hypothesis")]


def broken(kind: type[ReaderPromises]) -> dict[str, BaseException]:
    """Which of them a reader breaks, each with the error."""
    found: dict[str, BaseException] = {}
    for name in promises(kind):
        for about in _cases(getattr(kind, name)):
            try:
                _keep(kind(), name, about)
            except pytest.skip.Exception:
                continue
            except Exception as error:  # noqa: BLE001 -- a faulty reader may fail in any way
                found[name] = error
    return found


def _keep(contract: ReaderPromises, name: str, about: dict[str, Any]) -> None:
    """Hold one promise, as pytest does."""
    promise = getattr(contract, name)
    fixtures = inspect.signature(promise).parameters.keys() - about.keys()
    if not fixtures:
        promise(**about)
        return
    with contract.anew() as store:
        if "linked" in fixtures:
            link_jane(store)
        promise(**dict.fromkeys(fixtures, store), **about)


def _cases(promise: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- a test
    """What it is parametrized with."""
    marks = [mark.args for mark in getattr(promise, "pytestmark", []) if mark.name == "parametrize"]
    for values in product(*(args[1] for args in marks)):
        yield dict(zip((args[0] for args in marks), values, strict=True))
