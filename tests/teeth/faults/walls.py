"""Firms that see through their walls."""

from collections.abc import Callable, Iterator

import pytest

from portal_linkage import EmailAddress, EntityId, FirmId, InvoiceId, User, UserId
from portal_linkage.adapters.listings import CHANGES
from portal_linkage.adapters.memory import bills, clients, people
from portal_linkage.adapters.memory.session import Repository
from portal_linkage.adapters.memory.shelves import Cabinet
from portal_linkage.ports import Mailbox, Refusals

from ..fault import breaks, instead

EVERYWHERE = FirmId("everywhere")


def all_cabinets(rows: Repository) -> Iterator[Cabinet]:
    """Those of all firms."""
    yield from rows._session._cabinets.rows.values()


@breaks("L4", "test_an_unknown_invoice_is_not_found")
def finds_invoices_of_other_firms(patch: pytest.MonkeyPatch) -> None:
    """An invoice is found by its id, whosever it is."""

    def find(_: object, invoices: bills.Invoices, _firm_id: FirmId, invoice_id: InvoiceId) -> object:
        return next(filter(None, (cabinet.invoices.find(invoice_id) for cabinet in all_cabinets(invoices))), None)

    instead(patch, bills.Invoices, "find", find)


@breaks("L6", "test_one_address_at_two_firms_is_two_users", "test_one_address_at_two_firms_has_two_mailboxes")
def finds_users_of_other_firms(patch: pytest.MonkeyPatch) -> None:
    """A user is found by their address, whosever they are."""

    def find(_: object, users: people.Users, _firm_id: FirmId, email: EmailAddress) -> object:
        found = (cabinet.mailboxes.find(email.key) for cabinet in all_cabinets(users))
        return next((mailbox.user for mailbox in found if mailbox and mailbox.user), None)

    instead(patch, people.Users, "find_by_email", find)


@breaks("L6", "test_what_happens_at_one_firm_changes_nothing_at_another", "test_changes_of_firms_are_apart")
def keeps_one_journal_for_all(patch: pytest.MonkeyPatch) -> None:
    """Whoever follows one firm is told of the others, too."""
    instead(
        patch,
        clients.Journal,
        "changes",
        lambda _, journal, firm_id, page: clients._from(
            journal._session.cabinet(clients._EVERYBODY).deliveries, CHANGES.of(firm_id), page
        ),
    )


@breaks(
    "L6",
    "test_refused_proofs_are_counted_at_their_own_firm",
    "test_attempts_at_firms_are_counted_apart",
    by_machine=False,
)
def counts_attempts_of_all_firms_together(patch: pytest.MonkeyPatch) -> None:
    """A number refused at one firm is as good as refused at all."""
    for name in ("recent", "add"):
        instead(patch, people.Attempts, name, lambda real, attempts, _, *about: real(attempts, EVERYWHERE, *about))


@breaks("L6", "test_mailboxes_of_firms_are_apart", by_machine=False)
def bars_at_all_firms(patch: pytest.MonkeyPatch) -> None:
    """An address that is barred at one firm is barred at all."""

    def refusals(
        real: Callable[..., Refusals], bars: people.Bars, mailbox: Mailbox, entity_id: EntityId | None = None
    ) -> Refusals:
        everywhere = (bar for cabinet in all_cabinets(bars) for bar in cabinet.bars.rows.values())
        barred = {bar.entity_id for bar in everywhere if bar.email == mailbox.email}
        asked = barred if entity_id is None else barred & {entity_id}
        return Refusals(barred=frozenset(asked), left=real(bars, mailbox, entity_id).left)

    instead(patch, people.Bars, "of", refusals)


@breaks("L6", "test_one_address_at_two_firms_is_two_users", by_machine=True)
def finds_users_of_firms_that_come_later(patch: pytest.MonkeyPatch) -> None:
    """A user whom a firm does not have is looked for at all firms after it."""

    def find(real: Callable[..., User | None], users: people.Users, firm_id: FirmId, user_id: UserId) -> User | None:
        later = sorted(other for other in users._session._cabinets.rows if other >= firm_id)
        return next(filter(None, (real(users, other, user_id) for other in (firm_id, *later))), None)

    instead(patch, people.Users, "find", find)
