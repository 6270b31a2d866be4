"""What each command does, for people and for machines."""

import pytest

from portal_linkage import LinkageService
from portal_linkage.adapters.sql import SqlStore
from portal_linkage.testing import samples

from .shell import JANE, Acme, is_one_line


def test_a_sign_up_links_the_portal_arrived_at_and_all_that_list_the_address(acme: Acme) -> None:
    """Jane arrives at 1003 and gets 1001 and 1002 with it, and is told why."""
    ran = acme("sign-up", JANE, "--name", "Jane Smith", "--arrived-at", "1003")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split("  ")[0] for line in ran.out.splitlines() if "contact listing" in line]
    assert lines == ["Jane Smith Realty Group (1003)", "Smith, Jane (1001)", "Smith Family Trust (1002)"]
    assert ran.out.count("arrival") == 1


def test_a_second_sign_up_says_so_and_changes_nothing(acme: Acme) -> None:
    """Twice is once (L9), which is no refusal."""
    first = acme.json("sign-up", JANE)
    second = acme.json("sign-up", JANE)
    assert (first["type"], second["type"]) == ("SignedUp", "AlreadySignedUp")
    assert (second["user"], second["links"], second["events"]) == (first["user"], first["links"], [])
    assert "Signed up already" in acme("sign-up", JANE).out


def test_a_sign_up_by_proof_links_what_was_proved(acme: Acme) -> None:
    """Whoever knows a client's number and one of its invoices gets that client."""
    outcome = acme.json("sign-up", "books@example.com", "--proof", "1004", "INV-2104")
    assert [link["entity_id"] for link in outcome["links"]] == ["1004"]
    assert [ground["kind"] for ground in outcome["links"][0]["grounds"]] == ["proof"]


def test_a_wrong_proof_is_refused_and_after_five_of_them_no_more_are_looked_at(acme: Acme) -> None:
    """Refusals are counted across commands (L10), and a script can tell which one it was."""
    guess = ("sign-up", "books@example.com", "--json", "--proof", "1004", "INV-1")
    refused = [acme(*guess) for _ in range(5)]
    assert [(ran.code, ran.data) for ran in refused] == [(1, {"type": "ClaimRefused"})] * 5
    assert all(ran.err == "portal-linkage: the claim is refused\n" for ran in refused)
    limited = acme(*guess)
    assert (limited.code, limited.data["type"]) == (1, "TooManyAttempts")
    assert limited.err.startswith("portal-linkage: too many attempts: try again after 20")
    right = acme("sign-up", "books@example.com", "--proof", "1004", "INV-2104")
    assert (right.code, right.out) == (1, "")


@pytest.mark.parametrize("by_id", [False, True])
def test_a_user_is_named_by_address_or_by_id(acme: Acme, by_id: bool) -> None:
    """Jane's page is the same whichever of the two was typed."""
    user_id = acme.jane_signs_up()
    seen = acme.json("view", user_id if by_id else " Jane.Smith@EXAMPLE.com")
    assert seen["amount_due"] == {"USD": {"amount": "4495.50", "currency": "USD"}}
    assert seen["late_fees_due"] == {"USD": {"amount": "37.50", "currency": "USD"}}
    assert seen["open_invoice_count"] == 4
    assert [each["payment_id"] for each in seen["past_payments"]["items"]] == ["PAY-503", "PAY-502", "PAY-501"]


def test_a_page_for_people_tells_sums_rows_and_that_there_is_more(acme: Acme) -> None:
    """With one row a list, sums are still over everything (L15)."""
    acme.jane_signs_up()
    out = acme("view", JANE, "--limit", "1").out
    assert "Amount due: 4495.50 USD on 4 open invoices. Late fees due: 37.50 USD." in out
    assert "INV-2081" in out
    assert "INV-2101" not in out
    assert out.count("There is more") == 1
    one = acme("view", JANE, "--entity", "1001").out
    assert "Amount due: 180.00 USD on 1 open invoice. Late fees due: nothing." in one
    assert "Late fees: none" in one
    assert "There is more" not in one


def test_users_are_listed_searched_and_paged(acme: Acme) -> None:
    """Payments > Portal Users, by name; the cursor that a page prints leads to the next."""
    acme.jane_signs_up()
    acme.json("sign-up", "lake.house@example.com", "--name", "Lake House")
    first = acme("users", "--limit", "1")
    assert JANE in first.out
    second = acme("users", "--limit", "1", *first.out.split("There is more: ")[1].split())
    assert "lake.house@example.com" not in first.out
    assert "Smith Lake House LLC (1004)" in second.out
    assert "--after" not in second.out
    assert [row["user"]["name"] for row in acme.json("users", "jane")["items"]] == ["Jane Smith"]
    assert [row["user"]["name"] for row in acme.json("users", "--entity", "1004")["items"]] == ["Lake House"]
    assert acme("users", "nobody").out == "Portal users: none\n"


