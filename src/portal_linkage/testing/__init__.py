"""What a host's tests need: the firm of Jane Smith as data, and (extra ``testing``) Hypothesis strategies.

`portal_linkage.testing.samples` needs nothing else; `portal_linkage.testing.strategies` needs Hypothesis.
"""

from . import samples

__all__ = ["samples"]
