"""The exact orders of the design, which no clock and no collation decides."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ... import SignedUp
from .. import strategies
from ..promises import Promises, for_each_store
from .acts import Act, histories
from .audit_firm import SEARCHES, audit_journal, audit_search
from .audit_portal import audit_view
from .model_texts import number_order
from .pasts import Past, pasts
from .town import ACME, JANE, client
from .trial import Trial

backwards = st.lists(st.integers(-(10**6), 10**6), max_size=8)


class OrderLaw(Promises):
    """The exact orders of the design, which no clock and no collation decides."""

    law = "L15"

    @settings(for_each_store, max_examples=15)
    @given(numbers=st.lists(strategies.client_numbers(), min_size=1, max_size=12))
    def test_a_sign_up_links_in_client_number_order(self, numbers: list[str]) -> None:
        """Client numbers: digits first, by value, then as written; all others after, by code point; ties by id."""
        clients = [client(f"e{place}", JANE, number=number) for place, number in enumerate(numbers)]
        ordered = sorted(clients, key=lambda entity: (number_order(entity.client_number), entity.entity_id))
        with Trial(self.make_store) as trial:
            trial.change_roster(ACME, clients)
            signed_up = trial.sign_up(ACME, JANE)
            assert isinstance(signed_up, SignedUp)
            assert [link.entity_id for link in signed_up.links] == [entity.entity_id for entity in ordered]
            audit_view(trial, signed_up.user.viewer, None, limit=500)
            for text in SEARCHES:
                audit_search(trial, ACME, text)

    @settings(for_each_store, max_examples=12)
    @given(past=pasts(max_size=0), history=histories("sign_up", "link", "unlink", "remove_user"), jumps=backwards)
    def test_a_clock_that_goes_back_changes_no_order(self, past: Past, history: list[Act], jumps: list[int]) -> None:
        """L11 and *Entities*: links are in the order they came and so are events, whatever the clock said."""
        with past.relived(self.make_store) as trial:
            for act, seconds in zip(history, jumps, strict=False):
                trial.do(act)
                trial.now += timedelta(seconds=seconds)
            audit_journal(trial, ACME)
            for person in trial.model.books[ACME].people.values():
                if person.user:
                    audit_view(trial, person.user.viewer, None, limit=500)
