"""The service logs nothing, and what it answers may be logged."""

import logging

import pytest

from portal_linkage import InvoiceProof, PortalLinkageError
from portal_linkage.testing import builders as b
from portal_linkage.wire import to_json

from .world import STAFF, VERIFIED, World, arrival


def answers(world: World) -> list[object]:
    """What a day at the firm answers."""
    portal = world.portal(attempts=2)
    world.save(b.invoice("INV-1", b.REALTY, amount_due=b.usd("1234.56")), b.payment(payer="u1"), b.late_fee())
    plan = portal.roster.plan(b.ACME, [b.entity("1009", b.JANE, b.jane_at(1))])
    given: list[object] = [plan, portal.roster.apply(plan)]
    signed = portal.sign_up(b.ACME, VERIFIED, name="Jane Smith", claim=arrival())
    given += [signed, portal.sign_up(b.ACME, VERIFIED, name="Jane Smith"), portal.find_user(b.ACME, b.JANE)]
    user = signed.user  # type: ignore[union-attr]
    proof = InvoiceProof("1003", "INV-1")
    given += [
        portal.claim(user.viewer, proof),
        portal.claim(user.viewer, arrival("9999")),
        portal.admit_guest(b.ACME, proof),
    ]
    given += [portal.claim(user.viewer, InvoiceProof("1003", f"secret-{n}")) for n in range(3)]
    given += [
        portal.view(user.viewer),
        portal.portal_users(STAFF),
        portal.suggest(STAFF, "smith", user_id=user.user_id),
    ]
    given += [portal.link(STAFF, user.user_id, b.SMITH), portal.unlink(STAFF, user.user_id, b.SMITH)]
    given += [portal.bars(STAFF), portal.explain(STAFF, b.JANE, b.SMITH), portal.lift_bar(STAFF, b.JANE, b.SMITH)]
    given += [portal.remove_user(STAFF, user.user_id), portal.journal(STAFF), portal.changes(b.ACME)]
    return given


def test_no_outcome_shows_an_address_or_a_proof(world: World) -> None:
    """Outcomes stand in logs and tracebacks: their repr holds neither, though they carry the address."""
    shown = [repr(answer) for answer in answers(world)]
    assert len(shown) > 20
    for text in shown:
        assert "@" not in text
        assert "secret" not in text
    assert any("EmailAddress(***)" in text for text in shown)


def test_every_answer_is_public_data(world: World) -> None:
    """Whatever the service answers goes through ``to_json``."""
    for answer in answers(world):
        to_json(answer)


def test_the_service_logs_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What is worth knowing is in the answers and in the journal; logging is the host's."""
    with caplog.at_level(logging.NOTSET, logger="portal_linkage"):
        answers(world)
        with pytest.raises(PortalLinkageError):
            world.portal().remove_user(STAFF, b.JANE_ID)
    assert [record for record in caplog.records if record.name.startswith("portal_linkage")] == []
