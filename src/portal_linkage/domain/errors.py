"""What the caller got wrong, or lost.

::

    PortalLinkageError
    ├── InvalidValue (also a ValueError)
    │   ├── InvalidEmail
    │   └── InvalidCursor
    ├── NotFound
    │   ├── FirmNotFound
    │   ├── UserNotFound
    │   ├── EntityNotFound
    │   ├── InvoiceNotFound
    │   └── PaymentNotFound
    ├── NotPermitted
    ├── NothingToLink
    ├── PlanNotConfirmed
    ├── PlanOutdated
    ├── Conflict
    └── StoreUnavailable

What the business foresees is not here: it is an outcome (`portal_linkage.domain.outcomes`). Every error carries its
parts as plain strings, a stable ``code``, builds its sentence in ``__str__`` and pickles. No error holds an e-mail
address, an amount or a proof in clear: an id that looks like an address is not repeated in the sentence.
"""

from typing import ClassVar

import attrs


def _shown(identifier: str) -> str:
    """An id as it may appear in a sentence: hosts that use addresses as ids must not find them in a log."""
    return "(withheld)" if "@" in identifier else repr(identifier)


@attrs.define(slots=False, eq=False)
class PortalLinkageError(Exception):
    """The root: everything that this library raises on purpose, but `TypeError` for a value of the wrong type."""

    code: ClassVar[str] = "portal_linkage_error"
    sentence: ClassVar[str] = ""

    def __str__(self) -> str:
        parts = attrs.asdict(self)
        return self.sentence.format(
            **{name: _shown(part) if name.endswith("_id") else part for name, part in parts.items()}
        )


@attrs.define(slots=False, eq=False)
class InvalidValue(PortalLinkageError, ValueError):
    """A value that was refused at the door. Nothing was written. ``reason`` never repeats the value."""

    code: ClassVar[str] = "invalid_value"
    sentence: ClassVar[str] = "{field}: {reason}"
    field: str
    reason: str


@attrs.define(slots=False, eq=False)
class InvalidEmail(InvalidValue):
    """A text that is no e-mail address which this library would match."""

    code: ClassVar[str] = "invalid_email"


@attrs.define(slots=False, eq=False)
class InvalidCursor(InvalidValue):
    """A cursor that was not made for this question, or was altered."""

    code: ClassVar[str] = "invalid_cursor"


@attrs.define(slots=False, eq=False)
class NotFound(PortalLinkageError):
    """What was asked for is not there, or must look as if it were not (L10)."""

    code: ClassVar[str] = "not_found"


@attrs.define(slots=False, eq=False)
class FirmNotFound(NotFound):
    """No such firm."""

    code: ClassVar[str] = "firm_not_found"
    sentence: ClassVar[str] = "no firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class UserNotFound(NotFound):
    """The firm has no such portal user (any more)."""

    code: ClassVar[str] = "user_not_found"
    sentence: ClassVar[str] = "no user {user_id} at firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)
    user_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class EntityNotFound(NotFound):
    """No such client entity for the one who asks."""

    code: ClassVar[str] = "entity_not_found"
    sentence: ClassVar[str] = "no client entity {entity_id} at firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)
    entity_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class InvoiceNotFound(NotFound):
    """No such invoice for the one who asks."""

    code: ClassVar[str] = "invoice_not_found"
    sentence: ClassVar[str] = "no invoice {invoice_id} at firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)
    invoice_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class PaymentNotFound(NotFound):
    """No such payment for the one who asks."""

    code: ClassVar[str] = "payment_not_found"
    sentence: ClassVar[str] = "no payment {payment_id} at firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)
    payment_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class NotPermitted(PortalLinkageError):
    """The firm's policy does not allow this. ``action`` is what was tried: ``"leave"``."""

    code: ClassVar[str] = "not_permitted"
    sentence: ClassVar[str] = "the firm's policy does not permit to {action}"
    action: str


@attrs.define(slots=False, eq=False)
class NothingToLink(PortalLinkageError):
    """A sign-up that would link no entity; no user was created (L3)."""

    code: ClassVar[str] = "nothing_to_link"
    sentence: ClassVar[str] = "the sign-up would link no client entity of firm {firm_id}"
    firm_id: str = attrs.field(repr=_shown)


@attrs.define(slots=False, eq=False)
class PlanNotConfirmed(PortalLinkageError):
    """A roster plan that is applied only when its caller names it: ``confirmed=plan.plan_id`` (L13)."""

    code: ClassVar[str] = "plan_not_confirmed"
    sentence: ClassVar[str] = "roster plan {plan_id} takes so much away that it must be confirmed by its id"
    plan_id: str


@attrs.define(slots=False, eq=False)
class PlanOutdated(PortalLinkageError):
    """Since the plan was made, what it would take away has changed. Plan again."""

    code: ClassVar[str] = "plan_outdated"
    sentence: ClassVar[str] = "roster plan {plan_id} would by now take away something that it does not show"
    plan_id: str


@attrs.define(slots=False, eq=False)
class Conflict(PortalLinkageError):
    """Another transaction was in the way. ``retryable`` is set only where trying again can help."""

    code: ClassVar[str] = "conflict"
    sentence: ClassVar[str] = "{reason}"
    reason: str
    retryable: bool = False


@attrs.define(slots=False, eq=False)
class StoreUnavailable(PortalLinkageError):
    """The store could not do its work; the cause is chained. Whether a change was kept is unknown."""

    code: ClassVar[str] = "store_unavailable"
    sentence: ClassVar[str] = "{reason}"
    reason: str
