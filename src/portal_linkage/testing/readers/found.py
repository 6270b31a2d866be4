"""What is found by its id."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ...domain.values import FirmId
from ...ports import Store
from ..builders import ACME, OTHER_FIRM, REALTY
from ._base import ReaderPromises, for_each_reader


def lookalikes(text: str) -> set[str]:
    """Texts that are nearly this one: other case, blanks, a leading zero, other digits, more or less of it."""
    wide = "".join(chr(ord(letter) - ord("0") + 0xFF10) if letter.isdecimal() else letter for letter in text)
    near = {text.swapcase(), f" {text}", f"{text} ", f"0{text}", f"+{text}", f"{text}.0", f"{text}%", wide}
    return (near | {f"{text}0", text[:-1] or "_", "_" * len(text), "no such", "9" * 200}) - {text}


class ReaderFinds(ReaderPromises):
    """What is found by its id."""

    law = "L15"

    def _find(self, store: Store, firm_id: FirmId, bill_id: str) -> Any:  # noqa: ANN401 -- a bill of whatever kind
        with store.snapshot() as snapshot:
            return getattr(snapshot, self.kind.name).find(firm_id, bill_id)

    @for_each_reader
    @given(data=st.data())
    def test_a_bill_is_found_as_the_tables_have_it(self, data: st.DataObject) -> None:
        """A bill in any state is found with every field, whoever may see it, though its client be unknown."""
        bills = data.draw(self.kind.drawn(self.means))
        with self.anew() as store:
            self.seed(bills)
            assert [self._find(store, one.firm_id, self.kind.id_of(one)) for one in bills] == list(bills)

    def test_a_bill_is_found_by_its_very_id(self, linked: Store) -> None:
        """By an id that only looks alike, or is no id that the tables can have, nothing is found."""
        for bill_id in self.means.ids[:4]:
            bill = self.kind.listings[0].row(self.means, bill_id, REALTY, 1)
            with self.anew() as store:
                self.seed([bill])
                near = {one: self._find(store, ACME, one) for one in sorted(lookalikes(bill_id))}
                assert near == dict.fromkeys(near)
                assert self._find(store, ACME, bill_id) == bill
        assert self._find(linked, ACME, self.means.ids[0]) is None

    def test_a_bill_is_found_at_its_own_firm(self, linked: Store) -> None:
        """Another firm finds nothing by the id of a bill of ours."""
        bill = self.kind.listings[0].row(self.means, "1", REALTY, 1)
        self.seed([bill])
        assert self._find(linked, OTHER_FIRM, "1") is None
        assert self._find(linked, ACME, "1") == bill
