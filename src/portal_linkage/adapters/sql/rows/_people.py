"""Firms, mailboxes with their users, links, bars and events as rows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from ....domain.entities import (
    Bar,
    Firm,
    Ground,
    GroundKind,
    Link,
    PortalSettings,
    User,
)
from ....domain.events import Event, EventKind
from ....domain.values import (
    EmailAddress,
    EntityId,
    UserId,
    micros_of,
    moment_of,
    search_key,
)
from ....ports import Mailbox
from ..moment import Record, Values


def firm_values(firm: Firm) -> Values:
    """The row of a firm."""
    settings = firm.settings
    return {
        "firm_id": firm.firm_id,
        "name": firm.name,
        "show_past_payments": settings.show_past_payments,
        "show_late_fees": settings.show_late_fees,
    }


def firm_of(row: Record) -> Firm:
    """The firm of a row."""
    settings = PortalSettings(show_past_payments=row.show_past_payments, show_late_fees=row.show_late_fees)
    return Firm(firm_id=row.firm_id, name=row.name, settings=settings)


def user_values(user: User) -> Values:
    """The row of an user."""
    return {
        "email": str(user.email),
        "user_id": user.user_id,
        "name": user.name,
        "name_key": search_key(user.name),
        "signed_up_at": micros_of(user.signed_up_at),
    }


def user_of(row: Record) -> User:
    """The user of a row."""
    return User(
        firm_id=row.firm_id,
        user_id=row.user_id,
        email=EmailAddress.restore(row.email, row.email_key),
        name=row.name,
        signed_up_at=moment_of(row.signed_up_at),
    )


def mailbox_of(row: Record) -> Mailbox:
    """The mailbox of a row."""
    return Mailbox(
        firm_id=row.firm_id,
        mailbox_id=row.mailbox_id,
        email=EmailAddress.restore(row.email, row.email_key),
        revision=row.revision,
        user=None if row.user_id is None else user_of(row),
    )


def link_values(mailbox: Mailbox, position: int, link: Link) -> Values:
    """The row of a link."""
    return {
        "firm_id": link.firm_id,
        "user_id": link.user_id,
        "entity_id": link.entity_id,
        "linked_at": micros_of(link.linked_at),
        "revision": mailbox.revision,
        "position": position,
    }


def ground_values(link: Link, ground: Ground) -> Values:
    """The row of a ground."""
    return {
        "firm_id": link.firm_id,
        "user_id": link.user_id,
        "entity_id": link.entity_id,
        "kind": ground.kind.value,
        "since": micros_of(ground.since),
        "by": ground.by,
    }


def _ground_of(row: Record) -> Ground:
    return Ground(kind=GroundKind(row.kind), since=moment_of(row.since), by=row.by)


def _link_key(row: Record) -> tuple[str, str]:
    return (row.user_id, row.entity_id)


def links_of(rows: Iterable[Record]) -> Iterator[Link]:
    """The links, of rows of one ground each; those of a link stand together."""
    for (user_id, entity_id), group in groupby(rows, _link_key):
        grounds = tuple(group)
        yield Link(
            firm_id=grounds[0].firm_id,
            user_id=UserId(user_id),
            entity_id=EntityId(entity_id),
            grounds=map(_ground_of, grounds),
            linked_at=moment_of(grounds[0].linked_at),
        )


def bar_values(mailbox: Mailbox, bar: Bar) -> Values:
    """The row of a bar."""
    return {
        "firm_id": mailbox.firm_id,
        "mailbox_id": mailbox.mailbox_id,
        "entity_id": bar.entity_id,
        "since": micros_of(bar.since),
        "by": bar.by,
    }


def departure_values(mailbox: Mailbox, entity_id: EntityId, at: datetime) -> Values:
    """The row of a departure."""
    return {
        "firm_id": mailbox.firm_id,
        "mailbox_id": mailbox.mailbox_id,
        "entity_id": entity_id,
        "left_at": micros_of(at),
    }


def bar_of(row: Record) -> Bar:
    """The bar of a row."""
    return Bar(
        firm_id=row.firm_id,
        email=EmailAddress.restore(row.email, row.email_key),
        entity_id=row.entity_id,
        since=moment_of(row.since),
        by=row.by,
    )


def event_values(event: Event) -> Values:
    """The row of an event."""
    return {
        "firm_id": event.firm_id,
        "kind": event.kind.value,
        "user_id": event.user_id,
        "entity_id": event.entity_id,
        "ground": None if event.ground is None else event.ground.value,
        "by": event.by,
        "at": micros_of(event.at),
    }


def event_of(row: Record) -> Event:
    """The event of a row."""
    return Event(
        kind=EventKind(row.kind),
        firm_id=row.firm_id,
        user_id=row.user_id,
        entity_id=row.entity_id,
        ground=None if row.ground is None else GroundKind(row.ground),
        by=row.by,
        at=moment_of(row.at),
    )
