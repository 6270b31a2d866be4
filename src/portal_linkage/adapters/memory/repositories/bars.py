"""The bars, and what users left by themselves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import attrs

from ....domain.entities import Bar
from ....domain.values import EmailAddress, EntityId, FirmId, Key, Page, PageRequest
from ....ports import Mailbox, Refusals
from ...listings import BARS
from ..cabinet import Cabinet
from ..refusals import Leaving
from ..session import Reader, Repository


class BarReader(Reader):
    """`portal_linkage.ports.BarReader` in memory."""

    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        cabinet = self._at(firm_id)
        mailbox = cabinet.mailboxes.find(email.key)
        bar = None if mailbox is None else cabinet.bars.find((mailbox.mailbox_id, entity_id))
        return None if bar is None else _spelled(cabinet, bar)

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        cabinet = self._at(firm_id)
        question = BARS.of(firm_id, None if email is None else email.key)
        after = question.position(page)
        if email is None:
            places = cabinet.bars.after(after, page.limit + 1)
        else:
            places = [place for place in _places_of(cabinet, email) if after is None or place > after]
        return question.page(places, page, BARS.key).map(lambda place: _bar_at(cabinet, place))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        cabinet = self._at(firm_id)
        barred: dict[str, set[EntityId]] = {}
        left: dict[str, set[EntityId]] = {}
        for entity_id in entity_ids:
            for bar in cabinet.bars.touching(entity_id):
                barred.setdefault(bar.email.key, set()).add(entity_id)
            for leaving in cabinet.leavings.touching(entity_id):
                left.setdefault(leaving.email.key, set()).add(entity_id)
        return {
            address: Refusals(barred=frozenset(barred.get(address, ())), left=frozenset(left.get(address, ())))
            for address in barred.keys() | left.keys()
        }


def _places_of(cabinet: Cabinet, email: EmailAddress) -> list[Key]:
    mailbox = cabinet.mailboxes.find(email.key)
    if mailbox is None:
        return []
    mailbox_id = mailbox.mailbox_id
    return sorted(cabinet.bars.place((mailbox_id, entity_id)) for entity_id in cabinet.bars.of(mailbox_id))


def _bar_at(cabinet: Cabinet, place: Key) -> Bar:
    _, entity_id, mailbox_id = place
    return _spelled(cabinet, cabinet.bars.rows[str(mailbox_id), EntityId(str(entity_id))])


def _spelled(cabinet: Cabinet, bar: Bar) -> Bar:
    """The bar with the address as its mailbox spells it now: an address is kept in one place."""
    email = cabinet.mailboxes.rows[bar.email.key].email
    return bar if str(email) == str(bar.email) else attrs.evolve(bar, email=email)


class BarRepository(Repository, BarReader):
    """`portal_linkage.ports.BarRepository` in memory."""

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        cabinet = self._at(mailbox.firm_id)
        barred = frozenset(cabinet.bars.of(mailbox.mailbox_id))
        left = frozenset(cabinet.leavings.of(mailbox.mailbox_id))
        if entity_id is None:
            return Refusals(barred=barred, left=left)
        return Refusals(barred=barred & {entity_id}, left=left & {entity_id})

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        shelf = self._to(mailbox.firm_id).bars
        for bar in bars:
            key = (mailbox.mailbox_id, bar.entity_id)
            if shelf.find(key) is None:
                self._change.put(shelf, key, bar)

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._change.put(self._to(mailbox.firm_id).bars, (mailbox.mailbox_id, entity_id), None)

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId, at: datetime) -> None:
        leaving = Leaving(mailbox.email, entity_id, at)
        self._change.put(self._to(mailbox.firm_id).leavings, (mailbox.mailbox_id, entity_id), leaving)

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._change.put(self._to(mailbox.firm_id).leavings, (mailbox.mailbox_id, entity_id), None)
