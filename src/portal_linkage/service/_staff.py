"""What the firm does on behalf of its clients: link, unlink, remove, lift a bar."""

from collections.abc import Sequence

from ..domain import events
from ..domain.entities import Bar, Ground, GroundKind, Link
from ..domain.errors import EntityNotFound
from ..domain.outcomes import (
    BarLifted,
    LinkOutcome,
    NotBarred,
    NotLinked,
    Unlinked,
    UnlinkOutcome,
    UserRemoved,
)
from ..domain.policy import FirmUnlink
from ..domain.values import EmailAddress, EntityId, StaffId, UserId
from ..ports import Mailbox
from ._change import Change


def link(change: Change, staff_id: StaffId, user_id: UserId, entity_id: EntityId) -> LinkOutcome:
    """Link an entity to a user by the firm's grant, which lifts its bar."""
    mailbox = change.locked(user_id)
    if entity_id not in change.held(entity_id).active:
        raise EntityNotFound(change.firm_id, entity_id)
    ground = Ground(kind=GroundKind.FIRM_GRANT, since=change.at, by=staff_id)
    return change.entitle(mailbox, entity_id, ground, change.tx.bars.of(mailbox, entity_id))


def unlink(change: Change, staff_id: StaffId, user_id: UserId, entity_id: EntityId) -> UnlinkOutcome:
    """End one link of a user; the firm's unlink stands (L7)."""
    mailbox = change.locked(user_id)
    found = change.tx.links.find(change.firm_id, user_id, entity_id)
    return NotLinked() if found is None else _end(change, mailbox, [found], staff_id)


def remove_user(change: Change, staff_id: StaffId, user_id: UserId) -> UserRemoved:
    """The X on every link of a user."""
    mailbox = change.locked(user_id)
    ended = _end(change, mailbox, change.tx.links.listing(change.firm_id, user_id), staff_id)
    return UserRemoved(events=ended.events)


def _end(change: Change, mailbox: Mailbox, links: Sequence[Link], staff_id: StaffId) -> Unlinked | UserRemoved:
    if change.policy.firm_unlink is FirmUnlink.BARS:
        change.tx.bars.add_many(mailbox, [_bar(change, mailbox, link, staff_id) for link in links])
    return change.end(mailbox, links, by=staff_id)


def _bar(change: Change, mailbox: Mailbox, link: Link, staff_id: StaffId) -> Bar:
    return Bar(firm_id=change.firm_id, email=mailbox.email, entity_id=link.entity_id, since=change.at, by=staff_id)


def lift_bar(change: Change, staff_id: StaffId, email: EmailAddress, entity_id: EntityId) -> BarLifted | NotBarred:
    """Take a bar from an address, with or without a user; it links nothing."""
    if change.tx.bars.find(change.firm_id, email, entity_id) is None:
        return NotBarred()  # asked before the lock, which would give an unknown address a mailbox
    mailbox = change.tx.mailboxes.lock(change.firm_id, email)
    if entity_id not in change.tx.bars.of(mailbox, entity_id).barred:
        return NotBarred()
    change.tx.bars.remove(mailbox, entity_id)
    told = events.bar_lifted(change.firm_id, mailbox.user, entity_id, by=staff_id, at=change.at)
    return BarLifted(events=change.journal([told]))
