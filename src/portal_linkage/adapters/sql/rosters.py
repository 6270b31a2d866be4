"""The client entities, for a change: held, locked, saved, renumbered and merged."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from ...domain.entities import ClientEntity
from ...domain.values import EntityId, FirmId, client_number_key, search_key, words_of
from ...ports import PMS
from .clauses import SURVIVOR, among, merges, this, transferring
from .clients import CONTACT_ROWS, EntityStatements, SqlEntityReader
from .dialects import Dialect
from .forms import Choice
from .moment import CHUNK, chunks
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
        some = sa.select(by_id, entity.c.active).where(this(entity))
        self.hold = among(dialect, some.with_for_update(read=True), by_id, "entity_id")
        self.lock = among(dialect, some.with_for_update(), by_id, "entity_id")
        self.keep_number = dialect.adding(former)
        numbers = sa.select(entity.c.firm_id, entity.c.client_number, SURVIVOR).where(this(entity, "entity_id"))
        merger = tables.merger
        self.merge = dialect.replacing(merger)
        self.part = sa.delete(merger).where(this(merger, "entity_id"))
        self.transfer_numbers = transferring(dialect, former, numbers)
        self.tables = (entity, contact, word)
        self.save = dialect.of_many(dialect.replacing(entity))
        self.with_contacts, self.remove_contacts = _replacing(dialect, contact, "source")
        self.with_words, self.remove_words = _replacing(dialect, word)
        self.add_contacts, self.add_words = (dialect.of_many(dialect.insert(table)) for table in (contact, word))


def _replacing(dialect: Dialect, table: sa.Table, *columns: str) -> tuple[Choice, sa.Delete]:
    """Which entities have any of these rows, and to remove those of one: the new ones mostly have none."""
    of_one = table.c.entity_id
    owners = among(dialect, sa.select(of_one).where(this(table, *columns)).distinct(), of_one)
    return owners, sa.delete(table).where(this(table, "entity_id", *columns))


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
        count = 0
        for chunk in chunks(entities):
            count += len(chunk)
            told = [(_entity_values(one), one) for one in chunk]
            latest = {(one.firm_id, one.entity_id): (row, one) for row, one in told}.values()  # of two the later
            self._moment.run_many(self._statements.save, [row for row, _ in latest])
            saved = [one for _, one in latest]
            for firm_id, awake in _by_firm(entity for entity in saved if entity.active).items():
                self.part(firm_id, awake)
            self._replace_contacts(saved, PMS)
            self._remove(self._statements.with_words, self._statements.remove_words, saved)
            self._moment.run_many(self._statements.add_words, [row for entity in saved for row in _word_rows(entity)])
        if count > CHUNK:
            self._moment.analyze(*self._statements.tables)

    def part(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> None:
        merged = self.merged(firm_id, entity_ids)
        self._moment.run(self._statements.part, [{"firm": firm_id, "entity": gone} for gone in merged])

    def save_contacts(self, entities: Iterable[ClientEntity], source: str) -> None:
        for chunk in chunks(entities):
            self._replace_contacts(chunk, source)

    def _replace_contacts(self, entities: Collection[ClientEntity], source: str) -> None:
        self._remove(self._statements.with_contacts, self._statements.remove_contacts, entities, source=source)
        rows = [row for entity in entities for row in _contact_rows(entity, source)]
        self._moment.run_many(self._statements.add_contacts, rows)

    def _remove(self, owners: Choice, remove: sa.Delete, entities: Iterable[ClientEntity], **of_source: str) -> None:
        """Remove the rows of these entities, where there are any."""
        for firm_id, entity_ids in _by_firm(entities).items():
            values = {"firm": firm_id, **of_source}
            found = self._moment.rows_among(owners, values, entity_ids)
            self._moment.run(remove, [{**values, "entity": row.entity_id} for row in found])


def _by_firm(entities: Iterable[ClientEntity]) -> dict[FirmId, list[EntityId]]:
    by_firm: dict[FirmId, list[EntityId]] = {}
    for entity in entities:
        by_firm.setdefault(entity.firm_id, []).append(entity.entity_id)
    return by_firm


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


def _word_rows(entity: ClientEntity) -> list[dict[str, Any]]:
    return word_rows(
        entity.name,
        firm_id=entity.firm_id,
        entity_id=entity.entity_id,
        name_key=search_key(entity.name),
        active=entity.active,
    )
