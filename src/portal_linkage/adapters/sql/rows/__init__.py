"""From entities to rows and back: the one place that knows how a time, an amount or a name is stored."""

from ._bills import fee_of, fee_values, invoice_of, invoice_values, payment_of, payment_values
from ._entities import contact_rows, entities_of, entity_of, entity_values, word_rows
from ._people import (
    bar_of,
    bar_values,
    departure_values,
    event_of,
    event_values,
    firm_of,
    firm_values,
    ground_values,
    link_values,
    links_of,
    mailbox_of,
    user_of,
    user_values,
)

__all__ = [
    "bar_of",
    "bar_values",
    "contact_rows",
    "departure_values",
    "entities_of",
    "entity_of",
    "entity_values",
    "event_of",
    "event_values",
    "fee_of",
    "fee_values",
    "firm_of",
    "firm_values",
    "ground_values",
    "invoice_of",
    "invoice_values",
    "link_values",
    "links_of",
    "mailbox_of",
    "payment_of",
    "payment_values",
    "user_of",
    "user_values",
    "word_rows",
]
