"""The journal."""

from collections.abc import Sequence

from ....domain.events import Event
from ....domain.values import EntityId, FirmId, Page, PageRequest, Question, UserId
from ...listings import CHANGES, JOURNAL
from ..session import Reader, Repository


def _position(question: Question, page: PageRequest) -> int:
    key = question.position(page)
    # A cursor that somebody made up may name a position before the first.
    return 0 if key is None else max(0, int(str(key[0])))


def _as_key(position: int) -> tuple[int]:
    return (position,)


class JournalReader(Reader):
    """`portal_linkage.ports.JournalReader` in memory."""

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        journal = self._at(firm_id).journal
        question = JOURNAL.of(firm_id, user_id, entity_id)
        positions = journal.touching(user_id, entity_id, _position(question, page), page.limit + 1)
        return question.page(positions, page, _as_key).map(journal.at)

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        journal = self._at(firm_id).journal
        question = CHANGES.of(firm_id)
        start = _position(question, page)
        positions = journal.after(start, page.limit)
        end = positions[-1] if positions else start
        return Page(tuple(map(journal.at, positions)), PageRequest(page.limit, question.cursor((end,))))


class JournalRepository(Repository, JournalReader):
    """`portal_linkage.ports.JournalRepository` in memory."""

    def append(self, events: Sequence[Event]) -> None:
        for event in events:
            journal = self._to(event.firm_id).journal
            self._change.put(journal, len(journal) + 1, event)
