"""What a payload comes to: clients, or bills, and by name whatever was kept out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Generic, final

import attrs
from typing_extensions import TypeVar

from ..domain.entities import ClientEntity, Contact, Invoice, Payment
from ..domain.values import MAX_NAME, EntityId, FirmId
from ._addresses import read_addresses
from ._payloads import Fields, RejectedRecord, read_each

B = TypeVar("B", bound=Invoice | Payment)
K = TypeVar("K", bound=str)
R = TypeVar("R", default=RejectedRecord)

_PART_OF_NAME: Final = MAX_NAME // 2 - 1


@attrs.frozen
class Roster(Generic[R]):
    """The clients of a payload or a table, in its order.

    ``merged`` says of each entity that was merged into another which one survives, at the end of all merges; it stands
    among the entities too, inactive. ``unnumbered`` are entities to which the PMS gives no client number: their number
    is their id, which people may not know, or may guess. ``rejected`` are the records that were kept out;
    ``rejected_parts`` is what was kept out of the others: parts of e-mail lists that are no address, and merges that
    lead nowhere.
    """

    entities: tuple[ClientEntity, ...] = attrs.field(default=(), repr=False)
    merged: Mapping[EntityId, EntityId] = attrs.field(factory=dict[EntityId, EntityId], hash=False)
    unnumbered: tuple[EntityId, ...] = ()
    rejected: tuple[R, ...] = ()
    rejected_parts: tuple[R, ...] = ()


@attrs.frozen
class Client(Generic[R]):
    """A client as read, into whom it was merged, if it was, and what was kept out of its record.

    ``circle`` makes what is reported if its merge leads back to itself.
    """

    entity: ClientEntity
    is_numbered: bool
    rejected_parts: Sequence[R]
    merged_into: EntityId | None = None
    circle: Callable[[], R] | None = None


def roster_of(clients: Sequence[Client[R]], rejected: tuple[R, ...]) -> Roster[R]:
    """The roster of these clients."""
    ends = _ends({each.entity.entity_id: each.merged_into for each in clients if each.merged_into})
    circles = [each.circle() for each in clients if each.circle and ends.get(each.entity.entity_id, "") is None]
    return Roster(
        entities=tuple(each.entity for each in clients),
        merged={old: survivor for old, survivor in ends.items() if survivor},
        unnumbered=tuple(each.entity.entity_id for each in clients if not each.is_numbered),
        rejected=rejected,
        rejected_parts=(*(part for each in clients for part in each.rejected_parts), *circles),
    )


@attrs.frozen
class Listed(Generic[R]):
    """The contacts that a record lists with an entity, and what was kept out of it."""

    entity_id: EntityId
    contacts: Sequence[Contact]
    rejected_parts: Sequence[R]


def roster_of_contacts(firm_id: FirmId, listings: Sequence[Listed[R]], rejected: tuple[R, ...]) -> Roster[R]:
    """The roster of these contacts alone: each address once with each entity, as it was listed first."""
    by_entity: dict[EntityId, dict[str, Contact]] = {}
    for each in listings:
        firsts = by_entity.setdefault(each.entity_id, {})
        for contact in each.contacts:
            firsts.setdefault(contact.email.key, contact)
    entities = (
        ClientEntity(firm_id=firm_id, entity_id=entity_id, name="", contacts=tuple(contacts.values()))
        for entity_id, contacts in by_entity.items()
    )
    parts = tuple(part for each in listings for part in each.rejected_parts)
    return Roster(entities=tuple(entities), rejected=rejected, rejected_parts=parts)


def _ends(merges: Mapping[EntityId, EntityId]) -> dict[EntityId, EntityId | None]:
    """Where each chain of merges ends; one that runs in a circle, or into one, ends nowhere."""
    ends: dict[EntityId, EntityId | None] = {}
    for start in merges:
        chain: list[EntityId] = []
        at = start
        while at in merges and at not in ends:
            ends[at] = None  # until the end is known: whoever comes by again runs in a circle
            chain.append(at)
            at = merges[at]
        ends |= dict.fromkeys(chain, ends.get(at, at))
    return ends


@final
@attrs.frozen
class Gone(Generic[K]):
    """A bill that the PMS says is deleted."""

    bill_id: K


@attrs.frozen
class Bills(Generic[B, K]):
    """The invoices, or the payments, of a payload, in its order.

    ``removed`` are the ids of those which the PMS says are deleted: nothing else is known of them, and whoever stores
    the rows removes these. ``rejected`` are the records that were kept out.
    """

    rows: tuple[B, ...] = attrs.field(default=(), repr=False)
    removed: tuple[K, ...] = ()
    rejected: tuple[RejectedRecord, ...] = ()


def read_bills(
    kind: str, id_field: str, records: Sequence[object], build: Callable[[Fields], B | Gone[K] | None]
) -> Bills[B, K]:
    """What is built of each record, told apart by whether it is still there."""
    read, rejected = read_each(kind, id_field, records, build)
    rows = tuple(one for one in read if not isinstance(one, Gone))
    return Bills(rows, tuple(one.bill_id for one in read if isinstance(one, Gone)), rejected)


def listing(fields: Fields, name: str, person: str = "") -> tuple[list[Contact], list[RejectedRecord]]:
    """The contacts that a field lists, and its parts that are no address. Who has no name there is the person."""
    contacts, reasons = read_addresses(fields.cell(name), person)
    return contacts, [fields.rejected(name, reason) for reason in reasons]


def full_name(fields: Fields, first: str, last: str) -> str:
    """A person's name from two fields that may be absent."""
    return " ".join(filter(None, (fields.find_text(name, most=_PART_OF_NAME) for name in (first, last))))
