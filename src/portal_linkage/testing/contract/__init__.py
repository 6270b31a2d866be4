"""The contract that every store keeps, a promise a test."""

from ..laws import LawPromises
from ..promises import Guarded
from .attempts import AttemptPromises
from .bars import BarPromises
from .costs import CostPromises
from .entities import EntityPromises
from .firms import FirmPromises
from .invoices import InvoicePromises
from .journal import JournalPromises
from .late_fees import LateFeePromises
from .links import LinkPromises
from .mailboxes import MailboxPromises
from .moves import MovePromises
from .paging import PagingPromises
from .payments import PaymentPromises
from .scopes import ScopePromises
from .suggestions import SuggestionPromises
from .texts import TextPromises
from .threads import ThreadPromises
from .transactions import TransactionPromises
from .user_search import UserSearchPromises
from .users import UserPromises
from .walls import WallPromises

__all__ = ["StoreContract"]


class StoreContract(
    Guarded,
    LawPromises,
    CostPromises,
    AttemptPromises,
    BarPromises,
    EntityPromises,
    FirmPromises,
    InvoicePromises,
    JournalPromises,
    LateFeePromises,
    LinkPromises,
    MailboxPromises,
    MovePromises,
    PagingPromises,
    PaymentPromises,
    ScopePromises,
    SuggestionPromises,
    TextPromises,
    ThreadPromises,
    TransactionPromises,
    UserSearchPromises,
    UserPromises,
    WallPromises,
):
    """All that a store promises, and every law, on the store that ``make_store`` makes.

    .. code-block:: python

        class TestMyStore(StoreContract):
            def make_store(self) -> Store:
                return MyStore()
    """


StoreContract.contract = StoreContract
