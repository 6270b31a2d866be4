"""The example of the README, as the type checkers must see it. It is checked, never run."""

from collections.abc import Mapping
from typing import assert_never, assert_type

from portal_linkage import (
    AlreadySignedUp,
    Arrival,
    ClaimRefused,
    ClientEntity,
    EntityId,
    FirmId,
    LateFee,
    Link,
    LinkagePolicy,
    LinkageService,
    Money,
    Page,
    Payment,
    PortalUser,
    SignedUp,
    TooManyAttempts,
    User,
    VerifiedEmail,
)
from portal_linkage.adapters.sql import SqlStore

store = SqlStore.open("sqlite:///portal.db")
portal = LinkageService(store, policy=LinkagePolicy())

acme = FirmId("acme")
jane = VerifiedEmail.attest("jane.smith@example.com", via="one-click invoice e-mail")
arrival = Arrival.attest(EntityId("1003"), via="one-click invoice e-mail")
answer = portal.sign_up(acme, jane, name="Jane Smith", claim=arrival)
assert_type(answer, SignedUp | AlreadySignedUp | ClaimRefused | TooManyAttempts)

match answer:
    case SignedUp(user, links) | AlreadySignedUp(user, links):
        assert_type(user, User)
        assert_type(links, tuple[Link, ...])
        assert_type([link.entity_id for link in links], list[EntityId])
        assert_type(user.viewer, PortalUser)
        page = portal.view(user.viewer)
        assert_type(page.entities, Page[ClientEntity])
        assert_type(page.late_fees, Page[LateFee])
        assert_type(page.past_payments, Page[Payment])
        assert_type(page.past_payments.items, tuple[Payment, ...])
        assert_type(page.labels, Mapping[EntityId, str])
        assert_type(page.amount_due, Mapping[str, Money])
        assert_type(page.amount_due["USD"], Money)
        assert_type(page.late_fees_due, Mapping[str, Money])
        print(page.amount_due["USD"], page.late_fees_due, page.past_payments.items)
    case ClaimRefused() | TooManyAttempts():
        print("not this time")
    case _ as unforeseen:
        assert_never(unforeseen)
