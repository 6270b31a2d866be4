"""What the journal keeps: ids, never an address or an amount (L11)."""

from datetime import datetime
from enum import StrEnum

import attrs

from .entities import Ground, GroundKind, Link, User
from .values import EntityId, FirmId, UserId


class EventKind(StrEnum):
    """What happened."""

    SIGNED_UP = "signed_up"
    """A user came to be."""
    LINKED = "linked"
    """A link came to be, by its first ground; more grounds follow as `GROUND_ADDED`."""
    GROUND_ADDED = "ground_added"
    GROUND_LOST = "ground_lost"
    UNLINKED = "unlinked"
    """A link is gone, with all its grounds."""
    USER_REMOVED = "user_removed"
    """A user is gone: their last link is."""
    BAR_LIFTED = "bar_lifted"


@attrs.frozen(kw_only=True)
class Event:
    """One change: what (``kind``, ``ground``), whom (``user_id``, ``entity_id``), who (``by``) and when (``at``).

    ``by`` is a staff id for the firm's acts, the user's own id for theirs, and the source's name for a roster's.
    ``user_id`` is ``None`` where a bar was lifted from an address that has no user.
    """

    kind: EventKind
    firm_id: FirmId
    user_id: UserId | None = None
    entity_id: EntityId | None = None
    ground: GroundKind | None = None
    by: str
    at: datetime


def _of(kind: EventKind, link: Link, *, by: str, at: datetime, ground: GroundKind | None = None) -> Event:
    return Event(
        kind=kind,
        firm_id=link.firm_id,
        user_id=link.user_id,
        entity_id=link.entity_id,
        ground=ground,
        by=by,
        at=at,
    )


def linked(link: Link) -> tuple[Event, ...]:
    """A link came to be: by its first ground, then by the others."""
    first, *others = link.grounds
    return (_by_ground(EventKind.LINKED, link, first), *(ground_added(link, ground) for ground in others))


def ground_added(link: Link, ground: Ground) -> Event:
    """A link has one more ground."""
    return _by_ground(EventKind.GROUND_ADDED, link, ground)


def _by_ground(kind: EventKind, link: Link, ground: Ground) -> Event:
    return _of(kind, link, by=ground.by, at=ground.since, ground=ground.kind)


def ground_lost(link: Link, ground: GroundKind, *, by: str, at: datetime) -> Event:
    """A link has one ground less."""
    return _of(EventKind.GROUND_LOST, link, by=by, at=at, ground=ground)


def unlinked(link: Link, *, by: str, at: datetime) -> Event:
    """A link is gone."""
    return _of(EventKind.UNLINKED, link, by=by, at=at)


def signed_up(user: User) -> Event:
    """A user came to be."""
    return Event(
        kind=EventKind.SIGNED_UP, firm_id=user.firm_id, user_id=user.user_id, by=user.user_id, at=user.signed_up_at
    )


def user_removed(user: User, *, by: str, at: datetime) -> Event:
    """A user is gone."""
    return Event(kind=EventKind.USER_REMOVED, firm_id=user.firm_id, user_id=user.user_id, by=by, at=at)


def bar_lifted(firm_id: FirmId, user: User | None, entity_id: EntityId, *, by: str, at: datetime) -> Event:
    """A bar is gone, whether or not its address has a user."""
    user_id = user.user_id if user else None
    return Event(kind=EventKind.BAR_LIFTED, firm_id=firm_id, user_id=user_id, entity_id=entity_id, by=by, at=at)
