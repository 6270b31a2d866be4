"""What every group of promises stands on: a fresh store, what an adapter may lack, and how a broken promise reads."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import wraps
from inspect import cleandoc
from typing import Any, ClassVar, Final, ParamSpec, TypeVar
from unittest import TestCase
from weakref import WeakKeyDictionary

import pytest
from hypothesis import HealthCheck, settings

from ..ports import Store
from ._fresh import UnfitError, leave_a_client, made_anew
from ._guard import Kept, refuse_what_may_fail, stand_on, wrong_with
from .titles import broken

P = ParamSpec("P")
T = TypeVar("T")

NO_STORE: Final = "write make_store(self): it makes a store of yours with nothing in it"

for_each_store: Final = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.differing_executors,  # every store inherits the same promise
        HealthCheck.function_scoped_fixture,  # every example has a firm of its own in the one store: firms are walls
        HealthCheck.too_slow,
    ],
)


class Capability(StrEnum):
    """What an adapter may lack. It says so, and why, in ``lacks``; then the promises that need it are skipped."""

    THREADS = "threads"
    """Threads share one store."""
    STATEMENT_COUNTER = "a statement counter"
    """`StoreContract.counting` tells how often the database was asked."""
    DURABILITY = "durability"
    """What was committed is there when the store is opened anew, which `StoreContract.reopened` does."""

    # What a reader's tables may lack, as somebody has made them for their own purposes.
    FIRMS = "bills of several firms"
    """One table holds the bills of many firms; otherwise all are those of `samples.ACME`."""
    FIRM_IDS = "ids of each firm's own"
    """Two firms may have bills of the same id; otherwise no two bills have, whosever they are."""
    TEXT_IDS = "ids of any text"
    """Ids of bills and clients are texts; otherwise they are whole numbers, told in plain digits."""
    NUMBERS = "invoice numbers apart from ids"
    """An invoice has a number of its own, which others may bear too; otherwise its id is its number."""
    DRAFTS = "drafts"
    """There are invoices that nobody has been sent yet."""
    VOIDS = "void invoices"
    """There are invoices that are not to be paid any more."""
    STATUSES = "a status apart from what is due"
    """An invoice says whether it is paid; otherwise it is exactly if nothing is due on it."""
    CURRENCIES = "several currencies"
    """Each bill has its own currency; otherwise all have the one that the contract's ``currency`` names."""
    FRACTIONS = "fractions of a cent"
    """Amounts have up to four decimals; otherwise as many as is usual in their currency."""
    NEGATIVE_AMOUNTS = "negative amounts"
    """Less than nothing may be due."""
    LARGE_AMOUNTS = "large amounts"
    """Amounts are anything below 10^11; otherwise below 10^8."""
    FEE_INVOICES = "late fees of one invoice"
    """A late fee names the invoice it is for; otherwise it is the client's."""
    PART_PAYMENTS = "part payments of late fees"
    """Less may be due on a late fee than was assessed; otherwise all of it, or nothing."""
    PAYERS = "who paid"
    """A payment names the portal user who made it."""
    INVOICES_PAID = "invoices of a payment"
    """A payment names the invoices it is for, in their order."""
    MICROSECONDS = "times to the microsecond"
    """Payments are told apart by less than a second; otherwise by seconds."""


_UNFIT: Final = WeakKeyDictionary[type, str]()
"""What is wrong with what the author of a class has written for the tests, in words; nothing if it will do."""


