"""All laws at once: whatever happens, in whatever order, service and model agree on every answer and every reading."""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Final

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ... import LinkagePolicy
from ...ports import Store
from .. import strategies
from ..promises import NO_STORE, Promises, for_each_store
from .acts import VERBS, Act
from .audit import audit, spot_check
from .town import ACME, FIRMS, ZENITH, Founding, foundings
from .trial import MakeStore, Trial


def _happening(verb: str) -> Callable[["LinkageMachine", Mapping[str, object]], None]:
    def happen(machine: "LinkageMachine", about: Mapping[str, object]) -> None:
        with machine.holding():
            machine.trial.do(Act(verb, dict(about)))

    happen.__name__ = verb
    return rule(about=VERBS[verb])(happen)


class LinkageMachine(RuleBasedStateMachine):
    """Three firms, three mailboxes, four entities, and everything that can happen to them."""

    def __init__(self) -> None:
        """The store is fresh for every run."""
        super().__init__()
        self.trial = Trial(self.make_store)
        self._is_whole = True
        self._turn = 0

    def make_store(self) -> Store:
        """Make a store with nothing in it; an adapter's author writes this."""
        raise NotImplementedError(NO_STORE)

    @initialize(policy=strategies.policies(), acme=foundings(ACME), zenith=foundings(ZENITH))
    def found(self, policy: LinkagePolicy, acme: Founding, zenith: Founding) -> None:
        """Two firms begin with a roster and some bills, and the third with nothing, under one policy."""
        self.trial.policies.update(dict.fromkeys(FIRMS, policy))
        with self.holding():
            self.trial.found(acme, zenith)

    sign_up = _happening("sign_up")
    claim = _happening("claim")
    leave = _happening("leave")
    admit_guest = _happening("admit_guest")
    link = _happening("link")
    unlink = _happening("unlink")
    remove_user = _happening("remove_user")
    lift_bar = _happening("lift_bar")
    change_roster = _happening("change_roster")
    plan_for_later = _happening("plan_for_later")
    apply_planned = _happening("apply_planned")
    store_entity = _happening("store_entity")
    save_bills = _happening("save_bills")
    remove_bill = _happening("remove_bill")
    change_settings = _happening("change_settings")
    change_policy = _happening("change_policy")
    wait = _happening("wait")

    sign_up_again = _happening("sign_up")
    link_again = _happening("link")
    claim_again = _happening("claim")
    unlink_again = _happening("unlink")
    change_roster_again = _happening("change_roster")

    @invariant()
    def every_law_holds(self) -> None:
        """After every act: what everybody sees, and one of each that may be asked. All of it is asked at the end."""
        self._turn += 1
        with self.holding():
            spot_check(self.trial, self._turn)

    @contextmanager
    def holding(self) -> Generator[None]:
        """Remember if a law does not hold: what is broken first is what is told."""
        try:
            yield
        except BaseException:
            self._is_whole = False
            raise

    def teardown(self) -> None:
        """At the end, everything that anybody can ask, unless something is broken already."""
        try:
            if self._is_whole:
                audit(self.trial)
        finally:
            self.trial.store.close()


BRIEF: Final = settings(for_each_store, max_examples=20, stateful_step_count=25)
NORMAL: Final = settings(for_each_store, max_examples=200, stateful_step_count=30)
THOROUGH: Final = settings(for_each_store, max_examples=10_000, stateful_step_count=50)
PROFILE: Final = "PORTAL_LINKAGE_PROFILE"
"""The environment variable that asks for a run of its own: ``brief``, ``normal``, or ``thorough``.

A thorough run is ten thousand histories of fifty acts, some hours long.
"""
_PROFILES: Final = {"brief": BRIEF, "normal": NORMAL, "thorough": THOROUGH}


def profile(usual: str = "normal") -> settings:
    """How many histories of how many acts are asked for."""
    name = os.environ.get(PROFILE, usual)
    if name not in _PROFILES:
        raise ValueError(f"{PROFILE} is {name!r}; it may be {', '.join(_PROFILES)}")
    return _PROFILES[name]


def run_machine(make_store: MakeStore, how: settings) -> None:
    """Let histories happen on fresh stores of this kind, and hold every law after each act."""

    class Machine(LinkageMachine):
        def make_store(self) -> Store:
            return make_store()

    run_state_machine_as_test(Machine, settings=how)


class MachinePromises(Promises):
    """All laws at once."""

    law = "The design"
    profile: ClassVar[str] = "normal"
    """How many histories there are, if `PROFILE` does not say otherwise: ``brief`` for a store that answers slowly."""

    def test_whatever_happens_the_service_and_the_model_agree(self) -> None:
        """L1 to L17, in histories of any kind: every answer and every reading is the one the design predicts."""
        run_machine(self.make_store, profile(self.profile))
