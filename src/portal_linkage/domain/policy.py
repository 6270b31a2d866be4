"""The switches: what a firm decides, with the defaults of this field."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

import attrs

from .errors import InvalidValue
from .values import FirmId, check_type


class AutoLink(StrEnum):
    """When a listed address is linked by itself."""

    AT_SIGN_UP = "at_sign_up"
    """At sign-up, and never later."""
    CONTINUOUS = "continuous"
    """At sign-up, and whenever a roster change makes the address of a user appear at an entity."""
    OFF = "off"
    """Never: sign-up links the claimed entity alone."""


class ContactRemoved(StrEnum):
    """What happens to a link by listing when the contact that listed the address is gone from the roster."""

    KEEP = "keep"
    WITHDRAW = "withdraw"
    """The ground is lost, and with its last ground the link."""


class ArrivalRule(StrEnum):
    """Whether being let into an entity's portal is a ground of its own."""

    LINK = "link"
    REQUIRE_LISTED = "require_listed"
    """Only if the entity also lists the address."""


class FirmUnlink(StrEnum):
    """Whether a firm's unlink leaves a bar (L7)."""

    BARS = "bars"
    FORGETS = "forgets"


class SelfUnlink(StrEnum):
    """Whether portal users may unlink themselves."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    """It is remembered against automatic linking; the user's own claim, or the firm, brings the entity back."""


_Field: TypeAlias = "attrs.Attribute[Any]"


def _of(kind: type[StrEnum]) -> Callable[[object, _Field, object], None]:
    def check(_: object, field: _Field, value: object) -> None:
        check_type(field.name, value, kind)

    return check


def _attempts(_: object, field: _Field, value: int) -> None:
    check_type(field.name, value, int)
    if value < 1:
        raise InvalidValue(field.name, "must be at least 1")


_LONGEST: Final = timedelta(days=36_525)  # so that no time that is reckoned with it lies outside the calendar


def _window(_: object, field: _Field, value: timedelta) -> None:
    check_type(field.name, value, timedelta)
    if value <= timedelta():
        raise InvalidValue(field.name, "must be longer than nothing")
    if value > _LONGEST:
        raise InvalidValue(field.name, "must be at most 100 years")


@attrs.frozen(kw_only=True)
class LinkagePolicy:
    """How a firm links. Every switch is by default what the help pages of this field promise.

    ``attempts`` refused proofs are allowed per person, and per typed client number, within ``attempt_window``, which
    slides.
    """

    auto_link: AutoLink = attrs.field(default=AutoLink.AT_SIGN_UP, validator=_of(AutoLink))
    contact_removed: ContactRemoved = attrs.field(default=ContactRemoved.KEEP, validator=_of(ContactRemoved))
    arrival: ArrivalRule = attrs.field(default=ArrivalRule.LINK, validator=_of(ArrivalRule))
    firm_unlink: FirmUnlink = attrs.field(default=FirmUnlink.BARS, validator=_of(FirmUnlink))
    self_unlink: SelfUnlink = attrs.field(default=SelfUnlink.FORBIDDEN, validator=_of(SelfUnlink))
    attempts: int = attrs.field(default=5, validator=_attempts)
    attempt_window: timedelta = attrs.field(default=timedelta(minutes=10), validator=_window)


PolicySource = LinkagePolicy | Callable[[FirmId], LinkagePolicy]
"""One policy for all firms, or a function that knows each firm's."""


def policy_for(source: PolicySource, firm_id: FirmId) -> LinkagePolicy:
    """The firm's policy."""
    policy = source if isinstance(source, LinkagePolicy) else source(firm_id)
    check_type("policy", policy, LinkagePolicy)
    return policy
