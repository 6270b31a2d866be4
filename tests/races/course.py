"""A database on which races are run, each round at a firm of its own; and all that it has of a firm afterwards."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa

from portal_linkage import FirmId, LinkageService
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.ports import Store
from portal_linkage.testing import builders as b
from tests import engines

from .acts import Act, number_of
from .model import Grounds, Picture
from .party import Party, Way
from .stories import Race
from .unlocked import unlock


@attrs.frozen
class Course:
    """The database, a store that nobody is held in, and the parties, who are kept for the next race."""

    url: str
    office: SqlStore
    _closing: ExitStack
    _parties: dict[tuple[Way, bool], list[Party]] = attrs.field(
        factory=lambda: defaultdict[tuple[Way, bool], list[Party]](list), init=False
    )
    _numbers: Iterator[int] = attrs.field(factory=count, init=False)

    def parties(self, number: int, way: Way, *, is_unlocked: bool = False) -> tuple[Party, ...]:
        """So many, each with an engine of its own."""
        known = self._parties[way, is_unlocked]
        while len(known) < number:
            known.append(Party(self._store(way), way))
            if is_unlocked:
                unlock(known[-1].store)
        return tuple(known[:number])

    def _store(self, way: Way) -> SqlStore:
        if way is Way.OWN:
            store = SqlStore.open(self.url, migrate=False)
            self._closing.callback(store.close)
            return store
        engine = sa.create_engine(self.url)
        self._closing.callback(engine.dispose)
        return SqlStore(engine)

    def scene(self, race: Race) -> tuple[FirmId, list[Callable[[Store], object]]]:
        """A new firm, at which all has happened that happened before; and the acts, ready."""
        firm_id = FirmId(f"firm-{next(self._numbers)}")
        with self.office.transaction() as tx:
            tx.firms.save(b.firm(firm_id))
            tx.entities.save_many(b.entity(one, *race.listed.get(one, ()), firm_id=firm_id) for one in b.NAMES)
            tx.invoices.save_many(b.invoice(number_of(one), one, firm_id=firm_id) for one in b.NAMES)
        for act in race.before:
            self._ready(race, act, firm_id)(self.office)
        return firm_id, [self._ready(race, act, firm_id) for act in race.acts]

    def _ready(self, race: Race, act: Act, firm_id: FirmId) -> Callable[[Store], object]:
        def new_id() -> str:
            return act.user_id

        portal = LinkageService(self.office, race.policy, clock=lambda: b.NOON, new_id=new_id)
        perform = act.prepared(portal, firm_id)
        return lambda store: perform(portal.using(store))


def pictured(store: SqlStore, firm_id: FirmId) -> Picture:
    """What the tables have of a firm, whether or not it belongs together."""
    tables = store._parts.tables
    with store.engine.connect() as connection:
        mailboxes = {row.mailbox_id: row for row in _rows(connection, tables.mailbox, firm_id)}
        links: dict[str, dict[str, Grounds]] = defaultdict(dict)
        for link in _rows(connection, tables.link, firm_id, "revision", "position"):
            links[link.user_id][link.entity_id] = ()
        for ground in _rows(connection, tables.ground, firm_id, "position"):
            before = links[ground.user_id].get(ground.entity_id, ())
            links[ground.user_id][ground.entity_id] = (*before, ground.kind)
        bars = _rows(connection, tables.bar, firm_id)
    return Picture(
        users={row.email_key: row.user_id for row in mailboxes.values() if row.user_id},
        links={user_id: tuple(held.items()) for user_id, held in links.items()},
        bars=frozenset((mailboxes[bar.mailbox_id].email_key, bar.entity_id) for bar in bars),
    )


def _rows(connection: sa.Connection, table: sa.Table, firm_id: FirmId, *order: str) -> Sequence[sa.Row[Any]]:
    ordered = sa.select(table).order_by(*(table.c[name] for name in order))
    return connection.execute(ordered.where(table.c.firm_id == firm_id)).all()


@contextmanager
def laid_out(engine: str, folder: Path) -> Generator[Course]:
    """A course on an empty database."""
    url = engines.url_of(engine, folder)
    with ExitStack() as closing:
        office = SqlStore.open(url, migrate=False)
        closing.callback(office.close)
        yield Course(url, office, closing)
