"""What a host's tests need: the firm of Jane Smith as data, in `portal_linkage.testing.samples`."""

from . import samples

__all__ = ["samples"]
