"""Where promises are tried one by one, on a store with a fault in it, as pytest would run them."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, ClassVar, Final

import pytest
from hypothesis import Phase, settings
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import Capability, StoreContract
from portal_linkage.testing.laws.machine import NORMAL, run_machine
from portal_linkage.testing.promises import Promises, law_served
from portal_linkage.testing.titles import title_of
from tests import engines
from tests.cases import cases
from tests.sql.listening import statements

from .fault import Fault


class Lasting(MemoryStore):
    """It remembers what it kept when it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = self._cabinets


class InMemory(StoreContract):
    """The contract, on the store in memory."""

    lacks: ClassVar = {Capability.STATEMENT_COUNTER: "it asks nobody"}

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return Lasting()

    def reopened(self, store: Store, /) -> Store:
        """A store with what that one kept."""
        assert isinstance(store, Lasting)
        anew = Lasting()
        anew.kept = anew._cabinets = store.kept
        return anew


class InSql(StoreContract):
    """The contract, on the SQL store."""

    lacks: ClassVar = {
        Capability.DURABILITY: "it is in memory",
        Capability.THREADS: "all threads would share one connection",
    }

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return engines.opened("sqlite")

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """How often a cursor is executed."""
        return statements(store)


_APART: Final = {"test_no_promise_is_overridden_or_dropped", "test_whatever_happens_the_service_and_the_model_agree"}
PROMISES: Final = sorted({name for name in dir(StoreContract) if name.startswith("test_")} - _APART)
"""All promises but that of the machine, which is tried apart."""
_RACES: Final = {
    "test_a_consumer_gets_every_event_of_many_writers_once",
    "test_a_reader_never_sees_half_a_change",
    "test_locks_of_one_mailbox_are_lined_up",
    "test_many_sign_ups_at_once_all_come_through",
    "test_nobody_tries_more_often_by_trying_at_once",
    "test_two_writers_lose_nothing",
    "test_what_is_undone_is_seen_by_nobody",
}
EXAMPLES: Final = [
    name for name in PROMISES if name not in _RACES and not hasattr(getattr(StoreContract, name), "hypothesis")
]
"""The promises that ask the same in each run: no property over what is drawn at random, and no race between threads."""


def broken_promise(fault: Fault, promise: str, seed: int = 1) -> BaseException | None:
    """How a promise is broken, by the first of its cases that is; ``None`` if it is kept, or skipped."""
    contract = _contract(fault)
    test = inspect.getattr_static(type(contract), promise)
    with fault.planted(), _by_itself(), _steadied(test, seed):
        return next(filter(None, (_outcome(contract, promise, case) for case in cases(test))), None)


def broken_by_machine(fault: Fault) -> BaseException | None:
    """How the machine finds the laws broken, if it does."""
    with fault.planted(), _by_itself():
        try:
            run_machine(_contract(fault).make_store, _steady(settings(NORMAL, max_examples=50, stateful_step_count=20)))
        except Exception as error:  # noqa: BLE001 -- that is what was to be found out
            return error
    return None


def law_of(promise: str) -> str:
    """The law that a promise serves: that of its group, unless its sentence begins with another."""
    group = next(kind for kind in StoreContract.__mro__ if issubclass(kind, Promises) and promise in vars(kind))
    return law_served(vars(group)[promise], group.law)


def says_broken(error: BaseException, law: str) -> bool:
    """Whether it says that a law is broken, by its title, and then in words of its own how it should be."""
    title = title_of(law)
    notes: list[str] = getattr(error, "__notes__", [])
    said = [note.removeprefix(f"{title} is broken: ") for note in notes if note.startswith(f"{title} is broken: ")]
    return any(len(words.split()) > 3 for words in said)


def _contract(fault: Fault) -> StoreContract:
    return InSql() if fault.in_sql else InMemory()


def _steady(run: settings) -> settings:
    """The same examples each time, and none after the first that fails."""
    phases = [Phase.generate]
    return settings(run, database=None, derandomize=True, phases=phases, print_blob=False, report_multiple_bugs=False)


@contextmanager
def _by_itself() -> Iterator[None]:
    """Let Hypothesis draw nothing of what it finds written in the modules that other tests have imported meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", Constants)
        patch.setattr(providers, "CONSTANTS_CACHE", LRUCache(1024))
        yield


@contextmanager
def _steadied(test: Any, seed: int) -> Iterator[None]:  # noqa: ANN401 -- a test, as pytest or Hypothesis has made it
    """Let a property meet the same examples each time, whatever is written in its words."""
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(test, "hypothesis"):
            steady = _steady(test._hypothesis_internal_use_settings)
            patch.setattr(test, "_hypothesis_internal_use_settings", steady)
            patch.setattr(test, "_hypothesis_internal_use_seed", seed)
        yield


def _outcome(contract: StoreContract, promise: str, case: Mapping[str, object]) -> BaseException | None:
    test = getattr(contract, promise)
    try:
        with ExitStack() as afterwards:
            given = dict(case)
            test(**{name: _provided(contract, name, given, afterwards) for name in inspect.signature(test).parameters})
    except pytest.skip.Exception:
        return None
    except NotImplementedError:  # the bench lacks something, and says nothing of the fault
        raise
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 -- that is what was to be found out
        return error
    return None


def _provided(contract: StoreContract, name: str, given: dict[str, Any], afterwards: ExitStack) -> Any:  # noqa: ANN401
    """The value of a parameter: of the case, or of the contract's own fixture of that name, made once."""
    if name not in given:
        make = inspect.unwrap(inspect.getattr_static(type(contract), name))
        _, *wanted = inspect.signature(make).parameters
        made = make(contract, *(_provided(contract, one, given, afterwards) for one in wanted))
        if inspect.isgenerator(made):
            afterwards.callback(next, made, None)
            made = next(made)
        given[name] = made
    return given[name]
