"""What was decided of a roster is stored and journaled."""

from collections.abc import Iterable, Iterator

import attrs

from ..domain import events
from ..domain.entities import User
from ..domain.errors import Conflict
from ..domain.events import Event
from ..domain.rosters import RosterEffects
from ..domain.values import FirmId, UserId
from ..ports import PMS, Mailbox, Transaction
from ._deciding import Decision, Terms
from ._moving import Moves


def write(tx: Transaction, terms: Terms, decided: Decision, mailboxes: Iterable[Mailbox]) -> tuple[Event, ...]:
    """Store it: gains before losses, so that who gains one and loses one stays a user.

    Raises:
        Conflict: somebody is met by it who was not when the mailboxes were locked; a retry helps.
    """
    _save(tx, terms, decided)
    locked = {mailbox.email.key: mailbox for mailbox in mailboxes}
    of_user = {mailbox.user.user_id: (mailbox, mailbox.user) for mailbox in locked.values() if mailbox.user}
    effects = decided.effects
    met = {key for key, _ in (*effects.lifted, *effects.forgotten)}
    if not (of_user.keys() >= _touched(effects) and locked.keys() >= met):
        raise Conflict("somebody was linked to an entity while it was merged into another", retryable=True)
    for key, entity_id in effects.lifted:
        tx.bars.remove(locked[key], entity_id)
    for key, entity_id in effects.forgotten:
        tx.bars.forget_leaving(locked[key], entity_id)
    _move(tx, terms, decided)  # those that stand go over
    removed = [of_user[user_id][1] for user_id in decided.removed_users]
    tx.links.add_many([(of_user[link.user_id][0], link) for link in effects.gained])
    tx.links.add_grounds(effects.grounds_added)
    ended = {(link.user_id, link.entity_id) for link in effects.ended}
    tx.links.remove_grounds(
        [(link, kind) for link, kind in effects.grounds_lost if (link.user_id, link.entity_id) not in ended]
    )
    tx.links.remove_many(effects.ended)
    tx.users.remove(*removed)
    lifted = [(locked[key].user, entity_id) for key, entity_id in effects.lifted]
    journaled = (
        *_told(terms, effects, removed),
        *(events.bar_lifted(terms.firm_id, user, one, by=terms.source, at=terms.at) for user, one in lifted),
    )
    tx.journal.append(journaled)
    return journaled


def _touched(effects: RosterEffects) -> set[UserId]:
    grounds = (link for link, _ in (*effects.grounds_added, *effects.grounds_lost))
    return {link.user_id for link in (*effects.gained, *effects.ended, *grounds)}


def _move(tx: Transaction, terms: Terms, decided: Decision) -> None:
    """Let bills, refusals and numbers go over: those too that have only just been told of those who are gone."""
    if decided.moves:
        tx.bars.carry(terms.firm_id, decided.moves)
    tx.entities.part(terms.firm_id, decided.undone)
    tell_again = {gone: into for gone, into in decided.moved.items() if gone in decided.moves or gone in decided.after}
    if tell_again:
        tx.entities.transfer(terms.firm_id, tell_again)
    transfer_bills(tx, terms.firm_id, decided.moved)


def transfer_bills(tx: Transaction, firm_id: FirmId, moves: Moves) -> None:
    """Let bills go over, those too that come late."""
    if moves:
        for bills in (tx.invoices, tx.late_fees, tx.payments):
            bills.transfer(firm_id, moves)


def _save(tx: Transaction, terms: Terms, decided: Decision) -> None:
    after = decided.after.values()
    if terms.source != PMS:
        tx.entities.save_contacts(after, terms.source)
        return
    known = ((decided.before.get(entity.entity_id), entity) for entity in after)
    tx.entities.keep_numbers(
        before for before, entity in known if before and before.client_number != entity.client_number
    )
    tx.entities.save_many(after)


def _told(terms: Terms, effects: RosterEffects, removed: Iterable[User]) -> Iterator[Event]:
    """What the journal is told: that it happens now, by this source, however old a ground is that goes over."""
    for link in effects.gained:
        yield from (attrs.evolve(told, by=terms.source, at=terms.at) for told in events.linked(link))
    for link, ground in effects.grounds_added:
        yield attrs.evolve(events.ground_added(link, ground), by=terms.source, at=terms.at)
    for link, kind in effects.grounds_lost:
        yield events.ground_lost(link, kind, by=terms.source, at=terms.at)
    for link in effects.ended:
        yield events.unlinked(link, by=terms.source, at=terms.at)
    for user in removed:
        yield events.user_removed(user, by=terms.source, at=terms.at)
