"""``import``: files and a mapping become the firm's roster and bills."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from rich.console import Console, RenderableType
from rich.progress import track

from ..domain.entities import Firm
from ..domain.errors import InvalidValue
from ..domain.values import FirmId
from ..feeds import tabular
from ..ports import Store
from ..service import LinkageService
from . import _sheets
from ._desk import Answer, open_store

_BATCH: Final = 1_000
_Tables: TypeAlias = dict[str, tabular.Imported[Any]]

TABLES: Final[Mapping[str, Callable[..., tabular.Imported[Any]]]] = {
    "entities": tabular.read_entities,
    "invoices": tabular.read_invoices,
    "payments": tabular.read_payments,
    "late_fees": tabular.read_late_fees,
}
"""The tables that an import takes, and how each is read: each is an argument, and a section of the mapping."""


@attrs.define
class _Done:
    """What came of it so far, in the shape that ``--json`` prints; everything that was kept out is listed."""

    plan: Mapping[str, object] | None = None
    applied: bool = False
    written: dict[str, int] = attrs.field(factory=dict[str, int])
    rejected: list[tabular.Rejected] = attrs.field(factory=list[tabular.Rejected])
    rejected_parts: list[tabular.Rejected] = attrs.field(factory=list[tabular.Rejected])

    def answer(self, told: list[RenderableType], refusal: str = "") -> Answer:
        if self.written:
            nouns = ((count, name.replace("_", " ").removesuffix("s")) for name, count in self.written.items())
            told.append(f"Written: {', '.join(_sheets.counted(count, noun) for count, noun in nouns)}.")
        rows = [(each.file, each.row, each.field, each.reason) for each in (*self.rejected, *self.rejected_parts)]
        return Answer(self, [*told, _sheets.sheet("Kept out", "File|Row|Field|Reason", rows)], refusal)


def import_(args: Namespace) -> Answer:
    """Bring the firm's clients and bills up to date from files; a firm that is new is made."""
    firm = Firm(firm_id=FirmId(args.firm), name=args.firm_name or args.firm)
    tables, done = _read(args, firm.firm_id), _Done()
    for table in tables.values():
        done.rejected += table.rejected
        done.rejected_parts += table.rejected_parts
    if done.rejected and not args.skip_bad_rows:
        return done.answer([], "there are bad rows, so nothing was written; --skip-bad-rows writes the others")
    if args.complete and tables["entities"].rejected:
        return done.answer([], "with bad rows a list is not complete: their clients would count as gone")
    with closing(open_store(args.store, create=True)) as store:
        with store.transaction() as tx:
            if tx.firms.find(firm.firm_id) is None:
                tx.firms.save(firm)
        return _write(store, firm.firm_id, tables, done, args)


def _read(args: Namespace, firm_id: FirmId) -> _Tables:
    files = {name: Path(file) for name in TABLES if (file := getattr(args, name))}
    if not files:
        raise InvalidValue("import", "takes at least one table")
    if args.complete and "entities" not in files:
        raise InvalidValue("--complete", "is said of --entities, which are not given")
    mapping = tabular.load_mapping(Path(args.mapping))
    return {name: TABLES[name](firm_id, tabular.read_records(file), mapping) for name, file in files.items()}


def _write(store: Store, firm_id: FirmId, tables: _Tables, done: _Done, args: Namespace) -> Answer:
    told: list[RenderableType] = []
    if entities := tables.pop("entities", None):
        roster = LinkageService(store).roster
        plan = roster.plan(firm_id, entities.rows, complete=args.complete)
        done.plan = {name: part for name, part in attrs.asdict(plan, recurse=False).items() if name != "entities"}
        told += _sheets.plan(plan)
        if plan.needs_confirmation and args.confirm != plan.plan_id:
            refusal = f"no client and no bill was written, for this takes much away; --confirm {plan.plan_id} does it"
            return done.answer(told, refusal)
        # A plan that changes nothing any more needs no name: the same command, given again, is done already (L9).
        roster.apply(plan, confirmed=args.confirm if plan.seen else None)
        done.applied = True
    for name, table in tables.items():
        _save_bills(store, name, table.rows)
        done.written[name] = len(table.rows)
    return done.answer(told)


def _save_bills(store: Store, name: str, rows: tuple[Any, ...]) -> None:
    batches: Iterable[int] = range(0, len(rows), _BATCH)
    if sys.stderr.isatty():
        batches = track(range(0, len(rows), _BATCH), name, console=Console(stderr=True))
    for at in batches:
        with store.transaction() as tx:
            getattr(tx, name).save_many(rows[at : at + _BATCH])
