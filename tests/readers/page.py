"""The sources that `docs/bills-elsewhere.md` shows, as they stand there."""

import re
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[2] / "docs" / "bills-elsewhere.md"
_SHOWN: Final = ("bill = sa.Table(", "class HostInvoices:", "class BillingInvoices:")


def examples() -> dict[str, Any]:
    """What the page defines: a table of bills, a source that joins, and one that is given ids."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    for mark in _SHOWN:
        (block,) = [one for one in blocks if mark in one]
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 -- what the reader of the page would run
    return names
