"""A journal, replayed."""

from collections.abc import Iterable

from portal_linkage.domain.entities import GroundKind
from portal_linkage.domain.events import Event, EventKind
from portal_linkage.domain.values import EntityId, UserId

Standing = dict[UserId, dict[EntityId, frozenset[GroundKind]]]
"""Users, their links, and the kinds of their grounds."""


def fold(events: Iterable[Event], start: Standing | None = None) -> Standing:
    """Replay a firm's journal, oldest first: it gives the present users, links and grounds (L11)."""
    standing: Standing = {user_id: dict(links) for user_id, links in (start or {}).items()}
    for event in events:
        if event.user_id is not None:
            _replay(standing, event.user_id, event)
    return standing


def _replay(standing: Standing, user_id: UserId, event: Event) -> None:
    links = standing.setdefault(user_id, {})
    match event:
        case Event(kind=EventKind.USER_REMOVED):
            del standing[user_id]
        case Event(kind=EventKind.UNLINKED, entity_id=str(entity_id)):
            del links[EntityId(entity_id)]
        case Event(
            kind=EventKind.LINKED | EventKind.GROUND_ADDED, entity_id=str(entity_id), ground=GroundKind() as kind
        ):
            links[EntityId(entity_id)] = links.get(EntityId(entity_id), frozenset()) | {kind}
        case Event(kind=EventKind.GROUND_LOST, entity_id=str(entity_id), ground=GroundKind() as kind):
            links[EntityId(entity_id)] -= {kind}
        case _:  # a sign-up makes the user above; a lifted bar links nothing
            pass
