"""The tables as SQL, for whoever runs it by hand."""

import pytest

from portal_linkage.adapters.sql.schema import as_sql

from .shell import typed


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_sql_is_printed_as_it_is(dialect: str) -> None:
    """Every statement on its lines, to be kept in a file; nothing else is on stdout."""
    ran = typed("schema", "--dialect", dialect)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip() == as_sql(dialect).strip()
    assert "CREATE TABLE portal_link (" in ran.out


def test_names_are_those_that_the_store_will_have() -> None:
    """A prefix and a schema stand before every name."""
    ran = typed("schema", "--dialect", "postgresql", "--prefix", "ours_", "--schema", "billing")
    assert "CREATE TABLE billing.ours_link (" in ran.out
    assert "portal_link" not in ran.out


def test_a_dialect_that_nobody_has_tried_is_wrong_usage() -> None:
    """Nothing is printed for it."""
    ran = typed("schema", "--dialect", "oracle")
    assert (ran.code, ran.out) == (2, "")
