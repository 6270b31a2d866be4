"""The rows of people and their links, of entities and their contacts; what is stored as it is needs no function."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from ...domain.entities import (
    Bar,
    ClientEntity,
    Contact,
    Firm,
    Ground,
    Invoice,
    LateFee,
    Link,
    Payment,
    PortalSettings,
    User,
)
from ...domain.events import Event
from ...domain.values import EmailAddress, EntityId, UserId, client_number_key, search_key, words_of
from ...ports import Mailbox
from .moment import Record
from .stored import stored
from .tables import PMS

Values = dict[str, Any]

SETTINGS_ROWS: Final = stored(PortalSettings)
FIRM_ROWS: Final = stored(Firm, but=("settings",))
USER_ROWS: Final = stored(User)
LINK_ROWS: Final = stored(Link, but=("grounds",))
GROUND_ROWS: Final = stored(Ground)
BAR_ROWS: Final = stored(Bar)
ENTITY_ROWS: Final = stored(ClientEntity, but=("contacts",))
CONTACT_ROWS: Final = stored(Contact, but=("name",))
INVOICE_ROWS: Final = stored(Invoice)
LATE_FEE_ROWS: Final = stored(LateFee)
PAYMENT_ROWS: Final = stored(Payment)
EVENT_ROWS: Final = stored(Event)


def firm_of(row: Record) -> Firm:
    """The firm of a row."""
    return FIRM_ROWS.restore(row, settings=SETTINGS_ROWS.restore(row))


def mailbox_of(row: Record) -> Mailbox:
    """The mailbox of a row, with its user if it has one."""
    return Mailbox(
        firm_id=row.firm_id,
        mailbox_id=row.mailbox_id,
        email=EmailAddress.restore(row.email, row.email_key),
        revision=row.revision,
        user=None if row.user_id is None else USER_ROWS.restore(row),
    )


def user_values(user: User) -> Values:
    """The columns of a mailbox that are its user's."""
    keys = {"name_key": search_key(user.name), "email_search": search_key(user.email.key)}
    columns = {**USER_ROWS.values(user), **keys}
    del columns["firm_id"], columns["email_key"]
    return columns


def _link_key(row: Record) -> tuple[UserId, EntityId]:
    return (UserId(row.user_id), EntityId(row.entity_id))


def links_of(rows: Iterable[Record]) -> Iterator[Link]:
    """The links, of rows of one ground each; those of a link stand together."""
    for _, group in groupby(rows, _link_key):
        grounds = tuple(group)
        yield LINK_ROWS.restore(grounds[0], grounds=map(GROUND_ROWS.restore, grounds))


def bar_values(mailbox: Mailbox, bar: Bar) -> Values:
    """The row of a bar, which is anchored to a mailbox and not to an address."""
    columns = {**BAR_ROWS.values(bar), "mailbox_id": mailbox.mailbox_id}
    del columns["email"], columns["email_key"]
    return columns


def entity_values(entity: ClientEntity) -> Values:
    """The row of an entity, with the keys that it is sorted and searched by."""
    return {
        **ENTITY_ROWS.values(entity),
        "name_key": search_key(entity.name),
        "name_words": " ".join(words_of(entity.name)),
        "number_key": client_number_key(entity.client_number),
        "number_search": search_key(entity.client_number),
    }


def contact_rows(entity: ClientEntity) -> Iterator[Values]:
    """The rows of the contacts that the practice-management system lists."""
    of_entity = {"firm_id": entity.firm_id, "entity_id": entity.entity_id, "source": PMS}
    for position, contact in enumerate(entity.contacts):
        yield {**of_entity, **CONTACT_ROWS.values(contact), "contact_name": contact.name, "position": position}


def _entity_key(row: Record) -> EntityId:
    return EntityId(row.entity_id)


def entities_of(rows: Iterable[Record]) -> Iterator[ClientEntity]:
    """The entities, of rows of one contact each (or none); those of an entity stand together."""
    for _, group in groupby(rows, _entity_key):
        found = tuple(group)
        contacts = (CONTACT_ROWS.restore(row, name=row.contact_name) for row in found if row.email is not None)
        yield ENTITY_ROWS.restore(found[0], contacts=contacts)


def word_rows(name: str, **owner: str) -> list[Values]:
    """The rows by which a name is found."""
    return [{**owner, "word": word} for word in sorted(set(words_of(name)))]
