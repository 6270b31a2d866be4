"""L13: a bad feed takes nothing away."""

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ... import ClientEntity, ContactRemoved, LinkagePolicy, PlanId, RosterApplied, RosterPlan
from ..promises import Promises, for_each_store
from .answers import answer, refused
from .pasts import Past, pasts, picture
from .telling import OTHER, active_sights
from .town import ACME, JANE, client, places, rosters
from .trial import Trial


class RosterLaw(Promises):
    """L13: a bad feed takes nothing away."""

    law = "L13"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(), roster=rosters(ACME), complete=st.booleans())
    def test_a_plan_changes_nothing_and_an_unnamed_costly_one_is_refused_whole(
        self, past: Past, roster: list[ClientEntity], complete: bool
    ) -> None:
        """L13: planning writes nothing; a plan that must be named writes nothing unless it is that very plan's name."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            plan = trial.portal.roster.plan(ACME, roster, complete=complete)
            assert picture(trial) == before
            assert RosterPlan.from_json(plan.to_json()) == plan
            for confirmed in (PlanId("another"), *([None] if plan.needs_confirmation else [])):
                assert refused(trial.portal.roster.apply, plan, confirmed=confirmed).error == "PlanNotConfirmed"
            assert picture(trial) == before

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(), roster=rosters(ACME), complete=st.booleans())
    def test_what_is_applied_is_what_was_shown(self, past: Past, roster: list[ClientEntity], complete: bool) -> None:
        """L13: the links that end or vanish from sight are those the plan showed; applied again, nothing changes."""
        with past.relived(self.make_store) as trial:
            plan = trial.portal.roster.plan(ACME, roster, complete=complete)
            applied = trial.change_roster(ACME, roster, complete=complete)
            assert isinstance(applied, RosterApplied)
            assert (set(applied.gains), set(applied.losses), set(applied.hidden)) == (
                set(plan.gains),
                set(plan.losses),
                set(plan.hidden),
            )
            after = picture(trial)
            again = trial.change_roster(ACME, roster, complete=complete)
            assert isinstance(again, RosterApplied)
            assert again.events == ()
            assert picture(trial) == after

    @settings(for_each_store, max_examples=20)
    @given(
        held=st.sampled_from([1, 19, 20, 21, 40, 199, 200, 230]),
        cost=st.sampled_from([0, 1, 2, 9, 10, 11, 12]),
        split=st.integers(0, 12),
        other=st.booleans(),
        complete=st.booleans(),
    )
    @example(held=230, cost=10, split=5, other=False, complete=False)
    @example(held=230, cost=11, split=5, other=False, complete=False)
    @example(held=20, cost=1, split=0, other=False, complete=True)
    @example(held=18, cost=1, split=0, other=False, complete=True)
    def test_what_costs_more_than_ten_links_or_one_in_twenty_must_be_named(
        self, held: int, cost: int, split: int, other: bool, complete: bool
    ) -> None:
        """L13: links that end and those that are hidden cost alike; 10 links and 5 % are free, no more, no user is."""
        cost = min(cost, held)
        lost = min(split, cost)
        mine = [client(str(1000 + place), JANE) for place in range(held)]
        roster = [*mine, client("other", OTHER)]
        changed = [attrs.evolve(entity, contacts=()) for entity in mine[:lost]]
        changed += [attrs.evolve(entity, active=False) for entity in mine[lost:cost]]
        changed += [client("other")] if other else []
        with Trial(self.make_store, LinkagePolicy(contact_removed=ContactRemoved.WITHDRAW)) as trial:
            trial.change_roster(ACME, roster)
            trial.sign_up(ACME, JANE)
            trial.sign_up(ACME, OTHER)
            unchanged = [*mine[cost:], *([] if other else roster[-1:])]
            plan = trial.portal.roster.plan(ACME, [*changed, *(unchanged if complete else [])], complete=complete)
            assert (len(plan.losses), len(plan.hidden)) == (lost + other, cost - lost)
            assert len(plan.removed_users) == (lost == held) + other
            whole = cost + other
            assert plan.needs_confirmation == (whole > 10 or whole / (held + 1) > 0.05 or bool(plan.removed_users))

    def test_a_plan_that_has_come_to_cost_more_must_be_named(self) -> None:
        """L13: what was free when it was shown, and is over 5 % since another link ended, is not applied unnamed."""
        mine = [client(str(1000 + place), JANE) for place in range(20)]
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, mine)
            trial.sign_up(ACME, JANE)
            trial.plan_for_later(ACME, [attrs.evolve(mine[0], active=False)])
            trial.unlink(ACME, 0, mine[1].entity_id)
            assert getattr(trial.apply_planned(named=None), "error", None) == "PlanNotConfirmed"

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(max_size=5), empty=st.booleans())
    def test_an_empty_snapshot_must_be_named(self, past: Past, empty: bool) -> None:
        """L13: a complete roster of nothing is never applied by accident, whatever it would cost."""
        with past.relived(self.make_store) as trial:
            plan = trial.portal.roster.plan(ACME, [], complete=empty)
            assert plan.needs_confirmation == empty

    @settings(for_each_store, max_examples=15)
    @given(
        past=pasts("change_roster", "sign_up", "link"),
        roster=rosters(ACME),
        who=places,
        late=places,
        named=st.booleans(),
    )
    def test_an_old_plan_takes_nothing_that_it_did_not_show(
        self, past: Past, roster: list[ClientEntity], who: int, late: int, named: bool
    ) -> None:
        """L13: links that came to be after the plan was made are not ended or hidden by it, be it confirmed or not."""
        with past.relived(self.make_store) as trial:
            plan = trial.portal.roster.plan(ACME, roster, complete=True)
            for place in (who, late):
                for entity_id in trial.model.books[ACME].entities:
                    trial.link(ACME, place, entity_id)
            before = active_sights(trial)
            answer(trial.portal.roster.apply, plan, confirmed=plan.plan_id if named else None)
            shown = {(change.user_id, change.entity_id) for change in (*plan.losses, *plan.hidden)}
            assert before - active_sights(trial) <= shown
