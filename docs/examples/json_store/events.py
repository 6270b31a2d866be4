"""What happened: refused proofs, and the journal."""

from collections.abc import Sequence
from datetime import datetime

from portal_linkage import EntityId, Event, FirmId, Page, PageRequest, UserId
from portal_linkage.adapters.listings import CHANGES, JOURNAL
from portal_linkage.domain.values import Question

from .blocks import Part, paged

EVERYBODY = FirmId("")
"""No firm has this id: in its document stand the events of all."""


class Attempts(Part):
    def recent(self, firm_id: FirmId, subject: str, since: datetime) -> tuple[datetime, ...]:
        refused = self.opened(firm_id).attempts.get(subject, ())
        return tuple(sorted(at for at, _ in refused if at > since))

    def add(self, firm_id: FirmId, subject: str, at: datetime, until: datetime) -> None:
        book = self.opened(firm_id)
        counting = {one: [each for each in refused if each[1] > at] for one, refused in book.attempts.items()}
        book.attempts = {one: refused for one, refused in counting.items() if refused}
        book.attempts.setdefault(subject, []).append((at, until))


class Journal(Part):
    def is_settled(self, firm_id: FirmId) -> bool:
        self.book(firm_id)
        return True

    def listing(
        self, firm_id: FirmId, user_id: UserId | None, entity_id: EntityId | None, page: PageRequest
    ) -> Page[Event]:
        journal = self.book(firm_id).journal
        wanted = [
            (place,)
            for place, event in enumerate(journal, 1)
            if user_id in (None, event.user_id) and entity_id in (None, event.entity_id)
        ]
        return paged(JOURNAL, JOURNAL.of(firm_id, user_id, entity_id), wanted, page).map(
            lambda key: journal[int(str(key[0])) - 1]
        )

    def changes(self, firm_id: FirmId, page: PageRequest) -> Page[Event]:
        question, journal = CHANGES.of(firm_id), self.book(firm_id).journal
        start = max(_position(question, page), 0)
        items = tuple(journal[start : start + page.limit])
        return Page(items, PageRequest(page.limit, question.cursor((start + len(items),))))

    def append(self, events: Sequence[Event]) -> None:
        for event in events:
            for firm_id in (event.firm_id, EVERYBODY):
                self.opened(firm_id).journal.append(event)

    def settle(self, firm_id: FirmId) -> None:
        self.opened(firm_id)

    def deliver(self, page: PageRequest) -> Page[Event]:
        return self.changes(EVERYBODY, page)


def _position(question: Question, page: PageRequest) -> int:
    key = question.position(page)
    return 0 if key is None else int(str(key[0]))
