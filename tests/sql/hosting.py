"""A host application that has a database, an engine and a table of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import sqlalchemy as sa

from portal_linkage import Arrival, LinkageService, SignedUp, VerifiedEmail
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing.builders import ACME, JANE, REALTY, TRUST, entity, firm, invoice
from tests import engines

NOTE = sa.Table(
    "host_note",
    sa.MetaData(),
    sa.Column("note", sa.String(50), primary_key=True),
    sa.Column("entity_id", sa.String(50)),
)


@attrs.frozen
class Host:
    """The application: its engine, and our store on it."""

    engine: sa.Engine
    store: SqlStore
    portal: LinkageService

    def on(self, host: Any) -> LinkageService:  # noqa: ANN401 -- a connection, or a session
        """The service within the host's transaction."""
        return self.portal.using(self.store.on(host))

    def notes(self) -> list[str]:
        """What the host has written down, as others see it."""
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.select(NOTE.c.note).order_by(NOTE.c.note)))


def jot(connection: sa.Connection, note: str, entity_id: str = REALTY) -> None:
    """The host writes something of its own down."""
    connection.execute(sa.insert(NOTE).values(note=note, entity_id=entity_id))


def jane_signs_up(portal: LinkageService) -> SignedUp:
    """Jane comes from an invoice of her realty group."""
    arrival = Arrival.attest(REALTY, via="link in a mail")
    signed_up = portal.sign_up(ACME, VerifiedEmail.attest(JANE, via="link in a mail"), name="Jane Smith", claim=arrival)
    assert isinstance(signed_up, SignedUp)
    return signed_up


@contextmanager
def hosting(engine: str, folder: Path, **options: Any) -> Iterator[Host]:  # noqa: ANN401 -- of `sqlalchemy.create_engine`
    """A host on a database of this kind, where Acme has two clients that list Jane, and a bill."""
    own = sa.create_engine(engines.url_of(engine, folder), **options)
    store = SqlStore(own)
    try:
        yield _furnished(own, store)
    finally:
        own.dispose()


def _furnished(own: sa.Engine, store: SqlStore) -> Host:
    with own.begin() as connection:
        NOTE.drop(connection, checkfirst=True)
        NOTE.create(connection)
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many([entity(REALTY, JANE), entity(TRUST, JANE)])
        tx.invoices.save(invoice())
    return Host(own, store, LinkageService(store))
