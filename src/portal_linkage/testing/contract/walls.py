"""Firms are walls (L6): two firms may use all the same ids, and neither sees or changes anything of the other's."""

from ...domain.entities import InvoiceStatus
from ...domain.values import FirmId
from ...ports import Refusals, Store, Transaction
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    invoice,
    journaled,
    late_fee,
    leave_bars,
    link,
    payment,
    sign_up,
    user,
)
from ._furnished import Furnished
from ._pictures import picture, undone


def _furnish_the_other(tx: Transaction) -> None:
    tx.firms.save(firm(OTHER_FIRM, "Other"))
    tx.entities.save_many(entity(one, JANE, firm_id=OTHER_FIRM, name="Jane Smith") for one in (REALTY, SMITH, "x"))
    mailbox = sign_up(tx, user(name="Jane", firm_id=OTHER_FIRM), "x", SMITH)
    leave_bars(tx, bar(REALTY, since=at(3), firm_id=OTHER_FIRM))
    tx.bars.remember_leaving(mailbox, SMITH)
    tx.invoices.save_many(invoice(one, SMITH, firm_id=OTHER_FIRM, status=InvoiceStatus.OPEN) for one in "abc")
    tx.late_fees.save(late_fee(entity_id=SMITH, firm_id=OTHER_FIRM))
    tx.payments.save(payment(entity_id=SMITH, firm_id=OTHER_FIRM))
    tx.entities.save_contacts([entity(SMITH, JANE, firm_id=OTHER_FIRM)], "xero")
    tx.entities.keep_numbers([entity(REALTY, firm_id=OTHER_FIRM, client_number="7")])
    tx.entities.transfer(OTHER_FIRM, {TRUST: REALTY})
    tx.attempts.recent(OTHER_FIRM, "number:1", at(-9))
    tx.attempts.add(OTHER_FIRM, "number:1", at(1), at(11))
    journaled(tx, [event(firm_id=OTHER_FIRM), event(firm_id=OTHER_FIRM)])


def _clear_the_other(tx: Transaction) -> None:
    mailbox = tx.mailboxes.lock(OTHER_FIRM, JANE)
    tx.links.remove_many([link(one, firm_id=OTHER_FIRM) for one in ("x", SMITH)])
    tx.users.remove(user(firm_id=OTHER_FIRM))
    tx.bars.remove(mailbox, REALTY)
    tx.bars.forget_leaving(mailbox, SMITH)
    for one in "abc":
        tx.invoices.remove(OTHER_FIRM, invoice(one).invoice_id)
    tx.late_fees.remove(OTHER_FIRM, late_fee().fee_id)
    tx.payments.remove(OTHER_FIRM, payment().payment_id)
    tx.entities.save_contacts([entity(SMITH, firm_id=OTHER_FIRM)], "xero")
    tx.entities.part(OTHER_FIRM, [TRUST])


class WallPromises(Furnished):
    """Firms are walls (L6): two firms may use all the same ids, and neither sees or changes anything of the other's."""

    law = "L6"

    def test_what_another_firm_writes_is_not_seen(self, furnished: Store) -> None:
        """A firm reads the same whatever another writes under the same ids and addresses."""
        before = picture(furnished)
        with furnished.transaction() as tx:
            _furnish_the_other(tx)
        assert picture(furnished) == before

    def test_what_another_firm_removes_is_its_own(self, furnished: Store) -> None:
        """A firm reads the same when another removes everything under the same ids and addresses."""
        with furnished.transaction() as tx:
            _furnish_the_other(tx)
        before = picture(furnished)
        with furnished.transaction() as tx:
            _clear_the_other(tx)
        assert picture(furnished) == before

    def test_mailboxes_of_firms_are_apart(self, furnished: Store) -> None:
        """One address at two firms has its own user, revision, bars and leavings at each."""
        with furnished.transaction() as tx:
            mine = tx.mailboxes.lock(ACME, JANE)
            _furnish_the_other(tx)
            again = tx.mailboxes.lock(ACME, JANE)
            assert again.revision == mine.revision + 1
            assert again.user == user()
            assert tx.bars.of(again) == Refusals(barred=frozenset({TRUST}), left=frozenset({TRUST}))

    def test_one_address_at_two_firms_has_two_mailboxes(self, furnished: Store) -> None:
        """Each firm has its own user behind the address, though their ids be the same."""
        with furnished.transaction() as tx:
            _furnish_the_other(tx)
        with furnished.snapshot() as snapshot:
            found = [snapshot.users.find_by_email(firm_id, JANE) for firm_id in (ACME, OTHER_FIRM)]
        assert found == [user(), user(name="Jane", firm_id=OTHER_FIRM)]

    def test_attempts_at_firms_are_counted_apart(self, furnished: Store) -> None:
        """A number typed at one firm is not counted at another."""
        with furnished.transaction() as tx:
            _furnish_the_other(tx)
            assert tx.attempts.recent(ACME, "number:1", at(-9)) == (at(0),)

    def test_ids_that_only_look_joined_are_apart(self, furnished: Store) -> None:
        """Firm and id are two things: ``a`` with ``bc`` is not ``ab`` with ``c``."""
        first, second = FirmId("a"), FirmId("ab")
        with furnished.transaction() as tx:
            sign_up(tx, user("bc", firm_id=first), "bc")
            tx.entities.save(entity("bc", firm_id=first))
            assert tx.users.find(second, user("c").user_id) is None
            assert tx.entities.find(second, entity("c").entity_id) is None
            assert tx.links.count(second, at_most=1000) == 0

    def test_a_change_of_several_firms_is_whole(self, furnished: Store) -> None:
        """A transaction may write of several firms, and an error undoes it at all of them."""
        before = picture(furnished)
        undone(furnished, lambda tx: tx.firms.save(firm(name="Changed")), _furnish_the_other)
        assert picture(furnished) == before
        with furnished.snapshot() as snapshot:
            assert snapshot.firms.find(OTHER_FIRM) is None
            assert snapshot.users.find(OTHER_FIRM, JANE_ID) is None
