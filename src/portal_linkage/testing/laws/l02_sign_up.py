"""L2: sign-up is whole."""

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ... import Arrival, ArrivalRule, AutoLink, ClientEntity, EntityId, FirmUnlink, LinkagePolicy, SelfUnlink, SignedUp
from .. import strategies
from ..promises import Promises, for_each_store
from .answers import Refusal
from .doings import Claimed
from .model_texts import key_of, number_order
from .pasts import MOST, Past, pasts, picture
from .town import ACME, ENTITY_IDS, UNKNOWN, addresses, claims, client, contacts, places, rosters
from .trial import Trial


def _listed(roster: list[ClientEntity], address: str) -> list[EntityId]:
    found = [e for e in roster if e.active and key_of(address) in {key_of(str(c.email)) for c in e.contacts}]
    return [e.entity_id for e in sorted(found, key=lambda e: (number_order(e.client_number), e.entity_id))]


def _large_rosters() -> st.SearchStrategy[list[ClientEntity]]:
    """Rosters in which many clients share few addresses."""
    return strategies.rosters(ACME, of=strategies.client_entities(ACME, contacts_of=contacts), min_size=1, max_size=12)


class SignUpLaw(Promises):
    """L2: sign-up is whole."""

    law = "L2"

    @settings(for_each_store, max_examples=30)
    @given(roster=_large_rosters(), address=addresses, auto=st.sampled_from(AutoLink), data=st.data())
    def test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address(
        self, roster: list[ClientEntity], address: str, auto: AutoLink, data: st.DataObject
    ) -> None:
        """L2: the portal the visitor is in comes first, then every active entity listing the address, by number."""
        active = [entity.entity_id for entity in roster if entity.active]
        claimed = data.draw(st.sampled_from([None, *active]))
        listed = [] if auto is AutoLink.OFF else _listed(roster, address)
        expected = ([claimed] if claimed else []) + [entity_id for entity_id in listed if entity_id != claimed]
        with Trial(self.make_store, LinkagePolicy(auto_link=auto)) as trial:
            trial.change_roster(ACME, roster)
            claim = Arrival.attest(claimed, via="link in a mail") if claimed else None
            given_answer = trial.sign_up(ACME, address, claim=claim)
            if expected:
                assert isinstance(given_answer, SignedUp)
                assert [link.entity_id for link in given_answer.links] == expected
            else:
                assert isinstance(given_answer, Refusal)
                assert given_answer.error == "NothingToLink"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(), address=addresses, claim=st.one_of(st.none(), claims))
    def test_a_sign_up_makes_a_user_with_all_links_or_leaves_nothing(
        self, past: Past, address: str, claim: Claimed | None
    ) -> None:
        """L2: whatever has happened before, an answer other than a new account changes nothing that anybody sees."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            outcome = trial.sign_up(ACME, address, claim=claim)
            if isinstance(outcome, SignedUp):
                rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
                held = [row.entities for row in rows if row.user == outcome.user]
                assert [entity.entity_id for entity in held[0]] == [link.entity_id for link in outcome.links]
            else:
                assert picture(trial) == before

    @settings(for_each_store, max_examples=10)
    @given(roster=rosters(ACME, min_size=2), address=addresses, policy=strategies.policies())
    def test_an_arrival_at_no_entity_leaves_even_the_listed_ones_alone(
        self, roster: list[ClientEntity], address: str, policy: LinkagePolicy
    ) -> None:
        """L2: an arrival at an unknown or inactive entity signs nobody up, however many entities list the address."""
        gone = [entity.entity_id for entity in roster if not entity.active]
        assume(_listed(roster, address))
        with Trial(self.make_store, policy) as trial:
            trial.change_roster(ACME, roster)
            for entity_id in (*gone, UNKNOWN, *(set(ENTITY_IDS) - {entity.entity_id for entity in roster})):
                refused = trial.sign_up(ACME, address, claim=Arrival.attest(entity_id, via="link in a mail"))
                assert isinstance(refused, Refusal)
                assert refused.error == "EntityNotFound"
            assert trial.portal.changes(ACME).items == ()

    @settings(for_each_store, max_examples=15)
    @given(past=pasts("sign_up", "link"), which=places, comes_back=st.sampled_from(["alone", "claim", "firm"]))
    def test_what_a_user_left_comes_back_by_their_own_claim_or_the_firm_alone(
        self, past: Past, which: int, comes_back: str
    ) -> None:
        """L2 and *Leaving*: sign-up does not link what the person once left; their arrival or the firm's word does."""
        with past.relived(self.make_store) as trial:
            leaving = attrs.evolve(trial.policies[ACME], self_unlink=SelfUnlink.ALLOWED, arrival=ArrivalRule.LINK)
            trial.policies[ACME] = attrs.evolve(leaving, firm_unlink=FirmUnlink.FORGETS, auto_link=AutoLink.AT_SIGN_UP)
            staff, held = trial.staff(ACME), trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            linked = [(row.user, e.entity_id) for row in held for e in row.entities if e.active]
            assume(linked)
            user, entity_id = linked[which % len(linked)]
            for one in (entity_id, "other"):
                trial.store_entity(client(one, str(user.email)))
            trial.agree(lambda portal: portal.leave(user.viewer, entity_id))
            if trial.portal.find_user(ACME, user.email):
                trial.agree(lambda portal: portal.remove_user(staff, user.user_id))
            arrival = Arrival.attest(entity_id, via="link in a mail")
            trial.sign_up(ACME, str(user.email), claim=arrival if comes_back == "claim" else None)
            again = trial.portal.find_user(ACME, user.email)
            assert again is not None
            if comes_back == "firm":
                assert not trial.portal.can_see(again.viewer, entity_id)
                trial.agree(lambda portal: portal.link(staff, again.user_id, entity_id))
            assert trial.portal.can_see(again.viewer, entity_id) == (comes_back != "alone")
            assert trial.portal.can_see(again.viewer, EntityId("other"))
