"""What is there after a change of each kind, to a firm with something of every kind."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ...domain.entities import Firm, GroundKind, InvoiceStatus, Link
from ...domain.outcomes import PortalUserRow
from ...domain.values import EmailAddress, EntityId, PaymentId
from ...ports import Refusals, Snapshot
from ..builders import (
    ACME,
    JANE,
    JANE_ID,
    REALTY,
    SMITH,
    TRUST,
    at,
    bar,
    entity,
    event,
    firm,
    ground,
    invoice,
    jane_at,
    late_fee,
    link,
    payment,
    usd,
    user,
)
from ._pictures import ALL, EVERYTHING, GONE, IDS

Reading: TypeAlias = Callable[[Snapshot], object]

_ANN: Final = user("ann", EmailAddress.parse("JANE.SMITH@example.com"), name="Smith")
_NOBODY: Final[Mapping[EntityId, EntityId]] = {}
_CARRIED: Final = frozenset({SMITH, TRUST})


def _firm(snapshot: Snapshot) -> Firm | None:
    return snapshot.firms.find(ACME)


def _links(snapshot: Snapshot) -> tuple[Link, ...]:
    return snapshot.links.listing(ACME, JANE_ID)


def _numbers(snapshot: Snapshot) -> object:
    return [[one.entity_id for one in snapshot.entities.formerly(ACME, number)] for number in ("1001", "7", "8")]


def _merges(snapshot: Snapshot) -> object:
    return dict(snapshot.entities.merged(ACME, [*IDS, GONE])), _numbers(snapshot)


def _refusals(snapshot: Snapshot) -> object:
    return snapshot.bars.listing(ACME, None, ALL).items, dict(snapshot.bars.touching(ACME, IDS))


def _invoices(snapshot: Snapshot) -> object:
    return [snapshot.invoices.find(ACME, invoice(one).invoice_id) for one in "abc"]


def _fees(snapshot: Snapshot) -> object:
    return snapshot.late_fees.in_scope(EVERYTHING, ALL).items


def _payments(snapshot: Snapshot) -> object:
    return [snapshot.payments.find(ACME, PaymentId(one)) for one in ("PAY-1", "PAY-2")]


KEPT: Final[Mapping[str, tuple[Reading, object]]] = {
    "firms": (_firm, firm(name="Changed", show_late_fees=False)),
    "entities": (
        lambda snapshot: list(snapshot.entities.roster(ACME)),
        [
            entity(SMITH, jane_at(1), name="Bakery", client_number="9"),
            entity(TRUST, JANE, jane_at(1)),
            entity(REALTY, active=False),
            entity("new", JANE),
        ],
    ),
    "contacts of others": (
        lambda snapshot: list(snapshot.entities.roster(ACME, source="xero")),
        [entity(SMITH, JANE), entity(TRUST), entity(REALTY)],
    ),
    "old numbers": (_numbers, [[], [SMITH], [REALTY]]),
    "entities merged": (_merges, ({GONE: SMITH, SMITH: TRUST}, [[TRUST], [TRUST], []])),
    "entities parted": (_merges, (_NOBODY, [[], [SMITH], []])),
    "links added": (_links, (link(REALTY), link(SMITH), link(TRUST))),
    "links removed": (_links, (link(TRUST), link(REALTY))),
    "grounds": (
        _links,
        (
            link(REALTY, JANE_ID, ground(GroundKind.FIRM_GRANT)),
            link(SMITH, JANE_ID, ground(), ground(GroundKind.PROOF)),
        ),
    ),
    "users removed": (lambda snapshot: (snapshot.users.find(ACME, JANE_ID), _links(snapshot)), (None, ())),
    "users added": (
        lambda snapshot: snapshot.users.search(ACME, "", None, ALL).items,
        (PortalUserRow(user("jane-1", jane_at(1)), (entity(TRUST),)), PortalUserRow(_ANN, (entity(TRUST),))),
    ),
    "bars": (
        _refusals,
        (
            (bar(SMITH), bar(TRUST, jane_at(1)), bar(TRUST, since=at(5))),
            {
                JANE.key: Refusals(barred=_CARRIED, left=frozenset({SMITH})),
                jane_at(1).key: Refusals(barred=frozenset({TRUST})),
            },
        ),
    ),
    "refusals carried": (
        _refusals,
        ((bar(SMITH), bar(TRUST)), {JANE.key: Refusals(barred=_CARRIED, left=_CARRIED)}),
    ),
    "bills transferred": (
        lambda snapshot: (_invoices(snapshot), _fees(snapshot), _payments(snapshot)),
        (
            [invoice("a", SMITH), invoice("b", SMITH, status=InvoiceStatus.PAID), None],
            (late_fee("FEE-1", SMITH),),
            [payment("PAY-1", SMITH), None],
        ),
    ),
    "invoices": (_invoices, [invoice("a", SMITH, amount_due=usd(5)), None, invoice("c")]),
    "late fees": (_fees, (late_fee("FEE-2", SMITH),)),
    "payments": (_payments, [None, payment("PAY-2", SMITH)]),
    "journal": (
        lambda snapshot: snapshot.journal.listing(ACME, None, None, ALL).items,
        (event(), event(), event(user_id=None, entity_id=None)),
    ),
}
"""For each of `CHANGES`: a reading of what it is about, and what that tells after it."""
