"""The journal: written as things happen, put in order when it is read."""

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from ...domain.events import Event
from ...domain.values import EntityId, FirmId, Key, Page, PageRequest, UserId, new_uuid
from ..listings import CHANGES, DELIVERIES, JOURNAL
from .clauses import LIMIT, page_values, paged, this
from .dialects import Dialect
from .forms import Choice, Record
from .moment import Part
from .stored import Stored
from .tables import HAS_PLACE, IS_UNDELIVERED, IS_WAITING, Tables

_EVENT_ROWS: Final = Stored(Event)
_EVERYBODY: Final = FirmId("")
"""The firm that the deliveries are kept with: no firm has this id."""


class JournalStatements:
    """What is asked and said about events."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        journal, end, delivery = tables.journal, tables.journal_end, tables.delivery
        filters: tuple[tuple[str, ...], ...] = ((), ("user_id",), ("entity_id",), ("user_id", "entity_id"))
        self.listing: Mapping[tuple[str, ...], Choice] = {
            columns: paged(sa.select(journal).where(this(journal, *columns)), journal.c.position) for columns in filters
        }
        stamp = sa.select(sa.func.coalesce(sa.func.max(journal.c.stamp), 0) + 1).where(this(journal), IS_WAITING)
        self.append = dialect.of_many(dialect.insert(journal), {"stamp": stamp.scalar_subquery()})
        self.waiting = sa.select(journal.c.place).where(this(journal), IS_WAITING).limit(1)
        self.waiting_firms = sa.select(journal.c.firm_id).where(IS_WAITING).distinct().order_by(journal.c.firm_id)
        self.lock_end = dialect.upsert(end, ("firm_id",), {"position": end.c.position}).returning(end.c.position)
        order = (journal.c.stamp, journal.c.change_id, journal.c.place)
        number = sa.func.row_number().over(order_by=order).label("number")
        waiting = sa.select(*order[1:], number).where(this(journal), IS_WAITING).subquery("waiting")
        self.settle = (
            sa.update(journal)
            .where(this(journal), journal.c.change_id == waiting.c.change_id, journal.c.place == waiting.c.place)
            .values(position=sa.bindparam("last", type_=sa.BigInteger) + waiting.c.number)
        )
        last = sa.select(sa.func.coalesce(sa.func.max(journal.c.position), 0)).where(this(journal), HAS_PLACE)
        self.set_end = sa.update(end).where(this(end)).values(position=last.scalar_subquery())
        self.undelivered = sa.select(end).where(IS_UNDELIVERED).order_by(end.c.firm_id)
        self.deliver = sa.insert(delivery)
        self.set_delivered = sa.update(end).where(this(end)).values(delivered=sa.bindparam("last"))
        turns = sa.select(delivery).where(this(delivery), delivery.c.turn >= sa.bindparam("turn"))
        self.deliveries = turns.order_by(delivery.c.turn).limit(LIMIT)
        self.last_turn = sa.select(sa.func.coalesce(sa.func.max(delivery.c.turn), 0)).where(this(delivery))


def _position(row: Record) -> Key:
    return (row.position,)


class SqlJournalReader(Part[JournalStatements]):
    """See `portal_linkage.ports.JournalReader`."""

    def is_settled(self, firm_id: FirmId) -> bool:
        return not self._moment.rows(self._statements.waiting, {"firm": firm_id})

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        question = JOURNAL.of(firm_id, user_id, entity_id)
        asked = {"user_id": user_id, "entity_id": entity_id}
        statement = self._statements.listing[tuple(name for name, value in asked.items() if value is not None)]
        values = {"firm": firm_id, "user": user_id, "entity": entity_id, **page_values(question, page)}
        return _EVENT_ROWS.page(question.page(self._moment.rows(statement, values), page, _position))

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        question = CHANGES.of(firm_id)
        after = question.position(page) or (0,)
        rows = self._after(firm_id, after, page.limit)
        last = _position(rows[-1]) if rows else after
        return Page(_EVENT_ROWS.restore(rows), PageRequest(page.limit, question.cursor(last)))

    def _after(self, firm_id: FirmId, after: Key, limit: int) -> Sequence[Record]:
        return self._moment.rows(self._statements.listing[()], {"firm": firm_id, "after_0": after[0], "limit": limit})


class SqlJournalRepository(SqlJournalReader):
    """See `portal_linkage.ports.JournalRepository`."""

    def append(self, events: Sequence[Event]) -> None:
        told = {"change_id": new_uuid(), "position": None}
        rows = [{**_EVENT_ROWS.values(event), "place": place, **told} for place, event in enumerate(events)]
        self._moment.run_many(self._statements.append, rows, firm=events[0].firm_id if events else "")

    def settle(self, firm_id: FirmId) -> None:
        self._moment.run(self._statements.settle, {"firm": firm_id, "last": self._locked_end(firm_id)})
        self._moment.run(self._statements.set_end, {"firm": firm_id})

    def deliver(self, page: PageRequest) -> Page[Event]:
        """The events of all firms after the cursor, each firm's in its own order."""
        question = DELIVERIES.of(_EVERYBODY)
        turn, place = map(int, map(str, question.position(page) or (0, 0)))
        self._take_turns()
        rows: list[Record] = []
        asked = {"firm": _EVERYBODY, "turn": turn, "limit": page.limit + 1}
        for stretch in self._moment.rows(self._statements.deliveries, asked):
            begin = max(stretch.begins_after, place if stretch.turn == turn else 0)
            limit = min(page.limit - len(rows), stretch.ends_with - begin)
            if limit > 0:
                found = self._after(stretch.of_firm, (begin,), limit)
                rows += found
                turn, place = stretch.turn, found[-1].position
        return Page(_EVENT_ROWS.restore(rows), PageRequest(page.limit, question.cursor((turn, place))))

    def _locked_end(self, firm_id: FirmId) -> int:
        """Where the firm's journal ends; nobody else moves it until the transaction ends."""
        ((last,),) = self._moment.rows(self._statements.lock_end, {"firm_id": firm_id, "position": 0, "delivered": 0})
        return int(last)

    def _take_turns(self) -> None:
        """Put what has come to stand in any journal behind all that was delivered before."""
        self._locked_end(_EVERYBODY)
        for (firm_id,) in self._moment.rows(self._statements.waiting_firms, {}):
            self.settle(firm_id)
        ((last,),) = self._moment.rows(self._statements.last_turn, {"firm": _EVERYBODY})
        ends = self._moment.rows(self._statements.undelivered, {})
        stretches = [
            {
                "firm_id": _EVERYBODY,
                "turn": last + number,
                "of_firm": end.firm_id,
                "begins_after": end.delivered,
                "ends_with": end.position,
            }
            for number, end in enumerate(ends, 1)
        ]
        self._moment.run(self._statements.deliver, stretches)
        self._moment.run(self._statements.set_delivered, [{"firm": end.firm_id, "last": end.position} for end in ends])
