"""Whether a class of an author's leaves the promises as the kit has them, and lets each of them be held."""

import inspect
from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

import pytest

WRITTEN: Final = frozenset(
    {"counting", "currency", "lacks", "make_reader", "make_store", "pause", "profile", "reopened", "seed"},
)
"""All of the kit's that an adapter's author writes."""
_UNHELD: Final = ("skip", "skipif", "xfail")
"""Marks with which a promise may be broken, or not be held, and nobody is told."""
_PYTHONS: Final = {
    "__init__": "and of such a class pytest runs no test. A fixture may do what it does",
    "__new__": "and of such a class pytest runs no test",
    "__getattribute__": "so that a promise may be another than the kit's",
}
_LACKS: Final = "What it lacks it says in lacks"


def ours(kind: type) -> list[type]:
    """The classes of the kit that a class stands on."""
    return [base for base in kind.__mro__ if base.__module__.startswith(f"{__package__}.")]


def changed_promises(kind: type) -> list[str]:
    """The promises of the kit that a class inherits, and overrides or drops, and what comes before any of them."""
    named = [(name, promise) for base in ours(kind) for name, promise in vars(base).items()]
    promised = [one for one in named if one[0].startswith("test_") or one[0] == "before_any_promise"]
    return sorted(name for name, promise in promised if inspect.getattr_static(kind, name) is not promise)


def changed_ground(kind: type) -> list[str]:
    """What promises stand on, fixtures and the like, that a class has its own of, though none is asked for."""
    kits: dict[str, object] = {}
    for base in ours(kind):
        kits = {**vars(base), **kits}
    return sorted(
        name
        for name, theirs in kits.items()
        if not _is_authors(name, theirs) and inspect.getattr_static(kind, name) is not theirs
    )


def _is_authors(name: str, kits: object) -> bool:
    """Whether an author may have another; a law they may name for promises of their own, beside none of the kit's."""
    is_told = name.startswith(("test_", "__", "_abc_")) or name == "before_any_promise"
    return is_told or name in WRITTEN or (name == "law" and not kits)


def wrong_with(kind: type) -> str:
    """In words, why not all promises would be held, as the kit has them; nothing if they would."""
    return next((f"{kind.__name__} {told}" for told in _wrongs(kind)), "")


def _wrongs(kind: type) -> Iterator[str]:
    if changed := ", ".join(changed_promises(kind)):
        yield f"overrides or drops promises: {changed}. {_LACKS}"
    if changed := ", ".join(changed_ground(kind)):
        yield f"overrides what promises stand on: {changed}. Call yours something else"
    if not getattr(kind, "__test__", True):
        yield f"has __test__ = False, so that no promise is held. {_LACKS}; a base is one that is not called Test"
    if marks := ", ".join(_unheld(mark for base in kind.__mro__ for mark in _marks(base))):
        yield f"is marked {marks}, so that not every promise is held. {_LACKS}"
    for name, told in _PYTHONS.items():
        if inspect.getattr_static(kind, name) is not inspect.getattr_static(object, name):
            yield f"has {name} of its own, {told}"


def _marks(kind: type) -> list[Any]:
    marks: Any = vars(kind).get("pytestmark", [])
    return [*marks] if isinstance(marks, Iterable) else [marks]


def _unheld(marks: Iterable[Any]) -> list[str]:
    return sorted({mark.name for mark in marks} & {*_UNHELD})


class Kept(ABCMeta):
    """A class whose promises are all held: what is put on it when it is there, as a decorator does, is seen too."""

    def __setattr__(cls, name: str, value: Any) -> None:  # noqa: ANN401 -- whatever it is
        super().__setattr__(name, value)
        if name == "pytestmark" and (told := wrong_with(cls)):
            raise TypeError(told)


_SKIPPING: Final = WeakKeyDictionary[type, dict[str, str]]()
"""By class, and what it is run with: the fixture of the author's that has skipped a promise."""
_BEGUN: Final = WeakKeyDictionary[type, set[str]]()
"""By class: what it is run with when a promise was not skipped."""


def stand_on(request: pytest.FixtureRequest, kind: type) -> None:
    """Let all that is there which an author's `make_store` may stand on.

    Where that is not to be had, all promises are skipped, and not some.
    """
    kits = {name for base in ours(kind) for name in vars(base)}
    for name in request.fixturenames:
        if name not in kits:
            _provide(request, kind, name)
    _BEGUN.setdefault(kind, set()).add(_run_with(request))
    _tell_what_is_skipped(request, kind)


def _provide(request: pytest.FixtureRequest, kind: type, name: str) -> None:
    try:
        request.getfixturevalue(name)
    except pytest.skip.Exception:
        _SKIPPING.setdefault(kind, {})[_run_with(request)] = name
        _tell_what_is_skipped(request, kind)
        raise


def _run_with(request: pytest.FixtureRequest) -> str:
    """What an author's own fixtures are given: a class may be run once for each of several databases."""
    asked: Mapping[str, object] = getattr(getattr(request.node, "callspec", None), "params", {})
    promised = inspect.signature(request.function).parameters
    return repr(sorted((name, repr(given)) for name, given in asked.items() if name not in promised))


def _tell_what_is_skipped(request: pytest.FixtureRequest, kind: type) -> None:
    run = _run_with(request)
    if run in _BEGUN.get(kind, ()) and (name := _SKIPPING.get(kind, {}).get(run)):
        pytest.fail(f"the fixture {name} of {kind.__name__} skips some promises. {_LACKS}", pytrace=False)


def refuse_what_may_fail(request: pytest.FixtureRequest) -> None:
    """Stop the run where promises are expected to be broken: one that is broken would not be told of."""
    if request.node.get_closest_marker("xfail") is not None:
        told = f"{request.node.name} is marked xfail, so that nobody is told if it is broken. {_LACKS}"
        request.session.shouldfail = told  # a mere failure would be an expected one
        pytest.fail(told, pytrace=False)
