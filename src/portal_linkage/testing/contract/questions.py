"""A cursor belongs to the whole of its question: the listing, the firm, the viewer, the filters."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import pytest

from ...domain.entities import InvoiceStatus
from ...domain.errors import InvalidCursor
from ...domain.values import EntityId, Page, PageRequest, UserId
from ...domain.viewers import LinkedTo, Only
from ...ports import Snapshot, Store, Transaction
from ..builders import (
    ACME,
    JANE_ID,
    OTHER_FIRM,
    REALTY,
    SMITH,
    bar,
    entity,
    event,
    invoice,
    jane_at,
    journaled,
    late_fee,
    leave_bars,
    payment,
    sign_up,
    user,
)
from ..promises import Promises

USERS: Final = (JANE_ID, UserId("ann"))
ENTITIES: Final = (REALTY, SMITH)
SCOPES: Final = (
    *(LinkedTo(ACME, user_id, entity_id) for user_id in USERS for entity_id in (None, *ENTITIES)),
    *(Only(ACME, entity_id) for entity_id in ENTITIES),
    LinkedTo(OTHER_FIRM, JANE_ID),
    Only(OTHER_FIRM, REALTY),
)


@attrs.frozen
class Asked:
    """A listing, and all that it may be asked with."""

    fetch: Callable[[Snapshot, Any, PageRequest], Page[Any]]
    filters: Sequence[Any]


def _invoices(status: InvoiceStatus) -> Asked:
    return Asked(lambda snapshot, scope, page: snapshot.invoices.in_scope(scope, status, page), SCOPES)


LISTINGS: Final = {
    "users": Asked(
        lambda snapshot, sought, page: snapshot.users.search(ACME, sought[0], sought[1], page),
        [(text, entity_id) for text in ("", "smith", "jane") for entity_id in (None, *ENTITIES)],
    ),
    "bars": Asked(
        lambda snapshot, email, page: snapshot.bars.listing(ACME, email, page), [None, jane_at(0), jane_at(1)]
    ),
    "entities": Asked(lambda snapshot, scope, page: snapshot.entities.in_scope(scope, page), SCOPES),
    "open invoices": _invoices(InvoiceStatus.OPEN),
    "paid invoices": _invoices(InvoiceStatus.PAID),
    "late fees": Asked(lambda snapshot, scope, page: snapshot.late_fees.in_scope(scope, page), SCOPES),
    "payments": Asked(lambda snapshot, scope, page: snapshot.payments.in_scope(scope, page), SCOPES),
    "journal": Asked(
        lambda snapshot, whose, page: snapshot.journal.listing(ACME, whose[0], whose[1], page),
        [(user_id, entity_id) for user_id in (None, *USERS) for entity_id in (None, *ENTITIES)],
    ),
}


def _write_bills(tx: Transaction, number: int, entity_id: EntityId) -> None:
    name = f"{number}-{entity_id}"
    tx.invoices.save(invoice(f"open-{name}", entity_id))
    tx.invoices.save(invoice(f"paid-{name}", entity_id, status=InvoiceStatus.PAID))
    tx.late_fees.save(late_fee(name, entity_id))
    tx.payments.save(payment(name, entity_id))


class QuestionPromises(Promises):
    """A cursor belongs to the whole of its question: the listing, the firm, the viewer, the filters."""

    law = "L15"

    @pytest.fixture
    def shared(self, store: Store) -> Store:
        """Two users who are alike in all, so that a place in what one is shown would fit what the other is."""
        with store.transaction() as tx:
            tx.entities.save_many(map(entity, ENTITIES))
            for number, user_id in enumerate(USERS):
                sign_up(tx, user(user_id, jane_at(number)), *ENTITIES)
                leave_bars(tx, *(bar(entity_id, jane_at(number)) for entity_id in ENTITIES))
                for entity_id in ENTITIES:
                    _write_bills(tx, number, entity_id)
                    journaled(tx, [event(user_id=user_id, entity_id=entity_id)] * 2)
        return store

    @pytest.mark.parametrize("name", LISTINGS)
    def test_a_cursor_of_another_question_is_refused(self, shared: Store, name: str) -> None:
        """A place in what was asked about one is no place in what is asked about another, or about more, or less."""
        asked = LISTINGS[name]
        with shared.snapshot() as snapshot:
            cursors = [(one, asked.fetch(snapshot, one, PageRequest(1)).next) for one in asked.filters]
            places = [(one, place) for one, place in cursors if place is not None]
            for one, place in places:
                for other in asked.filters:
                    if other != one:
                        with pytest.raises(InvalidCursor):
                            asked.fetch(snapshot, other, place)
        assert len(places) > 1
