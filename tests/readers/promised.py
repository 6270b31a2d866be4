"""Which promises a reader breaks, and what is said of each."""

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from portal_linkage.testing.promises import Contract
from portal_linkage.testing.readers._base import ReaderPromises, link_jane
from tests.cases import cases


def promises(kind: type[Contract]) -> list[str]:
    """The promises of a contract that are told by an example."""
    names = (name for name in dir(kind) if name.startswith("test_"))
    return [name for name in names if not hasattr(getattr(kind, name), "hypothesis")]


def broken(kind: type[ReaderPromises]) -> dict[str, BaseException]:
    """Which of them a reader breaks, each with the error."""
    found: dict[str, BaseException] = {}
    for name in promises(kind):
        for about in cases(getattr(kind, name)):
            try:
                _keep(kind(), name, about)
            except pytest.skip.Exception:
                continue
            except Exception as error:  # noqa: BLE001 -- a faulty reader may fail in any way
                found[name] = error
    return found


def _keep(contract: ReaderPromises, name: str, about: Mapping[str, Any]) -> None:
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
