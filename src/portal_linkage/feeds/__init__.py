"""From what a practice-management system exports to the firm's nouns: pure functions that write nothing.

`portal_linkage.feeds.tabular` reads tables (CSV, JSON, JSON Lines) by a mapping that the user writes,
`portal_linkage.feeds.xero` answers of the Xero Accounting API, `portal_linkage.feeds.quickbooks` those of QuickBooks
Online.
"""

from ._payloads import InvalidPayload, RejectedRecord
from ._roster import Bills, Roster

__all__ = ["Bills", "InvalidPayload", "RejectedRecord", "Roster"]
