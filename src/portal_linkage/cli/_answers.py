"""What a command answers: a value for machines, the same told to people, and whether a rule refused."""

from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen
class Heading:
    """Opens a chapter."""

    text: str


@attrs.frozen
class Sheet:
    """Rows under headings; a heading that is in `AMOUNTS` is of amounts. ``rest`` says how to see more."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""

    @classmethod
    def of(cls, title: str, headings: str, rows: Iterable[tuple[str, ...]], *, rest: str = "") -> "Sheet":
        """Make a sheet; the headings are given as one text, divided by ``|``."""
        return cls(title, tuple(headings.split("|")), tuple(rows), rest)


AMOUNTS = frozenset({"Amount", "Due", "Total"})

Part = Heading | Sheet | str


@attrs.frozen
class Answer:
    """``value`` is what ``--json`` prints, ``told`` what people read; ``refusal`` is the complaint of exit code 1."""

    value: object
    told: Sequence[Part]
    refusal: str = ""
