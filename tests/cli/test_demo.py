"""The story of Jane Smith, as the first command of a newcomer tells it."""

import re
from pathlib import Path

import pytest

from portal_linkage.testing import samples

from .shell import JANE, Acme, Ran, typed


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Ran]:
    """The story, and where."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(folder))
        ran = typed("demo")
    (path,) = folder.rglob("portal.db")
    return f"sqlite:///{path.as_posix()}", ran


def chapter(told: tuple[str, Ran], number: int) -> str:
    """One chapter of the story."""
    return re.split(r"^\d+\. .*\n=+\n", told[1].out, flags=re.MULTILINE)[number]


def rows(text: str, title: str) -> list[list[str]]:
    """The cells of a sheet."""
    lines = text.partition(f"{title}\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [re.split(r"\s{2,}", line.strip()) for line in lines]


def test_the_story_is_told_to_its_end_within_100_columns(told: tuple[str, Ran]) -> None:
    """Ten chapters, no complaint, no line that a terminal of 100 columns would break, but where a path is long."""
    url, ran = told
    assert (ran.code, ran.err) == (0, "")
    assert re.findall(r"^(\d+)\. ", ran.out, flags=re.MULTILINE) == [str(number) for number in range(1, 11)]
    assert max(len(line) for line in ran.out.splitlines() if url not in line) <= 100


def test_one_click_links_three_clients_and_each_says_why(told: tuple[str, Ran]) -> None:
    """The one she came to is first, then those that list her address, by number."""
    assert "Answer to her sign-up: SignedUp." in chapter(told, 2)
    assert rows(chapter(told, 2), "Linked, in this order") == [
        ["Jane Smith Realty Group (1003)", "arrival, contact listing"],
        ["Smith, Jane (1001)", "contact listing"],
        ["Smith Family Trust (1002)", "contact listing"],
    ]


def test_she_sees_the_bills_of_all_three_and_their_sums(told: tuple[str, Ran]) -> None:
    """Invoices, late fees and past payments in one list; what is draft or void is not there."""
    page = chapter(told, 3)
    assert "Amount due: 4495.50 USD on 4 open invoices. Late fees due: 37.50 USD." in page
    assert [row[0] for row in rows(page, "Open invoices")] == ["INV-2081", "INV-2101", "INV-2102", "INV-2103"]
    assert [row[0] for row in rows(page, "Late fees")] == ["FEE-31", "FEE-32"]
    assert [row[0] for row in rows(page, "Past payments")] == ["PAY-503", "PAY-502", "PAY-501"]


def test_the_firm_finds_and_links_a_fourth(told: tuple[str, Ran]) -> None:
    """It is suggested as not linked, and then her sum grows by its invoice."""
    page = chapter(told, 4)
    assert ["Smith Lake House LLC (1004)", "1004"] in rows(page, "Suggestions")
    assert rows(page, "Linked, in this order")[-1] == ["Smith Lake House LLC (1004)", "firm grant"]
    assert "Amount due: 4815.50 USD on 5 open invoices." in page


def test_a_staff_visit_sees_one_client_and_a_guest_no_past(told: tuple[str, Ran]) -> None:
    """The visit shows 1002 with its past, the guest 1003 without."""
    visit, guest = chapter(told, 5), chapter(told, 6)
    assert rows(visit, "Clients") == [["Smith Family Trust (1002)", "1002"]]
    assert [row[0] for row in rows(visit, "Past payments")] == ["PAY-502"]
    assert [row[0] for row in rows(guest, "Open invoices")] == ["INV-2081", "INV-2103"]
    assert [row[0] for row in rows(guest, "Late fees")] == ["FEE-31"]
    assert "Past payments: none" in guest


def test_the_x_ends_the_user_and_the_bars_refuse_until_one_is_lifted(told: tuple[str, Ran]) -> None:
    """The fourth X removes her; the second sign-up fails; the third links the one client whose bar is gone."""
    ended = rows(chapter(told, 7), "Unlinked")
    assert [row[-1] for row in ended] == ["Unlinked", "Unlinked", "Unlinked", "UserRemoved"]
    assert len(rows(chapter(told, 7), "Bars")) == 4
    assert "Portal users: none" in chapter(told, 7)
    assert "Refused: NothingToLink" in chapter(told, 8)
    assert "SignedUp" not in chapter(told, 8)
    assert "Answer to lifting it: BarLifted." in chapter(told, 9)
    assert rows(chapter(told, 9), "Linked, in this order") == [
        ["Jane Smith Realty Group (1003)", "arrival, contact listing"]
    ]


def test_what_was_told_is_what_is_stored(told: tuple[str, Ran]) -> None:
    """The store is left for looking around: one user with one link, three bars, and the journal of the story."""
    url, ran = told
    acme = Acme(url)
    (row,) = acme.json("users")["items"]
    assert (row["user"]["email"], [each["entity_id"] for each in row["entities"]]) == (JANE, ["1003"])
    assert [bar["entity_id"] for bar in acme.json("bars")["items"]] == ["1001", "1002", "1004"]
    told_kinds = [row[1].replace(" ", "_") for row in rows(ran.out, "Journal")]
    assert told_kinds == [event["kind"] for event in acme.json("journal")["items"]]


def test_every_telling_is_the_same_on_a_file_of_its_own(
    told: tuple[str, Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could have been a real firm's store; only the path differs, which is printed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = typed("demo")
    (path,) = tmp_path.rglob("portal.db")
    assert ran.out.replace(f"sqlite:///{path.as_posix()}", told[0]) == told[1].out


def test_the_samples_are_as_their_docstring_says(acme: Acme) -> None:
    """Four invoices over 4,495.50, two late fees over 37.50, three payments; nothing of the draft and the void one."""
    acme.jane_signs_up()
    seen = acme.json("view", JANE)
    assert seen["amount_due"]["USD"]["amount"] == "4495.50"
    assert seen["late_fees_due"]["USD"]["amount"] == "37.50"
    assert [len(seen[rows]["items"]) for rows in ("invoices", "late_fees", "past_payments")] == [4, 2, 3]
    unseen = [each.invoice_id for each in samples.INVOICES if each.status in ("void", "draft")]
    assert len(unseen) == 2
    assert not {row["invoice_id"] for row in seen["invoices"]["items"]} & set(unseen)
