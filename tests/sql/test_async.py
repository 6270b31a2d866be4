"""Hosts that wait for their database asynchronously: the same code, within `run_sync`."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from portal_linkage import ClaimRefused, InvoiceProof, LinkageService, NothingToLink, TooManyAttempts, VerifiedEmail
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing.builders import ACME, JANE, REALTY, TRUST, entity, firm, invoice, jane_at
from tests import engines
from tests.sql.hosting import jane_signs_up

T = TypeVar("T")

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


class Application:
    """A handler for each request: an asynchronous session, and the service within its transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Tables and statements are built once."""
        self.engine = engine
        self.store = SqlStore(engine.sync_engine)
        self.portal = LinkageService(self.store)

    async def handle(self, ask: Callable[[LinkageService], T], *, commits: bool = True) -> T:
        """One request: asked within the session's transaction, which is committed or not."""
        async with AsyncSession(self.engine) as session:
            answer = await session.run_sync(lambda sync: ask(self.on(sync)))
            if commits:
                await session.commit()
            return answer

    def on(self, session: Session) -> LinkageService:
        """The service within a session's transaction."""
        return self.portal.using(self.store.on(session))


@asynccontextmanager
async def application(engine: str, folder: Path) -> AsyncIterator[Application]:
    """An application with two clients that list Jane."""
    url = sa.make_url(engines.url_of(engine, folder)).set(drivername=DRIVERS[engine])
    own = create_async_engine(url)
    app = Application(own)
    try:
        await app.handle(_furnish)
        yield app
    finally:
        await own.dispose()
        gc.collect()


def _furnish(portal: LinkageService) -> None:
    with portal._store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many([entity(REALTY, JANE), entity(TRUST, JANE)])
        tx.invoices.save(invoice())


@pytest.fixture(params=engines.SQL)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database it is."""
    return str(request.param)


def test_requests_are_answered_in_their_own_transactions(kind: str, tmp_path: Path) -> None:
    """A sign-up that is rolled back never was; one that is committed is seen by the next request."""

    async def scenario() -> None:
        async with application(kind, tmp_path) as app:
            await app.handle(jane_signs_up, commits=False)
            assert await app.handle(lambda portal: portal.find_user(ACME, JANE)) is None
            user = (await app.handle(jane_signs_up)).user
            seen = await app.handle(lambda portal: portal.view(user.viewer))
            assert seen.open_invoice_count == 1

    asyncio.run(scenario())


def test_a_refused_claim_is_committed_and_counts(kind: str, tmp_path: Path) -> None:
    """Six wrong proofs in six requests: the sixth is not looked at any more."""

    async def scenario() -> list[object]:
        async with application(kind, tmp_path) as app:
            viewer = (await app.handle(jane_signs_up)).user.viewer
            wrong = InvoiceProof("1003", "wrong")
            return [await app.handle(lambda portal: portal.claim(viewer, wrong)) for _ in range(6)]

    assert [type(answer) for answer in asyncio.run(scenario())] == [ClaimRefused] * 5 + [TooManyAttempts]


def test_a_refusal_leaves_the_session_usable(kind: str, tmp_path: Path) -> None:
    """After an error of ours the handler goes on with its session."""

    async def scenario() -> None:
        async with application(kind, tmp_path) as app, AsyncSession(app.engine) as session:
            stranger = VerifiedEmail.attest(jane_at(7), via="x")
            with pytest.raises(NothingToLink):
                await session.run_sync(lambda sync: app.on(sync).sign_up(ACME, stranger, name=""))
            await session.run_sync(lambda sync: jane_signs_up(app.on(sync)))
            await session.commit()
            assert await app.handle(lambda portal: portal.find_user(ACME, JANE)) is not None

    asyncio.run(scenario())


def test_requests_at_the_same_time_do_not_share_a_moment(kind: str, tmp_path: Path) -> None:
    """Five requests that an event loop lets take turns, with transactions of the store's own, keep to themselves."""

    async def scenario() -> None:
        async with application(kind, tmp_path) as app:
            viewer = (await app.handle(jane_signs_up)).user.viewer

            async def look() -> Any:  # noqa: ANN401 -- a view
                async with app.engine.connect() as connection:
                    return await connection.run_sync(lambda _: app.portal.view(viewer))

            # Each holds two connections: more would wait for each other at the pool.
            views = await asyncio.gather(*(look() for _ in range(5)))
            assert {view.open_invoice_count for view in views} == {1}

    asyncio.run(scenario())


def test_an_asynchronous_session_itself_is_not_joined(kind: str, tmp_path: Path) -> None:
    """Its work is done in `run_sync`: the message says so."""

    async def scenario() -> None:
        async with application(kind, tmp_path) as app, AsyncSession(app.engine) as session:
            with pytest.raises(TypeError, match="run_sync"):
                app.store.on(session)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="engine must be Engine"):
                SqlStore(app.engine)  # type: ignore[arg-type]

    asyncio.run(scenario())
