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
from ..domain.policy import LinkagePolicy
from ..domain.values import FirmId, PlanId
from ..feeds import tabular
from ..ports import PMS, Store
from ..roster import RosterPlan, RosterSync
from ..service import LinkageService
from . import _sheets
from ._desk import Answer, open_as_it_is, open_store, policy_of

_BATCH: Final = 1_000
_CONTACTS: Final = "contacts"
_Clients: TypeAlias = tabular.Roster[tabular.Rejected]

_ROSTERS: Final[Mapping[str, Callable[..., _Clients]]] = {
    "entities": tabular.read_entities,
    _CONTACTS: tabular.read_contacts,
}
_BILLS: Final[Mapping[str, Callable[..., tabular.Imported[Any]]]] = {
    "invoices": tabular.read_invoices,
    "payments": tabular.read_payments,
    "late_fees": tabular.read_late_fees,
}
TABLES: Final = (*_ROSTERS, *_BILLS)
"""The tables that an import takes: each is an argument, and a section of the mapping."""


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


@attrs.frozen
class _Import:
    """What is to be brought in: a roster, or none, who tells of it, and bills by table."""

    firm: Firm
    policy: LinkagePolicy
    roster: _Clients | None
    source: str
    is_complete: bool
    bills: Mapping[str, tabular.Imported[Any]]

    @classmethod
    def read(cls, args: Namespace) -> "_Import":
        files = {name: Path(file) for name in TABLES if (file := getattr(args, name))}
        _check_usage(args, files)
        firm, mapping = Firm(firm_id=FirmId(args.firm), name=args.firm_name or args.firm), Path(args.mapping)
        policy, known = policy_of(args.policy), tabular.load_mapping(mapping)
        read = {name: (firm.firm_id, tabular.read_records(file), known) for name, file in files.items()}
        return cls(
            firm=firm,
            policy=policy,
            roster=next((each(*read[name]) for name, each in _ROSTERS.items() if name in read), None),
            source=(args.source or _CONTACTS) if _CONTACTS in files else PMS,
            is_complete=args.complete,
            bills={name: each(*read[name]) for name, each in _BILLS.items() if name in read},
        )

    def done(self) -> _Done:
        """Nothing so far; but it is known what was kept out."""
        clients = self.roster or tabular.Roster[tabular.Rejected]()
        bad = [row for table in self.bills.values() for row in table.rejected]
        return _Done(rejected=[*clients.rejected, *bad], rejected_parts=[*clients.rejected_parts])

    def plan(self, roster: RosterSync, clients: _Clients, done: _Done) -> RosterPlan:
        with _watched("plan"):
            plan = roster.plan(
                self.firm.firm_id,
                clients.entities,
                complete=self.is_complete,
                source=self.source,
                merged=clients.merged,
            )
        shown = attrs.asdict(plan, recurse=False)
        done.plan = {name: part for name, part in shown.items() if name not in {"entities", "seen"}}
        return plan


def _check_usage(args: Namespace, files: Mapping[str, Path]) -> None:
    if not files:
        raise InvalidValue("import", "takes at least one table")
    if files.keys() >= _ROSTERS.keys():
        raise InvalidValue("--contacts", "is not given beside --entities: import one after the other")
    if args.source == PMS:
        raise InvalidValue("--source", f"names a list beside the clients, and is not {PMS}")
    if args.source is not None and _CONTACTS not in files:
        raise InvalidValue("--source", "is said of --contacts, which are not given")
    for said in ("complete", "plan", "confirm"):
        if getattr(args, said) and files.keys().isdisjoint(_ROSTERS):
            raise InvalidValue(f"--{said}", "is said of --entities or --contacts, which are not given")
    if args.plan and args.confirm:
        raise InvalidValue("--confirm", "is not given beside --plan, which writes nothing")


def import_(args: Namespace) -> Answer:
    """Bring the firm's clients and bills up to date from files; a firm that is new is made."""
    wanted = _Import.read(args)
    done = wanted.done()
    if done.rejected and not args.skip_bad_rows:
        return done.answer([], "there are bad rows, so nothing was written; --skip-bad-rows writes the others")
    # The rows of a client's contacts are all that a list has of them, even if it lists changes alone.
    if wanted.roster and wanted.roster.rejected and (args.complete or wanted.source != PMS):
        return done.answer([], "with bad rows a list is not complete: what is in them would count as gone")
    if args.plan and wanted.roster:
        with closing(open_as_it_is(args.store)) as store:
            return _planned(store, wanted, wanted.roster, done)
    with closing(open_store(args.store, create=True)) as store:
        with store.transaction() as tx:
            if tx.firms.find(wanted.firm.firm_id) is None:
                tx.firms.save(wanted.firm)
        return _write(store, wanted, done, args.confirm)


def _planned(store: Store, wanted: _Import, clients: _Clients, done: _Done) -> Answer:
    """Show what would become of the roster, and write nothing; of a firm that is new, too."""
    with store.snapshot() as snapshot:
        is_known = snapshot.firms.find(wanted.firm.firm_id) is not None
    if not is_known:
        store = MemoryStore()
        with store.transaction() as tx:
            tx.firms.save(wanted.firm)
    plan = wanted.plan(LinkageService(store, policy=wanted.policy).roster, clients, done)
    need = f"--confirm {plan.plan_id} applies it." if plan.needs_confirmation else "It needs no --confirm."
    return done.answer([*_sheets.plan(plan), need])


def _write(store: Store, wanted: _Import, done: _Done, confirm: str | None) -> Answer:
    shown: list[RenderableType] = []
    if wanted.roster is None:
        _save_bills(store, wanted.bills, done)
    else:
        roster = LinkageService(store, policy=wanted.policy).roster
        plan = wanted.plan(roster, wanted.roster, done)
        shown += _sheets.plan(plan)
        if plan.needs_confirmation and confirm != plan.plan_id:
            return done.answer(shown, f"no client and no bill was written; --confirm {plan.plan_id} does it")
        _save_bills(store, wanted.bills, done)  # first: those of who is merged go over
        # A plan that changes nothing any more needs no name: the same command, given again, is done already (L9).
        named = None if confirm is None or plan.is_idle else PlanId(confirm)
        with _watched("clients") as progress:
            roster.apply(plan, confirmed=named, progress=progress)
        done.applied = True
    return done.answer(shown)


def _save_bills(store: Store, bills: Mapping[str, tabular.Imported[Any]], done: _Done) -> None:
    for name, table in bills.items():
        rows = table.rows
        with _watched(name) as progress:
            for at in range(0, len(rows), _BATCH):
                with store.transaction() as tx:
                    getattr(tx, name).save_many(rows[at : at + _BATCH])
                if progress:
                    progress(min(at + _BATCH, len(rows)), len(rows))
        done.written[name] = len(rows)


@contextmanager
def _watched(name: str) -> Generator[Callable[[int, int], None] | None]:
    """What shows whoever watches how far a table is written."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task(name, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)
