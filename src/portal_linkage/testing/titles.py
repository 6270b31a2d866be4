"""The laws by their titles, so that whatever breaks one can say which."""

import inspect
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Final

import pytest

from .. import ports

LAWS: Final[Mapping[str, str]] = {
    "L1": "only a verified address links",
    "L2": "sign-up is whole",
    "L3": "a user exists exactly as long as they hold a link",
    "L4": "a viewer sees exactly their scope",
    "L5": "past is for accounts",
    "L6": "firms are walls",
    "L7": "a firm's unlink stands",
    "L8": "only portal users hold links",
    "L9": "twice is once",
    "L10": "the invisible does not exist",
    "L11": "every change is journaled",
    "L12": "a link has grounds",
    "L13": "a bad feed takes nothing away",
    "L14": "money is exact",
    "L15": "one rule for every reading",
    "L16": "addresses match narrowly",
    "L17": "revoked is revoked",
}

COST: Final = 'The rule "the number of statements never depends on the number of links"'
"""The title of promises of what a question costs: a rule of the design, and no law."""


def title_of(law: str) -> str:
    """The number of a law with its title; what is no law is its own."""
    return f"{law}, {LAWS[law]}," if law in LAWS else law


def port(name: str) -> str:
    """The title of promises of a port that serve every law, and none before others: what it says of itself."""
    said = inspect.getdoc(reduce(getattr, name.split("."), ports)) or ""
    return f"A promise of the port `{name}` (ports.py: {said.splitlines()[0]!r})"


@contextmanager
def broken(law: str, said: str) -> Generator[None]:
    """Let an error that comes up meanwhile say which law was broken, and in words how it should be.

    What is not written yet breaks no law.
    """
    try:
        yield
    except NotImplementedError:
        raise
    except (Exception, pytest.fail.Exception) as error:  # `pytest.raises` fails with what is no `Exception`
        error.add_note(f"{title_of(law)} is broken: {said}")
        raise
