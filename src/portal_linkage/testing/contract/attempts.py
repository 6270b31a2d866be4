"""The refused proofs, counted."""

from datetime import timedelta

import pytest

from ...ports import Store
from ..builders import ACME, OTHER_FIRM, at, sign_up, user
from ..promises import Promises

LONG_AGO, FOREVER = at(-1000), at(1000)
PERSON, NUMBER = "person:mailbox-1", "number:1003"
MANY = 200
COMPOSED = "\N{LATIN SMALL LETTER E WITH ACUTE}", "e\N{COMBINING ACUTE ACCENT}"
"""One letter to the eye, in one code point and in two."""


class AttemptPromises(Promises):
    """The refused proofs, counted: what `AttemptRepository` promises."""

    law = "L10"

    def test_nobody_has_tried_at_first(self, store: Store) -> None:
        """A subject of whom no refused proof was counted has none."""
        with store.transaction() as tx:
            assert tx.attempts.recent(ACME, PERSON, LONG_AGO) == ()

    def test_refused_proofs_come_oldest_first(self, store: Store) -> None:
        """The times of a subject's refused proofs come in the order of time, however they were counted."""
        for minutes in (3, 1, 2):
            with store.transaction() as tx:
                tx.attempts.recent(ACME, PERSON, LONG_AGO)
                tx.attempts.add(ACME, PERSON, at(minutes), FOREVER)
        with store.transaction() as tx:
            assert tx.attempts.recent(ACME, PERSON, LONG_AGO) == (at(1), at(2), at(3))

    def test_refused_proofs_of_one_moment_are_counted_each(self, store: Store) -> None:
        """Two refused proofs at the same time are two."""
        with store.transaction() as tx:
            for _ in range(2):
                tx.attempts.recent(ACME, PERSON, LONG_AGO)
                tx.attempts.add(ACME, PERSON, at(1), FOREVER)
            assert tx.attempts.recent(ACME, PERSON, LONG_AGO) == (at(1), at(1))

    def test_the_window_does_not_hold_its_beginning(self, store: Store) -> None:
        """A refused proof counts if it came after the window's beginning, to the microsecond, and not at it."""
        with store.transaction() as tx:
            for moment in (at(1), at(1) + timedelta(microseconds=1), at(2)):
                tx.attempts.recent(ACME, PERSON, LONG_AGO)
                tx.attempts.add(ACME, PERSON, moment, FOREVER)
            assert tx.attempts.recent(ACME, PERSON, at(1)) == (at(1) + timedelta(microseconds=1), at(2))

    def test_every_subject_has_its_own_count(self, store: Store) -> None:
        """A person, a typed number in another spelling, and another firm's are counted apart."""
        with store.transaction() as tx:
            tx.attempts.recent(ACME, NUMBER, LONG_AGO)
            tx.attempts.add(ACME, NUMBER, at(1), FOREVER)
            others = (
                (ACME, PERSON),
                (ACME, "number:1003 "),
                (ACME, "number:100"),
                (ACME, "number:\N{FULLWIDTH DIGIT ONE}003"),
                (ACME, "number:1003\N{COMBINING ACUTE ACCENT}"),
                (OTHER_FIRM, NUMBER),
            )
            assert [tx.attempts.recent(*other, LONG_AGO) for other in others] == [()] * len(others)

    def test_a_typed_number_counts_in_its_very_case(self, store: Store) -> None:
        """What was typed in other letters, though they differ by their case alone, is another number."""
        with store.transaction() as tx:
            tx.attempts.recent(ACME, "number:a-7", LONG_AGO)
            tx.attempts.add(ACME, "number:a-7", at(1), FOREVER)
            told = [tx.attempts.recent(ACME, subject, LONG_AGO) for subject in ("number:a-7", "number:A-7")]
        assert told == [(at(1),), ()]

    @pytest.mark.parametrize("last", ["ab", "aA"])
    def test_the_longest_number_counts_to_its_last_character(self, store: Store, last: str) -> None:
        """Two numbers of 200 characters that differ in their last, be it in its case alone, are two."""
        subjects = [f"number:{'9' * 199}{one}" for one in last]
        with store.transaction() as tx:
            for minutes, subject in enumerate(subjects, 1):
                tx.attempts.recent(ACME, subject, LONG_AGO)
                tx.attempts.add(ACME, subject, at(minutes), FOREVER)
            assert [tx.attempts.recent(ACME, subject, LONG_AGO) for subject in subjects] == [(at(1),), (at(2),)]

    def test_a_number_counts_as_it_was_composed(self, store: Store) -> None:
        """What was typed in other code points, though it looks and prints the same, is another number."""
        first, second = (f"number:{one}" for one in COMPOSED)
        with store.transaction() as tx:
            tx.attempts.recent(ACME, first, LONG_AGO)
            tx.attempts.add(ACME, first, at(1), FOREVER)
            assert [tx.attempts.recent(ACME, subject, LONG_AGO) for subject in (first, second)] == [(at(1),), ()]

    def test_very_many_refused_proofs_are_counted_each(self, store: Store) -> None:
        """However many proofs of one subject were refused, a firm that allows as many knows each of them."""
        with store.transaction() as tx:
            for minutes in range(MANY):
                tx.attempts.recent(ACME, PERSON, LONG_AGO)
                tx.attempts.add(ACME, PERSON, at(minutes), FOREVER)
        with store.transaction() as tx:
            assert tx.attempts.recent(ACME, PERSON, LONG_AGO) == tuple(map(at, range(MANY)))

    def test_refused_proofs_of_a_person_outlive_the_user(self, store: Store) -> None:
        """Who is removed and signs up again has as many left as before."""
        with store.transaction() as tx:
            subject = f"person:{sign_up(tx, user()).mailbox_id}"
            tx.attempts.recent(ACME, subject, LONG_AGO)
            tx.attempts.add(ACME, subject, at(1), FOREVER)
            tx.users.remove(user())
        with store.transaction() as tx:
            sign_up(tx, user("jane-again"))
            assert tx.attempts.recent(ACME, subject, LONG_AGO) == (at(1),)

    def test_what_is_in_the_window_stays(self, store: Store) -> None:
        """Counting one more drops nothing that is after the beginning of the window."""
        with store.transaction() as tx:
            for minutes in (1, 2, 3):
                tx.attempts.recent(ACME, PERSON, at(0))
                tx.attempts.add(ACME, PERSON, at(minutes), at(minutes + 1.5))
            assert tx.attempts.recent(ACME, PERSON, at(1.5)) == (at(2), at(3))

    def test_what_counts_for_longer_outlasts_what_counts_for_less(self, store: Store) -> None:
        """A policy that has become strict for a moment forgets nothing that was counted under a longer window."""
        with store.transaction() as tx:
            tx.attempts.recent(ACME, "number:1", LONG_AGO)
            tx.attempts.add(ACME, "number:1", at(1), at(11))
            for minutes in (3, 4, 5):
                tx.attempts.recent(ACME, "number:2", at(minutes))
                tx.attempts.add(ACME, "number:2", at(minutes), at(minutes + 0.1))
            assert tx.attempts.recent(ACME, "number:1", LONG_AGO) == (at(1),)

    def test_ever_new_numbers_do_not_pile_up(self, store: Store) -> None:
        """A guest who types a new number every hour leaves behind no more than a few, whenever they are dropped."""
        with store.transaction() as tx:
            for hour in range(MANY):
                tx.attempts.recent(ACME, f"number:{hour}", at(60 * hour - 10))
                tx.attempts.add(ACME, f"number:{hour}", at(60 * hour), at(60 * hour + 10))
            kept = [hour for hour in range(MANY) if tx.attempts.recent(ACME, f"number:{hour}", LONG_AGO)]
        assert len(kept) <= 20
        assert kept[-1] == MANY - 1

    def test_what_others_have_in_the_window_stays(self, store: Store) -> None:
        """Counting one subject drops nothing of another that is after the beginning of the window."""
        with store.transaction() as tx:
            for number in range(9):
                tx.attempts.recent(ACME, f"number:{number}", at(0))
                tx.attempts.add(ACME, f"number:{number}", at(1 + number), at(10))
            counts = [tx.attempts.recent(ACME, f"number:{number}", at(0)) for number in range(9)]
        assert counts == [(at(1 + number),) for number in range(9)]
