"""L9: twice is once."""

from collections.abc import Callable

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ... import (
    AlreadyLinked,
    AlreadySignedUp,
    Arrival,
    BarLifted,
    ClaimRefused,
    EmailAddress,
    EntityId,
    GroundKind,
    LinkageService,
    Linked,
    NotBarred,
    NotLinked,
    PortalUser,
    SignedUp,
    TooManyAttempts,
    Unlinked,
    UserRemoved,
    VerifiedEmail,
)
from ..promises import Promises, for_each_store
from .answers import Refusal
from .model import Model
from .pasts import MOST, Past, pasts, picture
from .town import ACME, ENTITY_IDS, addresses, arrivals, places
from .trial import Trial

AGAIN: dict[type, type | tuple[type, ...]] = {
    SignedUp: AlreadySignedUp,
    Linked: AlreadyLinked,
    AlreadyLinked: AlreadyLinked,
    Unlinked: NotLinked,
    UserRemoved: Refusal,
    BarLifted: NotBarred,
    ClaimRefused: (ClaimRefused, TooManyAttempts),
}
"""What the same command is answered when it is given again."""


VERBS = ("sign_up", "claim", "prove", "link", "unlink", "leave", "remove_user", "lift_bar")
Command = Callable[[LinkageService | Model], object]


def _command(trial: Trial, verb: str, who: int, address: str, entity_id: EntityId, arrival: Arrival) -> Command:
    """A command about somebody fixed, which can be given again when they are gone."""
    staff, user_id = trial.staff(ACME), trial.user_id(ACME, who)
    viewer, proof, email = PortalUser(ACME, user_id), trial.proof(ACME, who), EmailAddress.parse(address)
    verified = VerifiedEmail.attest(email, via="confirmation link")
    commands: dict[str, Command] = {
        "sign_up": lambda portal: portal.sign_up(ACME, verified, name="Jane Smith", claim=arrival),
        "claim": lambda portal: portal.claim(viewer, arrival),
        "prove": lambda portal: portal.claim(viewer, proof),
        "link": lambda portal: portal.link(staff, user_id, entity_id),
        "unlink": lambda portal: portal.unlink(staff, user_id, entity_id),
        "leave": lambda portal: portal.leave(viewer, entity_id),
        "remove_user": lambda portal: portal.remove_user(staff, user_id),
        "lift_bar": lambda portal: portal.lift_bar(staff, email, entity_id),
    }
    return commands[verb]


class TwiceLaw(Promises):
    """L9: twice is once."""

    law = "L9"

    @settings(for_each_store, max_examples=25)
    @given(
        past=pasts(),
        verb=st.sampled_from(VERBS),
        who=places,
        address=addresses,
        entity_id=st.sampled_from(ENTITY_IDS),
        arrival=arrivals,
    )
    def test_a_command_given_twice_changes_nothing_more(
        self, past: Past, verb: str, who: int, address: str, entity_id: EntityId, arrival: Arrival
    ) -> None:
        """L9: the second time nothing is linked, unlinked or journaled, and the answer says that it was so already."""
        with past.relived(self.make_store) as trial:
            command = _command(trial, verb, who, address, entity_id, arrival)
            first = trial.agree(command)
            before = picture(trial)
            second = trial.agree(command)
            assert picture(trial) == before
            assert isinstance(second, AGAIN.get(type(first), type(first)))
            assert getattr(second, "events", ()) == ()
            assert not isinstance(first, UserRemoved) or getattr(second, "error", None) == "UserNotFound"

    @settings(for_each_store, max_examples=10)
    @given(past=pasts("sign_up", "store_entity", "save_bills"), who=places)
    def test_the_firms_word_adds_one_ground_to_a_link_and_never_a_second(self, past: Past, who: int) -> None:
        """L9: `link` on a link that stands adds the firm's grant once, journaled as a ground; then it adds nothing."""
        with past.relived(self.make_store) as trial:
            rows = trial.portal.portal_users(trial.staff(ACME), page=MOST).items
            linked = [(row.user, entity.entity_id) for row in rows for entity in row.entities if entity.active]
            assume(linked)
            user, entity_id = linked[who % len(linked)]
            once = trial.agree(lambda portal: portal.link(trial.staff(ACME), user.user_id, entity_id))
            twice = trial.agree(lambda portal: portal.link(trial.staff(ACME), user.user_id, entity_id))
            assert isinstance(once, AlreadyLinked)
            assert isinstance(twice, AlreadyLinked)
            assert [(event.kind, event.ground) for event in once.events] == [("ground_added", GroundKind.FIRM_GRANT)]
            assert (twice.link, twice.events) == (once.link, ())
