"""The switches."""

import pickle
from datetime import timedelta
from enum import StrEnum
from typing import Any

import attrs
import pytest

from portal_linkage import (
    ArrivalRule,
    AutoLink,
    ContactRemoved,
    FirmId,
    FirmUnlink,
    InvalidValue,
    LinkagePolicy,
    SelfUnlink,
)
from portal_linkage.domain.policy import policy_for

SWITCHES: dict[str, type[StrEnum]] = {
    "auto_link": AutoLink,
    "contact_removed": ContactRemoved,
    "arrival": ArrivalRule,
    "firm_unlink": FirmUnlink,
    "self_unlink": SelfUnlink,
}


def with_switch(name: str, value: object) -> LinkagePolicy:
    """The default policy with another value of one switch."""
    switches: dict[str, Any] = {name: value}
    return LinkagePolicy(**switches)


def test_every_switch_is_by_default_the_first_of_the_design() -> None:
    """What the help pages of this field promise."""
    assert LinkagePolicy() == LinkagePolicy(
        auto_link=AutoLink.AT_SIGN_UP,
        contact_removed=ContactRemoved.KEEP,
        arrival=ArrivalRule.LINK,
        firm_unlink=FirmUnlink.BARS,
        self_unlink=SelfUnlink.FORBIDDEN,
        attempts=5,
        attempt_window=timedelta(minutes=10),
    )
    assert set(SWITCHES) | {"attempts", "attempt_window"} == {field.name for field in attrs.fields(LinkagePolicy)}


@pytest.mark.parametrize(("name", "kind"), SWITCHES.items())
def test_a_switch_takes_its_own_words_alone(name: str, kind: type[StrEnum]) -> None:
    """The plain word is a mistake in the program: a typo in it would silently be another policy."""
    for value in kind:
        policy = with_switch(name, value)
        assert getattr(policy, name) is value
        assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 -- our own
        with pytest.raises(TypeError, match=f"{name} must be {kind.__name__}, not str"):
            with_switch(name, str(value.value))
    with pytest.raises(TypeError, match=f"{name} must be {kind.__name__}, not NoneType"):
        with_switch(name, None)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("attempts", 0, "must be at least 1"),
        ("attempts", -5, "must be at least 1"),
        ("attempt_window", timedelta(), "must be longer than nothing"),
        ("attempt_window", timedelta(minutes=-1), "must be longer than nothing"),
        ("attempt_window", timedelta(days=36_526), "must be at most 100 years"),
        ("attempt_window", timedelta.max, "must be at most 100 years"),
    ],
)
def test_a_limit_that_limits_nothing_is_refused(name: str, value: object, reason: str) -> None:
    """At least one attempt, in some time that a calendar knows."""
    with pytest.raises(InvalidValue) as refused:
        with_switch(name, value)
    assert (refused.value.field, refused.value.reason) == (name, reason)


def test_a_window_may_be_as_long_as_a_hundred_years() -> None:
    """To the day."""
    assert LinkagePolicy(attempt_window=timedelta(days=36_525)).attempt_window.days == 36_525


@pytest.mark.parametrize(("name", "value"), [("attempts", True), ("attempts", 5.0), ("attempt_window", 600)])
def test_a_limit_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    """Ten minutes are a timedelta, five is an int."""
    with pytest.raises(TypeError, match=name):
        with_switch(name, value)


def test_each_firm_may_have_its_own_policy() -> None:
    """A service takes one policy, or a function that knows each firm's."""
    strict = LinkagePolicy(auto_link=AutoLink.OFF)
    assert policy_for(strict, FirmId("acme")) is strict
    policies = {FirmId("acme"): strict}
    assert policy_for(lambda firm_id: policies.get(firm_id, LinkagePolicy()), FirmId("acme")) is strict
    assert policy_for(lambda firm_id: policies.get(firm_id, LinkagePolicy()), FirmId("other")) == LinkagePolicy()


def test_a_firm_without_a_policy_is_a_mistake_in_the_program() -> None:
    """No default is taken in its place."""
    policies: dict[str, Any] = {}
    with pytest.raises(TypeError, match=r"^policy must be LinkagePolicy, not NoneType$"):
        policy_for(policies.get, FirmId("acme"))  # type: ignore[arg-type]
