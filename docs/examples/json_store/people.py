"""The people: users, mailboxes, links and bars."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from portal_linkage import (
    Bar,
    Conflict,
    EmailAddress,
    EntityId,
    FirmId,
    Ground,
    GroundKind,
    Link,
    Page,
    PageRequest,
    PortalUserRow,
    User,
    UserId,
)
from portal_linkage.adapters.listings import BARS, USERS
from portal_linkage.domain.values import Key, micros_of, new_uuid
from portal_linkage.ports import Mailbox, Refusals

from .blocks import Part, paged
from .clients import may_mean, plain
from .documents import Book


class Users(Part):
    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        return next((user for user in self.book(firm_id).users() if user.user_id == user_id), None)

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        mailbox = self.book(firm_id).mailboxes.get(email.key)
        return None if mailbox is None else mailbox.user

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        keys = {email.key for email in emails}
        return {user.email.key: user for user in self.book(firm_id).users() if user.email.key in keys}

    def some(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, User]:
        return {user.user_id: user for user in self.book(firm_id).users() if user.user_id in user_ids}

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        book = self.book(firm_id)
        linked = (user for user in book.users() if entity_id is None or entity_id in book.links.get(user.user_id, {}))
        rows = {user: _row(book, user) for user in linked}
        found = [user for user, row in rows.items() if not text or _fits(text, row)]
        return paged(USERS, USERS.of(firm_id, text, entity_id), found, page).map(rows.__getitem__)

    def add(self, mailbox: Mailbox, user: User) -> None:
        if self.find(user.firm_id, user.user_id) is not None:
            raise Conflict("the firm has a user of this id already")
        self._give(mailbox.firm_id, user.email, user)

    def remove(self, *users: User) -> None:
        for user in users:
            self._give(user.firm_id, user.email, None)

    def _give(self, firm_id: FirmId, email: EmailAddress, user: User | None) -> None:
        mailboxes = self.opened(firm_id).mailboxes
        mailboxes[email.key] = attrs.evolve(mailboxes[email.key], email=email, user=user)


def _row(book: Book, user: User) -> PortalUserRow:
    ids = [link.entity_id for _, link in book.held(user.user_id)]
    return PortalUserRow(user, tuple(plain(book.entities[one]) for one in ids if one in book.entities))


def _fits(text: str, row: PortalUserRow) -> bool:
    marks = [(row.user.email.key, row.user.name), *((one.client_number, one.name) for one in row.entities)]
    return any(may_mean(text, mark, name) for mark, name in marks)


class Mailboxes(Part):
    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        known = self.opened(firm_id).mailboxes
        new = Mailbox(firm_id=firm_id, mailbox_id=new_uuid(), email=email, revision=0, user=None)
        mailbox = known.get(email.key, new)
        known[email.key] = attrs.evolve(mailbox, revision=mailbox.revision + 1)
        return known[email.key]

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        user = next((one for one in self.book(firm_id).users() if one.user_id == user_id), None)
        return None if user is None else self.lock(firm_id, user.email)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        by_key = {email.key: email for email in emails}
        return tuple(self.lock(firm_id, by_key[key]) for key in sorted(by_key))


class Links(Part):
    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        held = self.book(firm_id).links.get(user_id, {}).get(entity_id)
        return None if held is None else held[1]

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        return tuple(link for _, link in self.book(firm_id).held(user_id))

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        return bool(self.book(firm_id).links.get(user_id))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        wanted = set(entity_ids)
        links = [link for held in self.book(firm_id).links.values() for _, link in held.values()]
        links = [link for link in links if link.entity_id in wanted]
        return tuple(sorted(links, key=lambda link: (link.user_id, link.entity_id)))

    def count(self, firm_id: FirmId, *, at_most: int) -> int:
        return min(sum(map(len, self.book(firm_id).links.values())), at_most)

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        links = self.book(firm_id).links
        return {user_id: len(links.get(user_id, {})) for user_id in user_ids}

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        for position, (mailbox, link) in enumerate(links):
            held = self.opened(link.firm_id).links.setdefault(link.user_id, {})
            held[link.entity_id] = ((mailbox.revision, position), link)

    def remove_many(self, links: Sequence[Link]) -> None:
        for link in links:
            self.opened(link.firm_id).links.get(link.user_id, {}).pop(link.entity_id, None)

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        for link, ground in grounds:
            held = self.opened(link.firm_id).links[link.user_id]
            place, kept = held[link.entity_id]
            held[link.entity_id] = (place, kept.with_ground(ground))

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        for link, kind in grounds:
            held = self.opened(link.firm_id).links[link.user_id]
            place, kept = held[link.entity_id]
            held[link.entity_id] = (place, kept.without(kind))


class Bars(Part):
    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        return self._of(firm_id, email.key).get(entity_id)

    def _of(self, firm_id: FirmId, key: str) -> dict[EntityId, Bar]:
        """The bars of an address, which is spelled as its mailbox has it."""
        book = self.book(firm_id)
        bars = book.bars.get(key, {})
        return {one: attrs.evolve(bar, email=book.mailboxes[key].email) for one, bar in bars.items()}

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        book = self.book(firm_id)
        keys = book.bars if email is None else [email.key]
        bars: dict[Key, Bar] = {
            (micros_of(bar.since), bar.entity_id, book.mailboxes[key].mailbox_id): bar
            for key in keys
            for bar in self._of(firm_id, key).values()
        }
        question = BARS.of(firm_id, None if email is None else email.key)
        return paged(BARS, question, bars, page).map(bars.__getitem__)

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        book = self.book(firm_id)
        refused = {key: self._refused(book, key, set(entity_ids)) for key in book.bars.keys() | book.left.keys()}
        return {key: refusals for key, refusals in refused.items() if refusals != Refusals()}

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        wanted = None if entity_id is None else {entity_id}
        return self._refused(self.book(mailbox.firm_id), mailbox.email.key, wanted)

    def _refused(self, book: Book, key: str, wanted: set[EntityId] | None) -> Refusals:
        barred, left = frozenset(book.bars.get(key, {})), frozenset(book.left.get(key, ()))
        if wanted is None:
            return Refusals(barred=barred, left=left)
        return Refusals(barred=barred & wanted, left=left & wanted)

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        kept = self.opened(mailbox.firm_id).bars.setdefault(mailbox.email.key, {})
        for bar in bars:
            kept.setdefault(bar.entity_id, bar)

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self.opened(mailbox.firm_id).bars.get(mailbox.email.key, {}).pop(entity_id, None)

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        left = self.opened(mailbox.firm_id).left
        left[mailbox.email.key] = [*{*left.get(mailbox.email.key, ()), entity_id}]

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        left = self.opened(mailbox.firm_id).left
        left[mailbox.email.key] = [one for one in left.get(mailbox.email.key, ()) if one != entity_id]

    def carry(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        book = self.opened(firm_id)
        for gone, survivor in merged.items():
            for bars in book.bars.values():
                if gone in bars:
                    bars.setdefault(survivor, attrs.evolve(bars[gone], entity_id=survivor))
            for key, left in book.left.items():
                book.left[key] = [*{*left, survivor}] if gone in left else left
