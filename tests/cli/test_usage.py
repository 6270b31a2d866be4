"""Exit codes and complaints: one line, without a traceback, an address or an amount."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_linkage import cli
from portal_linkage.testing import samples

from .shell import JANE, Acme, fill, is_one_line, typed

COMMANDS = (
    *("demo", "import", "sign-up", "view", "users", "suggest", "link", "unlink", "bars", "lift-bar", "explain"),
    "journal",
)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("frobnicate",),
        (JANE,),
        ("users", "--frobnicate"),
        ("users", "--frobnicate", JANE),
        ("users", "--limit", "0"),
        ("users", "--limit", "501"),
        ("users", "--limit", "many"),
        ("users", "--after", "rubbish"),
        ("users", "--entity", ""),
        ("users", "--staff", "x" * 201),
        ("users", "--st", "sqlite://"),
        ("view",),
        ("view", "no@address@example.com"),
        ("sign-up", "no address"),
        ("sign-up", JANE, "--name", "x" * 501),
        ("sign-up", JANE, "--arrived-at", ""),
        ("sign-up", JANE, "--arrived-at", "1001", "--proof", "1001", "INV-2101"),
        ("bars", "--email", "jane.smith"),
        ("bars", "--email", ""),
        ("sign-up", JANE, "--proof", "1001"),
        ("sign-up", JANE, "--proof", "1001", ""),
        ("link", JANE),
        ("lift-bar", "jane.smith", "1001"),
        ("import", "--entities", "clients.csv"),
        ("demo", "--json"),
    ],
)
def test_arguments_that_make_no_sense_are_wrong_usage(acme: Acme, argv: tuple[str, ...]) -> None:
    """Exit code 2, and one line that says what is wrong."""
    ran = acme(*argv) if argv[1:] or argv == ("view",) else typed(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert is_one_line(ran.err), ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ("sign-up", "books@example.com"),
        ("sign-up", JANE, "--arrived-at", "9999"),
        ("view", JANE),
        ("view", "nobody"),
        ("suggest", "smith", "--user", JANE),
        ("link", "nobody", "1001"),
        ("unlink", JANE, "1001"),
        ("explain", "nobody", "1001"),
        ("users", "--firm", "another"),
        ("users", "--firm", "jane@firm"),
    ],
)
def test_what_a_rule_refuses_is_told_from_wrong_usage(acme: Acme, argv: tuple[str, ...]) -> None:
    """Exit code 1: the command made sense, and the answer is no."""
    ran = acme(*argv)
    assert (ran.code, ran.out) == (1, "")
    assert is_one_line(ran.err), ran.err


def test_linking_to_a_client_that_is_not_there_is_refused(acme: Acme) -> None:
    """Seeing one that is not hers is, too; both read alike (L10)."""
    acme.jane_signs_up()
    assert acme("link", JANE, "9999").err == acme("view", JANE, "--entity", "9999").err
    assert acme("link", JANE, "9999").code == acme("view", JANE, "--entity", "1004").code == 1


def test_a_command_without_its_firm_is_wrong_usage(acme: Acme) -> None:
    """No question goes without a firm (L6)."""
    ran = typed("users", "--store", acme.url)
    assert (ran.code, is_one_line(ran.err)) == (2, True)
    assert "--firm" in ran.err
    assert typed("users", "--store", acme.url, "--firm", "").code == 2


@pytest.mark.parametrize(
    "store",
    [
        "",
        "portal.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///absent.db",
        "sqlite:////absent/folder/portal.db",
        "sqlite+frobnicate:///present",
        "sqlite:///present?timeout=soon",
        "postgresql://firm:secret@host:port/portal",
        "frobnicate://firm:secret@host/portal",
        "oracle://firm:secret@host/portal",
        "sqlite:///\0",
    ],
)
def test_a_store_that_cannot_be_is_wrong_usage_and_no_secret_is_repeated(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question asked of a file that is not there does not make it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "present").touch()
    ran = typed("users", "--firm", "acme", "--store", store)
    assert (ran.code, ran.out) == (2, "")
    assert is_one_line(ran.err), ran.err
    assert "secret" not in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["present"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """What stands in it is left as it is."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Jane, this is a letter and no database at all.\n" * 100, encoding="utf-8")
    before = path.read_bytes()
    ran = typed("users", "--firm", "acme", "--store", f"sqlite:///{path.as_posix()}")
    assert (ran.code, ran.out, path.read_bytes()) == (1, "", before)
    assert is_one_line(ran.err), ran.err


