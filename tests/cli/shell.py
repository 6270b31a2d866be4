"""Commands typed without a shell, and the files that they take."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import attrs

from portal_linkage import LinkageService
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.cli import main
from portal_linkage.testing import samples

JANE = "jane.smith@example.com"
MAPPING = """
[entities]
entity_id = "No"
name = "Client"
email = "Mails"
active = "Active"

[contacts]
entity_id = "No"
email = "Mails"

[invoices]
invoice_id = "Invoice"
entity_id = "No"
total = "Total"
amount_due = "Due"
currency = { constant = "USD" }
status = "Status"
issued_on = "Issued"

[payments]
payment_id = "Payment"
entity_id = "No"
amount = "Amount"
currency = { constant = "USD" }
paid_at = "At"

[late_fees]
fee_id = "Fee"
entity_id = "No"
amount = "Amount"
currency = { constant = "USD" }
assessed_on = "On"
"""


@attrs.frozen
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401 -- JSON
        """What ``--json`` printed."""
        return json.loads(self.out)


def typed(*argv: object) -> Ran:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(word) for word in argv])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else -1
    return Ran(code, out.getvalue(), err.getvalue())


def is_one_line(complaint: str) -> bool:
    """Whether a complaint is one line that says who complains, and neither an address nor a sum of money."""
    return re.fullmatch(r"portal-linkage[^@\n]*: [^@\n]+\n", complaint) is not None and "USD" not in complaint


def table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Path:
    """Write a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def fill(url: str) -> None:
    """Bring the firm of Jane Smith into a store; nobody has signed up."""
    store = SqlStore.open(url)
    with store.transaction() as tx:
        tx.firms.save(samples.FIRM)
        tx.invoices.save_many(samples.INVOICES)
        tx.late_fees.save_many(samples.LATE_FEES)
        tx.payments.save_many(samples.PAYMENTS)
    roster = LinkageService(store).roster
    roster.apply(roster.plan(samples.ACME, samples.CLIENTS))
    store.close()


@attrs.frozen
class Acme:
    """The firm of Jane Smith, or another one, in a store of its own, asked by commands."""

    url: str
    firm: str = samples.ACME

    def __call__(self, command: str, *argv: object) -> Ran:
        """Run one of its commands."""
        return typed(command, "--store", self.url, "--firm", self.firm, *argv)

    def json(self, command: str, *argv: object) -> Any:  # noqa: ANN401 -- JSON
        """What a command that succeeds answers to a machine."""
        ran = self(command, "--json", *argv)
        assert (ran.code, ran.err) == (0, "")
        return ran.data

    def jane_signs_up(self) -> str:
        """Jane signs up in the portal of 1003; her user id."""
        user_id = self.json("sign-up", JANE, "--name", "Jane Smith", "--arrived-at", "1003")["user"]["user_id"]
        assert isinstance(user_id, str)
        return user_id
