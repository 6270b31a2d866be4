"""``import``: files and a mapping become the firm's roster and bills."""

import sys
from argparse import Namespace
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from rich.console import Console, RenderableType
from rich.progress import Progress

from ..adapters.memory import MemoryStore
from ..domain.entities import Firm
from ..domain.errors import InvalidValue
from ..domain.values import FirmId
from ..feeds import tabular
from ..ports import Store
from ..roster import RosterPlan
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
    with closing(open_store(args.store, create=not args.plan)) as store:
        if args.plan:
            return _planned(store, firm, tables, done, args)
        with store.transaction() as tx:
            if tx.firms.find(firm.firm_id) is None:
                tx.firms.save(firm)
        return _write(store, firm.firm_id, tables, done, args)


def _read(args: Namespace, firm_id: FirmId) -> _Tables:
    files = {name: Path(file) for name in TABLES if (file := getattr(args, name))}
    if not files:
        raise InvalidValue("import", "takes at least one table")
    for said in ("complete", "plan"):
        if getattr(args, said) and "entities" not in files:
            raise InvalidValue(f"--{said}", "is said of --entities, which are not given")
    mapping = tabular.load_mapping(Path(args.mapping))
    return {name: TABLES[name](firm_id, tabular.read_records(file), mapping) for name, file in files.items()}


def _planned(store: Store, firm: Firm, tables: _Tables, done: _Done, args: Namespace) -> Answer:
    """Show what would become of the roster, and write nothing; of a firm that is new, too."""
    with store.snapshot() as snapshot:
        is_known = snapshot.firms.find(firm.firm_id) is not None
    if not is_known:
        store = MemoryStore()
        with store.transaction() as tx:
            tx.firms.save(firm)
    plan = _plan(store, firm.firm_id, tables, done, args)
    need = f"takes much away: --confirm {plan.plan_id} applies it" if plan.needs_confirmation else "needs no --confirm"
    return done.answer([*_sheets.plan(plan), f"This {need}."])


def _plan(store: Store, firm_id: FirmId, tables: _Tables, done: _Done, args: Namespace) -> RosterPlan:
    roster = LinkageService(store).roster
    plan = roster.plan(firm_id, tables["entities"].rows, complete=args.complete, source=args.source)
    done.plan = {name: part for name, part in attrs.asdict(plan, recurse=False).items() if name != "entities"}
    return plan


def _write(store: Store, firm_id: FirmId, tables: _Tables, done: _Done, args: Namespace) -> Answer:
    told: list[RenderableType] = []
    if "entities" in tables:
        plan = _plan(store, firm_id, tables, done, args)
        told += _sheets.plan(plan)
        if plan.needs_confirmation and args.confirm != plan.plan_id:
            refusal = f"no client and no bill was written, for this takes much away; --confirm {plan.plan_id} does it"
            return done.answer(told, refusal)
        # A plan that changes nothing any more needs no name: the same command, given again, is done already (L9).
        named = args.confirm if plan.seen or plan.needs_confirmation else None
        with _watched("entities") as progress:
            LinkageService(store).roster.apply(plan, confirmed=named, progress=progress)
        done.applied = True
    for name, table in tables.items():
        if name == "entities":
            continue
        _save_bills(store, name, table.rows)
        done.written[name] = len(table.rows)
    return done.answer(told)


def _save_bills(store: Store, name: str, rows: tuple[Any, ...]) -> None:
    with _watched(name) as progress:
        for at in range(0, len(rows), _BATCH):
            with store.transaction() as tx:
                getattr(tx, name).save_many(rows[at : at + _BATCH])
            if progress:
                progress(min(at + _BATCH, len(rows)), len(rows))


@contextmanager
def _watched(name: str) -> Generator[Callable[[int, int], None] | None]:
    """What shows whoever watches how far a table is written."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task(name, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
