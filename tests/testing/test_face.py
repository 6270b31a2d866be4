"""What the kit shows of itself, with and without the extra it needs."""

import importlib
import subprocess
import sys

import pytest

from portal_linkage import testing

NEEDING = {
    "Capability",
    "InvoiceReaderContract",
    "LateFeeReaderContract",
    "LinkageMachine",
    "PaymentReaderContract",
    "StoreContract",
    "happen",
}


def python(code: str) -> str:
    """What some lines print, in a Python of their own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A kit of which nothing has been imported yet but the package itself, and the samples."""
    prefix, kept = f"{testing.__name__}.", testing.samples.__name__
    for name in [name for name in sys.modules if name.startswith(prefix) and name != kept]:
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.delattr(testing, name.removeprefix(prefix), raising=False)
    return monkeypatch


def test_the_kit_has_what_it_names() -> None:
    """Sorted, and all of it is there, by attribute too."""
    assert testing.__all__ == sorted(testing.__all__)
    assert all(hasattr(testing, name) for name in testing.__all__)


def test_the_kit_has_nothing_else() -> None:
    """Another name is an AttributeError that says so, as of any module."""
    with pytest.raises(AttributeError, match=r"module 'portal_linkage.testing' has no attribute 'StoreContrcat'"):
        _ = testing.StoreContrcat


@pytest.mark.parametrize("name", sorted(NEEDING))
@pytest.mark.parametrize("missing", ["hypothesis", "pytest"])
def test_without_the_extra_an_import_error_names_it(name: str, missing: str, fresh: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra is told what to install."""
    fresh.setitem(sys.modules, missing, None)
    told = rf"^the test kit needs {missing}: pip install 'portal_linkage\[testing\]'$"
    with pytest.raises(ImportError, match=told) as caught:
        getattr(testing, name)
    assert (caught.value.name, type(caught.value.__cause__)) == (missing, ModuleNotFoundError)


def test_without_hypothesis_there_are_no_strategies(fresh: pytest.MonkeyPatch) -> None:
    """By attribute and by import alike, they say what to install."""
    fresh.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ImportError, match=r"portal_linkage\[testing\]"):
        _ = testing.strategies
    with pytest.raises(ImportError, match=r"portal_linkage\[testing\]"):
        importlib.import_module("portal_linkage.testing.strategies")


@pytest.mark.parametrize("broken", ["hypothesis.strategies", "portal_linkage.ports"])
def test_a_broken_installation_is_not_called_a_missing_extra(broken: str, fresh: pytest.MonkeyPatch) -> None:
    """Where a package is there but cannot be imported, its own error is seen."""
    fresh.setitem(sys.modules, broken, None)
    for name in NEEDING - {"Capability"}:
        with pytest.raises(ModuleNotFoundError) as caught:
            getattr(testing, name)
        assert caught.value.name == broken


def test_builders_and_samples_need_no_extra(fresh: pytest.MonkeyPatch) -> None:
    """A host's tests may use them with any tools."""
    for missing in ("hypothesis", "pytest"):
        fresh.setitem(sys.modules, missing, None)
    assert testing.builders.firm().firm_id == testing.samples.FIRM.firm_id


def test_importing_the_kit_imports_neither_pytest_nor_hypothesis() -> None:
    """Nor does the library itself; only what needs them does, when it is asked for."""
    code = """
import sys
import portal_linkage, portal_linkage.testing.samples
from portal_linkage.testing import builders
print("before", *sorted({"hypothesis", "pytest"} & set(sys.modules)))
from portal_linkage.testing import StoreContract
print("after", *sorted({"hypothesis", "pytest"} & set(sys.modules)))
"""
    assert python(code).splitlines() == ["before", "after hypothesis pytest"]
