"""The exact orders of the design, as the service answers them."""

from datetime import date

import pytest

from portal_linkage import EntityId, Guest, InvoiceStatus, LinkageService, PageRequest, iterate
from portal_linkage.testing import builders as b

from .world import STAFF, VERIFIED, World, arrival, ids_of, signed_up, told, verified

GUEST = Guest(b.ACME, b.REALTY)
AWKWARD = ["", "-", "10", "9", "A", "B", "a", "b", "\u00e9", "\uff5e", "\U0001f600"]
"""In the order of their code points, which is neither that of UTF-16 nor of any language."""


@pytest.fixture
def backwards(portal: LinkageService) -> LinkageService:
    """The service; what a test stores, it stores in the wrong order."""
    return portal


def test_open_invoices_come_by_due_date_number_and_id(world: World, backwards: LinkageService) -> None:
    """Each by code point; the total, the issue date and the time of storing have no say."""
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 10)]
    rows = [
        b.invoice(f"i{ident}", due_on=day, number=f"n{number}", issued_on=date(2030, 1, 1 + position))
        for position, day in enumerate(days)
        for number in AWKWARD
        for ident in (f"{day}{number}", f"{day}{number}!")
    ]
    world.save(*reversed(rows))
    assert list(iterate(lambda page: backwards.invoices(GUEST, page=page), limit=7)) == rows


def test_paid_invoices_come_newest_issue_date_first_then_by_id(world: World, backwards: LinkageService) -> None:
    """The id ascends within a day."""
    rows = [
        b.invoice(f"{day}{mark}", issued_on=day, due_on=date(2026, 1, 1), status=InvoiceStatus.PAID)
        for day in (date(2026, 1, 10), date(2026, 1, 1), date(2025, 12, 31))
        for mark in AWKWARD
    ]
    world.save(*reversed(rows))
    viewer = world.jane(b.REALTY).viewer
    walked = iterate(lambda page: backwards.invoices(viewer, status=InvoiceStatus.PAID, page=page), limit=7)
    assert list(walked) == rows


def test_payments_come_newest_first_then_by_id(world: World, backwards: LinkageService) -> None:
    """To the microsecond, before 1970 and far in the future too."""
    moments = [b.NOON.replace(year=9999), b.at(1), b.NOON.replace(microsecond=1), b.NOON, b.NOON.replace(year=1)]
    rows = [b.payment(f"p{n}{mark}", paid_at=moment) for n, moment in enumerate(moments) for mark in AWKWARD]
    world.save(*reversed(rows))
    viewer = world.jane(b.REALTY).viewer
    assert list(iterate(lambda page: backwards.payments(viewer, page=page), limit=7)) == rows
    assert backwards.view(viewer).past_payments.items == tuple(rows[:50])


def test_late_fees_come_by_date_then_id(world: World, backwards: LinkageService) -> None:
    """Oldest first."""
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 10))
    rows = [b.late_fee(f"{day}{mark}", assessed_on=day) for day in days for mark in AWKWARD]
    world.save(*reversed(rows))
    assert list(iterate(lambda page: backwards.late_fees(GUEST, page=page), limit=7)) == rows


def test_users_come_by_name_then_id(world: World) -> None:
    """By the search key of the name: case does not count, accents do, by code point."""
    names = ["", "Ada", "ADA", "ada b", "Adá", "Zoe", "\u00c9va", "\u00e9va", "\uff5e", "\U0001f600"]
    for position, name in enumerate(reversed(names)):
        world.jane(b.REALTY, email=b.jane_at(position), name=name)
    rows = list(iterate(lambda page: world.portal().portal_users(STAFF, page=page), limit=3))
    assert [row.user.name for row in rows] == [
        "",
        "ADA",
        "Ada",
        "ada b",
        "Adá",
        "Zoe",
        "\u00e9va",
        "\u00c9va",
        *names[-2:],
    ]
    assert [row.user.user_id for row in rows[1:3]] == ["u8", "u9"]


def test_entities_come_in_link_order_and_never_by_the_clock(world: World) -> None:
    """The order in which changes were made, though the clock went backwards; within one change, its own order."""
    portal = world.portal()
    world.save(b.entity("2001"), b.entity("1999"))
    user_id = signed_up(portal.sign_up(b.ACME, VERIFIED, name="J", claim=arrival(b.TRUST))).user.user_id
    for entity_id in ("2001", "1999"):
        world.clock.advance(days=-1)
        portal.link(STAFF, user_id, EntityId(entity_id))
    expected = [b.TRUST, b.SMITH, b.REALTY, "2001", "1999"]
    row = portal.portal_users(STAFF).items[0]
    assert [entity.entity_id for entity in row.entities] == expected
    assert [one.entity_id for one in portal.entities(row.user.viewer).items] == expected
    walked = iterate(lambda page: portal.entities(row.user.viewer, page=page), limit=2)
    assert [one.entity_id for one in walked] == expected
    assert ids_of(portal.sign_up(b.ACME, VERIFIED, name="J")) == expected
    portal.unlink(STAFF, user_id, b.SMITH)
    portal.link(STAFF, user_id, b.SMITH)
    assert [one.entity_id for one in portal.entities(row.user.viewer).items] == [
        b.TRUST,
        b.REALTY,
        "2001",
        "1999",
        b.SMITH,
    ]


def test_the_journal_comes_oldest_first_and_never_by_the_clock(world: World) -> None:
    """In the order in which it is delivered; one change keeps its inner order."""
    portal = world.portal()
    world.jane(b.REALTY)
    world.clock.advance(days=-1)
    other = world.jane(b.SMITH, email=b.jane_at(1))
    world.clock.advance(days=-1)
    portal.remove_user(STAFF, other.user_id)
    everything = told(portal.journal(STAFF).items)
    assert everything == [
        ("signed_up", None, None),
        ("linked", b.REALTY, "arrival"),
        ("ground_added", b.REALTY, "contact_listing"),
        ("signed_up", None, None),
        ("linked", b.SMITH, "arrival"),
        ("unlinked", b.SMITH, None),
        ("user_removed", None, None),
    ]
    assert told(iterate(lambda page: portal.journal(STAFF, page=page), limit=2)) == everything
    assert told(portal.changes(b.ACME).items) == everything


def test_bars_come_by_date_then_entity(world: World) -> None:
    """Of one moment, by the entity's id by code point, then always in the same order."""
    portal = world.portal()
    entity_ids = [mark + "e" for mark in AWKWARD]
    world.save(*(b.entity(entity_id) for entity_id in entity_ids))
    one, other = world.jane(*entity_ids), world.jane("-e", "9e", email=verified(b.jane_at(1)).email)
    portal.remove_user(STAFF, other.user_id)
    portal.remove_user(STAFF, one.user_id)
    listed = list(iterate(lambda page: portal.bars(STAFF, page=PageRequest(2, page.after))))
    assert [bar.entity_id for bar in listed] == sorted([*entity_ids, "-e", "9e"])
    assert listed == list(portal.bars(STAFF, page=PageRequest(500)).items)
