"""The commands as they are typed, and how one is run."""

import json
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from rich.console import Console

from ..adapters.sql.tables import PREFIX
from ..domain.errors import InvalidValue, PortalLinkageError
from ..wire import to_json
from . import _commands as do
from ._desk import SWITCHES, Answer, at_desk
from ._imports import TABLES, import_
from ._sheets import printable
from ._story import demo

_PROGRAM: Final = "portal-linkage"
_REFUSED: Final = 1
_WRONG_USAGE: Final = 2
# Nobody reads a pipe by its width: a row stays a line.
_PIPE_WIDTH: Final = 100_000
_ADDRESS: Final = re.compile(r"\S*@\S*")

_USER: Final = {"metavar": "USER", "help": "an e-mail address, or a user id"}
_COMMON: Final = ("--store", "--firm", "--staff", "--policy", "--json")
_PAGE: Final = ("--limit", "--after")
_ROSTER: Final = ("--complete", "--source", "--plan", "--confirm")
_FILES: Final = tuple(f"--{name.replace('_', '-')}" for name in TABLES)
_ARGUMENTS: Final[dict[str, dict[str, Any]]] = {
    "--store": {"metavar": "URL", "default": "sqlite:///portal.db", "help": "(default: %(default)s)"},
    "--firm": {"metavar": "FIRM_ID", "required": True},
    "--staff": {"metavar": "STAFF_ID", "default": "command line", "help": "who acts for the firm, for the journal"},
    "--policy": {"metavar": "SWITCH=VALUE", "action": "append", "default": [], "help": f"one of {SWITCHES}"},
    "--json": {"action": "store_true", "help": "print the answer as JSON"},
    "--limit": {"type": int, "default": 50, "metavar": "ROWS", "help": "1 to 500 (default: %(default)s)"},
    "--after": {"metavar": "CURSOR", "help": "go on from where the page before ended"},
    "email": {"metavar": "EMAIL"},
    "user": _USER,
    "client": {"metavar": "ENTITY_ID"},
    "text": {},
    "search": {"nargs": "?", "default": ""},
    "--user": _USER,
    "--email": {"metavar": "EMAIL"},
    "--entity": {"metavar": "ENTITY_ID", "help": "of this client only"},
    "--invoice": {"metavar": "INVOICE_ID"},
    "--name": {"default": ""},
    "--arrived-at": {"metavar": "ENTITY_ID", "help": "you attest that they came to this client's portal"},
    "--proof": {"nargs": 2, "metavar": ("CLIENT_NUMBER", "INVOICE_NUMBER"), "help": "what they typed as a proof"},
    "--firm-name": {"metavar": "NAME", "help": "of a firm that is new"},
    "--mapping": {"metavar": "FILE", "required": True, "help": "TOML: where each field comes from"},
    **{file: {"metavar": "FILE", "help": "a table: .csv, .json, .jsonl or .ndjson"} for file in _FILES},
    "--complete": {"action": "store_true", "help": "these clients, or contacts, are all that there are"},
    "--source": {"metavar": "NAME", "help": "who lists the contacts (default: contacts)"},
    "--plan": {"action": "store_true", "help": "show what would become of the roster, and write nothing"},
    "--skip-bad-rows": {"action": "store_true", "help": "write the good rows, and list the others"},
    "--dialect": {"choices": ("sqlite", "postgresql"), "required": True},
    "--prefix": {"default": PREFIX, "help": "begins the name of each table (default: %(default)s)"},
    "--schema": {"help": "where the tables are to be"},
    "--confirm": {"metavar": "PLAN_ID", "help": "apply this roster plan, which must be confirmed"},
}
_COMMANDS: Final[Mapping[Callable[[Namespace], Answer], tuple[str, ...]]] = {
    demo: (),
    import_: (*_COMMON, "--firm-name", "--mapping", *_FILES, *_ROSTER, "--skip-bad-rows"),
    do.schema: ("--dialect", "--prefix", "--schema"),
    at_desk(do.sign_up): (*_COMMON, "email", "--name", "--arrived-at", "--proof"),
    at_desk(do.view): (*_COMMON, "user", "--entity", "--limit"),
    at_desk(do.users): (*_COMMON, "search", "--entity", *_PAGE),
    at_desk(do.suggest): (*_COMMON, "text", "--user", "--limit"),
    at_desk(do.link): (*_COMMON, "user", "client"),
    at_desk(do.unlink): (*_COMMON, "user", "client"),
    at_desk(do.bars): (*_COMMON, "--email", *_PAGE),
    at_desk(do.lift_bar): (*_COMMON, "email", "client"),
    at_desk(do.explain): (*_COMMON, "user", "client", "--invoice"),
    at_desk(do.journal): (*_COMMON, "--user", "--entity", *_PAGE),
}
"""What each command takes; its name and its help are those of the function that carries it out."""


class _Parser(ArgumentParser):
    """Complains in one line, which repeats no address."""

    def error(self, message: str) -> NoReturn:
        self.exit(_complain(f"{message} (see --help)", _WRONG_USAGE))


def _parser() -> ArgumentParser:
    about = "Who may see which client's bills. Exit codes: 0 done, 1 refused by a rule, 2 wrong usage."
    parser = _Parser(prog=_PROGRAM, description=about, allow_abbrev=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for act, takes in _COMMANDS.items():
        name = act.__name__.strip("_").replace("_", "-")
        command = commands.add_parser(name, help=act.__doc__, description=act.__doc__, allow_abbrev=False)
        command.set_defaults(act=act, json=False)
        for argument in takes:
            command.add_argument(argument, **_ARGUMENTS[argument])
    return parser


def run(argv: Sequence[str] | None) -> int:
    """Run one command, and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        answer: Answer = args.act(args)
    except InvalidValue as error:
        return _complain(error, _WRONG_USAGE)
    except PortalLinkageError as error:
        return _complain(error, _REFUSED)
    _show(answer, as_json=args.json)
    return _complain(answer.refusal, _REFUSED) if answer.refusal else 0


def _complain(text: object, code: int) -> int:
    sys.stderr.write(f"{_PROGRAM}: {printable(_ADDRESS.sub('(withheld)', str(text)))}\n")
    return code


def _show(answer: Answer, *, as_json: bool) -> None:
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False, emoji=False)
    if as_json:
        console.out(json.dumps(to_json(answer.value), indent=2))
        return
    for position, part in enumerate(answer.told):
        console.line(min(position, 1))
        console.print(printable(part) if isinstance(part, str) else part)
