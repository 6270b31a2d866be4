"""The desk at which a command is carried out: a store, the firm, and the one who acts for it."""

from argparse import Namespace
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any, Final

import attrs
from rich.console import RenderableType
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ..adapters.memory import MemoryStore
from ..adapters.sql import SqlStore
from ..domain.entities import FirmStaff
from ..domain.errors import FirmNotFound, InvalidValue, UserNotFound
from ..domain.policy import LinkagePolicy
from ..domain.values import EmailAddress, FirmId, StaffId, UserId
from ..ports import Store
from ..service import LinkageService

_SWITCHES: Final[Mapping[str, type[StrEnum]]] = {
    field.name: type(field.default) for field in attrs.fields(LinkagePolicy) if isinstance(field.default, StrEnum)
}
SWITCHES: Final = ", ".join(f"{name}={'|'.join(values)}" for name, values in _SWITCHES.items())
"""What may be said of the policy."""


@attrs.frozen
class Answer:
    """``value`` is what ``--json`` prints, ``told`` what people read; ``refusal`` is the complaint of exit code 1."""

    value: object
    told: Sequence[RenderableType]
    refusal: str = ""


@attrs.frozen
class Desk:
    """Where the firm's questions are asked and its acts are done."""

    portal: LinkageService
    staff: FirmStaff

    def user_id(self, typed: str) -> UserId:
        """The id of a user, who is typed as an address or as an id."""
        if "@" not in typed:
            return UserId(typed)
        user = self.portal.find_user(self.staff.firm_id, EmailAddress.parse(typed))
        if user is None:
            raise UserNotFound(self.staff.firm_id, typed)
        return user.user_id


def at_desk(act: Callable[[Desk, Namespace], Answer]) -> Callable[[Namespace], Answer]:
    """Carry out an act of the firm: its store is opened, and the firm must be in it."""

    @wraps(act)
    def acted(args: Namespace) -> Answer:
        staff = FirmStaff(FirmId(args.firm), StaffId(args.staff))
        with closing(open_store(args.store, create=False)) as store:
            with store.snapshot() as snapshot:
                if snapshot.firms.find(staff.firm_id) is None:
                    raise FirmNotFound(staff.firm_id)
            return act(Desk(LinkageService(store, policy=policy_of(args.policy)), staff), args)

    return acted


def policy_of(said: Iterable[str]) -> LinkagePolicy:
    """The policy with these switches (``name=value``); the others are by default."""
    chosen: dict[str, Any] = {}
    for switch in said:
        name, _, value = switch.partition("=")
        if value not in {*_SWITCHES.get(name, ())}:
            raise InvalidValue("--policy", f"is one of {SWITCHES}")
        if name in chosen:
            raise InvalidValue("--policy", f"sets {name} twice")
        chosen[name] = _SWITCHES[name](value)
    return LinkagePolicy(**chosen)


def open_as_it_is(url: str) -> Store:
    """Open a store of which nothing is to be changed, not even its tables; where there is no file, one in memory."""
    with _of_an_address():
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            return MemoryStore()
        store = SqlStore.open(url, migrate=False)
    with ExitStack() as undo:
        undo.callback(store.close)
        if not store.is_current():
            raise InvalidValue("--store", "has no tables, or older ones: import makes them")
        undo.pop_all()
    return store


def open_store(url: str, *, create: bool) -> SqlStore:
    """Open a store; unless it is to be created, a SQLite file must be there already."""
    with _of_an_address():
        address = make_url(url)
        if create or address.get_backend_name() != "sqlite" or Path(address.database or "").is_file():
            return SqlStore.open(url)
    raise InvalidValue("--store", "there is no such file; import makes one")


@contextmanager
def _of_an_address() -> Generator[None]:
    """Tell in our words what drivers say of a bad URL."""
    try:
        yield
    except (ArgumentError, ImportError, TypeError, ValueError) as error:
        raise InvalidValue("--store", "is no address of a database that can be opened") from error
