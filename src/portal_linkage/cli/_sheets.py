"""The firm's values as sheets for people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from ..domain.entities import Bar, ClientEntity, Invoice, LateFee, Link, Payment
from ..domain.events import Event
from ..domain.outcomes import LinkChange, PortalUserRow, PortalView, Suggestion
from ..domain.values import EntityId, Money, Page
from ..roster import RosterPlan
from ._answers import Part, Sheet

T = TypeVar("T")
Labels = Mapping[EntityId, str]


def at(moment: datetime) -> str:
    """A time as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def counted(count: int, noun: str) -> str:
    """``1 open invoice``, ``2 open invoices``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _sum(amounts: Mapping[str, Money]) -> str:
    return " + ".join(map(str, amounts.values())) or "nothing"


def _rest(page: Page[T]) -> str:
    return f"There is more: --after {page.next.after}" if page.next else ""


def _more(page: Page[T]) -> str:
    return "There is more: raise --limit, or narrow it down with --entity" if page.next else ""


def links(rows: Iterable[Link], labels: Labels) -> Sheet:
    """A user's links, and why each exists."""
    told = (
        (labels.get(link.entity_id, link.entity_id), ", ".join(words(ground.kind) for ground in link.grounds))
        for link in rows
    )
    return Sheet.of("Linked, in this order", "Client|Why", told)


def words(name: str) -> str:
    """A name of ours as people read it."""
    return name.replace("_", " ")


def view(seen: PortalView) -> Iterator[Part]:
    """The portal page."""
    yield (
        f"Amount due: {_sum(seen.amount_due)} on {counted(seen.open_invoice_count, 'open invoice')}. "
        f"Late fees due: {_sum(seen.late_fees_due)}."
    )
    yield clients(seen.entities)
    yield _invoices(seen.invoices, seen.labels)
    yield _late_fees(seen.late_fees, seen.labels)
    yield _payments(seen.past_payments, seen.labels)


def clients(page: Page[ClientEntity]) -> Sheet:
    """The clients that a viewer sees."""
    return Sheet.of("Clients", "Client|Id", ((each.label, each.entity_id) for each in page.items), rest=_more(page))


def _invoices(page: Page[Invoice], labels: Labels) -> Sheet:
    rows = (
        (each.number, labels[each.entity_id], each.due_on.isoformat(), str(each.total), str(each.amount_due))
        for each in page.items
    )
    return Sheet.of("Open invoices", "Invoice|Client|Due on|Total|Due", rows, rest=_more(page))


def _late_fees(page: Page[LateFee], labels: Labels) -> Sheet:
    rows = (
        (each.fee_id, labels[each.entity_id], each.invoice_id or "", each.assessed_on.isoformat(), str(each.amount_due))
        for each in page.items
    )
    return Sheet.of("Late fees", "Fee|Client|Invoice|Assessed on|Due", rows, rest=_more(page))


def _payments(page: Page[Payment], labels: Labels) -> Sheet:
    rows = (
        (each.payment_id, labels[each.entity_id], ", ".join(each.invoice_ids), at(each.paid_at), str(each.amount))
        for each in page.items
    )
    return Sheet.of("Past payments", "Payment|Client|Invoices|Paid at|Amount", rows, rest=_more(page))


def users(page: Page[PortalUserRow]) -> Sheet:
    """Payments > Portal Users."""
    rows = (
        (
            row.user.name,
            str(row.user.email),
            row.user.user_id,
            at(row.user.signed_up_at),
            "; ".join(entity.label + ("" if entity.active else ", inactive") for entity in row.entities),
        )
        for row in page.items
    )
    return Sheet.of("Portal users", "Name|E-mail|Id|Signed up at|Clients", rows, rest=_rest(page))


def suggestions(found: Iterable[Suggestion]) -> Sheet:
    """What a typed text may mean."""
    rows = (
        (each.label, each.entity_id, "linked" if each.linked else "barred" if each.barred else "") for each in found
    )
    return Sheet.of("Suggestions", "Client|Id|This user", rows)


def bars(page: Page[Bar]) -> Sheet:
    """What the firm's unlinks have left."""
    rows = ((str(each.email), each.entity_id, at(each.since), each.by) for each in page.items)
    return Sheet.of("Bars", "E-mail|Entity|Since|By", rows, rest=_rest(page))


def journal(page: Page[Event]) -> Sheet:
    """What happened, oldest first."""
    rows = (
        (at(each.at), words(each.kind), each.user_id or "", each.entity_id or "", words(each.ground or ""), each.by)
        for each in page.items
    )
    return Sheet.of("Journal", "At|What|User|Entity|Ground|By", rows, rest=_rest(page))


def plan(drawn: RosterPlan) -> Iterator[Part]:
    """What a roster change would do, and what it costs."""
    kinds = ("added", "changed", "deactivated", "reactivated")
    yield f"Roster plan {drawn.plan_id}: {', '.join(f'{len(getattr(drawn, kind))} {kind}' for kind in kinds)}."
    if changes := [*_changes("gains", drawn.gains), *_changes("loses", drawn.losses), *_changes("hides", drawn.hidden)]:
        yield Sheet.of("What it does to users", "User|Change|Entity|Why", changes)
    if drawn.removed_users:
        yield f"Users who lose their last link, and are gone: {', '.join(drawn.removed_users)}."
    if drawn.ambiguous_numbers:
        yield f"Client numbers of several clients, which prove nothing: {', '.join(drawn.ambiguous_numbers)}."


def _changes(what: str, changes: Iterable[LinkChange]) -> Iterator[tuple[str, ...]]:
    return ((change.user_id, what, change.entity_id, change.why) for change in changes)
