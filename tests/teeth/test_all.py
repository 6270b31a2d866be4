"""All examples against every fault: ``PORTAL_LINKAGE_TEETH=all pytest tests/teeth``, some minutes."""

import os

import pytest

from .bites import check_all
from .fault import Fault
from .faults import FAULTS

pytestmark = pytest.mark.skipif(os.environ.get("PORTAL_LINKAGE_TEETH") != "all", reason="PORTAL_LINKAGE_TEETH=all")


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_breaks_exactly_the_examples_that_are_written_down(fault: Fault) -> None:
    """Those in ``caught.toml``."""
    check_all(fault)
