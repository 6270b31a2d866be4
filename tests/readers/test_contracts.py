"""What the contracts of readers say to whoever writes one."""

from typing import ClassVar

import pytest

from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing import Capability, InvoiceReaderContract, LateFeeReaderContract, PaymentReaderContract
from portal_linkage.testing._guard import changed_promises
from portal_linkage.testing.readers._base import ReaderPromises
from tests import engines

from .ledger import InvoiceBooks, OnBooks

CONTRACTS = (InvoiceReaderContract, LateFeeReaderContract, PaymentReaderContract)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_promise_hides_another(contract: type[ReaderPromises]) -> None:
    """Promises of all subjects are in one class, so that no two may have one name."""
    assert changed_promises(contract) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_promise_is_told_in_words(contract: type[ReaderPromises]) -> None:
    """Each has a docstring, which the error of a broken one quotes."""
    promises = [getattr(contract, name) for name in dir(contract) if name.startswith("test_")]
    assert all(promise.__doc__ for promise in promises)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_author_is_told_what_to_write(contract: type[ReaderPromises]) -> None:
    """The first thing that an adapter's author sees."""

    class Unwritten(contract):  # type: ignore[valid-type, misc]
        """Nothing is written yet."""

    with pytest.raises(NotImplementedError, match=r"^write make_reader\(self\): it makes a reader of yours"):
        Unwritten().make_reader()
    with pytest.raises(NotImplementedError, match=r"^write make_store\(self, reader\): it makes a store"):
        Unwritten().make_store(None)
    with pytest.raises(NotImplementedError, match=r"^write seed\(self, bills\): it writes these bills"):
        Unwritten().seed([])


class Hasty(OnBooks, InvoiceReaderContract):
    """Books that say to lack something."""

    books: ClassVar = InvoiceBooks
    lacks: ClassVar = {Capability.DRAFTS: "we send what we write"}


def test_what_needs_a_lacking_capability_is_skipped_with_the_reason() -> None:
    """The reason is in the report of the tests."""
    with pytest.raises(pytest.skip.Exception, match=r"^without drafts: we send what we write$"):
        Hasty().test_a_draft_proves_nothing(SqlStore(engines.emptied("sqlite")))


def test_a_reader_that_forgets_what_to_count_is_told_so() -> None:
    """Whoever has statements counts them, or says why not."""
    with pytest.raises(NotImplementedError, match=r"^write counting\(self, store\), or say in lacks why"):
        Hasty().test_a_reading_asks_as_often_for_40_links_as_for_one()
