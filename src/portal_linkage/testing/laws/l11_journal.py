"""L11: every change is journaled."""

import json
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ... import EmailAddress, Event, EventKind, iterate
from ...ports import Store
from ...wire import to_json
from ..builders import journaled
from ..promises import Promises, for_each_store
from .acts import Act, acts, histories
from .answers import Refusal
from .audit_firm import audit_journal
from .pasts import Past, pasts, picture
from .town import ACME, ADDRESSES, FIRMS, JANE, client
from .trial import NOON


def _change_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        tx.mailboxes.lock(ACME, EmailAddress.parse(JANE))
        tx.entities.save(client("1001", JANE, number="77"))
        journaled(tx, [Event(kind=EventKind.BAR_LIFTED, firm_id=ACME, by="staff-1", at=NOON)])
        raise ZeroDivisionError


class JournalLaw(Promises):
    """L11: every change is journaled."""

    law = "L11"

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(max_size=20))
    def test_the_journal_folds_back_to_the_present_links(self, past: Past) -> None:
        """L11: replayed from its first event, the journal gives today's users, their links and the grounds of each."""
        with past.relived(self.make_store) as trial:
            audit_journal(trial, ACME)

    @settings(for_each_store, max_examples=15)
    @given(past=pasts(), history=histories(max_size=8), limits=st.lists(st.integers(1, 4), min_size=9, max_size=9))
    def test_a_consumer_that_resumes_misses_nothing_and_gets_nothing_twice(
        self, past: Past, history: list[Act], limits: list[int]
    ) -> None:
        """L11: asking in between, with any limit, always from where it stood, a consumer reads the journal once."""
        told, after = list[Event](), None
        with past.relived(self.make_store) as trial:
            for act, limit in zip([None, *history], limits, strict=False):
                trial.do(*([act] if act else []))
                page = trial.portal.changes(ACME, after=after, limit=limit)
                told += page.items
                assert page.next is not None
                after = page.next.after
            told += iterate(lambda page: trial.portal.changes(ACME, after=page.after or after, limit=page.limit))
            assert told == list(iterate(lambda page: trial.portal.journal(trial.staff(ACME), page=page)))

    @settings(for_each_store, max_examples=20)
    @given(past=pasts(), act=acts())
    def test_an_outcome_carries_exactly_what_was_journaled(self, past: Past, act: Act) -> None:
        """L11: what an answer says that it changed is the end of the journal, and nothing else was journaled."""
        with past.relived(self.make_store) as trial:
            before = {firm_id: trial.portal.changes(firm_id).items for firm_id in FIRMS}
            outcome = getattr(trial, act.verb)(**act.about)
            told = getattr(outcome, "events", ())
            after = {firm_id: trial.portal.changes(firm_id).items for firm_id in FIRMS}
            grown = {firm_id: after[firm_id][len(before[firm_id]) :] for firm_id in after}
            assert all(after[firm_id][: len(before[firm_id])] == before[firm_id] for firm_id in after)
            assert [*chain.from_iterable(grown.values())] == [*told]
            assert all(event.at == trial.now for event in told)
            assert not isinstance(outcome, Refusal) or told == ()

    @settings(for_each_store, max_examples=10)
    @given(past=pasts())
    def test_events_carry_ids_and_neither_addresses_nor_amounts(self, past: Past) -> None:
        """L11: no address, no part of one and no money stands in any event."""
        with past.relived(self.make_store) as trial:
            for event in trial.portal.changes(ACME).items:
                text = json.dumps(to_json(event), ensure_ascii=False)
                assert "@" not in text
                assert not any(address.strip().split("@")[0] in text for address in ADDRESSES)
                assert set(to_json(event)) == {"kind", "firm_id", "user_id", "entity_id", "ground", "by", "at"}  # type: ignore[arg-type]

    @settings(for_each_store, max_examples=10)
    @given(past=pasts())
    def test_a_change_that_is_undone_was_never_journaled(self, past: Past) -> None:
        """L11: an error within the transaction takes back the change and its journal together."""
        with past.relived(self.make_store) as trial:
            before = picture(trial)
            with pytest.raises(ZeroDivisionError):
                _change_and_fail(trial.store)
            assert picture(trial) == before
