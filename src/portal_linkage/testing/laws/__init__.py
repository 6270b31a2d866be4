"""The laws, held against a model that is made of dicts and sets, and of nothing that is on trial."""

from .l01_verified import VerifiedLaw
from .l02_sign_up import SignUpLaw
from .l03_users import UserLaw
from .l04_scope import ScopeLaw
from .l05_past import PastLaw
from .l06_walls import WallLaw
from .l07_bars import BarLaw
from .l08_only_users import OnlyUsersLaw
from .l09_twice import TwiceLaw
from .l10_invisible import InvisibleLaw
from .l11_journal import JournalLaw
from .l12_grounds import GroundLaw
from .l13_keys import KeyLaw
from .l13_merges import MergeLaw
from .l13_roster import RosterLaw
from .l13_sources import SourceLaw
from .l14_money import MoneyLaw
from .l15_one_rule import OneRuleLaw
from .l16_addresses import AddressLaw
from .l17_revoked import RevokedLaw
from .machine import LinkageMachine, MachinePromises
from .orders import OrderLaw

__all__ = ["LawPromises", "LinkageMachine"]


class LawPromises(
    MachinePromises,
    VerifiedLaw,
    SignUpLaw,
    UserLaw,
    ScopeLaw,
    PastLaw,
    WallLaw,
    BarLaw,
    OnlyUsersLaw,
    TwiceLaw,
    InvisibleLaw,
    JournalLaw,
    GroundLaw,
    RosterLaw,
    MergeLaw,
    KeyLaw,
    SourceLaw,
    MoneyLaw,
    OneRuleLaw,
    AddressLaw,
    RevokedLaw,
    OrderLaw,
):
    """Every law, by properties of its own."""
