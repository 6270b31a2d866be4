"""The shelf of the client entities."""

from collections.abc import Iterator

from ...domain.entities import ClientEntity
from ...domain.values import EntityId, search_key
from .indexes import Groups, OrderedSet, Sought, WordIndex, starting
from .shelf import Shelf


def _number_item(entity: ClientEntity) -> str:
    return f"{search_key(entity.client_number)}\0{entity.entity_id}"


class EntityShelf(Shelf[EntityId, ClientEntity]):
    """The entities by id, by the addresses that they list, by client number, and by the words of their names."""

    def __init__(self) -> None:
        super().__init__()
        self._listing: Groups[str, EntityId] = Groups()
        self._numbers: OrderedSet[str] = OrderedSet()
        self._words: WordIndex[EntityId] = WordIndex()

    def active(self, entity_id: EntityId) -> ClientEntity | None:
        """The entity, if it is there and active."""
        entity = self.rows.get(entity_id)
        return entity if entity is not None and entity.active else None

    def listing(self, address: str) -> Iterator[ClientEntity]:
        """The entities that list an address key, active or not, in no order."""
        return map(self.rows.__getitem__, self._listing.of(address))

    def numbered(self, number: str) -> Iterator[ClientEntity]:
        """The entities that bear exactly this client number, active or not, in no order."""
        found = self._starting(f"{search_key(number)}\0")
        return (entity for entity in found if entity.client_number == number)

    def matching(self, sought: Sought) -> set[EntityId]:
        """The entities whose client number begins with the text, or whose name holds its words, active or not."""
        numbered = {entity.entity_id for entity in self._starting(sought.key)}
        named = self._words.candidates(sought)
        return numbered.union(found for found in named if sought.begins_words_of(self.rows[found].name))

    def _starting(self, prefix: str) -> Iterator[ClientEntity]:
        return (self.rows[EntityId(item.rpartition("\0")[2])] for item in starting(self._numbers, prefix))

    def _index(self, row: ClientEntity) -> None:
        for contact in row.contacts:
            self._listing.add(contact.email.key, row.entity_id)
        self._numbers.add(_number_item(row))
        self._words.add(row.entity_id, row.name)

    def _unindex(self, row: ClientEntity) -> None:
        for contact in row.contacts:
            self._listing.discard(contact.email.key, row.entity_id)
        self._numbers.discard(_number_item(row))
        self._words.discard(row.entity_id, row.name)
