"""Write down which examples each fault breaks: ``python -m tests.teeth``, some minutes.

Names of faults, or of promises, are asked about alone: ``python -m tests.teeth forgets_a_bar``.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from .bench import EXAMPLES
from .bites import CAUGHT, WHERE, broken_among
from .fault import Fault
from .faults import FAULTS

HEAD = """# All examples that each fault breaks: `python -m tests.teeth` writes it anew.
"""


def main(*names: str) -> None:
    """Find it out, and write it."""
    faults = [fault for fault in FAULTS if fault.name in names] or FAULTS
    promises = [promise for promise in EXAMPLES if promise in names] or EXAMPLES
    with ProcessPoolExecutor() as pool:
        found = pool.map(_broken, repeat(promises), map(str, faults))
        lists = {
            **CAUGHT,
            **{str(fault): _told(fault, promises, broken) for fault, broken in zip(faults, found, strict=True)},
        }
    lines = [HEAD]
    for fault in sorted(map(str, FAULTS)):
        lines += [f"{fault} = [", *(f'    "{promise}",' for promise in lists.get(fault, ())), "]", ""]
    WHERE.write_text("\n".join(lines))


def _broken(promises: list[str], name: str) -> list[str]:
    return broken_among(promises, next(fault for fault in FAULTS if fault.name == name))


def _told(fault: Fault, asked: list[str], broken: list[str]) -> list[str]:
    return sorted({*CAUGHT.get(str(fault), ())} & ({*EXAMPLES} - {*asked}) | {*broken})


if __name__ == "__main__":
    main(*sys.argv[1:])
