"""The desk at which a command is carried out: a store, the firm, and the one who acts for it."""

import warnings
from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Final

import attrs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SAWarning

from ..adapters.sql import SqlStore
from ..domain.entities import Firm, FirmStaff, PortalUser
from ..domain.errors import FirmNotFound, InvalidValue, UserNotFound
from ..domain.policy import ArrivalRule, AutoLink, ContactRemoved, FirmUnlink, LinkagePolicy
from ..domain.values import EmailAddress, EntityId, FirmId, StaffId, UserId, iterate
from ..ports import Store
from ..service import LinkageService
from ._answers import Answer

SWITCHES: Final = {
    "auto_link": AutoLink,
    "arrival": ArrivalRule,
    "contact_removed": ContactRemoved,
    "firm_unlink": FirmUnlink,
}
"""The switches of the policy that a command may take, by the field of `LinkagePolicy`."""

Act = Callable[[Namespace], Answer]


def policy_of(args: Namespace) -> LinkagePolicy:
    """The policy that this command runs under."""
    given = {name: getattr(args, name, None) for name in SWITCHES}
    switched: dict[str, Any] = {name: SWITCHES[name](word) for name, word in given.items() if word}
    return LinkagePolicy(**switched)


def shown(url: str) -> str:
    """The store's address as it may be repeated: without a password."""
    return make_url(url).render_as_string()


@contextmanager
def opened(url: str, *, create: bool) -> Generator[SqlStore]:
    """Open a store, and close it in the end; unless it is to be created, a SQLite file must be there already."""
    store = _open(url, create=create)
    try:
        yield store
    finally:
        store.close()


def _open(url: str, *, create: bool) -> SqlStore:
    try:
        address = make_url(url)
        if address.get_backend_name() != "sqlite" or create or Path(address.database or "").is_file():
            return _connected(url)
    except InvalidValue:
        raise
    except (ArgumentError, ImportError, SAWarning, TypeError, ValueError) as error:  # what drivers say of a bad URL
        raise InvalidValue("--store", "is no address of a database that can be opened") from error
    raise InvalidValue("--store", "there is no such file; import makes one")


def _connected(url: str) -> SqlStore:
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)  # a misspelled option in the URL would be ignored
        return SqlStore.open(url)


def find_firm(store: Store, firm_id: FirmId) -> Firm | None:
    """The firm, if the store holds it."""
    with store.snapshot() as snapshot:
        return snapshot.firms.find(firm_id)


@attrs.frozen
class Desk:
    """Where the firm's questions are asked and its acts are done."""

    portal: LinkageService
    staff: FirmStaff

    @property
    def firm_id(self) -> FirmId:
        """The firm."""
        return self.staff.firm_id

    def user_id(self, typed: str) -> UserId:
        """The id of a user, who is typed as an address or as an id."""
        if "@" not in typed:
            return UserId(typed)
        user = self.portal.find_user(self.firm_id, EmailAddress.parse(typed))
        if user is None:
            raise UserNotFound(self.firm_id, typed)
        return user.user_id

    def labels(self, user: PortalUser) -> dict[EntityId, str]:
        """What the clients that a user sees are called."""
        entities = iterate(lambda page: self.portal.entities(user, page=page))
        return {entity.entity_id: entity.label for entity in entities}


def at_desk(act: Callable[[Desk, Namespace], Answer]) -> Act:
    """Carry out an act of the firm: its store is opened, and the firm must be in it."""

    @wraps(act)
    def acted(args: Namespace) -> Answer:
        staff = FirmStaff(FirmId(args.firm), StaffId(args.staff))
        with opened(args.store, create=False) as store:
            if find_firm(store, staff.firm_id) is None:
                raise FirmNotFound(staff.firm_id)
            return act(Desk(LinkageService(store, policy_of(args)), staff), args)

    return acted
