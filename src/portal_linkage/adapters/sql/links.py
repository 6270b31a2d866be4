"""The links with their grounds."""

from collections.abc import Collection, Mapping, Sequence

import attrs
from sqlalchemy import and_, bindparam, delete, func, insert, select

from ...domain.entities import Ground, GroundKind, Link
from ...domain.values import EntityId, FirmId, UserId
from ...ports import Mailbox
from .dialects import Dialect
from .moment import AMONG, Moment, Values
from .rows import GROUND_ROWS, LINK_ROWS, links_of
from .tables import Tables


class LinkStatements:
    """What is asked and said about links."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        link, ground = tables.link, tables.ground
        at_firm = link.c.firm_id == bindparam("firm")
        of_user = and_(at_firm, link.c.user_id == bindparam("user"))
        this = and_(of_user, link.c.entity_id == bindparam("entity"))
        keys = ("firm_id", "user_id", "entity_id")
        grounds = link.join(ground, and_(*(link.c[key] == ground.c[key] for key in keys)))
        rows = select(*link.c, ground.c.kind, ground.c.since, ground.c.by).select_from(grounds)
        by_user = (link.c.user_id, link.c.entity_id, ground.c.position)
        count = func.count().label("links")
        self.find = rows.where(this).order_by(ground.c.position)
        self.listing = rows.where(of_user).order_by(link.c.revision, link.c.position, ground.c.position)
        self.any_of = select(link.c.entity_id).where(of_user).limit(1)
        self.touching = rows.where(at_firm, link.c.entity_id.in_(AMONG)).order_by(*by_user)
        self.count = select(count).select_from(link).where(at_firm)
        self.counts = select(link.c.user_id, count).where(at_firm, link.c.user_id.in_(AMONG)).group_by(link.c.user_id)
        self.add = insert(link)
        self.remove = delete(link).where(this)
        self.grounds = _GroundStatements(tables, dialect)


class _GroundStatements:
    """What is said about grounds."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        ground = tables.ground
        of_link = and_(
            ground.c.firm_id == bindparam("firm"),
            ground.c.user_id == bindparam("user"),
            ground.c.entity_id == bindparam("entity"),
        )
        next_position = select(func.coalesce(func.max(ground.c.position) + 1, 0)).where(of_link)
        self.add = insert(ground)
        self.add_last = dialect.adding(ground).values(position=next_position.scalar_subquery()).inline()
        self.remove = delete(ground).where(of_link, ground.c.kind == bindparam("lost"))
        self.remove_all = delete(ground).where(of_link)


def _key(link: Link) -> tuple[UserId, EntityId]:
    return (link.user_id, link.entity_id)


def _row(link: Link, ground: Ground) -> Values:
    columns = GROUND_ROWS.values(ground)
    return {"firm_id": link.firm_id, "user_id": link.user_id, "entity_id": link.entity_id, **columns}


def _this(link: Link) -> Values:
    return {"firm": link.firm_id, "user": link.user_id, "entity": link.entity_id}


@attrs.frozen
class SqlLinkReader:
    """See `portal_linkage.ports.LinkReader`."""

    _moment: Moment
    _statements: LinkStatements

    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        values = {"firm": firm_id, "user": user_id, "entity": entity_id}
        return next(links_of(self._moment.rows(self._statements.find, values)), None)

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        return tuple(links_of(self._moment.rows(self._statements.listing, {"firm": firm_id, "user": user_id})))

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        return self._moment.row(self._statements.any_of, {"firm": firm_id, "user": user_id}) is not None

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        rows = self._moment.rows_among(self._statements.touching, {"firm": firm_id}, entity_ids)
        return tuple(sorted(links_of(rows), key=_key))

    def count(self, firm_id: FirmId) -> int:
        (row,) = self._moment.rows(self._statements.count, {"firm": firm_id})
        return int(row.links)

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        rows = self._moment.rows_among(self._statements.counts, {"firm": firm_id}, user_ids)
        return {row.user_id: row.links for row in rows}


class SqlLinkRepository(SqlLinkReader):
    """See `portal_linkage.ports.LinkRepository`."""

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        rows = [
            {**LINK_ROWS.values(link), "revision": mailbox.revision, "position": position}
            for position, (mailbox, link) in enumerate(links)
        ]
        grounds = [
            {**_row(link, ground), "position": position}
            for _, link in links
            for position, ground in enumerate(link.grounds)
        ]
        self._moment.run(self._statements.add, rows)
        self._moment.run(self._statements.grounds.add, grounds)

    def remove_many(self, links: Sequence[Link]) -> None:
        these = [_this(link) for link in links]
        self._moment.run(self._statements.remove, these)
        self._moment.run(self._statements.grounds.remove_all, these)

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        rows = [{**_row(link, ground), **_this(link)} for link, ground in grounds]
        self._moment.run(self._statements.grounds.add_last, rows)

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        self._moment.run(
            self._statements.grounds.remove, [{**_this(link), "lost": kind.value} for link, kind in grounds]
        )
