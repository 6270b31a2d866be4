"""Races, forced at the moments that matter: ``PORTAL_LINKAGE_ROUNDS=100 pytest tests/races`` plays each 100 times."""
