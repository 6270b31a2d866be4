"""L12: a link has grounds."""

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import Bar, ContactRemoved, EmailAddress, EntityId, GroundKind, Link, LinkagePolicy, Reason, UserId
from ..promises import Promises, for_each_store
from .model_texts import key_of
from .pasts import MOST, Past, pasts
from .town import ACME, ENTITY_IDS, JANE, client
from .trial import Trial

LISTING = GroundKind.CONTACT_LISTING


def _links(trial: Trial) -> dict[tuple[UserId, EntityId], Link | None]:
    rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
    return {
        (row.user.user_id, entity.entity_id): trial.portal.explain(
            trial.staff(ACME), row.user.user_id, entity.entity_id
        ).link
        for row in rows
        for entity in row.entities
    }


class GroundLaw(Promises):
    """L12: a link has grounds."""

    law = "L12"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=15))
    def test_every_link_stands_on_one_ground_of_a_kind_or_more(self, past: Past) -> None:
        """L12: `explain` tells the grounds of every link: at least one, none twice, the first as old as the link."""
        with past.relived(self.make_store) as trial:
            for link in _links(trial).values():
                assert link is not None
                kinds = [ground.kind for ground in link.grounds]
                assert kinds
                assert len(kinds) == len(set(kinds))
                assert all(link.linked_at <= ground.since <= trial.now for ground in link.grounds)

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=6), entity_id=st.sampled_from(ENTITY_IDS), removed=st.sampled_from(ContactRemoved))
    def test_losing_a_ground_is_not_being_unlinked(
        self, past: Past, entity_id: EntityId, removed: ContactRemoved
    ) -> None:
        """L12: under `WITHDRAW` a listing goes with its contact, the link with its last ground, and no bar is left."""
        with past.relived(self.make_store) as trial:
            trial.policies[ACME] = attrs.evolve(trial.policies[ACME], contact_removed=removed)
            before, bars = _links(trial), trial.portal.bars(trial.staff(ACME), page=MOST)
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            owners = {row.user.user_id: str(row.user.email) for row in rows}
            known = trial.model.books[ACME].entities.get(entity_id)
            trial.change_roster(ACME, [attrs.evolve(known, contacts=()) if known else client(entity_id)])
            after = _links(trial)
            assert trial.portal.bars(trial.staff(ACME), page=MOST) == bars
            for (user_id, held_id), link in before.items():
                assert link is not None
                kinds, now = {ground.kind for ground in link.grounds}, after.get((user_id, held_id))
                owner = owners[user_id]
                was_listed = known is not None and key_of(owner) in {key_of(str(c.email)) for c in known.contacts}
                if held_id == entity_id and was_listed and removed is ContactRemoved.WITHDRAW:
                    kinds -= {LISTING}
                assert {ground.kind for ground in now.grounds} == kinds if now else kinds == set()

    def test_a_withdrawn_link_comes_back_when_the_contact_does(self) -> None:
        """L12: nothing is remembered against a link that lost its last ground: listed again, it is linked again."""
        policy = LinkagePolicy(contact_removed=ContactRemoved.WITHDRAW)
        with Trial(self.make_store, policy) as trial:
            trial.change_roster(ACME, [client("1001", JANE)])
            trial.sign_up(ACME, JANE)
            trial.change_roster(ACME, [client("1001")])
            assert _links(trial) == {}
            trial.change_roster(ACME, [client("1001", JANE)])
            trial.sign_up(ACME, JANE)
            assert [entity_id for _, entity_id in _links(trial)] == ["1001"]

    def test_an_explanation_tells_the_bar_and_every_reason_that_holds(self) -> None:
        """L12: of somebody unlinked from an entity that is inactive by now, `explain` tells three reasons and a bar."""
        with Trial(self.make_store) as trial:
            staff, entity_id = trial.staff(ACME), EntityId("1002")
            trial.change_roster(ACME, [client("1001", JANE), client("1002", JANE)])
            trial.sign_up(ACME, JANE)
            user_id = trial.user_id(ACME, 0)
            trial.unlink(ACME, 0, entity_id)
            trial.store_entity(client("1002", active=False))
            told = trial.portal.explain(staff, user_id, entity_id)
            email = EmailAddress.parse(JANE)
            bar = Bar(firm_id=ACME, email=email, entity_id=entity_id, since=trial.now, by=staff.staff_id)
            assert (told.visible, told.link, told.bar) == (False, None, bar)
            assert told.reasons == (Reason.NOT_LINKED, Reason.BARRED, Reason.ENTITY_INACTIVE)
            assert trial.portal.explain(staff, email, entity_id) == told
            assert trial.portal.explain(staff, user_id, EntityId("1001")).visible
