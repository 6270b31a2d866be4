"""The roster: what changed in the PMS is planned, shown, and then applied (L13)."""

from ._plans import RosterApplied, RosterPlan
from ._sync import RosterSync

__all__ = ["RosterApplied", "RosterPlan", "RosterSync"]
