"""What came of a file: the good rows, and the bad ones by name. No address and no amount stands in a finding."""

from typing import ClassVar, Generic, TypeVar

import attrs

from ..domain.errors import InvalidValue

T = TypeVar("T")


def shown(name: str) -> str:
    """The name of a file, column or field as it may stand in a message: printable, and withheld if it has an ``@``."""
    return "(withheld)" if "@" in name else name.encode(errors="replace").decode()


@attrs.define(slots=False, eq=False)
class InvalidFile(InvalidValue):
    """A file that cannot be read as a whole; nothing came of it.

    ``field`` is the file's name, ``row`` the row in which it broke, if that is known.
    """

    code: ClassVar[str] = "invalid_file"
    row: int | None = None

    def __str__(self) -> str:
        where = self.field if self.row is None else f"{self.field}, row {self.row}"
        return f"{where}: {self.reason}"


@attrs.frozen
class RejectedRow:
    """A row that was kept out. ``field`` is empty where the row as a whole is at fault."""

    file: str
    row: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}"
        return f"{where}, {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


@attrs.frozen
class RejectedPart:
    """A part of an e-mail cell that is no address, the first one being 1. The rest of its row was kept."""

    file: str
    row: int
    field: str
    part: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, {self.field}, part {self.part}: {self.reason}"


@attrs.frozen
class Imported(Generic[T]):
    """What a table holds: the good rows in the order of the file, and everything that was kept out, by row."""

    rows: tuple[T, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    rejected_parts: tuple[RejectedPart, ...] = ()
