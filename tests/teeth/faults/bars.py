"""Unlinks that do not stand, or stand where there was none."""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import attrs
import pytest

from portal_linkage import (
    Arrival,
    Bar,
    ClaimRefused,
    EmailAddress,
    EntityId,
    EventKind,
    FirmUnlink,
    Link,
    PageRequest,
    StaffId,
    User,
)
from portal_linkage.adapters.memory import people
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.ports import Mailbox, Refusals
from portal_linkage.roster import _deciding
from portal_linkage.service import _persons, _staff
from portal_linkage.service._change import Change
from portal_linkage.testing.builders import NOON

from ..fault import answers, breaks, instead


@breaks("L7", "test_a_bar_is_found_as_it_was_left", "test_every_way_back_is_shut")
def forgets_a_bar(patch: pytest.MonkeyPatch) -> None:
    """A firm's unlink leaves nothing behind."""
    patch.setattr(people.Bars, "add_many", lambda *_: None)


@breaks("L7", "test_a_lifted_bar_is_gone", "test_bars_and_leavings_are_told_apart", by_machine=False)
def lifts_all_bars_with_one(patch: pytest.MonkeyPatch) -> None:
    """Whoever is let back to one entity is let back to all."""

    def remove(real: Callable[..., None], bars: people.Bars, mailbox: Mailbox, _: EntityId) -> None:
        for entity_id in bars.of(mailbox).barred:
            real(bars, mailbox, entity_id)

    instead(patch, people.Bars, "remove", remove)


@breaks("L7", "test_bars_outlive_the_user", "test_every_way_back_is_shut")
def forgets_bars_with_the_user(patch: pytest.MonkeyPatch) -> None:
    """Whoever is removed, and signs up again, has never been unlinked."""

    def remove(real: Callable[..., None], users: people.Users, *removed: User) -> None:
        bars, mailboxes = people.Bars(users._session), people.Mailboxes(users._session)
        for user in removed:
            mailbox = mailboxes.lock(user.firm_id, user.email)
            for entity_id in bars.of(mailbox).barred:
                bars.remove(mailbox, entity_id)
        real(users, *removed)

    instead(patch, people.Users, "remove", remove)


@breaks("L7", "test_every_way_back_is_shut", "test_a_barred_person_is_refused_until_the_firm_links", by_machine=False)
def lets_who_is_barred_arrive(patch: pytest.MonkeyPatch) -> None:
    """Being let into an entity's portal links it, bar or no bar."""

    def arrived(real: Callable[..., object], change: Change, mailbox: Mailbox, arrival: Arrival, _: Refusals) -> object:
        return real(change, mailbox, arrival, Refusals())

    instead(patch, _persons, "_arrived", arrived)


@breaks("L7", "test_every_way_back_is_shut", by_machine=False)
def lets_who_is_barred_prove(patch: pytest.MonkeyPatch) -> None:
    """A right proof links, bar or no bar."""
    instead(
        patch,
        Change,
        "proved",
        lambda real, *about, **_: real(*about[:4]),
    )


@breaks("L7", "test_every_way_back_is_shut", by_machine=False)
def links_who_is_barred_by_the_roster(patch: pytest.MonkeyPatch) -> None:
    """An address that appears in the roster is linked, bar or no bar."""
    answers(patch, _deciding, "_known", lambda known: attrs.evolve(known, barred={}))


@breaks("L7", "test_lifting_a_bar_links_nothing_and_lets_a_claim_link_again", by_machine=False)
def links_whose_bar_is_lifted(patch: pytest.MonkeyPatch) -> None:
    """Lifting a bar links at once."""

    def lift(
        real: Callable[..., Any], change: Change, staff_id: StaffId, email: EmailAddress, entity_id: EntityId
    ) -> Any:  # noqa: ANN401
        lifted = real(change, staff_id, email, entity_id)
        user = change.tx.users.find_by_email(change.firm_id, email)
        if user and entity_id in change.held(entity_id).active:
            _staff.link(change, staff_id, user.user_id, entity_id)
        return lifted

    instead(patch, _staff, "lift_bar", lift)


@breaks("L7", "test_a_firm_that_forgets_leaves_no_new_bar")
def bars_though_told_to_forget(patch: pytest.MonkeyPatch) -> None:
    """Whatever the policy says, an unlink leaves a bar."""

    def end(real: Callable[..., object], change: Change, *about: object) -> object:
        return real(attrs.evolve(change, policy=attrs.evolve(change.policy, firm_unlink=FirmUnlink.BARS)), *about)

    instead(patch, _staff, "_end", end)


@breaks("L7", "test_what_a_user_left_is_no_bar", "test_leaving_outlives_the_user", by_machine=False)
def takes_leaving_for_a_bar(patch: pytest.MonkeyPatch) -> None:
    """What a user left by themselves is as if the firm had unlinked it."""

    def remember(_: object, bars: people.Bars, mailbox: Mailbox, entity_id: EntityId) -> None:
        bar = Bar(firm_id=mailbox.firm_id, email=mailbox.email, entity_id=entity_id, since=NOON, by=StaffId("nobody"))
        bars.add_many(mailbox, [bar])

    instead(patch, people.Bars, "remember_leaving", remember)


@breaks("L7", "test_every_way_back_is_shut", by_machine=False)
def old_links_come_back(patch: pytest.MonkeyPatch) -> None:
    """Whoever signs up again has all their old links again."""
    ended: WeakKeyDictionary[Cabinet, list[tuple[str, Link]]] = WeakKeyDictionary()

    def remove(real: Callable[..., None], links: people.Links, removed: Sequence[Link]) -> None:
        for link in removed:
            cabinet = links._session.cabinet(link.firm_id)
            if user := cabinet.users.find(link.user_id):
                ended.setdefault(cabinet, []).append((user.email.key, link))
        real(links, removed)

    def add(real: Callable[..., None], users: people.Users, mailbox: Mailbox, user: User) -> None:
        real(users, mailbox, user)
        old = [link for key, link in ended.get(users._session.cabinet(user.firm_id), ()) if key == user.email.key]
        people.Links(users._session).add_many([(mailbox, attrs.evolve(one, user_id=user.user_id)) for one in old])

    instead(patch, people.Links, "remove_many", remove)
    instead(patch, people.Users, "add", add)


@breaks("L7", "test_lifting_a_bar_links_nothing_and_lets_a_claim_link_again", by_machine=False)
def never_hears_again_who_was_barred(patch: pytest.MonkeyPatch) -> None:
    """Whoever arrives where a bar was lifted is refused, as if it stood."""

    def arrived(
        real: Callable[..., object], change: Change, mailbox: Mailbox, arrival: Arrival, refusals: Refusals
    ) -> object:
        told = change.tx.journal.listing(change.firm_id, None, arrival.entity_id, PageRequest(500)).items
        lifted = any(event.kind is EventKind.BAR_LIFTED for event in told)
        return ClaimRefused() if lifted else real(change, mailbox, arrival, refusals)

    instead(patch, _persons, "_arrived", arrived)