def test_suggestions_tell_what_a_user_has_and_is_barred_from(acme: Acme) -> None:
    """The firm types a few letters; every way to stand to a client has its word."""
    acme.jane_signs_up()
    acme.json("unlink", JANE, "1001")
    found = acme.json("suggest", "smith", "--user", JANE)
    assert {each["entity_id"]: (each["linked"], each["barred"]) for each in found} == {
        "1001": (False, True),
        "1002": (True, False),
        "1003": (True, False),
        "1004": (False, False),
    }
    rows = acme("suggest", "smith", "--user", JANE).out.splitlines()[3:]
    assert [row.split()[-1] for row in rows] == ["linked", "1004", "barred", "linked"]
    assert [each["label"] for each in acme.json("suggest", "1004", "--limit", "1")] == ["Smith Lake House LLC (1004)"]


def test_what_the_firm_links_appears_at_once_and_is_journaled_under_who_did_it(acme: Acme) -> None:
    """The next command already sees it (L17), and the journal names the staff."""
    acme.jane_signs_up()
    assert acme("link", JANE, "1004", "--staff", "reception").out == "Linked.\n"
    assert acme("link", JANE, "1004").out == "They were linked already.\n"
    assert acme.json("view", JANE)["amount_due"]["USD"]["amount"] == "4815.50"
    last = acme.json("journal", "--user", JANE, "--entity", "1004")["items"][-1]
    assert (last["kind"], last["ground"], last["by"]) == ("linked", "firm_grant", "reception")


def test_the_x_on_the_last_client_removes_the_user_and_the_bars_stand_until_lifted(acme: Acme) -> None:
    """Unlink to the end, sign up in vain, lift one bar, sign up to that one (L3, L7)."""
    acme.jane_signs_up()
    said = [acme("unlink", JANE, entity_id).out for entity_id in ("1001", "1001", "1002", "1003")]
    assert said == [
        "Unlinked.\n",
        "They were not linked; nothing changed.\n",
        "Unlinked.\n",
        "Unlinked. It was their last link: the user is gone.\n",
    ]
    gone = acme("unlink", JANE, "1003")
    assert (gone.code, gone.err) == (1, "portal-linkage: no user (withheld) at firm 'acme'\n")
    assert [bar["entity_id"] for bar in acme.json("bars", "--email", JANE)["items"]] == ["1001", "1002", "1003"]
    assert acme("bars", "--email", "lake.house@example.com").out == "Bars: none\n"
    again = acme("sign-up", JANE, "--arrived-at", "1003")
    assert (again.code, again.out, is_one_line(again.err)) == (1, "", True)
    assert acme("lift-bar", JANE, "1002").out == "The bar is lifted. Nothing was linked.\n"
    assert acme("lift-bar", JANE, "1002").out == "There was no such bar; nothing changed.\n"
    assert [link["entity_id"] for link in acme.json("sign-up", JANE)["links"]] == ["1002"]
    assert acme("bars").out.count(JANE) == 2


def test_it_is_explained_why_somebody_sees_a_bill_or_does_not(acme: Acme) -> None:
    """By user id, by the address of a user, and by an address that has none."""
    user_id = acme.jane_signs_up()
    assert acme("explain", user_id, "1003").out.startswith(f"User {user_id} sees 1003: arrival since ")
    assert acme.json("explain", JANE, "1003", "--invoice", "INV-2105")["reasons"] == ["draft"]
    stranger = acme.json("explain", "books@example.com", "1003")
    assert (stranger["visible"], stranger["reasons"]) == (False, ["not_linked"])


def test_the_journal_tells_everything_in_order(acme: Acme) -> None:
    """A sign-up is one user, three links and one more ground, and a page leads to the next."""
    acme.jane_signs_up()
    kinds = [event["kind"] for event in acme.json("journal")["items"]]
    assert kinds == ["signed_up", "linked", "ground_added", "linked", "linked"]
    first = acme.json("journal", "--limit", "4")
    rest = acme.json("journal", "--after", first["next"]["after"])
    assert len(first["items"]) == 4
    assert [event["entity_id"] for event in rest["items"]] == ["1002"]
    assert "ground added" in acme("journal").out


def test_an_inactive_client_is_flagged_among_a_users_clients_and_named_by_its_id(acme: Acme) -> None:
    """A link to it stays, and the firm sees that it is inactive (see the decided defaults of the policy)."""
    user_id = acme.jane_signs_up()
    store = SqlStore.open(acme.url)
    roster = LinkageService(store).roster
    plan = roster.plan(samples.ACME, samples.CLIENTS[1:], complete=True)
    roster.apply(plan, confirmed=plan.plan_id)
    store.close()
    assert "Smith, Jane (1001), inactive" in acme("users").out
    assert [line.split()[0] for line in acme("sign-up", JANE).out.splitlines()[-3:]] == ["Jane", "1001", "Smith"]
    assert acme.json("explain", user_id, "1001")["reasons"] == ["entity_inactive"]
