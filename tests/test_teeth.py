"""The kit has teeth: each fault is caught by promises, half by the machine alone, and is told in words."""

import attrs
import pytest

from portal_linkage.testing.titles import LAWS

from .teeth.bench import EXAMPLES, PROMISES, broken_by_machine, broken_promise
from .teeth.bites import CAUGHT, broken_among, check_machine, check_promises
from .teeth.fault import SOUND, Fault
from .teeth.faults import FAULTS

BITING = sorted({(one, fault.in_sql) for fault in FAULTS for one in (*fault.promises, *CAUGHT.get(str(fault), ()))})
"""All that is said to catch a fault, each with whether that is in the SQL store."""
FOUND = [fault for fault in FAULTS if fault.by_machine]

# They show what the kit catches, and reach no line that others do not: counting lines would take as long again.
pytestmark = pytest.mark.no_cover


class TestPromises:
    """One by one."""

    @pytest.mark.parametrize("fault", FAULTS, ids=str)
    def test_a_fault_breaks_the_promises_that_are_said_to_catch_it(self, fault: Fault) -> None:
        """They fail on a store with the fault, and each names its law and says how it should be."""
        check_promises(fault)

    @pytest.mark.parametrize("fault", FAULTS, ids=str)
    def test_a_fault_breaks_all_examples_that_are_written_down(self, fault: Fault) -> None:
        """Whether it breaks no others takes some minutes to find out: see ``tests.teeth.test_all``."""
        assert broken_among(CAUGHT[str(fault)], fault) == CAUGHT[str(fault)]

    @pytest.mark.parametrize(("promise", "in_sql"), BITING)
    def test_a_sound_store_keeps_them(self, promise: str, in_sql: bool) -> None:
        """It is the fault that they find, and nothing else."""
        assert broken_promise(attrs.evolve(SOUND, in_sql=in_sql), promise) is None


class TestMachine:
    """All laws at once, by a machine that knows of no promise."""

    @pytest.mark.parametrize("fault", FOUND, ids=str)
    def test_the_machine_alone_finds_a_fault(self, fault: Fault) -> None:
        """Fifty histories are enough, and what is told names a law."""
        check_machine(fault)

    def test_the_machine_finds_nothing_where_nothing_is_wrong(self) -> None:
        """It is the fault that it finds, and nothing else."""
        assert broken_by_machine(SOUND) is None


class TestFaults:
    """What is planted."""

    def test_every_law_is_broken_in_some_way(self) -> None:
        """There is a fault for each law, and the machine alone finds about half."""
        assert {fault.law for fault in FAULTS} >= {*LAWS}
        assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 90
        assert len(FOUND) >= 50

    def test_all_that_catches_a_fault_is_written_down(self) -> None:
        """For each fault all examples, and some of the properties, and nothing that there is not."""
        assert {*CAUGHT} == {fault.name for fault in FAULTS}
        for fault in FAULTS:
            assert {*fault.promises} <= {*PROMISES}, fault
            assert {*fault.promises} & {*EXAMPLES} <= {*CAUGHT[fault.name]} <= {*EXAMPLES}, fault
