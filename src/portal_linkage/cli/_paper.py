"""Where answers are printed: rich tables on a terminal, the same without color and cropping elsewhere."""

import json
import re
import sys
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..wire import to_json
from ._answers import AMOUNTS, Answer, Heading, Part, Sheet

# Nobody reads a pipe by its width: a row stays a line.
_PIPE_WIDTH: Final = 100_000
_ADDRESS: Final = re.compile(r"\S*@\S*")


def printable(text: str) -> str:
    """The text without what could steer a terminal: names come from feeds, complaints repeat what was typed."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def complaint(speaker: str, text: object) -> str:
    """One line for stderr; what looks like an address is withheld."""
    return f"{speaker}: {printable(_ADDRESS.sub('(withheld)', str(text)))}\n"


def _text(console: Console, text: str) -> Text:
    """The text as it can be printed here: a name must not fail on a terminal of another script."""
    return Text(printable(text).encode(console.encoding, "backslashreplace").decode(console.encoding))


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on stdout."""
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    if as_json:
        console.out(json.dumps(to_json(answer.value), indent=2))
        return
    for position, part in enumerate(answer.told):
        console.line(min(position, 1))
        _show_part(console, part)


def _show_part(console: Console, part: Part) -> None:
    if isinstance(part, Sheet):
        _show_sheet(console, part)
    elif isinstance(part, Heading):
        console.print(Text(f"{part.text}\n{'=' * len(part.text)}", style="bold"))
    else:
        console.print(*(_text(console, line) for line in part.split("\n")), sep="\n")


def _show_sheet(console: Console, sheet: Sheet) -> None:
    if not sheet.rows:
        console.print(Text(f"{sheet.title}: none"))
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in sheet.headings:
        table.add_column(heading, justify="right" if heading in AMOUNTS else "left", overflow="fold")
    for row in sheet.rows:
        table.add_row(*(_text(console, cell) for cell in row))
    console.print(Text(sheet.title, style="bold"), table, *filter(None, [sheet.rest]), sep="\n")
