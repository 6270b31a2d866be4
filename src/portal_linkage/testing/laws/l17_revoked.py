"""L17: revoked is revoked."""

import attrs
from hypothesis import assume, given, settings

from ... import EntityId, Viewer
from ..promises import Promises, for_each_store
from .answers import Refusal, answer, refused
from .pasts import MOST, Past, pasts
from .town import ACME, bill_of, places
from .trial import Trial


def _assert_unseen(trial: Trial, viewer: Viewer, entity_id: EntityId) -> None:
    """No reading of this viewer shows anything of the entity, a bill issued a moment ago included."""
    portal, bill = trial.portal, bill_of(entity_id, "i4")
    trial.save_bills([bill])
    assert not portal.can_see(viewer, entity_id)
    assert refused(portal.invoice, viewer, bill.invoice_id).error == "InvoiceNotFound"
    assert refused(portal.view, viewer, entity_id=entity_id).error in ("EntityNotFound", "UserNotFound")
    assert refused(portal.invoices, viewer, entity_id=entity_id).error in ("EntityNotFound", "UserNotFound")
    view = answer(portal.view, viewer, limit=500)
    if not isinstance(view, Refusal):
        rows = (view.entities, view.invoices, view.late_fees, view.past_payments)
        assert entity_id not in {row.entity_id for page in rows for row in page.items}
        assert entity_id not in view.labels


class RevokedLaw(Promises):
    """L17: revoked is revoked."""

    law = "L17"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(), who=places, which=places)
    def test_no_reading_after_an_unlink_shows_the_entity(self, past: Past, who: int, which: int) -> None:
        """L17: the same viewer who saw the entity a moment ago sees nothing of it once the firm has unlinked it."""
        with past.relived(self.make_store) as trial:
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            assume(rows)
            row = rows[who % len(rows)]
            entity = row.entities[which % len(row.entities)]
            assert trial.portal.can_see(row.user.viewer, entity.entity_id) == entity.active
            answer(trial.portal.view, row.user.viewer)
            trial.portal.unlink(trial.staff(ACME), row.user.user_id, entity.entity_id)
            _assert_unseen(trial, row.user.viewer, entity.entity_id)

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), who=places)
    def test_no_reading_after_a_removal_shows_anything(self, past: Past, who: int) -> None:
        """L17: a user whom the firm has removed sees nothing any more, though their host still holds their id."""
        with past.relived(self.make_store) as trial:
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            assume(rows)
            row = rows[who % len(rows)]
            trial.portal.remove_user(trial.staff(ACME), row.user.user_id)
            for entity in row.entities:
                _assert_unseen(trial, row.user.viewer, entity.entity_id)

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), which=places)
    def test_an_entity_made_inactive_is_gone_at_once_and_back_at_once(self, past: Past, which: int) -> None:
        """L17 and the decided defaults: deactivated, an entity is in nobody's sight; reactivated, all is back."""
        with past.relived(self.make_store) as trial:
            linked = {
                (row.user.viewer, entity.entity_id)
                for row in trial.portal.portal_users(trial.staff(ACME), page=MOST).items
                for entity in row.entities
                if entity.active
            }
            assume(linked)
            entity_id = sorted({entity_id for _, entity_id in linked})[which % len({e for _, e in linked})]
            entity = trial.model.books[ACME].entities[entity_id]
            trial.store_entity(attrs.evolve(entity, active=False))
            viewers = [viewer for viewer, found in linked if found == entity_id]
            for viewer in viewers:
                _assert_unseen(trial, viewer, entity_id)
            trial.store_entity(entity)
            for viewer in viewers:
                assert trial.portal.can_see(viewer, entity_id)
                assert bill_of(entity_id, "i4") in trial.portal.invoices(viewer, entity_id=entity_id, page=MOST).items
