"""The links."""

from collections.abc import Collection, Mapping, Sequence

from ....domain.entities import Ground, GroundKind, Link
from ....domain.values import EntityId, FirmId, UserId
from ....ports import Mailbox
from ..cabinet import Cabinet
from ..session import Reader, Repository


class LinkReader(Reader):
    """`portal_linkage.ports.LinkReader` in memory."""

    def find(self, firm_id: FirmId, user_id: UserId, entity_id: EntityId) -> Link | None:
        placed = self._at(firm_id).links.find((user_id, entity_id))
        return None if placed is None else placed[2]

    def listing(self, firm_id: FirmId, user_id: UserId) -> tuple[Link, ...]:
        return tuple(link for _, _, link in self._at(firm_id).links.of(user_id))

    def any_of(self, firm_id: FirmId, user_id: UserId) -> bool:
        return self._at(firm_id).links.count_of(user_id) > 0

    def touching(self, firm_id: FirmId, entity_ids: Collection[EntityId]) -> tuple[Link, ...]:
        links = self._at(firm_id).links
        keys = ((user_id, entity_id) for entity_id in set(entity_ids) for user_id in links.users_of(entity_id))
        return tuple(links.at(*key)[2] for key in sorted(keys))

    def count(self, firm_id: FirmId) -> int:
        return self._at(firm_id).links.count

    def counts(self, firm_id: FirmId, user_ids: Collection[UserId]) -> Mapping[UserId, int]:
        links = self._at(firm_id).links
        return {user_id: links.count_of(user_id) for user_id in user_ids}


class LinkRepository(Repository, LinkReader):
    """`portal_linkage.ports.LinkRepository` in memory."""

    def add_many(self, links: Sequence[tuple[Mailbox, Link]]) -> None:
        for position, (mailbox, link) in enumerate(links):
            shelf = self._to(link.firm_id).links
            self._change.put(shelf, (link.user_id, link.entity_id), (mailbox.revision, position, link))

    def remove_many(self, links: Sequence[Link]) -> None:
        for link in links:
            self._change.put(self._to(link.firm_id).links, (link.user_id, link.entity_id), None)

    def add_grounds(self, grounds: Sequence[tuple[Link, Ground]]) -> None:
        for link, ground in grounds:
            cabinet = self._to(link.firm_id)
            self._replace(cabinet, _kept(cabinet, link).with_ground(ground))

    def remove_grounds(self, grounds: Sequence[tuple[Link, GroundKind]]) -> None:
        for link, kind in grounds:
            cabinet = self._to(link.firm_id)
            self._replace(cabinet, _kept(cabinet, link).without(kind))

    def _replace(self, cabinet: Cabinet, link: Link) -> None:
        revision, position, _ = cabinet.links.at(link.user_id, link.entity_id)
        self._change.put(cabinet.links, (link.user_id, link.entity_id), (revision, position, link))


def _kept(cabinet: Cabinet, link: Link) -> Link:
    """The link as it stands: the caller's may lack a ground that the same change has given it."""
    return cabinet.links.at(link.user_id, link.entity_id)[2]
