"""The names other people write down."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

import portal_linkage
from portal_linkage import domain, ports, roster, service, wire
from portal_linkage.adapters import memory
from portal_linkage.domain import entities, errors, events, outcomes, policy, rules, values, viewers

DESIGNED = """
    LinkageService, LinkagePolicy, AutoLink, ContactRemoved, ArrivalRule, FirmUnlink, SelfUnlink,
    FirmId, EntityId, UserId, StaffId, InvoiceId, FeeId, PaymentId, PlanId,
    EmailAddress, VerifiedEmail, Money, PageRequest, Page, iterate,
    Firm, PortalSettings, ClientEntity, Contact, User, Link, Ground, Bar, Invoice, InvoiceStatus, LateFee, Payment,
    PortalUser, StaffVisit, Guest, Viewer, FirmStaff,
    Arrival, InvoiceProof, Claim,
    SignedUp, AlreadySignedUp, Linked, AlreadyLinked, ClaimRefused, TooManyAttempts,
    Unlinked, UserRemoved, NotLinked, BarLifted, NotBarred,
    PortalView, PortalUserRow, Suggestion, Explanation, Reason, Event, EventKind, GroundKind,
    RosterSync, RosterPlan, RosterApplied, LinkChange,
    PortalLinkageError, InvalidValue, InvalidEmail, InvalidCursor, NotFound, FirmNotFound, UserNotFound, EntityNotFound,
    InvoiceNotFound, PaymentNotFound, NotPermitted, NothingToLink, PlanNotConfirmed, PlanOutdated, Conflict,
    StoreUnavailable
"""
"""Section 3 of the design, word for word."""

MODULES = [
    portal_linkage,
    domain,
    errors,
    values,
    entities,
    viewers,
    policy,
    events,
    outcomes,
    rules,
    ports,
    service,
    roster,
    wire,
    memory,
]


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run some lines in a Python of their own."""
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=False)


def test_the_public_face_is_that_of_the_design() -> None:
    """Exactly these names, sorted; all of them are there."""
    designed = {name.strip() for name in DESIGNED.replace("\n", " ").split(",")}
    assert set(portal_linkage.__all__) == designed
    assert portal_linkage.__all__ == sorted(portal_linkage.__all__)
    assert all(hasattr(portal_linkage, name) for name in designed)


def test_nobody_waits_for_what_they_do_not_use() -> None:
    """The face alone imports nothing, an address no entities, and the service no roster."""
    code = """
import sys
import portal_linkage
seen = {"portal_linkage"}
for name in ("__all__", "EmailAddress", "LinkageService", "RosterSync"):
    getattr(portal_linkage, name)
    now = {module for module in sys.modules if module.startswith("portal_linkage")}
    print(*sorted({module.split(".")[1] + "." + module.split(".")[-1] for module in now - seen}))
    seen = now
"""
    run = python(code)
    assert run.stderr == ""
    nothing, address, of_service, of_roster = (line.split() for line in run.stdout.split("\n")[:4])
    assert nothing == []
    assert "domain.values" in address
    assert not {"domain.entities", "service.service"} & {*address}
    assert "service.service" in of_service
    assert not any(module.startswith("roster.") for module in of_service)
    assert "roster.roster" in of_roster


def test_a_name_is_what_type_checkers_take_it_for() -> None:
    """It is looked up in one place after the other, and found where it is said to be."""
    source = ast.parse(inspect.getsource(portal_linkage))
    told = [one for one in ast.walk(source) if isinstance(one, ast.ImportFrom) and one.level == 1 and one.module]
    named = {alias.name: import_module(f"portal_linkage.{one.module}") for one in told for alias in one.names}
    assert sorted(named) == portal_linkage.__all__
    assert {*named, "roster", "__doc__"} <= {*dir(portal_linkage)}
    for name, home in named.items():
        assert getattr(portal_linkage, name) is getattr(home, name)


@pytest.mark.parametrize("part", ["domain", "ports", "roster", "service", "wire"])
def test_a_part_is_there_without_being_imported(part: str) -> None:
    """As where all of it is imported at once."""
    assert python(f"import portal_linkage; print(portal_linkage.{part}.__name__)").stdout == f"portal_linkage.{part}\n"


