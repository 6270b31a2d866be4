"""The machine, as others run it."""

from itertools import product

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.ports import Store
from portal_linkage.testing import LinkageMachine
from portal_linkage.testing.laws import audit
from portal_linkage.testing.laws.audit_firm import PEOPLE, SEARCHES
from portal_linkage.testing.laws.machine import NORMAL, PROFILE, THOROUGH, profile
from portal_linkage.testing.laws.town import ADDRESSES, ENTITY_IDS, FIRMS
from portal_linkage.testing.laws.trial import Trial

from .faulty import Forgetful

FIRST = settings(NORMAL, phases=[Phase.generate], database=None, report_multiple_bugs=False)
"""The first history that fails, as it is."""


class OnForgetful(LinkageMachine):
    """Histories on a store that keeps no bar."""

    def make_store(self) -> Store:
        """A store with nothing in it."""
        return Forgetful()


def test_a_machine_on_a_faulty_store_fails_and_says_which_law_is_broken() -> None:
    """Some history brings it out, and the error names a law."""
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(OnForgetful, settings=FIRST)
    assert any(note.startswith("L") and " is broken: " in note for note in caught.value.__notes__)


def test_a_machine_without_a_store_is_told_to_make_one() -> None:
    """As the contract is."""
    with pytest.raises(NotImplementedError, match=r"^write make_store\(self\)"):
        LinkageMachine()


def test_how_many_histories_there_are_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred of thirty acts, or by the environment ten thousand of fifty."""
    monkeypatch.delenv(PROFILE, raising=False)
    assert (profile(), NORMAL.max_examples, NORMAL.stateful_step_count) == (NORMAL, 200, 30)
    monkeypatch.setenv(PROFILE, "thorough")
    assert (profile(), THOROUGH.max_examples, THOROUGH.stateful_step_count) == (THOROUGH, 10_000, 50)
    monkeypatch.setenv(PROFILE, "through")
    with pytest.raises(ValueError, match="PORTAL_LINKAGE_PROFILE is 'through'; it may be brief, normal, thorough"):
        profile()


def test_spot_checks_ask_about_everybody_and_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each firm about each person and each client, and for each address and text, before long."""
    met = set[tuple[object, ...]]()
    for name in ("account", "bars", "search", "explanation"):
        monkeypatch.setattr(audit, f"audit_{name}", lambda _, *about: met.add(about))
    with Trial(MemoryStore) as trial:
        for turn in range(600):
            audit.spot_check(trial, turn)
    assert met >= {*product(FIRMS, PEOPLE, ENTITY_IDS), *product(FIRMS, (*ADDRESSES, *SEARCHES))}
