"""The client entities."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import nsmallest

import attrs

from ....domain.entities import ClientEntity
from ....domain.outcomes import Suggestion
from ....domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    Key,
    Page,
    PageRequest,
    UserId,
    client_number_key,
    search_key,
    words_of,
)
from ....domain.viewers import Scope
from ...listings import ENTITIES
from ..cabinet import Cabinet
from ..indexes import Sought
from ..session import Reader, Repository


def without_contacts(entity: ClientEntity) -> ClientEntity:
    """The entity as everybody but the firm may have it."""
    return attrs.evolve(entity, contacts=()) if entity.contacts else entity


def _by_number(entity: ClientEntity) -> tuple[str, EntityId]:
    return client_number_key(entity.client_number), entity.entity_id


def _by_id(entity: ClientEntity) -> EntityId:
    return entity.entity_id


def _place(standing: tuple[int, int, ClientEntity]) -> Key:
    return standing[:2]


class EntityReader(Reader):
    """`portal_linkage.ports.EntityReader` in memory."""

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        return self._at(firm_id).entities.find(entity_id)

    def covers(self, scope: Scope) -> bool:
        return bool(self._at(scope.firm_id).in_scope(scope))

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        question = ENTITIES.within(scope)
        after = question.position(page)
        standing = self._at(scope.firm_id).in_scope(scope)
        later = standing if after is None else [one for one in standing if _place(one) > after]
        return question.page(later, page, _place).map(lambda one: without_contacts(one[2]))

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        found = map(self._at(firm_id).entities.find, entity_ids)
        return {entity.entity_id: entity.label for entity in found if entity is not None}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        listing = self._at(firm_id).entities.listing(email.key)
        return tuple(map(without_contacts, sorted((one for one in listing if one.active), key=_by_number)))

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        entities = self._at(firm_id).entities
        found = (one for number in set(numbers) for one in entities.numbered(number) if one.active)
        return tuple(map(without_contacts, sorted(found, key=_by_id)))

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        cabinet = self._at(firm_id)
        sought = Sought.of(text)
        if sought is None:
            return ()
        found = map(cabinet.entities.active, cabinet.entities.matching(sought))
        ranked = nsmallest(limit, (_ranked(entity, sought) for entity in found if entity is not None))
        return tuple(_suggestion(cabinet, entity_id, user_id) for _, _, entity_id in ranked)

    def roster(self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None) -> Iterator[ClientEntity]:
        rows = self._at(firm_id).entities.rows
        wanted = rows if entity_ids is None else rows.keys() & set(entity_ids)
        return iter([rows[entity_id] for entity_id in sorted(wanted)])


def _ranked(entity: ClientEntity, sought: Sought) -> tuple[int, str, EntityId]:
    return _rank(entity, sought), search_key(entity.name), entity.entity_id


def _rank(entity: ClientEntity, sought: Sought) -> int:
    number = search_key(entity.client_number)
    if number.startswith(sought.key):
        return 0 if number == sought.key else 1
    return 2 if " ".join(words_of(entity.name)).startswith(" ".join(sought.words)) else 3


def _suggestion(cabinet: Cabinet, entity_id: EntityId, user_id: UserId | None) -> Suggestion:
    entity = cabinet.entities.rows[entity_id]
    mailbox = None if user_id is None else cabinet.mailboxes.of(user_id)
    return Suggestion(
        entity_id=entity_id,
        client_number=entity.client_number,
        name=entity.name,
        label=entity.label,
        linked=user_id is not None and cabinet.links.find((user_id, entity_id)) is not None,
        barred=mailbox is not None and cabinet.bars.find((mailbox.mailbox_id, entity_id)) is not None,
    )


class EntityRepository(Repository, EntityReader):
    """`portal_linkage.ports.EntityRepository` in memory."""

    def save(self, entity: ClientEntity) -> None:
        self._change.put(self._to(entity.firm_id).entities, entity.entity_id, entity)

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for entity in entities:
            self.save(entity)
