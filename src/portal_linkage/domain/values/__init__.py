"""What everything is made of: ids, addresses, money, times, pages and orders. Nonsense is refused here."""

from ._email import EmailAddress, VerifiedEmail
from ._ids import EntityId, FeeId, FirmId, InvoiceId, PaymentId, PlanId, StaffId, UserId, new_uuid
from ._money import UNITS_PER_ONE, Money, check_amount, sum_by_currency
from ._orders import after_prefix, client_number_key, search_key, words_of
from ._paging import MAX_LIMIT, Key, Page, PageRequest, Question, Shape, check_limit, iterate
from ._text import MAX_ID, MAX_NAME, check_id, check_text, check_type, flaw_of
from ._times import as_utc, check_date, micros_of, moment_of
from ._unchecked import setters_of, unchecked

__all__ = [
    "MAX_ID",
    "MAX_LIMIT",
    "MAX_NAME",
    "UNITS_PER_ONE",
    "EmailAddress",
    "EntityId",
    "FeeId",
    "FirmId",
    "InvoiceId",
    "Key",
    "Money",
    "Page",
    "PageRequest",
    "PaymentId",
    "PlanId",
    "Question",
    "Shape",
    "StaffId",
    "UserId",
    "VerifiedEmail",
    "after_prefix",
    "as_utc",
    "check_amount",
    "check_date",
    "check_id",
    "check_limit",
    "check_text",
    "check_type",
    "client_number_key",
    "flaw_of",
    "iterate",
    "micros_of",
    "moment_of",
    "new_uuid",
    "search_key",
    "setters_of",
    "sum_by_currency",
    "unchecked",
    "words_of",
]
