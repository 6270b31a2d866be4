"""Client entities, their contacts and the words of names as rows."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from ....domain.entities import (
    ClientEntity,
    Contact,
)
from ....domain.values import (
    EmailAddress,
    EntityId,
    client_number_key,
    search_key,
    words_of,
)
from ..moment import Record, Values
from ..tables import PMS


def entity_values(entity: ClientEntity) -> Values:
    """The row of an entity."""
    return {
        "firm_id": entity.firm_id,
        "entity_id": entity.entity_id,
        "name": entity.name,
        "name_key": search_key(entity.name),
        "name_words": " ".join(words_of(entity.name)),
        "client_number": entity.client_number,
        "number_key": client_number_key(entity.client_number),
        "number_search": search_key(entity.client_number),
        "active": entity.active,
    }


def entity_of(row: Record, contacts: Iterable[Contact] = ()) -> ClientEntity:
    """The entity of a row."""
    return ClientEntity(
        firm_id=row.firm_id,
        entity_id=row.entity_id,
        name=row.name,
        client_number=row.client_number,
        contacts=contacts,
        active=row.active,
    )


def contact_rows(entity: ClientEntity) -> Iterator[Values]:
    """The rows of the contacts that the practice-management system lists."""
    for position, contact in enumerate(entity.contacts):
        yield {
            "firm_id": entity.firm_id,
            "entity_id": entity.entity_id,
            "source": PMS,
            "position": position,
            "email": str(contact.email),
            "email_key": contact.email.key,
            "contact_name": contact.name,
            "contact_id": contact.contact_id,
            "role": contact.role,
        }


def _contact_of(row: Record) -> Contact:
    return Contact(
        email=EmailAddress.restore(row.email, row.email_key),
        name=row.contact_name,
        contact_id=row.contact_id,
        role=row.role,
    )


def _entity_key(row: Record) -> EntityId:
    return EntityId(row.entity_id)


def entities_of(rows: Iterable[Record]) -> Iterator[ClientEntity]:
    """The entities, of rows of one contact each (or none); those of an entity stand together."""
    for _, group in groupby(rows, _entity_key):
        contacts = tuple(group)
        yield entity_of(contacts[0], (_contact_of(row) for row in contacts if row.email is not None))


def word_rows(name: str, **owner: str) -> list[Values]:
    """The rows by which a name is found."""
    return [{**owner, "word": word} for word in sorted(set(words_of(name)))]
