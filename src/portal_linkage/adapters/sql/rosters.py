"""The client entities, for a change: held, locked, saved, renumbered and merged."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from ...domain.entities import ClientEntity
from ...domain.values import EntityId, FirmId, client_number_key, search_key, words_of
from ...ports import PMS
from .clauses import AMONG, SURVIVOR, merges, this, transferring
from .clients import CONTACT_ROWS, EntityStatements, SqlEntityReader
from .dialects import Dialect
from .moment import chunks
from .stored import ENTITY_ROWS
from .tables import Tables
from .words import word_rows


class RosterStatements(EntityStatements):
    """What is asked and said about entities, for a change, too."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        super().__init__(tables, dialect)
        entity, contact, word, former = tables.entity, tables.contact, tables.entity_word, tables.former_number
        # Who holds and who changes entities both go by their ids, so that no two wait for each other.
        by_id = entity.c.entity_id
        some = sa.select(by_id, entity.c.active).where(this(entity), by_id.in_(AMONG)).order_by(by_id)
        self.hold, self.lock = some.with_for_update(read=True), some.with_for_update()
        self.keep_number = dialect.adding(former)
        numbers = sa.select(entity.c.firm_id, entity.c.client_number, SURVIVOR).where(this(entity, "entity_id"))
        merger = tables.merger
        self.merge = dialect.replacing(merger)
        self.part = sa.delete(merger).where(this(merger), merger.c.entity_id.in_(AMONG))
        self.transfer_numbers = transferring(dialect, former, numbers)
        self.save = dialect.of_many(dialect.replacing(entity))
        self.remove_contacts = sa.delete(contact).where(this(contact, "entity_id", "source"))
        self.remove_words = sa.delete(word).where(this(word, "entity_id"))
        self.add_contacts, self.add_words = (dialect.of_many(dialect.insert(table)) for table in (contact, word))


class SqlEntityRepository(SqlEntityReader[RosterStatements]):
    """See `portal_linkage.ports.EntityRepository`."""

    def hold(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> frozenset[EntityId]:
        rows = self._moment.rows_among(self._statements.hold, {"firm": firm_id}, entity_ids)
        return frozenset(row.entity_id for row in rows if row.active)

    def lock_many(
        self, firm_id: FirmId, entity_ids: Collection[EntityId], *, source: str = PMS
    ) -> tuple[ClientEntity, ...]:
        found = [row.entity_id for row in self._moment.rows_among(self._statements.lock, {"firm": firm_id}, entity_ids)]
        # Read by another statement, which sees what the locks have waited for.
        return tuple(self.roster(firm_id, found, source=source))

    def keep_numbers(self, entities: Iterable[ClientEntity]) -> None:
        for chunk in chunks(entities):
            rows = [
                {"firm_id": entity.firm_id, "number": entity.client_number, "entity_id": entity.entity_id}
                for entity in chunk
            ]
            self._moment.run(self._statements.keep_number, rows)

    def transfer(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        rows = [{"firm_id": firm_id, "entity_id": gone, "survivor": into} for gone, into in merged.items()]
        self._moment.run(self._statements.merge, rows)
        for statement in self._statements.transfer_numbers:
            self._moment.run(statement, merges(firm_id, merged))

    def save(self, entity: ClientEntity) -> None:
        self.save_many((entity,))

    def save_many(self, entities: Iterable[ClientEntity]) -> None:
        for chunk in chunks(entities):
            told = [(_entity_values(one), one) for one in chunk]
            latest = {(one.firm_id, one.entity_id): (row, one) for row, one in told}.values()  # of two the later
            self._moment.run_many(self._statements.save, [row for row, _ in latest])
            saved = [one for _, one in latest]
            for firm_id, awake in _by_firm(entity for entity in saved if entity.active).items():
                self.part(firm_id, awake)
            self._replace_contacts(saved, PMS)
            self._moment.run(self._statements.remove_words, _these(saved))
            self._moment.run_many(self._statements.add_words, [row for entity in saved for row in _word_rows(entity)])

    def part(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> None:
        for chunk in chunks(entity_ids):
            self._moment.run(self._statements.part, {"firm": firm_id, "ids": chunk})

    def save_contacts(self, entities: Iterable[ClientEntity], source: str) -> None:
        for chunk in chunks(entities):
            self._replace_contacts(chunk, source)

    def _replace_contacts(self, entities: Collection[ClientEntity], source: str) -> None:
        self._moment.run(self._statements.remove_contacts, [{**this, "source": source} for this in _these(entities)])
        rows = [row for entity in entities for row in _contact_rows(entity, source)]
        self._moment.run_many(self._statements.add_contacts, rows)


def _by_firm(entities: Iterable[ClientEntity]) -> dict[FirmId, list[EntityId]]:
    by_firm: dict[FirmId, list[EntityId]] = {}
    for entity in entities:
        by_firm.setdefault(entity.firm_id, []).append(entity.entity_id)
    return by_firm


def _these(entities: Iterable[ClientEntity]) -> list[dict[str, str]]:
    return [{"firm": entity.firm_id, "entity": entity.entity_id} for entity in entities]


def _entity_values(entity: ClientEntity) -> dict[str, Any]:
    """The row of an entity, with the keys that it is sorted and searched by."""
    return {
        **ENTITY_ROWS.values(entity),
        "name_key": search_key(entity.name),
        "name_words": " ".join(words_of(entity.name)),
        "number_key": client_number_key(entity.client_number),
        "number_search": search_key(entity.client_number),
    }


def _contact_rows(entity: ClientEntity, source: str) -> Iterator[dict[str, Any]]:
    of_entity = {"firm_id": entity.firm_id, "entity_id": entity.entity_id, "source": source}
    for position, contact in enumerate(entity.contacts):
        yield {**of_entity, **CONTACT_ROWS.values(contact), "position": position}


def _word_rows(entity: ClientEntity) -> list[dict[str, str]]:
    return word_rows(entity.name, firm_id=entity.firm_id, entity_id=entity.entity_id)
