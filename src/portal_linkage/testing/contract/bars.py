"""The bars, and what users left by themselves."""

from datetime import timedelta

import attrs

from ...domain.entities import Bar
from ...domain.values import EmailAddress, PageRequest, StaffId
from ...ports import Store
from ..builders import ACME, JANE, OTHER_FIRM, REALTY, SMITH, TRUST, at, bar, jane_at, leave_bars, sign_up, user, walk
from ..promises import Promises


def listed(store: Store, email: EmailAddress | None = None) -> tuple[Bar, ...]:
    """All bars of the firm, or of one address."""
    with store.snapshot() as snapshot:
        return snapshot.bars.listing(ACME, email, PageRequest()).items


class BarPromises(Promises):
    """The bars, and what users left by themselves: what `BarRepository` promises."""

    law = "L7"

    def test_a_bar_is_found_as_it_was_left(self, store: Store) -> None:
        """A bar is found by address and entity, with its time and who left it."""
        with store.transaction() as tx:
            leave_bars(tx, bar(since=at(0.000001)))
        with store.snapshot() as snapshot:
            assert snapshot.bars.find(ACME, EmailAddress.parse("JANE.smith@example.com"), REALTY) == bar(
                since=at(0.000001)
            )

    def test_no_bar_is_found_where_there_is_none(self, store: Store) -> None:
        """Another entity, another address and another firm are not barred."""
        with store.transaction() as tx:
            leave_bars(tx, bar())
            tx.mailboxes.lock(ACME, jane_at(1))
        with store.snapshot() as snapshot:
            places = (
                (ACME, JANE, SMITH),
                (ACME, jane_at(1), REALTY),
                (ACME, jane_at(2), REALTY),
                (OTHER_FIRM, JANE, REALTY),
            )
            assert [snapshot.bars.find(*place) for place in places] == [None] * 4

    def test_bars_are_listed_oldest_first(self, store: Store) -> None:
        """A firm's bars come by time, then entity, whoever is barred."""
        first, second, third = bar(TRUST, since=at(1)), bar(SMITH, jane_at(1), at(2)), bar(TRUST, jane_at(2), at(2))
        with store.transaction() as tx:
            leave_bars(tx, third, second, first)
        assert listed(store) == (first, second, third)

    def test_bars_are_ordered_to_the_microsecond(self, store: Store) -> None:
        """Of two bars of almost one time the older comes first, whatever their entities."""
        older, younger = (
            bar(one, since=at(0) + timedelta(microseconds=late)) for one, late in ((TRUST, 1), (SMITH, 2))
        )
        with store.transaction() as tx:
            leave_bars(tx, younger, older)
        assert listed(store) == listed(store, JANE) == (older, younger)

    def test_bars_of_one_time_and_entity_come_by_mailbox(self, store: Store) -> None:
        """What nothing else orders is ordered by the mailboxes' ids."""
        emails = [jane_at(number) for number in range(6)]
        with store.transaction() as tx:
            leave_bars(tx, *(bar(email=email) for email in emails))
            ids = {tx.mailboxes.lock(ACME, email).mailbox_id: email for email in emails}
        assert [one.email for one in listed(store)] == [ids[mailbox_id] for mailbox_id in sorted(ids)]

    def test_bars_of_one_address_are_listed(self, store: Store) -> None:
        """With an address, its bars alone come, in the same order."""
        mine = bar(SMITH, since=at(1)), bar(REALTY, since=at(2)), bar(TRUST, since=at(2))
        with store.transaction() as tx:
            leave_bars(tx, *mine[::-1], bar(SMITH, jane_at(1)))
        assert listed(store, EmailAddress.parse("Jane.Smith@Example.com")) == (mine[0], mine[2], mine[1])

    def test_an_address_without_bars_has_none_to_list(self, store: Store) -> None:
        """Neither an unknown address nor one with a mailbox alone has bars."""
        with store.transaction() as tx:
            leave_bars(tx, bar())
            tx.mailboxes.lock(ACME, jane_at(1))
        assert (listed(store, jane_at(1)), listed(store, jane_at(2))) == ((), ())

    def test_bars_of_one_address_go_page_by_page(self, store: Store) -> None:
        """The pages of one address's bars, one after the other, are the whole."""
        mine = [bar(str(number), since=at(number % 3)) for number in range(7)]
        with store.transaction() as tx:
            leave_bars(tx, *mine, bar(SMITH, jane_at(1)))
        with store.snapshot() as snapshot:
            pages = list(walk(lambda page: snapshot.bars.listing(ACME, JANE, page), 3))
        assert [len(page) for page in pages] == [3, 3, 1]
        assert [one for page in pages for one in page] == sorted(mine, key=lambda one: (one.since, one.entity_id))

    def test_a_bar_that_stands_is_kept_as_it_is(self, store: Store) -> None:
        """Barring again what is barred changes neither time nor author."""
        with store.transaction() as tx:
            leave_bars(tx, bar(since=at(1)))
        with store.transaction() as tx:
            leave_bars(tx, attrs.evolve(bar(since=at(2)), by=StaffId("staff-2")))
        assert listed(store) == (bar(since=at(1)),)

    def test_new_bars_come_beside_one_that_stands(self, store: Store) -> None:
        """Of several bars left at once, those that are new are kept although another one stands."""
        with store.transaction() as tx:
            leave_bars(tx, bar(SMITH))
        with store.transaction() as tx:
            tx.bars.add_many(tx.mailboxes.lock(ACME, JANE), [bar(SMITH, since=at(5)), bar(TRUST, since=at(5))])
        assert listed(store) == (bar(SMITH), bar(TRUST, since=at(5)))

    def test_no_bars_can_be_left(self, store: Store) -> None:
        """Leaving no bars leaves none."""
        with store.transaction() as tx:
            tx.bars.add_many(tx.mailboxes.lock(ACME, JANE), [])
        assert listed(store) == ()

    def test_a_lifted_bar_is_gone(self, store: Store) -> None:
        """A bar lifted is found by nothing; the others of the address stand."""
        with store.transaction() as tx:
            leave_bars(tx, bar(REALTY), bar(SMITH))
        with store.transaction() as tx:
            tx.bars.remove(tx.mailboxes.lock(ACME, JANE), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.bars.find(ACME, JANE, REALTY) is None
            assert snapshot.bars.touching(ACME, [REALTY]) == {}
        assert listed(store) == listed(store, JANE) == (bar(SMITH),)

    def test_lifting_what_is_not_barred_changes_nothing(self, store: Store) -> None:
        """Where there is no bar there is nothing to lift."""
        with store.transaction() as tx:
            leave_bars(tx, bar(SMITH))
            tx.bars.remove(tx.mailboxes.lock(ACME, JANE), REALTY)
            tx.bars.remove(tx.mailboxes.lock(ACME, jane_at(1)), SMITH)
        assert listed(store) == (bar(SMITH),)

    def test_a_bar_lifted_and_left_again_is_the_new_one(self, store: Store) -> None:
        """A bar that comes again has the time it came again."""
        with store.transaction() as tx:
            leave_bars(tx, bar(since=at(1)))
            tx.bars.remove(tx.mailboxes.lock(ACME, JANE), REALTY)
            leave_bars(tx, bar(since=at(2)))
        assert listed(store) == (bar(since=at(2)),)

    def test_bars_outlive_the_user(self, store: Store) -> None:
        """A bar stands although its user is gone, and although the address signs up again."""
        with store.transaction() as tx:
            sign_up(tx, user())
            leave_bars(tx, bar())
            tx.users.remove(user())
        with store.transaction() as tx:
            assert tx.bars.of(tx.mailboxes.lock(ACME, JANE)).barred == {REALTY}
            sign_up(tx, user("jane-again"))
            assert tx.bars.find(ACME, JANE, REALTY) == bar()

    def test_a_bar_is_spelled_as_its_mailbox(self, store: Store) -> None:
        """An address is kept in one place: a bar shows it as the one who signed up last wrote it."""
        with store.transaction() as tx:
            leave_bars(tx, bar(email=EmailAddress.parse("JANE.SMITH@EXAMPLE.COM")))
            sign_up(tx, user(email=EmailAddress.parse("Jane.Smith@example.com")))
        with store.snapshot() as snapshot:
            found = snapshot.bars.find(ACME, JANE, REALTY)
        assert found is not None
        assert [str(one.email) for one in (found, *listed(store), *listed(store, JANE))] == [
            "Jane.Smith@example.com"
        ] * 3
