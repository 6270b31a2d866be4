"""What people, firms and their PMS do, by the verbs of `acts`: to a service alone, or to one beside a model."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from ... import (
    Arrival,
    Bar,
    ClientEntity,
    EmailAddress,
    EntityId,
    FeeId,
    Firm,
    FirmId,
    FirmStaff,
    Invoice,
    InvoiceId,
    InvoiceProof,
    LateFee,
    Payment,
    PaymentId,
    PortalUser,
    StaffId,
    UserId,
    VerifiedEmail,
)
from ...ports import Store
from ..titles import broken
from .acts import Act
from .town import BARRED, JANE, NOT_THERE, UNKNOWN, Bill, Founding

Claimed = Arrival | InvoiceProof | int


def beginning(founding: Founding) -> list[Act]:
    """How a firm begins: with its settings, its roster, its bills, and the people who sign up first."""
    firm_id = founding.firm.firm_id
    active = [entity.entity_id for entity in founding.roster if entity.active]
    arrivals = [
        (address, Arrival.attest(active[which % len(active)], via="link in a mail") if active else None)
        for address, which in founding.first.items()
    ]
    return [
        Act("change_settings", {"firm": founding.firm}),
        Act("change_roster", {"firm_id": firm_id, "entities": founding.roster}),
        Act("save_bills", {"bills": founding.bills}),
        *(Act("sign_up", {"firm_id": firm_id, "address": one, "claim": arrival}) for one, arrival in arrivals),
    ]


class Doings:
    """What is done, and told by numbers: which of the users, bills and bars that there are."""

    store: Store

    def agree(self, ask: Callable[[Any], object]) -> object:
        """What the service, or whatever else is asked, answers."""
        raise NotImplementedError

    def users(self, firm_id: FirmId) -> Sequence[UserId]:
        """The firm's users, by id."""
        raise NotImplementedError

    def last_gone(self, firm_id: FirmId) -> UserId | None:
        """The user who was removed last."""
        raise NotImplementedError

    def printed(self, firm_id: FirmId) -> Sequence[InvoiceProof]:
        """What is printed on the firm's bills."""
        raise NotImplementedError

    def bars(self, firm_id: FirmId) -> Sequence[Bar]:
        """The firm's bars."""
        raise NotImplementedError

    def do(self, *history: Act) -> Self:
        """Let it happen."""
        for act in history:
            with broken(act.law, f"{act.verb} is done, and answered, as the design says"):
                getattr(self, act.verb)(**act.about)
        return self

    def staff(self, firm_id: FirmId) -> FirmStaff:
        """Somebody of the firm."""
        return FirmStaff(firm_id, StaffId("staff-1"))

    def user_id(self, firm_id: FirmId, who: int) -> UserId:
        """Who is at this place among the firm's users; the last one who is gone; or nobody."""
        if (users := self.users(firm_id)) and who != NOT_THERE:
            return users[who % len(users)]
        return self.last_gone(firm_id) or UserId("nobody")

    def proof(self, firm_id: FirmId, which: int) -> InvoiceProof:
        """What is printed on one of the firm's bills."""
        printed = self.printed(firm_id)
        known = printed and which != NOT_THERE
        return printed[which % len(printed)] if known else InvoiceProof("none", "none")

    def spelled_out(self, firm_id: FirmId, claim: Claimed) -> Arrival | InvoiceProof:
        """The claim itself, where only the place of a bill is given, or an entity that somebody was unlinked from."""
        if claim == BARRED:
            bars = self.bars(firm_id)
            return Arrival.attest(bars[-1].entity_id if bars else UNKNOWN, via="link in a mail")
        return self.proof(firm_id, claim) if isinstance(claim, int) else claim

    # -- People, and the firm ------------------------------------------------------------------------------------------

    def sign_up(self, firm_id: FirmId, address: str, name: str = "Jane Smith", claim: Claimed | None = None) -> object:
        """A person whose address the host has verified signs up."""
        email = VerifiedEmail.attest(address, via="confirmation link")
        given = None if claim is None else self.spelled_out(firm_id, claim)
        return self.agree(lambda portal: portal.sign_up(firm_id, email, name=name, claim=given))

    def claim(self, firm_id: FirmId, who: int, claim: Claimed) -> object:
        """A user claims one more entity."""
        user, given = PortalUser(firm_id, self.user_id(firm_id, who)), self.spelled_out(firm_id, claim)
        return self.agree(lambda portal: portal.claim(user, given))

    def leave(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """A user leaves an entity."""
        user = PortalUser(firm_id, self.user_id(firm_id, who))
        return self.agree(lambda portal: portal.leave(user, entity_id))

    def admit_guest(self, firm_id: FirmId, proof: InvoiceProof | int) -> object:
        """Somebody wants to pay without an account."""
        given = self.proof(firm_id, proof) if isinstance(proof, int) else proof
        return self.agree(lambda portal: portal.admit_guest(firm_id, given))

    def link(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """The firm links."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.link(staff, user_id, entity_id))

    def unlink(self, firm_id: FirmId, who: int, entity_id: EntityId) -> object:
        """The firm unlinks."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.unlink(staff, user_id, entity_id))

    def remove_user(self, firm_id: FirmId, who: int) -> object:
        """The firm removes a user."""
        staff, user_id = self.staff(firm_id), self.user_id(firm_id, who)
        return self.agree(lambda portal: portal.remove_user(staff, user_id))

    def lift_bar(self, firm_id: FirmId, which: int) -> object:
        """The firm lifts one of its bars, or one that never was."""
        bars = [(bar.email, bar.entity_id) for bar in self.bars(firm_id)]
        known = bars and which != NOT_THERE
        email, entity_id = bars[which % len(bars)] if known else (EmailAddress.parse(JANE), UNKNOWN)
        return self.agree(lambda portal: portal.lift_bar(self.staff(firm_id), email, entity_id))

    # -- The PMS -------------------------------------------------------------------------------------------------------

    def found(self, *foundings: Founding) -> Self:
        """Firms begin."""
        for founding in foundings:
            self.do(*beginning(founding))
        return self

    def change_roster(
        self, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False, named: bool | None = True
    ) -> object:
        """The PMS tells of changes, which are applied at once."""
        raise NotImplementedError

    def store_entity(self, entity: ClientEntity) -> None:
        """A host stores an entity past the roster: it links and unlinks nobody."""
        with self.store.transaction() as tx:
            tx.entities.save(entity)

    def save_bills(self, bills: Sequence[Bill]) -> None:
        """The PMS tells of bills and payments."""
        with self.store.transaction() as tx:
            tx.invoices.save_many(bill for bill in bills if isinstance(bill, Invoice))
            tx.late_fees.save_many(bill for bill in bills if isinstance(bill, LateFee))
            tx.payments.save_many(bill for bill in bills if isinstance(bill, Payment))

    def remove_bill(self, firm_id: FirmId, bill_id: str) -> None:
        """The PMS takes a bill back, or one that was never there."""
        with self.store.transaction() as tx:
            tx.invoices.remove(firm_id, InvoiceId(bill_id))
            tx.late_fees.remove(firm_id, FeeId(bill_id))
            tx.payments.remove(firm_id, PaymentId(bill_id))

    def change_settings(self, firm: Firm) -> None:
        """The firm comes to be, or changes what it shows."""
        with self.store.transaction() as tx:
            tx.firms.save(firm)
