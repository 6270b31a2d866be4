"""The firms and their client entities, with contacts and the words of their names, and what a typed text may mean."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa

from ...domain.entities import ClientEntity, Contact, Firm, PortalSettings
from ...domain.outcomes import Suggestion
from ...domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    Page,
    PageRequest,
    UserId,
    client_number_key,
    search_key,
    words_of,
)
from ...domain.viewers import Scope
from ..listings import ENTITIES
from . import clauses
from .clauses import AMONG, Choice, Scoped, joined, of_kind, this
from .dialects import Dialect
from .moment import CHUNK, Part, Record, chunks
from .stored import ENTITY_ROWS, stored
from .tables import PMS, Tables
from .words import Frequencies, beginning, begins, owners_of_words, typed_words, word_rows, word_values

_FIRM_ROWS: Final = stored(Firm, but=("settings",))
_SETTINGS_ROWS: Final = stored(PortalSettings)
_CONTACT_ROWS: Final = stored(Contact, but=("name",))


class FirmStatements:
    """What is asked and said about firms."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        firm = tables.firm
        self.find = sa.select(firm).where(this(firm))
        self.lock = sa.update(firm).where(this(firm)).values(revision=firm.c.revision + 1).returning(*firm.c)
        self.save = dialect.replacing(firm, keeping=("revision",))


class SqlFirmReader(Part[FirmStatements]):
    """See `portal_linkage.ports.FirmReader`."""

    def find(self, firm_id: FirmId) -> Firm | None:
        return self._first(self._statements.find, firm_id)

    def _first(self, statement: sa.Executable, firm_id: FirmId) -> Firm | None:
        rows = self._moment.rows(statement, {"firm": firm_id})
        return next((_FIRM_ROWS.restore(row, settings=_SETTINGS_ROWS.restore(row)) for row in rows), None)


class SqlFirmRepository(SqlFirmReader):
    """See `portal_linkage.ports.FirmRepository`."""

    def save(self, firm: Firm) -> None:
        columns = {**_FIRM_ROWS.values(firm), **_SETTINGS_ROWS.values(firm.settings), "revision": 0}
        self._moment.run(self._statements.save, columns)

    def lock(self, firm_id: FirmId) -> Firm | None:
        return self._first(self._statements.lock, firm_id)


