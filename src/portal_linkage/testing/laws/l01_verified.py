"""L1: only a verified address links."""

import pytest
from hypothesis import given, settings

from ... import EmailAddress, VerifiedEmail
from .. import strategies
from ..promises import Promises, for_each_store
from .pasts import Past, pasts, picture
from .town import ACME, ADDRESSES, addresses


class VerifiedLaw(Promises):
    """L1: only a verified address links."""

    law = "L1"

    @settings(for_each_store, max_examples=10)
    @given(past=pasts(), address=addresses)
    def test_an_address_that_nobody_attests_signs_nobody_up(self, past: Past, address: str) -> None:
        """L1: a text, or an address that was only read, is refused with a `TypeError`, and nothing changes."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            for unattested in (address, EmailAddress.parse(address), None):
                with pytest.raises(TypeError, match="VerifiedEmail"):
                    trial.portal.sign_up(ACME, unattested, name="Jane Smith")  # type: ignore[arg-type]
            assert picture(trial) == before

    @settings(for_each_store, max_examples=10)
    @given(past=pasts("change_roster", "store_entity", "sign_up", "remove_user", "wait"))
    def test_an_address_that_never_signed_up_has_no_account(self, past: Past) -> None:
        """L1: being listed makes no account: who has one has signed up, and has not been removed since."""
        with past.relived(self.make_store) as trial:
            events = trial.portal.changes(ACME).items
            came = [event.user_id for event in events if event.kind == "signed_up"]
            went = [event.user_id for event in events if event.kind == "user_removed"]
            found = [trial.portal.find_user(ACME, EmailAddress.parse(address)) for address in ADDRESSES]
            assert {user.user_id for user in found if user} == set(came) - set(went)

    @for_each_store
    @given(strategies.addresses())
    def test_an_attested_address_cannot_be_constructed(self, address: str) -> None:
        """L1: only the host's word makes an address verified; nobody gets one by calling the class."""
        with pytest.raises(TypeError, match="attest"):
            VerifiedEmail()
        assert VerifiedEmail.attest(address, via="confirmation link").email == EmailAddress.parse(address)
