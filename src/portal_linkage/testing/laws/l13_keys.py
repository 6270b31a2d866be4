"""L13, L7: new keys, old numbers, and merges that are taken back."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import (
    Arrival,
    ClaimRefused,
    ContactRemoved,
    EntityId,
    Guest,
    InvoiceProof,
    LinkagePolicy,
    SelfUnlink,
    StaffVisit,
)
from ..promises import Promises, for_each_store
from .pasts import Past, pasts
from .telling import (
    GONE,
    INTO,
    NEW,
    OTHER,
    THIRD,
    Moves,
    bills_seen,
    explained,
    kinds_of,
    sights,
    signs_up,
    signs_up_anew,
    tell,
)
from .town import ACME, ENTITY_IDS, JANE, bill_of, client
from .trial import Trial


class KeyLaw(Promises):
    """L13: a bad feed takes nothing away, whatever a client is called from now on."""

    law = "L13"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=12), order=st.permutations(ENTITY_IDS))
    def test_a_client_is_the_same_under_its_new_key(self, past: Past, order: list[EntityId]) -> None:
        """L13: it has the links, grounds, bars and bills that it had, and shows nobody anything new."""
        with past.relived(self.make_store) as trial:
            trial.policies[ACME] = attrs.evolve(past.policy, contact_removed=ContactRemoved.KEEP)
            old = next(one for one in order if one in trial.model.books[ACME].entities)
            before, seen = explained(trial, old), bills_seen(trial)
            plan = tell(trial, renumbered={old: NEW})
            assert (plan.exposed, plan.removed_users) == ((), ())
            assert bills_seen(trial) == seen
            for email, told in explained(trial, NEW).items():
                then = before[email]
                assert (told.visible, told.reasons, kinds_of(told)) == (then.visible, then.reasons, kinds_of(then))
                assert told.bar == (then.bar and attrs.evolve(then.bar, entity_id=NEW))

    def test_what_is_told_under_an_old_key_is_told_of_the_new_one(self) -> None:
        """L13: a PMS that goes on telling of the old key lists contacts by it, and lets the client go by it."""
        told: Moves = {GONE: NEW}
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, JANE), client(INTO, JANE)])
            tell(trial, renumbered=told)
            tell(trial, client(GONE, JANE, OTHER), renumbered=told)
            assert signs_up(trial, OTHER) == [NEW]
            plan = tell(trial, client(GONE, JANE, OTHER, active=False), renumbered=told)
            assert [one.entity_id for one in plan.hidden] == [NEW]
            assert signs_up(trial, JANE) == [INTO]

    @pytest.mark.parametrize("how", ["merged", "renumbered", "another number"])
    def test_an_old_number_proves_until_another_client_bears_it(self, how: str) -> None:
        """L13: who holds a bill of before may type what stands on it, unless an active client bears the number now."""
        proof = InvoiceProof("A-7", "INV-9")
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, number="A-7"), client(INTO)])
            trial.save_bills([bill_of(GONE, "i1", "INV-9")])
            if how == "merged":
                tell(trial, merged={GONE: INTO})
            elif how == "renumbered":
                tell(trial, client(GONE, number="B-8"), renumbered={GONE: NEW})
            else:
                tell(trial, client(GONE, number="B-8"))
            now = {"merged": INTO, "renumbered": NEW}.get(how, GONE)
            tell(trial, client("other", number="A-7"))
            assert trial.portal.admit_guest(ACME, proof) == ClaimRefused()
            tell(trial, client("other", number="A-7", active=False))
            assert trial.portal.admit_guest(ACME, proof) == Guest(ACME, now)

    def test_old_numbers_follow_one_merge_after_the_other(self) -> None:
        """L13: the numbers that a client bore, and those that had led to it, lead to the last who took over."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, number="A-7"), client(INTO), client(THIRD)])
            trial.save_bills([bill_of(GONE, "i1", "INV-9")])
            tell(trial, client(GONE, number="B-8"))
            tell(trial, merged={GONE: INTO})
            tell(trial, merged={INTO: THIRD})
            for number in ("A-7", "B-8", INTO):
                assert trial.portal.admit_guest(ACME, InvoiceProof(number, "INV-9")) == Guest(ACME, THIRD)

    def test_bills_that_come_late_go_to_the_end_of_the_chain(self) -> None:
        """L13: one merge after the other, and the first alone told again: its bills go where its people are."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, JANE), client(INTO), client(THIRD)])
            trial.sign_up(ACME, JANE)
            tell(trial, merged={GONE: INTO})
            tell(trial, merged={INTO: THIRD})
            trial.save_bills([bill_of(GONE, "i1")])
            assert tell(trial, merged={GONE: INTO}).is_idle
            assert bills_seen(trial) == {"u1": {"i1"}}

    def test_a_merge_that_is_taken_back_leaves_its_bars_with_both(self) -> None:
        """L7: told active again, the one that had gone has neither links nor bills; whoever was barred stays so."""
        with Trial(self.make_store) as trial:
            before = [client(GONE, JANE, OTHER), client(INTO, JANE), client(THIRD, JANE)]
            trial.change_roster(ACME, before)
            trial.save_bills([bill_of(GONE, "i1")])
            trial.sign_up(ACME, OTHER)
            trial.sign_up(ACME, JANE)
            trial.unlink(ACME, 1, GONE)
            tell(trial, merged={GONE: INTO})
            assert sights(trial) == {("u1", INTO), ("u2", THIRD)}
            tell(trial, *before)
            assert sights(trial) == {("u1", INTO), ("u2", THIRD)}
            visit = StaffVisit(ACME, trial.staff(ACME).staff_id, GONE)
            assert trial.portal.view(visit).open_invoice_count == 0
            assert signs_up_anew(trial, JANE) == [THIRD]

    def test_a_merge_that_was_taken_back_is_decided_anew(self) -> None:
        """L13: what came to the one that had gone meanwhile goes over when it is merged again, asleep as it may be."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, JANE), client(INTO)])
            tell(trial, merged={GONE: INTO})
            tell(trial, client(GONE, JANE))
            signs_up(trial, JANE)
            tell(trial, client(GONE, JANE, active=False))
            tell(trial, merged={GONE: INTO})
            assert sights(trial) == {("u1", INTO)}

    @pytest.mark.parametrize("claims", [True, False])
    @pytest.mark.parametrize("left", [GONE, INTO])
    def test_what_was_left_stays_left_but_for_a_claim(self, left: EntityId, claims: bool) -> None:
        """L12: who left any is not linked by listings alone, nor at another sign-up; a claim of theirs outweighs it."""
        other = INTO if left == GONE else GONE
        with Trial(self.make_store, LinkagePolicy(self_unlink=SelfUnlink.ALLOWED)) as trial:
            trial.change_roster(ACME, [client(one, JANE) for one in (GONE, INTO, THIRD)])
            trial.sign_up(ACME, JANE, claim=Arrival.attest(other, via="link in a mail") if claims else None)
            trial.leave(ACME, 0, left)
            tell(trial, merged={GONE: INTO})
            expected = [INTO, THIRD] if claims else [THIRD]
            assert sights(trial) == {("u1", one) for one in expected}
            assert signs_up_anew(trial, JANE) == expected
