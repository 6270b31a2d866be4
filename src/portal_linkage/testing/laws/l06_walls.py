"""L6: firms are walls."""

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from ... import (
    ClaimRefused,
    EmailAddress,
    FirmId,
    FirmStaff,
    InvoiceProof,
    LinkagePolicy,
    PortalUser,
    StaffId,
    TooManyAttempts,
    UserId,
    VerifiedEmail,
)
from ..promises import Promises, for_each_store
from .acts import VERBS, Act
from .answers import refused
from .pasts import Past, pasts, picture
from .town import ACME, ADDRESSES, ENTITY_IDS, INVOICE_IDS, JANE, NOWHERE, ZENITH, Bill
from .trial import Trial


def _at(firm_id: str) -> st.SearchStrategy[list[Act]]:
    """What happens at one firm, and to it alone."""
    verbs = [verb for verb in VERBS if verb not in ("apply_planned", "wait", "change_policy")]
    one = st.sampled_from(verbs).flatmap(lambda verb: st.builds(Act, st.just(verb), VERBS[verb].map(dict)))
    return st.lists(one.filter(lambda act: _is_at(act, firm_id)), min_size=1, max_size=8)


def _is_at(act: Act, firm_id: str) -> bool:
    about = next(act.about[name] for name in ("firm_id", "entity", "bills", "firm") if name in act.about)
    one = cast("list[Bill]", about)[0] if isinstance(about, list) else about
    return getattr(one, "firm_id", one) == firm_id


def _assert_opens_nothing(trial: Trial, strange: PortalUser) -> None:
    """The id of a user of another firm is nobody's."""
    portal, staff = trial.portal, trial.staff(strange.firm_id)
    assert not any(portal.can_see(strange, entity_id) for entity_id in ENTITY_IDS)
    assert refused(portal.view, strange).error == "UserNotFound"
    assert refused(portal.invoice, strange, INVOICE_IDS[0]).error == "InvoiceNotFound"
    assert refused(portal.link, staff, strange.user_id, ENTITY_IDS[0]).error == "UserNotFound"


class WallLaw(Promises):
    """L6: firms are walls."""

    law = "L6"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(firm_ids=(ACME, ZENITH), max_size=4), history=_at(ACME))
    def test_what_happens_at_one_firm_changes_nothing_at_another(self, past: Past, history: list[Act]) -> None:
        """L6: with the same ids, numbers and addresses at both, nothing done at one firm shows at the other."""
        with past.relived(self.make_store) as trial:
            before = picture(trial, ZENITH)
            trial.do(*history)
            assert picture(trial, ZENITH) == before

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(firm_ids=(ACME, ZENITH)))
    def test_one_address_at_two_firms_is_two_users(self, past: Past) -> None:
        """L6: whoever signs up at two firms has two accounts, and neither's id opens anything at the other firm."""
        with past.relived(self.make_store) as trial:
            for address in ADDRESSES:
                email = EmailAddress.parse(address)
                users = {firm_id: trial.portal.find_user(firm_id, email) for firm_id in (ACME, ZENITH)}
                assert len({user.user_id for user in users.values() if user}) == sum(map(bool, users.values()))
                for firm_id, user in users.items():
                    if user is not None:
                        _assert_opens_nothing(trial, PortalUser(ZENITH if firm_id == ACME else ACME, user.user_id))

    @settings(for_each_store, max_examples=8)
    @given(attempts=st.integers(1, 3), firm_id=st.sampled_from([ACME, ZENITH]))
    def test_refused_proofs_are_counted_at_their_own_firm(self, attempts: int, firm_id: FirmId) -> None:
        """L6, L10: a number and a person that one firm hears no more are heard at the other."""
        with Trial(self.make_store, LinkagePolicy(attempts=attempts)) as trial:
            other = ZENITH if firm_id == ACME else ACME
            for _ in range(attempts):
                assert trial.sign_up(firm_id, JANE, claim=InvoiceProof("1", "wrong")) == ClaimRefused()
            assert isinstance(trial.sign_up(firm_id, JANE, claim=InvoiceProof("1", "wrong")), TooManyAttempts)
            assert trial.sign_up(other, JANE, claim=InvoiceProof("1", "wrong")) == ClaimRefused()

    def test_a_firm_that_does_not_exist_holds_nothing(self) -> None:
        """L6: at a firm that is not there nobody signs up, pays, is found, is listed or is suggested."""
        with Past(policy=LinkagePolicy(), foundings=[], history=[]).relived(self.make_store) as trial:
            portal, staff = trial.portal, FirmStaff(NOWHERE, StaffId("staff-1"))
            jane = VerifiedEmail.attest(JANE, via="confirmation link")
            assert refused(portal.sign_up, NOWHERE, jane, name="Jane Smith").error == "FirmNotFound"
            assert refused(portal.admit_guest, NOWHERE, InvoiceProof("1001", "INV-1")).error == "FirmNotFound"
            assert refused(portal.roster.plan, NOWHERE, []).error == "FirmNotFound"
            assert portal.find_user(NOWHERE, jane) is None
            assert not any((portal.portal_users(staff).items, portal.bars(staff).items, portal.suggest(staff, "1")))
            assert portal.journal(staff).items == portal.changes(NOWHERE).items == ()
            assert refused(portal.link, staff, UserId("u1"), ENTITY_IDS[0]).error == "UserNotFound"
