"""L7: a firm's unlink stands."""

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ... import (
    Arrival,
    ArrivalRule,
    AutoLink,
    Bar,
    BarLifted,
    ClaimRefused,
    EmailAddress,
    EntityId,
    FirmUnlink,
    InvoiceProof,
    LinkagePolicy,
    Linked,
    NotBarred,
    PortalUser,
    Reason,
    SignedUp,
    VerifiedEmail,
)
from .. import strategies
from ..promises import Promises, for_each_store
from .acts import VERBS, Act, histories
from .pasts import MOST, Past, pasts, picture
from .town import ACME, bill_of, client, places
from .trial import Trial

BARRING = strategies.policies().map(
    lambda policy: attrs.evolve(policy, firm_unlink=FirmUnlink.BARS, arrival=ArrivalRule.LINK)
)

NOT_OURS = (*(verb for verb in VERBS if verb not in ("link", "lift_bar")), "sign_up", "change_roster")
"""Everything but what lifts a bar: the firm's own `link` and `lift_bar`."""


def _unlink_one(trial: Trial, who: int, policy: LinkagePolicy) -> tuple[EmailAddress, EntityId]:
    """The firm, under this policy, takes one link from somebody; told is from whom, and to what."""
    trial.policies[ACME] = policy
    rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
    assume(rows)
    row = rows[who % len(rows)]
    entity_id = row.entities[who % len(row.entities)].entity_id
    trial.agree(lambda portal: portal.unlink(trial.staff(ACME), row.user.user_id, entity_id))
    return row.user.email, entity_id


def _is_heard(trial: Trial, bar: Bar) -> bool:
    """Whether an arrival at the entity links the person to it, who signs up anew if they are gone."""
    arrival = Arrival.attest(bar.entity_id, via="link in a mail")
    if user := trial.portal.find_user(ACME, bar.email):
        return isinstance(trial.portal.claim(user.viewer, arrival), Linked)
    email = VerifiedEmail.attest(bar.email, via="confirmation link")
    signed = trial.portal.sign_up(ACME, email, name="Jane Smith", claim=arrival)
    return isinstance(signed, SignedUp) and signed.links[0].entity_id == bar.entity_id


class BarLaw(Promises):
    """L7: a firm's unlink stands."""

    law = "L7"

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(policies=BARRING, max_size=4), who=places, history=histories(*NOT_OURS, max_size=12))
    def test_nothing_but_the_firm_brings_an_unlinked_entity_back(
        self, past: Past, who: int, history: list[Act]
    ) -> None:
        """L7: sign-ups, claims, arrivals and roster changes, in any number, leave a barred entity barred and unseen."""
        with past.relived(self.make_store) as trial:
            email, entity_id = _unlink_one(trial, who, past.policy)
            for act in history:
                trial.do(act)
                user = trial.portal.find_user(ACME, email)
                explained = trial.portal.explain(trial.staff(ACME), email, entity_id)
                assert explained.bar is not None
                assert explained.link is None
                assert user is None or not trial.portal.can_see(user.viewer, entity_id)

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(policies=BARRING, max_size=4), who=places, gone=st.booleans())
    def test_every_way_back_is_shut(self, past: Past, who: int, gone: bool) -> None:
        """L7: arrival, right proof, listing at sign-up and a listing that appears leave a barred entity unlinked."""
        with past.relived(self.make_store) as trial:
            email, entity_id = _unlink_one(trial, who, past.policy)
            trial.policies[ACME] = attrs.evolve(past.policy, auto_link=AutoLink.CONTINUOUS, attempts=9)
            user = trial.portal.find_user(ACME, email)
            if gone and user:
                trial.agree(lambda portal: portal.remove_user(trial.staff(ACME), user.user_id))
            trial.change_roster(ACME, [client(entity_id, number="own"), client("other", str(email))])
            trial.change_roster(ACME, [client(entity_id, str(email), number="own")])
            trial.save_bills([bill_of(entity_id, "i1")])
            proof, arrival = InvoiceProof("own", "INV-1"), Arrival.attest(entity_id, via="link in a mail")
            for claim in (proof, arrival, None):
                trial.sign_up(ACME, str(email), claim=claim)
            again = trial.portal.find_user(ACME, email)
            assert again is not None
            for claim in (proof, arrival):
                assert trial.portal.claim(again.viewer, claim) == ClaimRefused()
            assert not trial.portal.can_see(again.viewer, entity_id)
            assert trial.portal.explain(trial.staff(ACME), email, entity_id).bar is not None

    @settings(for_each_store, max_examples=12)
    @given(past=pasts(policies=BARRING, max_size=6), who=places)
    def test_lifting_a_bar_links_nothing_and_lets_a_claim_link_again(self, past: Past, who: int) -> None:
        """L7: a lifted bar changes what nobody sees; from then on the person's own claim is heard again."""
        with past.relived(self.make_store) as trial:
            _unlink_one(trial, who, past.policy)
            bars = trial.portal.bars(trial.staff(ACME), page=MOST).items
            seen = picture(trial)["seen"]
            for bar in bars:
                assert trial.portal.explain(trial.staff(ACME), bar.email, bar.entity_id).bar == bar
                lifted = trial.portal.lift_bar(trial.staff(ACME), bar.email, bar.entity_id)
                assert isinstance(lifted, BarLifted)
                assert trial.portal.lift_bar(trial.staff(ACME), bar.email, bar.entity_id) == NotBarred()
                assert trial.portal.explain(trial.staff(ACME), bar.email, bar.entity_id).bar is None
            assert picture(trial)["seen"] == seen
            for bar in bars:
                why = trial.portal.explain(trial.staff(ACME), bar.email, bar.entity_id)
                assert why.link or Reason.ENTITY_INACTIVE in why.reasons or _is_heard(trial, bar)

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(policies=BARRING, max_size=6), who=places)
    def test_a_barred_person_is_refused_until_the_firm_links(self, past: Past, who: int) -> None:
        """L7, L10: an arrival at a barred entity is refused to its user; the firm's `link` lifts the bar and links."""
        with past.relived(self.make_store) as trial:
            trial.policies[ACME] = past.policy
            staff, user_id = trial.staff(ACME), trial.user_id(ACME, who)
            active = [entity.entity_id for entity in trial.model.books[ACME].entities.values() if entity.active]
            assume(len(active) > 1 and user_id in trial.model.books[ACME].users())
            for entity_id in active:
                trial.link(ACME, who, entity_id)
            entity_id = active[who % len(active)]
            trial.agree(lambda portal: portal.unlink(staff, user_id, entity_id))
            arrival = Arrival.attest(entity_id, via="link in a mail")
            assert trial.portal.claim(PortalUser(ACME, user_id), arrival) == ClaimRefused()
            linked = trial.agree(lambda portal: portal.link(staff, user_id, entity_id))
            assert isinstance(linked, Linked)
            assert [event.kind.value for event in linked.events] == ["bar_lifted", "linked"]
            assert trial.portal.explain(staff, user_id, entity_id).visible

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(max_size=8), who=places)
    def test_a_firm_that_forgets_leaves_no_new_bar(self, past: Past, who: int) -> None:
        """L7, decided default `firm_unlink`: under `FORGETS` an unlink leaves no bar; those that stand hold."""
        with past.relived(self.make_store) as trial:
            before = trial.portal.bars(trial.staff(ACME), page=MOST)
            _unlink_one(trial, who, attrs.evolve(past.policy, firm_unlink=FirmUnlink.FORGETS))
            assert trial.portal.bars(trial.staff(ACME), page=MOST) == before
