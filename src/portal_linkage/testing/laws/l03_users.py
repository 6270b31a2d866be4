"""L3: a user exists exactly as long as they hold a link."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ... import SignedUp, Unlinked, UserRemoved, iterate
from ..promises import Promises, for_each_store
from .answers import refused
from .audit_firm import folded
from .pasts import MOST, Past, pasts
from .town import ACME, ADDRESSES, ENTITY_IDS


class UserLaw(Promises):
    """L3: a user exists exactly as long as they hold a link."""

    law = "L3"

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(max_size=20))
    def test_everyone_listed_holds_a_link_and_everyone_with_a_link_is_listed(self, past: Past) -> None:
        """L3: the list of portal users is the journal's users, each with at least one link, and no others."""
        with past.relived(self.make_store) as trial:
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            assert all(row.entities for row in rows)
            standing = folded(trial.portal.changes(ACME).items)
            assert {row.user.user_id: {e.entity_id for e in row.entities} for row in rows} == {
                user_id: set(links) for user_id, links in standing.items()
            }

    @settings(for_each_store, max_examples=12)
    @given(past=pasts(), data=st.data())
    def test_the_last_unlink_removes_the_user_and_not_a_link_earlier(self, past: Past, data: st.DataObject) -> None:
        """L3: the firm takes link after link away, in any order: the user stays until the last, and is then gone."""
        with past.relived(self.make_store) as trial:
            staff, portal = trial.staff(ACME), trial.portal
            for row in portal.portal_users(staff, page=MOST).items:
                order = data.draw(st.permutations([entity.entity_id for entity in row.entities]))
                outcomes = [portal.unlink(staff, row.user.user_id, entity_id) for entity_id in order]
                assert [type(outcome) for outcome in outcomes] == [Unlinked] * (len(order) - 1) + [UserRemoved]
                assert refused(portal.unlink, staff, row.user.user_id, ENTITY_IDS[0]).error == "UserNotFound"
                assert refused(portal.view, row.user.viewer).error == "UserNotFound"
                assert portal.find_user(ACME, row.user.email) is None
            assert portal.portal_users(staff).items == ()

    @settings(for_each_store, max_examples=10)
    @given(past=pasts("sign_up", "remove_user", "unlink", "lift_bar", max_size=20))
    def test_no_user_id_is_ever_given_twice(self, past: Past) -> None:
        """L3: whoever signs up again is a new user, and their old id stays nobody's."""
        with past.relived(self.make_store) as trial:
            events = iterate(lambda page: trial.portal.journal(trial.staff(ACME), page=page))
            came = [event.user_id for event in events if event.kind == "signed_up"]
            assert len(came) == len(set(came))
            for address in ADDRESSES:
                outcome = trial.sign_up(ACME, address)
                if isinstance(outcome, SignedUp):
                    assert outcome.user.user_id not in came
                    assert trial.portal.find_user(ACME, outcome.user.email) == outcome.user
                    came.append(outcome.user.user_id)
