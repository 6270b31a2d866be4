"""The firms and their client entities, to read."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from ...domain.entities import ClientEntity, Contact, Firm, PortalSettings, label_of
from ...domain.outcomes import Suggestion
from ...domain.values import (
    EmailAddress,
    EntityId,
    FirmId,
    Page,
    PageRequest,
    UserId,
    search_key,
)
from ...domain.viewers import Scope
from ...ports import PMS
from ..listings import ENTITIES
from . import clauses
from .clauses import Scoped, among, this
from .dialects import Dialect
from .forms import Choice, Statement
from .moment import CHUNK, Part
from .stored import ENTITY_ROWS, Joined, Stored
from .suggestions import SuggestionStatements, suggestion
from .tables import Tables

_FIRM_ROWS: Final = Stored(Firm, but={"settings": PortalSettings()})
_SETTINGS_ROWS: Final = Stored(PortalSettings)
CONTACT_ROWS: Final = Stored(Contact, names={"name": "contact_name"})
_ENTITIES: Final = Joined(ENTITY_ROWS, CONTACT_ROWS, as_field="contacts", of=("entity_id",), mark="email")


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

    def _first(self, statement: Statement, firm_id: FirmId) -> Firm | None:
        rows = self._moment.rows(statement, {"firm": firm_id})
        settings = _SETTINGS_ROWS.first(rows)
        return None if settings is None else _FIRM_ROWS.restore(rows, settings=settings)[0]


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
        entity, contact = tables.entity, tables.contact
        every = sa.select(*clauses.shown(entity)).where(this(entity))
        self.active = every.where(entity.c.active == sa.true())
        labels = sa.select(entity.c.entity_id, entity.c.name, entity.c.client_number).where(this(entity))
        self.labels = among(dialect, labels, entity.c.entity_id)
        self.find = _with_contacts(tables, dialect, every.where(this(entity, "entity_id")))
        self.covers = Scoped(tables, dialect, lambda visible: sa.select(visible.c.entity_id).limit(1))
        self.in_scope = Scoped(
            tables, dialect, lambda visible: clauses.paged(sa.select(visible), visible.c.revision, visible.c.position)
        )
        listing = sa.select(contact.c.entity_id).where(this(contact, "email_key")).distinct().subquery("listing")
        both, found = clauses.beside(dialect, listing, entity, "entity_id", where=entity.c.active == sa.true())
        by_number = (found.c.number_key, found.c.entity_id)
        self.listing = sa.select(*clauses.shown(found)).select_from(both).order_by(*by_number)
        self.numbered = among(dialect, self.active, entity.c.number_search)
        merger, former = tables.merger, tables.former_number
        self.merged = among(dialect, sa.select(merger).where(this(merger)), merger.c.entity_id)
        bearers = sa.select(former.c.entity_id).where(this(former, "number"))
        self.formerly = self.active.where(entity.c.entity_id.in_(bearers)).order_by(entity.c.entity_id)
        self.roster = _with_contacts(tables, dialect, clauses.paged(every, entity.c.entity_id))
        self.roster_of = _with_contacts(tables, dialect, among(dialect, every, entity.c.entity_id))
        emails = sa.select(contact.c.entity_id, contact.c.email, contact.c.email_key).where(this(contact))
        of_others = emails.where(contact.c.source != sa.bindparam("source"))
        self.listed_elsewhere = among(dialect, of_others, contact.c.entity_id)
        self.suggestions = SuggestionStatements(tables, dialect)


def _with_contacts(tables: Tables, dialect: Dialect, entities: Choice) -> Choice:
    """A row for each contact of these entities, and one for an entity without any."""
    entity, of_source = entities.subquery("chosen"), tables.contact.c.source == sa.bindparam("source")
    both, contact = clauses.beside(dialect, entity, tables.contact, "entity_id", where=of_source, outer=True)
    details = [contact.c[name] for name in ("email", "email_key", "contact_name", "contact_id", "role")]
    return sa.select(entity, *details).select_from(both).order_by(entity.c.entity_id, contact.c.position)


E = TypeVar("E", bound=EntityStatements)


class SqlEntityReader(Part[E]):
    """See `portal_linkage.ports.EntityReader`."""

    def find(self, firm_id: FirmId, entity_id: EntityId) -> ClientEntity | None:
        rows = self._moment.rows(self._statements.find, {"firm": firm_id, "entity": entity_id, "source": PMS})
        return next(_ENTITIES.restore(rows), None)

    def covers(self, scope: Scope) -> bool:
        return bool(self._moment.rows(*self._statements.covers.of(scope)))

    def in_scope(self, scope: Scope, page: PageRequest) -> Page[ClientEntity]:
        question = ENTITIES.within(scope)
        rows = self._moment.rows(*self._statements.in_scope.of(scope, **clauses.page_values(question, page)))
        return ENTITY_ROWS.page(question.page(rows, page, attrgetter("revision", "position")))

    def labels(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, str]:
        rows = self._moment.rows_among(self._statements.labels, {"firm": firm_id}, entity_ids)
        return {entity_id: label_of(name, number) for entity_id, name, number in rows}

    def listing(self, firm_id: FirmId, email: EmailAddress) -> tuple[ClientEntity, ...]:
        rows = self._moment.rows(self._statements.listing, {"firm": firm_id, "email_key": email.key})
        return ENTITY_ROWS.restore(rows)

    def numbered(self, firm_id: FirmId, numbers: Collection[str]) -> tuple[ClientEntity, ...]:
        asked = set(numbers)
        rows = self._moment.rows_among(self._statements.numbered, {"firm": firm_id}, {*map(search_key, asked)})
        found = (row for row in rows if row.client_number in asked)
        return ENTITY_ROWS.restore(sorted(found, key=attrgetter("entity_id")))

    def merged(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[EntityId, EntityId]:
        rows = self._moment.rows_among(self._statements.merged, {"firm": firm_id}, entity_ids)
        return {row.entity_id: row.survivor for row in rows}

    def formerly(self, firm_id: FirmId, number: str) -> tuple[ClientEntity, ...]:
        rows = self._moment.rows(self._statements.formerly, {"firm": firm_id, "number": number})
        return ENTITY_ROWS.restore(rows)

    def suggest(self, firm_id: FirmId, text: str, user_id: UserId | None, limit: int) -> tuple[Suggestion, ...]:
        found = self._meant(firm_id, search_key(text.strip()), limit)
        flags = set[tuple[str, str]]()
        if user_id is not None:
            values = {"firm": firm_id, "user": user_id}
            rows = self._moment.rows_among(self._statements.suggestions.linked_or_barred, values, found)
            flags.update((row.kind, row.entity_id) for row in rows)
        return tuple(suggestion(entity, flags) for entity in found.values())

    def _meant(self, firm_id: FirmId, typed: str, limit: int) -> dict[EntityId, ClientEntity]:
        """What a text may mean: asked for kind by kind, the best one first, until there is enough."""
        found: dict[EntityId, ClientEntity] = {}
        suggestions = self._statements.suggestions
        in_order = partial(suggestions.frequencies.in_order, self._moment, firm_id)
        for statement, values in suggestions.for_text(typed, in_order):
            # Those found already may be among the rows, and must not take the place of others.
            rows = self._moment.rows(statement, {"firm": firm_id, "limit": limit + len(found), **values})
            for entity in ENTITY_ROWS.restore(rows):
                found.setdefault(entity.entity_id, entity)
            if len(found) >= limit:
                break
        return dict(list(found.items())[:limit])

    def roster(
        self, firm_id: FirmId, entity_ids: Collection[EntityId] | None = None, *, source: str = PMS
    ) -> Iterator[ClientEntity]:
        values = {"firm": firm_id, "source": source}
        if entity_ids is not None:
            return _ENTITIES.restore(self._moment.rows_among(self._statements.roster_of, values, entity_ids))
        return self._all({**values, "after_0": "", "limit": CHUNK})

    def listed_elsewhere(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], source: str
    ) -> Mapping[EntityId, Mapping[str, EmailAddress]]:
        found: defaultdict[EntityId, dict[str, EmailAddress]] = defaultdict(dict)
        values = {"firm": firm_id, "source": source}
        for row in self._moment.rows_among(self._statements.listed_elsewhere, values, entity_ids):
            found[row.entity_id][row.email_key] = EmailAddress.restore(row.email, row.email_key)
        return found

    def _all(self, values: dict[str, Any]) -> Iterator[ClientEntity]:
        # By the hundreds rather than by an open cursor: nothing stays open if nobody reads to the end.
        while found := tuple(_ENTITIES.restore(self._moment.rows(self._statements.roster, values))):
            yield from found
            values["after_0"] = found[-1].entity_id
