"""The contract that every store keeps, a promise a test."""

from ..laws import LawPromises
from .addresses import AddressPromises
from .attempts import AttemptPromises
from .bars import BarPromises
from .closing import ClosingPromises
from .code_points import CodePointPromises
from .costs import CostPromises
from .crowds import CrowdPromises
from .crowds_of_bills import CrowdOfBillsPromises
from .crowds_of_clients import CrowdOfClientsPromises
from .crowds_of_people import CrowdOfPeoplePromises
from .deliveries import DeliveryPromises
from .entities import EntityPromises
from .firms import FirmPromises
from .grounds import GroundPromises
from .invoices import InvoicePromises
from .journal import JournalPromises
from .late_fees import LateFeePromises
from .links import LinkPromises
from .locks import LockPromises
from .mailboxes import MailboxPromises
from .moves import MovePromises
from .paging import PagingPromises
from .payments import PaymentPromises
from .questions import QuestionPromises
from .refusals import RefusalPromises
from .reopening import ReopeningPromises
from .rosters import RosterPromises
from .scopes import ScopePromises
from .sources import SourcePromises
from .suggestions import SuggestionPromises
from .sums import SumPromises
from .texts import TextPromises
from .threads import ThreadPromises
from .transactions import TransactionPromises
from .user_search import UserSearchPromises
from .users import UserPromises
from .walls import WallPromises

__all__ = ["StoreContract", "StorePromises"]


class StorePromises(
    AddressPromises,
    AttemptPromises,
    BarPromises,
    ClosingPromises,
    CodePointPromises,
    CostPromises,
    CrowdOfBillsPromises,
    CrowdOfClientsPromises,
    CrowdOfPeoplePromises,
    CrowdPromises,
    DeliveryPromises,
    EntityPromises,
    FirmPromises,
    GroundPromises,
    InvoicePromises,
    JournalPromises,
    LateFeePromises,
    LinkPromises,
    LockPromises,
    MailboxPromises,
    MovePromises,
    PagingPromises,
    PaymentPromises,
    QuestionPromises,
    RefusalPromises,
    ReopeningPromises,
    RosterPromises,
    ScopePromises,
    SourcePromises,
    SuggestionPromises,
    SumPromises,
    TextPromises,
    ThreadPromises,
    TransactionPromises,
    UserPromises,
    UserSearchPromises,
    WallPromises,
):
    """All that the ports promise of a store."""


class StoreContract(LawPromises, StorePromises):
    """All that the ports promise of a store, and every law, on the store that ``make_store`` makes.

    .. code-block:: python

        class TestMyStore(StoreContract):
            def make_store(self) -> Store:
                return MyStore()

    Where an adapter lacks a `Capability`, it says so in ``lacks``, with the reason. Without one it also writes what the
    capability names: `counting` of statements, and how a store that was closed is `reopened`.
    """