def test_the_store_is_a_file_in_this_folder_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``portal.db``, as in the examples of the library."""
    monkeypatch.chdir(tmp_path)
    assert typed("users", "--firm", "acme").code == 2
    fill("sqlite:///portal.db")
    assert typed("users", "--firm", "acme").code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_what_it_takes(command: str) -> None:
    """``--help`` of each, and of the whole."""
    ran = typed(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: portal-linkage {command} ")
    assert f"    {command} " in typed("--help").out


def test_names_cannot_steer_a_terminal(acme: Acme) -> None:
    """Escape sequences, line breaks and markup in a name from a feed are shown, not obeyed."""
    acme.json("sign-up", JANE, "--name", "[red]Jane[/]\x1b[2J\r\nSmith\u202e")
    out = acme("users").out
    assert "[red]Jane[/]\N{REPLACEMENT CHARACTER}[2J" in out
    assert not {"\x1b", "\r", "\u202e"} & set(out)
    assert acme.json("users")["items"][0]["user"]["name"] == "[red]Jane[/]\x1b[2J\r\nSmith\u202e"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    """A firm that hostile questions are put to; Jane is its user."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('hostile') / 'portal.db').as_posix()}"
    fill(url)
    acme = Acme(url)
    acme.jane_signs_up()
    return acme


HOSTILE = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "",
        "--",
        "-",
        "\0",
        "\udcff",
        "'; DROP TABLE portal_links; --",
        "%s",
        "%",
        "../..",
        "@",
        "a@b",
        "1" * 6_000,
        "[/]",
    ]
)


@settings(max_examples=50)
@given(
    asked=st.sampled_from(
        [
            ("view", "{}"),
            ("view", JANE, "--entity", "{}"),
            ("users", "{}"),
            ("users", "--after", "{}"),
            ("users", "--limit", "{}"),
            ("suggest", "{}"),
            ("suggest", "smith", "--user", "{}"),
            ("bars", "--email", "{}"),
            ("sign-up", JANE, "--proof", "1003", "{}"),
            ("explain", "{}", "1001"),
            ("explain", JANE, "1001", "--invoice", "{}"),
            ("journal", "--staff", "{}"),
            ("link", JANE, "{}"),
            ("lift-bar", "{}", "1001"),
            ("sign-up", "{}", "--arrived-at", "9999"),
            ("import", "--mapping", "{}", "--entities", "{}"),
            ("{}",),
        ]
    ),
    text=HOSTILE,
)
def test_hostile_arguments_end_in_an_exit_code(shared: Acme, asked: tuple[str, ...], text: str) -> None:
    """Whatever is typed: 0, 1 or 2, at most one line of complaint, and Jane's links are what they were."""
    ran = shared(*(word.format(text) if word == "{}" else word for word in asked))
    assert ran.code in {0, 1, 2}
    assert (ran.err == "") == (ran.code == 0)
    assert is_one_line(ran.err) or not ran.err, ran.err
    assert not {"\x1b", "\r"} & set(ran.out)
    (row,) = shared.json("users", JANE)["items"]
    assert [each["entity_id"] for each in row["entities"]] == ["1003", "1001", "1002"]


def test_the_package_shows_one_name_and_the_samples_theirs() -> None:
    """What is public is sorted and there."""
    assert cli.__all__ == ["main"]
    assert samples.__all__ == sorted(samples.__all__)
    assert all(hasattr(samples, name) for name in samples.__all__)
