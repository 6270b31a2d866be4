"""What every group of promises of a reader stands on: tables with nothing in them, and a store that reads them."""

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from typing import Any, ClassVar, Final

import pytest
from hypothesis import settings

from ...domain.entities import Arrival, Invoice, LateFee, Payment
from ...domain.outcomes import SignedUp
from ...domain.values import FirmId, Page, PageRequest, VerifiedEmail
from ...domain.viewers import LinkedTo, Only, Scope
from ...ports import Store
from ...service import LinkageService
from .._fresh import UnfitError, done, made_anew
from ..builders import ACME, JANE, JANE_ID, REALTY, SMITH, TRUST, entity, firm, sign_up, user, walk
from ..promises import Capability, Contract, for_each_store
from ._kinds import Kind, Listing
from ._means import Means

Bill = Invoice | LateFee | Payment

NO_READER: Final = "write make_reader(self): it makes a reader of yours, over tables with nothing in them"
NO_READING_STORE: Final = "write make_store(self, reader): it makes a store that reads by it, with nothing in it"
NO_SEED: Final = "write seed(self, bills): it writes these bills into your own tables"

TOO_MANY: Final = 100
"""No listing of a promise has so many pages."""

EVERYTHING: Final = LinkedTo(ACME, JANE_ID)
VISIT: Final = Only(ACME, REALTY)


EVERYWHERE: Final = frozenset(
    {
        Capability.STATEMENT_COUNTER,
        Capability.FIRMS,
        Capability.FIRM_IDS,
        Capability.TEXT_IDS,
        Capability.CURRENCIES,
        Capability.FRACTIONS,
        Capability.LARGE_AMOUNTS,
    }
)
"""What tables with bills of any kind may lack."""

for_each_reader: Final = settings(for_each_store, max_examples=25)
"""Every example has tables and a store of its own."""


class ReaderPromises(Contract):
    """Promises of a reader of somebody's own tables, whatever kind of bills they hold."""

    currency: ClassVar[str] = "USD"
    """The one currency of all bills, if `Capability.CURRENCIES` is lacking."""
    kind: ClassVar[Kind[Any]]
    capabilities = EVERYWHERE

    def make_reader(self) -> Any:  # noqa: ANN401 -- whatever the store takes
        """Make a reader over tables with nothing in them; an adapter's author writes this."""
        raise NotImplementedError(NO_READER)

    def make_store(self, reader: Any) -> Store:  # noqa: ANN401 -- what make_reader makes
        """Make a store that reads by it, with nothing in it; an adapter's author writes this."""
        raise NotImplementedError(NO_READING_STORE)

    def seed(self, bills: Sequence[Any], /) -> None:
        """Write bills into the tables of the reader made last; an adapter's author writes this.

        It may come several times, each time with others.
        """
        raise NotImplementedError(NO_SEED)

    def check_what_is_written(self) -> None:
        """Two stores are made, over tables with nothing in them; then what is seeded is there."""
        with made_anew("make_store(self, reader)", self._made, self._leave) as store:
            link_jane(store)
            for listing in self.kind.listings:
                if self._shown(store, listing):
                    raise UnfitError("make_reader(self) gave a reader over tables with bills in them: empty them first")
            for number, listing in enumerate(self.kind.listings, 1):
                self._check_seed(store, listing, [f"{number}{place}" for place in range(4)])

    def _made(self) -> Store:
        reader = done("make_reader(self)", self.make_reader)
        return self.make_store(reader)

    def _leave(self, store: Store) -> None:
        link_jane(store)
        self.bill_each(REALTY)

    def _shown(self, store: Store, listing: Listing[Any], otherwise: Collection[str] = ()) -> set[str]:
        """The ids of what a listing shows. Of a reader that cannot list yet the promises tell."""
        with suppress(Exception):
            return {self.kind.id_of(one) for one in listed(store, listing)}
        return set(otherwise)

    def _check_seed(self, store: Store, listing: Listing[Any], ids: Sequence[str]) -> None:
        first, *others = (listing.row(self.means, one, REALTY, place) for place, one in enumerate(ids))
        for bills in (others, [first]):
            done("seed(self, bills)", partial(self.seed, bills))
        shown = self._shown(store, listing, ids)
        if lost := ", ".join(one for one in ids if one not in shown):
            name = self.kind.name.replace("_", " ")
            raise UnfitError(f"seed(self, bills) did not write the {name} {lost}, or the reader shows them to nobody")

    @property
    def means(self) -> Means:
        """What the tables can hold."""
        return Means(self.lacks, self.currency)

    @contextmanager
    def anew(self) -> Generator[Store]:
        """A store with nothing in it, over tables with nothing in them."""
        store = self.make_store(self.make_reader())
        try:
            yield store
        finally:
            store.close()

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """A store with nothing in it, over tables with nothing in them."""
        with self.anew() as store:
            yield store

    @pytest.fixture
    def linked(self, store: Store) -> Store:
        """Jane is linked to her realty group and to herself; the trust is nobody's."""
        link_jane(store)
        return store

    def bill_each(self, *entity_ids: str, batch: int = 1) -> None:
        """Write a bill of each of these clients for every listing; another batch has other ids."""
        for number, listing in enumerate(self.kind.listings):
            for place, entity_id in enumerate(entity_ids):
                self.seed([listing.row(self.means, f"{batch}{number}{place}", entity_id, place)])

    def owners(self, store: Store, scope: Scope = EVERYTHING) -> list[str]:
        """Whose bills every listing shows, in any order."""
        shown, *others = (sorted(one.entity_id for one in listed(store, each, scope)) for each in self.kind.listings)
        assert all(other == shown for other in others), f"one listing shows bills of {shown}, others of {others}"
        return shown


def signed_up(store: Store) -> tuple[LinkageService, SignedUp]:
    """Jane signs up, with her realty group and herself; the trust is nobody's."""
    with store.transaction() as tx:
        tx.firms.save(firm())
        tx.entities.save_many([entity(REALTY, JANE), entity(SMITH, JANE), entity(TRUST)])
    portal, arrival = LinkageService(store), Arrival.attest(REALTY, via="link in a mail")
    outcome = portal.sign_up(ACME, VerifiedEmail.attest(JANE, via="link in a mail"), name="Jane", claim=arrival)
    assert isinstance(outcome, SignedUp)
    return portal, outcome


def link_jane(store: Store, firm_id: FirmId = ACME) -> None:
    """Let Jane be linked to her realty group and to herself; the trust is nobody's."""
    with store.transaction() as tx:
        tx.entities.save_many(entity(one, firm_id=firm_id) for one in (REALTY, SMITH, TRUST))
        sign_up(tx, user(firm_id=firm_id), REALTY, SMITH)


def page_of(store: Store, listing: Listing[Any], page: PageRequest, scope: Scope = EVERYTHING) -> Page[Any]:
    """One page, in a moment of its own."""
    with store.snapshot() as snapshot:
        return listing.fetch(snapshot, scope, page)


def pages(store: Store, listing: Listing[Any], scope: Scope = EVERYTHING, limit: int = 500) -> list[tuple[Any, ...]]:
    """All pages of a listing, one after the other. A reader that never comes to an end is told so."""
    walked = list(islice(walk(lambda page: page_of(store, listing, page, scope), limit), TOO_MANY))
    assert len(walked) < TOO_MANY, "the pages never end"
    return walked


def listed(store: Store, listing: Listing[Any], scope: Scope = EVERYTHING, limit: int = 500) -> tuple[Any, ...]:
    """All that a listing shows."""
    return tuple(chain.from_iterable(pages(store, listing, scope, limit)))
