"""The firm's nouns: what its PMS owns, what this library owns, and who is asking or acting."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any, Final, Never, Self, TypeAlias, final

import attrs
from attrs.validators import deep_iterable, optional

from .values import (
    MAX_ID,
    MAX_NAME,
    EmailAddress,
    EntityId,
    FeeId,
    FirmId,
    InvoiceId,
    Money,
    PaymentId,
    StaffId,
    UserId,
    as_utc,
    check_amount,
    check_date,
    check_id,
    check_text,
    check_type,
)

_Field: TypeAlias = "attrs.Attribute[Any]"
_Check: TypeAlias = "Callable[[Any, _Field, Any], None]"


def _checked_by(check: Callable[[str, Any], object]) -> _Check:
    """Refuse what a check refuses that takes the field's name and the value."""

    def validate(_: object, field: _Field, value: object) -> None:
        check(field.name, value)

    return validate


def _is(kind: type) -> _Check:
    return _checked_by(partial(check_type, expected=kind))


_id: Final = _checked_by(check_id)
_name: Final = _checked_by(partial(check_text, most=MAX_NAME))
_day: Final = _checked_by(check_date)
_moment: Final = _checked_by(as_utc)
_amount: Final = _checked_by(check_amount)


def _same_as(field: str) -> Any:  # noqa: ANN401 -- what the other field is
    return attrs.Factory(attrgetter(field), takes_self=True)


def _in_utc(value: datetime) -> datetime:
    """The same moment in UTC; what is no moment is left for the validator, which names the field."""
    try:
        return as_utc("", value)
    except (TypeError, ValueError):
        return value


class InvoiceStatus(StrEnum):
    """What the PMS says of an invoice. What that means for who sees it is in `portal_linkage.domain.viewers`."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    DRAFT = "draft"


class GroundKind(StrEnum):
    """What entitles a person to an entity (L12)."""

    ARRIVAL = "arrival"
    """The host let them into the entity's own portal, where they signed up or claimed it."""
    CONTACT_LISTING = "contact_listing"
    """A contact of the entity lists their address."""
    PROOF = "proof"
    """They typed the client number and the number of one of its invoices."""
    FIRM_GRANT = "firm_grant"
    """The firm linked them by hand."""


@attrs.frozen(kw_only=True)
class PortalSettings:
    """What the firm shows in its portals."""

    show_past_payments: bool = attrs.field(default=True, validator=_is(bool))
    show_late_fees: bool = attrs.field(default=True, validator=_is(bool))


@attrs.frozen(kw_only=True)
class Firm:
    """A firm of accountants or lawyers: a wall around everything else (L6)."""

    firm_id: FirmId = attrs.field(validator=_id)
    name: str = attrs.field(validator=_name)
    settings: PortalSettings = attrs.field(factory=PortalSettings, validator=_is(PortalSettings))


@attrs.frozen(kw_only=True)
class Contact:
    """A person or mailbox that a client entity lists in the PMS."""

    email: EmailAddress = attrs.field(validator=_is(EmailAddress))
    name: str = attrs.field(default="", validator=_name)
    contact_id: str | None = attrs.field(default=None, validator=optional(_id))
    role: str = attrs.field(default="billing", validator=_name)


def _contact_rows(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(contacts)


@attrs.frozen(kw_only=True)
class ClientEntity:
    """A client of the firm with a payment portal of its own: a person, a trust, a company.

    ``entity_id`` is the PMS's stable key; ``client_number`` is what people read and type, and in real feeds it may be
    shared. Only the firm sees ``contacts``: what a viewer is given carries none.
    """

    firm_id: FirmId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)
    name: str = attrs.field(validator=_name)
    client_number: str = attrs.field(default=_same_as("entity_id"), validator=_id)
    contacts: tuple[Contact, ...] = attrs.field(
        default=(), converter=_contact_rows, validator=deep_iterable(_is(Contact))
    )
    active: bool = attrs.field(default=True, validator=_is(bool))

    @property
    def label(self) -> str:
        """How people are shown the entity: ``"Smith, Jane (1001)"``."""
        return label_of(self.name, self.client_number)


def label_of(name: str, client_number: str) -> str:
    """How people are shown an entity of this name and number."""
    return f"{name} ({client_number})"


@final
@attrs.frozen
class PortalUser:
    """Someone logged in to the portal: sees everything that they are linked to."""

    firm_id: FirmId = attrs.field(validator=_id)
    user_id: UserId = attrs.field(validator=_id)


@final
@attrs.frozen
class StaffVisit:
    """A member of the firm who opened one client's portal: sees that entity and nothing else."""

    firm_id: FirmId = attrs.field(validator=_id)
    staff_id: StaffId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)


@final
@attrs.frozen
class Guest:
    """Someone who pays without an account: sees what one entity owes, never its past."""

    firm_id: FirmId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)


Viewer = PortalUser | StaffVisit | Guest
"""Who is asking to see something. The host has authenticated them."""


@final
@attrs.frozen
class FirmStaff:
    """A member of the firm who acts on behalf of its clients. The host has authorized them."""

    firm_id: FirmId = attrs.field(validator=_id)
    staff_id: StaffId = attrs.field(validator=_id)


@attrs.frozen(kw_only=True)
class User:
    """A person with an account at one firm. Exists exactly as long as they hold a link (L3)."""

    firm_id: FirmId = attrs.field(validator=_id)
    user_id: UserId = attrs.field(validator=_id)
    email: EmailAddress = attrs.field(validator=_is(EmailAddress))
    name: str = attrs.field(validator=_name)
    signed_up_at: datetime = attrs.field(converter=_in_utc, validator=_moment)

    @property
    def viewer(self) -> PortalUser:
        """This user as the one who is asking."""
        return PortalUser(self.firm_id, self.user_id)


