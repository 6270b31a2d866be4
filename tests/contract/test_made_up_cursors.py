"""What a consumer gets who makes a cursor of the changes up."""

from pathlib import Path

import pytest

from portal_linkage.adapters.listings import CHANGES
from portal_linkage.domain.values import PageRequest
from portal_linkage.testing.builders import ACME, event, journaled
from tests import engines

EVENTS = tuple(event(by=f"staff-{number}") for number in range(6))


@pytest.mark.parametrize("position", [-1, -5, -(10**15)])
@pytest.mark.parametrize("engine", engines.ALL)
def test_a_made_up_place_before_the_first_event_gives_all(engine: str, position: int, tmp_path: Path) -> None:
    """Whoever makes a cursor of their own gets no event in a wrong order, and none twice."""
    store = engines.opened(engine, tmp_path)
    with store.transaction() as tx:
        journaled(tx, EVENTS)
    made_up = PageRequest(after=CHANGES.of(ACME).cursor((position,)))
    with store.snapshot() as snapshot:
        assert snapshot.journal.changes(ACME, made_up).items == EVENTS
    store.close()
