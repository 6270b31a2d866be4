"""Who may see which client's bills: decided once, in one place, explained on request, the same on every store."""

from importlib import import_module
from typing import TYPE_CHECKING

# The public face is read as a whole; a line for each name would hide what belongs together.
# fmt: off
# isort: off
if TYPE_CHECKING:
    from .service import LinkageService
    from .domain.policy import ArrivalRule, AutoLink, ContactRemoved, FirmUnlink, LinkagePolicy, SelfUnlink
    from .domain.values import (
        EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Money, Page, PageRequest, PaymentId, PlanId, StaffId, UserId,
        VerifiedEmail, iterate,
    )
    from .domain.entities import (
        Arrival, Bar, Claim, ClientEntity, Contact, Firm, FirmStaff, Ground, GroundKind, Guest, Invoice, InvoiceProof,
        InvoiceStatus, LateFee, Link, Payment, PortalSettings, PortalUser, StaffVisit, User, Viewer,
    )
    from .domain.outcomes import (
        AlreadyLinked, AlreadySignedUp, BarLifted, ClaimRefused, Explanation, LinkChange, Linked, NotBarred, NotLinked,
        PortalUserRow, PortalView, Reason, SignedUp, Suggestion, TooManyAttempts, Unlinked, UserRemoved,
    )
    from .domain.events import Event, EventKind
    from .roster import RosterApplied, RosterPlan, RosterSync
    from .domain.errors import (
        Conflict, EntityNotFound, FirmNotFound, InvalidCursor, InvalidEmail, InvalidValue, InvoiceNotFound, NotFound,
        NotPermitted, NothingToLink, PaymentNotFound, PlanNotConfirmed, PlanOutdated, PortalLinkageError,
        StoreUnavailable, UserNotFound,
    )
else:

    def __getattr__(name: str) -> object:
        """Look a name up at home when it is first asked for: nobody waits for what they do not use."""
        if name in _PARTS:
            return import_module(f".{name}", __name__)
        if name in __all__:
            homes = (import_module(f".{home}", __name__) for home in _HOMES)
            return globals().setdefault(name, next(getattr(home, name) for home in homes if hasattr(home, name)))
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, *_PARTS})

__all__ = [
    "AlreadyLinked", "AlreadySignedUp", "Arrival", "ArrivalRule", "AutoLink", "Bar", "BarLifted", "Claim",
    "ClaimRefused", "ClientEntity", "Conflict", "Contact", "ContactRemoved", "EmailAddress", "EntityId",
    "EntityNotFound", "Event", "EventKind", "Explanation", "FeeId", "Firm", "FirmId", "FirmNotFound", "FirmStaff",
    "FirmUnlink", "Ground", "GroundKind", "Guest", "InvalidCursor", "InvalidEmail", "InvalidValue", "Invoice",
    "InvoiceId", "InvoiceNotFound", "InvoiceProof", "InvoiceStatus", "LateFee", "Link", "LinkChange",
    "LinkagePolicy", "LinkageService", "Linked", "Money", "NotBarred", "NotFound", "NotLinked", "NotPermitted",
    "NothingToLink", "Page", "PageRequest", "Payment", "PaymentId", "PaymentNotFound", "PlanId", "PlanNotConfirmed",
    "PlanOutdated", "PortalLinkageError", "PortalSettings", "PortalUser", "PortalUserRow", "PortalView", "Reason",
    "RosterApplied", "RosterPlan", "RosterSync", "SelfUnlink", "SignedUp", "StaffId", "StaffVisit",
    "StoreUnavailable", "Suggestion", "TooManyAttempts", "Unlinked", "User", "UserId", "UserNotFound",
    "UserRemoved", "VerifiedEmail", "Viewer", "iterate",
]
_HOMES = (
    "domain.errors", "domain.values", "domain.entities", "domain.events", "domain.policy", "domain.outcomes", "service",
    "roster",
)
_PARTS = ("domain", "ports", "roster", "service", "wire")  # what the names of the face bring with them
# fmt: on
# isort: on
