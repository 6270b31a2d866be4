"""The portal users."""

import pytest

from ...domain.errors import Conflict
from ...domain.values import EmailAddress, UserId
from ...ports import Store
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, SMITH, at, jane_at, sign_up, user
from ..promises import Promises


class UserPromises(Promises):
    """The portal users: what `UserRepository` promises."""

    law = "L3"

    def test_a_user_is_found_as_they_signed_up(self, store: Store) -> None:
        """A user is found by id, with name, address and time of sign-up."""
        person = user(name="Jane Q. Smith", signed_up_at=at(0.000001))
        with store.transaction() as tx:
            sign_up(tx, person, REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.users.find(ACME, JANE_ID) == person

    def test_an_id_is_given_to_one_user_only(self, store: Store) -> None:
        """A second mailbox cannot take over a user's id, and the first keeps its user."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        with pytest.raises(Conflict) as refused, store.transaction() as tx:
            tx.users.add(tx.mailboxes.lock(ACME, jane_at(1)), user(email=jane_at(1)))
        assert not refused.value.retryable
        with store.snapshot() as snapshot:
            assert snapshot.users.find(ACME, JANE_ID) == user()

    def test_an_unknown_user_is_not_found(self, store: Store) -> None:
        """There is nothing to find of somebody who never signed up, or did so at another firm."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.users.find(ACME, UserId("Jane")) is None
            assert snapshot.users.find(OTHER_FIRM, JANE_ID) is None

    def test_a_user_is_found_by_their_address_however_it_is_cased(self, store: Store) -> None:
        """An address finds its user by its key."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.users.find_by_email(ACME, EmailAddress.parse("JANE.Smith@Example.COM")) == user()

    def test_an_address_that_signed_up_nobody_finds_nobody(self, store: Store) -> None:
        """Neither an unknown address nor one with a mailbox alone has a user."""
        with store.transaction() as tx:
            tx.mailboxes.lock(ACME, JANE)
        with store.snapshot() as snapshot:
            assert snapshot.users.find_by_email(ACME, JANE) is None
            assert snapshot.users.find_by_email(ACME, jane_at(1)) is None

    def test_an_address_is_spelled_as_its_user_spelled_it_last(self, store: Store) -> None:
        """The mailbox takes over the spelling that its user signed up with."""
        spelled = EmailAddress.parse("Jane.Smith@Example.com")
        with store.transaction() as tx:
            tx.mailboxes.lock(ACME, JANE)
        with store.transaction() as tx:
            sign_up(tx, user(email=spelled), REALTY)
        with store.transaction() as tx:
            assert str(tx.mailboxes.lock(ACME, JANE).email) == str(spelled)

    def test_a_user_keeps_the_spelling_of_their_address(self, store: Store) -> None:
        """Whoever locks the mailbox under another spelling, the user's address is as they wrote it."""
        spelled = EmailAddress.parse("Jane.Smith@Example.com")
        with store.transaction() as tx:
            sign_up(tx, user(email=spelled), REALTY)
        with store.transaction() as tx:
            tx.mailboxes.lock(ACME, JANE)
        with store.snapshot() as snapshot:
            found = snapshot.users.find(ACME, JANE_ID)
        assert found is not None
        assert str(found.email) == str(spelled)

    def test_users_are_found_by_their_ids(self, store: Store) -> None:
        """Those that exist, at this firm."""
        with store.transaction() as tx:
            sign_up(tx, user(), SMITH)
            sign_up(tx, user("ann", jane_at(1)), SMITH)
            assert tx.users.some(ACME, [JANE_ID, UserId("nobody")]) == {JANE_ID: user()}
            assert tx.users.some(OTHER_FIRM, [JANE_ID]) == tx.users.some(ACME, []) == {}

    def test_users_are_found_by_the_keys_of_their_addresses(self, store: Store) -> None:
        """However a user spelled their address, and however it is asked for, it is answered under its key."""
        spelled = user(email=EmailAddress.parse("JANE.Smith@Example.com"))
        with store.transaction() as tx:
            sign_up(tx, spelled)
        with store.snapshot() as snapshot:
            assert snapshot.users.having(ACME, [EmailAddress.parse("Jane.SMITH@example.com")]) == {JANE.key: spelled}

    def test_users_are_found_by_many_addresses_at_once(self, store: Store) -> None:
        """Of many addresses, those that have a user give them by address key."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
            sign_up(tx, user("jane-1", jane_at(1)), REALTY)
            sign_up(tx, user("jane-2", jane_at(2)), REALTY)
            tx.mailboxes.lock(ACME, jane_at(3))
        asked = [EmailAddress.parse("Jane.Smith@example.com"), jane_at(1), jane_at(3), jane_at(4)]
        with store.snapshot() as snapshot:
            assert snapshot.users.having(ACME, asked) == {JANE.key: user(), jane_at(1).key: user("jane-1", jane_at(1))}

    def test_users_of_other_firms_are_not_found_by_addresses(self, store: Store) -> None:
        """An address that has a user at another firm has none here."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        with store.snapshot() as snapshot:
            assert snapshot.users.having(OTHER_FIRM, [JANE]) == {}

    def test_no_addresses_find_no_users(self, store: Store) -> None:
        """Who asks for nobody is given nobody."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
            assert tx.users.having(ACME, []) == {}

    def test_a_removed_user_is_gone(self, store: Store) -> None:
        """A user taken away is found by nothing."""
        with store.transaction() as tx:
            sign_up(tx, user())
        with store.transaction() as tx:
            tx.users.remove(user())
        with store.snapshot() as snapshot:
            assert snapshot.users.find(ACME, JANE_ID) is None
            assert snapshot.users.find_by_email(ACME, JANE) is None
            assert snapshot.users.having(ACME, [JANE]) == {}

    def test_several_users_are_removed_at_once(self, store: Store) -> None:
        """Of those who are taken away together none is left, and nobody else is taken away."""
        people = [user(f"jane-{number}", jane_at(number)) for number in range(4)]
        with store.transaction() as tx:
            for one in people:
                sign_up(tx, one)
            tx.users.remove(*people[:3])
            tx.users.remove()
        with store.snapshot() as snapshot:
            assert snapshot.users.having(ACME, [one.email for one in people]) == {jane_at(3).key: people[3]}
            assert snapshot.users.some(ACME, [one.user_id for one in people]) == {people[3].user_id: people[3]}

    def test_a_removed_user_cannot_be_locked(self, store: Store) -> None:
        """Nobody is left to be locked once the user is gone."""
        with store.transaction() as tx:
            sign_up(tx, user())
            tx.users.remove(user())
            assert tx.mailboxes.lock_user(ACME, JANE_ID) is None

    def test_a_mailbox_outlives_its_user(self, store: Store) -> None:
        """After the user is gone the mailbox is the same, without a user, and its revision goes on growing."""
        with store.transaction() as tx:
            before = sign_up(tx, user())
            tx.users.remove(user())
        with store.transaction() as tx:
            after = tx.mailboxes.lock(ACME, JANE)
        assert (after.mailbox_id, after.user) == (before.mailbox_id, None)
        assert after.revision > before.revision

    def test_an_address_may_sign_up_again(self, store: Store) -> None:
        """After one user is gone, another may have the same mailbox."""
        with store.transaction() as tx:
            before = sign_up(tx, user())
            tx.users.remove(user())
        with store.transaction() as tx:
            after = sign_up(tx, user("jane-again", name="Jane Smith-Again"))
        with store.snapshot() as snapshot:
            assert after.mailbox_id == before.mailbox_id
            assert snapshot.users.find_by_email(ACME, JANE) == user("jane-again", name="Jane Smith-Again")
