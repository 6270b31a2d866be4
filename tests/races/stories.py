"""Which races there are: what has happened before, and what happens at once."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from portal_linkage import AutoLink, ContactRemoved, EmailAddress, EntityId, LinkagePolicy, UserId
from portal_linkage.testing.builders import JANE, NAMES, REALTY, SMITH, TRUST, jane_at

from .acts import Act, Grant, LetGo, Prove, Relist, SignUp, Unlink
from .model import Book
from .party import Moment, Way

CROWD: Final = 32
U1, U2, U3 = UserId("u1"), UserId("u2"), UserId("u3")


@attrs.frozen(kw_only=True)
class Race:
    """A story of a firm with three clients, told up to where it races."""

    name: str
    listed: Mapping[EntityId, tuple[EmailAddress, ...]] = attrs.field(factory=dict[EntityId, tuple[EmailAddress, ...]])
    before: tuple[Act, ...] = ()
    acts: tuple[Act, ...]
    policy: LinkagePolicy = attrs.field(factory=LinkagePolicy)
    moments: tuple[Moment, ...] = (Moment.LOCKED, Moment.DONE)
    """Where the one who is first can be held, so that the others wait."""
    lost_unlocked_in: tuple[Way, ...] = tuple(Way)
    """In whose transactions it comes out wrong on PostgreSQL once the lock is taken out (see `unlocked`)."""

    def __str__(self) -> str:
        return self.name

    def book(self) -> Book:
        """The firm as the model has it, before anything has happened."""
        return Book(
            listed={one: frozenset(email.key for email in self.listed.get(one, ())) for one in NAMES},
            continuous=self.policy.auto_link is AutoLink.CONTINUOUS,
            withdraw=self.policy.contact_removed is ContactRemoved.WITHDRAW,
        )


_BOTH = {SMITH: (JANE,), REALTY: (JANE,)}
_WITHDRAW = LinkagePolicy(contact_removed=ContactRemoved.WITHDRAW)
_CONTINUOUS = LinkagePolicy(auto_link=AutoLink.CONTINUOUS)

# Where both give the mailbox a user, or take it away, PostgreSQL refuses the one who looks at the past; where both make
# the mailbox, the second waits at its unique key.
_BUT_AT_ONE_MOMENT = (Way.OWN, Way.HOST)
_NOWHERE: tuple[Way, ...] = ()

# Jane had an account, and the firm removed her: her mailbox is there, and is anchor to a bar.
_CAME_AND_WENT: Final = (SignUp(JANE, U1, REALTY), Unlink(U1, REALTY))
_NEW_CONTACT: Final = Relist(SMITH, (JANE,))

DUELS: Final = (
    Race(
        name="two staff remove the last two links",
        listed={SMITH: (JANE,)},
        before=(SignUp(JANE, U1, REALTY),),
        acts=(Unlink(U1, REALTY), Unlink(U1, SMITH)),
    ),
    Race(
        name="the last unlink meets a link",
        before=(SignUp(JANE, U1, REALTY),),
        acts=(Unlink(U1, REALTY), Grant(U1, TRUST)),
    ),
    Race(
        name="the last unlink meets a sign-up that links by itself",
        before=(SignUp(JANE, U1, REALTY), _NEW_CONTACT, Relist(REALTY, (JANE,))),
        acts=(Unlink(U1, REALTY), SignUp(JANE, U2, REALTY)),
        lost_unlocked_in=_BUT_AT_ONE_MOMENT,
    ),
    Race(
        name="two sign-ups of an address that is new",
        listed=_BOTH,
        acts=(SignUp(JANE, U1, REALTY), SignUp(JANE, U2, TRUST)),
        lost_unlocked_in=_NOWHERE,
    ),
    Race(
        name="two sign-ups of an address that comes back",
        before=(*_CAME_AND_WENT, _NEW_CONTACT),
        acts=(SignUp(JANE, U2, REALTY), SignUp(JANE, U3, TRUST)),
        lost_unlocked_in=_BUT_AT_ONE_MOMENT,
    ),
    Race(
        name="a contact is dropped while its user proves the entity",
        listed={SMITH: (JANE,)},
        before=(SignUp(JANE, U1, REALTY),),
        acts=(Relist(SMITH), Prove(U1, SMITH)),
        policy=_WITHDRAW,
    ),
    Race(
        name="the only contact is dropped while its user proves the entity",
        listed={SMITH: (JANE,)},
        before=(SignUp(JANE, U1),),
        acts=(Relist(SMITH), Prove(U1, SMITH)),
        policy=_WITHDRAW,
    ),
    Race(
        name="an address that is new signs up while a contact begins to list it",
        acts=(SignUp(JANE, U1, REALTY), _NEW_CONTACT),
        policy=_CONTINUOUS,
        lost_unlocked_in=_NOWHERE,
    ),
    Race(
        name="an address that comes back signs up while a contact begins to list it",
        before=_CAME_AND_WENT,
        acts=(SignUp(JANE, U2, TRUST), _NEW_CONTACT),
        policy=_CONTINUOUS,
    ),
)

_HELD_ENTITY: Final[dict[str, Any]] = {
    "moments": (Moment.DONE,),
    "lost_unlocked_in": _BUT_AT_ONE_MOMENT,
}
LET_GO: Final = (
    Race(
        name="a client is merged while the firm links it",
        before=(SignUp(JANE, U1, REALTY),),
        acts=(LetGo((TRUST,), into=SMITH), Grant(U1, TRUST)),
        **_HELD_ENTITY,
    ),
    Race(
        name="a client is let go while the firm links it",
        before=(SignUp(JANE, U1, REALTY),),
        acts=(LetGo((TRUST,)), Grant(U1, TRUST)),
        **_HELD_ENTITY,
    ),
    Race(
        name="a client is let go while a user proves it",
        before=(SignUp(JANE, U1, REALTY),),
        acts=(LetGo((TRUST,)), Prove(U1, TRUST)),
        **_HELD_ENTITY,
    ),
    Race(
        name="a client is let go while somebody signs up whom it lists",
        listed={TRUST: (JANE,)},
        acts=(LetGo((TRUST,)), SignUp(JANE, U1, REALTY)),
        **_HELD_ENTITY,
    ),
    Race(
        name="a client is let go while somebody signs up in its portal",
        acts=(LetGo((TRUST,)), SignUp(JANE, U1, TRUST)),
        **_HELD_ENTITY,
    ),
    Race(
        name="one client is let go and another lists nobody any more while somebody signs up whom both list",
        listed={SMITH: (JANE,), TRUST: (JANE,)},
        acts=(LetGo((TRUST,), silent=(SMITH,)), SignUp(JANE, U1, REALTY)),
        **_HELD_ENTITY,
    ),
    Race(
        name="two clients are let go while somebody signs up in the portal of the one and is listed by the other",
        listed={SMITH: (JANE,)},
        acts=(LetGo((SMITH, REALTY)), SignUp(JANE, U1, REALTY)),
        **_HELD_ENTITY,
    ),
)
"""Not for a host that looks at the past: what it has not seen, it cannot count."""

ONE_ADDRESS: Final = (
    Race(
        name="a new address signs up 32 times at once",
        listed=_BOTH,
        acts=tuple(SignUp(JANE, UserId(f"new-{number}"), REALTY) for number in range(CROWD)),
        lost_unlocked_in=_NOWHERE,
    ),
    Race(
        name="an address that comes back signs up 32 times at once",
        before=(*_CAME_AND_WENT, _NEW_CONTACT),
        acts=tuple(SignUp(JANE, UserId(f"back-{number}"), REALTY) for number in range(CROWD)),
        lost_unlocked_in=_BUT_AT_ONE_MOMENT,
    ),
)

MANY_ADDRESSES: Final = Race(
    name="32 addresses sign up at once",
    listed={SMITH: tuple(map(jane_at, range(CROWD)))},
    acts=tuple(SignUp(jane_at(number), UserId(f"jane-{number}"), REALTY) for number in range(CROWD)),
)
