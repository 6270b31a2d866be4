"""What becomes of an entity in a roster change, and of the addresses that are listed with it."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

import attrs

from ..entities import ClientEntity
from ..policy import AutoLink, ContactRemoved, LinkagePolicy
from ..values import EmailAddress, EntityId

Addresses = Mapping[str, EmailAddress]
"""Addresses by key."""

_NONE: Final[Addresses] = MappingProxyType({})


def listed_with(entity: ClientEntity) -> dict[str, EmailAddress]:
    """The addresses that an entity's contacts list."""
    return {contact.email.key: contact.email for contact in entity.contacts}


@attrs.frozen
class EntityChange:
    """One entity before and after a roster change, with the contacts that the source of the change lists.

    ``elsewhere`` are the addresses that other sources list with it: they come and go with the entity alone.
    ``absorbed`` are those that stood with active entities that are merged into it: they do not appear for that.
    """

    before: ClientEntity | None
    after: ClientEntity
    elsewhere: Addresses = _NONE
    absorbed: Addresses = _NONE

    @property
    def entity_id(self) -> EntityId:
        """Which entity it is."""
        return self.after.entity_id

    @property
    def deactivates(self) -> bool:
        """Whether it hides the entity from those linked to it."""
        return self.before is not None and self.before.active and not self.after.active

    @property
    def reactivates(self) -> bool:
        """Whether it brings the entity back to them."""
        return self.before is not None and not self.before.active and self.after.active

    @cached_property
    def appeared(self) -> dict[str, EmailAddress]:
        """The addresses that begin to be listed by an active entity, by key; becoming active again is appearing."""
        known = {**self._listing(self.before, active=True), **self.absorbed}
        return _less(self._listing(self.after, active=True), known)

    @cached_property
    def vanished(self) -> dict[str, EmailAddress]:
        """The addresses that no contact lists any more, by key. Deactivation removes no contact."""
        return _less(self._listing(self.before), self._listing(self.after))

    def lists(self, key: str) -> bool:
        """Whether any source lists the address afterwards."""
        return key in self._listing(self.after)

    def _listing(self, entity: ClientEntity | None, *, active: bool = False) -> dict[str, EmailAddress]:
        if entity is None or (active and not entity.active):
            return {}
        return {**listed_with(entity), **self.elsewhere}


def _less(some: dict[str, EmailAddress], others: Collection[str]) -> dict[str, EmailAddress]:
    return {key: email for key, email in some.items() if key not in others}


def concerned(changes: Iterable[EntityChange], policy: LinkagePolicy) -> dict[str, EmailAddress]:
    """The addresses whose listing changes in a way that this policy makes matter, by key."""
    emails: dict[str, EmailAddress] = {}
    for change in changes:
        if policy.auto_link is AutoLink.CONTINUOUS:
            emails |= change.appeared
        if policy.contact_removed is ContactRemoved.WITHDRAW:
            emails |= change.vanished
    return emails
