"""Files become a roster and bills, or nothing at all."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from portal_linkage import Firm, FirmId, PortalSettings
from portal_linkage.adapters.sql import SqlStore

from .shell import JANE, MAPPING, Acme, Ran, is_one_line, table

CLIENTS = [
    ("1001", "Smith, Jane", JANE, "yes"),
    ("1002", "Smith Family Trust", f"{JANE}; lake.house@example.com", "yes"),
    ("1003", "Jane Smith Realty Group", f'"Smith, Jane" <{JANE}>', "yes"),
]
INVOICES = [
    ("INV-1", "1001", "180.00", "180.00", "open", "2026-02-16"),
    ("INV-2", "1002", "1200", "1200", "open", "2026-02-18"),
    ("INV-3", "1003", "640.5", "0", "paid", "2026-01-05"),
]
PAYMENTS = [("PAY-1", "1003", "640.50", "2026-02-10T16:20:00Z")]
LATE_FEES = [("FEE-1", "1002", "12.50", "2026-02-24")]
LAST_GROUND = "no contact lists the address any more, and nothing else was its ground"
BAD_INVOICE = ("INV-9", "1001", "1,200", "1,200", "open", "2026-02-16")


@attrs.frozen
class Office:
    """A folder with the firm's exports and its mapping, and the store that they go to."""

    folder: Path
    acme: Acme

    def entities(self, rows: Sequence[Sequence[str]] = CLIENTS) -> tuple[str, Path]:
        """The clients, as an argument."""
        return "--entities", table(self.folder / "clients.csv", "No,Client,Mails,Active", rows)

    def invoices(self, rows: Sequence[Sequence[str]] = INVOICES) -> tuple[str, Path]:
        """The invoices, as an argument."""
        return "--invoices", table(self.folder / "invoices.csv", "Invoice,No,Total,Due,Status,Issued", rows)

    def contacts(self, rows: Sequence[Sequence[str]]) -> tuple[str, Path]:
        """A list of contacts beside the clients, as an argument."""
        return "--contacts", table(self.folder / "contacts.csv", "No,Mails", rows)

    def __call__(self, *argv: object) -> Ran:
        """Import."""
        return self.acme("import", "--mapping", self.folder / "mapping.toml", *argv)

    def seen_by_jane(self) -> list[str]:
        """The open invoices that Jane sees."""
        return [each["number"] for each in self.acme.json("view", JANE)["invoices"]["items"]]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose store does not exist yet."""
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return Office(tmp_path, Acme(f"sqlite:///{(tmp_path / 'portal.db').as_posix()}"))


def test_an_import_makes_the_firm_its_roster_and_its_bills(office: Office) -> None:
    """Clients and all bills at once, into a store that is made; then Jane signs up and sees hers."""
    payments = table(office.folder / "payments.csv", "Payment,No,Amount,At", PAYMENTS)
    fees = table(office.folder / "fees.csv", "Fee,No,Amount,On", LATE_FEES)
    ran = office(*office.entities(), *office.invoices(), "--payments", payments, "--late-fees", fees)
    assert (ran.code, ran.err) == (0, "")
    assert ": 3 added, 0 changed, 0 deactivated, 0 reactivated." in ran.out
    assert "Written: 3 invoices, 1 payment, 1 late fee." in ran.out
    office.acme.jane_signs_up()
    seen = office.acme.json("view", JANE)
    assert [each["entity_id"] for each in seen["entities"]["items"]] == ["1003", "1001", "1002"]
    assert seen["amount_due"] == {"USD": {"amount": "1380.00", "currency": "USD"}}
    assert seen["late_fees_due"] == {"USD": {"amount": "12.50", "currency": "USD"}}
    assert [each["amount"]["amount"] for each in seen["past_payments"]["items"]] == ["640.50"]


def test_an_import_that_is_repeated_changes_nothing(office: Office) -> None:
    """Twice is once; machines are told in full what was done."""
    office(*office.entities(), *office.invoices())
    again = office(*office.entities(), *office.invoices(), "--json").data
    assert (again["applied"], again["written"]) == (True, {"invoices": 3})
    assert [again["plan"][kind] for kind in ("added", "changed", "deactivated", "reactivated")] == [[], [], [], []]
    assert (again["rejected"], again["rejected_parts"]) == ([], [])


def test_a_firm_is_named_when_it_is_made_and_left_alone_after_that(office: Office) -> None:
    """A firm without a name is called by its id; an import changes neither names nor settings."""

    def firm() -> Firm | None:
        store = SqlStore.open(office.acme.url)
        with store.snapshot() as snapshot:
            found = snapshot.firms.find(FirmId("acme"))
        store.close()
        return found

    office(*office.entities(), "--firm", "nameless")
    office(*office.entities(), "--firm-name", "Acme Accounting")
    assert firm() == Firm(firm_id=FirmId("acme"), name="Acme Accounting", settings=PortalSettings())
    silent = Firm(firm_id=FirmId("acme"), name="Acme", settings=PortalSettings(show_past_payments=False))
    store = SqlStore.open(office.acme.url)
    with store.transaction() as tx:
        assert tx.firms.find(FirmId("nameless")) == Firm(firm_id=FirmId("nameless"), name="nameless")
        tx.firms.save(silent)
    store.close()
    office(*office.entities(), "--firm-name", "Acme Accounting")
    assert firm() == silent


def test_a_bad_row_is_named_and_stops_the_import_before_anything_is_written(office: Office) -> None:
    """File, row, field and reason; the store is not even made."""
    ran = office(*office.entities(), *office.invoices([*INVOICES, BAD_INVOICE]))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err == (
        "portal-linkage: there are bad rows, so nothing was written; --skip-bad-rows writes the others\n"
    )
    assert "invoices.csv" in ran.out
    assert " 5 " in ran.out
    assert "total" in ran.out
    assert "1,200" not in ran.out
    assert not (office.folder / "portal.db").exists()


def test_good_rows_are_written_and_bad_ones_listed_if_asked(office: Office) -> None:
    """Two bad rows in two tables do not stop the others; a machine reads which they were."""
    clients = [*CLIENTS, ("", "Nobody", "", "yes")]
    ran = office(*office.entities(clients), *office.invoices([BAD_INVOICE, *INVOICES]), "--skip-bad-rows", "--json")
    assert (ran.code, ran.err) == (0, "")
    named = [(each["file"], each["row"], each["field"]) for each in ran.data["rejected"]]
    assert named == [("clients.csv", 5, "entity_id"), ("invoices.csv", 2, "total")]
    assert ran.data["written"] == {"invoices": 3}
    office.acme.jane_signs_up()
    assert office.seen_by_jane() == ["INV-1", "INV-2"]


def test_what_is_no_address_is_listed_and_stops_nothing(office: Office) -> None:
    """The row of an e-mail cell with rubbish in it is good; the rubbish is named, not repeated."""
    clients = [("1001", "Smith, Jane", f"n/a; {JANE}", "yes")]
    ran = office(*office.entities(clients))
    assert ran.code == 0
    assert "part 1 must have one @ between two non-empty parts" in ran.out
    assert "n/a" not in ran.out
    assert office.acme.json("sign-up", JANE)["type"] == "SignedUp"


def test_a_list_with_bad_rows_is_never_taken_for_complete(office: Office) -> None:
    """A client in a bad row would count as gone, and its users would lose sight of it (L13)."""
    office(*office.entities())
    ran = office(*office.entities([*CLIENTS[:2], ("1003", "", "", "yes")]), "--complete", "--skip-bad-rows")
    assert (ran.code, is_one_line(ran.err)) == (1, True)
    office.acme.jane_signs_up()


def test_a_list_of_contacts_with_bad_rows_is_not_written(office: Office) -> None:
    """A client's rows are all that the list has of it: without one of them, its address would count as gone."""
    office(*office.entities())
    ran = office(*office.contacts([("1001", "books@example.com"), ("", "j@example.com")]), "--skip-bad-rows")
    assert (ran.code, is_one_line(ran.err)) == (1, True)
    assert office.acme("sign-up", "books@example.com").code == 1


