"""The service: arguments checked, one transaction or snapshot opened, the use case called."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self, TypeVar, get_args

from ..domain.entities import (
    Bar,
    Claim,
    ClientEntity,
    FirmStaff,
    Guest,
    Invoice,
    InvoiceProof,
    InvoiceStatus,
    LateFee,
    Payment,
    PortalUser,
    User,
    Viewer,
)
from ..domain.errors import InvalidValue, UserNotFound
from ..domain.events import Event
from ..domain.outcomes import (
    BarLifted,
    ClaimOutcome,
    ClaimRefused,
    Explanation,
    LinkOutcome,
    NotBarred,
    PortalUserRow,
    PortalView,
    SignUpOutcome,
    Suggestion,
    TooManyAttempts,
    UnlinkOutcome,
    UserRemoved,
)
from ..domain.policy import LinkagePolicy, PolicySource, policy_for
from ..domain.values import (
    MAX_ID,
    MAX_NAME,
    EmailAddress,
    EntityId,
    FirmId,
    InvoiceId,
    Page,
    PageRequest,
    PaymentId,
    UserId,
    VerifiedEmail,
    as_utc,
    check_id,
    check_limit,
    check_text,
    check_type,
    flaw_of,
    new_uuid,
)
from ..domain.viewers import narrowed, scope_of
from ..ports import JournalReader, Store, Transaction, changed
from . import _persons, _readings, _staff
from ._change import Change

if TYPE_CHECKING:
    from ..roster import RosterSync

T = TypeVar("T")

_FIRST: Final = PageRequest()
_VIEWERS: Final = get_args(Viewer)
_CLAIMS: Final = get_args(Claim)
_DEFAULT: Final = LinkagePolicy()


def _now() -> datetime:
    return datetime.now(UTC)


class LinkageService:
    """Decides who may see which client's bills, on any store.

    The host authenticates people and says who is asking (a viewer) or acting (`FirmStaff`). Arguments are checked
    first: a wrong type is a `TypeError`, a wrong value an `InvalidValue`, and nothing was written. What the business
    foresees is an outcome: commit it. Each call is one transaction, or one snapshot, of the store.
    """

    def __init__(
        self,
        store: Store,
        policy: PolicySource = _DEFAULT,
        *,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = new_uuid,
    ) -> None:
        """Put the use cases on a store.

        Args:
            store: where everything is kept.
            policy: one for all firms, or a function that knows each firm's.
            clock: gives the present, as an aware time.
            new_id: gives a user id that was never given before; UUIDv7 by default.
        """
        self._store = store
        self._policy = policy
        self._clock = clock
        self._new_id = new_id

    def using(self, store: Store) -> Self:
        """The same service on another store: that of a host's own transaction, say."""
        return type(self)(store, self._policy, clock=self._clock, new_id=self._new_id)

    @property
    def roster(self) -> "RosterSync":
        """The way to bring the rosters in this store up to date."""
        from ..roster import RosterSync  # noqa: PLC0415 -- a portal has no roster to change, and need not wait for it

        return RosterSync(self._store, self._policy_of, self._clock)

    def sign_up(self, firm_id: FirmId, email: VerifiedEmail, *, name: str, claim: Claim | None = None) -> SignUpOutcome:
        """Make a user of a person whose address the host has verified, and link what is theirs (L1, L2).

        Whoever has a user already is answered so, before the claim is looked at. Otherwise the claimed entity is
        linked first, then, as the policy says, every active entity that lists the address, in client-number order. A
        refused proof refuses the whole sign-up, and was counted: commit it.

        Raises:
            NothingToLink: there would be no link, so there is no user.
            EntityNotFound: the arrival is at an entity that is unknown or inactive.
            FirmNotFound: there is no such firm.
        """
        check_id("firm_id", firm_id)
        _check_verified(email)
        check_text("name", name, most=MAX_NAME)
        if claim is not None:
            check_type("claim", claim, _CLAIMS)
        return self._changed(firm_id, lambda change: _persons.sign_up(change, email.email, name, claim, self._new_id))

    def claim(self, user: PortalUser, claim: Claim) -> ClaimOutcome:
        """Link one more entity to a user by an attested arrival, or by a proof that they typed.

        Every refusal is the same `ClaimRefused` (L10). A refused proof is counted: commit it.

        Raises:
            UserNotFound: there is no such user.
        """
        check_type("user", user, PortalUser)
        check_type("claim", claim, _CLAIMS)
        return self._changed(user.firm_id, lambda change: _persons.claim_entity(change, user, claim))

    def leave(self, user: PortalUser, entity_id: EntityId) -> UnlinkOutcome:
        """Unlink a user from an entity at their own wish, where the policy allows it.

        Raises:
            UserNotFound: there is no such user.
            NotPermitted: the policy does not allow it, whether they are linked or not.
        """
        check_type("user", user, PortalUser)
        check_id("entity_id", entity_id)
        return self._changed(user.firm_id, lambda change: _persons.leave(change, user, entity_id))

    def admit_guest(self, firm_id: FirmId, proof: InvoiceProof) -> Guest | ClaimRefused | TooManyAttempts:
        """Let somebody in to pay without an account, by proof. A refused one is counted, by number only: commit it.

        Raises:
            FirmNotFound: there is no such firm.
        """
        check_id("firm_id", firm_id)
        check_type("proof", proof, InvoiceProof)
        return self._changed(firm_id, lambda change: _persons.admit_guest(change, proof))

    def find_user(self, firm_id: FirmId, email: EmailAddress | VerifiedEmail) -> User | None:
        """The user with this address at this firm, if there is one."""
        check_id("firm_id", firm_id)
        address = _address(email)
        with self._store.snapshot() as snapshot:
            return snapshot.users.find_by_email(firm_id, address)

    def link(self, staff: FirmStaff, user_id: UserId, entity_id: EntityId) -> LinkOutcome:
        """Link an entity to a user on the firm's word. It lifts the bar, and the user's own leaving yields to it.

        Raises:
            UserNotFound: there is no such user.
            EntityNotFound: the entity is unknown or inactive, linked or not.
        """
        _check_staff(staff, user_id=user_id, entity_id=entity_id)
        return self._changed(staff.firm_id, lambda change: _staff.link(change, staff.staff_id, user_id, entity_id))

    def unlink(self, staff: FirmStaff, user_id: UserId, entity_id: EntityId) -> UnlinkOutcome:
        """End a link (the X beside an entity), and with the last one the user. It stands, as the policy says (L7).

        Raises:
            UserNotFound: there is no such user (any more).
        """
        _check_staff(staff, user_id=user_id, entity_id=entity_id)
        return self._changed(staff.firm_id, lambda change: _staff.unlink(change, staff.staff_id, user_id, entity_id))

    def remove_user(self, staff: FirmStaff, user_id: UserId) -> UserRemoved:
        """The X on every link of a user at once.

        Raises:
            UserNotFound: there is no such user (any more).
        """
        _check_staff(staff, user_id=user_id)
        return self._changed(staff.firm_id, lambda change: _staff.remove_user(change, staff.staff_id, user_id))

    def bars(
        self, staff: FirmStaff, *, email: EmailAddress | VerifiedEmail | None = None, page: PageRequest = _FIRST
    ) -> Page[Bar]:
        """The bars that the firm's unlinks have left, or those of one address: oldest first, then entity id."""
        _check_staff(staff)
        address = None if email is None else _address(email)
        check_type("page", page, PageRequest)
        with self._store.snapshot() as snapshot:
            return snapshot.bars.listing(staff.firm_id, address, page)

    def lift_bar(
        self, staff: FirmStaff, email: EmailAddress | VerifiedEmail, entity_id: EntityId
    ) -> BarLifted | NotBarred:
        """Lift a bar, whether or not the address has a user. It links nothing (L7)."""
        _check_staff(staff, entity_id=entity_id)
        address = _address(email)
        return self._changed(staff.firm_id, lambda change: _staff.lift_bar(change, staff.staff_id, address, entity_id))

    def portal_users(
        self,
        staff: FirmStaff,
        *,
        search: str = "",
        entity_id: EntityId | None = None,
        page: PageRequest = _FIRST,
    ) -> Page[PortalUserRow]:
        """Payments > Portal Users: everyone who created an account, by name, then id, with all their entities.

        ``search`` begins the address, or a linked entity's number, or each of its words begins a word of the user's
        name or of one linked entity's name. With ``entity_id``, only the users linked to it.
        """
        _check_staff(staff)
        _check_given(entity_id=entity_id)
        check_type("search", search, str)
        check_type("page", page, PageRequest)
        if flaw_of(search, most=MAX_NAME):
            return Page()
        with self._store.snapshot() as snapshot:
            return snapshot.users.search(staff.firm_id, search, entity_id, page)

    def suggest(
        self, staff: FirmStaff, text: str, *, user_id: UserId | None = None, limit: int = 10
    ) -> tuple[Suggestion, ...]:
        """The active entities that a typed name or client number may mean (*Link another client account*).

        Exact number first, then number prefix, name prefix, any other word prefix; then by name, then id. With
        ``user_id``, each tells whether that user is linked to it, or barred from it. ``limit`` is 1 to 500.

        Raises:
            UserNotFound: there is no such user.
        """
        _check_staff(staff)
        _check_given(user_id=user_id)
        check_type("text", text, str)
        check_limit(limit)
        with self._store.snapshot() as snapshot:
            if user_id is not None and snapshot.users.find(staff.firm_id, user_id) is None:
                raise UserNotFound(staff.firm_id, user_id)
            if flaw_of(text, most=MAX_NAME):
                return ()
            return snapshot.entities.suggest(staff.firm_id, text, user_id, limit)

    def view(self, viewer: Viewer, *, entity_id: EntityId | None = None, limit: int = 50) -> PortalView:
        """The portal page of everything the viewer sees, or of one entity: rows and sums of one moment (L15).

        Raises:
            UserNotFound: there is no such user (any more).
            EntityNotFound: the entity is not theirs to see.
        """
        page = PageRequest(limit)
        return self._shown(viewer, entity_id, page, lambda shown: shown.view(page))

    def entities(
        self, viewer: Viewer, *, entity_id: EntityId | None = None, page: PageRequest = _FIRST
    ) -> Page[ClientEntity]:
        """The entities that the viewer sees, in link order, without their contacts. Raises as `view` does."""
        return self._shown(viewer, entity_id, page, lambda shown: shown.entities(page))

    def invoices(
        self,
        viewer: Viewer,
        *,
        entity_id: EntityId | None = None,
        status: InvoiceStatus = InvoiceStatus.OPEN,
        page: PageRequest = _FIRST,
    ) -> Page[Invoice]:
        """The open invoices by due date, number, id; or, with ``status=PAID``, the paid ones, newest first, then id.

        Paid ones are the past: empty for guests, and where the firm does not show it (L5). Raises as `view` does.

        Raises:
            InvalidValue: no other status is ever listed.
        """
        check_type("status", status, InvoiceStatus)
        if status not in (InvoiceStatus.OPEN, InvoiceStatus.PAID):
            raise InvalidValue("status", "must be OPEN or PAID: no other invoices are shown to anybody")
        return self._shown(viewer, entity_id, page, lambda shown: shown.invoices(status, page))

    def late_fees(
        self, viewer: Viewer, *, entity_id: EntityId | None = None, page: PageRequest = _FIRST
    ) -> Page[LateFee]:
        """The late fees on which something is due, by date, then id, if the firm shows them. Raises as `view` does."""
        return self._shown(viewer, entity_id, page, lambda shown: shown.late_fees(page))

    def payments(
        self, viewer: Viewer, *, entity_id: EntityId | None = None, page: PageRequest = _FIRST
    ) -> Page[Payment]:
        """The past payments, newest first, then id: empty for guests, and where the firm does not show them (L5).

        Only the payer themselves is told who paid. Raises as `view` does.
        """
        return self._shown(viewer, entity_id, page, lambda shown: shown.payments(page))

    def invoice(self, viewer: Viewer, invoice_id: InvoiceId) -> Invoice:
        """One invoice, if a listing would show it to this viewer.

        Raises:
            InvoiceNotFound: it does not, for whatever reason, the viewer's own absence included (L10).
        """
        check_type("viewer", viewer, _VIEWERS)
        check_id("invoice_id", invoice_id)
        with self._store.snapshot() as snapshot:
            return _readings.invoice(snapshot, viewer, invoice_id)

    def payment(self, viewer: Viewer, payment_id: PaymentId) -> Payment:
        """One payment, if the listing would show it to this viewer.

        Raises:
            PaymentNotFound: it does not, for whatever reason, the viewer's own absence included (L10).
        """
        check_type("viewer", viewer, _VIEWERS)
        check_id("payment_id", payment_id)
        with self._store.snapshot() as snapshot:
            return _readings.payment(snapshot, viewer, payment_id)

    def can_see(self, viewer: Viewer, entity_id: EntityId) -> bool:
        """Whether the entity is among those the viewer sees. An id that cannot exist is simply not."""
        check_type("viewer", viewer, _VIEWERS)
        check_type("entity_id", entity_id, str)
        if flaw_of(entity_id, most=MAX_ID):
            return False
        scope = narrowed(scope_of(viewer), entity_id)
        if scope is None:
            return False
        with self._store.snapshot() as snapshot:
            return snapshot.entities.covers(scope)

    def explain(
        self,
        staff: FirmStaff,
        who: UserId | EmailAddress,
        entity_id: EntityId,
        *,
        invoice_id: InvoiceId | None = None,
    ) -> Explanation:
        """Why a user, or an address, sees an entity or does not; with ``invoice_id``, an invoice of that entity (L12).

        Raises:
            UserNotFound: there is no user of this id; an address without a user is explained.
        """
        _check_staff(staff, entity_id=entity_id)
        if not isinstance(who, EmailAddress):
            check_id("who", who)
        _check_given(invoice_id=invoice_id)
        with self._store.snapshot() as snapshot:
            return _readings.explain(snapshot, staff.firm_id, who, entity_id, invoice_id)

    def journal(
        self,
        staff: FirmStaff,
        *,
        user_id: UserId | None = None,
        entity_id: EntityId | None = None,
        page: PageRequest = _FIRST,
    ) -> Page[Event]:
        """What happened at the firm, or to one user, or to one entity: oldest first, as `changes` delivers it."""
        _check_staff(staff)
        _check_given(user_id=user_id, entity_id=entity_id)
        check_type("page", page, PageRequest)
        return self._told(staff.firm_id, lambda journal: journal.listing(staff.firm_id, user_id, entity_id, page))

    def changes(self, firm_id: FirmId, *, after: str | None = None, limit: int = 500) -> Page[Event]:
        """The firm's events from just after a cursor, for a consumer that keeps its place.

        ``next`` is always there: keep ``page.next.after`` and ask from it later. Nothing is missed or given twice.
        """
        check_id("firm_id", firm_id)
        page = PageRequest(limit, after)
        return self._told(firm_id, lambda journal: journal.changes(firm_id, page))

    def _policy_of(self, firm_id: FirmId) -> LinkagePolicy:
        return policy_for(self._policy, firm_id)

    def _changed(self, firm_id: FirmId, act: Callable[[Change], T]) -> T:
        policy, at = self._policy_of(firm_id), as_utc("clock", self._clock())
        return changed(self._store, lambda tx: act(Change(tx, firm_id, policy, at)))

    def _told(self, firm_id: FirmId, ask: Callable[[JournalReader], Page[Event]]) -> Page[Event]:
        """Ask the journal; events that are waiting for their place are given it first, which is a change."""
        with self._store.snapshot() as snapshot:
            if snapshot.journal.is_settled(firm_id):
                return ask(snapshot.journal)

        def settle_and_ask(tx: Transaction) -> Page[Event]:
            tx.journal.settle(firm_id)
            return ask(tx.journal)

        return changed(self._store, settle_and_ask)

    def _shown(
        self, viewer: Viewer, entity_id: EntityId | None, page: PageRequest, ask: Callable[[_readings.Showing], T]
    ) -> T:
        check_type("viewer", viewer, _VIEWERS)
        if entity_id is not None:
            check_id("entity_id", entity_id)
        check_type("page", page, PageRequest)
        with self._store.snapshot() as snapshot:
            return ask(_readings.Showing(snapshot, viewer, _readings.scope_within(viewer, entity_id)))


def _check_verified(email: object) -> None:
    if not isinstance(email, VerifiedEmail):
        msg = (
            "sign_up takes a VerifiedEmail, which only the host can attest, and only of an address whose mail it knows "
            f"this person to read: VerifiedEmail.attest(address, via='...'), not {type(email).__name__}"
        )
        raise TypeError(msg)


def _check_staff(staff: object, **ids: str) -> None:
    check_type("staff", staff, FirmStaff)
    for field, value in ids.items():
        check_id(field, value)


def _check_given(**ids: str | None) -> None:
    for field, value in ids.items():
        if value is not None:
            check_id(field, value)


def _address(email: EmailAddress | VerifiedEmail) -> EmailAddress:
    check_type("email", email, (EmailAddress, VerifiedEmail))
    return email.email if isinstance(email, VerifiedEmail) else email
