"""The store over JSON documents that the docs show keeps everything in them."""

import json

from json_store import JsonStore

from portal_linkage.domain.values import PageRequest
from portal_linkage.ports import Transaction
from portal_linkage.testing.builders import ACME, JANE, OTHER_FIRM, entity, event, journaled
from portal_linkage.testing.contract._pictures import furnish, picture, undone


def test_another_store_reads_all_of_it_from_the_documents() -> None:
    """Nothing is kept beside them: whoever opens them another day finds the same."""
    documents: dict[str, str] = {}
    with JsonStore(documents).transaction() as tx:
        furnish(tx)
        tx.entities.save_contacts([entity("1001", JANE)], "xero")
    kept = {firm_id: json.dumps(json.loads(document)) for firm_id, document in documents.items()}
    assert picture(JsonStore(kept)) == picture(JsonStore(documents))
    assert kept == documents


def test_what_another_process_has_written_is_seen() -> None:
    """What was read before is not taken for what is there now."""
    documents: dict[str, str] = {}
    mine, theirs = JsonStore(documents), JsonStore(documents)
    before = picture(mine)
    with theirs.transaction() as tx:
        furnish(tx)
    assert picture(mine) == picture(theirs) != before


def test_an_undone_change_writes_no_document() -> None:
    """Not even one that would be empty."""
    documents: dict[str, str] = {}

    def journal_elsewhere(tx: Transaction) -> None:
        journaled(tx, [event(firm_id=OTHER_FIRM)])

    undone(JsonStore(documents), journal_elsewhere)
    assert documents == {}


def test_a_reading_writes_no_document() -> None:
    """Of a firm that nobody has written of there is none."""
    documents: dict[str, str] = {}
    with JsonStore(documents).snapshot() as snapshot:
        assert snapshot.bars.listing(ACME, None, PageRequest()).items == ()
    assert documents == {}
