"""A fault, and how it is planted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, TypeAlias

import attrs
import pytest

Planting: TypeAlias = Callable[[pytest.MonkeyPatch], None]


@attrs.frozen
class Fault:
    """One way to break a law, for as long as it is planted."""

    name: str
    law: str
    plant: Planting = attrs.field(repr=False)
    promises: tuple[str, ...]
    """Two or three of the promises that catch it; the first serves the law that it breaks."""
    by_machine: bool = True
    """Whether the machine alone catches it, within a few histories."""
    in_sql: bool = False
    """Whether it is planted in the SQL store; else in the one in memory."""

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Let it be there meanwhile."""
        with pytest.MonkeyPatch.context() as patch:
            self.plant(patch)
            yield


FAULTS: Final[list[Fault]] = []
SOUND: Final = Fault("sound", "The design", lambda _: None, promises=(), by_machine=False)


def breaks(law: str, *promises: str, by_machine: bool = True, in_sql: bool = False) -> Callable[[Planting], Planting]:
    """Say which law it breaks, and what catches it."""

    def note(plant: Planting) -> Planting:
        FAULTS.append(Fault(plant.__name__, law, plant, promises, by_machine, in_sql))
        return plant

    return note


def instead(patch: pytest.MonkeyPatch, owner: object, name: str, told: Callable[..., object]) -> None:
    """Let something else be done, which is given what really should be done, and about what."""
    real = getattr(owner, name)

    @wraps(real)
    def done(*about: Any, **more: Any) -> object:  # noqa: ANN401 -- whatever it is about
        return told(real, *about, **more)

    patch.setattr(owner, name, done)


def answers(patch: pytest.MonkeyPatch, owner: object, name: str, turn: Callable[[Any], object]) -> None:
    """Let something else be answered than what should be."""
    instead(patch, owner, name, lambda real, *about, **more: turn(real(*about, **more)))
