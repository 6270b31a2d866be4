"""The exact orders of the design, which no clock and no collation decides."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal_linkage import SignedUp
from portal_linkage.testing import strategies

from .audit import audit_journal, audit_searches, audit_view
from .model_texts import number_order
from .pasts import Past, pasts
from .town import ACME, JANE, client
from .trial import Act, MakeStore, Trial, histories

backwards = st.lists(st.integers(-(10**6), 10**6), max_size=8)


@settings(max_examples=15)
@given(numbers=st.lists(strategies.client_numbers(), min_size=1, max_size=12))
def test_a_sign_up_links_in_client_number_order(make_store: MakeStore, numbers: list[str]) -> None:
    """Client numbers: digits first, by value, then as written; all others after, by code point; ties by id."""
    clients = [client(f"e{place}", JANE, number=number) for place, number in enumerate(numbers)]
    ordered = sorted(clients, key=lambda entity: (number_order(entity.client_number), entity.entity_id))
    with Trial(make_store) as trial:
        trial.change_roster(ACME, clients)
        signed_up = trial.sign_up(ACME, JANE)
        assert isinstance(signed_up, SignedUp)
        assert [link.entity_id for link in signed_up.links] == [entity.entity_id for entity in ordered]
        audit_view(trial, signed_up.user.viewer, None, limit=500)
        audit_searches(trial, ACME)


@settings(max_examples=12)
@given(past=pasts(max_size=0), history=histories("sign_up", "link", "unlink", "remove_user"), jumps=backwards)
def test_a_clock_that_goes_back_changes_no_order(
    make_store: MakeStore, past: Past, history: list[Act], jumps: list[int]
) -> None:
    """L11 and *Entities*: links are in the order they came and so are events, whatever the clock said."""
    with past.relived(make_store) as trial:
        for act, seconds in zip(history, jumps, strict=False):
            trial.do(act)
            trial.now += timedelta(seconds=seconds)
        audit_journal(trial, ACME)
        for person in trial.model.books[ACME].people.values():
            if person.user:
                audit_view(trial, person.user.viewer, None, limit=500)
