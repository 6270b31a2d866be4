"""The use cases beside what people write by hand, on the same data in the same run: one table for each.

    python -m uv run --all-extras --group bench pytest -c benchmarks/pytest.ini benchmarks

Medians; the number behind each is how many times the smallest of its table it is. ``PORTAL_LINKAGE_USERS=20000`` takes
a larger firm, and ``PORTAL_LINKAGE_POSTGRES=postgresql+psycopg://...`` a PostgreSQL, too: of its own, tables named
``floor_*`` and ``portal_*`` are dropped. Reads on SQLite are measured beside SQLAlchemy Core, changes beside
``sqlite3``; both commit with an fsync. Nothing here fails because something is slow.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from firm import FIRM, SIGN_UPS, STAFF, Plan, address, entity_id, fill
from floors import CoreFloor, DriverFloor, MemoryFloor

from portal_linkage import EntityId, LinkageService, PortalUser, UserId, VerifiedEmail
from portal_linkage.adapters.memory import MemoryStore
from portal_linkage.adapters.sql import SqlStore

USERS = int(os.environ.get("PORTAL_LINKAGE_USERS", "2000"))
POSTGRESQL = os.environ.get("PORTAL_LINKAGE_POSTGRES", "")
BOOKKEEPERS = {1: "u0", 3: "u1", 100: "u2"}
"""Users by how many entities they have."""


class Ours:
    """The library, called as a floor is."""

    def __init__(self, portal: LinkageService) -> None:
        self.portal = portal

    def can_see(self, user: str, entity: str) -> bool:
        """Whether the entity is among those that they see."""
        return self.portal.can_see(PortalUser(FIRM, UserId(user)), EntityId(entity))

    def rows(self, user: str) -> object:
        """The first page of open invoices."""
        return self.portal.invoices(PortalUser(FIRM, UserId(user)))

    def page(self, user: str) -> object:
        """The portal page."""
        return self.portal.view(PortalUser(FIRM, UserId(user)))

    def link(self, user: str, entity: str) -> None:
        """The firm's *Add*."""
        self.portal.link(STAFF, UserId(user), EntityId(entity))

    def unlink(self, user: str, entity: str) -> None:
        """The X beside an entity."""
        self.portal.unlink(STAFF, UserId(user), EntityId(entity))

    def sign_up(self, _user: str, email: str) -> None:
        """Somebody new."""
        self.portal.sign_up(FIRM, VerifiedEmail.attest(email, via="benchmark"), name="")


def _postgresql() -> str:
    if not POSTGRESQL:
        pytest.skip("PORTAL_LINKAGE_POSTGRES names no database")
    return POSTGRESQL


def _memory(_folder: Path, plan: Plan) -> tuple[Any, Any, Any]:
    floor, store = MemoryFloor(plan), MemoryStore()
    fill(store, plan)
    return floor, floor, store


def _sqlite(folder: Path, plan: Plan) -> tuple[Any, Any, Any]:
    reading = CoreFloor(sa.create_engine(f"sqlite:///{folder}/core.db"), plan)
    store = SqlStore.open(f"sqlite:///{folder}/portal.db")
    fill(store, plan)
    return reading, DriverFloor(folder / "driver.db", plan), store


def _on_postgresql(_folder: Path, plan: Plan) -> tuple[Any, Any, Any]:
    url = _postgresql()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table in sa.inspect(connection).get_table_names():
            if table.startswith("portal_"):
                connection.execute(sa.text(f"DROP TABLE {table}"))
    floor, store = CoreFloor(engine, plan), SqlStore.open(url)
    fill(store, plan)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    return floor, floor, store


STORES = {_memory: "memory", _sqlite: "SQLite", _on_postgresql: "PostgreSQL"}


@pytest.fixture(scope="module", params=STORES, ids=STORES.values())
def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Both sides, filled with the same firm: for readings, and for changes."""
    plan = Plan.of(USERS, BOOKKEEPERS)
    reading, changing, store = request.param(tmp_path_factory.mktemp("benchmark"), plan)
    ours = Ours(LinkageService(store))
    yield {"floor": (reading, changing), "portal_linkage": (ours, ours), "plan": plan}
    reading.close()
    changing.close()
    store.close()


@pytest.fixture(params=["floor", "portal_linkage"])
def side(request: pytest.FixtureRequest, sides: dict[str, Any], benchmark: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """One of them, under its name in the table of what is measured."""
    where, of = request.node.callspec.params["sides"], request.node.callspec.params.get("entities")
    what = request.node.originalname.removeprefix("test_")
    benchmark.group = f"{what}, {STORES[where]}" + (f", {of} entities" if of else "")
    benchmark.name = request.param
    return sides[request.param]  # type: ignore[no-any-return]


def test_can_see(side: tuple[Any, Any], sides: dict[str, Any], benchmark: Any) -> None:  # noqa: ANN401
    """Whether a user sees an entity."""
    assert benchmark(side[0].can_see, "u1", entity_id(sides["plan"].held[1][0]))


@pytest.mark.parametrize("entities", BOOKKEEPERS)
def test_invoices(side: tuple[Any, Any], benchmark: Any, entities: int) -> None:  # noqa: ANN401
    """The first page of open invoices: rows only."""
    benchmark(side[0].rows, BOOKKEEPERS[entities])


@pytest.mark.parametrize("entities", BOOKKEEPERS)
def test_view(side: tuple[Any, Any], benchmark: Any, entities: int) -> None:  # noqa: ANN401
    """The portal page; of a floor, rows and two totals."""
    benchmark(side[0].page, BOOKKEEPERS[entities])


def test_link_and_unlink(side: tuple[Any, Any], sides: dict[str, Any], benchmark: Any) -> None:  # noqa: ANN401
    """*Add*, and the X."""
    held = sides["plan"].held[1]
    other = entity_id(next(number for number in count() if number not in held))

    def both() -> None:
        side[1].link("u1", other)
        side[1].unlink("u1", other)

    benchmark(both)


def test_sign_up(side: tuple[Any, Any], benchmark: Any) -> None:  # noqa: ANN401
    """Somebody new, who is listed with one to three entities."""
    newcomers = iter(range(USERS, USERS + SIGN_UPS))

    def who() -> tuple[tuple[str, str], dict[str, Any]]:
        person = next(newcomers)
        return (f"u{person}", address(person).key), {}

    benchmark.pedantic(side[1].sign_up, setup=who, rounds=SIGN_UPS)
