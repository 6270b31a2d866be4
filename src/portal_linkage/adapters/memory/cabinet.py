"""All that is kept of one firm."""

from typing import assert_never

from ...domain.entities import ClientEntity, Firm
from ...domain.values import EntityId, FirmId, UserId
from ...domain.viewers import LinkedTo, Only, Scope
from .bills import InvoiceShelf, LateFeeShelf, PaymentShelf
from .chronicle import AttemptShelf, JournalShelf
from .clients import EntityShelf
from .people import LinkShelf, MailboxShelf, Placed
from .refusals import BarShelf, Leaving, RefusalShelf
from .shelf import Shelf


class Cabinet:
    """The shelves of one firm. Nothing in it knows of another firm (L6)."""

    def __init__(self) -> None:
        self.firms: Shelf[FirmId, Firm] = Shelf()
        self.mailboxes = MailboxShelf()
        self.links = LinkShelf()
        self.bars = BarShelf()
        self.leavings: RefusalShelf[Leaving] = RefusalShelf()
        self.entities = EntityShelf()
        self.invoices = InvoiceShelf()
        self.late_fees = LateFeeShelf()
        self.payments = PaymentShelf()
        self.attempts = AttemptShelf()
        self.journal = JournalShelf()

    def in_scope(self, scope: Scope) -> list[tuple[int, int, ClientEntity]]:
        """The entities in scope in link order, each with its place in it."""
        found = ((revision, position, self.entities.active(one)) for revision, position, one in self._asked(scope))
        return [(revision, position, entity) for revision, position, entity in found if entity is not None]

    def ids_in_scope(self, scope: Scope) -> list[EntityId]:
        """The ids of the entities in scope."""
        return [entity.entity_id for _, _, entity in self.in_scope(scope)]

    def _asked(self, scope: Scope) -> list[tuple[int, int, EntityId]]:
        match scope:
            case LinkedTo(user_id=user_id, entity_id=entity_id):
                held = self._held(user_id, entity_id)
                return [(revision, position, link.entity_id) for revision, position, link in held]
            case Only(entity_id=entity_id):
                return [(0, 0, entity_id)]
            case _:
                assert_never(scope)

    def _held(self, user_id: UserId, entity_id: EntityId | None) -> list[Placed]:
        if entity_id is None:
            return self.links.of(user_id)
        placed = self.links.find((user_id, entity_id))
        return [] if placed is None else [placed]
