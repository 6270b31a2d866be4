"""The commands as they are typed, and how one is run."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from operator import methodcaller
from typing import Any, Final, NoReturn

from ..domain.errors import InvalidValue, PortalLinkageError
from . import _commands as do
from ._answers import Answer
from ._desk import SWITCHES, Act, at_desk
from ._imports import TABLES, flag, import_
from ._paper import complaint, show
from ._story import demo

_PROGRAM: Final = "portal-linkage"
_DONE: Final = 0
_REFUSED: Final = 1
_WRONG_USAGE: Final = 2

_Declare = Callable[[Any], object]
"""Adds an argument to a parser, or to a group of one."""

_argument: Final = partial(methodcaller, "add_argument")


def _either(*declared: _Declare, required: bool = False) -> _Declare:
    def declare(parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group(required=required)
        for each in declared:
            each(group)

    return declare


def _switch(name: str) -> _Declare:
    words = [word.value for word in SWITCHES[name]]
    return _argument(flag(name), choices=words, help=f"the policy of this command (default: {words[0]})")


def _table(name: str) -> _Declare:
    return _argument(flag(name), metavar="FILE", help="a table: .csv, .json, .jsonl or .ndjson")


_PROOF: Final = {"nargs": 2, "metavar": ("CLIENT_NUMBER", "INVOICE_NUMBER")}
_STORE: Final = _argument("--store", metavar="URL", default="sqlite:///portal.db", help="(default: %(default)s)")
_COMMON: Final = (
    _STORE,
    _argument("--firm", metavar="FIRM_ID", required=True),
    _argument("--staff", metavar="STAFF_ID", default="command line", help="who acts for the firm, for the journal"),
    _argument("--json", action="store_true", help="print the answer as JSON"),
)
_WHO: Final = "an e-mail address, or a user id"
_EMAIL: Final = _argument("email", metavar="EMAIL")
_USER: Final = _argument("user", metavar="USER", help=_WHO)
_OF_USER: Final = _argument("--user", metavar="USER", help=_WHO)
_ENTITY: Final = _argument("entity", metavar="ENTITY_ID")
_OF_ENTITY: Final = _argument("--entity", metavar="ENTITY_ID", help="of this client only")
_LIMIT: Final = _argument("--limit", type=int, default=50, metavar="ROWS", help="1 to 500 (default: %(default)s)")
_PAGE: Final = (_LIMIT, _argument("--after", metavar="CURSOR", help="go on from where the page before ended"))


_COMMANDS: Final[tuple[tuple[Act, tuple[_Declare, ...]], ...]] = (
    (demo, (_argument("--store", metavar="URL", help="(default: a new file in a new temporary folder)"),)),
    (
        import_,
        (
            *_COMMON,
            _argument("--firm-name", metavar="NAME"),
            _argument("--mapping", metavar="FILE", required=True, help="TOML or JSON: where each field comes from"),
            *map(_table, TABLES),
            _argument("--complete", action="store_true", help="these entities are all: the others become inactive"),
            _argument("--skip-bad-rows", action="store_true", help="write the good rows, and list the others"),
            _argument("--confirm", metavar="PLAN_ID", help="apply this roster plan although it takes much away"),
            _switch("auto_link"),
            _switch("contact_removed"),
        ),
    ),
    (
        at_desk(do.sign_up),
        (
            *_COMMON,
            _EMAIL,
            _argument("--name", default=""),
            _either(
                _argument("--arrived-at", metavar="ENTITY_ID", help="you attest that they came to its portal"),
                _argument("--proof", **_PROOF, help="what they typed to prove that they know its bills"),
            ),
            _switch("auto_link"),
            _switch("arrival"),
        ),
    ),
    (
        at_desk(do.view),
        (
            *_COMMON,
            _either(
                _argument("user", metavar="USER", nargs="?", help=_WHO),
                _argument("--visit", metavar="ENTITY_ID", help="as staff who opened this client's portal"),
                _argument("--guest", **_PROOF, help="as somebody who pays without an account"),
                required=True,
            ),
            _OF_ENTITY,
            _LIMIT,
        ),
    ),
    (at_desk(do.users), (*_COMMON, _argument("search", nargs="?", default=""), _OF_ENTITY, *_PAGE)),
    (at_desk(do.suggest), (*_COMMON, _argument("text"), _OF_USER, _LIMIT)),
    (at_desk(do.link), (*_COMMON, _USER, _ENTITY)),
    (at_desk(do.unlink), (*_COMMON, _USER, _ENTITY, _switch("firm_unlink"))),
    (at_desk(do.bars), (*_COMMON, _argument("email", metavar="EMAIL", nargs="?"), *_PAGE)),
    (at_desk(do.lift_bar), (*_COMMON, _EMAIL, _ENTITY)),
    (at_desk(do.explain), (*_COMMON, _USER, _ENTITY, _argument("--invoice", metavar="INVOICE_ID"))),
    (at_desk(do.journal), (*_COMMON, _OF_USER, _OF_ENTITY, *_PAGE)),
)
"""What carries out each command, and what it takes; the name and the docstring of the first are the command's."""


class _Parser(ArgumentParser):
    """Complains in one line, which repeats no address."""

    def error(self, message: str) -> NoReturn:
        self.exit(_WRONG_USAGE, complaint(self.prog, f"{message} (see --help)"))


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog=_PROGRAM,
        description="Who may see which client's bills. Exit codes: 0 done, 1 refused by a rule, 2 wrong usage.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for act, takes in _COMMANDS:
        name, told = act.__name__.strip("_").replace("_", "-"), act.__doc__
        taking = commands.add_parser(name, help=told, description=told, allow_abbrev=False)
        taking.set_defaults(act=act, json=False)
        for declare in takes:
            declare(taking)
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
    show(answer, as_json=args.json)
    return _complain(answer.refusal, _REFUSED) if answer.refusal else _DONE


def _complain(text: object, code: int) -> int:
    sys.stderr.write(complaint(_PROGRAM, text))
    return code
