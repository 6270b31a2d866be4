"""What a roster change meets, and what it does to links."""

from collections.abc import Collection, Mapping

import attrs

from ..entities import Ground, GroundKind, Link, User
from ..outcomes import LinkChange
from ..values import EntityId, UserId


@attrs.frozen(kw_only=True)
class Known:
    """What a roster change meets: users, barred and left entities by address key, links by user and entity."""

    users: Mapping[str, User]
    barred: Mapping[str, Collection[EntityId]] = attrs.field(factory=dict[str, Collection[EntityId]])
    left: Mapping[str, Collection[EntityId]] = attrs.field(factory=dict[str, Collection[EntityId]])
    links: Mapping[tuple[UserId, EntityId], Link]


@attrs.define
class RosterEffects:
    """What a roster change does to links, decided."""

    gained: list[Link] = attrs.field(factory=list[Link])
    grounds_added: list[tuple[Link, Ground]] = attrs.field(factory=list[tuple[Link, Ground]])
    grounds_lost: list[tuple[Link, GroundKind]] = attrs.field(factory=list[tuple[Link, GroundKind]])
    ended: list[Link] = attrs.field(factory=list[Link])
    hidden: list[Link] = attrs.field(factory=list[Link])
    exposed: list[LinkChange] = attrs.field(factory=list[LinkChange])
    """Who will be linked to a survivor, and did not see one of the entities that are one with it from now on."""
    lifted: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Whose bar from which entity a merge that carries a firm grant lifts."""
    forgotten: list[tuple[str, EntityId]] = attrs.field(factory=list[tuple[str, EntityId]])
    """Who left which entity, which makes no difference any more."""
    _gains: list[LinkChange] = attrs.field(factory=list[LinkChange], init=False)
    _losses: list[LinkChange] = attrs.field(factory=list[LinkChange], init=False)

    @property
    def gains(self) -> tuple[LinkChange, ...]:
        """The links that come to be."""
        return tuple(self._gains)

    @property
    def losses(self) -> tuple[LinkChange, ...]:
        """The links that end."""
        return tuple(self._losses)

    @property
    def hides(self) -> tuple[LinkChange, ...]:
        """The links that stay, but to an entity that becomes inactive."""
        return tuple(_change(link, "the entity became inactive") for link in self.hidden)

    def gain(self, link: Link, why: str) -> None:
        """A link comes to be."""
        self.gained.append(link)
        self._gains.append(_change(link, why))

    def end(self, link: Link, why: str) -> None:
        """A link ends."""
        self.ended.append(link)
        self._losses.append(_change(link, why))

    def removed_users(self, held: Mapping[UserId, int]) -> tuple[UserId, ...]:
        """The users whose last link ends, given how many links each held before."""
        left = {link.user_id: held.get(link.user_id, 0) for link in self.ended}
        for change, links in ((1, self.gained), (-1, self.ended)):
            for link in links:
                if link.user_id in left:
                    left[link.user_id] += change
        return tuple(sorted(user_id for user_id, count in left.items() if count == 0))


def _change(link: Link, why: str) -> LinkChange:
    return LinkChange(link.user_id, link.entity_id, why)


@attrs.frozen
class State:
    """What is known, as far as the change has come."""

    users: Mapping[str, User]
    barred: dict[str, set[EntityId]]
    left: dict[str, set[EntityId]]
    links: dict[tuple[UserId, EntityId], Link]
    met: Mapping[EntityId, set[str]]
    """The addresses that have to do with each entity at first: by a link, a bar, or having left it."""

    @classmethod
    def of(cls, known: Known) -> "State":
        barred, left = ({key: set(ids) for key, ids in of.items()} for of in (known.barred, known.left))
        key_of, met = {user.user_id: key for key, user in known.users.items()}, dict[EntityId, set[str]]()
        for user_id, entity_id in known.links:
            if user_id in key_of:
                met.setdefault(entity_id, set()).add(key_of[user_id])
        for refused in (barred, left):
            for key, entity_ids in refused.items():
                for entity_id in entity_ids:
                    met.setdefault(entity_id, set()).add(key)
        return cls(known.users, barred, left, dict(known.links), met)

    def refuse(self, key: str, entity_id: EntityId, *, barred: bool, left: bool) -> None:
        """They are barred from it, or have left it."""
        for refused, holds in ((self.barred, barred), (self.left, left)):
            if holds:
                refused[key].add(entity_id)

    def is_refused(self, key: str, entity_id: EntityId) -> bool:
        return any(entity_id in refused.get(key, ()) for refused in (self.barred, self.left))
