"""Unlink, then a new invoice, then a read from another process: revoked is revoked (L17)."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import attrs
import pytest

from portal_linkage import FirmId, FirmStaff, LinkageService, User
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing import builders as b
from tests import engines

from .duel import rounds
from .reader import NEW, OLD

Seen = dict[str, list[str]]


@attrs.frozen
class Watched:
    """A store, and another process that reads what is in it."""

    store: SqlStore
    _process: subprocess.Popen[str]
    _numbers: Iterator[int] = attrs.field(factory=count, init=False)

    def user(self, *entity_ids: str) -> User:
        """Jane Smith at a new firm, linked to these; the realty group has a bill."""
        firm_id = FirmId(f"firm-{next(self._numbers)}")
        with self.store.transaction() as tx:
            tx.firms.save(b.firm(firm_id))
            tx.entities.save_many(b.entity(one, firm_id=firm_id) for one in entity_ids)
            tx.invoices.save(attrs.evolve(OLD, firm_id=firm_id))
            jane = b.user(firm_id=firm_id)
            b.sign_up(tx, jane, *entity_ids)
        return jane

    @contextmanager
    def looking(self, how: str, user: User) -> Generator[Seen]:
        """Meanwhile the other process looks at the user's bills; afterwards it tells what it saw."""
        seen: Seen = {}
        self._tell(f"{how} {user.firm_id} {user.user_id}")
        assert self._answer() == "looking\n"
        yield seen
        self._tell("enough")
        seen |= json.loads(self._answer())

    def unlink(self, user: User) -> None:
        """The firm unlinks the user from the realty group."""
        LinkageService(self.store).unlink(FirmStaff(user.firm_id, b.STAFF), user.user_id, b.REALTY)

    def bill(self, user: User) -> None:
        """A new invoice of the realty group comes in."""
        with self.store.transaction() as tx:
            tx.invoices.save(attrs.evolve(NEW, firm_id=user.firm_id))

    def _tell(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="module", params=engines.SQL)
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A store on either engine, in a database that another process has open, too."""
    url = engines.url_of(request.param, tmp_path_factory.mktemp("revoked"))
    store = SqlStore.open(url, migrate=False)
    command = [sys.executable, "-m", "tests.races.reader", url]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Watched(store, process)
    assert process.returncode == 0
    store.close()


links = pytest.mark.parametrize("entity_ids", [(b.REALTY, b.TRUST), (b.REALTY,)], ids=["one link", "the last link"])


@links
@pytest.mark.parametrize("how", ["afresh", "in-a-host"])
def test_another_process_never_sees_the_invoice(watched: Watched, how: str, entity_ids: tuple[str, ...]) -> None:
    """It reads all the time, in moments of its own or in a host's transaction: not once does it see the new invoice."""
    for _ in rounds(3):
        user = watched.user(*entity_ids)
        with watched.looking(how, user) as seen:
            watched.unlink(user)
            watched.bill(user)
        assert seen["first"] == [OLD.invoice_id]
        assert NEW.invoice_id not in seen["later"]
        assert seen["last"] == []


@pytest.mark.parametrize("watched", ["postgresql"], indirect=True)
@links
def test_an_invoice_may_be_under_way(watched: Watched, entity_ids: tuple[str, ...]) -> None:
    """It was begun before the unlink and is kept after it: it is not seen. SQLite lets nobody in between."""
    for _ in rounds(3):
        user = watched.user(*entity_ids)
        with watched.looking("afresh", user) as seen, SqlStore(watched.store.engine).transaction() as tx:
            tx.invoices.save(attrs.evolve(NEW, firm_id=user.firm_id))
            watched.unlink(user)
        assert NEW.invoice_id not in {*seen["later"], *seen["last"]}
        assert seen["last"] == []


@links
def test_a_moment_from_before_has_neither(watched: Watched, entity_ids: tuple[str, ...]) -> None:
    """A reading that began before the unlink goes on to see what there was, and not what came after."""
    for _ in rounds(3):
        user = watched.user(*entity_ids)
        with watched.looking("in-one-moment", user) as seen:
            watched.unlink(user)
            watched.bill(user)
        assert seen["first"] == seen["last"] == [OLD.invoice_id]
        assert NEW.invoice_id not in seen["later"]


def test_a_remembered_decision_would_show_it(watched: Watched) -> None:
    """The planted fault: whoever asks once what a user may see, and goes on by that, shows them the new invoice."""
    user = watched.user(b.REALTY, b.TRUST)
    with watched.looking("from-memory", user) as seen:
        watched.unlink(user)
        watched.bill(user)
    assert NEW.invoice_id in seen["last"]