def test_a_plan_makes_no_tables(office: Office) -> None:
    """Where there is no file all would be added, and there is none afterwards; a file without tables is refused."""
    assert ": 3 added, 0 changed, 0 deactivated, 0 reactivated." in office(*office.entities(), "--plan").out
    assert not (office.folder / "portal.db").exists()
    (office.folder / "portal.db").touch()
    ran = office(*office.entities(), "--plan")
    assert (ran.code, is_one_line(ran.err)) == (2, True)
    with closing(sqlite3.connect(office.folder / "portal.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_bad_bills_beside_a_complete_list_can_be_skipped(office: Office) -> None:
    """They say nothing about who is a client."""
    ran = office(*office.entities(), *office.invoices([BAD_INVOICE]), "--complete", "--skip-bad-rows", "--json")
    assert (ran.code, ran.data["written"]) == (0, {"invoices": 0})


def test_a_plan_that_costs_much_waits_until_it_is_named(office: Office) -> None:
    """The costs and the id are printed, nothing is written, bills neither; with the id it goes on, once and again."""
    office(*office.entities(), *office.invoices())
    user_id = office.acme.jane_signs_up()
    new = ("INV-4", "1001", "5.00", "5.00", "open", "2026-03-01")
    files = (*office.entities(CLIENTS[:2]), *office.invoices([*INVOICES, new]), "--complete")
    refused = office(*files)
    assert refused.code == 1
    plan_id = refused.err.split("--confirm ")[1].split()[0]
    assert "no client and no bill was written" in refused.err
    assert f"Roster plan {plan_id}: 0 added, 0 changed, 1 deactivated, 0 reactivated." in refused.out
    assert [line.split()[:5] for line in refused.out.splitlines() if "no longer" in line] == [
        [user_id, "no", "longer", "sees", "1003"]
    ]
    assert office(*files, "--confirm", "another").code == 1
    waiting = office(*files, "--json")
    assert (waiting.code, waiting.data["applied"], waiting.data["written"]) == (1, False, {})
    assert (waiting.data["plan"]["plan_id"], waiting.data["plan"]["needs_confirmation"]) == (plan_id, True)
    assert office.seen_by_jane() == ["INV-1", "INV-2"]
    assert len(office.acme.json("view", JANE)["entities"]["items"]) == 3
    for _ in range(2):
        assert office(*files, "--confirm", plan_id).code == 0
        assert sorted(office.seen_by_jane()) == ["INV-1", "INV-2", "INV-4"]
        assert len(office.acme.json("view", JANE)["entities"]["items"]) == 2


def test_a_plan_can_be_looked_at_without_being_applied(office: Office) -> None:
    """User by user, with totals, and whether it needs its name; nothing is written."""
    office(*office.entities(), *office.invoices())
    user_id = office.acme.jane_signs_up()
    files = (*office.entities([*CLIENTS[:2], ("1004", "Smith Lake House", JANE, "yes")]), "--complete")
    shown = office(*files, "--plan")
    assert (shown.code, shown.err) == (0, "")
    plan_id = shown.out.split("--confirm ")[1].split()[0]
    assert f"Roster plan {plan_id}: 1 added, 0 changed, 1 deactivated, 0 reactivated." in shown.out
    assert f"{user_id} " in shown.out
    assert "Links: 0 gained, 0 lost, 1 hidden, 0 shown. Removed: 0 users." in shown.out
    assert f"--confirm {plan_id} applies it." in shown.out
    assert office(*files, "--plan", "--json").data["applied"] is False
    assert len(office.acme.json("view", JANE)["entities"]["items"]) == 3
    assert office(*files, "--confirm", plan_id).code == 0
    assert "It needs no --confirm." in office(*files, "--plan").out


def test_a_plan_of_a_new_firm_makes_no_firm(office: Office) -> None:
    """All its clients would be added; it is not there for that."""
    office(*office.entities())
    other = attrs.evolve(office, acme=attrs.evolve(office.acme, firm="other-firm"))
    assert ": 3 added, 0 changed, 0 deactivated, 0 reactivated." in other(*other.entities(), "--plan").out
    assert other.acme("suggest", "smith").code == 1


def test_a_list_of_contacts_stands_beside_the_clients(office: Office) -> None:
    """It replaces what it listed before and nothing else, and names whom nobody knows."""
    office(*office.entities(), *office.invoices())
    rows = [("1001", "books@example.com"), ("1001", "Jane <j@example.com>"), ("9009", "books@example.com")]
    ran = office(*office.contacts(rows), "--source", "xero")
    assert (ran.code, ran.err) == (0, "")
    assert "Clients that are not known, of which nothing is kept: 9009." in ran.out
    office.acme.json("sign-up", "books@example.com", "--name", "Books")
    office.acme.json("sign-up", "j@example.com")
    office.acme.jane_signs_up()
    assert len(office.acme.json("view", JANE)["entities"]["items"]) == 3
    assert [each["label"] for each in office.acme.json("suggest", "1001")] == ["Smith, Jane (1001)"]
    assert office(*office.contacts(rows), "--json").data["plan"]["source"] == "contacts"


def test_the_switches_of_the_policy_are_set_by_name(office: Office) -> None:
    """Under another policy contacts take links along: the plan says who gains, who loses, and who is removed."""
    continuous = ("--policy", "auto_link=continuous", "--policy", "contact_removed=withdraw")
    office(*office.entities([*CLIENTS[:2], ("1003", "Jane Smith Realty Group", "", "yes")]))
    books = office.acme.json("sign-up", "lake.house@example.com")["user"]["user_id"]
    jane = office.acme.json("sign-up", JANE)["user"]["user_id"]
    changed = [CLIENTS[0], ("1002", "Smith Family Trust", "", "yes"), CLIENTS[2]]
    assert "What it does to users" not in office(*office.entities(changed), "--plan").out
    shown = office(*office.entities(changed), "--plan", *continuous).out
    told = [line.split("  ") for line in shown.splitlines() if line.startswith((books, jane))]
    assert [[cell.strip() for cell in cells if cell.strip()] for cells in told] == sorted(
        [
            [books, "is removed", "their last link ends"],
            [books, "loses", "1002", LAST_GROUND],
            [jane, "gains", "1003", "a contact began to list the address"],
            [jane, "loses", "1002", LAST_GROUND],
        ]
    )
    assert "Links: 1 gained, 2 lost, 0 hidden, 0 shown. Removed: 1 user." in shown
    assert "It must be confirmed: links it ends or hides: 2, over 5 % of the firm's; users it removes: 1." in shown
    plan_id = shown.split("--confirm ")[1].split()[0]
    assert office(*office.entities(changed), *continuous, "--confirm", plan_id).code == 0
    assert [each["entity_id"] for each in office.acme.json("view", JANE)["entities"]["items"]] == ["1001", "1003"]
    assert office.acme("view", "lake.house@example.com").code == 1


def test_clients_that_were_merged_are_merged(office: Office) -> None:
    """A column says into whom; whom that shows bills to is told, and must be confirmed."""
    mapping = office.folder / "mapping.toml"
    mapping.write_text(
        MAPPING.replace('name = "Client"', 'name = "Client"\nmerged_into = "Active"').replace('active = "Active"', ""),
        encoding="utf-8",
    )
    clients = [(number, name, mails, "") for number, name, mails, _ in CLIENTS]
    office(*office.entities(clients), *office.invoices())
    office.acme.json("sign-up", "lake.house@example.com")
    merged = [("1001", "Smith, Jane", "", "1002"), *clients[1:]]
    ran = office(*office.entities(merged))
    assert (ran.code, "no client and no bill was written" in ran.err) == (1, True)
    assert "users who are shown the bills of further clients: 1." in ran.out
    plan_id = ran.err.split("--confirm ")[1].split()[0]
    assert office(*office.entities(merged), "--confirm", plan_id).code == 0
    for _ in range(2):
        seen = office.acme.json("view", "lake.house@example.com")["invoices"]["items"]
        assert [each["number"] for each in seen] == ["INV-1", "INV-2"]
        # The PMS goes on telling of the bill under the client that it was once of.
        assert office(*office.entities(merged), *office.invoices()).code == 0


def test_a_plan_that_costs_little_is_not_confirmed_by_another_name(office: Office) -> None:
    """Who names a plan means that very one: what has come instead is refused, however little it costs (L13)."""
    office(*office.entities())
    ran = office(*office.entities(CLIENTS[:2]), "--complete", "--confirm", "another")
    assert (ran.code, "must be confirmed" in ran.err) == (1, True)
    assert office(*office.entities(CLIENTS[:2]), "--complete").code == 0


def test_a_client_number_of_two_clients_is_named(office: Office) -> None:
    """It proves nothing (see the design's nouns), and the office should know."""
    mapping = office.folder / "mapping.toml"
    mapping.write_text(
        MAPPING.replace('name = "Client"', 'name = "Client"\nclient_number = "Active"'), encoding="utf-8"
    )
    out = office(*office.entities()).out
    assert "Client numbers of several clients, which prove nothing: yes." in out


def test_bills_may_come_without_a_roster(office: Office) -> None:
    """A feed that arrives before its clients is stored, and seen by nobody until they come."""
    ran = office(*office.invoices(), "--json")
    assert (ran.code, ran.data["plan"], ran.data["applied"]) == (0, None, False)
    office(*office.entities())
    office.acme.jane_signs_up()
    assert office.seen_by_jane() == ["INV-1", "INV-2"]


def test_more_bills_than_one_transaction_takes_are_all_written(office: Office) -> None:
    """Two thousand and one invoices of a cent each: the sum is exact."""
    many = [(f"INV-{number}", "1001", "0.01", "0.01", "open", "2026-02-16") for number in range(2_001)]
    office(*office.entities(), *office.invoices(many))
    office.acme.jane_signs_up()
    seen = office.acme.json("view", JANE)
    assert (seen["open_invoice_count"], seen["amount_due"]["USD"]["amount"]) == (2_001, "20.01")


@pytest.mark.parametrize(
    ("argv", "about"),
    [
        ((), "import: takes at least one table"),
        (("--entities", "a.csv", "--contacts", "b.csv"), "--contacts: is not given beside --entities"),
        (("--entities", "a.csv", "--source", "xero"), "--source: is said of --contacts"),
        (("--contacts", "a.csv", "--source", "pms"), "--source: names a list beside the clients"),
        (("--entities", "a.csv", "--policy", "auto_link=sometimes"), "--policy: is one of auto_link=at_sign_up|con"),
        (("--entities", "a.csv", "--policy", "attempts=7"), "--policy: is one of auto_link=at_sign_up|con"),
        (("--entities", "a.csv", *("--policy", "arrival=link") * 2), "--policy: sets arrival twice"),
        (("--entities", "a.csv", "--plan", "--confirm", "x"), "--confirm: is not given beside --plan"),
        (("--confirm", "x", "--invoices", "invoices.csv"), "--confirm: is said of --entities"),
        (("--complete", "--invoices", "invoices.csv"), "--complete: is said of --entities"),
        (("--plan", "--invoices", "invoices.csv"), "--plan: is said of --entities"),
        (("--entities", "absent.csv"), "absent.csv: cannot be opened"),
        (("--entities", "clients.xls"), "clients.xls: must end in one of"),
        (("--entities", "."), ": cannot be opened: Is a directory"),
        (("--entities", "broken.json"), "broken.json: is broken JSON"),
        (("--entities", "invoices.csv"), "invoices.csv: has no column Client, Mails, Active"),
        (("--payments", "invoices.csv", "--mapping", "absent.toml"), "absent.toml: cannot be opened"),
        (("--payments", "invoices.csv", "--mapping", "broken.json"), "broken.json: is broken TOML"),
        (("--entities", "invoices.csv", "--mapping", "invoices.toml"), "invoices.toml: has no section [entities]"),
    ],
)
def test_files_that_cannot_be_read_are_wrong_usage(
    office: Office, monkeypatch: pytest.MonkeyPatch, argv: Sequence[str], about: str
) -> None:
    """The file and what is wrong with it in one line; no store is made."""
    monkeypatch.chdir(office.folder)
    office.invoices()
    (office.folder / "clients.xls").touch()
    (office.folder / "broken.json").write_text("[{", encoding="utf-8")
    (office.folder / "invoices.toml").write_text(MAPPING[MAPPING.index("[invoices]") :], encoding="utf-8")
    ran = office(*argv)
    assert (ran.code, ran.out, is_one_line(ran.err)) == (2, "", True)
    assert about in ran.err
    assert not (office.folder / "portal.db").exists()
