"""The portal users and their mailboxes."""

from collections.abc import Collection, Mapping
from heapq import nsmallest

import attrs

from ....domain.entities import User
from ....domain.errors import Conflict
from ....domain.outcomes import PortalUserRow
from ....domain.values import EmailAddress, EntityId, FirmId, Page, PageRequest, UserId, new_uuid
from ....ports import Mailbox
from ...listings import USERS
from ..cabinet import Cabinet
from ..indexes import Sought
from ..session import Reader, Repository
from .entities import without_contacts


class UserReader(Reader):
    """`portal_linkage.ports.UserReader` in memory."""

    def find(self, firm_id: FirmId, user_id: UserId) -> User | None:
        return self._at(firm_id).mailboxes.users.get(user_id)

    def find_by_email(self, firm_id: FirmId, email: EmailAddress) -> User | None:
        mailbox = self._at(firm_id).mailboxes.find(email.key)
        return None if mailbox is None else mailbox.user

    def having(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> Mapping[str, User]:
        found = ((email.key, self.find_by_email(firm_id, email)) for email in emails)
        return {key: user for key, user in found if user is not None}

    def search(self, firm_id: FirmId, text: str, entity_id: EntityId | None, page: PageRequest) -> Page[PortalUserRow]:
        cabinet = self._at(firm_id)
        question = USERS.of(firm_id, text, entity_id)
        after = question.position(page)
        if not text and entity_id is None:
            users = cabinet.mailboxes.named_after(after, page.limit + 1)
        else:
            places = (USERS.key(cabinet.mailboxes.users[user_id]) for user_id in _found(cabinet, text, entity_id))
            first = nsmallest(page.limit + 1, (place for place in places if after is None or place > after))
            users = [cabinet.mailboxes.users[UserId(str(user_id))] for _, user_id in first]
        return question.page(users, page, USERS.key).map(lambda user: _row(cabinet, user))


def _found(cabinet: Cabinet, text: str, entity_id: EntityId | None) -> Collection[UserId]:
    linked = None if entity_id is None else cabinet.links.users_of(entity_id)
    if not text and linked is not None:
        return linked
    sought = Sought.of(text)
    if sought is None:
        return ()
    found = cabinet.mailboxes.matching(sought)
    found.update(user_id for entity in cabinet.entities.matching(sought) for user_id in cabinet.links.users_of(entity))
    return found if linked is None else found.intersection(linked)


def _row(cabinet: Cabinet, user: User) -> PortalUserRow:
    held = (cabinet.entities.find(link.entity_id) for _, _, link in cabinet.links.of(user.user_id))
    return PortalUserRow(user, tuple(without_contacts(entity) for entity in held if entity is not None))


class UserRepository(Repository, UserReader):
    """`portal_linkage.ports.UserRepository` in memory."""

    def add(self, mailbox: Mailbox, user: User) -> None:
        if self._at(user.firm_id).mailboxes.of(user.user_id) is not None:
            raise Conflict("the firm has a user of this id already")
        self._give(mailbox.firm_id, user.email, user)

    def remove(self, user: User) -> None:
        self._give(user.firm_id, user.email, None)

    def _give(self, firm_id: FirmId, email: EmailAddress, user: User | None) -> None:
        mailboxes = self._to(firm_id).mailboxes
        mailbox = mailboxes.rows[email.key]
        self._change.put(mailboxes, email.key, attrs.evolve(mailbox, email=email, user=user))


class MailboxRepository(Repository):
    """`portal_linkage.ports.MailboxRepository` in memory."""

    def lock(self, firm_id: FirmId, email: EmailAddress) -> Mailbox:
        mailboxes = self._to(firm_id).mailboxes
        mailbox = mailboxes.find(email.key)
        if mailbox is None:
            mailbox = Mailbox(firm_id=firm_id, mailbox_id=new_uuid(), email=email, revision=0, user=None)
        locked = attrs.evolve(mailbox, revision=mailbox.revision + 1)
        self._change.put(mailboxes, email.key, locked)
        return locked

    def lock_user(self, firm_id: FirmId, user_id: UserId) -> Mailbox | None:
        mailbox = self._at(firm_id).mailboxes.of(user_id)
        return None if mailbox is None else self.lock(firm_id, mailbox.email)

    def lock_many(self, firm_id: FirmId, emails: Collection[EmailAddress]) -> tuple[Mailbox, ...]:
        by_key = {email.key: email for email in emails}
        return tuple(self.lock(firm_id, by_key[key]) for key in sorted(by_key))
