"""What is asked, and how an answer is told, be it an error."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import attrs

from ... import Event, FirmId, LinkageService, Page, PortalLinkageError, iterate

P = ParamSpec("P")
T = TypeVar("T")


@attrs.frozen
class Refusal:
    """An error, as an answer that can be compared."""

    error: str
    sentence: str


def answer(ask: Callable[P, T], *about: P.args, **more: P.kwargs) -> T | Refusal:
    """What is answered, be it an error of the library."""
    try:
        return ask(*about, **more)
    except PortalLinkageError as error:
        return Refusal(type(error).__name__, str(error))


def refused(ask: Callable[P, object], *about: P.args, **more: P.kwargs) -> Refusal:
    """The error that is the answer; it must be one."""
    told = answer(ask, *about, **more)
    assert isinstance(told, Refusal)
    return told


def rows(fetch: Callable[..., Page[T]], *about: object, limit: int = 500, **filters: object) -> list[T]:
    """All rows of a listing, walked in pages of this size."""
    return list(iterate(lambda page: fetch(*about, page=page, **filters), limit=limit))


@attrs.define
class Consumer:
    """Somebody who follows a firm's journal, and goes on from where they stopped."""

    told: list[Event] = attrs.Factory(list[Event])
    after: str | None = None

    def catch_up(self, portal: LinkageService, firm_id: FirmId) -> list[Event]:
        """Read what happened meanwhile, a few events at a time, and tell all that happened ever."""
        while (page := portal.changes(firm_id, after=self.after, limit=7)).items:
            self.told += page.items
            assert page.next is not None
            self.after = page.next.after
        return self.told
