"""What a roster change does to links, and what it costs (L7, L12, L13). Values in, values out, as in `rules`."""

from ._changes import EntityChange, concerned, listed_with
from ._costs import HELD_AT_MOST, confirm_because
from ._deciding import roster_change
from ._effects import Known, RosterEffects

__all__ = [
    "HELD_AT_MOST", "EntityChange", "Known", "RosterEffects", "concerned", "confirm_because", "listed_with",
    "roster_change",
]  # fmt: skip
