"""Errors carry their parts as plain strings, a stable code, and nothing in clear that should not be in a log."""

import copy
import inspect
import pickle
from collections.abc import Iterator

import attrs
import pytest

import portal_linkage
from portal_linkage import (
    Conflict,
    EntityNotFound,
    FirmNotFound,
    InvalidCursor,
    InvalidEmail,
    InvalidValue,
    InvoiceNotFound,
    NotFound,
    NothingToLink,
    NotPermitted,
    PaymentNotFound,
    PlanNotConfirmed,
    PlanOutdated,
    PortalLinkageError,
    StoreUnavailable,
    UserNotFound,
)
from portal_linkage.domain import errors

SENTENCES = {
    InvalidValue("amount", "must be a finite number"): "amount: must be a finite number",
    InvalidEmail("email", "holds a blank"): "email: holds a blank",
    InvalidCursor("after", "is no cursor of this library"): "after: is no cursor of this library",
    FirmNotFound("acme"): "no firm 'acme'",
    UserNotFound("acme", "u1"): "no user 'u1' at firm 'acme'",
    EntityNotFound("acme", "1003"): "no client entity '1003' at firm 'acme'",
    InvoiceNotFound("acme", "INV-1"): "no invoice 'INV-1' at firm 'acme'",
    PaymentNotFound("acme", "PAY-1"): "no payment 'PAY-1' at firm 'acme'",
    NotPermitted("leave"): "the firm's policy does not permit to leave",
    NothingToLink("acme"): "the sign-up would link no client entity of firm 'acme'",
    PlanNotConfirmed("p1"): "roster plan 'p1' takes so much away that it must be confirmed by its id",
    PlanOutdated("p1"): "roster plan 'p1' would by now take away something that it does not show",
    Conflict("another change was in the way", retryable=True): "another change was in the way",
    StoreUnavailable("the store has been closed"): "the store has been closed",
}
EVERY = [*SENTENCES, PortalLinkageError(), NotFound()]
ADDRESS = "jane.smith@example.com"


def all_below(kind: type[PortalLinkageError]) -> Iterator[type[PortalLinkageError]]:
    """The class and everything that derives from it here; a feed's own errors are told where the feed is."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from all_below(child)


def drawn() -> dict[str, str | None]:
    """The tree of the module's docstring: each name with the name it hangs on."""
    parents: dict[str, str | None] = {}
    trail: list[str] = []
    lines = (errors.__doc__ or "").splitlines()
    for line in lines[lines.index("    PortalLinkageError") :]:
        if not line.strip():
            break
        branch, _, label = line.removeprefix("    ").rpartition("── ")
        name, depth = label.split(maxsplit=1)[0], (len(branch) + 3) // 4 if branch else 0
        trail[depth:] = [name]
        parents[name] = trail[depth - 1] if depth else None
    return parents


def test_the_hierarchy_is_as_drawn() -> None:
    """The tree in the docstring is the tree of the classes, every one of them."""
    actual = {
        kind.__name__: None if kind is PortalLinkageError else kind.__bases__[0].__name__
        for kind in all_below(PortalLinkageError)
    }
    assert drawn() == actual
    assert issubclass(InvalidValue, ValueError)
    assert not issubclass(NotFound, LookupError)


def test_every_error_is_tested_here_and_part_of_the_public_face() -> None:
    """No error is raised that a host cannot name."""
    known = set(all_below(PortalLinkageError))
    assert {type(error) for error in EVERY} == known
    assert all(getattr(portal_linkage, kind.__name__) is kind for kind in known)


def test_every_error_has_a_code_of_its_own() -> None:
    """Hosts translate and count by codes: each is distinct, and the name of its class in words."""
    codes = {type(error).__name__: error.code for error in EVERY}
    assert len(set(codes.values())) == len(codes)
    for name, code in codes.items():
        assert code == "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


@pytest.mark.parametrize(("error", "sentence"), SENTENCES.items(), ids=lambda part: type(part).__name__)
def test_every_error_tells_itself_in_a_sentence(error: PortalLinkageError, sentence: str) -> None:
    """The sentence is built from the parts."""
    assert str(error) == sentence


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_travels_whole(error: PortalLinkageError) -> None:
    """Pickled or copied, it has its parts, its sentence and its code: job queues send errors home."""
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301 -- our own
        assert type(again) is type(error)
        assert attrs.astuple(again) == attrs.astuple(error)
        assert (str(again), repr(again), again.code) == (str(error), repr(error), error.code)


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_carries_plain_strings(error: PortalLinkageError) -> None:
    """Parts are texts (and one switch), so that they log and pickle anywhere."""
    assert all(isinstance(part, str | bool) for part in attrs.astuple(error))


@pytest.mark.parametrize(
    "kind",
    [kind for kind in all_below(NotFound) if kind is not NotFound] + [NothingToLink],
)
def test_an_id_that_is_an_address_stands_in_no_sentence(kind: type[PortalLinkageError]) -> None:
    """Hosts that use addresses as ids do not find them in their logs, but do find them in the parts."""
    names = list(inspect.signature(kind).parameters)
    error = kind(*[f"{number}{ADDRESS}" for number in range(len(names))])
    assert ADDRESS not in str(error)
    assert ADDRESS not in repr(error)
    assert str(error).split().count("(withheld)") == len(names)
    assert getattr(error, names[-1]) == f"{len(names) - 1}{ADDRESS}"


def test_errors_are_told_apart_by_identity() -> None:
    """Two errors that say the same are two errors, and each may be in a set."""
    assert FirmNotFound("acme") != FirmNotFound("acme")
    assert len({FirmNotFound("acme"), FirmNotFound("acme")}) == 2


def test_an_error_takes_a_note_and_a_cause() -> None:
    """They are exceptions like any other: Python may write on them."""
    error = StoreUnavailable("gone")
    error.add_note("seen at noon")
    error.__cause__ = OSError("disk")
    assert error.__notes__ == ["seen at noon"]
    assert Conflict("x").retryable is False
