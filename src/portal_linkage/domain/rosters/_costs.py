"""What a roster change costs, and why its plan must be named (L13)."""

from collections.abc import Iterable

from ..outcomes import LinkChange
from ._effects import RosterEffects

CONFIRM_ABOVE_LINKS = 10
CONFIRM_ABOVE_SHARE = 20  # one in twenty: 5 %
HELD_AT_MOST = CONFIRM_ABOVE_LINKS * CONFIRM_ABOVE_SHARE  # in a firm with more links, the first limit is the stricter


def confirm_because(effects: RosterEffects, *, held: int, removed: int, empties: bool) -> tuple[str, ...]:
    """Why a plan's caller must name it: it costs much (L13), or shows somebody the bills of one more client.

    ``held`` are all links of the firm's users, or `HELD_AT_MOST` if there are more; ``removed`` are the users who lose
    their last one.
    """
    cost = len(effects.ended) + len(effects.hidden)
    is_over = cost > CONFIRM_ABOVE_LINKS
    conditions = {
        "it comes from an empty snapshot": empties,
        f"links it ends or hides: {cost}, over {CONFIRM_ABOVE_LINKS}": is_over,
        f"links it ends or hides: {cost}, over 5 % of the firm's": cost * CONFIRM_ABOVE_SHARE > held and not is_over,
        f"users it removes: {removed}": removed > 0,
        f"users who are shown the bills of further clients: {_users_in(effects.exposed)}": bool(effects.exposed),
    }
    return tuple(why for why, holds in conditions.items() if holds)


def _users_in(changes: Iterable[LinkChange]) -> int:
    return len({change.user_id for change in changes})
