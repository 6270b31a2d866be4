"""From what a practice-management system exports to the firm's nouns: pure functions that write nothing.

`portal_linkage.feeds.tabular` reads tables (CSV, JSON, JSON Lines) by a mapping that the user writes.
"""
