"""The command ``portal-linkage``: the use cases of the library, for a person at the firm and for their scripts.

It comes with the extra ``portal_linkage[cli]``. ``portal-linkage COMMAND --help`` tells what each command takes.

- *Who may do this.* Whoever can open the store can do everything: they act for the host, and for the firm as the member
  of its staff that ``--staff`` names. An address or an arrival given to ``sign-up`` is attested by the operator, with
  ``via="command line"``: sign up nobody of whom you do not know that they read that mailbox.
- *Answers* are tables for people, or with ``--json`` the values of `portal_linkage.wire` for machines.
- *Exit codes*: 0 done (also if there was nothing left to do), 1 refused by a rule, 2 wrong usage: bad arguments, a file
  or mapping that cannot be read. A complaint is one line on stderr, without an address or an amount.
- *Policy*: the default `LinkagePolicy`, but for the switches that ``--policy SWITCH=VALUE`` sets, one each. Set them
  as your host application does.
"""

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a ``--help``, or arguments that make no sense, exit at once.

    Args:
        argv: the arguments after the command's name; those of the process by default.

    Raises:
        ImportError: the extra ``portal_linkage[cli]`` is not installed.
    """
    try:
        from ._run import run  # noqa: PLC0415 -- importing portal_linkage.cli works without the extra
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"rich", "sqlalchemy"}:
            raise
        told = f"the command line needs {missing}: pip install 'portal_linkage[cli]'"
        raise ImportError(told, name=missing) from error
    return run(argv)
