"""Pasts: how a firm got to where a law is asked about; and pictures: all that it shows, to be held against another."""

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ... import EventKind, FirmId, LinkagePolicy, PageRequest, PortalUser
from ...wire import Json, to_json
from .. import strategies
from .acts import Act, histories
from .answers import answer
from .town import ACME, NUMBERS, Founding, foundings
from .trial import MakeStore, Trial

MOST = PageRequest(limit=500)


@attrs.frozen
class Past:
    """A policy, firms that begin, and what happened since."""

    policy: LinkagePolicy
    foundings: list[Founding]
    history: list[Act]

    def relived(self, make_store: MakeStore) -> Trial:
        """All of it, on a fresh store."""
        return Trial(make_store, self.policy).found(*self.foundings).do(*self.history)


def pasts(
    *verbs: str,
    policies: SearchStrategy[LinkagePolicy] | None = None,
    firm_ids: tuple[FirmId, ...] = (ACME,),
    max_size: int = 10,
) -> SearchStrategy[Past]:
    """Pasts in which these kinds of things happened; things of every kind if none is named."""
    policy = strategies.policies() if policies is None else policies
    return st.builds(Past, policy, st.tuples(*map(foundings, firm_ids)).map(list), histories(*verbs, max_size=max_size))


def picture(trial: Trial, firm_id: FirmId = ACME) -> dict[str, Json]:
    """All that a firm, its users and its consumers can see now, refused proofs excepted."""
    portal, staff = trial.portal, trial.staff(firm_id)
    book = trial.model.books[firm_id]
    user_ids = [event.user_id for event in book.journal if event.kind is EventKind.SIGNED_UP and event.user_id]
    seen = {user_id: str(answer(portal.view, PortalUser(firm_id, user_id))) for user_id in user_ids}
    why = [answer(portal.explain, staff, user_id, entity_id) for user_id in user_ids for entity_id in book.entities]
    return {
        "users": to_json(portal.portal_users(staff, page=MOST)),
        "bars": to_json(portal.bars(staff, page=MOST)),
        "journal": to_json(portal.changes(firm_id)),
        "numbers": [to_json(portal.suggest(staff, number)) for number in NUMBERS],
        "seen": to_json(seen),
        "why": str(why),
    }