class EntityStatements:
    """What is asked and said about entities, but for the search."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        entity, contact, word = tables.entity, tables.contact, tables.entity_word
        every = sa.select(*clauses.shown(entity)).where(this(entity))
        active = every.where(entity.c.active == sa.true())
        self.some = every.where(entity.c.entity_id.in_(AMONG))
        self.find = _with_contacts(tables, every.where(this(entity, "entity_id")))
        self.covers = Scoped(tables, dialect, lambda visible: sa.select(visible.c.entity_id).limit(1))
        self.in_scope = Scoped(
            tables, dialect, lambda visible: clauses.paged(sa.select(visible), visible.c.revision, visible.c.position)
        )
        listed = sa.select(contact.c.entity_id).where(this(contact, "email_key"))
        by_number = (entity.c.number_key, entity.c.entity_id)
        self.listing = active.where(entity.c.entity_id.in_(listed)).order_by(*by_number)
        of_keys = entity.c.number_search.in_(sa.bindparam("keys", expanding=True))
        self.numbered = active.where(of_keys, entity.c.client_number.in_(AMONG))
        self.roster = _with_contacts(tables, clauses.paged(every, entity.c.entity_id))
        self.roster_of = _with_contacts(tables, self.some)
        # Who changes entities goes by their ids, too, so that nobody waits for each other. SQLite has no such locks.
        by_id = entity.c.entity_id
        self.hold = active.where(this(entity, "entity_id")).with_for_update(read=True)
        self.hold_listing = self.listing.order_by(None).order_by(by_id).with_for_update(read=True)
        self.hold_numbered = self.numbered.order_by(by_id).with_for_update(read=True)
        self.lock = sa.select(by_id).where(this(entity), by_id.in_(AMONG)).order_by(by_id).with_for_update()
        self.save = dialect.replacing(entity)
        self.remove_contacts = sa.delete(contact).where(this(contact, "entity_id", "source"))
        self.remove_words = sa.delete(word).where(this(word, "entity_id"))
        self.add_contacts, self.add_words = sa.insert(contact), sa.insert(word)
        self.suggestions = SuggestionStatements(tables, dialect)


def _with_contacts(tables: Tables, entities: Choice) -> Choice:
    """A row for each contact of these entities, and one for an entity without any."""
    entity, contact = entities.subquery("chosen"), tables.contact
    details = [contact.c[name] for name in ("email", "email_key", "contact_name", "contact_id", "role")]
    rows = sa.select(entity, *details).select_from(joined(entity, contact, "entity_id", outer=True))
    return rows.order_by(entity.c.entity_id, contact.c.source, contact.c.position)


def _entities_of(rows: Iterable[Record]) -> Iterator[ClientEntity]:
    """The entities, of rows of one contact each (or none); those of an entity stand together."""
    for _, group in groupby(rows, attrgetter("entity_id")):
        found = tuple(group)
        contacts = (_CONTACT_ROWS.restore(row, name=row.contact_name) for row in found if row.email is not None)
        yield ENTITY_ROWS.restore(found[0], contacts=contacts)


class SuggestionStatements:
    """What is asked to suggest entities."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect, self._entity, self._word = dialect, tables.entity, tables.entity_word
        entity, of_firm = tables.entity, this(tables.entity)
        is_exact = sa.case((entity.c.number_search == sa.bindparam("number"), 0), else_=1)
        of_number = sa.and_(of_firm, begins(entity.c.number_search, "number"))
        self.by_number = _ranked(entity, entity, is_exact).where(of_number)
        self.by_name = _ranked(entity, entity).where(of_firm, begins(entity.c.name_words, "name"))
        self.by_words = lru_cache(maxsize=100)(self._by_words)
        self.frequencies = Frequencies(tables.entity_word)
        link, bar, mailbox = tables.link, tables.bar, tables.mailbox
        linked = sa.select(of_kind("linked"), link.c.entity_id).where(
            this(link, "user_id"), link.c.entity_id.in_(AMONG)
        )
        bars = sa.select(of_kind("barred"), bar.c.entity_id).select_from(joined(mailbox, bar, "mailbox_id"))
        barred = bars.where(this(mailbox, "user_id"), bar.c.entity_id.in_(AMONG))
        self.linked_or_barred = sa.union_all(linked, barred)

    def _by_words(self, count: int) -> Choice:
        owners = owners_of_words(self._word, "entity_id", count).subquery("owners")
        return _ranked(*clauses.beside(self._dialect, owners, self._entity, "entity_id"))

    def for_text(
        self, typed: str, in_order: Callable[[tuple[str, ...]], tuple[str, ...]]
    ) -> Iterator[tuple[sa.Executable, dict[str, str]]]:
        """The questions whose answers are what a text may mean, the best first, with what they are filled with."""
        words = typed_words(typed)
        if typed:
            yield self.by_number, beginning("number", typed)
        if words:
            yield self.by_name, beginning("name", " ".join(words_of(typed)))
            yield self.by_words(len(words)), word_values(in_order(words))


def _ranked(rows: sa.FromClause, entity: sa.FromClause, *rank: sa.ColumnElement[Any]) -> Choice:
    active = sa.select(*clauses.shown(entity)).select_from(rows).where(entity.c.active == sa.true())
    return active.order_by(*rank, entity.c.name_key, entity.c.entity_id).limit(clauses.LIMIT)


