"""What ties people to entities, or keeps them apart: links with their grounds, bars, and what users left themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

import sqlalchemy as sa

from ...domain.entities import Bar, Ground, GroundKind, Link
from ...domain.values import EmailAddress, EntityId, FirmId, Page, PageRequest, UserId
from ...ports import Mailbox, Refusals
from ..listings import BARS
from .clauses import (
    LIMIT,
    among,
    beside,
    joined,
    merges,
    of_kind,
    page_values,
    paged,
    this,
    transferring,
)
from .dialects import Dialect
from .forms import Choice, Record, Values
from .inserts import inserting
from .moment import Part
from .stored import Joined, Stored
from .tables import Tables

_LINK_ROWS: Final = Stored(Link, but={"grounds": ()})
_GROUND_ROWS: Final = Stored(Ground)
_LINKS: Final = Joined(_LINK_ROWS, _GROUND_ROWS, as_field="grounds", of=("user_id", "entity_id"), mark="kind")
_BAR_ROWS: Final = Stored(Bar)


class LinkStatements:
    """What is asked and said about links and their grounds."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        link, ground = tables.link, tables.ground
        grounds, found = beside(dialect, link, ground, "user_id", "entity_id")
        rows = sa.select(*link.c, found.c.kind, found.c.since, found.c.by).select_from(grounds)
        self.find = rows.where(this(link, "user_id", "entity_id")).order_by(found.c.position)
        in_link_order = (link.c.revision, link.c.position, found.c.position)
        self.listing = rows.where(this(link, "user_id")).order_by(*in_link_order)
        self.any_of = sa.select(link.c.entity_id).where(this(link, "user_id")).limit(1)
        placed = rows.add_columns(found.c.position.label("place")).where(this(link))
        self.touching = among(dialect, placed, link.c.entity_id, "user_id", "entity_id", "place")
        count = sa.func.count().label("links")
        # In the order of an index, so that nobody walks through the links of other firms.
        some = sa.select(link.c.entity_id).where(this(link)).order_by(link.c.entity_id).limit(LIMIT)
        self.count = sa.select(count).select_from(some.subquery("some"))
        by_user = sa.select(link.c.user_id, count).where(this(link)).group_by(link.c.user_id)
        self.counts = among(dialect, by_user, link.c.user_id)
        self.add = dialect.of_many(dialect.insert(link))
        self.remove = sa.delete(link).where(this(link, "user_id", "entity_id"))
        of_link = this(ground, "user_id", "entity_id")
        position = sa.func.coalesce(sa.func.max(ground.c.position) + 1, 0)
        self.add_grounds = dialect.of_many(dialect.insert(ground))
        self.add_last_ground = inserting(dialect.adding(ground), {"position": position}, of_link)
        self.remove_ground = sa.delete(ground).where(this(ground, "user_id", "entity_id", "kind"))
        self.remove_grounds = sa.delete(ground).where(of_link)


class SqlLinkReader(Part[LinkStatements]):
    """See `portal_linkage.ports.LinkReader`."""

    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        values = {"firm": firm_id, "user": user_id, "entity": entity_id}
        return next(_LINKS.restore(self._moment.rows(self._statements.find, values)), None)

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        return tuple(_LINKS.restore(self._moment.rows(self._statements.listing, {"firm": firm_id, "user": user_id})))

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        return bool(self._moment.rows(self._statements.any_of, {"firm": firm_id, "user": user_id}))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        rows = self._moment.rows_among(self._statements.touching, {"firm": firm_id}, entity_ids)
        return tuple(sorted(_LINKS.restore(rows), key=attrgetter("user_id", "entity_id")))

    def count(self, firm_id: FirmId, *, at_most: int) -> int:
        (row,) = self._moment.rows(self._statements.count, {"firm": firm_id, "limit": at_most})
        return int(row.links)

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        rows = self._moment.rows_among(self._statements.counts, {"firm": firm_id}, user_ids)
        return {row.user_id: row.links for row in rows}


class SqlLinkRepository(SqlLinkReader):
    """See `portal_linkage.ports.LinkRepository`."""

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        rows = [
            {**_LINK_ROWS.values(link), "revision": mailbox.revision, "position": position}
            for position, (mailbox, link) in enumerate(links)
        ]
        grounds = [
            {**_ground_values(link, ground), "position": position}
            for _, link in links
            for position, ground in enumerate(link.grounds)
        ]
        self._moment.run_many(self._statements.add, rows)
        self._moment.run_many(self._statements.add_grounds, grounds)

    def remove_many(self, links: Sequence[Link]) -> None:
        these = [_this_link(link) for link in links]
        self._moment.run(self._statements.remove, these)
        self._moment.run(self._statements.remove_grounds, these)

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        rows = [{**_ground_values(link, ground), **_this_link(link)} for link, ground in grounds]
        self._moment.run(self._statements.add_last_ground, rows)

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        rows = [{**_this_link(link), "kind": kind.value} for link, kind in grounds]
        self._moment.run(self._statements.remove_ground, rows)


def _ground_values(link: Link, ground: Ground) -> Values:
    columns = _GROUND_ROWS.values(ground)
    return {"firm_id": link.firm_id, "user_id": link.user_id, "entity_id": link.entity_id, **columns}


