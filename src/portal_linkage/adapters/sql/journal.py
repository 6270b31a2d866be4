"""The journal."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from ...domain.events import Event
from ...domain.values import EntityId, FirmId, Key, Page, PageRequest, UserId
from ..listings import CHANGES, JOURNAL
from .clauses import page_values, paged, this
from .moment import Part, Record
from .stored import stored
from .tables import Tables

_EVENT_ROWS: Final = stored(Event)


class JournalStatements:
    """What is asked and said about events."""

    def __init__(self, tables: Tables) -> None:
        journal = tables.journal
        filters = {
            (False, False): (),
            (True, False): ("user_id",),
            (False, True): ("entity_id",),
            (True, True): ("user_id", "entity_id"),
        }
        self.listing = {
            asked: paged(sa.select(journal).where(this(journal, *columns)), journal.c.position)
            for asked, columns in filters.items()
        }
        next_position = sa.select(sa.func.coalesce(sa.func.max(journal.c.position), 0) + 1).where(this(journal))
        self.append = sa.insert(journal).values(position=next_position.scalar_subquery()).inline()


def _position(row: Record) -> Key:
    return (row.position,)


class SqlJournalReader(Part[JournalStatements]):
    """See `portal_linkage.ports.JournalReader`."""

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        question = JOURNAL.of(firm_id, user_id, entity_id)
        statement = self._statements.listing[user_id is not None, entity_id is not None]
        values = {"firm": firm_id, "user": user_id, "entity": entity_id, **page_values(question, page)}
        return question.page(self._moment.rows(statement, values), page, _position).map(_EVENT_ROWS.restore)

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        question = CHANGES.of(firm_id)
        values = {"firm": firm_id, **page_values(question, page), "limit": page.limit}
        rows = self._moment.rows(self._statements.listing[False, False], values)
        last = _position(rows[-1]) if rows else question.position(page) or (0,)
        return Page(tuple(map(_EVENT_ROWS.restore, rows)), PageRequest(page.limit, question.cursor(last)))


class SqlJournalRepository(SqlJournalReader):
    """See `portal_linkage.ports.JournalRepository`."""

    def append(self, events: Sequence[Event]) -> None:
        rows = [{**_EVENT_ROWS.values(event), "firm": event.firm_id} for event in events]
        self._moment.run(self._statements.append, rows)
