"""Ids are compared by code point: those that look alike are apart, and nothing else tells which comes first."""

from collections.abc import Iterable
from typing import Any, Final

from ...domain.entities import InvoiceStatus
from ...domain.values import EntityId, PageRequest, UserId
from ...domain.viewers import LinkedTo, Only
from ...ports import Refusals, Snapshot, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    SMITH,
    TRUST,
    bar,
    entity,
    invoice,
    jane_at,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    user,
)
from ..promises import Promises

ALIKE: Final = [
    EntityId(one)
    for one in (
        "B-4",
        "b-4",
        "B-4 ",
        " B-4",
        "B-4\N{ZERO WIDTH SPACE}",
        "\N{CYRILLIC CAPITAL LETTER VE}-4",
        "\N{FULLWIDTH LATIN CAPITAL LETTER B}-4",
        "\N{LATIN SMALL LETTER E WITH ACUTE}",
        "e\N{COMBINING ACUTE ACCENT}",
        "e",
        "stra\N{LATIN SMALL LETTER SHARP S}e",
        "strasse",
        "04",
        "4",
    )
]
"""Ids that one collation or another takes for the same."""
LATE: Final = tuple(map(EntityId, ("\N{REPLACEMENT CHARACTER}", "\N{GRINNING FACE}")))
"""The order of code points; where texts are of 16 bits, it is the other way round."""
PAGE: Final = PageRequest()
INTO: Final = {one: EntityId(f"to-{number}") for number, one in enumerate(ALIKE)}


def refused(*entity_ids: EntityId) -> Refusals:
    """Barred from all of these, and having left them."""
    return Refusals(barred=frozenset(entity_ids), left=frozenset(entity_ids))


def refuse(tx: Transaction, *entity_ids: EntityId) -> None:
    """Let Jane be barred from all of these, and have left them."""
    leave_bars(tx, *map(bar, entity_ids))
    for one in entity_ids:
        tx.bars.remember_leaving(tx.mailboxes.lock(ACME, JANE), one)


def forgive(tx: Transaction, entity_id: EntityId) -> None:
    """Let her be refused one of them no longer."""
    mailbox = tx.mailboxes.lock(ACME, JANE)
    tx.bars.remove(mailbox, entity_id)
    tx.bars.forget_leaving(mailbox, entity_id)


def check_refused(tx: Transaction, *entity_ids: EntityId) -> None:
    """She is refused these of all that look alike, and no other."""
    mailbox = tx.mailboxes.lock(ACME, JANE)
    assert tx.bars.of(mailbox) == refused(*entity_ids)
    for one in ALIKE:
        hers = {one} & {*entity_ids}
        assert tx.bars.of(mailbox, one) == refused(*hers)
        assert tx.bars.find(ACME, JANE, one) == (bar(one) if hers else None)
        assert tx.bars.touching(ACME, [one]) == ({JANE.key: refused(one)} if hers else {})


def keep_late(tx: Transaction) -> None:
    """Let there be two of everything, alike in all but their ids; the one that is late comes first."""
    tx.entities.save_many([entity(SMITH), entity(TRUST)])
    for number, one in enumerate(reversed(LATE)):
        tx.entities.save(entity(one, JANE, name="n", client_number="1"))
        sign_up(tx, user(one, jane_at(number), name="n"), *reversed(LATE))
        leave_bars(tx, bar(one))
        tx.invoices.save_many([invoice(one, SMITH, number="1"), invoice(str(number), TRUST, number=one)])
        tx.invoices.save(invoice(f"{one}-paid", SMITH, status=InvoiceStatus.PAID))
        tx.late_fees.save(late_fee(one, SMITH))
        tx.payments.save(payment(one, SMITH))
    tx.entities.keep_numbers([entity(one, client_number="7") for one in LATE])


def bills_in_order(snapshot: Snapshot) -> dict[str, list[str]]:
    """How bills come that are alike but for one text."""
    visit = Only(ACME, SMITH)
    opened, paid = (
        snapshot.invoices.in_scope(visit, one, PAGE).items for one in (InvoiceStatus.OPEN, InvoiceStatus.PAID)
    )
    numbered = snapshot.invoices.in_scope(Only(ACME, TRUST), InvoiceStatus.OPEN, PAGE).items
    return {
        "open invoices": [one.invoice_id for one in opened],
        "open invoices by number": [one.number for one in numbered],
        "paid invoices": [one.invoice_id.removesuffix("-paid") for one in paid],
        "late fees": [one.fee_id for one in snapshot.late_fees.in_scope(visit, PAGE).items],
        "payments": [one.payment_id for one in snapshot.payments.in_scope(visit, PAGE).items],
    }