class Contract(metaclass=Kept):
    """Promises, one a test, and what an adapter says that it lacks to keep them all."""

    law: ClassVar[str] = ""
    """Which law these promises serve; a promise that is broken says so."""
    lacks: ClassVar[Mapping[Capability, str]] = {}
    """What the adapter lacks, each with the reason."""
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    """All that an adapter of this kind may lack."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if issubclass(cls, TestCase):
            raise TypeError(f"{cls.__name__} is a unittest.TestCase, which knows no fixtures: leave that base out")
        for name, promise in list(vars(cls).items()):
            if name.startswith("test_") and "law" in vars(cls):
                explained = _explained(promise, cls.law)
                setattr(explained, cls.__name__, True)  # pytest -k finds a function by the names assigned to it
                setattr(cls, name, explained)
        if told := wrong_with(cls):
            raise TypeError(told)

    @pytest.fixture(autouse=True)
    def _ground(self, request: pytest.FixtureRequest) -> None:
        """What `make_store` may stand on is there; pytest goes by name, so that this comes before an author's own."""
        refuse_what_may_fail(request)
        stand_on(request, type(self))

    @pytest.fixture(autouse=True)
    def before_any_promise(self, _ground: None) -> None:
        """What the author has written for the tests will do; where it will not, no law is said to be broken."""
        if type(self) not in _UNFIT:
            _UNFIT[type(self)] = self._unfit()
        if told := _UNFIT[type(self)]:
            pytest.fail(told, pytrace=False)

    def _unfit(self) -> str:
        try:
            self.check_what_is_written()
        except UnfitError as error:
            return str(error)
        return ""

    def check_what_is_written(self) -> None:
        """Raise an error in words if what the adapter's author has written for the tests will not do."""

    def counting(self, store: Store) -> AbstractContextManager[Callable[[], int]]:
        """Count how often the store asks its database, and tell when called; see `Capability.STATEMENT_COUNTER`.

        What a question costs is skipped as long as this is not written.
        """
        pytest.skip(f"write counting(self, store), or say in lacks why {store!r} has nothing to count")

    def test_no_promise_is_overridden_or_dropped(self) -> None:
        """Each promise is the kit's own: what an adapter lacks it says in ``lacks``, with the reason."""
        told = wrong_with(type(self))
        assert not told, told
        for capability, reason in self.lacks.items():
            assert capability in self.capabilities, f"{capability!r} is nothing that an adapter of this kind may lack"
            assert reason.strip(), f"{type(self).__name__} must say why it lacks {capability}"


class Promises(Contract):
    """Promises of a store."""

    capabilities = frozenset({Capability.THREADS, Capability.STATEMENT_COUNTER, Capability.DURABILITY})
    pause: ClassVar[float] = 0.05
    """So many seconds another thread has to begin a change and come through, where no lock of the store keeps it out.

    Make it more for a store that takes longer to begin one: it would keep the promises about locks without any.
    """

    def make_store(self) -> Store:
        """Make a store with nothing in it; an adapter's author writes this."""
        raise NotImplementedError(NO_STORE)

    def reopened(self, store: Store, /) -> Store:
        """Open anew what a store has kept that was closed, as another process would; see `Capability.DURABILITY`.

        What is there then is skipped as long as this is not written.
        """
        pytest.skip(f"write reopened(self, store), or say in lacks why {store!r} keeps nothing")

    def check_what_is_written(self) -> None:
        """Two stores are made, and the second has nothing in it."""
        with made_anew("make_store(self)", self.make_store, leave_a_client):
            pass

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """A store with nothing in it."""
        opened = self.make_store()
        yield opened
        opened.close()


def needs(capability: Capability) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a promise be skipped for an adapter that lacks this."""

    def mark(promise: Callable[P, T]) -> Callable[P, T]:
        @wraps(promise)
        def held(*args: P.args, **kwargs: P.kwargs) -> T:
            lacks: Mapping[Capability, str] = getattr(args[0], "lacks", {})
            if capability in lacks:
                pytest.skip(f"without {capability}: {lacks[capability]}")
            return promise(*args, **kwargs)

        return held

    return mark


def law_served(promise: Any, law: str) -> str:  # noqa: ANN401 -- a test, as pytest or Hypothesis has made it
    """The law that a promise serves: that of its group, unless its sentence begins with another."""
    own = re.match(r"L\d+(?=: )", cleandoc(promise.__doc__))
    return own[0] if own else law


def _explained(promise: Any, law: str) -> Any:  # noqa: ANN401 -- a test, as pytest or Hypothesis has made it
    """Let a promise that is broken say in words which it was; of a property, what is run for each example."""
    words = " ".join(cleandoc(promise.__doc__).split())
    law = law_served(promise, law)
    said = words.removeprefix(f"{law}: ")
    if not hasattr(promise, "hypothesis"):
        return _telling(promise, law, said)
    promise.hypothesis.inner_test = _telling(promise.hypothesis.inner_test, law, said)
    return promise


def _telling(test: Callable[P, T], law: str, said: str) -> Callable[P, T]:
    @wraps(test)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        with broken(law, said):
            return test(*args, **kwargs)

    return told
