"""What a payload comes to: clients, or bills, and by name whatever was kept out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar, final

import attrs

from ..domain.entities import ClientEntity, Contact, Invoice, Payment
from ..domain.values import MAX_NAME, EntityId
from ._addresses import read_addresses
from ._payloads import Fields, RejectedRecord, read_each

B = TypeVar("B", bound=Invoice | Payment)
K = TypeVar("K", bound=str)

_PART_OF_NAME: Final = MAX_NAME // 2 - 1


@attrs.frozen
class Roster:
    """The clients of a payload, in its order.

    ``merged`` says of each entity that was merged into another which one survives, at the end of all merges; it stands
    among the entities too, inactive. ``unnumbered`` are entities to which the PMS gives no client number: their number
    is their id, which nobody reads, so that no proof can be asked for. ``rejected`` are the records that were kept out;
    ``rejected_parts`` is what was kept out of the others: parts of e-mail lists that are no address, and merges that
    lead nowhere.
    """

    entities: tuple[ClientEntity, ...] = attrs.field(default=(), repr=False)
    merged: Mapping[EntityId, EntityId] = attrs.field(factory=dict[EntityId, EntityId], hash=False)
    unnumbered: tuple[EntityId, ...] = ()
    rejected: tuple[RejectedRecord, ...] = ()
    rejected_parts: tuple[RejectedRecord, ...] = ()


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
    contacts, reasons = read_addresses(fields.cell(name))
    named = [each if each.name else attrs.evolve(each, name=person) for each in contacts]
    return named, [fields.rejected(name, reason) for reason in reasons]


def full_name(fields: Fields, first: str, last: str) -> str:
    """A person's name from two fields that may be absent."""
    return " ".join(filter(None, (fields.find_text(name, most=_PART_OF_NAME) for name in (first, last))))
