"""Links that do not live as their grounds do, and commands that twice are not once."""

from collections.abc import Callable, Iterable, Sequence

import attrs
import pytest

from portal_linkage import Bar, GroundKind, Link, NotLinked, StaffId, Unlinked
from portal_linkage.adapters.memory import people
from portal_linkage.domain import rules
from portal_linkage.ports import Mailbox, Transaction
from portal_linkage.roster import _applying
from portal_linkage.roster._deciding import Decision, Terms
from portal_linkage.service import _staff

from ..fault import answers, breaks, instead


@breaks(
    "L9",
    "test_the_firms_word_adds_one_ground_to_a_link_and_never_a_second",
    "test_a_command_given_twice_changes_nothing_more",
)
def doubles_a_ground(patch: pytest.MonkeyPatch) -> None:
    """A ground that stands already is added once more."""
    patch.setattr(Link, "has", lambda *_: False)


@breaks("L9", "test_the_firms_word_adds_one_ground_to_a_link_and_never_a_second")
def adds_no_second_ground(patch: pytest.MonkeyPatch) -> None:
    """A link that stands keeps to its first ground."""
    patch.setattr(Link, "has", lambda *_: True)


@breaks("L9", "test_a_command_given_twice_changes_nothing_more")
def unlinks_what_is_not_linked(patch: pytest.MonkeyPatch) -> None:
    """A second unlink says that it has unlinked."""
    answers(patch, _staff, "unlink", lambda answer: Unlinked() if answer == NotLinked() else answer)


@breaks("L12", "test_grounds_do_not_move_a_link")
def moves_a_link_with_its_grounds(patch: pytest.MonkeyPatch) -> None:
    """A link that has one ground more comes last."""

    def replace(_: object, links: people.Links, link: Link, changed: Callable[[Link], Link]) -> None:
        shelf, key = links._session.opened(link.firm_id).links, (link.user_id, link.entity_id)
        placed, kept = shelf.at(key)
        links._session.put(shelf, key, (placed._replace(place=(10**9, len(shelf.rows))), changed(kept)))

    instead(patch, people.Links, "_replace", replace)


@breaks(
    "L12", "test_a_ground_taken_away_leaves_the_others", "test_a_ground_that_comes_again_comes_last", by_machine=False
)
def takes_the_link_with_one_ground(patch: pytest.MonkeyPatch) -> None:
    """A ground that is lost takes the link, though another stands."""

    def remove(_: object, links: people.Links, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        links.remove_many([link for link, _ in grounds])

    instead(patch, people.Links, "remove_grounds", remove)


@breaks("L12", "test_a_withdrawn_link_comes_back_when_the_contact_does", by_machine=False)
def bars_who_is_listed_no_more(patch: pytest.MonkeyPatch) -> None:
    """A link that ends for want of a contact leaves a bar."""

    def write(
        real: Callable[..., object], tx: Transaction, terms: Terms, decided: Decision, mailboxes: Iterable[Mailbox]
    ) -> object:
        written = real(tx, terms, decided, mailboxes)
        of_user = {mailbox.user.user_id: mailbox for mailbox in mailboxes if mailbox.user}
        for link in decided.effects.ended:
            mailbox, by = of_user[link.user_id], StaffId("pms")
            bar = Bar(firm_id=terms.firm_id, email=mailbox.email, entity_id=link.entity_id, since=terms.at, by=by)
            tx.bars.add_many(mailbox, [bar])
        return written

    instead(patch, _applying, "write", write)


@breaks("L12", "test_an_explanation_tells_the_bar_and_every_reason_that_holds")
def explains_no_bar(patch: pytest.MonkeyPatch) -> None:
    """The firm is not told that it was its own unlink."""
    answers(patch, rules, "explain", lambda told: attrs.evolve(told, bar=None))


@breaks("L12", "test_an_explanation_tells_the_bar_and_every_reason_that_holds")
def explains_by_one_reason_alone(patch: pytest.MonkeyPatch) -> None:
    """Of several reasons only the first is told."""
    answers(patch, rules, "explain", lambda told: attrs.evolve(told, reasons=told.reasons[:1]))
