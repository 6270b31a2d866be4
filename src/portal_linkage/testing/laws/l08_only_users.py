"""L8: only portal users hold links."""

import pytest
from hypothesis import given, settings

from ... import Arrival, Guest, InvoiceProof, StaffId, StaffVisit
from ..promises import Promises, for_each_store
from .audit_portal import audit_viewer
from .pasts import Past, pasts, picture
from .town import ACME, ENTITY_IDS, proofs


class OnlyUsersLaw(Promises):
    """L8: only portal users hold links."""

    law = "L8"

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), proof=proofs)
    def test_visits_leave_no_trace(self, past: Past, proof: InvoiceProof) -> None:
        """L8: staff and guests look at what they may, a guest is let in; no user, link, bar or event comes of it."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            trial.admit_guest(ACME, proof)
            trial.admit_guest(ACME, 0)
            for viewer in (Guest(ACME, ENTITY_IDS[0]), StaffVisit(ACME, StaffId("staff-1"), ENTITY_IDS[0])):
                audit_viewer(trial, viewer, limit=5)
            assert picture(trial) == before

    @settings(for_each_store, max_examples=5)
    @given(past=pasts(max_size=4))
    def test_a_visit_cannot_claim_leave_or_be_linked(self, past: Past) -> None:
        """L8: what only a user can do takes a `PortalUser`; a visit in its place is a `TypeError`."""
        with past.relived(self.make_store) as trial:
            before, arrival = picture(trial), Arrival.attest(ENTITY_IDS[0], via="link in a mail")
            for viewer in (Guest(ACME, ENTITY_IDS[0]), StaffVisit(ACME, StaffId("staff-1"), ENTITY_IDS[0])):
                with pytest.raises(TypeError):
                    trial.portal.claim(viewer, arrival)  # type: ignore[arg-type]
                with pytest.raises(TypeError):
                    trial.portal.leave(viewer, ENTITY_IDS[0])  # type: ignore[arg-type]
                with pytest.raises(TypeError):
                    trial.portal.link(viewer, ENTITY_IDS[0], ENTITY_IDS[0])  # type: ignore[arg-type]
            assert picture(trial) == before
