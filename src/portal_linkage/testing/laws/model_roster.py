"""The model's roster: what a change in the PMS gives and takes, from L7, L12, L13 and the paragraph *Roster*."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import attrs

from ... import (
    ClientEntity,
    EntityId,
    Event,
    EventKind,
    FirmId,
    Ground,
    GroundKind,
    Link,
    LinkagePolicy,
    PlanNotConfirmed,
    PlanOutdated,
    User,
    UserId,
)
from .model import Model
from .model_book import Book, event_of, kinds, link_events
from .model_texts import key_of

Sight = tuple[UserId, EntityId]
LISTING = GroundKind.CONTACT_LISTING


@dataclass
class Planned:
    """What a plan must show."""

    roster: tuple[ClientEntity, ...]
    complete: bool
    after: list[ClientEntity] = field(default_factory=list[ClientEntity])
    added: set[EntityId] = field(default_factory=set[EntityId])
    changed: set[EntityId] = field(default_factory=set[EntityId])
    deactivated: set[EntityId] = field(default_factory=set[EntityId])
    reactivated: set[EntityId] = field(default_factory=set[EntityId])
    gains: list[Sight] = field(default_factory=list[Sight])
    more_grounds: list[Sight] = field(default_factory=list[Sight])
    fewer_grounds: list[Sight] = field(default_factory=list[Sight])
    losses: set[Sight] = field(default_factory=set[Sight])
    hidden: set[Sight] = field(default_factory=set[Sight])
    removed_users: set[UserId] = field(default_factory=set[UserId])
    ambiguous_numbers: set[str] = field(default_factory=set[str])
    needs_confirmation: bool = False
    written_over: dict[EntityId, ClientEntity | None] = field(default_factory=dict[EntityId, ClientEntity | None])

    def goes_beyond(self, shown: "Planned") -> bool:
        """Whether it ends, hides, removes or writes over what the other does not show, as it then was.

        To hide what was shown to end takes away less.
        """
        known = shown.written_over
        return bool(
            self.losses - shown.losses
            or self.hidden - shown.hidden - shown.losses
            or self.removed_users - shown.removed_users
            or any(
                entity_id not in known or _differ(before, known[entity_id])
                for entity_id, before in self.written_over.items()
            )
        )


def _differ(one: ClientEntity | None, other: ClientEntity | None) -> bool:
    """Whether two states of an entity differ, be it in how an address is written."""
    return one != other or _spelled(one) != _spelled(other)


def _spelled(entity: ClientEntity | None) -> list[str]:
    return [str(contact.email) for contact in entity.contacts] if entity else []


def plan(model: Model, firm_id: FirmId, entities: Iterable[ClientEntity], *, complete: bool = False) -> Planned:
    """Look at a roster change without making it."""
    book, policy = model.books[firm_id], model.policies[firm_id]
    planned = Planned(tuple(entities), complete)
    for before, after in differences(book, planned.roster, complete=complete):
        planned.written_over[after.entity_id] = before
        planned.after.append(after)
        _sort(planned, before, after)
        _effects(planned, book, policy, before, after)
    _count_cost(planned, book)
    _count_numbers(planned, book)
    return planned


def differences(
    book: Book, roster: Collection[ClientEntity], *, complete: bool
) -> list[tuple[ClientEntity | None, ClientEntity]]:
    """What is different afterwards: the known ones by id, then the new ones likewise."""
    told = {entity.entity_id: entity for entity in roster}
    found = list[tuple[ClientEntity | None, ClientEntity]]()
    for entity_id in sorted(book.entities):
        before = book.entities[entity_id]
        after = told.get(entity_id, attrs.evolve(before, active=False) if complete else before)
        if _differ(before, after):
            found.append((before, after))
    return found + [(None, told[entity_id]) for entity_id in sorted(told.keys() - book.entities.keys())]


def _sort(planned: Planned, before: ClientEntity | None, after: ClientEntity) -> None:
    if before is None:
        planned.added.add(after.entity_id)
    elif before.active == after.active:
        planned.changed.add(after.entity_id)
    else:
        (planned.reactivated if after.active else planned.deactivated).add(after.entity_id)


def _listed(entity: ClientEntity | None) -> set[str]:
    return {key_of(str(contact.email)) for contact in entity.contacts} if entity else set()


def _effects(
    planned: Planned, book: Book, policy: LinkagePolicy, before: ClientEntity | None, after: ClientEntity
) -> None:
    entity_id = after.entity_id
    seen_before = _listed(before) if before and before.active else set[str]()
    appeared = (_listed(after) if after.active else set[str]()) - seen_before
    vanished = _listed(before) - _listed(after)
    for key, person in sorted(book.people.items()):
        if person.user is None:
            continue
        sight, link = (person.user.user_id, entity_id), person.links.get(entity_id)
        if policy.auto_link == "continuous" and key in appeared:
            if link is None and entity_id not in person.bars and entity_id not in person.left:
                planned.gains.append(sight)
            elif link and LISTING not in kinds(link):
                planned.more_grounds.append(sight)
        if policy.contact_removed == "withdraw" and key in vanished and link and LISTING in kinds(link):
            planned.fewer_grounds.append(sight)
            if kinds(link) == {LISTING}:
                planned.losses.add(sight)
        if before and before.active and not after.active and link and sight not in planned.losses:
            planned.hidden.add(sight)


def _count_cost(planned: Planned, book: Book) -> None:
    users = book.users()
    for user_id, person in users.items():
        ended = sum(1 for loser, _ in planned.losses if loser == user_id)
        gained = sum(1 for gainer, _ in planned.gains if gainer == user_id)
        if ended and len(person.links) - ended + gained == 0:
            planned.removed_users.add(user_id)
    cost = len(planned.losses | planned.hidden)
    held = sum(len(person.links) for person in users.values())
    empty = planned.complete and not planned.roster
    planned.needs_confirmation = bool(empty or planned.removed_users or cost > 10 or cost > held * 0.05)


def _count_numbers(planned: Planned, book: Book) -> None:
    """A number that several active entities would bear proves nothing; the plan names those of this roster."""
    told = {entity.entity_id: entity for entity in planned.roster}
    others = () if planned.complete else (e for e in book.entities.values() if e.entity_id not in told)
    active = [entity.client_number for entity in (*told.values(), *others) if entity.active]
    own = {entity.client_number for entity in told.values() if entity.active}
    planned.ambiguous_numbers = {number for number in own if active.count(number) > 1}


def apply(model: Model, firm_id: FirmId, shown: Planned, now: datetime, *, named: bool | None) -> list[Event]:
    """Make the change that was shown. ``named``: the caller names this plan, another one (``False``), or none."""
    if named is False or (shown.needs_confirmation and not named):
        raise PlanNotConfirmed("")
    planned = plan(model, firm_id, shown.after)
    if planned.goes_beyond(shown):
        raise PlanOutdated("")
    if (planned.needs_confirmation or (shown.complete and not shown.roster)) and not named:
        raise PlanNotConfirmed("")
    book = model.books[firm_id]
    for before, after in differences(book, shown.after, complete=False):
        if before and before.client_number != after.client_number:
            book.former_numbers.add((before.client_number, before.entity_id))
        book.entities[after.entity_id] = after
    return list(book.write(_carry_out(planned, book, now)))


def _carry_out(planned: Planned, book: Book, now: datetime) -> list[Event]:
    users, told = book.users(), list[Event]()
    ground = Ground(kind=LISTING, since=now, by="pms")
    for user_id, entity_id in planned.gains:
        firm_id = book.firm.firm_id
        link = Link(firm_id=firm_id, user_id=user_id, entity_id=entity_id, grounds=(ground,), linked_at=now)
        users[user_id].links[entity_id] = link
        told += link_events(link)
    for change, kind in (
        (planned.more_grounds, EventKind.GROUND_ADDED),
        (planned.fewer_grounds, EventKind.GROUND_LOST),
    ):
        for user_id, entity_id in change:
            links = users[user_id].links
            kept = tuple(held for held in links[entity_id].grounds if held.kind is not LISTING)
            added = (ground,) if kind is EventKind.GROUND_ADDED else ()
            links[entity_id] = attrs.evolve(links[entity_id], grounds=(*kept, *added))
            told.append(event_of(kind, _user(book, user_id), entity_id, by="pms", at=now, ground=LISTING))
    for user_id, entity_id in sorted(planned.losses):
        del users[user_id].links[entity_id]
        told.append(event_of(EventKind.UNLINKED, _user(book, user_id), entity_id, by="pms", at=now))
    for user_id in sorted(planned.removed_users):
        told.append(event_of(EventKind.USER_REMOVED, _user(book, user_id), None, by="pms", at=now))
        users[user_id].user = None
    return told


def _user(book: Book, user_id: UserId) -> User:
    found = book.users()[user_id].user
    assert found is not None
    return found
