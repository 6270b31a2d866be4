"""L13: each source of contacts replaces its own, and takes nothing of another's."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import AutoLink, ClientEntity, ContactRemoved, EntityId, LinkagePolicy
from ..promises import Promises, for_each_store
from .answers import answer, refused
from .pasts import Past, pasts, picture
from .telling import GONE, INTO, NOBODY, THIRD, Moves, sights, signs_up, signs_up_anew, tell
from .town import ACME, ENTITY_IDS, JANE, client, rosters
from .trial import Trial

BOOKS = "books@example.com"
"""An address that no client of the town lists by itself."""
MOVES: Moves = {GONE: INTO}
COMING_AND_GOING = LinkagePolicy(auto_link=AutoLink.CONTINUOUS, contact_removed=ContactRemoved.WITHDRAW)


class SourceLaw(Promises):
    """L13: a bad feed takes nothing away of what another source lists."""

    law = "L13"

    @settings(for_each_store, max_examples=15)
    @given(
        past=pasts(max_size=5),
        listed=st.sets(st.sampled_from(ENTITY_IDS), min_size=1),
        roster=rosters(ACME),
        complete=st.booleans(),
    )
    def test_a_roster_of_the_pms_leaves_the_contacts_of_another_source(
        self, past: Past, listed: set[EntityId], roster: list[ClientEntity], complete: bool
    ) -> None:
        """L13: whatever the PMS tells, whom another source lists signs up with every active client of its listing."""
        with past.relived(self.make_store) as trial:
            trial.policies[ACME] = attrs.evolve(past.policy, auto_link=AutoLink.AT_SIGN_UP)
            known = trial.model.books[ACME].entities
            plan = tell(trial, *(client(one, BOOKS) for one in listed), source="xero")
            assert {*plan.unknown} == listed - known.keys()
            listed &= known.keys()
            trial.change_roster(ACME, roster, complete=complete)
            active = {one for one in listed if known[one].active}
            linked = answer(signs_up, trial, BOOKS)
            assert {*linked} == active if isinstance(linked, list) else not active

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=10), roster=rosters(ACME))
    def test_a_source_of_contacts_says_nothing_else_of_clients(self, past: Past, roster: list[ClientEntity]) -> None:
        """L13: names, numbers and activity are the PMS's to say; a client that it does not know is named, not kept."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            plan = tell(trial, *(attrs.evolve(one, contacts=()) for one in roster), source="xero")
            assert picture(trial) == before
            known = trial.model.books[ACME].entities
            assert plan.unknown == tuple(sorted({one.entity_id for one in roster} - known.keys()))
            assert (plan.added, plan.deactivated, plan.reactivated) == ((), (), ())

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=10), listed=st.sets(st.sampled_from(ENTITY_IDS)), named=st.booleans())
    def test_a_complete_list_of_contacts_takes_only_its_own(
        self, past: Past, listed: set[EntityId], named: bool
    ) -> None:
        """L13: nobody whom the PMS lists, too, loses a link or a client when a source comes to list nobody at all."""
        with past.relived(self.make_store) as trial:
            known = trial.model.books[ACME].entities
            told = [attrs.evolve(known[one], name="", active=named) for one in listed & known.keys()]
            before = picture(trial)
            tell(trial, *told, source="xero")
            plan = tell(trial, complete=True, source="xero")
            assert (plan.losses, plan.hidden, plan.deactivated) == ((), (), ())
            assert plan.needs_confirmation
            assert picture(trial) == before

    @settings(for_each_store, max_examples=15)
    @given(tellings=st.lists(st.tuples(st.sampled_from(["pms", "xero", "by hand"]), st.booleans()), max_size=9))
    def test_an_address_appears_with_the_first_source_and_vanishes_with_the_last(
        self, tellings: list[tuple[str, bool]]
    ) -> None:
        """L12: a listing is a ground as long as any source lists the address, and each tells for itself alone."""
        listing = set[str]()
        with Trial(self.make_store, COMING_AND_GOING) as trial:
            trial.change_roster(ACME, [client(GONE), client(THIRD, JANE)])
            trial.sign_up(ACME, JANE)
            for source, lists in tellings:
                stood = bool(listing)
                tell(trial, client(GONE, *([JANE] if lists else [])), source=source)
                listing = listing | {source} if lists else listing - {source}
                assert sights(trial) == {("u1", THIRD), *([("u1", GONE)] if listing else [])}
                if stood != bool(listing):
                    assert trial.portal.changes(ACME).items[-1].by == source

    @settings(for_each_store, max_examples=10)
    @given(elsewhere=st.sets(st.sampled_from([GONE, INTO])), removed=st.sampled_from(ContactRemoved))
    def test_what_another_source_lists_stays_with_the_client_with_which_it_does(
        self, elsewhere: set[EntityId], removed: ContactRemoved
    ) -> None:
        """L12: in a merge such a listing does not go over; under `WITHDRAW` it counts where the survivor has one."""
        with Trial(self.make_store, LinkagePolicy(contact_removed=removed)) as trial:
            trial.change_roster(ACME, [client(GONE), client(INTO), client(THIRD, JANE)])
            tell(trial, *(client(one, JANE) for one in elsewhere), source="xero")
            signs_up(trial, JANE)
            tell(trial, merged={GONE: INTO})
            stays = elsewhere if removed is ContactRemoved.KEEP else elsewhere - {GONE}
            assert (("u1", INTO) in sights(trial)) == bool(stays)
            assert signs_up_anew(trial, JANE) == [*([INTO] if INTO in elsewhere else []), THIRD]
            tell(trial, client(INTO, JANE), source="xero")
            assert signs_up_anew(trial, JANE) == [INTO, THIRD]

    @pytest.mark.parametrize("moves", [(MOVES, NOBODY), (NOBODY, MOVES)])
    def test_a_source_of_contacts_merges_nobody(self, moves: tuple[Moves, Moves]) -> None:
        """L13: which clients there are, and what they are called, is the PMS's to say."""
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, [client(GONE, JANE), client(INTO)])
            trial.sign_up(ACME, JANE)
            before, (merged, renumbered) = picture(trial), moves
            assert refused(tell, trial, source="xero", merged=merged, renumbered=renumbered).error == "InvalidValue"
            assert picture(trial) == before
