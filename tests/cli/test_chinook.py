"""Real data: 59 customers and 412 invoices of the Chinook database, imported as they are."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .shell import Acme

LUIS = "luisg@embraer.com.br"
MAPPING = """
[entities]
entity_id = "CustomerId"
name = { columns = ["FirstName", "LastName"] }
email = "Email"

[invoices]
invoice_id = "InvoiceId"
entity_id = "CustomerId"
total = "Total"
amount_due = "Total"
currency = { constant = "USD" }
status = { constant = "open" }
issued_on = "InvoiceDate"
"""


@pytest.fixture(scope="module")
def chinook(samples: Path) -> Path:
    """The folder of the real data."""
    return samples / "pms" / "chinook"


@pytest.fixture
def firm(chinook: Path, tmp_path: Path) -> Acme:
    """A firm that has imported it."""
    mapping = tmp_path / "chinook.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    firm = Acme(f"sqlite:///{(tmp_path / 'portal.db').as_posix()}")
    done = firm.json(
        "import",
        *("--mapping", mapping, "--complete"),
        *("--entities", chinook / "customers.json"),
        *("--invoices", chinook / "invoices.json"),
    )
    assert (len(done["plan"]["added"]), done["written"]) == (59, {"invoices": 412})
    assert (done["rejected"], done["rejected_parts"]) == ([], [])
    return firm


def bills(chinook: Path, *customers: int) -> list[dict[str, Any]]:
    """The invoices of some customers, from the file itself, with exact totals."""
    invoices = json.loads((chinook / "invoices.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return [each for each in invoices if each["CustomerId"] in customers]


def test_a_customer_sees_exactly_their_seven_invoices_and_the_firm_adds_another_at_once(
    firm: Acme, chinook: Path
) -> None:
    """To the cent, before and after the firm links a second customer's account."""
    user = firm.json("sign-up", LUIS, "--name", "Luís Gonçalves")["user"]
    for customers in ((1,), (1, 2)):
        seen, expected = firm.json("view", LUIS), bills(chinook, *customers)
        assert seen["open_invoice_count"] == len(expected) == 7 * len(customers)
        shown = {each["invoice_id"]: Decimal(each["amount_due"]["amount"]) for each in seen["invoices"]["items"]}
        assert shown == {str(each["InvoiceId"]): each["Total"] for each in expected}
        assert Decimal(seen["amount_due"]["USD"]["amount"]) == sum(each["Total"] for each in expected)
        firm.json("link", user["user_id"], "2")


def test_names_of_any_script_are_told_to_people(firm: Acme) -> None:
    """The file is UTF-8, and so is what is printed."""
    assert "Luís Gonçalves (1)" in firm("suggest", "GONÇALVES").out
