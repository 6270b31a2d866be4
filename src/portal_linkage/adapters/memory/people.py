"""The people: users, mailboxes, links, bars and refused proofs, as `portal_linkage.ports` promises them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from heapq import nsmallest
from itertools import islice
from typing import Any, Final

import attrs

from ...domain.entities import Bar, Ground, GroundKind, Link, User
from ...domain.errors import Conflict
from ...domain.outcomes import PortalUserRow
from ...domain.values import EmailAddress, EntityId, FirmId, Key, Page, PageRequest, UserId, new_uuid, unchecked
from ...ports import Mailbox, Refusals
from ..listings import BARS, USERS
from .indexes import Sought
from .session import Repository
from .shelves import Cabinet, PairShelf, Placed, place_of

# Every new attempt clears away at most this many subjects, more than one, so that those long past cannot pile up.
_CLEARED_AT_ONCE: Final = 2


class Users(Repository):
    """The portal users."""

    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        return self._session.cabinet(firm_id).users.find(user_id)

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        mailbox = self._session.cabinet(firm_id).mailboxes.find(email.key)
        return None if mailbox is None else mailbox.user

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        found = ((email.key, self.find_by_email(firm_id, email)) for email in emails)
        return {key: user for key, user in found if user is not None}

    def some(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, User]:
        found = map(self._session.cabinet(firm_id).users.find, user_ids)
        return {user.user_id: user for user in found if user is not None}

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        cabinet = self._session.cabinet(firm_id)
        question = USERS.of(firm_id, text, entity_id)
        after = question.position(page)
        if not text and entity_id is None:
            places = cabinet.users.places.after(after, page.limit + 1)
        else:
            found = map(USERS.key, map(cabinet.users.at, _found(cabinet, text, entity_id)))
            places = nsmallest(page.limit + 1, (place for place in found if after is None or place > after))
        users = [cabinet.users.at(UserId(str(user_id))) for _, user_id in places]
        return question.page(users, page, USERS.key).map(lambda user: _row(cabinet, user))

    def add(self, mailbox: Mailbox, user: User) -> None:
        users = self._session.opened(user.firm_id).users
        if users.find(user.user_id) is not None:
            raise Conflict("the firm has a user of this id already")
        self._session.put(users, user.user_id, user)
        self._give(mailbox.firm_id, user.email, user)

    def remove(self, *users: User) -> None:
        for user in users:
            self._session.put(self._session.opened(user.firm_id).users, user.user_id, None)
            self._give(user.firm_id, user.email, None)

    def _give(self, firm_id: FirmId, email: EmailAddress, user: User | None) -> None:
        mailboxes = self._session.opened(firm_id).mailboxes
        self._session.put(mailboxes, email.key, attrs.evolve(mailboxes.at(email.key), email=email, user=user))


def _found(cabinet: Cabinet, text: str, entity_id: EntityId | None) -> Collection[UserId]:
    linked = None if entity_id is None else cabinet.links.holders_of(entity_id)
    if not text and linked is not None:
        return linked
    sought = Sought.of(text)
    if sought is None:
        return ()
    entity_ids = cabinet.entities.directory.matching(sought)
    found = {*cabinet.users.directory.matching(sought)}.union(*map(cabinet.links.holders_of, entity_ids))
    return found if linked is None else found.intersection(linked)


def _row(cabinet: Cabinet, user: User) -> PortalUserRow:
    held = (cabinet.entities.find(placed.entity_id) for placed in cabinet.links.of(user.user_id))
    return PortalUserRow(user, tuple(entity for entity in held if entity is not None))


class Mailboxes(Repository):
    """The locks. A transaction is alone in the store: there is nobody left to lock out, here or elsewhere."""

    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        mailboxes = self._session.opened(firm_id).mailboxes
        mailbox = mailboxes.find(email.key)
        if mailbox is None:
            mailbox = Mailbox(firm_id=firm_id, mailbox_id=new_uuid(), email=email, revision=0, user=None)
        locked = unchecked(mailbox, revision=mailbox.revision + 1)
        self._session.put(mailboxes, email.key, locked)
        return locked

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        user = self._session.cabinet(firm_id).users.find(user_id)
        return None if user is None else self.lock(firm_id, user.email)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        by_key = {email.key: email for email in emails}
        return tuple(self.lock(firm_id, by_key[key]) for key in sorted(by_key))


class Links(Repository):
    """The links."""

    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        placed = self._session.cabinet(firm_id).links.find((user_id, entity_id))
        return None if placed is None else placed[1]

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        links = self._session.cabinet(firm_id).links
        return tuple(links.at((user_id, placed.entity_id))[1] for placed in links.of(user_id))

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        return bool(self._session.cabinet(firm_id).links.of(user_id))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        links = self._session.cabinet(firm_id).links
        keys = sorted((user_id, entity_id) for entity_id in set(entity_ids) for user_id in links.holders_of(entity_id))
        return tuple(links.at(key)[1] for key in keys)

    def count(self, firm_id: FirmId, *, at_most: int) -> int:
        return min(len(self._session.cabinet(firm_id).links.rows), at_most)

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        links = self._session.cabinet(firm_id).links
        return {user_id: len(links.of(user_id)) for user_id in user_ids}

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        for position, (mailbox, link) in enumerate(links):
            cabinet = self._session.opened(link.firm_id)
            account = cabinet.accounts.opened(link.entity_id)
            placed = Placed((mailbox.revision, position), link.entity_id, account)
            self._session.put(cabinet.links, (link.user_id, link.entity_id), (placed, link))

    def remove_many(self, links: Sequence[Link]) -> None:
        for link in links:
            self._session.put(self._session.opened(link.firm_id).links, (link.user_id, link.entity_id), None)

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        for link, ground in grounds:
            self._replace(link, partial(Link.with_ground, ground=ground))

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        for link, kind in grounds:
            self._replace(link, partial(Link.without, kind=kind))

    def _replace(self, link: Link, changed: Callable[[Link], Link]) -> None:
        links, key = self._session.opened(link.firm_id).links, (link.user_id, link.entity_id)
        # The caller's link may lack a ground that the same change has given it.
        placed, kept = links.at(key)
        self._session.put(links, key, (placed, changed(kept)))


class Bars(Repository):
    """The bars, and what users left by themselves."""

    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        cabinet = self._session.cabinet(firm_id)
        bar = cabinet.bars.find((cabinet.mailbox_id(email), entity_id))
        return None if bar is None else _spelled(cabinet, bar)

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        cabinet = self._session.cabinet(firm_id)
        question = BARS.of(firm_id, None if email is None else email.key)
        after = question.position(page)
        if email is None:
            places: Sequence[Key] = cabinet.bars.places.after(after, page.limit + 1)
        else:
            places = [place for place in _places_of(cabinet, email) if after is None or place > after]
        return question.page(places, page, BARS.key).map(lambda place: _bar_at(cabinet, place))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        cabinet = self._session.cabinet(firm_id)
        barred: defaultdict[str, set[EntityId]] = defaultdict(set)
        left: defaultdict[str, set[EntityId]] = defaultdict(set)
        for entity_id in entity_ids:
            for mailbox_id in cabinet.bars.holders_of(entity_id):
                barred[cabinet.bars.at((mailbox_id, entity_id)).email.key].add(entity_id)
            for mailbox_id in cabinet.leavings.holders_of(entity_id):
                left[cabinet.leavings.at((mailbox_id, entity_id)).key].add(entity_id)
        addresses = barred.keys() | left.keys()
        return {one: Refusals(barred=frozenset(barred[one]), left=frozenset(left[one])) for one in addresses}

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        cabinet = self._session.cabinet(mailbox.firm_id)
        barred = cabinet.bars.entities_of(mailbox.mailbox_id)
        left = cabinet.leavings.entities_of(mailbox.mailbox_id)
        if entity_id is None:
            return Refusals(barred=frozenset(barred), left=frozenset(left))
        one = frozenset((entity_id,))
        return Refusals(barred=one.intersection(barred), left=one.intersection(left))

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        shelf = self._session.opened(mailbox.firm_id).bars
        for bar in bars:
            key = (mailbox.mailbox_id, bar.entity_id)
            if shelf.find(key) is None:
                self._session.put(shelf, key, bar)

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._session.put(self._session.opened(mailbox.firm_id).bars, (mailbox.mailbox_id, entity_id), None)

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        leavings = self._session.opened(mailbox.firm_id).leavings
        self._session.put(leavings, (mailbox.mailbox_id, entity_id), mailbox.email)

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._session.put(self._session.opened(mailbox.firm_id).leavings, (mailbox.mailbox_id, entity_id), None)

    def carry(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        cabinet = self._session.opened(firm_id)
        for gone, survivor in merged.items():
            for shelf in (cabinet.bars, cabinet.leavings):
                self._carry(shelf, gone, survivor)

    def _carry(self, shelf: PairShelf[str, Any], gone: EntityId, survivor: EntityId) -> None:
        for mailbox_id in sorted(shelf.holders_of(gone)):
            refusal = shelf.at((mailbox_id, gone))
            if shelf.find((mailbox_id, survivor)) is None:
                moved = attrs.evolve(refusal, entity_id=survivor) if isinstance(refusal, Bar) else refusal
                self._session.put(shelf, (mailbox_id, survivor), moved)


def _places_of(cabinet: Cabinet, email: EmailAddress) -> list[Key]:
    mailbox_id = cabinet.mailbox_id(email)
    keys = ((mailbox_id, entity_id) for entity_id in cabinet.bars.entities_of(mailbox_id))
    return sorted(place_of(key, cabinet.bars.at(key)) for key in keys)


def _bar_at(cabinet: Cabinet, place: Key) -> Bar:
    _, entity_id, mailbox_id = place
    return _spelled(cabinet, cabinet.bars.at((str(mailbox_id), EntityId(str(entity_id)))))


def _spelled(cabinet: Cabinet, bar: Bar) -> Bar:
    """The bar with the address as its mailbox spells it now: an address is kept in one place."""
    return attrs.evolve(bar, email=cabinet.mailboxes.at(bar.email.key).email)


class Attempts(Repository):
    """The refused proofs."""

    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        refused = self._session.cabinet(firm_id).attempts.find(subject) or ()
        return tuple(sorted(at for at, _ in refused if at > since))

    def add(self, firm_id: FirmId, subject: str, at: datetime, until: datetime) -> None:
        attempts = self._session.opened(firm_id).attempts
        counting = [one for one in attempts.find(subject) or () if one[1] > at]
        self._session.put(attempts, subject, (*counting, (at, until)))
        for other, refused in list(islice(attempts.rows.items(), _CLEARED_AT_ONCE)):  # those refused longest ago
            if all(until <= at for _, until in refused):
                self._session.put(attempts, other, None)
