"""The journal, and the count of refused proofs."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs
from sqlalchemy import bindparam, func, insert, select, update

from ...domain.events import Event
from ...domain.values import EntityId, FirmId, Key, Page, PageRequest, UserId, micros_of, moment_of
from ..listings import CHANGES, JOURNAL
from .dialects import Dialect
from .keysets import LIMIT, after, page_values
from .moment import Moment, Record
from .rows import EVENT_ROWS
from .tables import Tables


class JournalStatements:
    """What is asked and said about events."""

    def __init__(self, tables: Tables) -> None:
        journal = tables.journal
        at_firm = journal.c.firm_id == bindparam("firm")
        everything = select(journal).where(at_firm, after(journal.c.position)).order_by(journal.c.position).limit(LIMIT)
        of_user = everything.where(journal.c.user_id == bindparam("user"))
        of_entity = journal.c.entity_id == bindparam("entity")
        self.listing = {
            (False, False): everything,
            (True, False): of_user,
            (False, True): everything.where(of_entity),
            (True, True): of_user.where(of_entity),
        }
        next_position = select(func.coalesce(func.max(journal.c.position), 0) + 1).where(at_firm)
        self.append = insert(journal).values(position=next_position.scalar_subquery()).inline()


def _position(row: Record) -> Key:
    return (row.position,)


@attrs.frozen
class SqlJournalReader:
    """See `portal_linkage.ports.JournalReader`."""

    _moment: Moment
    _statements: JournalStatements

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        question = JOURNAL.of(firm_id, user_id, entity_id)
        statement = self._statements.listing[user_id is not None, entity_id is not None]
        values = {"firm": firm_id, "user": user_id, "entity": entity_id, **page_values(question, page)}
        return question.page(self._moment.rows(statement, values), page, _position).map(EVENT_ROWS.restore)

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        question = CHANGES.of(firm_id)
        values = {"firm": firm_id, **page_values(question, page), "limit": page.limit}
        rows = self._moment.rows(self._statements.listing[False, False], values)
        last = _position(rows[-1]) if rows else question.position(page) or (0,)
        return Page(tuple(map(EVENT_ROWS.restore, rows)), PageRequest(page.limit, question.cursor(last)))


class SqlJournalRepository(SqlJournalReader):
    """See `portal_linkage.ports.JournalRepository`."""

    def append(self, events: Sequence[Event]) -> None:
        self._moment.run(
            self._statements.append, [{**EVENT_ROWS.values(event), "firm": event.firm_id} for event in events]
        )


class AttemptStatements:
    """How refused proofs are counted."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        attempt = tables.attempt
        this = (attempt.c.firm_id == bindparam("firm"), attempt.c.subject == bindparam("of_subject"))
        untouched = {"times": attempt.c.times}
        self.lock = dialect.upsert(attempt, ("firm_id", "subject"), untouched).returning(attempt.c.times)
        self.times = select(attempt.c.times).where(*this)
        self.set = update(attempt).where(*this)


@attrs.frozen
class SqlAttemptRepository:
    """See `portal_linkage.ports.AttemptRepository`."""

    _moment: Moment
    _statements: AttemptStatements

    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        fresh = {"firm_id": firm_id, "subject": subject, "times": "[]"}
        rows = self._moment.rows(self._statements.lock, fresh)
        return tuple(map(moment_of, _after(rows, since)))

    def add(self, firm_id: FirmId, subject: str, at: datetime, since: datetime) -> None:
        this = {"firm": firm_id, "of_subject": subject}
        times = [*_after(self._moment.rows(self._statements.times, this), since), micros_of(at)]
        self._moment.run(self._statements.set, {**this, "times": json.dumps(times)})


def _after(rows: Iterable[Record], since: datetime) -> list[int]:
    """The times in the row that are after ``since``, oldest first."""
    return sorted(micros for row in rows for micros in json.loads(row.times) if micros > micros_of(since))
