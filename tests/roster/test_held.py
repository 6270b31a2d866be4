"""A roster change holds what it rests on until it is written, and keeps nobody else waiting."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from portal_linkage import EmailAddress, EntityId, LinkageService, RosterPlan
from portal_linkage.ports import Mailbox
from portal_linkage.testing import builders as b
from tests.service.world import STAFF, Overlaid, World

SMITH, TRUST, REALTY = b.SMITH, b.TRUST, b.REALTY
NEW = EntityId("2001")
LINKED = b.jane_at(1)


@pytest.fixture(autouse=True)
def persons(world: World, portal: LinkageService) -> None:
    """Jane is barred from one client and has no account; somebody else is linked to another, and a third to a third."""
    world.save(b.entity(NEW))
    portal.unlink(STAFF, world.jane(TRUST).user_id, TRUST)
    world.jane(SMITH, email=LINKED)
    world.jane(REALTY, email=b.jane_at(2))


def held_by(world: World, plan: RosterPlan) -> tuple[set[EmailAddress], set[EntityId]]:
    """Apply a plan by name: whose mailboxes it holds, and which entities."""
    emails, entity_ids = set[EmailAddress](), set[EntityId]()

    @contextmanager
    def transaction() -> Iterator[object]:
        with world.store.transaction() as tx:

            def lock_mailboxes(*asked: Any) -> Iterable[Mailbox]:  # noqa: ANN401 -- as the port has it
                held = tuple(tx.mailboxes.lock_many(*asked))
                emails.update(mailbox.email for mailbox in held)
                return held

            def lock_entities(*asked: Any, **of: Any) -> object:  # noqa: ANN401 -- as the port has it
                held = tuple(tx.entities.lock_many(*asked, **of))
                entity_ids.update(entity.entity_id for entity in held)
                return held

            yield Overlaid(
                tx,
                mailboxes=Overlaid(tx.mailboxes, lock_many=lock_mailboxes),
                entities=Overlaid(tx.entities, lock_many=lock_entities),
            )

    watched: Any = Overlaid(world.store, transaction=transaction)
    world.portal().using(watched).roster.apply(plan, confirmed=plan.plan_id)
    return emails, entity_ids


def test_a_merge_holds_whoever_is_linked_or_barred_at_either(world: World, portal: LinkageService) -> None:
    """Nobody lifts a bar while it goes over, though nobody who is barred need have an account (L7)."""
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    assert held_by(world, plan) == ({b.JANE, LINKED}, {TRUST, SMITH})


def test_late_bills_hold_the_whole_chain_that_they_follow(world: World, portal: LinkageService) -> None:
    """Nobody takes a merge between them back, and nobody is linked or unlinked."""
    for merged in ({TRUST: SMITH}, {SMITH: REALTY}):
        held_by(world, portal.roster.plan(b.ACME, [], merged=merged))
    plan = portal.roster.plan(b.ACME, [], merged={TRUST: SMITH})
    assert held_by(world, plan) == (set(), {TRUST, SMITH, REALTY})


def test_a_merge_that_is_told_again_holds_nobody(world: World, portal: LinkageService) -> None:
    """A feed tells of it for ever, beside what has changed."""
    held_by(world, portal.roster.plan(b.ACME, [], merged={TRUST: SMITH}))
    plan = portal.roster.plan(b.ACME, [b.entity(NEW, name="Renamed")], merged={TRUST: SMITH})
    assert held_by(world, plan) == (set(), {TRUST, SMITH, NEW})
