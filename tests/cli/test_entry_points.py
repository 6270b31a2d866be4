"""The command as it is installed: the script, ``python -m``, pipes, terminals, and no extra."""

import importlib
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from portal_linkage.cli import main

from .shell import JANE, MAPPING, Acme, table, typed

SCRIPT = [str(Path(sysconfig.get_path("scripts")) / "portal-linkage")]
MODULE = [sys.executable, "-m", "portal_linkage"]


def ran(command: list[str], *argv: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    words = [word if isinstance(word, bytes) else str(word) for word in (*command, *argv)]
    return subprocess.run(words, capture_output=True, check=False, encoding="utf-8", timeout=120)


def test_the_script_tells_the_story() -> None:
    """As a newcomer's first command does."""
    done = ran(SCRIPT, "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Jane Smith Realty Group (1003)" in done.stdout


@pytest.mark.parametrize(
    ("command", "argv", "code"),
    [(MODULE, ("users", "--json"), 0), (SCRIPT, ("sign-up", "books@example.com"), 1), (SCRIPT, (b"\xff\n",), 2)],
)
def test_exit_codes_reach_the_shell(acme: Acme, command: list[str], argv: tuple[object, ...], code: int) -> None:
    """0, 1 and 2, of the script and of the module; what is said goes to stdout, a complaint to stderr, in one line."""
    done = ran(command, *argv, "--store", acme.url, "--firm", "acme")
    assert done.returncode == code
    assert done.stderr.count("\n") == (1 if code else 0)
    assert done.stdout == "" if code else json.loads(done.stdout) == {"items": [], "next": None}


def test_importing_the_module_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Only ``python -m`` does."""
    importlib.import_module("portal_linkage.__main__")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("missing", ["rich.console", "sqlalchemy.engine"])
def test_without_the_extra_an_import_error_names_it(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command can be imported, and says what to install when it is run."""
    for module in [name for name in sys.modules if name.startswith("portal_linkage.cli.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)
    package = missing.partition(".")[0]
    with pytest.raises(ImportError, match=rf"^the command line needs {package}: pip install 'portal_linkage\[cli\]'$"):
        main(["demo"])


def test_any_other_failed_import_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is not blamed on the extra."""
    monkeypatch.setitem(sys.modules, "portal_linkage.cli._run", None)
    with pytest.raises(ImportError) as caught:
        main(["demo"])
    assert "portal_linkage[cli]" not in str(caught.value)


def test_names_are_told_on_a_terminal_of_another_script(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoding that has no such letter gets its code instead of a traceback."""
    acme.json("sign-up", JANE, "--name", "Zoë Smith")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = ran(SCRIPT, "users", "--store", acme.url, "--firm", "acme")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Zo\\xeb Smith" in done.stdout


def test_a_reader_that_goes_away_is_no_accident(acme: Acme) -> None:
    """As in ``portal-linkage users | head -0``."""
    argv = [*SCRIPT, "users", "--store", acme.url, "--firm", "acme"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def on_terminal(argv: list[str], stream: str) -> str:
    """What a command prints on one stream when that is a terminal of 100 columns."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    kept = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
    with subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, **kept) as process:
        os.close(theirs)
        printed = b""
        while chunk := _read(ours):
            printed += chunk
        os.close(ours)
    assert process.returncode == 0
    return printed.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_a_terminal_gets_a_table_of_its_width(acme: Acme) -> None:
    """Bold titles, and no line wider than the terminal, however many clients a user has; a pipe gets whole rows."""
    acme.jane_signs_up()
    printed = on_terminal([*SCRIPT, "users", "--store", acme.url, "--firm", "acme"], "stdout")
    assert "\x1b[1m" in printed
    assert "\x1b" not in acme("users").out
    assert "Smith, Jane (1001); Smith Family Trust (1002)" in acme("users").out
    assert "Smith, Jane (1001); Smith Family Trust (1002)" not in printed


def test_a_person_who_watches_a_long_import_sees_it_progress(tmp_path: Path) -> None:
    """A bar for each table of bills, on stderr alone, so that ``--json`` stays clean; nobody else gets one."""
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    rows = [(f"INV-{number}", "1001", "1", "1", "open", "2026-02-16") for number in range(2_500)]
    invoices = table(tmp_path / "invoices.csv", "Invoice,No,Total,Due,Status,Issued", rows)
    url = f"sqlite:///{(tmp_path / 'portal.db').as_posix()}"
    argv = [*SCRIPT, "import", "--store", url, "--firm", "acme", "--mapping", str(tmp_path / "mapping.toml")]
    printed = on_terminal([*argv, "--invoices", str(invoices)], "stderr")
    assert "invoices" in printed
    assert "100%" in printed
    assert typed(*argv[1:], "--invoices", invoices).err == ""
