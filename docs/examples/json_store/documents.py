"""What is kept of a firm, as a value and as a JSON document."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from portal_linkage import (
    Bar,
    ClientEntity,
    Contact,
    EmailAddress,
    EntityId,
    Event,
    Firm,
    Invoice,
    LateFee,
    Link,
    Money,
    Payment,
    User,
    UserId,
)
from portal_linkage.domain.viewers import LinkedTo, Scope
from portal_linkage.ports import Mailbox
from portal_linkage.wire import to_json

Place = tuple[int, int]
"""Where a link stands in link order: the revision of the mailbox that it was made under, and its position there."""


@attrs.define
class Book:
    """All that is kept of one firm. Nothing in it knows of another firm (L6)."""

    firm: Firm | None = None
    entities: dict[EntityId, ClientEntity] = attrs.field(factory=dict)
    contacts: dict[str, dict[EntityId, tuple[Contact, ...]]] = attrs.field(factory=dict)
    """What other sources than the PMS list, by source."""
    former_numbers: dict[str, list[EntityId]] = attrs.field(factory=dict)
    merged: dict[EntityId, EntityId] = attrs.field(factory=dict)
    mailboxes: dict[str, Mailbox] = attrs.field(factory=dict)
    """By address key, as all that follows an address. A user is in their mailbox, and nowhere else (L3)."""
    bars: dict[str, dict[EntityId, Bar]] = attrs.field(factory=dict)
    left: dict[str, list[EntityId]] = attrs.field(factory=dict)
    links: dict[UserId, dict[EntityId, tuple[Place, Link]]] = attrs.field(factory=dict)
    invoices: dict[str, Invoice] = attrs.field(factory=dict)
    late_fees: dict[str, LateFee] = attrs.field(factory=dict)
    payments: dict[str, Payment] = attrs.field(factory=dict)
    attempts: dict[str, list[tuple[datetime, datetime]]] = attrs.field(factory=dict)
    """When proofs were refused, and until when each counts, by subject."""
    journal: list[Event] = attrs.field(factory=list)

    def users(self) -> Iterator[User]:
        """Those who have an account."""
        return (mailbox.user for mailbox in self.mailboxes.values() if mailbox.user is not None)

    def held(self, user_id: UserId) -> list[tuple[Place, Link]]:
        """What a user is linked to, in link order."""
        return sorted(self.links.get(user_id, {}).values(), key=lambda held: held[0])

    def in_scope(self, scope: Scope) -> dict[EntityId, Place]:
        """The entities in scope, each with its place: by the reference that every scope has."""
        if isinstance(scope, LinkedTo):
            places = {link.entity_id: place for place, link in self.held(scope.user_id)}
        else:
            places = {scope.entity_id: (0, 0)}
        known = self.entities
        return {one: place for one, place in places.items() if one in known and scope.covers(known[one], places)}


def dumped(book: Book) -> str:
    """The document."""
    return json.dumps(_written(book))


def loaded(document: str) -> Book:
    """The book that was dumped so."""
    book: Book = _read(Book, json.loads(document))
    return book


def _written(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, Book):
        return {field.name: _written(getattr(value, field.name)) for field in attrs.fields(Book)}
    return to_json(value)  # the library's own


def _read(kind: Any, data: Any) -> Any:
    """The value of this kind. Whatever is read is checked by the library again, as it is made."""
    origin, parts = get_origin(kind), get_args(kind)
    if data is None or isinstance(kind, NewType):
        return data
    if origin in (Union, UnionType):  # something or nothing
        return _read(parts[0], data)
    if origin is dict:
        return {key: _read(parts[1], item) for key, item in data.items()}
    if origin is tuple and parts[-1] is not ...:
        return tuple(map(_read, parts, data))
    if origin in (list, tuple):
        return origin(_read(parts[0], item) for item in data)
    return _value(kind, data)


def _value(kind: Any, data: Any) -> Any:
    if kind is EmailAddress:
        return EmailAddress.parse(data)
    if kind is Money:
        return Money(**data)
    if attrs.has(kind):
        return kind(**{name: _read(part, data[name]) for name, part in _hints(kind).items() if name in data})
    return kind.fromisoformat(data) if kind in (date, datetime) else kind(data)


_hints = cache(get_type_hints)
