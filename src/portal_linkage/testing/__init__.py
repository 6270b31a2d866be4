"""What other people's tests need: the promises of a store and the laws, to hold an adapter to, and values to test with.

- `StoreContract`: all that a store promises, and every law, in one class of tests.
- `InvoiceReaderContract`, `LateFeeReaderContract`, `PaymentReaderContract`: all that is promised of who reads bills in
  tables of somebody's own.
- `LinkageMachine`: every law at once, as a Hypothesis state machine.
- `Capability`: what an adapter may lack, if it says why.
- `portal_linkage.testing.strategies`: addresses, names, amounts, bills, rosters, policies and whole histories, for
  Hypothesis.
- `happen`: lets a history happen to your service.
- `portal_linkage.testing.builders`: the Jane Smith world in a few words.
- `portal_linkage.testing.samples`: her firm as data.

The builders and the samples need nothing else. The rest needs the extra ``portal_linkage[testing]``, and is imported
when it is asked for.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from . import samples

if TYPE_CHECKING:
    from . import builders, strategies
    from .contract import StoreContract
    from .histories import happen
    from .laws import LinkageMachine
    from .promises import Capability
    from .readers import InvoiceReaderContract, LateFeeReaderContract, PaymentReaderContract

__all__ = [
    "Capability",
    "InvoiceReaderContract",
    "LateFeeReaderContract",
    "LinkageMachine",
    "PaymentReaderContract",
    "StoreContract",
    "builders",
    "happen",
    "samples",
    "strategies",
]

_MODULES: Final = frozenset({"builders", "strategies"})
_HOMES: Final = {
    "Capability": "promises",
    "InvoiceReaderContract": "readers",
    "LateFeeReaderContract": "readers",
    "LinkageMachine": "laws",
    "PaymentReaderContract": "readers",
    "StoreContract": "contract",
    "happen": "histories",
}

# Where pytest runs, a promise that is broken shows what was compared.
if (_pytest := sys.modules.get("pytest")) is not None:
    _pytest.register_assert_rewrite(*(f"{__name__}.{home}" for home in _HOMES.values()))


def __getattr__(name: str) -> object:
    if name not in _MODULES and name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    try:
        home = import_module(f".{_HOMES.get(name, name)}", __name__)
    except ModuleNotFoundError as error:
        if error.name not in {"hypothesis", "pytest"}:
            raise
        told = f"the test kit needs {error.name}: pip install 'portal_linkage[testing]'"
        raise ImportError(told, name=error.name) from error
    return home if name in _MODULES else getattr(home, name)
