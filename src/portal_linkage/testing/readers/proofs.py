"""What proves that somebody knows a client's bills, and what the portal shows of them."""

from typing import Any

import pytest

from ...domain.entities import Guest, Invoice, InvoiceProof, InvoiceStatus
from ...domain.errors import InvoiceNotFound
from ...domain.outcomes import ClaimRefused, Linked
from ...domain.values import EntityId, InvoiceId
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, REALTY, SMITH, TRUST, entity
from ..promises import Capability, needs
from ._base import signed_up
from ._means import DRAFT, VOID
from .found import lookalikes
from .invoices import Invoices


class InvoiceProofs(Invoices):
    """What proves that somebody knows a client's bills."""

    law = "L10"

    @property
    def number(self) -> str:
        """What is printed on the bill that proves."""
        return "Inv/7" if self.means.have(Capability.NUMBERS) else self.means.ids[-1]

    def proving(self, entity_id: str = REALTY, **fields: Any) -> Invoice:  # noqa: ANN401 -- those of `bill`
        """The bill that proves."""
        if not self.means.have(Capability.NUMBERS):
            return self.bill(self.number, entity_id, **fields)
        return self.bill("1", entity_id, number=self.number, **fields)

    def _proves(self, store: Store, number: str, entity_id: str = REALTY) -> bool:
        with store.snapshot() as snapshot:
            return snapshot.invoices.proves(ACME, EntityId(entity_id), number)

    def test_an_invoice_proves_by_its_exact_number(self, linked: Store) -> None:
        """An invoice proves by exactly its number, case and all, and by nothing that looks alike."""
        self.seed([self.proving()])
        near = {one: self._proves(linked, one) for one in sorted(lookalikes(self.number))}
        assert near == dict.fromkeys(near, False)
        assert self._proves(linked, self.number)

    @needs(Capability.NUMBERS)
    def test_an_id_proves_nothing(self, linked: Store) -> None:
        """Nobody is told the id of an invoice that has a number."""
        self.seed([self.proving()])
        assert not self._proves(linked, "1")

    def test_an_invoice_proves_its_own_client(self, linked: Store) -> None:
        """The number of an invoice is no proof for another client, nor at another firm."""
        self.seed([self.proving()])
        assert not self._proves(linked, self.number, SMITH)
        with linked.snapshot() as snapshot:
            assert not snapshot.invoices.proves(OTHER_FIRM, REALTY, self.number)

    @pytest.mark.parametrize("due", [1, 0])
    def test_open_and_paid_invoices_prove(self, linked: Store, due: int) -> None:
        """Whether an invoice has been paid makes no difference."""
        self.seed([self.proving(due=due)])
        assert self._proves(linked, self.number)

    @needs(Capability.VOIDS)
    def test_a_void_invoice_proves(self, linked: Store) -> None:
        """The client was sent it."""
        self.seed([self.proving(status=VOID)])
        assert self._proves(linked, self.number)

    @needs(Capability.DRAFTS)
    def test_a_draft_proves_nothing(self, linked: Store) -> None:
        """Nobody has been sent a draft."""
        self.seed([self.proving(status=DRAFT)])
        assert not self._proves(linked, self.number)

    @needs(Capability.DRAFTS)
    @needs(Capability.NUMBERS)
    def test_a_number_proves_if_one_of_its_invoices_does(self, linked: Store) -> None:
        """A number that a draft and another invoice share proves, whichever was written first."""
        drafts = (self.bill(one, number=self.number, status=DRAFT) for one in ("2", "3"))
        self.seed([next(drafts), self.proving(), next(drafts)])
        assert self._proves(linked, self.number)

    def test_an_invoice_of_an_inactive_client_proves(self, linked: Store) -> None:
        """Whether the client may be claimed is not the invoices' business."""
        self.seed([self.proving()])
        with linked.transaction() as tx:
            tx.entities.save(entity(REALTY, active=False))
        assert self._proves(linked, self.number)


class InvoicesShown(InvoiceProofs):
    """What the service makes of these bills."""

    law = "L15"

    def test_a_claim_is_proved_against_these_bills(self, store: Store) -> None:
        """Client number and invoice number link the client; those of a bill of another one, or nearly right, do not."""
        portal, jane = signed_up(store)
        viewer = jane.user.viewer
        self.seed([self.proving(TRUST), self.bill("5", REALTY)])
        for wrong in ("5", f"{self.number} ", f"0{self.number}"):
            assert isinstance(portal.claim(viewer, InvoiceProof(TRUST, wrong)), ClaimRefused)
        assert isinstance(portal.claim(viewer, InvoiceProof(TRUST, self.number)), Linked)
        assert sorted(one.entity_id for one in portal.invoices(viewer).items) == [TRUST, REALTY]

    @needs(Capability.DRAFTS)
    def test_a_claim_is_not_proved_by_a_draft(self, store: Store) -> None:
        """Whoever knows the number of a draft has not been sent it."""
        portal, jane = signed_up(store)
        self.seed([self.proving(TRUST, status=DRAFT)])
        assert isinstance(portal.claim(jane.user.viewer, InvoiceProof(TRUST, self.number)), ClaimRefused)

    def test_a_guest_is_let_in_by_these_bills(self, store: Store) -> None:
        """Who types what is printed on a bill may pay what its client owes, and is shown nothing that was paid."""
        portal, _ = signed_up(store)
        self.seed([self.proving(TRUST, due=0), self.bill("5", TRUST), self.bill("6")])
        guest = portal.admit_guest(ACME, InvoiceProof(TRUST, self.number))
        assert isinstance(guest, Guest)
        page = portal.view(guest)
        assert [one.invoice_id for one in page.invoices.items] == ["5"]
        assert page.amount_due == {self.currency: self.means.money(1200)}
        assert portal.invoices(guest, status=InvoiceStatus.PAID).items == ()

    def test_list_and_id_and_sum_agree(self, store: Store) -> None:
        """The portal counts, adds up and gives by id exactly what it lists."""
        portal, jane = signed_up(store)
        viewer = jane.user.viewer
        self.seed([self.bill("1"), self.bill("2", SMITH, due=5), self.bill("3", due=0), self.bill("4", TRUST)])
        page = portal.view(viewer)
        past = portal.invoices(viewer, status=InvoiceStatus.PAID)
        assert {one.invoice_id for one in page.invoices.items} == {"1", "2"}
        assert (page.open_invoice_count, page.amount_due) == (2, {self.currency: self.means.money(1205)})
        assert [one.invoice_id for one in past.items] == ["3"]
        for shown in (*page.invoices.items, *past.items):
            assert portal.invoice(viewer, shown.invoice_id) == shown
        for hidden in ("4", "5"):
            with pytest.raises(InvoiceNotFound):
                portal.invoice(viewer, InvoiceId(hidden))
