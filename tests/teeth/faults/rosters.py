"""Roster changes that take something away."""

import attrs
import pytest

from portal_linkage import RosterSync
from portal_linkage.domain import rosters
from portal_linkage.roster._deciding import Decision

from ..fault import breaks, instead


@breaks(
    "L13",
    "test_what_costs_more_than_ten_links_or_one_in_twenty_must_be_named",
    "test_an_empty_snapshot_must_be_named",
)
def applies_unconfirmed(patch: pytest.MonkeyPatch) -> None:
    """Whatever a plan costs, it is applied at once."""
    patch.setattr(rosters, "confirm_because", lambda *_, **__: ())


@breaks("L13", "test_a_plan_that_has_come_to_cost_more_must_be_named")
def counts_no_hidden_links(patch: pytest.MonkeyPatch) -> None:
    """That an entity becomes inactive costs nothing, however many are linked to it."""
    instead(
        patch,
        rosters,
        "confirm_because",
        lambda real, effects, **known: real(attrs.evolve(effects, hidden=[]), **known),
    )


@breaks("L13", "test_what_costs_more_than_ten_links_or_one_in_twenty_must_be_named", by_machine=False)
def removes_users_unconfirmed(patch: pytest.MonkeyPatch) -> None:
    """That users lose their last link does not matter, as long as it is few links."""
    instead(patch, rosters, "confirm_because", lambda real, effects, **known: real(effects, **{**known, "removed": 0}))


@breaks("L13", "test_a_plan_changes_nothing_and_an_unnamed_costly_one_is_refused_whole", by_machine=False)
def takes_any_name_for_confirmation(patch: pytest.MonkeyPatch) -> None:
    """Whoever names another plan has confirmed this one."""
    instead(
        patch,
        RosterSync,
        "apply",
        lambda real, sync, plan, *, confirmed=None, progress=None: real(
            sync, plan, confirmed=confirmed and plan.plan_id, progress=progress
        ),
    )


@breaks("L13", "test_an_old_plan_takes_nothing_that_it_did_not_show", by_machine=False)
def applies_an_old_plan(patch: pytest.MonkeyPatch) -> None:
    """A plan is applied whatever has happened since it was shown."""
    patch.setattr(Decision, "beyond", lambda *_: set())
