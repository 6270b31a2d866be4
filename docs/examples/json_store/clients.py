"""The firms and their clients."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import attrs

from portal_linkage import (
    ClientEntity,
    EmailAddress,
    EntityId,
    Firm,
    FirmId,
    Page,
    PageRequest,
    Suggestion,
    UserId,
)
from portal_linkage.adapters.listings import ENTITIES
from portal_linkage.domain.values import (
    Key,
    check_type,
    client_number_key,
    search_key,
    words_of,
)
from portal_linkage.domain.viewers import Scope
from portal_linkage.ports import PMS

from .blocks import Part, paged


class Firms(Part):
    def find(self, firm_id: FirmId) -> Firm | None:
        return self.book(firm_id).firm

    def save(self, firm: Firm) -> None:
        check_type("firm", firm, Firm)
        self.opened(firm.firm_id).firm = firm

    def lock(self, firm_id: FirmId) -> Firm | None:
        return self.opened(firm_id).firm


def plain(entity: ClientEntity) -> ClientEntity:
    """The entity as everybody but the firm may have it: without contacts."""
    return attrs.evolve(entity, contacts=())


def may_mean(text: str, mark: str, name: str) -> bool:
    """Whether a typed text begins a number or an address, or each of its words begins a word of a name."""
    key, typed, words = search_key(text.strip()), words_of(text), words_of(name)
    named = typed and all(any(word.startswith(one) for word in words) for one in typed)
    return bool(key and (search_key(mark).startswith(key) or named))


def rank(text: str, entity: ClientEntity) -> tuple[int, str, str]:
    """Where among the suggestions an entity stands."""
    key, number, name = search_key(text.strip()), search_key(entity.client_number), search_key(entity.name)
    if number.startswith(key):
        return (0 if number == key else 1, name, entity.entity_id)
    begun = " ".join(words_of(entity.name)).startswith(" ".join(words_of(text)))
    return (2 if begun else 3, name, entity.entity_id)


class Entities(Part):
    def _active(self, firm_id: FirmId, ids: Iterable[EntityId]) -> list[ClientEntity]:
        known = self.book(firm_id).entities
        return [known[one] for one in ids if one in known and known[one].active]

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        return self.book(firm_id).entities.get(entity_id)

    def covers(self, scope: Scope) -> bool:
        return bool(self.book(scope.firm_id).in_scope(scope))

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        book = self.book(scope.firm_id)
        ids: dict[Key, EntityId] = {place: one for one, place in book.in_scope(scope).items()}
        return paged(ENTITIES, ENTITIES.within(scope), ids, page).map(lambda place: plain(book.entities[ids[place]]))

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        known = self.book(firm_id).entities
        return {one: known[one].label for one in entity_ids if one in known}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        book = self.book(firm_id)
        listings = [{one: entity.contacts for one, entity in book.entities.items()}, *book.contacts.values()]
        ids = {one for listed in listings for one in listed if any(each.email == email for each in listed[one])}
        found = self._active(firm_id, ids)
        return tuple(
            plain(one) for one in sorted(found, key=lambda one: (client_number_key(one.client_number), one.entity_id))
        )

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        active = self._active(firm_id, sorted(self.book(firm_id).entities))
        return tuple(plain(one) for one in active if one.client_number in numbers)

    def formerly(self, firm_id: FirmId, number: str) -> tuple[ClientEntity, ...]:
        bearers = self.book(firm_id).former_numbers.get(number, ())
        return tuple(map(plain, self._active(firm_id, sorted(bearers))))

    def merged(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, EntityId]:
        merged = self.book(firm_id).merged
        return {one: merged[one] for one in entity_ids if one in merged}

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        book = self.book(firm_id)
        user = next((one for one in book.users() if one.user_id == user_id), None)
        linked = book.links.get(user.user_id, {}) if user else {}
        barred = book.bars.get(user.email.key, {}) if user else {}
        found = [one for one in self._active(firm_id, book.entities) if may_mean(text, one.client_number, one.name)]
        return tuple(
            Suggestion(
                entity_id=one.entity_id,
                client_number=one.client_number,
                name=one.name,
                label=one.label,
                linked=one.entity_id in linked,
                barred=one.entity_id in barred,
            )
            for one in sorted(found, key=lambda one: rank(text, one))[:limit]
        )

    def roster(
        self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None, *, source: str = PMS
    ) -> Iterator[ClientEntity]:
        book = self.book(firm_id)
        known = sorted(book.entities if entity_ids is None else book.entities.keys() & set(entity_ids))
        if source == PMS:
            return iter([book.entities[one] for one in known])
        listed = book.contacts.get(source, {})
        return iter([attrs.evolve(book.entities[one], contacts=listed.get(one, ())) for one in known])

    def listed_elsewhere(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], source: str
    ) -> Mapping[EntityId, Mapping[str, EmailAddress]]:
        found: dict[EntityId, dict[str, EmailAddress]] = {}
        for other in {PMS, *self.book(firm_id).contacts} - {source}:
            for entity in self.roster(firm_id, entity_ids, source=other):
                for contact in entity.contacts:
                    found.setdefault(entity.entity_id, {})[contact.email.key] = contact.email
        return found

    def hold(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> frozenset[EntityId]:
        return frozenset(one.entity_id for one in self._active(firm_id, entity_ids))

    def lock_many(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], *, source: str = PMS
    ) -> tuple[ClientEntity, ...]:
        return tuple(self.roster(firm_id, entity_ids, source=source))

    def keep_numbers(self, entities: Iterable[ClientEntity]) -> None:
        for one in entities:
            former = self.opened(one.firm_id).former_numbers
            former[one.client_number] = [*{*former.get(one.client_number, ()), one.entity_id}]

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        book = self.opened(firm_id)
        for gone, survivor in merged.items():
            book.merged[gone] = survivor
            for number, bearers in book.former_numbers.items():
                book.former_numbers[number] = [*{survivor if one == gone else one for one in bearers}]
            self.keep_numbers(attrs.evolve(one, entity_id=survivor) for one in self.roster(firm_id, [gone]))

    def part(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> None:
        for entity_id in entity_ids:
            self.opened(firm_id).merged.pop(entity_id, None)

    def save(self, entity: ClientEntity) -> None:
        check_type("entity", entity, ClientEntity)
        self.opened(entity.firm_id).entities[entity.entity_id] = entity
        if entity.active:
            self.part(entity.firm_id, [entity.entity_id])

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for one in entities:
            self.save(one)

    def save_contacts(self, entities: Iterable[ClientEntity], source: str) -> None:
        for one in entities:
            self.opened(one.firm_id).contacts.setdefault(source, {})[one.entity_id] = one.contacts
