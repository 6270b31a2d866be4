"""L13, L7, L12: what is merged goes over whole, as it was shown, and the firm's decisions with it."""

from collections.abc import Iterable

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ... import ContactRemoved, EntityId, Firm, FirmId, GroundKind, InvoiceStatus, LinkagePolicy, StaffVisit, UserId
from .. import strategies
from ..promises import Promises, for_each_store
from .answers import refused
from .audit_firm import folded
from .audit_portal import audit_view, audit_viewer
from .model_book import Book
from .pasts import MOST, Past, pasts, picture
from .telling import (
    GONE,
    INTO,
    OTHER,
    PEOPLE,
    THIRD,
    Moves,
    bills_seen,
    explained,
    kinds_of,
    sights,
    tell,
)
from .town import ACME, ENTITY_IDS, JANE, ZENITH, Bill, bill_of, bills, client, places
from .trial import Trial

STAYING = ("sign_up", "sign_up", "claim", "link", "remove_user", "lift_bar", "change_roster")
"""What does not let anybody leave by themselves: of that nobody is told."""
KEEPING = strategies.policies().map(lambda policy: attrs.evolve(policy, contact_removed=ContactRemoved.KEEP))

Decision = tuple[str, int, EntityId]
decisions: SearchStrategy[list[Decision]] = st.lists(
    st.tuples(st.sampled_from(["link", "unlink"]), places, st.sampled_from(ENTITY_IDS)), min_size=6, max_size=12
)
"""What the firm grants and takes, so that there are grants and bars enough."""


@attrs.frozen
class Merging:
    """Two clients go into a third, both by themselves, or one by way of the other."""

    order: list[EntityId]
    chained: bool

    def among(self, trial: Trial) -> tuple[list[EntityId], EntityId, Moves]:
        """Who is gone, who has taken over, and how it is told."""
        one, two, into = [one for one in self.order if one in trial.model.books[ACME].entities][:3]
        return [one, two], into, {one: two if self.chained else into, two: into}


mergings = st.builds(Merging, st.permutations(ENTITY_IDS), st.booleans())


def _decide(trial: Trial, firm_id: FirmId, decided: list[Decision]) -> None:
    for verb, who, entity_id in decided:
        getattr(trial, verb)(firm_id, who, entity_id)


def _carry_bills(book: Book, gone: Iterable[EntityId], into: EntityId) -> None:
    """What a merge does to clients and their bills, in the model's book."""
    for one in gone:
        kept: list[Bill] = [*book.invoices.values(), *book.fees.values(), *book.payments.values()]
        book.entities[one] = attrs.evolve(book.entities[one], active=False)
        for bill in kept:
            if bill.entity_id == one:
                book.keep(attrs.evolve(bill, entity_id=into))


