"""Accounts that should not be, or are not what they should be."""

from collections.abc import Callable
from typing import Any, cast
from weakref import WeakKeyDictionary

import attrs
import pytest

from portal_linkage import (
    AutoLink,
    EmailAddress,
    FirmId,
    LinkageService,
    NothingToLink,
    SignedUp,
    User,
    UserId,
    VerifiedEmail,
)
from portal_linkage.adapters.memory import clients, people
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.domain import rules
from portal_linkage.service import _persons
from portal_linkage.service._change import Change
from portal_linkage.testing.builders import NOON

from ..fault import answers, breaks, instead


@breaks("L1", "test_an_address_that_nobody_attests_signs_nobody_up", by_machine=False)
def vouches_for_whatever_it_is_given(patch: pytest.MonkeyPatch) -> None:
    """An address that the host has only read signs its owner up."""

    def sign_up(
        real: Callable[..., object],
        portal: LinkageService,
        firm_id: FirmId,
        email: VerifiedEmail | EmailAddress | str,
        **more: object,
    ) -> object:
        verified = email if isinstance(email, VerifiedEmail) else VerifiedEmail.attest(email, via="somebody said so")
        return real(portal, firm_id, verified, **more)

    instead(patch, LinkageService, "sign_up", sign_up)


@breaks("L1", "test_an_attested_address_cannot_be_constructed", by_machine=False)
def lets_anybody_attest(patch: pytest.MonkeyPatch) -> None:
    """Whoever calls the class has a verified address."""
    patch.setattr(VerifiedEmail, "__init__", lambda _: None)


@breaks("L1", "test_an_address_that_never_signed_up_has_no_account")
def gives_the_listed_an_account(patch: pytest.MonkeyPatch) -> None:
    """Whoever is listed by an entity has signed up, it says."""

    def find(
        real: Callable[..., User | None], users: people.Users, firm_id: FirmId, email: EmailAddress
    ) -> User | None:
        listed = User(firm_id=firm_id, user_id=UserId("listed"), email=email, name="", signed_up_at=NOON)
        is_listed = users._session.cabinet(firm_id).contacts.listing(email.key)
        return real(users, firm_id, email) or (listed if is_listed else None)

    instead(patch, people.Users, "find_by_email", find)


@breaks(
    "L2",
    "test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address",
    "test_a_sign_up_links_in_client_number_order",
)
def drops_one_automatic_link(patch: pytest.MonkeyPatch) -> None:
    """The last of several entities is not linked."""
    answers(patch, rules, "sign_up", lambda links: links[:-1] or links)


@breaks(
    "L2",
    "test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address",
    "test_an_address_is_listed_by_entities_in_client_number_order",
)
def lists_by_id(patch: pytest.MonkeyPatch) -> None:
    """The entities that list an address come by id, and not by client number."""
    patch.setattr(clients, "_by_number", lambda entity: entity.entity_id)


@breaks(
    "L2",
    "test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address",
    "test_an_inactive_entity_lists_nobody",
)
def lists_with_inactive_entities(patch: pytest.MonkeyPatch) -> None:
    """An entity that is inactive lists addresses, too."""

    def listing(_: object, entities: clients.Entities, firm_id: FirmId, email: EmailAddress) -> object:
        cabinet = entities._session.cabinet(firm_id)
        found = map(cabinet.entities.at, cabinet.contacts.listing(email.key))
        return tuple(attrs.evolve(one, contacts=()) for one in sorted(found, key=clients._by_number))

    instead(patch, clients.Entities, "listing", listing)


@breaks("L2", "test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address")
def links_the_claimed_entity_last(patch: pytest.MonkeyPatch) -> None:
    """The entity in whose portal the visitor is comes after those that list the address."""
    answers(patch, rules, "sign_up", lambda links: (*links[1:], *links[:1]))


@breaks("L2", "test_a_first_sign_up_links_the_claimed_entity_and_all_that_list_the_address")
def links_though_told_not_to(patch: pytest.MonkeyPatch) -> None:
    """Whatever the policy says, listed entities are linked at sign-up."""

    def sign_up(real: Callable[..., object], user: User, **known: Any) -> object:  # noqa: ANN401 -- whatever is known
        policy = attrs.evolve(known.pop("policy"), auto_link=AutoLink.AT_SIGN_UP)
        return real(user, policy=policy, **known)

    instead(patch, rules, "sign_up", sign_up)


@breaks("L2", "test_what_a_user_left_comes_back_by_their_own_claim_or_the_firm_alone", by_machine=False)
def links_what_was_left(patch: pytest.MonkeyPatch) -> None:
    """What somebody left by themselves is linked again when they sign up again."""
    instead(patch, rules, "sign_up", lambda real, user, **known: real(user, **{**known, "left": ()}))


@breaks(
    "L3",
    "test_the_last_unlink_removes_the_user_and_not_a_link_earlier",
    "test_everyone_listed_holds_a_link_and_everyone_with_a_link_is_listed",
)
def leaves_a_ghost_user(patch: pytest.MonkeyPatch) -> None:
    """After the last unlink the user is still there."""
    patch.setattr(people.Links, "any_of", lambda *_: True)


@breaks("L3", "test_the_last_unlink_removes_the_user_and_not_a_link_earlier", by_machine=False)
def removes_a_user_too_early(patch: pytest.MonkeyPatch) -> None:
    """The last link but one removes the user."""
    patch.setattr(
        people.Links,
        "any_of",
        lambda links, firm_id, user_id: len(links._session.cabinet(firm_id).links.of(user_id)) > 1,
    )


@breaks("L3", "test_no_user_id_is_ever_given_twice", by_machine=False)
def gives_an_id_twice(patch: pytest.MonkeyPatch) -> None:
    """Whoever signs up again is the user they were before."""
    given: WeakKeyDictionary[Cabinet, dict[str, str]] = WeakKeyDictionary()

    def sign_up(
        real: Callable[..., object],
        change: Change,
        email: EmailAddress,
        name: str,
        claim: object,
        new_id: Callable[[], str],
    ) -> object:
        known = given.setdefault(cast("people.Users", change.tx.users)._session.cabinet(change.firm_id), {})
        return real(change, email, name, claim, lambda: known.setdefault(email.key, new_id()))

    instead(patch, _persons, "sign_up", sign_up)


@breaks("L3", "test_everyone_listed_holds_a_link_and_everyone_with_a_link_is_listed")
def signs_up_who_has_nothing_to_link(patch: pytest.MonkeyPatch) -> None:
    """Who is let into no portal and listed by nobody has an account all the same."""

    def sign_up(
        real: Callable[..., object],
        change: Change,
        email: EmailAddress,
        name: str,
        claim: object,
        new_id: Callable[[], str],
    ) -> object:
        try:
            return real(change, email, name, claim, new_id)
        except NothingToLink:
            mailbox = change.tx.mailboxes.lock(change.firm_id, email)
            user = User(
                firm_id=change.firm_id, user_id=UserId(new_id()), email=email, name=name, signed_up_at=change.at
            )
            change.tx.users.add(mailbox, user)
            return SignedUp(user, ())

    instead(patch, _persons, "sign_up", sign_up)


@breaks("L2", "test_what_a_user_left_comes_back_by_their_own_claim_or_the_firm_alone", by_machine=False)
def keeps_away_what_was_left(patch: pytest.MonkeyPatch) -> None:
    """What somebody left by themselves does not even come back by their own arrival when they sign up again."""
    instead(
        patch,
        rules,
        "sign_up",
        lambda real, user, **known: tuple(link for link in real(user, **known) if link.entity_id not in known["left"]),
    )
