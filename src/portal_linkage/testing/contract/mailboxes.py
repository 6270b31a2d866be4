"""The mailboxes: the one row per firm and address on which changes are lined up."""

from ...domain.values import EmailAddress, UserId
from ...ports import Store
from ..builders import ACME, JANE, JANE_ID, OTHER_FIRM, REALTY, jane_at, sign_up, user
from ..promises import Promises


class MailboxPromises(Promises):
    """The row per firm and address on which changes are lined up: what `MailboxRepository` promises."""

    law = "L3"

    def test_a_mailbox_is_created_when_first_locked(self, store: Store) -> None:
        """The first lock of an address finds no user behind it."""
        with store.transaction() as tx:
            mailbox = tx.mailboxes.lock(ACME, JANE)
        assert (mailbox.firm_id, mailbox.email, mailbox.user) == (ACME, JANE, None)

    def test_a_mailbox_keeps_its_id(self, store: Store) -> None:
        """However often an address is locked, however it is spelled, it is one mailbox."""
        with store.transaction() as tx:
            first = tx.mailboxes.lock(ACME, JANE)
        with store.transaction() as tx:
            again = tx.mailboxes.lock(ACME, EmailAddress.parse("Jane.SMITH@example.com"))
        assert again.mailbox_id == first.mailbox_id

    def test_every_address_has_a_mailbox_of_its_own(self, store: Store) -> None:
        """Two addresses, or one address at two firms, are different mailboxes."""
        with store.transaction() as tx:
            places = ((ACME, JANE), (ACME, jane_at(1)), (OTHER_FIRM, JANE))
            assert len({tx.mailboxes.lock(firm_id, email).mailbox_id for firm_id, email in places}) == 3

    def test_a_revision_grows_with_every_lock(self, store: Store) -> None:
        """Each lock of a mailbox, however it comes about, gives a greater revision than the one before."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        revisions: list[int] = []
        for _ in range(2):
            with store.transaction() as tx:
                by_user = tx.mailboxes.lock_user(ACME, JANE_ID)
                assert by_user is not None
                many = tx.mailboxes.lock_many(ACME, [JANE])
                revisions += [tx.mailboxes.lock(ACME, JANE).revision, by_user.revision, many[0].revision]
        assert len(set(revisions)) == 6
        assert min(revisions[3:]) > max(revisions[:3])

    def test_a_lock_tells_who_has_the_mailbox(self, store: Store) -> None:
        """Locking an address that has a user gives the user."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
        with store.transaction() as tx:
            assert tx.mailboxes.lock(ACME, JANE).user == user()

    def test_a_user_is_locked_by_their_mailbox(self, store: Store) -> None:
        """Locking a user locks the mailbox that the address leads to."""
        with store.transaction() as tx:
            mailbox = sign_up(tx, user(), REALTY)
        with store.transaction() as tx:
            locked = tx.mailboxes.lock_user(ACME, JANE_ID)
        assert locked is not None
        assert (locked.mailbox_id, locked.user) == (mailbox.mailbox_id, user())

    def test_nobody_is_locked_where_there_is_no_such_user(self, store: Store) -> None:
        """Locking a user whom the firm does not have locks nothing."""
        with store.transaction() as tx:
            sign_up(tx, user(), REALTY)
            assert tx.mailboxes.lock_user(ACME, UserId("nobody")) is None
            assert tx.mailboxes.lock_user(OTHER_FIRM, JANE_ID) is None

    def test_many_mailboxes_are_locked_in_the_order_of_their_keys(self, store: Store) -> None:
        """Whoever locks many addresses locks them in one order, so that two cannot wait for each other."""
        emails = [EmailAddress.parse(text) for text in ("b@x.com", "Ä@x.com", "A@x.com", "10@x.com")]
        with store.transaction() as tx:
            locked = tx.mailboxes.lock_many(ACME, emails)
        assert [mailbox.email.key for mailbox in locked] == sorted(email.key for email in emails)

    def test_locking_many_finds_the_old_and_creates_the_new(self, store: Store) -> None:
        """Locking many gives the mailboxes that are there, with their users, and makes those that are not."""
        with store.transaction() as tx:
            there = sign_up(tx, user(), REALTY)
        with store.transaction() as tx:
            new, old = tx.mailboxes.lock_many(ACME, [JANE, jane_at(1)])
        assert (old.mailbox_id, old.user) == (there.mailbox_id, user())
        assert (new.email, new.user) == (jane_at(1), None)

    def test_an_address_locked_twice_at_once_is_one_mailbox(self, store: Store) -> None:
        """One address in two spellings among many is locked as one."""
        with store.transaction() as tx:
            assert len(tx.mailboxes.lock_many(ACME, [JANE, EmailAddress.parse("JANE.smith@example.com")])) == 1

    def test_locking_no_mailboxes_locks_none(self, store: Store) -> None:
        """No addresses, no locks."""
        with store.transaction() as tx:
            assert tx.mailboxes.lock_many(ACME, []) == ()

    def test_many_hundred_mailboxes_can_be_locked_at_once(self, store: Store) -> None:
        """A roster change may lock more addresses than some databases take parameters at once."""
        emails = [jane_at(number) for number in range(1200)]
        with store.transaction() as tx:
            locked = tx.mailboxes.lock_many(ACME, emails)
        assert [mailbox.email.key for mailbox in locked] == sorted(email.key for email in emails)
