"""The firms, their clients, and the journal, as `portal_linkage.ports` promises them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain
from operator import attrgetter
from typing import Final

from ...domain.entities import ClientEntity, Firm
from ...domain.events import Event
from ...domain.outcomes import Suggestion
from ...domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    Page,
    PageRequest,
    Question,
    UserId,
    check_type,
    client_number_key,
    unchecked,
)
from ...domain.viewers import Scope
from ...ports import PMS
from ..listings import CHANGES, ENTITIES, JOURNAL
from .indexes import Sought
from .session import Repository
from .shelves import Cabinet, EventShelf


class Firms(Repository):
    """The firms."""

    def find(self, firm_id: FirmId) -> Firm | None:
        return self._session.cabinet(firm_id).firms.find(firm_id)

    def save(self, firm: Firm) -> None:
        check_type("firm", firm, Firm)
        self._session.put(self._session.opened(firm.firm_id).firms, firm.firm_id, firm)

    def lock(self, firm_id: FirmId) -> Firm | None:
        return self._session.opened(firm_id).firms.find(firm_id)


class Entities(Repository):
    """The client entities."""

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        return next(self.roster(firm_id, (entity_id,)), None)

    def covers(self, scope: Scope) -> bool:
        return bool(self._session.in_scope(scope))

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        entities = self._session.cabinet(scope.firm_id).entities
        question, found = ENTITIES.within(scope), self._session.in_scope(scope)
        after = question.position(page)
        start = 0 if after is None else bisect_right(found, after, key=_place)
        rows = question.page(found[start : start + page.limit + 1], page, _place)
        return rows.map(lambda placed: entities.at(placed.entity_id))

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        found = map(self._session.cabinet(firm_id).entities.find, entity_ids)
        return {entity.entity_id: entity.label for entity in found if entity is not None}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        cabinet = self._session.cabinet(firm_id)
        return tuple(sorted(cabinet.entities.active(cabinet.contacts.listing(email.key)), key=_by_number))

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        entities = self._session.cabinet(firm_id).entities
        entity_ids = chain.from_iterable(map(entities.numbered.of, set(numbers)))
        return tuple(entities.active(sorted(entity_ids)))

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        cabinet = self._session.cabinet(firm_id)
        sought = Sought.of(text)
        if sought is None:
            return ()
        places, rows = cabinet.entities.directory.matching(sought), cabinet.entities.rows
        ranked = nsmallest(limit, ((place, one) for one, place in places.items() if rows[one].active))
        return tuple(_suggestion(cabinet, entity_id, user_id) for _, entity_id in ranked)

    def roster(
        self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None, *, source: str = PMS
    ) -> Iterator[ClientEntity]:
        cabinet = self._session.cabinet(firm_id)
        rows = cabinet.entities.rows
        wanted = sorted(rows if entity_ids is None else rows.keys() & set(entity_ids))
        listed = cabinet.contacts.find
        return iter([unchecked(rows[one], contacts=listed((one, source)) or ()) for one in wanted])

    def listed_elsewhere(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], source: str
    ) -> Mapping[EntityId, Mapping[str, EmailAddress]]:
        found: defaultdict[EntityId, dict[str, EmailAddress]] = defaultdict(dict)
        contacts = self._session.cabinet(firm_id).contacts
        for entity_id in entity_ids:
            for other in {*contacts.sources.of(entity_id)} - {source}:
                listed = contacts.at((entity_id, other))
                found[entity_id].update((contact.email.key, contact.email) for contact in listed)
        return found

    def hold(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> frozenset[EntityId]:
        found = self._session.cabinet(firm_id).entities.active(entity_ids)
        return frozenset(entity.entity_id for entity in found)

    def lock_many(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], *, source: str = PMS
    ) -> tuple[ClientEntity, ...]:
        return tuple(self.roster(firm_id, entity_ids, source=source))

    def merged(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, EntityId]:
        merged = self._session.cabinet(firm_id).merged.rows
        return {entity_id: merged[entity_id] for entity_id in entity_ids if entity_id in merged}

    def formerly(self, firm_id: FirmId, number: str) -> tuple[ClientEntity, ...]:
        cabinet = self._session.cabinet(firm_id)
        return tuple(cabinet.entities.active(sorted(cabinet.former_numbers.entities_of(number))))

    def keep_numbers(self, entities: Iterable[ClientEntity]) -> None:
        for entity in entities:
            numbers = self._session.opened(entity.firm_id).former_numbers
            self._session.put(numbers, (entity.client_number, entity.entity_id), True)  # noqa: FBT003 -- no flag, a row

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        cabinet = self._session.opened(firm_id)
        for gone, survivor in merged.items():
            self._session.put(cabinet.merged, gone, survivor)
            former = list(cabinet.former_numbers.holders_of(gone))
            for number in former:
                self._session.put(cabinet.former_numbers, (number, gone), None)
            borne = [entity.client_number for entity in self.roster(firm_id, [gone])]
            for number in (*former, *borne):
                self._session.put(cabinet.former_numbers, (number, survivor), True)  # noqa: FBT003 -- likewise

    def save(self, entity: ClientEntity) -> None:
        check_type("entity", entity, ClientEntity)
        bare = unchecked(entity, contacts=())
        self._session.put(self._session.opened(entity.firm_id).entities, entity.entity_id, bare)
        self.save_contacts([entity], PMS)
        if entity.active:
            self.part(entity.firm_id, [entity.entity_id])

    def part(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> None:
        merged = self._session.opened(firm_id).merged
        for entity_id in entity_ids:
            if entity_id in merged.rows:
                self._session.put(merged, entity_id, None)

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for entity in entities:
            self.save(entity)

    def save_contacts(self, entities: Iterable[ClientEntity], source: str) -> None:
        for entity in entities:
            contacts = self._session.opened(entity.firm_id).contacts
            self._session.put(contacts, (entity.entity_id, source), entity.contacts or None)


_place: Final = attrgetter("place")


def _by_number(entity: ClientEntity) -> tuple[str, EntityId]:
    return client_number_key(entity.client_number), entity.entity_id


def _suggestion(cabinet: Cabinet, entity_id: EntityId, user_id: UserId | None) -> Suggestion:
    entity = cabinet.entities.at(entity_id)
    user = None if user_id is None else cabinet.users.find(user_id)
    return Suggestion(
        entity_id=entity_id,
        client_number=entity.client_number,
        name=entity.name,
        label=entity.label,
        linked=user is not None and cabinet.links.find((user.user_id, entity_id)) is not None,
        barred=user is not None and cabinet.bars.find((cabinet.mailbox_id(user.email), entity_id)) is not None,
    )


_EVERYBODY: Final = FirmId("")
"""No firm has this id: with it stand the events of all, as they are delivered."""


class Journal(Repository):
    """What happened."""

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        journal = self._session.cabinet(firm_id).journal
        question = JOURNAL.of(firm_id, user_id, entity_id)
        positions = journal.about((user_id, entity_id), _position(question, page), page.limit + 1)
        return question.page(positions, page, lambda position: (position,)).map(journal.at)

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        return _from(self._session.cabinet(firm_id).journal, CHANGES.of(firm_id), page)

    def append(self, events: Sequence[Event]) -> None:
        deliveries = self._session.opened(_EVERYBODY).deliveries
        for event in events:
            for shelf in (self._session.opened(event.firm_id).journal, deliveries):
                self._session.put(shelf, len(shelf.rows) + 1, event)

    def is_settled(self, firm_id: FirmId) -> bool:  # noqa: ARG002 -- as where they end in another order
        self._session.check()
        return True  # a transaction is alone in the store: they end in the order in which they began

    def settle(self, firm_id: FirmId) -> None:
        self._session.opened(firm_id)

    def deliver(self, page: PageRequest) -> Page[Event]:
        return _from(self._session.opened(_EVERYBODY).deliveries, CHANGES.of(_EVERYBODY), page)


def _from(shelf: EventShelf, question: Question, page: PageRequest) -> Page[Event]:
    """The events after a cursor, and where to go on, at the end too."""
    start = _position(question, page)
    positions = shelf.after(start, page.limit)
    end = positions[-1] if positions else start
    return Page(tuple(map(shelf.at, positions)), PageRequest(page.limit, question.cursor((end,))))


def _position(question: Question, page: PageRequest) -> int:
    key = question.position(page)
    return 0 if key is None else int(str(key[0]))
