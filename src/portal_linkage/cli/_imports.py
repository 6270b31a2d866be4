"""``import``: files and a mapping become the firm's roster and bills."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

import attrs
from rich.console import Console
from rich.progress import Progress

from ..domain.entities import Firm
from ..domain.errors import InvalidValue
from ..domain.values import FirmId
from ..feeds import tabular
from ..feeds.tabular import FeedMapping, Imported, Records, RejectedPart, RejectedRow
from ..ports import Store, Transaction
from ..roster import RosterPlan
from ..service import LinkageService
from . import _sheets
from ._answers import Answer, Part, Sheet
from ._desk import opened, policy_of

_BATCH: Final = 1_000

_READ: Final[Mapping[str, Callable[[FirmId, Records, FeedMapping], Imported[Any]]]] = {
    "entities": tabular.read_entities,
    "invoices": tabular.read_invoices,
    "payments": tabular.read_payments,
    "late_fees": tabular.read_late_fees,
}
_SAVE: Final[Mapping[str, Callable[[Transaction, Iterable[Any]], None]]] = {
    "invoices": lambda tx, rows: tx.invoices.save_many(rows),
    "payments": lambda tx, rows: tx.payments.save_many(rows),
    "late_fees": lambda tx, rows: tx.late_fees.save_many(rows),
}
TABLES: Final = tuple(_READ)
"""The tables that an import takes: each is an argument, and a section of the mapping."""


@attrs.define
class _Import:
    """What came of it so far, in the shape that ``--json`` prints; every row that was kept out is listed."""

    firm_id: FirmId
    plan: Mapping[str, object] | None = None
    applied: bool = False
    written: dict[str, int] = attrs.field(factory=dict[str, int])
    rejected: tuple[RejectedRow, ...] = ()
    rejected_parts: tuple[RejectedPart, ...] = ()

    def answer(self, *told: Part, refusal: str = "") -> Answer:
        return Answer(self, [*told, *self._told()], refusal)

    def _told(self) -> Iterator[Part]:
        if self.written:
            nouns = ((count, _sheets.words(name).removesuffix("s")) for name, count in self.written.items())
            yield f"Written: {', '.join(_sheets.counted(count, noun) for count, noun in nouns)}."
        rows = [(each.file, str(each.row), each.field, each.reason) for each in self.rejected]
        rows += [
            (each.file, str(each.row), each.field, f"part {each.part} {each.reason}") for each in self.rejected_parts
        ]
        if rows:
            yield Sheet.of("Kept out", "File|Row|Field|Reason", rows)


def import_(args: Namespace) -> Answer:
    """Bring the firm's clients and bills up to date from files; a firm that is new is made."""
    firm = Firm(firm_id=FirmId(args.firm), name=args.firm_name or args.firm)
    tables = _tables(args, firm.firm_id)
    done = _Import(
        firm.firm_id,
        rejected=tuple(chain.from_iterable(table.rejected for table in tables.values())),
        rejected_parts=tuple(chain.from_iterable(table.rejected_parts for table in tables.values())),
    )
    if refusal := _refusal(args, tables, len(done.rejected)):
        return done.answer(refusal=refusal)
    with opened(args.store, create=True) as store:
        _save_firm(store, firm, rename=bool(args.firm_name))
        return _write(store, tables, done, args)


def _tables(args: Namespace, firm_id: FirmId) -> dict[str, Imported[Any]]:
    files = {name: Path(file) for name in TABLES if (file := getattr(args, name))}
    if not files:
        raise InvalidValue("import", f"takes at least one of {', '.join(map(flag, TABLES))}")
    if args.complete and "entities" not in files:
        raise InvalidValue("--complete", "is said of --entities, which are not given")
    mapping = tabular.load_mapping(Path(args.mapping))
    return {name: _READ[name](firm_id, tabular.read_records(file), mapping) for name, file in files.items()}


def flag(name: str) -> str:
    """How a field is given on the command line: ``late_fees`` by ``--late-fees``."""
    return f"--{name.replace('_', '-')}"


def _refusal(args: Namespace, tables: Mapping[str, Imported[Any]], bad_rows: int) -> str:
    if bad_rows and not args.skip_bad_rows:
        bad = _sheets.counted(bad_rows, "bad row")
        return f"{bad}, so nothing was written; --skip-bad-rows writes the others"
    if args.complete and tables["entities"].rejected:
        return "a list with bad rows is not complete: its clients would count as gone; nothing was written"
    return ""


def _save_firm(store: Store, firm: Firm, *, rename: bool) -> None:
    with store.transaction() as tx:
        known = tx.firms.find(firm.firm_id)
        after = firm if known is None else attrs.evolve(known, name=firm.name) if rename else known
        if after != known:
            tx.firms.save(after)


def _write(store: Store, tables: dict[str, Imported[Any]], done: _Import, args: Namespace) -> Answer:
    told: list[Part] = []
    entities = tables.pop("entities", None)
    if entities is not None:
        roster = LinkageService(store, policy_of(args)).roster
        plan = roster.plan(done.firm_id, entities.rows, complete=args.complete)
        done.plan = _outline(plan)
        told += _sheets.plan(plan)
        if plan.needs_confirmation and args.confirm != plan.plan_id:
            ask = f"the roster plan takes so much away that it must be confirmed: --confirm {plan.plan_id}"
            return done.answer(*told, refusal=f"{ask}; no client and no bill was written")
        # A plan that has come to cost nothing needs no name: the same command, given again, is done already (L9).
        roster.apply(plan, confirmed=plan.plan_id if plan.needs_confirmation else None)
        done.applied = True
    _save_bills(store, tables, done)
    return done.answer(*told)


def _outline(plan: RosterPlan) -> dict[str, object]:
    """The plan without the roster that it was made from."""
    return {field.name: getattr(plan, field.name) for field in attrs.fields(RosterPlan) if field.name != "entities"}


def _save_bills(store: Store, tables: Mapping[str, Imported[Any]], done: _Import) -> None:
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        for name, table in tables.items():
            task = progress.add_task(_sheets.words(name), total=len(table.rows))
            for start in range(0, len(table.rows), _BATCH):
                batch = table.rows[start : start + _BATCH]
                with store.transaction() as tx:
                    _SAVE[name](tx, batch)
                progress.advance(task, len(batch))
            done.written[name] = len(table.rows)
