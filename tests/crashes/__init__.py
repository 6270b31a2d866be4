"""What survives a crash; all of them: ``PORTAL_LINKAGE_CRASHES=300 python -m pytest -n0 tests/crashes``."""
