"""What each use case answers. Refusals that a host must commit are here too: an exception would undo their count.

Every outcome that changed something carries its ``events``, as journaled.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import final

import attrs

from .entities import Bar, ClientEntity, Ground, Invoice, LateFee, Link, Payment, User
from .events import Event
from .values import EntityId, InvoiceId, Money, Page, UserId


@final
@attrs.frozen
class SignedUp:
    """A user came to be. ``links``: the claimed entity first, then the others in client-number order."""

    user: User
    links: tuple[Link, ...]
    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class AlreadySignedUp:
    """The address has a user; nothing changed, the claim was not looked at. ``links`` in link order."""

    user: User
    links: tuple[Link, ...]
    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class Linked:
    """A link came to be."""

    link: Link
    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class AlreadyLinked:
    """The link was there. If its new ground was missing, it was added: then ``events`` is not empty."""

    link: Link
    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class ClaimRefused:
    """One answer for wrong, unknown, inactive, ambiguous and barred (L10). A refused proof was counted: commit."""


@final
@attrs.frozen
class TooManyAttempts:
    """Refused before any look-up, and not counted itself. From ``retry_at`` on, a proof is looked at again."""

    retry_at: datetime


@final
@attrs.frozen
class Unlinked:
    """The link is gone; the user holds others."""

    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class UserRemoved:
    """The last link is gone, and the user with it (L3)."""

    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class NotLinked:
    """There was no such link; nothing changed."""


@final
@attrs.frozen
class BarLifted:
    """The bar is gone; nothing was linked."""

    events: tuple[Event, ...] = attrs.field(default=(), kw_only=True)


@final
@attrs.frozen
class NotBarred:
    """There was no such bar; nothing changed."""


@attrs.frozen(kw_only=True)
class PortalView:
    """The portal page: the first rows of everything in scope, and sums over all of it, of one moment (L15).

    ``entities`` in link order, ``invoices`` the open ones, ``late_fees``, ``past_payments``: go on with the list
    methods. ``amount_due`` and ``late_fees_due`` are by currency; one without bills is absent. ``labels`` names the
    entity of every row shown: ``"Smith, Jane (1001)"``.
    """

    entities: Page[ClientEntity]
    invoices: Page[Invoice]
    late_fees: Page[LateFee]
    past_payments: Page[Payment]
    labels: Mapping[EntityId, str]
    amount_due: Mapping[str, Money]
    late_fees_due: Mapping[str, Money]
    open_invoice_count: int


@attrs.frozen
class PortalUserRow:
    """A line of Payments > Portal Users: the user and all their entities in link order, inactive ones flagged."""

    user: User
    entities: tuple[ClientEntity, ...]


@attrs.frozen(kw_only=True)
class Suggestion:
    """An entity that the firm may mean. ``linked`` and ``barred`` are of the user asked about, if one was."""

    entity_id: EntityId
    client_number: str
    name: str
    label: str
    linked: bool = False
    barred: bool = False


class Reason(StrEnum):
    """Why something is not visible."""

    NOT_LINKED = "not_linked"
    BARRED = "barred"
    ENTITY_INACTIVE = "entity_inactive"
    DRAFT = "draft"
    VOID = "void"
    NOTHING_DUE = "nothing_due"
    PAST_NOT_SHOWN = "past_not_shown"
    OTHER_ENTITY = "other_entity"
    """The invoice is another entity's."""
    ABSENT = "absent"
    """The firm has no such entity, or no such invoice."""


_WORDS = {
    Reason.NOT_LINKED: "they are not linked to it",
    Reason.BARRED: "the firm has unlinked them from it, which stands until the firm lifts the bar",
    Reason.ENTITY_INACTIVE: "the entity is inactive",
    Reason.DRAFT: "the invoice is a draft",
    Reason.VOID: "the invoice is void",
    Reason.NOTHING_DUE: "nothing is due on the invoice",
    Reason.PAST_NOT_SHOWN: "the firm does not show past payments",
    Reason.OTHER_ENTITY: "the invoice belongs to another entity",
    Reason.ABSENT: "there is no such thing at this firm",
}


@attrs.frozen(kw_only=True)
class Explanation:
    """Why a person sees an entity, or an invoice of it, or does not. ``str()`` is the sentence.

    ``reasons`` are empty exactly when ``visible``; several may hold, in the order in which `Reason` lists them.
    """

    visible: bool
    link: Link | None
    bar: Bar | None
    reasons: tuple[Reason, ...]
    entity_id: EntityId
    user_id: UserId | None
    invoice_id: InvoiceId | None = None

    def __str__(self) -> str:
        who = f"User {self.user_id}" if self.user_id else "The address, which has no user,"
        what = f"invoice {self.invoice_id} of {self.entity_id}" if self.invoice_id else self.entity_id
        if not self.visible:
            return f"{who} does not see {what}: {'; '.join(_WORDS[reason] for reason in self.reasons)}."
        return f"{who} sees {what}: {'; '.join(map(self._told, self.link.grounds if self.link else ()))}."

    def _told(self, ground: Ground) -> str:
        by = "" if ground.by == self.user_id else f" by {ground.by}"
        return f"{ground.kind.value.replace('_', ' ')} since {ground.since:%Y-%m-%d %H:%M} UTC{by}"


@attrs.frozen
class LinkChange:
    """What a roster change does to one user's sight of one entity, and why, in words."""

    user_id: UserId
    entity_id: EntityId
    why: str


SignUpOutcome = SignedUp | AlreadySignedUp | ClaimRefused | TooManyAttempts
ClaimOutcome = Linked | AlreadyLinked | ClaimRefused | TooManyAttempts
LinkOutcome = Linked | AlreadyLinked
UnlinkOutcome = Unlinked | UserRemoved | NotLinked