class MergeLaw(Promises):
    """L13: a bad feed takes nothing away, nor does it show anything, be it by a merge."""

    law = "L13"

    @settings(for_each_store, max_examples=25)
    @given(past=pasts(*STAYING, policies=KEEPING, max_size=6), decided=decisions, merging=mergings)
    def test_a_merge_carries_links_with_their_grounds_and_bars(
        self, past: Past, decided: list[Decision], merging: Merging
    ) -> None:
        """L7, L12: linked to any is linked to the survivor by all grounds; barred at any is barred, but for a grant."""
        with past.relived(self.make_store) as trial:
            _decide(trial, ACME, decided)
            gone, into, merged = merging.among(trial)
            before = [explained(trial, place) for place in (into, *gone)]
            tell(trial, merged=merged)
            for email, after in explained(trial, into).items():
                told = [at_one[email] for at_one in before]
                granted = GroundKind.FIRM_GRANT in kinds_of(*told)
                barred = any(one.bar for one in told) and not granted
                assert bool(after.bar) == barred
                assert kinds_of(after) == (set() if barred else kinds_of(*told))
                for place, then in zip(gone, told[1:], strict=True):
                    left = trial.portal.explain(trial.staff(ACME), email, place)
                    assert (left.link, left.bar) == (None, None if granted else then.bar)

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=12), merging=mergings)
    def test_the_journal_folds_back_to_the_links_that_a_merge_left(self, past: Past, merging: Merging) -> None:
        """L11: of a merge, too, each link that ends or comes to be is journaled, each ground, and who has none left."""
        with past.relived(self.make_store) as trial:
            tell(trial, merged=merging.among(trial)[2])
            standing = dict[UserId, dict[EntityId, set[GroundKind]]]()
            for user_id, entity_id in sights(trial):
                told = trial.portal.explain(trial.staff(ACME), user_id, entity_id)
                standing.setdefault(user_id, {})[entity_id] = kinds_of(told)
            assert folded(trial.portal.changes(ACME).items) == standing

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(max_size=6), merging=mergings, late=st.lists(bills(ACME), max_size=4))
    def test_the_survivor_has_the_bills_of_all_late_ones_too(
        self, past: Past, merging: Merging, late: list[Bill]
    ) -> None:
        """L13: bills of every kind go over, also those that come late, once the merge is told again."""
        with past.relived(self.make_store) as trial:
            gone, into, merged = merging.among(trial)
            trial.change_settings(Firm(firm_id=ACME, name="It shows everything"))
            paid = attrs.evolve(bill_of(gone[0], "i6"), status=InvoiceStatus.PAID)
            for coming in ([paid], late):
                trial.save_bills(coming)
                tell(trial, merged=merged)
                _carry_bills(trial.model.books[ACME], gone, into)
                for one in (*gone, into):
                    visit = StaffVisit(ACME, trial.staff(ACME).staff_id, one)
                    audit_view(trial, visit, None, limit=500)
                    audit_viewer(trial, visit, limit=500)

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(max_size=10), merging=mergings)
    def test_what_a_merge_ends_is_shown_before(self, past: Past, merging: Merging) -> None:
        """L13: links that end or come to be and users who go are as the plan shows; a costly one must be named."""
        with past.relived(self.make_store) as trial:
            before, everything = sights(trial), picture(trial)
            plan = trial.portal.roster.plan(ACME, [], merged=merging.among(trial)[2])
            if plan.needs_confirmation:
                assert refused(trial.portal.roster.apply, plan).error == "PlanNotConfirmed"
            assert picture(trial) == everything
            trial.portal.roster.apply(plan, confirmed=plan.plan_id)
            after = sights(trial)
            gains, losses = ({(one.user_id, one.entity_id) for one in part} for part in (plan.gains, plan.losses))
            assert (after - before, before - after) == (gains - losses, losses - gains)
            assert {*dict(before)} - {*dict(after)} == {*plan.removed_users}
            assert plan.needs_confirmation or not (plan.removed_users or 20 * len(losses) > len(before))

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(max_size=8), merging=mergings)
    def test_a_merge_shows_bills_to_nobody_who_was_not_named(self, past: Past, merging: Merging) -> None:
        """L13: who sees bills of a client that they were not linked to is in the plan, and the plan must be named."""
        with past.relived(self.make_store) as trial:
            before, linked = bills_seen(trial), sights(trial)
            owners = {bill.invoice_id: bill.entity_id for bill in trial.model.books[ACME].invoices.values()}
            plan = tell(trial, merged=merging.among(trial)[2])
            exposed = {(one.user_id, one.entity_id) for one in plan.exposed}
            for user_id, seen in bills_seen(trial).items():
                assert {(user_id, owners[bill_id]) for bill_id in seen - before[user_id]} <= exposed | linked
            assert plan.needs_confirmation or not exposed

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=12), merging=mergings)
    def test_a_merge_that_is_told_again_changes_nothing(self, past: Past, merging: Merging) -> None:
        """L9, L7: twice is once, whatever the firm has decided since: no bar that it has lifted comes back."""
        with past.relived(self.make_store) as trial:
            _, into, merged = merging.among(trial)
            tell(trial, merged=merged)
            for bar in trial.portal.bars(trial.staff(ACME), page=MOST).items:
                if bar.entity_id == into:
                    trial.portal.lift_bar(trial.staff(ACME), bar.email, into)
            before = picture(trial)
            again = trial.portal.roster.plan(ACME, [], merged=merged)
            assert again.is_idle
            assert trial.portal.roster.apply(again).events == ()
            assert picture(trial) == before

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(firm_ids=(ACME, ZENITH), max_size=4), decided=decisions, merging=mergings)
    def test_a_merge_at_one_firm_moves_nothing_at_another(
        self, past: Past, decided: list[Decision], merging: Merging
    ) -> None:
        """L6: with the same ids, numbers, addresses and bills at both, a merge at one changes nothing at the other."""
        with past.relived(self.make_store) as trial:
            _decide(trial, ZENITH, decided)
            before = picture(trial, ZENITH)
            tell(trial, merged=merging.among(trial)[2])
            assert picture(trial, ZENITH) == before

    def test_a_merge_that_has_come_to_show_more_is_outdated(self) -> None:
        """L13: who is linked since the plan was made is not shown the bills of another client by it."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE), client(INTO), client(THIRD, JANE)])
            trial.sign_up(ACME, JANE)
            plan = trial.portal.roster.plan(ACME, [], merged={GONE: INTO})
            trial.link(ACME, 0, INTO)
            before = picture(trial)
            assert refused(trial.portal.roster.apply, plan, confirmed=plan.plan_id).error == "PlanOutdated"
            assert picture(trial) == before

    def test_a_listing_that_the_survivor_does_not_have_does_not_go_over(self) -> None:
        """L12: under `WITHDRAW` the listing goes with the client that had it; other grounds go over, and stand."""
        with Trial(self.make_store, LinkagePolicy(contact_removed=ContactRemoved.WITHDRAW)) as trial:
            everybody = [str(email) for email in PEOPLE]
            trial.change_roster(ACME, [client(GONE, *everybody), client(INTO, JANE), client(THIRD, OTHER)])
            for address in everybody:
                trial.sign_up(ACME, address)
            trial.link(ACME, 2, GONE)
            plan = tell(trial, merged={GONE: INTO})
            assert plan.removed_users == ()
            kinds = [kinds_of(told) for told in explained(trial, INTO).values()]
            assert kinds == [{GroundKind.CONTACT_LISTING}, set(), {GroundKind.FIRM_GRANT}]