class SqlEntityReader(Part[EntityStatements]):
    """See `portal_linkage.ports.EntityReader`."""

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        rows = self._moment.rows(self._statements.find, {"firm": firm_id, "entity": entity_id})
        return next(_entities_of(rows), None)

    def covers(self, scope: Scope) -> bool:
        return bool(self._moment.rows(*self._statements.covers.of(scope)))

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        question = ENTITIES.within(scope)
        rows = self._moment.rows(*self._statements.in_scope.of(scope, **clauses.page_values(question, page)))
        return question.page(rows, page, attrgetter("revision", "position")).map(ENTITY_ROWS.restore)

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        rows = self._moment.rows_among(self._statements.some, {"firm": firm_id}, entity_ids)
        return {entity.entity_id: entity.label for entity in map(ENTITY_ROWS.restore, rows)}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        rows = self._moment.rows(self._statements.listing, {"firm": firm_id, "email_key": email.key})
        return tuple(map(ENTITY_ROWS.restore, rows))

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        return self._numbered(self._statements.numbered, firm_id, numbers)

    def _numbered(self, statement: Choice, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        found: list[Record] = []
        for chunk in chunks(sorted(set(numbers))):
            values = {"firm": firm_id, "ids": chunk, "keys": tuple(map(search_key, chunk))}
            found += self._moment.rows(statement, values)
        return tuple(map(ENTITY_ROWS.restore, sorted(found, key=attrgetter("entity_id"))))

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        found = self._meant(firm_id, search_key(text.strip()), limit)
        flags = set[tuple[str, str]]()
        if user_id is not None:
            values = {"firm": firm_id, "user": user_id}
            rows = self._moment.rows_among(self._statements.suggestions.linked_or_barred, values, found)
            flags.update((row.kind, row.entity_id) for row in rows)
        return tuple(_suggestion(entity, flags) for entity in found.values())

    def _meant(self, firm_id: FirmId, typed: str, limit: int) -> dict[EntityId, ClientEntity]:
        """What a text may mean: asked for kind by kind, the best one first, until there is enough."""
        found: dict[EntityId, ClientEntity] = {}
        suggestions = self._statements.suggestions
        in_order = partial(suggestions.frequencies.in_order, self._moment, firm_id)
        for statement, values in suggestions.for_text(typed, in_order):
            # Those found already may be among the rows, and must not take the place of others.
            rows = self._moment.rows(statement, {"firm": firm_id, "limit": limit + len(found), **values})
            for row in rows:
                found.setdefault(row.entity_id, ENTITY_ROWS.restore(row))
            if len(found) >= limit:
                break
        return dict(list(found.items())[:limit])

    def roster(self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None) -> Iterator[ClientEntity]:
        if entity_ids is not None:
            return _entities_of(self._moment.rows_among(self._statements.roster_of, {"firm": firm_id}, entity_ids))
        return self._all(firm_id)

    def _all(self, firm_id: FirmId) -> Iterator[ClientEntity]:
        # By the hundreds rather than by an open cursor: nothing stays open if nobody reads to the end.
        values = {"firm": firm_id, "after_0": "", "limit": CHUNK}
        while found := tuple(_entities_of(self._moment.rows(self._statements.roster, values))):
            yield from found
            values["after_0"] = found[-1].entity_id


def _suggestion(entity: ClientEntity, flags: Collection[tuple[str, str]]) -> Suggestion:
    return Suggestion(
        entity_id=entity.entity_id,
        client_number=entity.client_number,
        name=entity.name,
        label=entity.label,
        linked=("linked", entity.entity_id) in flags,
        barred=("barred", entity.entity_id) in flags,
    )


class SqlEntityRepository(SqlEntityReader):
    """See `portal_linkage.ports.EntityRepository`."""

    def hold(self, firm_id: FirmId, entity_id: EntityId) -> bool:
        return bool(self._moment.rows(self._statements.hold, {"firm": firm_id, "entity": entity_id}))

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        rows = self._moment.rows(self._statements.hold_listing, {"firm": firm_id, "email_key": email.key})
        entities = map(ENTITY_ROWS.restore, rows)
        return tuple(sorted(entities, key=lambda one: (client_number_key(one.client_number), one.entity_id)))

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        return self._numbered(self._statements.hold_numbered, firm_id, numbers)

    def lock_many(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[ClientEntity, ...]:
        found = [row.entity_id for row in self._moment.rows_among(self._statements.lock, {"firm": firm_id}, entity_ids)]
        return tuple(self.roster(firm_id, found))  # read by another statement, which sees what the locks waited for

    def save(self, entity: ClientEntity) -> None:
        self.save_many((entity,))

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for chunk in chunks(entities):
            self._moment.run(self._statements.save, list(map(_entity_values, chunk)))
            self._replace_parts({(entity.firm_id, entity.entity_id): entity for entity in chunk})

    def _replace_parts(self, entities: Mapping[tuple[FirmId, EntityId], ClientEntity]) -> None:
        asked, saved = self._statements, entities.values()
        these = [{"firm": firm_id, "entity": entity_id, "source": PMS} for firm_id, entity_id in entities]
        self._moment.run(asked.remove_contacts, these)
        self._moment.run(asked.remove_words, these)
        self._moment.run(asked.add_contacts, [row for entity in saved for row in _contact_rows(entity)])
        self._moment.run(asked.add_words, [row for entity in saved for row in _word_rows(entity)])


def _entity_values(entity: ClientEntity) -> dict[str, Any]:
    """The row of an entity, with the keys that it is sorted and searched by."""
    return {
        **ENTITY_ROWS.values(entity),
        "name_key": search_key(entity.name),
        "name_words": " ".join(words_of(entity.name)),
        "number_key": client_number_key(entity.client_number),
        "number_search": search_key(entity.client_number),
    }


def _contact_rows(entity: ClientEntity) -> Iterator[dict[str, Any]]:
    """The rows of the contacts that the practice-management system lists."""
    of_entity = {"firm_id": entity.firm_id, "entity_id": entity.entity_id, "source": PMS}
    for position, contact in enumerate(entity.contacts):
        yield {**of_entity, **_CONTACT_ROWS.values(contact), "contact_name": contact.name, "position": position}


def _word_rows(entity: ClientEntity) -> list[dict[str, str]]:
    return word_rows(entity.name, firm_id=entity.firm_id, entity_id=entity.entity_id)
