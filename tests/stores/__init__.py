"""What every store promises: the docstrings of `portal_linkage.ports`, one test each."""