def test_a_name_that_is_not_of_the_face_is_refused() -> None:
    """As any module refuses it; private names and those of a home are none of the face's."""
    for name in ("Nothing", "Totals", "check_id"):
        with pytest.raises(AttributeError, match=rf"^module 'portal_linkage' has no attribute '{name}'$"):
            getattr(portal_linkage, name)


def test_star_gives_the_public_face() -> None:
    """And nothing else."""
    names: dict[str, object] = {}
    exec("from portal_linkage import *", names)  # noqa: S102 -- how a star import is asked for
    assert set(names) - {"__builtins__"} == set(portal_linkage.__all__)


def test_the_core_imports_attrs_and_typing_extensions_alone() -> None:
    """Whoever imports the library, its memory store and its wire format, imports nothing else of other people's."""
    code = """
import sys
before = set(sys.modules)
from portal_linkage import *
import portal_linkage.wire, portal_linkage.adapters.memory, portal_linkage.feeds
ours = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(ours - set(sys.stdlib_module_names)))
"""
    run = python(code)
    assert run.stderr == ""
    assert set(run.stdout.split()) <= {"attr", "attrs", "portal_linkage", "typing_extensions"}
    assert "portal_linkage" in run.stdout


def test_without_sqlalchemy_the_sql_store_says_what_to_install() -> None:
    """An ImportError that names the extra; the core is as usable as before."""
    code = """
import sys
sys.modules["sqlalchemy"] = None
import portal_linkage
try:
    import portal_linkage.adapters.sql
except ImportError as error:
    print(error, error.name, sep="|")
"""
    run = python(code)
    assert run.stderr == ""
    message, name = run.stdout.strip().split("|")
    assert "pip install 'portal_linkage[sql]'" in message
    assert name == "sqlalchemy"


def test_the_library_is_typed() -> None:
    """Type checkers read the annotations of whoever has the marker."""
    assert (inspect.getfile(portal_linkage)).endswith("__init__.py")
    assert (
        python(
            "import importlib.resources as r; print(r.files('portal_linkage').joinpath('py.typed').is_file())"
        ).stdout
        == "True\n"
    )


def _public(module: ModuleType) -> list[tuple[str, object]]:
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return [(name, getattr(module, name)) for name in names]


def _of_ours(thing: object) -> bool:
    return inspect.isclass(thing) or inspect.isfunction(thing)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_everything_public_has_a_docstring(module: ModuleType) -> None:
    """Modules, classes, functions, methods and properties: a newcomer reads what they are for."""
    assert (module.__doc__ or "").strip()
    for name, thing in _public(module):
        if not _of_ours(thing) or not getattr(thing, "__module__", "").startswith("portal_linkage"):
            continue
        assert (inspect.getdoc(thing) or "").strip(), name
        for method, function in vars(thing).items():
            if not method.startswith("_") and isinstance(function, property | classmethod) | inspect.isfunction(
                function
            ):
                assert inspect.getdoc(getattr(thing, method)) or _promised(thing, method), f"{name}.{method}"


def _promised(kind: object, method: str) -> bool:
    """Whether the method keeps a promise of `portal_linkage.ports`, where it is told."""
    told = {name for _, port in _public(ports) if inspect.isclass(port) for name in vars(port)}
    return inspect.isclass(kind) and ".adapters." in kind.__module__ and method in told


def test_docstrings_that_name_an_error_name_one_that_exists() -> None:
    """``Raises:`` in the service and the roster speaks of errors of the public face."""
    for kind in (portal_linkage.LinkageService, portal_linkage.RosterSync):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            _, _, raises = (inspect.getdoc(method) or "").partition("Raises:\n")
            for line in raises.splitlines():
                word = line.strip().partition(":")[0]
                if line.startswith("    ") and not line.startswith("     ") and word.isidentifier():
                    assert word in {*portal_linkage.__all__, "TypeError"}, f"{name}: {word}"