def _this_link(link: Link) -> Values:
    return {"firm": link.firm_id, "user": link.user_id, "entity": link.entity_id}


class BarStatements:
    """What is asked and said about bars, and about departures: the two kinds of refusals."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        bar, departure, mailbox = tables.bar, tables.departure, tables.mailbox
        anchored = sa.select(*bar.c, mailbox.c.email, mailbox.c.email_key)
        bars = anchored.select_from(joined(bar, mailbox, "mailbox_id")).where(this(bar))
        of_address = mailbox.c.email_key == sa.bindparam("address")
        self.find = bars.where(of_address, this(bar, "entity_id"))
        self.listing = paged(bars, bar.c.since, bar.c.entity_id, bar.c.mailbox_id)
        self.listing_of_address = self.listing.where(of_address)
        self.add, self.remember_leaving = dialect.adding(bar), dialect.adding(departure)
        this_refusal = ("mailbox_id", "entity_id")
        self.remove = sa.delete(bar).where(this(bar, *this_refusal))
        self.forget_leaving = sa.delete(departure).where(this(departure, *this_refusal))
        kinds = ((bar, "barred"), (departure, "left"))
        self.of = sa.union_all(*(_refused(table, name, "mailbox_id") for table, name in kinds))
        self.of_entity = sa.union_all(*(_refused(table, name, *this_refusal) for table, name in kinds))
        self.touching = sa.union_all(*(_touching(table, mailbox, name, dialect) for table, name in kinds))
        self.carry = [transferring(dialect, table)[0] for table in (bar, departure)]


def _refused(table: sa.Table, name: str, *columns: str) -> Choice:
    return sa.select(of_kind(name), table.c.entity_id).where(this(table, *columns))


def _touching(table: sa.Table, mailbox: sa.Table, name: str, dialect: Dialect) -> Choice:
    rows = sa.select(mailbox.c.email_key, of_kind(name), table.c.entity_id)
    theirs = rows.select_from(joined(table, mailbox, "mailbox_id")).where(this(table))
    return among(dialect, theirs, table.c.entity_id)


def _refusals(rows: Iterable[Record]) -> Refusals:
    found: dict[str, set[EntityId]] = {"barred": set(), "left": set()}
    for row in rows:
        found[row.kind].add(row.entity_id)
    return Refusals(barred=frozenset(found["barred"]), left=frozenset(found["left"]))


class SqlBarReader(Part[BarStatements]):
    """See `portal_linkage.ports.BarReader`."""

    def find(self, firm_id: FirmId, email: EmailAddress, entity_id: EntityId) -> Bar | None:
        values = {"firm": firm_id, "address": email.key, "entity": entity_id}
        return _BAR_ROWS.first(self._moment.rows(self._statements.find, values))

    def listing(self, firm_id: FirmId, email: EmailAddress | None, page: PageRequest) -> Page[Bar]:
        address = None if email is None else email.key
        question = BARS.of(firm_id, address)
        statement = self._statements.listing if address is None else self._statements.listing_of_address
        rows = self._moment.rows(statement, {"firm": firm_id, "address": address, **page_values(question, page)})
        return _BAR_ROWS.page(question.page(rows, page, attrgetter("since", "entity_id", "mailbox_id")))

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> Mapping[str, Refusals]:
        by_address: dict[str, list[Record]] = defaultdict(list)
        for row in self._moment.rows_among(self._statements.touching, {"firm": firm_id}, entity_ids):
            by_address[row.email_key].append(row)
        return {address: _refusals(rows) for address, rows in by_address.items()}


class SqlBarRepository(SqlBarReader):
    """See `portal_linkage.ports.BarRepository`."""

    def of(self, mailbox: Mailbox, entity_id: EntityId | None = None) -> Refusals:
        statement = self._statements.of if entity_id is None else self._statements.of_entity
        return _refusals(self._moment.rows(statement, _this_refusal(mailbox, entity_id)))

    def add_many(self, mailbox: Mailbox, bars: Sequence[Bar]) -> None:
        rows = [{**_BAR_ROWS.values(bar), "mailbox_id": mailbox.mailbox_id} for bar in bars]
        for row in rows:
            del row["email"], row["email_key"]  # these are the mailbox's
        self._moment.run(self._statements.add, rows)

    def remove(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._moment.run(self._statements.remove, _this_refusal(mailbox, entity_id))

    def remember_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        place = {"firm_id": mailbox.firm_id, "mailbox_id": mailbox.mailbox_id, "entity_id": entity_id}
        self._moment.run(self._statements.remember_leaving, place)

    def forget_leaving(self, mailbox: Mailbox, entity_id: EntityId) -> None:
        self._moment.run(self._statements.forget_leaving, _this_refusal(mailbox, entity_id))

    def carry(self, firm_id: FirmId, merged: Mapping[EntityId, EntityId]) -> None:
        for statement in self._statements.carry:
            self._moment.run(statement, merges(firm_id, merged))


def _this_refusal(mailbox: Mailbox, entity_id: EntityId | None) -> Values:
    return {"firm": mailbox.firm_id, "mailbox": mailbox.mailbox_id, "entity": entity_id}
