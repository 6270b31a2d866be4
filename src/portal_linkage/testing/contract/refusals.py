"""What a mailbox is refused: bars of the firm's, and what the person left."""

from ...domain.values import EmailAddress, EntityId, FirmId, PageRequest
from ...ports import Refusals, Store
from ..builders import ACME, JANE, OTHER_FIRM, REALTY, SMITH, TRUST, bar, jane_at, leave_bars, sign_up, user
from ..promises import Promises

NOTHING = Refusals()


class RefusalPromises(Promises):
    """What a mailbox is refused: bars of the firm's, and what the person left. What `BarRepository` promises."""

    law = "L7"

    def test_a_mailbox_is_refused_nothing_at_first(self, store: Store) -> None:
        """A new mailbox is neither barred nor has it left anything."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            assert tx.bars.of(mailbox) == tx.bars.of(mailbox, REALTY) == NOTHING

    def test_a_mailbox_is_told_all_that_it_is_refused(self, store: Store) -> None:
        """Bars and leavings of a mailbox come together and apart, nobody else's among them."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            leave_bars(tx, bar(REALTY), bar(SMITH), bar(TRUST, jane_at(1)))
            tx.bars.remember_leaving(mailbox, SMITH)
            tx.bars.remember_leaving(mailbox, TRUST)
            assert tx.bars.of(mailbox) == Refusals(barred=frozenset({REALTY, SMITH}), left=frozenset({SMITH, TRUST}))

    def test_a_mailbox_may_be_asked_about_one_entity(self, store: Store) -> None:
        """Asked about one entity, a mailbox tells nothing of the others."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            leave_bars(tx, bar(REALTY), bar(SMITH))
            tx.bars.remember_leaving(mailbox, SMITH)
            assert tx.bars.of(mailbox, SMITH) == Refusals(barred=frozenset({SMITH}), left=frozenset({SMITH}))
            assert tx.bars.of(mailbox, REALTY) == Refusals(barred=frozenset({REALTY}))
            assert tx.bars.of(mailbox, TRUST) == NOTHING

    def test_what_a_user_left_is_no_bar(self, store: Store) -> None:
        """Leaving shows in no listing of bars and is found as no bar."""
        with store.transaction() as tx:
            tx.bars.remember_leaving(tx.mailboxes.lock(ACME, JANE), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.bars.find(ACME, JANE, REALTY) is None
            for email in (None, JANE):
                assert snapshot.bars.listing(ACME, email, PageRequest()).items == ()

    def test_leaving_twice_is_leaving_once(self, store: Store) -> None:
        """What was remembered may be remembered again, and is then forgotten at once."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.bars.remember_leaving(mailbox, REALTY)
            tx.bars.remember_leaving(mailbox, REALTY)
            assert tx.bars.of(mailbox).left == {REALTY}
            tx.bars.forget_leaving(mailbox, REALTY)
            assert tx.bars.of(mailbox) == NOTHING

    def test_leaving_is_forgotten_for_one_entity_alone(self, store: Store) -> None:
        """Forgetting one leaving keeps the others, and forgetting what was not remembered changes nothing."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            tx.bars.remember_leaving(mailbox, REALTY)
            tx.bars.remember_leaving(mailbox, SMITH)
            tx.bars.forget_leaving(mailbox, SMITH)
            tx.bars.forget_leaving(mailbox, TRUST)
            assert tx.bars.of(mailbox).left == {REALTY}

    def test_leaving_outlives_the_user(self, store: Store) -> None:
        """What a user left is remembered when the address signs up again."""
        with store.transaction() as tx:
            mailbox = sign_up(tx, user())
            tx.bars.remember_leaving(mailbox, REALTY)
            tx.users.remove(user())
        with store.transaction() as tx:
            assert tx.bars.of(tx.mailboxes.lock(ACME, JANE)).left == {REALTY}

    def test_bars_and_leavings_are_told_apart(self, store: Store) -> None:
        """Lifting a bar keeps the leaving of the same entity, and the other way about."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
            leave_bars(tx, bar(REALTY), bar(SMITH))
            for entity_id in (REALTY, SMITH):
                tx.bars.remember_leaving(mailbox, entity_id)
            tx.bars.remove(mailbox, REALTY)
            tx.bars.forget_leaving(mailbox, SMITH)
            assert tx.bars.of(mailbox) == Refusals(barred=frozenset({SMITH}), left=frozenset({REALTY}))

    def test_refusals_of_entities_are_told_by_address(self, store: Store) -> None:
        """Of some entities, each address key that is refused any of them tells which, and nothing else."""
        with store.transaction() as tx:
            leave_bars(tx, bar(REALTY), bar(SMITH), bar(SMITH, jane_at(1)), bar(TRUST, jane_at(2)))
            tx.bars.remember_leaving(tx.mailboxes.lock(ACME, JANE), TRUST)
            tx.bars.remember_leaving(tx.mailboxes.lock(ACME, jane_at(3)), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.bars.touching(ACME, [REALTY, SMITH]) == {
                JANE.key: Refusals(barred=frozenset({REALTY, SMITH})),
                jane_at(1).key: Refusals(barred=frozenset({SMITH})),
                jane_at(3).key: Refusals(left=frozenset({REALTY})),
            }

    def test_refusals_are_told_by_the_key_of_the_address(self, store: Store) -> None:
        """However an address was spelled when it was barred, or when its user left, it is told under its key."""
        spelled = EmailAddress.parse("JANE.Smith@Example.com")
        with store.transaction() as tx:
            leave_bars(tx, bar(REALTY, spelled))
            tx.bars.remember_leaving(tx.mailboxes.lock(ACME, spelled), SMITH)
        with store.snapshot() as snapshot:
            assert snapshot.bars.touching(ACME, [REALTY, SMITH]) == {
                JANE.key: Refusals(barred=frozenset({REALTY}), left=frozenset({SMITH}))
            }

    def test_refusals_of_very_many_entities_are_told(self, store: Store) -> None:
        """A roster change may name more entities than some databases take parameters at once."""
        named = [EntityId(str(number)) for number in range(2200)]
        with store.transaction() as tx:
            leave_bars(tx, bar("0"), bar("2199"))
            assert tx.bars.touching(ACME, named) == {
                JANE.key: Refusals(barred=frozenset({EntityId("0"), EntityId("2199")}))
            }

    def test_entities_that_nobody_is_refused_tell_nothing(self, store: Store) -> None:
        """No entities, free ones, and those of another firm refuse nobody."""
        with store.transaction() as tx:
            leave_bars(tx, bar())
        with store.snapshot() as snapshot:
            asked: tuple[tuple[FirmId, list[EntityId]], ...] = ((ACME, []), (ACME, [SMITH]), (OTHER_FIRM, [REALTY]))
            assert [dict(snapshot.bars.touching(*one)) for one in asked] == [{}, {}, {}]
