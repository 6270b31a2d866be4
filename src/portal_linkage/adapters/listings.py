"""The listings as their cursors know them: one definition for every store."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Final, Generic, TypeVar, assert_never

import attrs

from ..domain.entities import Invoice, LateFee, Payment, User
from ..domain.values import FirmId, Key, Question, Shape, micros_of, search_key
from ..domain.viewers import LinkedTo, Only, Scope

T = TypeVar("T")


@attrs.frozen
class Listing(Generic[T]):
    """What a listing is called, the types of its key, and the key of one row.

    It ascends in every part of the key, but for the first if the newest come first.
    """

    name: str
    shape: Shape
    key: Callable[[T], Key]
    newest_first: bool = False

    def of(self, firm_id: FirmId, *filters: str | None) -> Question:
        """Ask for it at a firm, filtered."""
        return Question((self.name, firm_id, *filters), self.shape)

    def within(self, scope: Scope) -> Question:
        """Ask for what is in a scope."""
        match scope:
            case LinkedTo(firm_id, user_id, entity_id):
                return self.of(firm_id, "linked", user_id, entity_id)
            case Only(firm_id, entity_id):
                return self.of(firm_id, "only", entity_id)
            case _:
                assert_never(scope)


def _itself(key: Key) -> Key:
    return key


def _payment(payment: Payment) -> Key:
    return (micros_of(payment.paid_at), payment.payment_id)


def _user(user: User) -> Key:
    return (search_key(user.name), user.user_id)


OPEN_INVOICES: Final = Listing[Invoice]("open invoices", (date, str, str), attrgetter("due_on", "number", "invoice_id"))
PAID_INVOICES: Final = Listing[Invoice](
    "paid invoices", (date, str), attrgetter("issued_on", "invoice_id"), newest_first=True
)
LATE_FEES: Final = Listing[LateFee]("late fees", (date, str), attrgetter("assessed_on", "fee_id"))
PAYMENTS: Final = Listing("payments", (int, str), _payment, newest_first=True)
USERS: Final = Listing("users", (str, str), _user)
ENTITIES: Final = Listing("entities", (int, int), _itself)
"""By the revision a link was made under, then its position in that change; a visit's one entity is ``(0, 0)``."""
BARS: Final = Listing("bars", (int, str, str), _itself)
"""By the microseconds of ``since``, entity id, mailbox id."""
JOURNAL: Final = Listing("journal", (int,), _itself)
CHANGES: Final = Listing("changes", (int,), _itself)
"""Both by the event's position in its firm's journal, from 1 on."""
DELIVERIES: Final = Listing("deliveries", (int, int), _itself)
"""The changes of all firms, for who delivers them: by the turn in which they came up, then as `CHANGES`."""
