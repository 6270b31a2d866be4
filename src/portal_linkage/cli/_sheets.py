"""The firm's values as people read them: rows under headings."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..domain.entities import Bar, ClientEntity, Link
from ..domain.events import Event
from ..domain.outcomes import PortalUserRow, PortalView, Suggestion
from ..domain.values import Money
from ..roster import RosterPlan


def printable(text: str) -> str:
    """The text without what could steer a terminal, or fail on one of another script: names come from feeds."""
    harmless = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    encoding = sys.stdout.encoding or "utf-8"
    return harmless.encode(encoding, "backslashreplace").decode(encoding)


def told(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, StrEnum):
        return value.replace("_", " ")
    return "" if value is None else printable(str(value))


def counted(count: int, noun: str) -> str:
    """``1 open invoice``, ``2 open invoices``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def sheet(title: str, headings: str, rows: Iterable[tuple[object, ...]]) -> RenderableType:
    """Rows under headings, which are given as one text, divided by ``|``."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in headings.split("|"):
        table.add_column(heading, justify="right" if heading in {"Amount", "Due", "Total"} else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(told(cell)) for cell in row))
    return Group(Text(title, style="bold"), table) if table.row_count else f"{title}: none"


def links(rows: Iterable[Link], entities: Iterable[ClientEntity]) -> RenderableType:
    """A user's links, and why each exists; a client that is not among the entities is named by its id."""
    labels = {entity.entity_id: entity.label for entity in entities}
    reasons = ((link.entity_id, ", ".join(told(ground.kind) for ground in link.grounds)) for link in rows)
    return sheet("Linked, in this order", "Client|Why", ((labels.get(client, client), why) for client, why in reasons))


def view(seen: PortalView) -> Iterator[RenderableType]:
    """The portal page."""
    of, invoices, fees, payments = seen.labels, seen.invoices, seen.late_fees, seen.past_payments
    count = counted(seen.open_invoice_count, "open invoice")
    yield f"Amount due: {_sum(seen.amount_due)} on {count}. Late fees due: {_sum(seen.late_fees_due)}."
    yield sheet("Clients", "Client|Id", ((each.label, each.entity_id) for each in seen.entities.items))
    rows = [(each.number, of[each.entity_id], each.due_on, each.total, each.amount_due) for each in invoices.items]
    yield sheet("Open invoices", "Invoice|Client|Due on|Total|Due", rows)
    due = [(each.fee_id, of[each.entity_id], each.invoice_id, each.assessed_on, each.amount_due) for each in fees.items]
    yield sheet("Late fees", "Fee|Client|Invoice|Assessed on|Due", due)
    paid = [
        (each.payment_id, of[each.entity_id], ", ".join(each.invoice_ids), each.paid_at, each.amount)
        for each in payments.items
    ]
    yield sheet("Past payments", "Payment|Client|Invoices|Paid at|Amount", paid)
    if any(page.next for page in (seen.entities, invoices, fees, payments)):
        yield "There is more: raise --limit, or narrow it down with --entity"


def _sum(amounts: Mapping[str, Money]) -> str:
    return " + ".join(map(str, amounts.values())) or "nothing"


def users(rows: Iterable[PortalUserRow]) -> RenderableType:
    """Payments > Portal Users."""
    shown = ((row.user.name, row.user.email, row.user.user_id, row.user.signed_up_at, _clients(row)) for row in rows)
    return sheet("Portal users", "Name|E-mail|Id|Signed up at|Clients", shown)


def _clients(row: PortalUserRow) -> str:
    return "; ".join(entity.label + ("" if entity.active else ", inactive") for entity in row.entities)


def suggestions(found: Iterable[Suggestion]) -> RenderableType:
    """What a typed text may mean."""
    states = ((each, "linked" if each.linked else "barred" if each.barred else None) for each in found)
    return sheet("Suggestions", "Client|Id|This user", ((each.label, each.entity_id, state) for each, state in states))


def bars(rows: Iterable[Bar]) -> RenderableType:
    """What the firm's unlinks have left."""
    return sheet("Bars", "E-mail|Entity|Since|By", ((each.email, each.entity_id, each.since, each.by) for each in rows))


def journal(events: Iterable[Event]) -> RenderableType:
    """What happened, oldest first."""
    rows = ((each.at, each.kind, each.user_id, each.entity_id, each.ground, each.by) for each in events)
    return sheet("Journal", "At|What|User|Entity|Ground|By", rows)


def plan(drawn: RosterPlan) -> Iterator[RenderableType]:
    """What a roster change would do, user by user, and what it costs."""
    kinds = ("added", "changed", "deactivated", "reactivated")
    yield f"Roster plan {drawn.plan_id}: {', '.join(f'{len(getattr(drawn, kind))} {kind}' for kind in kinds)}."
    effects = (
        ("gains", drawn.gains),
        ("loses", drawn.losses),
        ("no longer sees", drawn.hidden),
        ("is shown", drawn.exposed),
    )
    if rows := [(each.user_id, what, each.entity_id, each.why) for what, changes in effects for each in changes]:
        gone = [(user_id, "is removed", "", "their last link ends") for user_id in drawn.removed_users]
        yield sheet("What it does to users", "User|Change|Entity|Why", sorted([*rows, *gone]))
        sums = ((drawn.gains, "gained"), (drawn.losses, "lost"), (drawn.hidden, "hidden"), (drawn.exposed, "shown"))
        totals = ((len(changes), what) for changes, what in sums)
        users = counted(len(drawn.removed_users), "user")
        yield f"Links: {', '.join(f'{count} {what}' for count, what in totals)}. Removed: {users}."
    if drawn.confirm_because:
        yield f"It must be confirmed: {'; '.join(drawn.confirm_because)}."
    if drawn.ambiguous_numbers:
        yield f"Client numbers of several clients, which prove nothing: {', '.join(drawn.ambiguous_numbers)}."
    if drawn.unknown:
        yield f"Clients that are not known, of which nothing is kept: {', '.join(drawn.unknown)}."