@attrs.frozen(kw_only=True)
class Ground:
    """One reason why a link exists: which kind, since when, and by whom.

    ``by`` is the staff id for a firm's grant, the source's name (``"pms"``) for a listing that a roster change
    brought, and the user's own id for everything that came by their own act.
    """

    kind: GroundKind = attrs.field(validator=_is(GroundKind))
    since: datetime = attrs.field(converter=_in_utc, validator=_moment)
    by: str = attrs.field(validator=_id)


def _ground_rows(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    return tuple(grounds)


@attrs.frozen(kw_only=True)
class Link:
    """A user may see an entity: as long as one of its grounds stands (L12). Grounds are in the order they came."""

    firm_id: FirmId = attrs.field(validator=_id)
    user_id: UserId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)
    grounds: tuple[Ground, ...] = attrs.field(converter=_ground_rows, validator=deep_iterable(_is(Ground)))
    linked_at: datetime = attrs.field(converter=_in_utc, validator=_moment)

    def has(self, kind: GroundKind) -> bool:
        """Whether a ground of this kind stands."""
        return any(ground.kind is kind for ground in self.grounds)

    def with_ground(self, ground: Ground) -> Self:
        """The same link with one ground more."""
        return attrs.evolve(self, grounds=(*self.grounds, ground))

    def without(self, kind: GroundKind) -> Self:
        """The same link less its ground of this kind."""
        return attrs.evolve(self, grounds=tuple(ground for ground in self.grounds if ground.kind is not kind))


@attrs.frozen(kw_only=True)
class Bar:
    """The firm's unlink, remembered: this address is not linked to this entity but by the firm (L7)."""

    firm_id: FirmId = attrs.field(validator=_id)
    email: EmailAddress = attrs.field(validator=_is(EmailAddress))
    entity_id: EntityId = attrs.field(validator=_id)
    since: datetime = attrs.field(converter=_in_utc, validator=_moment)
    by: StaffId = attrs.field(validator=_id)


@attrs.frozen(kw_only=True)
class Invoice:
    """A bill. ``status``, ``total`` and ``amount_due`` come from the PMS and do not constrain each other."""

    firm_id: FirmId = attrs.field(validator=_id)
    invoice_id: InvoiceId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)
    number: str = attrs.field(default=_same_as("invoice_id"), validator=_id)
    total: Money = attrs.field(validator=_amount)
    amount_due: Money = attrs.field(validator=_amount)
    issued_on: date = attrs.field(validator=_day)
    due_on: date = attrs.field(validator=_day)
    status: InvoiceStatus = attrs.field(validator=_is(InvoiceStatus))

    @property
    def is_open(self) -> bool:
        """Whether something is due on it."""
        return self.status is InvoiceStatus.OPEN and self.amount_due.units > 0


@attrs.frozen(kw_only=True)
class LateFee:
    """A fee for paying late, of one invoice or of the entity as a whole."""

    firm_id: FirmId = attrs.field(validator=_id)
    fee_id: FeeId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)
    invoice_id: InvoiceId | None = attrs.field(default=None, validator=optional(_id))
    amount: Money = attrs.field(validator=_amount)
    amount_due: Money = attrs.field(default=_same_as("amount"), validator=_amount)
    assessed_on: date = attrs.field(validator=_day)

    @property
    def is_due(self) -> bool:
        """Whether something is due on it."""
        return self.amount_due.units > 0


def _invoice_ids(ids: Iterable[InvoiceId]) -> tuple[InvoiceId, ...]:
    if isinstance(ids, str):  # a text is an iterable of texts, too
        msg = "invoice_ids must be a collection of ids, not one text"
        raise TypeError(msg)
    return tuple(ids)


@attrs.frozen(kw_only=True)
class Payment:
    """Money received. ``payer`` is ``None`` for a guest, and for every viewer but the payer themselves."""

    firm_id: FirmId = attrs.field(validator=_id)
    payment_id: PaymentId = attrs.field(validator=_id)
    entity_id: EntityId = attrs.field(validator=_id)
    amount: Money = attrs.field(validator=_amount)
    paid_at: datetime = attrs.field(converter=_in_utc, validator=_moment)
    invoice_ids: tuple[InvoiceId, ...] = attrs.field(default=(), converter=_invoice_ids, validator=deep_iterable(_id))
    payer: UserId | None = attrs.field(default=None, validator=optional(_id))


@final
@attrs.frozen(init=False)
class Arrival:
    """The host let this person into the entity's own portal: a link in a mail, a one-click invoice. Attested only."""

    entity_id: EntityId
    via: str = attrs.field(repr=False)

    def __init__(self, *_: Never, **__: Never) -> None:
        msg = "an arrival is attested, not constructed: Arrival.attest(entity_id, via='...')"
        raise TypeError(msg)

    @classmethod
    def attest(cls, entity_id: EntityId, *, via: str) -> Self:
        """Vouch for it: the host itself has let this person into that entity's portal.

        Raises:
            InvalidValue: the id, or ``via``, is empty or too long.
        """
        arrival = cls.__new__(cls)
        object.__setattr__(arrival, "entity_id", check_text("entity_id", entity_id, most=MAX_ID, least=1))
        object.__setattr__(arrival, "via", check_text("via", via, most=MAX_NAME, least=1))
        return arrival


@final
@attrs.frozen(repr=False)
class InvoiceProof:
    """What a person types to prove that they know a client's bills. Exact and case-sensitive; the repr is masked."""

    client_number: str = attrs.field(validator=_id)
    invoice_number: str = attrs.field(validator=_id)

    def __repr__(self) -> str:
        return "InvoiceProof(***)"


Claim = Arrival | InvoiceProof
"""What entitles a person to an entity by their own act."""
