"""The client entities, with their contacts and the words of their names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs
from sqlalchemy import Executable, Select, Subquery, and_, bindparam, delete, insert, select, true

from ...domain.entities import ClientEntity
from ...domain.outcomes import Suggestion
from ...domain.values import EmailAddress, EntityId, FirmId, Page, PageRequest, UserId, search_key
from ...domain.viewers import Scope
from ..listings import ENTITIES
from .dialects import Dialect
from .keysets import LIMIT, after, in_order, page_values
from .moment import AMONG, CHUNK, Moment, Record, chunks
from .rows import ENTITY_ROWS, contact_rows, entities_of, entity_values, word_rows
from .scopes import kind_of, scope_values, scoped
from .suggestions import Suggestions, SuggestionStatements
from .tables import PMS, Tables, shown


class EntityStatements:
    """What is asked and said about entities."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        entity, contact = tables.entity, tables.contact
        every = select(*shown(entity)).where(entity.c.firm_id == bindparam("firm"))
        active = every.where(entity.c.active == true())
        some = every.where(entity.c.entity_id.in_(AMONG))
        following = every.where(after(entity.c.entity_id)).order_by(entity.c.entity_id).limit(LIMIT)
        listed = select(contact.c.entity_id).where(
            contact.c.firm_id == bindparam("firm"), contact.c.email_key == bindparam("address")
        )
        of_number = (entity.c.number_search.in_(bindparam("keys", expanding=True)), entity.c.client_number.in_(AMONG))
        by_number = (entity.c.number_key, entity.c.entity_id)
        self.find = _with_contacts(tables, every.where(entity.c.entity_id == bindparam("entity")))
        self.covers = scoped(tables, lambda visible: select(visible.c.entity_id).limit(1))
        self.in_scope = scoped(tables, _in_link_order)
        self.some = some
        self.listing = active.where(entity.c.entity_id.in_(listed)).order_by(*by_number)
        self.numbered = active.where(*of_number)
        self.roster = _with_contacts(tables, following)
        self.roster_of = _with_contacts(tables, some)
        self.suggestions = SuggestionStatements(tables)
        self.changes = _EntityChanges(tables, dialect)


class _EntityChanges:
    """What is said about entities."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        contact, word = tables.contact, tables.entity_word
        self.save = dialect.replacing(tables.entity)
        self.remove_contacts = delete(contact).where(
            contact.c.firm_id == bindparam("firm"),
            contact.c.entity_id == bindparam("entity"),
            contact.c.source == bindparam("from_source"),
        )
        self.add_contacts = insert(contact)
        self.remove_words = delete(word).where(
            word.c.firm_id == bindparam("firm"), word.c.entity_id == bindparam("entity")
        )
        self.add_words = insert(word)


def _in_link_order(visible: Subquery) -> Executable:
    order = (visible.c.revision, visible.c.position)
    return select(visible).where(after(*order)).order_by(*in_order(*order)).limit(LIMIT)


def _with_contacts(tables: Tables, entities: Select[*tuple[Any, ...]]) -> Executable:
    """A row for each contact of these entities, and one for an entity without any."""
    entity, contact = entities.subquery("chosen"), tables.contact
    same = and_(contact.c.firm_id == entity.c.firm_id, contact.c.entity_id == entity.c.entity_id)
    details = [contact.c[name] for name in ("email", "email_key", "contact_name", "contact_id", "role")]
    order = (entity.c.entity_id, contact.c.source, contact.c.position)
    return select(entity, *details).select_from(entity.outerjoin(contact, same)).order_by(*order)


def _place(row: Record) -> tuple[int, int]:
    return (row.revision, row.position)


def _id(entity: ClientEntity) -> EntityId:
    return entity.entity_id


@attrs.frozen
class SqlEntityReader:
    """See `portal_linkage.ports.EntityReader`."""

    _moment: Moment
    _statements: EntityStatements

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        rows = self._moment.rows(self._statements.find, {"firm": firm_id, "entity": entity_id})
        return next(entities_of(rows), None)

    def covers(self, scope: Scope) -> bool:
        return self._moment.row(self._statements.covers[kind_of(scope)], scope_values(scope)) is not None

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        question = ENTITIES.within(scope)
        values = {**scope_values(scope), **page_values(question, page)}
        rows = self._moment.rows(self._statements.in_scope[kind_of(scope)], values)
        return question.page(rows, page, _place).map(ENTITY_ROWS.restore)

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        rows = self._moment.rows_among(self._statements.some, {"firm": firm_id}, entity_ids)
        return {entity.entity_id: entity.label for entity in map(ENTITY_ROWS.restore, rows)}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        rows = self._moment.rows(self._statements.listing, {"firm": firm_id, "address": email.key})
        return tuple(map(ENTITY_ROWS.restore, rows))

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        found = (
            ENTITY_ROWS.restore(row)
            for chunk in chunks(sorted(set(numbers)))
            for row in self._moment.rows(
                self._statements.numbered, {"firm": firm_id, "ids": chunk, "keys": tuple(map(search_key, chunk))}
            )
        )
        return tuple(sorted(found, key=_id))

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        return Suggestions(self._moment, self._statements.suggestions).of(firm_id, text, user_id, limit)

    def roster(self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None) -> Iterator[ClientEntity]:
        if entity_ids is not None:
            return entities_of(self._moment.rows_among(self._statements.roster_of, {"firm": firm_id}, entity_ids))
        return self._all(firm_id)

    def _all(self, firm_id: FirmId) -> Iterator[ClientEntity]:
        # By the hundreds rather than by an open cursor: nothing stays open if nobody reads to the end.
        last = ""
        while found := tuple(self._after(firm_id, last)):
            yield from found
            last = found[-1].entity_id

    def _after(self, firm_id: FirmId, entity_id: str) -> Iterator[ClientEntity]:
        values = {"firm": firm_id, "after_0": entity_id, "limit": CHUNK}
        return entities_of(self._moment.rows(self._statements.roster, values))


class SqlEntityRepository(SqlEntityReader):
    """See `portal_linkage.ports.EntityRepository`."""

    def save(self, entity: ClientEntity) -> None:
        self.save_many((entity,))

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for chunk in chunks(entities):
            self._save({(entity.firm_id, entity.entity_id): entity for entity in chunk})

    def _save(self, entities: Mapping[tuple[FirmId, EntityId], ClientEntity]) -> None:
        changes, saved = self._statements.changes, entities.values()
        these = [{"firm": firm_id, "entity": entity_id, "from_source": PMS} for firm_id, entity_id in entities]
        self._moment.run(changes.save, list(map(entity_values, saved)))
        self._moment.run(changes.remove_contacts, these)
        self._moment.run(changes.remove_words, these)
        self._moment.run(changes.add_contacts, [row for entity in saved for row in contact_rows(entity)])
        self._moment.run(changes.add_words, [row for entity in saved for row in word_rows(entity.name, **_key(entity))])


def _key(entity: ClientEntity) -> dict[str, str]:
    return {"firm_id": entity.firm_id, "entity_id": entity.entity_id}
