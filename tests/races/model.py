"""A firm in dicts, and what its acts come to when they are done one after the other.

It shares nothing with the library: addresses, ids and kinds of grounds are plain texts.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

Answer = tuple[object, ...]
Grounds = tuple[str, ...]
Links = tuple[tuple[str, Grounds], ...]


class Picture(NamedTuple):
    """What a firm has: who has an account, the links of each user in link order, and the bars."""

    users: dict[str, str]
    links: dict[str, Links]
    bars: frozenset[tuple[str, str]]


class Outcome(NamedTuple):
    """What each party was answered, and what the firm has afterwards."""

    answers: tuple[Answer, ...]
    picture: Picture


@dataclass
class Book:
    """One firm: which addresses each entity lists, users by address, links by user, bars, and who has been let go."""

    listed: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    continuous: bool = False
    withdraw: bool = False
    users: dict[str, str] = field(default_factory=dict[str, str])
    links: dict[str, dict[str, Grounds]] = field(default_factory=dict[str, dict[str, Grounds]])
    bars: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    gone: set[str] = field(default_factory=set[str])

    def picture(self) -> Picture:
        """All of it but the roster."""
        links = {user_id: tuple(held.items()) for user_id, held in self.links.items()}
        return Picture(dict(self.users), links, frozenset(self.bars))

    def sign_up(self, address: str, user_id: str, claimed: str | None) -> Answer:
        """The claimed entity first, then all that list the address, but none that is barred."""
        if address in self.users:
            known = self.users[address]
            return ("AlreadySignedUp", known, tuple(self.links[known].items()))
        if claimed in self.gone:
            return ("EntityNotFound",)
        links: dict[str, Grounds] = {claimed: ("arrival",)} if claimed else {}
        for entity_id in sorted(self.listed.keys() - self.gone):
            if address in self.listed[entity_id]:
                links[entity_id] = (*links.get(entity_id, ()), "contact_listing")
        links = {entity_id: grounds for entity_id, grounds in links.items() if (address, entity_id) not in self.bars}
        if not links:
            return ("NothingToLink",)
        self.users[address], self.links[user_id] = user_id, links
        return ("SignedUp", user_id, tuple(links.items()))

    def unlink(self, user_id: str, entity_id: str) -> Answer:
        """The firm's unlink leaves a bar, and the last one removes the user."""
        if user_id not in self.links:
            return ("UserNotFound",)
        if entity_id not in self.links[user_id]:
            return ("NotLinked",)
        self.bars.add((self._address(user_id), entity_id))
        return ("UserRemoved",) if self._end(user_id, entity_id) else ("Unlinked",)

    def link(self, user_id: str, entity_id: str) -> Answer:
        """The firm's grant lifts the bar."""
        if user_id not in self.links:
            return ("UserNotFound",)
        if entity_id in self.gone:
            return ("EntityNotFound",)
        self.bars.discard((self._address(user_id), entity_id))
        return self._entitle(user_id, entity_id, "firm_grant")

    def claim(self, user_id: str, entity_id: str) -> Answer:
        """A right proof, which a bar refuses."""
        if user_id not in self.links:
            return ("UserNotFound",)
        if entity_id in self.gone or (self._address(user_id), entity_id) in self.bars:
            return ("ClaimRefused",)
        return self._entitle(user_id, entity_id, "proof")

    def roster(self, entity_id: str, addresses: frozenset[str]) -> Answer:
        """The entity lists these addresses from now on."""
        before, self.listed[entity_id] = self.listed.get(entity_id, frozenset()), addresses
        gained = [self._appear(address, entity_id) for address in sorted(addresses - before)]
        lost = [self._vanish(address, entity_id) for address in sorted(before - addresses)]
        return ("RosterApplied", tuple(filter(None, gained)), tuple(filter(None, lost)))

    def let_go(self, entity_ids: Sequence[str], silent: Sequence[str]) -> Answer:
        """These become inactive, and those list nobody, unless that hides a link which the plan has not shown."""
        if any(entity_id in held for held in self.links.values() for entity_id in entity_ids):
            return ("PlanOutdated",)
        self.gone.update(entity_ids)
        self.listed.update(dict.fromkeys(silent, frozenset()))
        return ("RosterApplied", (), ())

    def _appear(self, address: str, entity_id: str) -> str | None:
        user_id = self.users.get(address)
        if not self.continuous or user_id is None or (address, entity_id) in self.bars:
            return None
        return user_id if self._entitle(user_id, entity_id, "contact_listing")[0] == "Linked" else None

    def _vanish(self, address: str, entity_id: str) -> str | None:
        user_id = self.users.get(address, "")
        grounds = self.links.get(user_id, {}).get(entity_id, ())
        if not self.withdraw or "contact_listing" not in grounds:
            return None
        kept = tuple(kind for kind in grounds if kind != "contact_listing")
        if kept:
            self.links[user_id][entity_id] = kept
            return None
        self._end(user_id, entity_id)
        return user_id

    def _address(self, user_id: str) -> str:
        return next(address for address, known in self.users.items() if known == user_id)

    def _entitle(self, user_id: str, entity_id: str, kind: str) -> Answer:
        held = self.links[user_id]
        answer = "AlreadyLinked" if entity_id in held else "Linked"
        grounds = held.get(entity_id, ())
        held[entity_id] = grounds if kind in grounds else (*grounds, kind)
        return (answer, entity_id, held[entity_id])

    def _end(self, user_id: str, entity_id: str) -> bool:
        """End a link; whether the user is gone with it."""
        del self.links[user_id][entity_id]
        if self.links[user_id]:
            return False
        del self.users[self._address(user_id)], self.links[user_id]
        return True


class Deed(Protocol):
    """What may be done to a book."""

    def done_in(self, book: Book) -> Answer:
        """Do it, and give the answer."""
        ...


def serial(book: Book, deeds: Sequence[Deed]) -> Iterator[Outcome]:
    """What the deeds come to in the orders that matter.

    Each deed is first once, and the others follow in turn: of two deeds these are all orders, and of many that are
    alike it only matters who is first.
    """
    for first in range(len(deeds)):
        after = deepcopy(book)
        order = (*range(first, len(deeds)), *range(first))
        answers = {place: deeds[place].done_in(after) for place in order}
        yield Outcome(tuple(answers[place] for place in range(len(deeds))), after.picture())