def others_in_order(tx: Transaction) -> dict[str, list[str]]:
    """How everything else comes that is alike but for its id."""
    entities: dict[str, Iterable[Any]] = {
        "roster": tx.entities.roster(ACME, LATE),
        "lock_many": tx.entities.lock_many(ACME, LATE),
        "listing": tx.entities.listing(ACME, JANE),
        "numbered": tx.entities.numbered(ACME, ["1"]),
        "formerly": tx.entities.formerly(ACME, "7"),
        "suggest": tx.entities.suggest(ACME, "1", None, 2),
        "bars": tx.bars.listing(ACME, None, PAGE).items,
        "bars of one address": tx.bars.listing(ACME, JANE, PAGE).items,
        "links": tx.links.touching(ACME, LATE)[:2],
    }
    users = [row.user.user_id for row in tx.users.search(ACME, "", None, PAGE).items]
    links = [one.user_id for one in tx.links.touching(ACME, LATE[:1])]
    return {
        "users": [*users],
        "users of links": [*links],
        **{name: [one.entity_id for one in found] for name, found in entities.items()},
    }


class CodePointPromises(Promises):
    """Ids are compared by code point: those that look alike are apart, and nothing else tells which comes first."""

    law = "L15"

    def test_links_to_what_looks_alike_are_apart(self, store: Store) -> None:
        """L4: of entities whose ids some collation takes for one, each is linked, shown and unlinked by itself."""
        with store.transaction() as tx:
            tx.entities.save_many(map(entity, ALIKE))
            sign_up(tx, user(), *ALIKE)
        for number, one in enumerate(ALIKE):
            with store.transaction() as tx:
                left = ALIKE[number:]
                assert [each.entity_id for each in tx.links.listing(ACME, JANE_ID)] == left
                for each in ALIKE:
                    there = each in left
                    assert tx.links.find(ACME, JANE_ID, each) == (link(each) if there else None)
                    assert tx.links.touching(ACME, [each]) == ((link(each),) if there else ())
                    shown = tx.entities.in_scope(LinkedTo(ACME, JANE_ID, each), PAGE).items
                    assert shown == ((entity(each),) if there else ())
                tx.links.remove_many([link(one)])

    def test_refusals_of_what_looks_alike_are_apart(self, store: Store) -> None:
        """L7: of entities whose ids some collation takes for one, each is refused and forgiven by itself."""
        with store.transaction() as tx:
            for one in ALIKE:
                refuse(tx, one)
                check_refused(tx, one)
                forgive(tx, one)
        with store.transaction() as tx:
            refuse(tx, *ALIKE)
            check_refused(tx, *ALIKE)
            forgive(tx, ALIKE[0])
            check_refused(tx, *ALIKE[1:])

    def test_merges_of_what_looks_alike_are_apart(self, store: Store) -> None:
        """L13: of entities whose ids some collation takes for one, each is merged and parted by itself."""
        with store.transaction() as tx:
            tx.entities.transfer(ACME, INTO)
        with store.transaction() as tx:
            assert tx.entities.merged(ACME, ALIKE) == INTO
            assert [tx.entities.merged(ACME, [one]) for one in ALIKE] == [{one: INTO[one]} for one in ALIKE]
            tx.entities.part(ACME, ALIKE[:1])
            assert tx.entities.merged(ACME, ALIKE) == {one: INTO[one] for one in ALIKE[1:]}

    def test_users_whose_ids_look_alike_are_apart(self, store: Store) -> None:
        """L4: of users whose ids some collation takes for one, each is found, shown what is theirs, and removed."""
        people = [user(one, jane_at(number)) for number, one in enumerate(ALIKE)]
        with store.transaction() as tx:
            tx.entities.save_many(map(entity, ALIKE))
            for one, person in zip(ALIKE, people, strict=True):
                sign_up(tx, person, one)
        with store.transaction() as tx:
            for one, person in zip(ALIKE, people, strict=True):
                scope = LinkedTo(ACME, UserId(one))
                assert [each.entity_id for each in tx.entities.in_scope(scope, PAGE).items] == [one]
                assert tx.users.some(ACME, [person.user_id]) == {person.user_id: person}
            tx.links.remove_many([link(ALIKE[0], ALIKE[0])])
            tx.users.remove(people[0])
            assert [tx.users.find(ACME, UserId(one)) for one in ALIKE] == [None, *people[1:]]

    def test_what_is_alike_comes_by_code_point(self, store: Store) -> None:
        """Of two that nothing but a text tells apart, the one comes first whose code points come first."""
        with store.transaction() as tx:
            keep_late(tx)
        with store.transaction() as tx:
            found = {**bills_in_order(tx), **others_in_order(tx)}
        assert found == {name: [*LATE] for name in found}
