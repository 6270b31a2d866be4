"""All laws at once: whatever happens, in whatever order, service and model agree on every answer and every reading."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal_linkage import LinkagePolicy
from portal_linkage.testing import strategies

from .audit import audit, glance
from .town import ACME, VERBS, ZENITH, Founding, foundings
from .trial import Act, MakeStore, Trial


def _happening(verb: str) -> Callable[["LinkageMachine", Mapping[str, object]], None]:
    def happen(machine: "LinkageMachine", about: Mapping[str, object]) -> None:
        machine.trial.do(Act(verb, dict(about)))

    happen.__name__ = verb
    return rule(about=VERBS[verb])(happen)


class LinkageMachine(RuleBasedStateMachine):
    """Two firms, five mailboxes, four entities, and everything that can happen to them."""

    make_store: ClassVar[MakeStore]

    def __init__(self) -> None:
        """The store is fresh for every run."""
        super().__init__()
        self.trial = Trial(type(self).make_store)

    @initialize(policy=strategies.policies(), acme=foundings(ACME), zenith=foundings(ZENITH))
    def found(self, policy: LinkagePolicy, acme: Founding, zenith: Founding) -> None:
        """Both firms begin with a roster and some bills, under one policy."""
        self.trial.policies.update(dict.fromkeys((ACME, ZENITH), policy))
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
    def users_and_journal_agree(self) -> None:
        """After every step."""
        glance(self.trial)

    def teardown(self) -> None:
        """At the end, everything that anybody can ask."""
        try:
            audit(self.trial)
        finally:
            self.trial.store.close()


def test_whatever_happens_the_service_and_the_model_agree(make_store: MakeStore) -> None:
    """All laws, L1 to L17, in histories of any kind: every answer and every reading is the one the design predicts."""
    machine = type("LinkageMachine", (LinkageMachine,), {"make_store": staticmethod(make_store)})
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=25))
