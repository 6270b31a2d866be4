"""L4: a viewer sees exactly their scope."""

from hypothesis import given, settings

from ... import EntityId, Guest, InvoiceStatus, PortalUser, StaffId, StaffVisit, UserId, Viewer
from ..promises import Promises, for_each_store
from .answers import refused
from .audit import users, visits
from .audit_portal import audit_viewer
from .pasts import MOST, Past, pasts
from .town import ACME, ENTITY_IDS, FIRMS, NOWHERE, UNKNOWN, ZENITH
from .trial import Trial


def _shown(trial: Trial, viewer: Viewer) -> set[EntityId]:
    portal = trial.portal
    paid = portal.invoices(viewer, status=InvoiceStatus.PAID, page=MOST)
    bills = (portal.invoices(viewer, page=MOST), paid, portal.late_fees(viewer, page=MOST))
    rows = (*bills, portal.payments(viewer, page=MOST), portal.entities(viewer, page=MOST))
    return {row.entity_id for page in rows for row in page.items}


class ScopeLaw(Promises):
    """L4: a viewer sees exactly their scope."""

    law = "L4"

    @settings(for_each_store, max_examples=12)
    @given(past=pasts())
    def test_a_user_sees_all_active_entities_they_are_linked_to_and_no_bill_of_another(self, past: Past) -> None:
        """L4: the portal of a user holds their linked, active entities; not one row is of any other."""
        with past.relived(self.make_store) as trial:
            for row in trial.portal.portal_users(trial.staff(ACME), page=MOST).items:
                seen = trial.portal.entities(row.user.viewer, page=MOST).items
                active = [entity.entity_id for entity in row.entities if entity.active]
                assert [entity.entity_id for entity in seen] == active
                assert _shown(trial, row.user.viewer) == set(active)
                for entity_id in (*ENTITY_IDS, UNKNOWN):
                    assert trial.portal.can_see(row.user.viewer, entity_id) == (entity_id in active)

    @settings(for_each_store, max_examples=12)
    @given(past=pasts())
    def test_staff_and_guests_see_the_one_entity_they_visit(self, past: Past) -> None:
        """L4: a visit shows its one entity if that is active, whoever is linked to what; else it is not there."""
        with past.relived(self.make_store) as trial:
            book = trial.model.books[ACME]
            for entity_id in (*ENTITY_IDS, UNKNOWN):
                for viewer in (StaffVisit(ACME, StaffId("staff-1"), entity_id), Guest(ACME, entity_id)):
                    if entity_id in book.entities and book.entities[entity_id].active:
                        assert _shown(trial, viewer) == {entity_id}
                    else:
                        assert refused(trial.portal.view, viewer).error == "EntityNotFound"

    @settings(for_each_store, max_examples=10)
    @given(past=pasts())
    def test_nobody_else_sees_anything(self, past: Past) -> None:
        """L4: who is no user, at this firm or at one that does not exist, is shown nothing at all."""
        with past.relived(self.make_store) as trial:
            for firm_id in (*FIRMS, NOWHERE):
                viewer = PortalUser(firm_id, UserId("nobody"))
                assert refused(trial.portal.view, viewer).error == "UserNotFound"
                assert not any(trial.portal.can_see(viewer, entity_id) for entity_id in ENTITY_IDS)
            assert not trial.portal.can_see(StaffVisit(NOWHERE, StaffId("staff-1"), ENTITY_IDS[0]), ENTITY_IDS[0])

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(firm_ids=(ACME, ZENITH)))
    def test_every_viewer_sees_what_the_model_predicts(self, past: Past) -> None:
        """L4, L15: every list, bill, sum and yes-or-no of every viewer is the one that the design predicts."""
        with past.relived(self.make_store) as trial:
            for viewer in (*users(trial), *visits()):
                audit_viewer(trial, viewer, limit=3)
